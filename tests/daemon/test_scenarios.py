"""Every scenario of the simulator, on a daemon."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .player import Player

FOLDER = Path(__file__).resolve().parents[1] / "scenarios"
SCENARIOS = sorted(FOLDER.glob("*.scn"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_daemon_does_what_the_scenario_says(path, tmp_path):
    player = Player(tmp_path)
    try:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            try:
                player.play(line)
            except AssertionError as error:
                raise AssertionError(f"{path.name}:{number}: {line}\n    {error}\n{player.server.log_tail(10)}") from error
    finally:
        player.close()


def test_every_scenario_is_in_the_table_of_rules_and_every_name_in_it_leads_somewhere():
    rows = [line for line in (FOLDER / "README.md").read_text().splitlines() if line.startswith("| ")]
    names = {name for line in rows for name in re.findall(r"`([^`]+)`", line.rsplit("|", 2)[1])}
    paths = {name for name in names if "/" in name}
    assert not [path for path in paths if not (FOLDER.parents[1] / path).exists()]
    assert names - paths == {path.stem for path in SCENARIOS}
