"""The route table that the program prints."""

from __future__ import annotations

import subprocess
from typing import List, NamedTuple

from support.server import binary


class Row(NamedTuple):
    """One line of `callboard routes`."""

    method: str
    path: str
    scope: str
    role: str

    @property
    def operation(self) -> str:
        """METHOD path, as everywhere in this suite."""
        return f"{self.method} {self.path}"


def read_table() -> List[Row]:
    """What the program says that it serves."""
    done = subprocess.run([str(binary()), "routes"], capture_output=True, text=True, timeout=30, check=True)
    return [Row(*line.split("\t")[:4]) for line in done.stdout.splitlines() if line.strip()]
