#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# lio+ssh: over the real sshd and the system's own ssh, with its configuration, agent and known hosts, to the kernel's target.
set -euo pipefail

[ "$PORTALBIND_GUEST" = 1 ]
target=iqn.2026-11.org.example:far
fabric=/sys/kernel/config/target/iscsi
helper=/usr/libexec/portalbind/portalbind-lio-helper
log=/run/log
hooks=/run/hooks # what a test has the helper do

# Everything of this machine's that ssh would read is out of the way: root's home, and the system's configuration.
mkdir -p /run/home/.ssh /run/far /run/sshd "$hooks" /etc/ssh
sed -i 's,^\(root:[^:]*:0:0:[^:]*\):[^:]*:[^:]*$,\1:/run/home:/bin/sh,' /etc/passwd
: >/etc/ssh/ssh_config
rm -f /etc/ssh/ssh_known_hosts
{
    echo 'sshd:x:7011:65534::/run/sshd:/usr/sbin/nologin'
    echo 'allowed:x:7012:65534::/run/far:/bin/sh'
    echo 'barred:x:7013:65534::/run/far:/bin/sh'
} >>/etc/passwd
printf '%s:*:19000:0:99999:7:::\n' root allowed barred >/etc/shadow
chmod 700 /run/home/.ssh

# The package's helper where it belongs, behind what the tests put in its way.
mkdir -p "$(dirname "$helper")"
cp "$PORTALBIND_BIN/portalbind-lio-helper" /run/helper
cat >"$helper" <<HELPER
#!/bin/bash
while [ -e $hooks/wait ]; do sleep 0.05; done
if ! word=\$(cat $hooks/stop 2>/dev/null); then
    exec /run/helper "\$@"
fi
rm $hooks/stop
while IFS= read -r line; do
    case \$line in
    *"\$word"*)
        : >$hooks/stopped
        until what=\$(cat $hooks/go 2>/dev/null); do sleep 0.05; done
        [ "\$what" = pass ] || exit 0
        ;;
    esac
    printf '%s\n' "\$line"
done | /run/helper "\$@"
: >$hooks/ended
HELPER
chmod 755 "$helper"

# sudo as its package would have been installed; what it asks beforehand is answered by no one.
cp /usr/bin/sudo /run/sudo
install -o root -m 4755 /run/sudo /usr/bin/sudo
mkdir -p /etc/sudoers.d
printf 'Defaults !fqdn\nroot ALL=(ALL:ALL) ALL\nallowed ALL=(root) NOPASSWD: %s\n' "$helper" >/etc/sudoers
chmod 440 /etc/sudoers
printf 'auth required pam_permit.so\naccount required pam_permit.so\nsession required pam_permit.so\n' >/etc/pam.d/sudo

ip link add dummy0 type dummy 2>/dev/null || true # loading the module makes one
ip link set dummy0 up
ip addr add 192.0.2.10/24 dev dummy0
ip addr add 192.0.2.11/24 dev dummy0

for name in host otherhost person stranger; do
    ssh-keygen -q -t ed25519 -N '' -C "$name" -f "/run/$name"
done
cp /run/person.pub /run/authorized
cat >/run/sshd_config <<CONFIG
Port 2222
ListenAddress 127.0.0.1
HostKey /run/host
AuthorizedKeysFile /run/authorized
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PidFile none
CONFIG
sshd=
start_sshd() {
    /usr/sbin/sshd -D -e -f /run/sshd_config >>/run/sshd.log 2>&1 &
    sshd=$!
    for _ in $(seq 100); do
        if ss -Hltn 'sport = :2222' | grep -q .; then return 0; fi
        sleep 0.1
    done
    cat /run/sshd.log >&2
    return 1
}
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
start_sshd
busybox syslogd -n -O /run/journal &

known() { echo "[127.0.0.1]:2222 $(cut -d' ' -f1,2 "/run/$1.pub")" >/run/home/.ssh/known_hosts; }
cat >/run/home/.ssh/config <<CONFIG
Host san-*
    HostName 127.0.0.1
    Port 2222
    User allowed
    HostKeyAlias [127.0.0.1]:2222
Host san-slow
    ProxyCommand /usr/bin/python3 /run/slow.py
