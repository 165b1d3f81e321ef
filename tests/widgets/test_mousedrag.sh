#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A real mouse drag through the window system, on a virtual X server of its own.
set -euo pipefail
if ! command -v Xvfb >/dev/null; then
    echo "skipped: there is no Xvfb (package xvfb)"
    exit 0
fi
scratch=$(mktemp -d)
# The server picks a free display and writes its number.
Xvfb -displayfd 3 -screen 0 1400x1000x24 -nolisten tcp 3>"$scratch/display" 2>"$scratch/log" &
server=$!
trap 'kill "$server" 2>/dev/null; rm -rf "$scratch"' EXIT
for _ in $(seq 100); do
    [ -s "$scratch/display" ] && break
    sleep 0.1
done
[ -s "$scratch/display" ] || { cat "$scratch/log"; exit 1; }
DISPLAY=:$(cat "$scratch/display") QT_QPA_PLATFORM=xcb timeout 100 "$PORTALBIND_BIN/tst_mousedrag"
