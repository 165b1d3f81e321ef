#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Secrets in a real keyring: one that is unlocked, one that is locked, and none at all.
set -euo pipefail
bin=${PORTALBIND_BIN:?}
keyring=$(dirname "${BASH_SOURCE[0]}")/../peers/keyring.sh
for state in unlocked locked none; do
    echo "== keyring: $state"
    KEYRING=$state "$keyring" "$bin/tst_keyring"
done
echo "== the window and the command line with a keyring"
"$keyring" "$bin/tst_keptsecrets"