Host san-stranger
    IdentityFile /run/stranger
    IdentitiesOnly yes
Host * !san-stranger !san-agent
    IdentityFile /run/person
    IdentitiesOnly yes
CONFIG

export XDG_DATA_HOME=/run/data XDG_CONFIG_HOME=/run/config XDG_STATE_HOME=/run/state HOME=/run/home
# ctl CODE ADDRESS WORDS…: portalbindctl has to end with CODE; its output is in $log.
ctl() {
    local wanted=$1 address=$2 code=0 begin=$SECONDS
    shift 2
    "$PORTALBIND_BIN/portalbindctl" --connect "$address" "$@" >"$log" 2>&1 </dev/null || code=$?
    took=$((SECONDS - begin))
    if [ "$code" != "$wanted" ]; then
        echo "portalbindctl --connect $address $*: exit code $code, not $wanted" >&2
        cat "$log" >&2
        exit 1
    fi
}
says() {
    grep -qF -- "$1" "$log" || { echo "not said: $1" >&2; cat "$log" >&2; exit 1; }
}
journal() { grep -c "$1: .*$target" /run/journal || true; }
named() { echo "— $*"; }

named "unknown host key"
rm -f /run/home/.ssh/known_hosts
ctl 6 lio+ssh://root@127.0.0.1:2222 list
says 'ssh does not know the host key of 127.0.0.1:2222'
says 'ssh -p 2222 root@127.0.0.1'
[ ! -s /run/home/.ssh/known_hosts ]

named "changed host key"
known otherhost
ctl 6 lio+ssh://root@127.0.0.1:2222 list
says 'another host key than the one that ssh knows'

known host
named "the kernel's target, by root"
ctl 0 lio+ssh://root@127.0.0.1:2222 node create "$target"
[ -d "$fabric/$target" ]
ctl 0 lio+ssh://root@127.0.0.1:2222 list
says "$target"

named "an alias of the configuration, with its user"
ctl 0 lio+ssh://san-one list
says "$target"

named "key refused"
ctl 6 lio+ssh://root@san-stranger list
says 'san-stranger does not accept the keys that ssh offers'

named "the agent's key"
eval "$(ssh-agent)" >/run/agent
ssh-add -q /run/person
ctl 0 lio+ssh://root@san-agent list
ssh-add -q -D
ctl 6 lio+ssh://root@san-agent list
says 'does not accept the keys'
ssh-agent -k >/run/agent
unset SSH_AUTH_SOCK SSH_AGENT_PID

named "through sudo"
ctl 0 lio+ssh://allowed@127.0.0.1:2222 endpoint create "$target" --tag 1
[ -d "$fabric/$target/tpgt_1" ]
grep -q 'uid 7012 by sudo.*make-tpg: done' /run/journal
ctl 6 lio+ssh://barred@127.0.0.1:2222 list
says 'The user may not run the helper as root on 127.0.0.1:2222'
says 'NOPASSWD'
mv /usr/bin/sudo /run/sudo.away
ctl 6 lio+ssh://allowed@127.0.0.1:2222 list
says '127.0.0.1:2222 has no sudo'
mv /run/sudo.away /usr/bin/sudo

named "no helper there"
mv "$helper" /run/helper.away
ctl 5 lio+ssh://root@127.0.0.1:2222 list
says "helper is not installed on 127.0.0.1:2222"
says "$helper"
ctl 5 lio+ssh://allowed@127.0.0.1:2222 list
says "helper is not installed on 127.0.0.1:2222"
mv /run/helper.away "$helper"

named "a helper that another program took the name of"
mv "$helper" /run/helper.away
printf '#!/bin/sh\necho Welcome to this host\n' >"$helper"
chmod 755 "$helper"
ctl 5 lio+ssh://root@127.0.0.1:2222 list
mv -f /run/helper.away "$helper"

named "no server, no name"
ctl 5 lio+ssh://root@127.0.0.1:2 list
says 'No SSH server answers at 127.0.0.1:2'
ctl 5 lio+ssh://root@no-such-host.invalid list
says 'has no address'

