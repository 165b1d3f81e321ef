#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs every fuzzer of build/fuzz: tests/fuzz/run.sh SECONDS [NAME…]. New inputs gather in build/fuzz/corpus; an input that
# crashes stays in build/fuzz/crashes.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:?usage: tests/fuzz/run.sh SECONDS [NAME…]}
shift

if [ $# -gt 0 ]; then
    fuzzers=("${@/#/build/fuzz/bin/fuzz_}")
else
    fuzzers=(build/fuzz/bin/fuzz_*)
fi
mkdir -p build/fuzz/crashes

fuzz_one() { # FUZZER SECONDS
    [ -x "$1" ] || { echo "There is no fuzzer $1; build it with: cmake --build --preset fuzz" >&2; return 1; }
    local name=${1##*/fuzz_}
    mkdir -p "build/fuzz/corpus/$name"
    local log=build/fuzz/$name.log
    if LSAN_OPTIONS=suppressions="$PWD/tests/leaks.supp":print_suppressions=0 QT_QPA_PLATFORM=offscreen \
        "$1" -max_total_time="$2" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/crashes/$name-" \
        "build/fuzz/corpus/$name" "tests/fuzz/corpus/$name" >"$log" 2>&1; then
        echo "fuzz $name: $(awk '/number_of_executed_units/ { print $2 }' "$log") inputs in $2 s, no failure"
    else
        tail -n 60 "$log" >&2
        echo "fuzz $name found something: its input is in build/fuzz/crashes" >&2
        return 1
    fi
}
export -f fuzz_one
# shellcheck disable=SC2016 # for the inner shell
printf '%s\0' "${fuzzers[@]}" | xargs -0 -n1 -P"$(nproc)" bash -c 'fuzz_one "$1" "$0"' "$seconds"
