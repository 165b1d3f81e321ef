#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# portalbind where there is no display: a sentence and an exit code, no abort.
set -euo pipefail
program=${PORTALBIND_BIN:?}/portalbind
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0
expect() { # WHAT EXPECTED ACTUAL
    if [ "$2" != "$3" ]; then
        printf 'FAIL  %s: expected "%s", got "%s"\n' "$1" "$2" "$3"
        failed=1
    else
        printf 'ok    %s\n' "$1"
    fi
}
bare() { # VARIABLE=VALUE…: the exit code of the program with nothing else in its environment
    local rc=0
    timeout 60 env -i PATH="$PATH" HOME="$folder" ${LD_LIBRARY_PATH:+LD_LIBRARY_PATH="$LD_LIBRARY_PATH"} \
        ${ASAN_OPTIONS:+ASAN_OPTIONS="$ASAN_OPTIONS"} ${LSAN_OPTIONS:+LSAN_OPTIONS="$LSAN_OPTIONS"} "$@" "$program" \
        >"$folder/out" 2>"$folder/err" || rc=$?
    echo $rc
}

expect "no display" 1 "$(bare)"
expect "… is said in one line" 1 "$(wc -l <"$folder/err")"
expect "… with what to do" 1 "$(grep -c 'There is no display.*portalbindctl' "$folder/err")"
expect "a platform that needs one" 1 "$(bare QT_QPA_PLATFORM=xcb)"
expect "… is named" 1 "$(grep -c 'platform xcb' "$folder/err")"
expect "several of them" 1 "$(bare 'QT_QPA_PLATFORM=wayland;xcb')"
# Nothing listens there.
expect "a display that cannot be reached" 1 "$(bare DISPLAY=:997)"
expect "… is said" 1 "$(grep -c 'portalbind: The display cannot be reached' "$folder/err")"

exit $failed
