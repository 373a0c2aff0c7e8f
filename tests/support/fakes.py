"""The providers of tools/fakes, started for a test, with what they were given."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Callable, List
from urllib.parse import parse_qs

from .server import wait_until

FOLDER = Path(__file__).resolve().parents[2] / "tools/fakes"


class Provider:
    """One fake; `received` grows with each message."""

    def __init__(self, program: str, *arguments: str):
        self.process = subprocess.Popen([sys.executable, FOLDER / program, *arguments],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = json.loads(self.process.stdout.readline())["port"]
        self.received: List[dict] = []
        threading.Thread(target=self._collect, daemon=True).start()

    def _collect(self) -> None:
        for line in self.process.stdout:
            received = json.loads(line)
            # A connection that broke is reported as well.
            if "problem" not in received:
                self.received.append(received)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait(self, count: int, wanted: Callable[[dict], bool] = lambda _: True, seconds: float = 15) -> List[dict]:
        """The first `count` messages that are wanted, once they are there."""
        def found() -> List[dict]:
            return [one for one in list(self.received) if wanted(one)]
        wait_until(lambda: len(found()) >= count, seconds, f"{count} messages at the provider")
        return found()

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


def form(received: dict) -> dict:
    """The fields of a request that was a form, each once."""
    return {name: values[0] for name, values in parse_qs(received["body"], keep_blank_values=True).items()}


def body(received: dict) -> dict:
    """The JSON of a request."""
    return json.loads(received["body"])
