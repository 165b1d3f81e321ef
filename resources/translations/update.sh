#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Brings the English plurals up to date with the sources. English needs a translation for them alone: `%n portal(s)`
# becomes "1 portal" and "2 portals". Forms that are there already stay as they are.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
PATH=$PATH:/usr/lib/qt6/bin
file=resources/translations/portalbind_en.ts
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# One folder at a time: given all of them at once, lupdate of Qt 6.4 loses the namespace and with it the context.
for folder in model widgets app backends; do
    lupdate -silent -pluralonly -locations none -I . "$folder" \
        -source-language en_GB -target-language en_GB -ts "$scratch/$folder.ts" 2>/dev/null
done
lconvert -i "$scratch"/*.ts -o "$scratch/all.ts" -of ts
python3 - "$scratch/all.ts" "$file" <<'PYTHON'
import os, re, sys
import xml.etree.ElementTree as tree

fresh, path = sys.argv[1:]
known = {}
if os.path.exists(path):
    for message in tree.parse(path).iter("message"):
        forms = [form.text for form in message.iter("numerusform")]
        if any(forms):
            known[message.find("source").text] = forms

def guessed(source):
    one = re.sub(r"\bare\b", "is", re.sub(r"\((s|es)\)", "", source))
    return [one, re.sub(r"\((s|es)\)", r"\1", source)]

document = tree.parse(fresh)
for context in document.iter("context"):
    for message in context.findall("message"):
        if message.get("numerus") != "yes":
            context.remove(message)
            continue
        source = message.find("source").text
        translation = message.find("translation")
        translation.clear()
        for text in known.get(source, guessed(source)):
            tree.SubElement(translation, "numerusform").text = text
tree.indent(document, "    ")
text = tree.tostring(document.getroot(), encoding="unicode")
open(path, "w", encoding="utf-8").write('<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n' + text + "\n")
PYTHON
