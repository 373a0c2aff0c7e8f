"""Our cards in a real Backstage in a real browser: each test is one walk of cards.mjs.

Callboard, a proxy before it that can fail on request, `callboard backstage`, and the sample app with its two frontends. Needs
/usr/bin/chromium and npm; skips, saying so, without them. CALLBOARD_SHOTS=FOLDER keeps pictures of what the walks see.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest

from test_official_backend import REPO

WORKSPACE = REPO / "ui/backstage"
WALKS = Path(__file__).with_name("cards.mjs")
WALK_DEADLINE = 120


def walk_names() -> list[str]:
    return re.findall(r"^  async (\w+)\(\)", WALKS.read_text(), re.M)


@pytest.mark.parametrize("name", walk_names())
def test_walk(world, name):
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(os.uname().machine, "")
    packed = WORKSPACE / f"node_modules/node-linux-{machine}/bin/node"
    node = packed if packed.exists() else "node"
    done = subprocess.run([node, WALKS, name, world], capture_output=True, text=True, timeout=WALK_DEADLINE)
    assert done.returncode == 0, done.stderr
