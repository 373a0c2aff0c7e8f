"""One browser for all walks: names go to walk.mjs, what became of each comes back."""

import json
import os
import re
import selectors
import subprocess
from pathlib import Path

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


def node() -> str:
    """The Node that came with the packages, because Debian's is too old for Backstage."""
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(os.uname().machine, "")
    packed = WORKSPACE / f"node_modules/node-linux-{machine}/bin/node"
    return str(packed) if packed.exists() else "node"


class Walker:
    def __init__(self, world_file):
        self.command = [node(), HERE / "walk.mjs", world_file]
        self.process = None

    def walk(self, name: str) -> None:
        """Raises AssertionError with what the walk says, and what its pages showed."""
        if not self.process or self.process.poll() is not None:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.process.stdin.write(f"{name}\n".encode())
        self.process.stdin.flush()
        with selectors.DefaultSelector() as ready:
            ready.register(self.process.stdout, selectors.EVENT_READ)
            if not ready.select(WALK_DEADLINE):
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"the walk is still on its way after {WALK_DEADLINE} s")
        line = self.process.stdout.readline()
        assert line, "the browser's program has ended"
        became = json.loads(line)
        assert "error" not in became, became["error"]

    def close(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
