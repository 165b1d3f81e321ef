#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Configures and builds one preset, quietly unless it fails: installer/build.sh PRESET [TARGET…]
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:?usage: installer/build.sh PRESET [TARGET…]}
shift
mkdir -p "build/$preset"
log=build/$preset/build.log

build() {
    # On a terminal ninja keeps to one line that counts the steps.
    if [ -t 1 ] && [ "$1" = --build ]; then
        cmake "$@"
    else
        cmake "$@" >"$log" 2>&1 || {
            cat "$log" >&2
            return 1
        }
    fi
}
build --preset "$preset"
build --build --preset "$preset" ${1:+--target "$@"}
