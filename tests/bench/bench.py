#!/usr/bin/env python3
"""Measures the whole server beside nginx, Alertmanager and an append log, and prints ratios.

    bench.py --server build/release/callboard --append-log build/release/append_log [--seconds 4] [--rounds 3] [--quick]

All figures of one table come from one run, the programs taking turns, so that the machine's mood cancels out.
Only ratios mean something from one machine to the next. Needs wrk, nginx and prometheus-alertmanager.
"""

import argparse
import contextlib
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROUTING_KEY = "benchmarkbenchmarkbenchmarkbench"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url, seconds=20):
    """Milliseconds until `url` answers 200."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        try:
            if urllib.request.urlopen(url, timeout=1).status == 200:
                return (time.monotonic() - begin) * 1000
        except OSError:
            time.sleep(0.002)
    raise SystemExit(f"{url} did not answer")


def resident_mb(pid):
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) / 1024


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Program:
    """A server that is measured; stopped at the end whatever happens."""

    def __init__(self, command, ready_url, folder, **options):
        self.log = open(Path(folder) / "log.txt", "w")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, **options)
        self.ready_ms = wait_for(ready_url)

    @contextlib.contextmanager
    def awake(self):
        """Runs for as long as this lasts, and stands still before and after: what it does when nobody asks it anything
        (Alertmanager collects the garbage of its alerts) is not counted against others."""
        self.process.send_signal(signal.SIGCONT)
        yield self
        self.process.send_signal(signal.SIGSTOP)

    def stop(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


class Callboard(Program):
    def __init__(self, binary, folder, io_threads=1, options=()):
        self.binary, self.folder, self.port = binary, Path(folder), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        data = self.folder / "data"
        fresh = not data.exists()
        if fresh:
            subprocess.run(
                [binary, "admin", "create-owner", "--data", data, "--name", "Bench", "--email", "bench@example.com",
                 "--password-stdin"],
                input="nobody logs in to a benchmark\n", text=True, check=True, stdout=subprocess.DEVNULL)
        self.key = subprocess.run(
            [binary, "admin", "create-api-key", "--data", data, "--description", "bench"],
            check=True, capture_output=True, text=True).stdout.strip()
        super().__init__(
            [binary, "serve", "--data", data, "--listen", f"127.0.0.1:{self.port}", "--io-threads", str(io_threads), *options],
            self.url + "/readyz", folder)
        if fresh:
            self.make_service()

    def rest(self, method, path, body=None):
        import json
        request = urllib.request.Request(
            self.url + path, method=method, data=json.dumps(body).encode() if body else None,
            headers={"Authorization": f"Token token={self.key}", "From": "bench@example.com",
                     "Content-Type": "application/json"})
        answer = urllib.request.urlopen(request).read()
        return json.loads(answer) if answer else None

    def make_service(self):
        """A service as people have them: two levels, auto-resolve, an acknowledgement time-out."""
        user = self.rest("GET", "/users")["users"][0]["id"]
        level = {"escalation_delay_in_minutes": 30, "targets": [{"id": user, "type": "user_reference"}]}
        policy = self.rest("POST", "/escalation_policies", {"escalation_policy": {
            "name": "Bench", "escalation_rules": [level, level], "num_loops": 1}})["escalation_policy"]["id"]
        service = self.rest("POST", "/services", {"service": {
            "name": "Bench", "escalation_policy": {"id": policy, "type": "escalation_policy_reference"},
            "auto_resolve_timeout": 14400, "acknowledgement_timeout": 1800}})["service"]["id"]
        self.rest("POST", f"/services/{service}/integrations", {"integration": {
            "type": "events_api_v2_inbound_integration", "name": "Bench", "integration_key": ROUTING_KEY}})


def start_nginx(folder):
    port = free_port()
    body = '{"status":"success","message":"Event processed","dedup_key":"0123456789abcdef0123456789abcdef"}'
    Path(folder, "nginx.conf").write_text(
        f"worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log /dev/null crit;\n"
        "events { worker_connections 4096; multi_accept on; }\n"
        "http { access_log off; keepalive_requests 1000000000; keepalive_timeout 60; tcp_nodelay on;\n"
        f" client_body_temp_path {folder}/body; default_type application/json;\n"
        f" server {{ listen 127.0.0.1:{port} reuseport; location /healthz {{ return 200 'ok\\n'; }}\n"
        f" location / {{ return 202 '{body}'; }} }} }}\n")
    program = Program(["/usr/sbin/nginx", "-p", folder, "-c", f"{folder}/nginx.conf"],
                      f"http://127.0.0.1:{port}/healthz", folder)
    program.url = f"http://127.0.0.1:{port}"
    return program


def start_alertmanager(folder):
    port = free_port()
    Path(folder, "am.yml").write_text("route: {receiver: none, group_wait: 1h}\nreceivers: [{name: none}]\n")
    program = Program(
        ["/usr/bin/prometheus-alertmanager", f"--config.file={folder}/am.yml", f"--storage.path={folder}/am",
         f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=", "--log.level=error"],
        f"http://127.0.0.1:{port}/-/ready", folder)
    program.url = f"http://127.0.0.1:{port}"
    return program


def wrk(script, url, connections, seconds, **environment):
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", HERE / script, url]
    out = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}).stdout
    found = re.search(r"RESULT (.*)", out)
    if not found:
        raise SystemExit(f"wrk said nothing of use:\n{out}")
    return {name: float(value) for name, value in (pair.split("=") for pair in found.group(1).split())}


def append_log(binary, folder, clients, batch, seconds):
    out = subprocess.run([binary, Path(folder) / "append.log", str(clients), str(batch), str(seconds)],
                         check=True, capture_output=True, text=True).stdout
    return float(re.search(r"rate=(\d+)", out).group(1))


run_number = 0


def enqueue(server, connections, seconds, keys):
    """One measured run; distinct keys differ from every earlier run's."""
    global run_number
    run_number += 1
    before = cpu_seconds(server.process.pid)
    result = wrk("enqueue.lua", server.url + "/v2/enqueue", connections, seconds, ROUTING_KEY=ROUTING_KEY,
                 KEYS=keys, PREFIX=f"r{run_number:06d}" if keys == "distinct" else "same00")
    result["cpu_us"] = (cpu_seconds(server.process.pid) - before) * 1e6 / max(result["requests"], 1)
    if result["errors"] or result["refused"]:
        print(f"  note: {result['errors']:.0f} errors, {result['refused']:.0f} refused", file=sys.stderr)
    return result


