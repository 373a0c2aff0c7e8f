"""Whether features.md names a test for every promise, and each test that it names is there."""

import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPO = HERE.parents[2]
PROMISES = 141

#: What a test is called, by the files in which it is.
WRITTEN = (
    (REPO / "tests", "*.py", r"^def (test_\w+)\("),
    (HERE / "walks", "*.mjs", r"^export async function (\w+)\("),
    (REPO / "src", "*_test.cpp", r'TEST_CASE\(\s*"((?:[^"\\]|\\.)*)"'),
    (REPO / "ui/backstage", "*.test.ts", r"\bit\('([^']*)'"),
)


def known() -> set[str]:
    found = set()
    for folder, files, pattern in WRITTEN:
        for file in folder.rglob(files):
            if "node_modules" not in file.parts:
                found.update(re.findall(pattern, file.read_text(), re.M))
    return found


def rows() -> list[tuple[int, str, list[str]]]:
    found = re.findall(r"^\| (\d+) \| (.*) \| (.*) \|$", (HERE / "features.md").read_text(), re.M)
    return [(int(number), promise, re.findall(r"`([^`]+)`", names)) for number, promise, names in found]


def test_every_promise_has_a_line():
    assert [number for number, *_ in rows()] == list(range(1, PROMISES + 1))


def test_every_line_names_tests_that_exist():
    there = known()
    missing = {number: [name for name in names if name not in there] or "none is named" for number, _, names in rows() if not names or not set(names) <= there}
    assert missing == {}
