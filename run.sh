#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds Portalbind and opens it on the sample workbook. Arguments go on to portalbind.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

"$root/installer/setup.sh" run
[ -x "$root/build/release/bin/portalbind" ] || echo "Building Portalbind; the first time takes a few minutes."
"$root/installer/build.sh" release

program=$root/build/release/bin/portalbind
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec "$program" "$@"
fi
echo "There is no display: the same window does its main job off screen and leaves a screenshot and a report."
QT_QPA_PLATFORM=offscreen "$program" --headless-demo ./out "$@"
echo "Left in $(realpath ./out):"
find ./out -type f | sort
