#!/usr/bin/env python3
"""Measures the plugin's backend beside PagerDuty's own, in front of the same server, in one run, and prints ratios.

    backstage.py --server build/release/callboard [--rounds 200]

Both answer the seven requests that one view of the card makes; ours then also answers the whole card in one. The official
backend runs in a real Backstage (ui/backstage/sample-app, npm). Only ratios mean something from one machine to the next.
"""

import argparse
import http.client
import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from bench import free_port, wait_for  # noqa: E402

SAMPLE_APP = HERE.parents[1] / "ui/backstage/sample-app"
TOKEN = "callboard-sample-token"


class Side:
    """One backend, asked over one kept connection."""

    def __init__(self, port, headers):
        self.port, self.headers = port, headers
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(self, path):
        self.connection.request("GET", "/api/pagerduty" + path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {body[:300]}")

    def view(self, paths):
        begin = time.perf_counter()
        for path in paths:
            self.ask(path)
        return (time.perf_counter() - begin) * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--server", required=True)
    parser.add_argument("--rounds", type=int, default=200)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="callboard-bench-"))
    upstream, node, ours = free_port(), free_port(), free_port()
    programs = []

    def start(command, ready, name):
        log = open(folder / f"{name}.log", "w")
        programs.append(subprocess.Popen([str(part) for part in command], stdout=log, stderr=log, cwd=folder))
        wait_for(ready, 90)

    try:
        start([Path(arguments.server).resolve(), "serve", "--data", folder / "data", "--listen", f"127.0.0.1:{upstream}", "--demo"],
              f"http://127.0.0.1:{upstream}/readyz", "upstream")
        demo = json.loads((folder / "data/demo.json").read_text())
        (folder / "backstage.toml").write_text(
            f'[backstage]\nlisten = "127.0.0.1:{ours}"\ndata = "{folder}/plugin"\nunauthenticated-access = true\n'
            f'[[backstage.accounts]]\nid = "a"\napi-url = "http://127.0.0.1:{upstream}"\ntoken = "{demo["api_key"]}"\n'
            "requests-per-minute = 1000000\n")
        start([Path(arguments.server).resolve(), "backstage", "--config", folder / "backstage.toml"], f"http://127.0.0.1:{ours}/readyz", "ours")
        start([SAMPLE_APP / "start", "--callboard", f"http://127.0.0.1:{upstream}", "--demo-json", folder / "data/demo.json",
               "--port", node, "--token", TOKEN], f"http://127.0.0.1:{node}/.backstage/health/v1/readiness", "node")
        service = demo["services"][0]
        request = urllib.request.Request(f"http://127.0.0.1:{upstream}/services/{service['id']}",
                                         headers={"Authorization": f"Token token={demo['api_key']}"})
        policy = json.load(urllib.request.urlopen(request))["service"]["escalation_policy"]["id"]
        base = f"/services/{service['id']}"
        card = [base, f"{base}/standards", f"{base}/metrics", base, f"{base}/incidents", f"{base}/change-events",
                f"/oncall-users?escalation_policy_ids[]={policy}"]
        sides = {"official, 7 requests": (Side(node, {"Authorization": f"Bearer {TOKEN}"}), card),
                 "ours, the same 7": (Side(ours, {}), card),
                 "ours, the card in 1": (Side(ours, {}), [f"/card?service_id={service['id']}"])}
        times = {name: [] for name in sides}
        for _ in range(arguments.rounds):
            for name, (side, paths) in sides.items():
                times[name].append(side.view(paths))
        base_line = statistics.median(times["official, 7 requests"])
        print(f"one view of a card, {arguments.rounds} views in turn      p50 ms    p99 ms   official / ours")
        for name, all_times in times.items():
            all_times.sort()
            median = statistics.median(all_times)
            print(f"  {name:24}            {median:12.2f} {all_times[int(len(all_times) * 0.99) - 1]:9.2f} {base_line / median:17.1f}")
    finally:
        for program in reversed(programs):
            program.send_signal(signal.SIGTERM)
            program.wait(30)


if __name__ == "__main__":
    main()
