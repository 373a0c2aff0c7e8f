"""One browser for all walks: names go to walk.mjs, what became of each comes back."""

import json
import re
from pathlib import Path

from support.node_process import NodeProcess

HERE = Path(__file__).resolve().parent
WORKSPACE = HERE.parents[2] / "ui/backstage"
WALK_DEADLINE = 150


def walk_names() -> list[str]:
    """A walk that takes an argument is one for each frontend system."""
    names = []
    for file in sorted((HERE / "walks").glob("*.mjs")):
        for name, argument in re.findall(r"^export async function (\w+)\((\w*)\)", file.read_text(), re.M):
            names += [f"{name}[new]", f"{name}[old]"] if argument else [name]
    return names


class Walker:
    def __init__(self, world_file):
        self.program = NodeProcess(WORKSPACE, HERE / "walk.mjs", world_file)

    def walk(self, name: str) -> None:
        """Raises AssertionError with what the walk says, and what its pages showed."""
        became = json.loads(self.program.ask(name, WALK_DEADLINE))
        assert "error" not in became, became["error"]

    def close(self) -> None:
        self.program.close()
