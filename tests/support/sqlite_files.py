"""Looks into the data directory of a stopped server, without touching it."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import List

MAGIC = b"SQLite format 3\x00"


def databases(data: Path) -> List[Path]:
    """The SQLite files below a directory."""
    found = []
    for path in sorted(data.rglob("*")):
        if path.is_file():
            with open(path, "rb") as file:
                if file.read(len(MAGIC)) == MAGIC:
                    found.append(path)
    return found


def integrity_problems(data: Path) -> List[str]:
    """What SQLite's own check says about a copy of the files; an empty list when all is well."""
    problems = []
    files = databases(data)
    if not files:
        return [f"no SQLite file below {data}"]
    with tempfile.TemporaryDirectory(prefix="callboard-check-") as folder:
        for path in files:
            copy = Path(folder) / path.name
            for suffix in ("", "-wal"):
                source = path.with_name(path.name + suffix)
                if source.exists():
                    shutil.copyfile(source, copy.with_name(copy.name + suffix))
            connection = sqlite3.connect(copy)
            try:
                for (verdict,) in connection.execute("PRAGMA integrity_check"):
                    if verdict != "ok":
                        problems.append(f"{path.name}: {verdict}")
                for row in connection.execute("PRAGMA foreign_key_check"):
                    problems.append(f"{path.name}: foreign key {row}")
            finally:
                connection.close()
    return problems
