#!/usr/bin/env python3
"""Measures the plugin's backend beside PagerDuty's own, in front of the same server, in one run, and prints ratios.

    backstage.py --server build/release/callboard [--connections 8] [--seconds 4] [--rounds 3]

Both answer the seven requests that one view of the card makes, over equally many connections and with the same person's token; ours then
also answers the whole card in one. The official backend runs in a real Backstage (ui/backstage/sample-app, npm). Only ratios mean
something from one machine to the next. Needs wrk. Ends with status 1 when ours is not 20 times as fast, or its p99 is not a tenth.
"""

import argparse
import json
import signal
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from bench import free_port, resident_mb, wait_for, wrk  # noqa: E402

SAMPLE_APP = HERE.parents[1] / "ui/backstage/sample-app"
RATE_WANTED, P99_WANTED = 20, 10


def get(url, **headers):
    return json.load(urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20))


class Sides:
    """Both backends and what they ask, started and stopped together."""

    def __init__(self, server, folder):
        self.folder, self.programs = folder, []
        upstream, node, ours = free_port(), free_port(), free_port()
        self.upstream, self.node, self.ours = (f"http://127.0.0.1:{port}" for port in (upstream, node, ours))
        self.start([server, "serve", "--data", folder / "data", "--listen", f"127.0.0.1:{upstream}", "--demo"], f"{self.upstream}/readyz", "upstream")
        demo = json.loads((folder / "data/demo.json").read_text())
        self.start([SAMPLE_APP / "start", "--callboard", self.upstream, "--demo-json", folder / "data/demo.json", "--port", node],
                   f"{self.node}/.backstage/health/v1/readiness", "node")
        (folder / "backstage.toml").write_text(
            f'[backstage]\nlisten = "127.0.0.1:{ours}"\ndata = "{folder}/plugin"\nbackend-url = "{self.node}"\n'
            f'[[backstage.accounts]]\nid = "a"\napi-url = "{self.upstream}"\ntoken = "{demo["api_key"]}"\nrequests-per-minute = 1000000\n')
        self.start([server, "backstage", "--config", folder / "backstage.toml"], f"{self.ours}/readyz", "ours")
        self.service = demo["services"][0]["id"]
        self.policy = get(f"{self.upstream}/services/{self.service}", Authorization=f"Token token={demo['api_key']}")["service"]["escalation_policy"]["id"]
        self.token = get(f"{self.node}/api/auth/guest/refresh")["backstageIdentity"]["token"]

    def start(self, command, ready, name):
        log = open(self.folder / f"{name}.log", "w")
        self.programs.append(subprocess.Popen([str(part) for part in command], stdout=log, stderr=log, cwd=self.folder))
        wait_for(ready, 120)

    def stop(self):
        for program in reversed(self.programs):
            program.send_signal(signal.SIGTERM)
            program.wait(30)

    def paths(self):
        base = f"/api/pagerduty/services/{self.service}"
        return [base, f"{base}/standards", f"{base}/metrics", base, f"{base}/incidents", f"{base}/change-events",
                f"/api/pagerduty/oncall-users?escalation_policy_ids[]={self.policy}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--server", required=True)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    sides = Sides(Path(arguments.server).resolve(), Path(tempfile.mkdtemp(prefix="callboard-bench-")))
    try:
        card = [f"/api/pagerduty/card?service_id={sides.service}"]
        cases = {"official, the 7 in turn": (sides.node, sides.paths()), "ours, the same 7": (sides.ours, sides.paths()), "ours, the card in 1": (sides.ours, card)}
        found = {name: [] for name in cases}
        for _ in range(arguments.rounds):
            for name, (url, paths) in cases.items():
                found[name].append(wrk("paths.lua", url, arguments.connections, arguments.seconds,
                                       PATHS=" ".join(paths), HEADERS=f"Authorization: Bearer {sides.token}"))
        middle = {name: {key: statistics.median(one[key] for one in all_of) for key in ("rate", "p50", "p99")} for name, all_of in found.items()}
        bad = sum(one["errors"] + one["refused"] for all_of in found.values() for one in all_of)
        official, ours = middle["official, the 7 in turn"], middle["ours, the same 7"]
        print(f"{arguments.connections} connections, {arguments.rounds} rounds of {arguments.seconds} s    requests/s    p50 ms    p99 ms   rate to official   p99 to official")
        for name, one in middle.items():
            print(f"  {name:28} {one['rate']:12.0f} {one['p50'] / 1000:9.2f} {one['p99'] / 1000:9.2f} {one['rate'] / official['rate']:18.1f} "
                  f"{official['p99'] / one['p99']:17.1f}")
        print(f"  memory of ours: {resident_mb(sides.programs[-1].pid):.0f} MB; answers that were none: {bad}")
        reached = ours["rate"] >= RATE_WANTED * official["rate"] and ours["p99"] * P99_WANTED <= official["p99"]
        sys.exit(0 if reached and not bad else 1)
    finally:
        sides.stop()


if __name__ == "__main__":
    main()