# What happens to a step whose answer does not come. The helper stops before it reads the request: what it did is decided here.
# lost WORD pass|drop: ends this connection's sshd at that request; then the helper carries it out, or ends.
lost() {
    rm -f "$hooks"/*
    echo "$1" >"$hooks/stop"
    (
        until [ -e "$hooks/stopped" ]; do sleep 0.05; done
        : >"$hooks/wait" # the next connection's helper reads after this one has ended
        pkill -KILL -P "$sshd" # this sshd's connections
        echo "$2" >"$hooks/go"
        until [ -e "$hooks/ended" ]; do sleep 0.05; done
        rm "$hooks/wait"
    ) &
    breaker=$!
}

named "connection lost, step done"
before=$(journal 'make-portal: done')
lost make-portal pass
ctl 0 lio+ssh://root@san-one bind 192.0.2.10:3260 "$target,1"
wait "$breaker"
[ -d "$fabric/$target/tpgt_1/np/192.0.2.10:3260" ]
[ "$(journal 'make-portal: done')" = $((before + 1)) ]

named "connection lost, step not done"
lost remove-portal drop
ctl 5 lio+ssh://root@san-one unbind 192.0.2.10:3260 "$target,1"
wait "$breaker"
says 'no answer came: The connection to san-one broke. The server was read since: the change was not made.'
[ -d "$fabric/$target/tpgt_1/np/192.0.2.10:3260" ]
[ "$(journal remove-portal)" = 0 ] # asked once, read by nobody, and not asked again
ctl 0 lio+ssh://root@san-one unbind 192.0.2.10:3260 "$target,1"
[ "$(journal remove-portal)" = 1 ]

named "a slow link: 400 ms there, 400 ms back, 8 KiB a second"
cat >/run/slow.py <<'SLOW'
import os, select, socket, sys, time
link = socket.create_connection(("127.0.0.1", 2222))
ways = {0: (link.fileno(), []), link.fileno(): (1, [])}
free = {0: 0.0, link.fileno(): 0.0}
open_ends = set(ways)
while open_ends or any(queue for _, queue in ways.values()):
    now = time.monotonic()
    due = [queue[0][0] for _, queue in ways.values() if queue]
    wait = max(0.0, min(due) - now) if due else None
    for end in select.select(list(open_ends), [], [], wait)[0]:
        data = os.read(end, 2048)
        if not data:
            open_ends.discard(end)
            if end != 0:
                open_ends.clear()
            continue
        now = time.monotonic()
        free[end] = max(now, free[end]) + len(data) / 8192
        ways[end][1].append((free[end] + 0.4, data))
    for end, (to, queue) in ways.items():
        while queue and queue[0][0] <= time.monotonic():
            data = queue.pop(0)[1]
            while data:
                data = data[os.write(to, data):]
SLOW
ctl 0 lio+ssh://root@san-slow bind 192.0.2.10:3260 "$target,1"
[ -d "$fabric/$target/tpgt_1/np/192.0.2.10:3260" ]
[ "$took" -ge 3 ]

named "a server that accepts and says nothing"
kill -STOP "$sshd"
ctl 5 lio+ssh://root@san-one list
says 'cannot be reached'
[ "$took" -ge 10 ] && [ "$took" -le 30 ]
kill -CONT "$sshd"

named "silence in the middle of a step"
before=$(journal 'make-portal: done')
rm -f "$hooks"/*
echo make-portal >"$hooks/stop"
(
    until [ -e "$hooks/stopped" ]; do sleep 0.05; done
    silent=$(pgrep -P "$sshd")
    # shellcheck disable=SC2086 # one or two processes
    kill -STOP $silent
    echo pass >"$hooks/go"
    echo "$silent" >/run/silent
) &
ctl 0 lio+ssh://root@san-one bind 192.0.2.11:3260 "$target,1"
[ -d "$fabric/$target/tpgt_1/np/192.0.2.11:3260" ]
[ "$(journal 'make-portal: done')" = $((before + 1)) ]
echo "  seen after $took s"
# shellcheck disable=SC2046
kill -KILL $(cat /run/silent)

named "nothing of it is left"
for portal in "$fabric/$target"/tpgt_1/np/*; do rmdir "$portal"; done
rmdir "$fabric/$target/tpgt_1" "$fabric/$target"
