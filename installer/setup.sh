#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that are missing: installer/setup.sh run|test|full. Says nothing when all are there.
set -euo pipefail

packages_run=(
    g++ cmake ninja-build ccache
    qt6-base-dev qt6-svg-dev qt6-tools-dev qt6-l10n-tools
    libqt6sql6-sqlite libqt6svg6 qt6-wayland fonts-dejavu-core
    libcli11-dev libexpected-dev
    nlohmann-json3-dev zlib1g-dev
    libpugixml-dev libboost-dev libkrb5-dev pkgconf gss-ntlmssp
    qtkeychain-qt6-dev libsecret-1-0
)
packages_test=(
    libbenchmark-dev xvfb xauth iproute2 util-linux
    libssl-dev openssl krb5-kdc krb5-admin-server krb5-user gnome-keyring dbus libsecret-tools
)
packages_full=(clang-14 libclang-rt-14-dev llvm-14 clang-tidy-14 clang-format-14 python3 shellcheck)

case "${1:-}" in
run) wanted=("${packages_run[@]}") ;;
test) wanted=("${packages_run[@]}" "${packages_test[@]}") ;;
full) wanted=("${packages_run[@]}" "${packages_test[@]}" "${packages_full[@]}") ;;
*)
    echo "usage: installer/setup.sh run|test|full" >&2
    exit 2
    ;;
esac

if ! command -v dpkg-query >/dev/null; then
    echo "This is not Debian, so nothing is installed for you. Needed are what these Debian packages hold: ${wanted[*]}" >&2
    exit 0
fi

# What tests need and nobody wants installed.
unpack() {
    [ "$1" = run ] || "$(dirname "${BASH_SOURCE[0]}")/unpack.sh"
}

missing=()
for package in "${wanted[@]}"; do
    state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ $state == installed* ]] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
    unpack "$1"
    exit 0
fi

echo "Installing from Debian: ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "This needs root, and there is no sudo. As root run: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" >"$log" 2>&1 || {
        cat "$log" >&2
        echo "apt-get $1 failed; above is what it said." >&2
        exit 1
    }
}
apt update
apt install --no-install-recommends "${missing[@]}"
unpack "$1"
