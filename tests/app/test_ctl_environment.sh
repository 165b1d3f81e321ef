#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# portalbindctl as it meets the world outside a test: no display, no widgets, pipes that close, odd locales.
set -euo pipefail
ctl=${PORTALBIND_BIN:?}/portalbindctl
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0
expect() { # WHAT EXPECTED ACTUAL
    if [ "$2" != "$3" ]; then
        printf 'FAIL  %s: expected "%s", got "%s"\n' "$1" "$2" "$3"
        failed=1
    else
        printf 'ok    %s\n' "$1"
    fi
}
code() { local rc=0; "$@" >"$folder/out" 2>"$folder/err" || rc=$?; echo $rc; }

libraries=$(ldd "$ctl")
expect "links Qt" 1 "$(grep -c 'libQt6Core' <<<"$libraries")"
expect "links no widgets" 0 "$(grep -c 'libQt6Widgets' <<<"$libraries" || true)"

bare=(env -i PATH="$PATH" HOME="$folder" ${LD_LIBRARY_PATH:+LD_LIBRARY_PATH="$LD_LIBRARY_PATH"})
expect "without any environment" 0 "$(code "${bare[@]}" "$ctl" workbook new "$folder/size.pbw" --size 5000)"
expect "… it says what it made and nothing else" "Made $folder/size.pbw." "$(cat "$folder/err")"
expect "… and prints names in UTF-8" 0 "$(code "${bare[@]}" "$ctl" --connect "$folder/size.pbw" node create iqn.2026-11.com.example:x --alias "Zürich")"
"${bare[@]}" "$ctl" --connect "$folder/size.pbw" show iqn.2026-11.com.example:x >"$folder/out"
expect "… whole" 1 "$(grep -c 'Zürich' "$folder/out")"

set +e
"$ctl" --connect "$folder/size.pbw" list portals 2>"$folder/err" | head -n 1 >"$folder/out"
codes=${PIPESTATUS[*]}
expect "a pipe that closes: list" "0 0" "$codes"
expect "… quietly" "" "$(cat "$folder/err")"
"$ctl" --connect "$folder/size.pbw" list portals --json 2>"$folder/err" | head -c 10 >"$folder/out"
codes=${PIPESTATUS[*]}
expect "a pipe that closes: JSON" "0 0" "$codes"
for format in html csv json markdown; do
    "$ctl" --connect "$folder/size.pbw" report --format $format 2>"$folder/err" | head -c 10 >"$folder/out"
    codes=${PIPESTATUS[*]}
    expect "a pipe that closes: $format" "0 0" "$codes"
    expect "… quietly" "" "$(cat "$folder/err")"
done
set -e

expect "standard output is full" 5 "$("$ctl" --connect "$folder/size.pbw" list portals >/dev/full 2>"$folder/err" || echo $?)"
expect "… and it says so" 1 "$(grep -c 'Standard output' "$folder/err")"
expect "standard output is full: report" 5 "$("$ctl" --connect "$folder/size.pbw" report --format csv >/dev/full 2>"$folder/err" || echo $?)"
expect "standard output is closed" 5 "$("$ctl" --connect "$folder/size.pbw" list portals >&- 2>"$folder/err" || echo $?)"
expect "no input is read" 0 "$(code "$ctl" --connect "$folder/size.pbw" list servers <&-)"

cp "$folder/size.pbw" "$folder/read-only.pbw"
if [ "$(id -u)" != 0 ]; then
    chmod 400 "$folder/read-only.pbw"
    expect "a workbook that may not be written is read" 0 "$(code "$ctl" --connect "$folder/read-only.pbw" list servers)"
fi

# A disk on which no byte can be put, as far as the program can tell.
mkdir "$folder/full"
"$ctl" --connect "$folder/size.pbw" report --format json -o "$folder/size.json" 2>/dev/null
cp "$folder/size.pbw" "$folder/full/site.pbw"
before=$(sha256sum <"$folder/full/site.pbw")
full() { # the last line is the exit code
    local rc=0
    (trap '' XFSZ; ulimit -f 0; exec "$ctl" --connect "$folder/full/site.pbw" "$@") 2>&1 || rc=$?
    echo "exit code $rc"
}
expect "a workbook on a full disk is read" "exit code 0" "$(full list servers | tail -n 1)"
expect "… its report written" "exit code 0" "$(full report --format csv | tail -n 1)"
for dry in --dry-run --force; do
    said=$(full group create x $dry)
    expect "… a change fails ($dry)" "exit code 5" "$(tail -n 1 <<<"$said")"
    expect "… and says why" 1 "$(grep -c 'The disk is full' <<<"$said")"
