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
failed=()
for fuzzer in "${fuzzers[@]}"; do
    [ -x "$fuzzer" ] || { echo "There is no fuzzer $fuzzer; build it with: cmake --build --preset fuzz" >&2; exit 2; }
    name=${fuzzer##*/fuzz_}
    mkdir -p "build/fuzz/corpus/$name"
    log=build/fuzz/$name.log
    if LSAN_OPTIONS=suppressions="$PWD/tests/leaks.supp":print_suppressions=0 QT_QPA_PLATFORM=offscreen \
        "$fuzzer" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/crashes/$name-" \
        "build/fuzz/corpus/$name" "tests/fuzz/corpus/$name" >"$log" 2>&1; then
        echo "fuzz $name: $(awk '/number_of_executed_units/ { print $2 }' "$log") inputs in $seconds s, no failure"
    else
        tail -n 60 "$log" >&2
        failed+=("$name")
    fi
done
[ ${#failed[@]} -eq 0 ] || { echo "fuzzers that found something: ${failed[*]} (inputs in build/fuzz/crashes)" >&2; exit 1; }
