#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What is installed for the Linux target: the rule of polkit names the very program that is installed beside it.
set -euo pipefail

build=$(dirname "$PORTALBIND_BIN")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
DESTDIR=$root cmake --install "$build" --component lio >"$root/log"

policy=$(find "$root" -name org.portalbind.lio.policy)
[[ $policy == */share/polkit-1/actions/* ]]
program=$(sed -n 's|.*<annotate key="org.freedesktop.policykit.exec.path">\(.*\)</annotate>.*|\1|p' "$policy")
[[ $("$root$program" --version) == "portalbind-lio-helper "* ]]
[ "$(stat -c %a "$root$program")" = 755 ] # and not setuid
grep -q '<action id="org.portalbind.lio.manage">' "$policy"
! grep -q '<allow_any>yes\|<allow_active>yes' "$policy"