def median(results, member):
    return statistics.median(result[member] for result in results)


def stored_alerts(server):
    import sqlite3
    with sqlite3.connect(server.folder / "data" / "callboard.db") as database:
        return database.execute("SELECT count(*) FROM alerts").fetchone()[0]


def fill(server, wanted):
    while stored_alerts(server) < wanted:
        missing = wanted - stored_alerts(server)
        enqueue(server, 256, max(1, min(10, missing // 40000)), "distinct")


def compare(arguments, label, server, others):
    """Rounds in turn: nginx, Callboard, Alertmanager, append log; prints one block per number of connections."""
    print(f"\n## {label}: {stored_alerts(server):,} alerts stored")
    rates = {}
    for connections in (1, 64, 512):
        nginx, distinct, repeating, manager, log = [], [], [], [], []
        for _ in range(arguments.rounds):
            nginx.append(wrk("enqueue.lua", others["nginx"].url + "/v2/enqueue", connections, arguments.seconds,
                             ROUTING_KEY=ROUTING_KEY))
            distinct.append(enqueue(server, connections, arguments.seconds, "distinct"))
            repeating.append(enqueue(server, connections, arguments.seconds, "4096"))
            if others["alertmanager"]:
                with others["alertmanager"].awake() as it:
                    manager.append(wrk("alertmanager.lua", it.url + "/api/v2/alerts", connections,
                                       arguments.seconds, PREFIX=f"{label[:3]}{connections}{len(manager)}"))
            log.append({"rate": append_log(arguments.append_log, server.folder, connections, 1024, 1)})
        base = median(nginx, "rate")
        print(f"\n{connections} connections        events/s    p50 ms    p99 ms  us CPU   / nginx")
        print(f"  nginx static 202      {base:9,.0f} {median(nginx, 'p50') / 1000:9.2f} {median(nginx, 'p99') / 1000:9.2f}")
        for name, results in (("distinct keys", distinct), ("repeating keys", repeating)):
            print(f"  {name:20}  {median(results, 'rate'):9,.0f} {median(results, 'p50') / 1000:9.2f} "
                  f"{median(results, 'p99') / 1000:9.2f} {median(results, 'cpu_us'):7.1f}   {median(results, 'rate') / base:.2f}")
        if manager:
            rate = median(manager, "rate")
            print(f"  Alertmanager          {rate:9,.0f} {median(manager, 'p50') / 1000:9.2f} {median(manager, 'p99') / 1000:9.2f}"
                  f"           ours is {median(distinct, 'rate') / rate:.2f} times it")
        print(f"  append log, synced    {median(log, 'rate'):9,.0f}"
              f"                               ours is {median(distinct, 'rate') / median(log, 'rate'):.3f} of it")
        rates[connections] = median(distinct, "rate")
    return rates


def http_alone(arguments, server, nginx):
    print("\n## HTTP alone (GET /healthz, nothing stored)")
    for connections in (64, 512):
        ours, theirs = [], []
        for _ in range(arguments.rounds):
            theirs.append(wrk("get.lua", nginx.url + "/healthz", connections, arguments.seconds))
            ours.append(wrk("get.lua", server.url + "/healthz", connections, arguments.seconds))
        print(f"  {connections:3} connections: ours {median(ours, 'rate'):,.0f}/s, nginx {median(theirs, 'rate'):,.0f}/s, "
              f"ratio {median(ours, 'rate') / median(theirs, 'rate'):.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--server", required=True)
    parser.add_argument("--append-log", required=True)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--large", type=int, default=1_000_000, help="stored alerts of the second table")
    parser.add_argument("--quick", action="store_true", help="one short round, without the large table")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.seconds, arguments.rounds = 2, 1
    folder = tempfile.mkdtemp(prefix="callboard-bench-")
    programs = []
    try:
        nginx_folder, manager_folder = Path(folder, "nginx"), Path(folder, "alertmanager")
        nginx_folder.mkdir(), manager_folder.mkdir()
        nginx = start_nginx(str(nginx_folder))
        programs.append(nginx)
        manager = start_alertmanager(str(manager_folder))
        programs.append(manager)
        manager.process.send_signal(signal.SIGSTOP)  # until it is its turn
        server = Callboard(arguments.server, folder)
        programs.append(server)
        print(f"ready after {server.ready_ms:.0f} ms, idle at {resident_mb(server.process.pid):.0f} MB")
        http_alone(arguments, server, nginx)
        others = {"nginx": nginx, "alertmanager": manager}
        fill(server, 10_000)
        small = compare(arguments, "small store", server, others)
        if not arguments.quick:
            fill(server, arguments.large)
            large = compare(arguments, "large store", server, {**others, "alertmanager": None})
            print("\nlarge / small:", ", ".join(f"{c} connections {large[c] / small[c]:.2f}" for c in small))
        print(f"\nresident at the end: {resident_mb(server.process.pid):.0f} MB")
    finally:
        for program in reversed(programs):
            program.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
