#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Brings the English plurals up to date with the sources. English needs a translation for them alone: `%n portal(s)`
# becomes "1 portal" and "2 portals". Forms that are there already stay as they are.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
PATH=$PATH:/usr/lib/qt6/bin
file=resources/translations/portalbind_en.ts
lupdate -silent -pluralonly -locations none -no-obsolete -source-language en_GB -target-language en_GB \
    model widgets app backends -ts "$file"
python3 - "$file" <<'PYTHON'
import re, sys
import xml.etree.ElementTree as tree

path = sys.argv[1]
document = tree.parse(path)
for message in document.iter("message"):
    source = message.find("source").text
    translation = message.find("translation")
    forms = translation.findall("numerusform")
    if message.get("numerus") != "yes" or any(form.text for form in forms):
        continue
    while len(forms) < 2:
        forms.append(tree.SubElement(translation, "numerusform"))
    singular = re.sub(r"\((s|es)\)", "", source)
    singular = re.sub(r"\bare\b", "is", singular)
    forms[0].text = singular
    forms[1].text = re.sub(r"\((s|es)\)", r"\1", source)
    translation.attrib.pop("type", None)
text = tree.tostring(document.getroot(), encoding="unicode")
open(path, "w", encoding="utf-8").write('<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n' + text + "\n")
PYTHON
