#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A Kerberos realm on loopback: kdc.sh DIR [--silent PORT]
# Makes in DIR (which must exist): krb5.conf (for KRB5_CONFIG), service.keytab, and ccache (for KRB5CCNAME) with a ticket of
# operator@PORTALBIND.TEST, password in DIR/password; ccache.new is a copy that no client adds tickets of services to.
# Services: HTTP, WSMAN and host at localhost and 127.0.0.1.
# Prints the port of the KDC, and ends it when standard input is closed.
# ENCTYPES: the only encryption types, as in krb5.conf, blanks between (default: what the library prefers).
# --silent PORT: no KDC at all; krb5.conf names PORT, where a faultproxy accepts and never answers.
set -euo pipefail

dir=$1
realm=PORTALBIND.TEST
PATH=$PATH:/usr/sbin:/sbin
kdc_pid=

end() {
    [ -z "$kdc_pid" ] || kill "$kdc_pid" 2>/dev/null || true
}
trap end EXIT

configure() {
    local port=$1
    cat >"$dir/krb5.conf" <<EOF
[libdefaults]
    default_realm = $realm
    dns_lookup_kdc = false
    dns_lookup_realm = false
    dns_canonicalize_hostname = false
    rdns = false
    udp_preference_limit = 1
    default_ccache_name = FILE:$dir/ccache
    default_keytab_name = FILE:$dir/service.keytab
    allow_weak_crypto = true
${ENCTYPES:+    default_tkt_enctypes = $ENCTYPES}
${ENCTYPES:+    default_tgs_enctypes = $ENCTYPES}
[realms]
    $realm = {
        kdc = 127.0.0.1:$port
    }
[domain_realm]
    localhost = $realm
    127.0.0.1 = $realm
EOF
    cat >"$dir/kdc.conf" <<EOF
[kdcdefaults]
    kdc_listen = 127.0.0.1:$port
    kdc_tcp_listen = 127.0.0.1:$port
[realms]
    $realm = {
        database_name = $dir/principal
        key_stash_file = $dir/stash
        acl_file = $dir/kadm5.acl
        max_life = 1h
${ENCTYPES:+        supported_enctypes = ${ENCTYPES// /:normal }:normal}
    }
[logging]
    kdc = FILE:$dir/kdc.log
EOF
    export KRB5_CONFIG=$dir/krb5.conf KRB5_KDC_PROFILE=$dir/kdc.conf KRB5CCNAME=FILE:$dir/ccache
}

make_principals() {
    kdb5_util create -r "$realm" -s -P "$(head -c 18 /dev/urandom | base64)" >"$dir/create.log" 2>&1
    local password service host
    password=$(head -c 12 /dev/urandom | base64)
    printf '%s' "$password" >"$dir/password"
    {
        echo "addprinc -pw $password operator"
        for service in HTTP WSMAN host; do
            for host in localhost 127.0.0.1; do
                echo "addprinc -randkey $service/$host"
                echo "ktadd -k $dir/service.keytab $service/$host"
            done
        done
    } | kadmin.local -r "$realm" >>"$dir/create.log" 2>&1
}

# Fails when the port is taken; ends the script when anything else is wrong.
start_kdc() {
    krb5kdc -n -r "$realm" -P "$dir/kdc.pid" >>"$dir/create.log" 2>&1 &
    kdc_pid=$!
    local tries
    for tries in {1..100}; do
        if kinit operator <"$dir/password" >"$dir/kinit.log" 2>&1; then
            return 0
        fi
        kill -0 "$kdc_pid" 2>/dev/null || return 1
        sleep 0.05
    done
    echo "no ticket after $tries attempts" >&2
    cat "$dir/kinit.log" "$dir/create.log" >&2
    exit 1
}

if [ "${2:-}" = --silent ]; then
    configure "$3"
    echo "$3"
else
    # krb5kdc cannot choose a port by itself.
    configure 0
    make_principals
    for attempt in {1..20}; do
        port=$((20000 + RANDOM % 12000))
        configure "$port"
        if start_kdc; then
            break
        fi
        kdc_pid=
        if [ "$attempt" -eq 20 ]; then
            cat "$dir/create.log" >&2
            exit 1
        fi
    done
    cp "$dir/ccache" "$dir/ccache.new"
    echo "$port"
fi

while read -r _; do :; done
