#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds and tests: ./test.sh [--full] [--bench] [ctest arguments…]
#   (nothing)  the everyday tier, which is what CI runs
#   --full     every tier: format, sanitizers, clang-tidy, long random runs, a minute of each fuzzer
#   --bench    the benchmarks only
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

sources() {
    git ls-files --cached --others --exclude-standard -- '*.cpp' '*.h'
}

build() {
    installer/build.sh ci
}

# With one seed, so that a run fails for what a change did; the tier `random` looks for new cases.
everyday() {
    PORTALBIND_SEED=${PORTALBIND_SEED:-20261122} ctest --preset ci -j"$(nproc)" "${ctest_arguments[@]}"
}

format() {
    sources | xargs -r clang-format-14 --dry-run --Werror
    git ls-files -- '*.sh' '.ci/run' | xargs -r shellcheck
}

asan() {
    installer/build.sh asan
    ctest --preset asan -j"$(nproc)" "${ctest_arguments[@]}"
}

# After asan: its commands are clang's own, and what moc writes is there.
tidy() {
    tests/tidy.py
}

random() {
    PORTALBIND_LONG=1 ctest --preset ci -j"$(nproc)" -L random --timeout 3600
}

fuzz() {
    installer/build.sh fuzz fuzzers
    tests/fuzz/run.sh 60
}

bench() {
    installer/build.sh ci benches
    local bench
    for bench in build/ci/bin/bench_*; do
        QT_QPA_PLATFORM=offscreen "$bench"
    done
}

tier() {
    local begin=$SECONDS
    echo "== $1"
    # Not `"$1" || …`: a function called in a condition ignores errors in its middle.
    set +e
    (set -e; "$1")
    local status=$?
    set -e
    if [ $status -ne 0 ]; then
        echo "== $1 failed after $((SECONDS - begin)) s" >&2
        exit $status
    fi
    echo "== $1: $((SECONDS - begin)) s"
}

full=false
setup="test"
tiers=(build everyday)
ctest_arguments=()
for argument; do
    case $argument in
    --full) full=true setup="full" ;;
    --bench) tiers=(bench) ;;
    *) ctest_arguments+=("$argument") ;;
    esac
done

installer/setup.sh $setup
if $full; then
    # The everyday tier comes last, so that its summary is what one reads at the end.
    tiers=(format build asan tidy random fuzz everyday)
fi
for name in "${tiers[@]:0:${#tiers[@]}-1}"; do
    tier "$name"
done
last=${tiers[-1]}
echo "== $last"
"$last"
