#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Beside the real targetcli: its lock while we save, its restore of what we wrote, and what it says of what we did.
set -euo pipefail

[ "$PORTALBIND_GUEST" = 1 ]
target=iqn.2026-11.org.example:shared
fabric=/sys/kernel/config/target/iscsi
saved=/etc/rtslib-fb-target/saveconfig.json
log=/run/log
export XDG_DATA_HOME=/run/data XDG_CONFIG_HOME=/run/config XDG_STATE_HOME=/run/state HOME=/run/home

ctl() {
    local wanted=$1 code=0
    shift
    "$PORTALBIND_BIN/portalbindctl" --connect lio: "$@" >"$log" 2>&1 </dev/null || code=$?
    if [ "$code" != "$wanted" ]; then
        echo "portalbindctl $*: exit code $code, not $wanted" >&2
        cat "$log" >&2
        exit 1
    fi
}
says() {
    grep -qF -- "$1" "$log" || { echo "not said: $1" >&2; cat "$log" >&2; exit 1; }
}
listens() { ss -Hltn | grep -qF " $1 "; }

# targetcli wants the system's bus, even to list.
mkdir -p /run/dbus /run/home /etc/rtslib-fb-target/backup
grep -q '^messagebus:' /etc/passwd || echo 'messagebus:x:7001:65534::/nonexistent:/usr/sbin/nologin' >>/etc/passwd
dbus-daemon --system --fork
echo /etc/rtslib-fb-target >/sys/kernel/config/target/dbroot
ip link add dummy0 type dummy 2>/dev/null || true # loading the module makes one
ip link set dummy0 up
for address in 10 11 12; do ip addr add "192.0.2.$address/24" dev dummy0; done

targetcli "/iscsi create $target" >"$log" 2>&1 </dev/null
targetcli "/iscsi/$target/tpg1/portals delete 0.0.0.0 3260" >>"$log" 2>&1 </dev/null
targetcli saveconfig >>"$log" 2>&1 </dev/null
[ -d "$fabric/$target/tpgt_1" ] || { cat "$log" >&2; exit 1; }

echo "An open targetcli keeps us from saving, and only from that:"
mkfifo /run/words
targetcli </run/words >/run/shell.log 2>&1 &
shell=$!
exec 7>/run/words
for _ in $(seq 200); do
    if [ -e /run/targetcli.lock ] && ! flock -n /run/targetcli.lock true; then break; fi
    sleep 0.1
done
before=$(sha256sum <"$saved")
ctl 7 bind 192.0.2.10:3260 "$target,1"
says "targetcli ($shell) has the file open"
cat "$log"
listens 192.0.2.10:3260
[ "$(sha256sum <"$saved")" = "$before" ]
ctl 3 save
says "targetcli ($shell)"
exec 7>&-
wait "$shell" || true
# Its shell may have saved at its end: then the file has it already.
ctl 0 save
grep -qF '"192.0.2.10"' "$saved"

echo "What is saved is what targetcli would have saved:"
ctl 0 endpoint create "$target" --tag 2
ctl 0 bind 192.0.2.11:3260 "$target,2"
ctl 0 save
says 'nothing to change'
sorted() {
    python3 -c 'import json, sys
def order(value):
    if isinstance(value, dict):
        return {key: order(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return sorted((order(one) for one in value), key=json.dumps)
    return value
json.dump(order(json.load(open(sys.argv[1]))), sys.stdout, indent=1)' "$1"
}
sorted "$saved" >/run/ours
targetcli saveconfig >"$log" 2>&1 </dev/null
sorted "$saved" >/run/theirs
cmp /run/ours /run/theirs || { diff /run/ours /run/theirs >&2; exit 1; }

echo "targetctl restores it:"
targetctl clear
if listens 192.0.2.10:3260; then exit 1; fi
[ ! -e "$fabric/$target" ]
targetctl restore
for portal in 192.0.2.10:3260 192.0.2.11:3260; do
    listens "$portal"
    grep -qF "$portal" <<<"$(ls "$fabric/$target"/tpgt_*/np)"
done
[ -d "$fabric/$target/tpgt_2/np/192.0.2.11:3260" ]
ctl 0 list
says 192.0.2.11:3260
ctl 0 save
says 'nothing to change'

echo "What it does while we look shows:"
targetcli "/iscsi/$target/tpg2/portals create 192.0.2.12 3262" >"$log" 2>&1 </dev/null
ctl 0 list bindings
says 192.0.2.12:3262
targetctl clear
