#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs a command with a keyring of its own: keyring.sh COMMAND…
# A private D-Bus session, an unlocked gnome-keyring-daemon with nothing in it, and a home that is deleted afterwards. The
# person's own keyring and session bus are out of reach. KEYRING=locked: the keyring exists but is not unlocked;
# KEYRING=none: a bus without a keyring.
set -euo pipefail

if [ "${1:-}" != --inside ]; then
    home=$(mktemp -d)
    trap 'rm -rf "$home"' EXIT
    # A bus of its own, that starts no services by itself; nothing of the desktop is inherited.
    cat >"$home/bus.conf" <<EOF
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=$home/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
EOF
    env -u DBUS_SESSION_BUS_ADDRESS -u DISPLAY -u WAYLAND_DISPLAY -u GNOME_KEYRING_CONTROL -u KDE_FULL_SESSION \
        XDG_CURRENT_DESKTOP=GNOME HOME="$home" XDG_DATA_HOME="$home/data" XDG_CONFIG_HOME="$home/config" \
        XDG_CACHE_HOME="$home/cache" XDG_RUNTIME_DIR="$home" \
        dbus-run-session --config-file="$home/bus.conf" -- "$0" --inside "$@"
    exit
fi
shift

# serve [--unlock]: it reads the password that makes, or opens, the login keyring from standard input.
serve() {
    gnome-keyring-daemon --foreground "$@" --components=secrets --control-directory="$HOME/control" \
        >"$HOME/keyring.log" 2>&1 < <(printf 'test') &
    daemon=$!
    local tries
    for tries in {1..100}; do
        if dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetNameOwner \
            string:org.freedesktop.secrets >/dev/null 2>&1; then
            return 0
        fi
        sleep 0.05
    done
    echo "no keyring after $tries attempts" >&2
    cat "$HOME/keyring.log" >&2
    exit 1
}

end() {
    [ -n "$daemon" ] || return 0
    kill "$daemon" 2>/dev/null || true
    wait "$daemon" 2>/dev/null || true
    daemon=
}
daemon=
trap end EXIT
case ${KEYRING:-unlocked} in
none) ;;
locked)
    serve --unlock
    end
    serve
    ;;
*) serve --unlock ;;
esac
export PORTALBIND_KEYRING=${KEYRING:-unlocked}
"$@"
