#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A host without the kernel's target, or without the right to it: what a person is told, and that doing so helps.
set -euo pipefail

[ "$PORTALBIND_GUEST" = 1 ]
config=/sys/kernel/config
target=iqn.2026-11.org.example:first
export XDG_DATA_HOME=/run/data XDG_CONFIG_HOME=/run/config XDG_STATE_HOME=/run/state
log=/run/log

# told CODE COMMAND…: its exit code; its words are in $log, as one line.
told() {
    local wanted=$1 code=0
    shift
    "$@" >"$log.lines" 2>&1 </dev/null || code=$?
    tr '\n' ' ' <"$log.lines" >"$log"
    if [ "$code" != "$wanted" ]; then
        echo "$*: exit code $code, not $wanted: $(cat "$log")" >&2
        exit 1
    fi
}
says() {
    grep -qF -- "$1" "$log" || { echo "not said: $1 — but: $(cat "$log")" >&2; exit 1; }
    echo "  $1"
}
ip link add dummy0 type dummy 2>/dev/null || true # loading the module makes one
ip link set dummy0 up
ip addr add 192.0.2.10/24 dev dummy0
ctl=("$PORTALBIND_BIN/portalbindctl" --connect lio:)
here() { unshare -m bash -c "$1"' && shift && exec "$@"' - - "${@:2}"; } # a command behind mounts of its own

echo "No configfs:"
umount "$config"
told 5 "${ctl[@]}" list
says 'no configfs is mounted at /sys/kernel/config'
says 'mount -t configfs none /sys/kernel/config'
mount -t configfs none "$config"
told 0 "${ctl[@]}" list

echo "No module:"
rmdir "$config/target/iscsi"
busybox rmmod iscsi_target_mod
for module in target_core_iblock target_core_file target_core_pscsi target_core_user target_core_mod; do
    if grep -q "^$module " /proc/modules; then busybox rmmod "$module"; fi
done
[ ! -e "$config/target" ]
told 5 "${ctl[@]}" list
says "The kernel's target is not loaded."
says 'modprobe iscsi_target_mod'
told 5 "${ctl[@]}" node create "$target"
busybox modprobe iscsi_target_mod # as it says
told 0 "${ctl[@]}" list
told 0 "${ctl[@]}" node create "$target"
told 0 "${ctl[@]}" endpoint create "$target" --tag 1
[ -d "$config/target/iscsi/$target/tpgt_1" ]

echo "Read-only, as in a container:"
readonly="mount --bind $config $config && mount -o remount,bind,ro $config"
told 0 here "$readonly" "${ctl[@]}" list
told 3 here "$readonly" "${ctl[@]}" bind 192.0.2.10:3260 "$target,1"
says 'mounted read-only, as in a container'
says 'Run it on the host itself'
[ ! -e "$config/target/iscsi/$target/tpgt_1/np/192.0.2.10:3260" ]

echo "Not root:"
nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
told 5 "${nobody[@]}" "${ctl[@]}" list
says "The helper that reads the kernel's target is not installed on this host"
says "Install Portalbind's package, or run as root."
own=(env PORTALBIND_LIO_HELPER="$PORTALBIND_BIN/portalbind-lio-helper") # started as it is
told 0 "${nobody[@]}" "${own[@]}" "${ctl[@]}" list # which everybody may read
told 3 "${nobody[@]}" "${own[@]}" "${ctl[@]}" bind 192.0.2.10:3260 "$target,1"
says 'the helper has no rights'
says 'as root'
mkdir -p /usr/libexec/portalbind
cp "$PORTALBIND_BIN/portalbind-lio-helper" /usr/libexec/portalbind/
told 6 "${nobody[@]}" "${ctl[@]}" list # by pkexec, which says no: test_pkexec.sh has one that says yes
says 'You have no right to read and change'
says 'Authenticate as an administrator'

rmdir "$config/target/iscsi/$target/tpgt_1" "$config/target/iscsi/$target"
