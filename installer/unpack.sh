#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Unpacks what the kernel tests need besides installed packages: installer/unpack.sh
# A user-mode-linux kernel with its modules, and the programs that would start a daemon if they were installed, go into one
# tree, $PORTALBIND_PEERS or ~/.cache/portalbind/peers. Says nothing when all is there, as do the tests, which call it too.
set -euo pipefail

packages=(
    user-mode-linux busybox-static
    python3.11-minimal libpython3.11-minimal libpython3.11-stdlib python3-minimal
    targetcli-fb python3-rtslib-fb python3-configshell-fb python3-pyudev python3-six python3-urwid python3-pyparsing
    python3-gi python3-dbus gir1.2-glib-2.0 libgirepository-1.0-1
    libiscsi-bin libiscsi7 libcunit1 libibverbs1 librdmacm1 libnl-3-200 libnl-route-3-200
    open-iscsi libopeniscsiusr libisns0 libkmod2
    openssh-server openssh-sftp-server libwrap0 sudo
    pkexec polkitd libpolkit-agent-1-0 libpolkit-gobject-1-0 libduktape207
)
peers=${PORTALBIND_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/portalbind/peers}

if [ "$(cat "$peers/packages" 2>/dev/null)" = "${packages[*]}" ]; then
    exit 0
fi
if ! command -v dpkg-deb >/dev/null; then
    echo "This is not Debian: the kernel tests need the contents of ${packages[*]} in $peers/root" >&2
    exit 1
fi

mkdir -p "$peers"
exec 9>"$peers/lock"
flock 9 # two tests may have found it missing
if [ "$(cat "$peers/packages" 2>/dev/null)" = "${packages[*]}" ]; then
    exit 0
fi

echo "Unpacking a kernel and its programs for the tests into $peers"
work=$(mktemp -d "$peers/new.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/deb" "$work/root"
download() {
    (cd "$work/deb" && apt-get -q download "${packages[@]}") >"$work/log" 2>&1
}
download || {
    if [ "$(id -u)" -eq 0 ]; then
        apt-get -q update >>"$work/log" 2>&1
    fi
    download
} || {
    cat "$work/log" >&2
    echo "apt-get download failed; above is what it said. 'apt-get update' as root may help." >&2
    exit 1
}

# Laid over a root whose /bin, /sbin and /lib are links into /usr, as Debian's are: a folder would hide the link.
for name in bin sbin lib lib64; do
    mkdir -p "$work/root/usr/$name"
    ln -s "usr/$name" "$work/root/$name"
done
for file in "$work"/deb/*.deb; do
    dpkg-deb --fsys-tarfile "$file" | tar -x -C "$work/root" --keep-directory-symlink --no-same-owner
done
rm -rf "$peers/root"
mv "$work/root" "$peers/root"
printf '%s' "${packages[*]}" >"$peers/packages"
