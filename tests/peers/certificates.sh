#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Makes certificates for tests of TLS: certificates.sh DIR [NAME…]
# For each NAME (all of these without any) DIR/NAME.pem and DIR/NAME.key:
#   self-signed    as WinRM makes them: its own issuer, localhost and 127.0.0.1
#   other          another self-signed one for the same names: what a changed pin looks like
#   expired        self-signed, ended a year ago
#   wrong-name     self-signed for another host
#   ca             a certificate authority
#   signed         by ca, for localhost and 127.0.0.1, SHA-256
#   signed-sha384  the same with SHA-384, for which a channel binding differs
#   signed-pss     the same with RSASSA-PSS over SHA-512
#   signed-ec      the same with a key on P-256
#   signed-expired, signed-wrong-name   by ca, and wrong in that one way alone
#   signed-common-name   by ca, for localhost by its common name, and for another host by its alternative names
#   signed-wildcard      by ca, for *.rig.example
set -euo pipefail

dir=$1
names="subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1"

quietly() {
    "$@" >"$dir/openssl.log" 2>&1 || {
        cat "$dir/openssl.log" >&2
        exit 1
    }
}

key() {
    case $1 in
    signed-ec) quietly openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$dir/$1.key" ;;
    *) quietly openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$dir/$1.key" ;;
    esac
}

# self_signed NAME COMMON-NAME SUBJECT-ALTERNATIVE-NAMES
self_signed() {
    key "$1"
    quietly openssl req -x509 -new -key "$dir/$1.key" -sha256 -subj "/CN=$2" -addext "$3" -days 2 -out "$dir/$1.pem"
}

# signed NAME COMMON-NAME SUBJECT-ALTERNATIVE-NAMES OPENSSL-ARGUMENTS…
signed() {
    local name=$1 common=$2 others=$3
    shift 3
    authority
    key "$name"
    quietly openssl req -new -key "$dir/$name.key" -subj "/CN=$common" -out "$dir/$name.csr"
    quietly openssl x509 -req -in "$dir/$name.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 2 \
        -extfile <(echo "$others") "$@" -out "$dir/$name.pem"
}

# expired NAME OPENSSL-ARGUMENTS…, which say who signs it
expired() {
    local name=$1
    shift
    key "$name"
    quietly openssl req -new -key "$dir/$name.key" -subj "/CN=localhost" -out "$dir/$name.csr"
    rm -rf "$dir/past"
    mkdir "$dir/past"
    : >"$dir/past/index.txt"
    echo 01 >"$dir/past/serial"
    cat >"$dir/past/ca.conf" <<EOF
[ca]
default_ca = past
[past]
dir = $dir/past
new_certs_dir = $dir/past
database = $dir/past/index.txt
serial = $dir/past/serial
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
$names
EOF
    quietly openssl ca -batch -config "$dir/past/ca.conf" "$@" -in "$dir/$name.csr" -startdate 20200101000000Z \
        -enddate 20210101000000Z -notext -out "$dir/$name.pem"
}

authority() {
    [ ! -e "$dir/ca.pem" ] || return 0
    key ca
    quietly openssl req -x509 -new -key "$dir/ca.key" -sha256 -subj "/CN=Portalbind test authority" -days 2 \
        -out "$dir/ca.pem"
}

make() {
    case $1 in
    self-signed | other) self_signed "$1" localhost "$names" ;;
    wrong-name) self_signed "$1" elsewhere.example subjectAltName=DNS:elsewhere.example ;;
    expired) expired "$1" -selfsign -keyfile "$dir/expired.key" ;;
    ca) authority ;;
    signed | signed-ec) signed "$1" localhost "$names" -sha256 ;;
    signed-sha384) signed "$1" localhost "$names" -sha384 ;;
    signed-pss) signed "$1" localhost "$names" -sha512 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:64 ;;
    signed-wrong-name) signed "$1" elsewhere.example subjectAltName=DNS:elsewhere.example -sha256 ;;
    signed-common-name) signed "$1" localhost subjectAltName=DNS:elsewhere.example -sha256 ;;
    signed-wildcard) signed "$1" "Rig servers" "subjectAltName=DNS:*.rig.example" -sha256 ;;
    signed-expired) authority && expired "$1" -cert "$dir/ca.pem" -keyfile "$dir/ca.key" ;;
    *)
        echo "certificates.sh: no such name: $1" >&2
        exit 2
        ;;
    esac
}

shift
wanted=("$@")
if [ ${#wanted[@]} -eq 0 ]; then
    wanted=(self-signed other expired wrong-name ca signed signed-sha384 signed-pss signed-ec
        signed-expired signed-wrong-name signed-common-name signed-wildcard)
fi
for name in "${wanted[@]}"; do
    make "$name"
done
