#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The main job with nobody there, as run.sh does it without a display; and what must work without one.
set -euo pipefail
program=$PORTALBIND_BIN/portalbind
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "FAIL: $1" >&2; exit 1; }

for round in first again; do # the second time finds what the first one left
    "$program" --headless-demo "$scratch/out" >"$scratch/said" || fail "$round: exit code $?"
    grep -q 'Refused: .*(4097)' "$scratch/said" || fail "$round: no refused drop with its reason"
    grep -q '1 of 1 done and seen on san-a' "$scratch/said" || fail "$round: not applied"
    [ "$(head -c 4 "$scratch/out/window.png" | tail -c 3)" = PNG ] || fail "$round: window.png is no picture"
    grep -q '10\.0\.1\.6:3260' "$scratch/out/report.html" || fail "$round: the report lacks the portal"
done

touch "$scratch/file"
if "$program" --headless-demo "$scratch/file/out" >/dev/null 2>"$scratch/error"; then
    fail "a folder that cannot be made gives exit code 0"
fi
[ -s "$scratch/error" ] || fail "and no reason"

# Before any display is asked for.
QT_QPA_PLATFORM=xcb DISPLAY='' "$program" --version | grep -q '^portalbind [0-9]' || fail "--version"
QT_QPA_PLATFORM=xcb DISPLAY='' "$program" --help | grep -q -- --sample || fail "--help"
code=0
"$program" --no-such-option 2>/dev/null || code=$?
[ "$code" = 2 ] || fail "a wrong option gives exit code $code"
