#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Makes the pictures of the README anew from the real window: light, dark, and light at twice the size.
# Usage: docs/pictures/make.sh [folder of the programs]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=${1:-$here/../../build/release/bin}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8

picture() { # name theme scale
    QT_SCALE_FACTOR=$3 "$bin/portalbind" --headless-demo "$scratch/$1" --theme "$2" >"$scratch/log" 2>&1 ||
        { cat "$scratch/log" >&2; exit 1; }
    cp "$scratch/$1/window.png" "$here/$1.png"
    echo "$here/$1.png"
}

picture window-light light 1
picture window-dark dark 1
picture window-light-2x light 2
