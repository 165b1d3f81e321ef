#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The helper as a desktop starts it: an ordinary user, the real pkexec and polkitd, and the rule that is installed.
set -euo pipefail

[ "$PORTALBIND_GUEST" = 1 ]
cmake --install "$(dirname "$PORTALBIND_BIN")" --component lio >/run/install.log
policy=$(sed -n 's/^-- Installing: \(.*\.policy\)$/\1/p' /run/install.log)
helper=$(sed -n 's/^-- Installing: \(.*-lio-helper\)$/\1/p' /run/install.log)
[ "$(dirname "$policy")" = /usr/share/polkit-1/actions ] || cp "$policy" /usr/share/polkit-1/actions/

for user in messagebus:7001 polkitd:7002; do # which their packages would have made
    grep -q "^${user%:*}:" /etc/passwd || echo "${user%:*}:x:${user#*:}:65534::/nonexistent:/usr/sbin/nologin" >>/etc/passwd
done
cp /usr/bin/pkexec /run/pkexec
install -o root -m 4755 /run/pkexec /usr/bin/pkexec
mkdir -p /run/dbus /etc/polkit-1/rules.d
dbus-daemon --system --fork
/usr/lib/polkit-1/polkitd --no-debug >/run/polkitd.log 2>&1 &
for _ in $(seq 50); do
    pkaction --action-id org.portalbind.lio.manage >/run/action 2>&1 && break
    sleep 0.1
done
grep -q org.portalbind.lio.manage /run/action || { cat /run/action /run/polkitd.log >&2; exit 1; }

as_nobody() {
    setpriv --reuid=65534 --regid=65534 --clear-groups pkexec --disable-internal-agent "$helper" "$@"
}
requests='{"id":1,"do":"hello"}
{"id":2,"do":"make-target","target":"iqn.2026-11.org.example:by-pkexec"}'

echo "Nobody has allowed it:"
status=0
as_nobody <<<"$requests" >/run/refused 2>&1 || status=$?
cat /run/refused
[ $status = 127 ] || [ $status = 126 ]
[ ! -e /sys/kernel/config/target/iscsi/iqn.2026-11.org.example:by-pkexec ]

cat >/etc/polkit-1/rules.d/10-portalbind.rules <<'RULE'
polkit.addRule(function(action, subject) {
    if (action.id == "org.portalbind.lio.manage" && subject.user == "nobody") return polkit.Result.YES;
});
RULE
chmod -R a+rX /etc/polkit-1
sleep 1 # polkitd watches the folder

echo "An administrator has allowed this action, and no other:"
as_nobody --verbose <<<"$requests" 2>/run/journal | tee /run/answers
grep -q '"writable":true' /run/answers
grep -q '"id":2,"ok":' /run/answers
[ -d /sys/kernel/config/target/iscsi/iqn.2026-11.org.example:by-pkexec ]
grep -q 'uid 65534 by pkexec' /run/journal
if setpriv --reuid=65534 --regid=65534 --clear-groups pkexec --disable-internal-agent /usr/bin/id; then exit 1; fi

echo "No argument leads it elsewhere:"
status=0
as_nobody --configfs=/tmp <<<"$requests" || status=$?
[ $status = 2 ]
rmdir /sys/kernel/config/target/iscsi/iqn.2026-11.org.example:by-pkexec
