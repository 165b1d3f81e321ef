#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Start-up: milliseconds until a tree with rows in it was painted, and resident memory at that moment, of portalbind with
# the sample open beside a bare Qt window with a tree. Medians of some runs.
#   tests/bench/startup.sh [path of portalbind] [runs]
# Bounds (docs/benchmarks.md): 4 times the time, 2 times the memory.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${1:-$here/../../build/release/bin/portalbind}
runs=${2:-9}
if [ ! -x "$program" ]; then
    echo "no program at $program: build it, or name another one" >&2
    exit 2
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
read -ra flags <<<"$(pkg-config --cflags --libs Qt6Widgets)"
"${CXX:-g++}" -std=c++20 -O2 -fPIC "$here/baretree.cpp" -o "$work/baretree" "${flags[@]}"
"${CXX:-g++}" -std=c++20 -O2 -fPIC -shared "$here/paintwatch.cpp" -o "$work/paintwatch.so" "${flags[@]}"

export QT_QPA_PLATFORM=${QT_QPA_PLATFORM:-offscreen}
export XDG_DATA_HOME=$work/data XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state

median() {
    sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}

# measure NAME COMMAND…: prints milliseconds and kilobytes
measure() {
    local name=$1
    shift
    : >"$work/$name"
    local i
    for ((i = 0; i <= runs; i++)); do
        PAINTWATCH_START_NS=$(date +%s%N) LD_PRELOAD=$work/paintwatch.so timeout 60 "$@" >"$work/one" 2>"$work/errors" || {
            echo "$name did not paint:" >&2
            cat "$work/errors" >&2
            exit 1
        }
        # The first run fills caches and makes the sample.
        if [ "$i" -gt 0 ]; then
            tail -n1 "$work/one" >>"$work/$name"
        fi
    done
    echo "$(cut -d' ' -f1 "$work/$name" | median) $(cut -d' ' -f2 "$work/$name" | median)"
}

read -r bare_ms bare_kb <<<"$(measure bare "$work/baretree")"
read -r ms kb <<<"$(measure portalbind "$program" --sample)"
awk -v bare_ms="$bare_ms" -v bare_kb="$bare_kb" -v ms="$ms" -v kb="$kb" 'BEGIN {
    printf "%-24s %10s %12s\n", "", "painted", "resident"
    printf "%-24s %7.0f ms %9.1f MB\n", "bare window with a tree", bare_ms, bare_kb / 1024
    printf "%-24s %7.0f ms %9.1f MB\n", "portalbind, sample open", ms, kb / 1024
    printf "%-24s %9.1f× %10.1f×\n", "ratio (at most 4×, 2×)", ms / bare_ms, kb / bare_kb
}'