done
expect "… so does an import, also a trial" "exit code 5" "$(full import "$folder/size.json" --dry-run | tail -n 1)"
expect "… nothing is left beside it" site.pbw "$(ls "$folder/full")"
expect "… and nothing changed" "$before" "$(sha256sum <"$folder/full/site.pbw")"

head -c 4000 "$folder/size.pbw" >"$folder/damaged.pbw"
before=$(sha256sum <"$folder/damaged.pbw")
expect "a damaged workbook is refused" 5 "$(code "$ctl" --connect "$folder/damaged.pbw" list)"
expect "… and left as it is" "$before" "$(sha256sum <"$folder/damaged.pbw")"

mknod "$folder/null" c 1 3 2>/dev/null && {
    expect "a report to a device" 0 "$(code "$ctl" --connect "$folder/size.pbw" report --format csv -o "$folder/null")"
    expect "… which stays one" "character special file" "$(stat -c %F "$folder/null")"
}
mkfifo "$folder/fifo"
expect "a report to a pipe that nobody reads" 5 "$(code timeout 20 "$ctl" --connect "$folder/size.pbw" report --format csv -o "$folder/fifo")"
cat "$folder/fifo" >"$folder/read" &
until "$ctl" --connect "$folder/size.pbw" report --format csv -o "$folder/fifo" 2>/dev/null; do :; done
wait $!
expect "a report to a pipe" server "$(head -c 6 "$folder/read")"
expect "a report to standard output by name" server "$("$ctl" --connect "$folder/size.pbw" report --format csv -o /dev/stdout 2>/dev/null | head -c 6)"
before=$(sha256sum <"$folder/size.pbw")
expect "a report in the place of a workbook" 5 "$(code "$ctl" --connect "$folder/size.pbw" report --format csv -o "$folder/size.pbw")"
expect "… changes nothing" "$before" "$(sha256sum <"$folder/size.pbw")"
cp "$folder/size.pbw" "$folder/copy.pbw"
expect "import from a pipe" 0 "$(code "$ctl" --connect "$folder/copy.pbw" import <("$ctl" --connect "$folder/size.pbw" report --format json))"
code=0
timeout --signal=TERM 1 "$ctl" --connect "$folder/size.pbw" import "$folder/fifo" 2>/dev/null || code=$?
expect "a signal ends waiting for a pipe" 124 "$code"

expect "a change whose result cannot be told" 7 "$("$ctl" --connect "$folder/size.pbw" node create iqn.2026-11.com.example:told >/dev/full 2>"$folder/err" || echo $?)"
expect "… was made" 0 "$(code "$ctl" --connect "$folder/size.pbw" show iqn.2026-11.com.example:told)"
for name in $'a\nb' $'a\u202eb' "$(head -c 200 /dev/zero | tr '\0' x)"; do
    expect "a name that cannot be shown" 3 "$(code "$ctl" --connect "$folder/size.pbw" group create "$name")"
done

head -c 100000000 /dev/zero | tr '\0' '[' >"$folder/huge.json"
expect "100 MB of brackets" 5 "$(code "$ctl" --connect "$folder/size.pbw" import "$folder/huge.json")"
{ printf '{"format": "portalbind-snapshot", "x": "'; head -c 100000000 /dev/zero | tr '\0' 'x'; printf '"}'; } >"$folder/huge.json"
expect "100 MB of text" 5 "$(code "$ctl" --connect "$folder/size.pbw" import "$folder/huge.json")"
truncate -s 600M "$folder/huge.json"
expect "600 MB" 5 "$(code "$ctl" --connect "$folder/size.pbw" import "$folder/huge.json")"
expect "… refused unread" 1 "$(grep -c '512 MiB' "$folder/err")"

exit $failed
