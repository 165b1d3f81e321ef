#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The private keyring keeps a secret, refuses when it is locked, and is not the person's own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# shellcheck disable=SC2016 # expanded inside
found=$(./keyring.sh bash -c 'printf %s open-sesame | secret-tool store --label=test host peer && secret-tool lookup host peer')
[ "$found" = open-sesame ] || { echo "unlocked: got \"$found\"" >&2; exit 1; }

if ./keyring.sh secret-tool lookup host peer; then
    echo "a second keyring knows the secret of the first" >&2
    exit 1
fi
for state in locked none; do
    if printf %s x | KEYRING=$state ./keyring.sh secret-tool store --label=test host peer 2>/dev/null; then
        echo "$state: kept a secret" >&2
        exit 1
    fi
done
