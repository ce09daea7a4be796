#!/usr/bin/env python3
"""The shape of the house, checked: layers.py [--cc CC] ROOT, or layers.py --self-test.

- An include in src/ points to its own room or to one above it in src/rooms, and never to another room's
  private header (…_int.h).
- Every room has a public header that begins with a comment (a program's room may have it in main.c), and
  every public header does; each header compiles alone, twice.
- No source file is longer than 900 lines, unless a program wrote it (its first lines say "auto-generated").
- Functions that overrun buffers or hide errors are not called.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MAX_LINES = 900
BANNED = ("strcpy", "strcat", "sprintf", "vsprintf", "gets", "strtok", "atoi", "atol", "atof", "rand", "srand",
          "alloca")
BANNED_CALL = re.compile(r"(?<![\w.>])(%s)\s*\(" % "|".join(BANNED))
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.M)
COMMENT_OR_LITERAL = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def rooms_of(root):
    lines = (root / "src/rooms").read_text().splitlines()
    return [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]


def without_comments(text):
    """The same text, line numbers kept, with comments and literals blanked."""
    return COMMENT_OR_LITERAL.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def is_generated(path):
    return "auto-generated" in "".join(path.read_text().splitlines(True)[:5])


def begins_with_comment(path):
    return path.read_text().lstrip().startswith(("/*", "//"))


def is_private(path):
    return path.stem.endswith("_int")


def check_includes(root, rooms, source):
    room = source.relative_to(root / "src").parts[0]
    text = source.read_text()
    for match in INCLUDE.finditer(text):
        target = match.group(1)
        where = f"{source.relative_to(root)}:{line_of(text, match.start())}"
        if "/" not in target:
            # Only what the build generates may lack a room; a sibling is written room/file.h.
            if (source.parent / target).exists():
                yield f'{where}: write #include "{room}/{target}"'
            continue
        target_room = target.split("/")[0]
        if target_room not in rooms:
            yield f'{where}: "{target}" is in no room of src/rooms'
        elif rooms.index(target_room) > rooms.index(room):
            yield f'{where}: {room} includes upwards: "{target}"'
        elif target_room != room and target.endswith("_int.h"):
            yield f'{where}: "{target}" is private to {target_room}'


def check_banned(root, source):
    text = without_comments(source.read_text())
    for match in BANNED_CALL.finditer(text):
        yield f"{source.relative_to(root)}:{line_of(text, match.start())}: {match.group(1)}() is banned"


def check_rooms(root, rooms):
    for folder in sorted(p for p in (root / "src").iterdir() if p.is_dir()):
        name = folder.relative_to(root)
        if folder.name not in rooms:
            yield f"{name}: not in src/rooms"
            continue
        if not any(folder.glob("*.[ch]")):
            continue
        public = [h for h in sorted(folder.glob("*.h")) if not is_private(h)]
        main = folder / "main.c"
        if not public and not (main.exists() and begins_with_comment(main)):
            yield f"{name}: no public header that says what the room is for"
        for header in public:
            if not begins_with_comment(header):
                yield f"{header.relative_to(root)}: must begin with a comment: purpose, owner, thread"


def check_length(root):
    for pattern in ("src/**/*.[ch]", "tests/**/*.[ch]", "tests/**/*.py", "web/src/**/*.ts", "web/src/**/*.tsx"):
        for path in sorted(root.glob(pattern)):
            lines = path.read_bytes().count(b"\n")
            if lines > MAX_LINES and not is_generated(path):
                yield f"{path.relative_to(root)}: {lines} lines, more than {MAX_LINES}: split it by concept"


def check_stands_alone(root, cc, header):
    name = header.relative_to(root / "src")
    flags = ["-std=gnu17", "-D_GNU_SOURCE", "-Wall", "-Werror", "-fsyntax-only", "-x", "c", "-I", str(root / "src")]
    result = subprocess.run([*cc, *flags, "-"], input=f'#include "{name}"\n#include "{name}"\n', text=True,
                            capture_output=True)
    if result.returncode != 0:
        first = next((line for line in result.stderr.splitlines() if "error" in line), result.stderr.strip())
        yield f"{header.relative_to(root)}: does not compile alone: {first}"


def check(root, cc):
    rooms = rooms_of(root)
    yield from check_rooms(root, rooms)
    yield from check_length(root)
    for source in sorted((root / "src").glob("*/**/*.[ch]")):
        if source.relative_to(root / "src").parts[0] in rooms:
            yield from check_includes(root, rooms, source)
            yield from check_banned(root, source)
    headers = sorted((root / "src").glob("*/*.h"))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for findings in pool.map(lambda h: list(check_stands_alone(root, cc, h)), headers):
            yield from findings


SOUND = {
    "src/rooms": "# the order\nlow  below\nhigh above\n",
    "src/low/low.h": "/* low */\n#pragma once\nint low_rand(void);\n",
    "src/low/low_int.h": "#pragma once\n",
    "src/low/low.c": '#include "low/low_int.h"\n/* never strcpy() here */ const char *s = "gets(";\n',
    "src/high/high.h": '/* high */\n#pragma once\n#include "low/low.h"\n',
    "src/high/main.c": "/* program */\n",
    "web/src/made.d.ts": "/**\n * This file was auto-generated.\n */\n" + "\n" * MAX_LINES,
}
# What one adds to the sound tree, and the words of the finding it must cause.
FAULTS = [
    ("src/low/up.c", '#include "high/high.h"\n', "includes upwards"),
    ("src/low/up2.c", '  # include  "high/high.h"\n', "includes upwards"),
    ("src/high/peep.c", '#include "low/low_int.h"\n', "private to low"),
    ("src/high/bare.c", '#include "high.h"\n', 'write #include "high/high.h"'),
    ("src/high/odd.c", '#include "attic/x.h"\n', "in no room"),
    ("src/low/copy.c", "void f(char *d, char *s) { strcpy (d, s); }\n", "strcpy() is banned"),
    ("src/low/number.c", "int f(char *s) { return atoi(s); }\n", "atoi() is banned"),
    ("src/low/mute.h", "#pragma once\n", "must begin with a comment"),
    ("src/low/needy.h", "/* needy */\n#pragma once\nuint32_t f(void);\n", "does not compile alone"),
    ("src/low/twice.h", "/* twice */\nstruct twice { int x; };\n", "does not compile alone"),
    ("src/low/long.c", "\n" * (MAX_LINES + 1), "split it by concept"),
    ("src/attic/attic.h", "/* attic */\n", "not in src/rooms"),
]


def self_test(cc):
    def findings_with(extra):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {**SOUND, **extra}.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return list(check(Path(folder), cc))

    failures = [f"sound tree: {finding}" for finding in findings_with({})]
    for name, text, expected in FAULTS:
        found = findings_with({name: text})
        if len(found) != 1 or expected not in found[0]:
            failures.append(f"{name}: expected one finding '{expected}', got {found}")
    return failures


def main(arguments):
    cc = ["cc"]
    if arguments[:1] == ["--cc"]:
        cc = arguments[1].split()
        arguments = arguments[2:]
    if not shutil.which(cc[-1]):
        sys.exit(f"layers.py: no compiler '{cc[-1]}'")
    if arguments == ["--self-test"]:
        findings = self_test(cc)
    elif len(arguments) == 1:
        findings = list(check(Path(arguments[0]).resolve(), cc))
    else:
        sys.exit(__doc__)
    for finding in findings:
        print(finding)
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
