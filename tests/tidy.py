#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clang-tidy over every source that build/asan compiles: tests/tidy.py [PATH-PREFIX…]

A file is looked at again only when it, a header of ours that it includes, its command or .clang-tidy has changed since it
passed; what passed is remembered in build/tidy. The commands are clang's own, without the precompiled headers: then there
is less to look through, and a file that lacks an include shows."""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/asan"
PASSED = ROOT / "build/tidy"
TIDY = "clang-tidy-14"


def headers_of_objects():
    """For each object file the files of ours that it was compiled from, as ninja recorded them."""
    found, current = {}, None
    listing = subprocess.run(["ninja", "-C", BUILD, "-t", "deps"], check=True, capture_output=True, text=True).stdout
    for line in listing.splitlines():
        if not line.startswith(" "):
            current = found.setdefault(line.split(":")[0], [])
        elif line:
            path = (BUILD / line.strip()).resolve()
            if path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / "build"):
                current.append(path)
    return found


def key(source, command, files):
    digest = hashlib.sha256()
    for path in [ROOT / ".clang-tidy", source, *sorted(files)]:
        digest.update(path.read_bytes())
    digest.update(command.replace(str(ROOT), "").encode())
    return digest.hexdigest()


def main():
    headers = headers_of_objects()
    commands, wanted = [], {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        source = pathlib.Path(entry["file"])
        if source.is_relative_to(ROOT / "build"):
            continue
        entry["command"] = re.sub(r" -Xclang -include(-pch)? -Xclang [^ ]*cmake_pch[^ ]*", "", entry["command"])
        commands.append(entry)
        if any(str(source.relative_to(ROOT)).startswith(prefix) for prefix in sys.argv[1:] or [""]):
            output = re.search(r" -o (\S+)", entry["command"]).group(1)
            passed = PASSED / key(source, entry["command"], headers.get(output, []))
            if not passed.exists():
                wanted[source] = passed
    PASSED.mkdir(exist_ok=True)
    (PASSED / "compile_commands.json").write_text(json.dumps(commands))

    def look(source):
        run = subprocess.run([TIDY, "-quiet", "-p", PASSED, source], capture_output=True, text=True)
        if run.returncode == 0:
            wanted[source].touch()
        else:
            print(run.stdout, run.stderr if not run.stdout else "", flush=True)
        return run.returncode

    print(f"clang-tidy: {len(wanted)} of {len(commands)} files have changed since they passed", flush=True)
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        failed = sum(status != 0 for status in pool.map(look, wanted))
    if failed:
        sys.exit(f"clang-tidy: {failed} files have findings")


main()
