#!/usr/bin/env python3
"""How many requests a server with demonstration data answers, beside nginx on the same machine in the same minute.

The load generator shares the machine's cores with the server: compare the ratios with other runs, not the numbers.
Every accepted event is on disk before its answer. Needs wrk and nginx, both Debian packages; ./dev bench runs it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
READY_WITHIN_SECONDS = 30
ANSWER = '{"status":"success","message":"Event processed","dedup_key":"0123456789abcdef0123456789abcdef"}'

# What every script ends with: one line that this program reads.
REPORT = """
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{"requests": %d, "seconds": %f, "median": %d, "p99": %d, "refused": %d, "broken": %d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
"""

# Thread numbers keep the keys of two threads apart.
NEW_ALERTS = """
local threads = 0
function setup(thread) thread:set("number", threads); threads = threads + 1 end
local made = 0
function request()
  made = made + 1
  return wrk.format("POST", "/v2/enqueue", {["Content-Type"] = "application/json"}, string.format(
    '{"routing_key":"%s","event_action":"trigger","dedup_key":"bench-%%d-%%d-%%d",' ..
    '"payload":{"summary":"Disk is full on db1","source":"db1.example.com","severity":"critical",' ..
    '"custom_details":{"free":"0 B","mount":"/var/lib/postgresql"}}}', os.time(), number, made))
end
"""
SAME_ALERT = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"routing_key":"%s","event_action":"trigger","dedup_key":"bench","payload":' ..
  '{"summary":"Disk is full on db1","source":"db1.example.com","severity":"critical"}}'
"""
READ = """
wrk.headers["Authorization"] = "Token token=%s"
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command: list, ready_url: str, log: Path):
    """Runs a server until the block ends."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(ready_url, timeout=2).close()
                break
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{command[0]} did not become ready:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def nginx(folder: Path, port: int) -> list:
    """The command that starts an nginx which says what Callboard says to an event, and does nothing for it."""
    (folder / "nginx.conf").write_text(f"""
daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder}; keepalive_requests 1000000000;
  server {{ listen 127.0.0.1:{port}; default_type application/json; location / {{ return 202 '{ANSWER}'; }}
            location = /ready {{ return 200; }} }}
}}
""")
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def load(folder: Path, url: str, script: str, arguments) -> dict:
    """What wrk reports of one load."""
    path = folder / "load.lua"
    path.write_text(script + REPORT)
    command = ["wrk", "--threads", "2", "--connections", str(arguments.connections), "--duration", f"{arguments.seconds}s",
               "--script", str(path), url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=REPOSITORY / "build/release/callboard")
    parser.add_argument("--seconds", type=int, default=5, help="per load")
    parser.add_argument("--connections", type=int, default=64)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as name, contextlib.ExitStack() as servers:
        folder = Path(name)
        ports = [free_port(), free_port()]
        yardstick, callboard = (f"http://127.0.0.1:{port}" for port in ports)
        serve = [str(arguments.binary), "serve", "--data", str(folder / "data"), "--listen", f"127.0.0.1:{ports[1]}", "--demo"]
        servers.enter_context(running(nginx(folder, ports[0]), f"{yardstick}/ready", folder / "nginx.log"))
        servers.enter_context(running(serve, f"{callboard}/readyz", folder / "callboard.log"))
        demo = json.loads((folder / "data/demo.json").read_text())
        key = next(service["integration_key"] for service in demo["services"] if service["integration_key"])
        read = READ % demo["read_only_api_key"]
        loads = [
            ("nginx, the same answer", yardstick, SAME_ALERT % key),
            ("events, one alert", callboard, SAME_ALERT % key),
            ("events, a new alert each", callboard, NEW_ALERTS % key),
            ("GET /services", f"{callboard}/services", read),
            ("GET /oncalls", f"{callboard}/oncalls", read),
            ("GET /incidents", f"{callboard}/incidents", read),
        ]
        print(f"{'load':<28}{'per second':>12}{'median ms':>12}{'p99 ms':>10}{'refused':>10}{'broken':>9}")
        for what, url, script in loads:
            got = load(folder, url, script, arguments)
            print(f"{what:<28}{got['requests'] / got['seconds']:>12,.0f}{got['median'] / 1000:>12.2f}{got['p99'] / 1000:>10.2f}"
                  f"{got['refused']:>10}{got['broken']:>9}", flush=True)


if __name__ == "__main__":
    main()
