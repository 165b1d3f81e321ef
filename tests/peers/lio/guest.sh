#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs a command in a guest whose kernel has the iSCSI target (LIO): guest.sh [-t SECONDS] [-m MIB] [-k FILE] DIR COMMAND…
# The guest is a user-mode-linux kernel, an ordinary process that needs neither root nor virtualisation. It sees the whole
# file system of this machine at the same paths, so that programs built here run there; what it writes is thrown away, but
# below DIR it is kept. The command runs there as root, in DIR, with configfs mounted, target/iscsi made, the interface lo
# up, and no other network than its own. Its output and its exit status become those of this script.
#   -t  seconds until the guest is ended (default 300)    -m  its memory (default 256)
#   -k  a copy of the kernel's log
#   97  the guest crashed or took too long: its last words are on standard error      98  it could not be started
set -euo pipefail

limit=300
memory=256
kernel_log=
while getopts t:m:k: option; do
    case $option in
    t) limit=$OPTARG ;;
    m) memory=$OPTARG ;;
    k) kernel_log=$OPTARG ;;
    *) exit 98 ;;
    esac
done
shift $((OPTIND - 1))
if [ $# -lt 2 ]; then
    sed -n '3,11s/^# //p' "$0" >&2
    exit 98
fi
mkdir -p "$1"
dir=$(realpath -e "$1")
shift

here=$(dirname "$(realpath "$0")")
"$here/../../../installer/unpack.sh" >&2 || exit 98
peers=$(realpath "${PORTALBIND_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/portalbind/peers}")/root

work=$(mktemp -d "${TMPDIR:-/tmp}/portalbind-guest.XXXXXX")
guest=
# shellcheck disable=SC2317 # the trap calls it
end() {
    if [ -n "$guest" ]; then
        kill -KILL -- "-$guest" 2>/dev/null || true # the kernel and the processes that hold its programs
        wait "$guest" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap end EXIT

mkdir "$work/uml" "$work/share"
printf '%q ' "$@" >"$work/share/command"
printf 'dir=%q\npeers=%q\n' "$dir" "$peers" >"$work/share/places"
# What a test may be told, and nothing else of this machine's environment.
for name in PORTALBIND_BIN PORTALBIND_SEED PORTALBIND_LONG PORTALBIND_TEST_ARGS PORTALBIND_PICTURES QT_QPA_PLATFORM QT_SCALE_FACTOR ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS; do
    if [ -n "${!name:-}" ]; then
        printf 'export %s=%q\n' "$name" "${!name}"
    fi
done >"$work/share/environment"

busybox=$peers/bin/busybox
mkdir -p "$work/initramfs/bin" "$work/initramfs/sbin"
cp "$busybox" "$work/initramfs/bin/busybox"
ln -s /bin/busybox "$work/initramfs/sbin/modprobe" # what the kernel calls when it needs a driver
cp "$here/guest-init.sh" "$work/initramfs/init"
chmod +x "$work/initramfs/init"
(cd "$work/initramfs" && find . | "$busybox" cpio -o -H newc) >"$work/initramfs.cpio" 2>"$work/cpio.log"

# See there. Compiled once, beside the kernel that needs it.
shim=$peers/../umlxstate.so
if [ ! "$shim" -nt "$here/umlxstate.cpp" ]; then
    "${CXX:-g++}" -std=c++20 -O2 -shared -fPIC -o "$work/umlxstate.so" "$here/umlxstate.cpp" -ldl
    mv "$work/umlxstate.so" "$shim"
fi

# The guest's memory is a file there, mapped executable; /tmp may be a disk.
if [ -w /dev/shm ]; then
    export TMPDIR=/dev/shm
fi
: >"$work/console" # before anybody reads it
set -m # a process group of its own
LD_PRELOAD=$shim "$peers/usr/bin/linux.uml" mem="${memory}M" initrd="$work/initramfs.cpio" rdinit=/init uml_dir="$work/uml" umid=guest \
    share="$work/share" con=null con0=null,fd:1 ssl=null quiet loglevel=1 panic=-1 \
    </dev/null >>"$work/console" 2>"$work/stderr" &
guest=$!
set +m
tail -q -s 0.1 -c +1 --pid=$guest -f "$work/console" 2>/dev/null | sed -u 's/\r$//; /^reboot: /d' &
printer=$!

deadline=$((SECONDS + limit))
while kill -0 "$guest" 2>/dev/null && [ $SECONDS -lt $deadline ]; do
    sleep 0.1
done
what="crashed"
if kill -0 "$guest" 2>/dev/null; then
    what="was ended after $limit s"
fi
kill -KILL -- "-$guest" 2>/dev/null || true
wait "$guest" 2>/dev/null || true
guest=
wait "$printer" || true

if [ -n "$kernel_log" ]; then
    cp "$work/share/kernel.log" "$kernel_log" 2>/dev/null || : >"$kernel_log"
fi
if [ -s "$work/share/status" ]; then
    exit "$(cat "$work/share/status")"
fi
{
    echo "guest.sh: the guest $what. Its last words:"
    tail -n 40 "$work/console" | sed 's/\r$//'
    echo "Its kernel's:"
    tail -n 40 "$work/share/kernel.log" 2>/dev/null
    tail -n 20 "$work/stderr"
} >&2
exit 97
