"""A program of ours in Node that reads a line and answers with a line."""

from __future__ import annotations

import os
import selectors
import subprocess
from pathlib import Path


def node(packages: Path) -> str:
    """The Node that came with these packages, because Debian's is too old for them."""
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(os.uname().machine, "")
    own = packages / f"node_modules/node-linux-{machine}/bin/node"
    return str(own) if own.exists() else "node"


class NodeProcess:
    """Started at the first question, and again at the next one after it has ended or was given up."""

    def __init__(self, packages: Path, *command: str | Path):
        self.command = [node(packages), *command]
        self.process: subprocess.Popen | None = None

    def ask(self, line: str, seconds: float) -> str:
        """Its answer. Raises AssertionError when it has ended, or says nothing for that long, which ends it."""
        if not self.process or self.process.poll() is not None:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()
        with selectors.DefaultSelector() as ready:
            ready.register(self.process.stdout, selectors.EVENT_READ)
            if not ready.select(seconds):
                self.kill()
                raise AssertionError(f"no answer to {line[:200]} in {seconds} s")
        answer = self.process.stdout.readline()
        assert answer, "the browser's program has ended"
        return answer.decode()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        if not self.process or self.process.poll() is not None:
            return
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
