#!/usr/bin/env python3
"""Measures how soon a page leaves: from an event to the request that a gateway for text messages gets.

    paging.py --server build/release/callboard [--people 1000] [--storm 10000]

Three figures, against a gateway of this program that answers at once:
  idle     one event at a time, each to a person who was told nothing yet
  people   one event for each of the services, and all of their people are told at once
  storm    many events from 64 connections; of each person the first page (later ones wait for their bundle)
Latencies begin before the event is sent and end when the gateway has read the request.
"""

import argparse
import http.server
import json
import multiprocessing
import statistics
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

from bench import Callboard

PEOPLE_PER_SERVICE = 10


class Taker(http.server.BaseHTTPRequestHandler):
    """One request of a gateway's documented form; a GET tells when each number was first told of something."""

    protocol_version = "HTTP/1.1"
    first = {}

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.first.setdefault(body["to"], time.monotonic())
        self.answer(b"{}")

    def do_GET(self):
        self.answer(json.dumps(dict(self.first)).encode())

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024


class Gateway:
    """In a process of its own, so that it is not kept from answering by who sends the events."""

    def __init__(self):
        self.listener = Listener(("127.0.0.1", 0), Taker)
        self.port = self.listener.server_port
        self.process = multiprocessing.get_context("fork").Process(target=self.listener.serve_forever, daemon=True)
        self.process.start()
        self.listener.socket.close()

    def first(self):
        return json.load(urllib.request.urlopen(f"http://127.0.0.1:{self.port}/"))

    def wait_for(self, numbers, seconds, pause=0.05):
        """When each of these numbers was told."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            first = self.first()
            if all(one in first for one in numbers):
                return first
            time.sleep(pause)
        raise SystemExit(f"{sum(one not in first for one in numbers)} people were not told within {seconds} s")

    def stop(self):
        self.process.terminate()
        self.process.join()


class Pager(Callboard):
    """A server whose people are told by text message at once."""

    def __init__(self, binary, folder, gateway):
        self.config = Path(folder) / "callboard.toml"
        self.config.write_text(f'[[sms]]\nkind = "gateway"\nurl = "http://127.0.0.1:{gateway.port}/send"\n')
        super().__init__(binary, folder, options=["--config", str(self.config)])
        self.services = []

    def make_people(self, people):
        for first in range(0, people, PEOPLE_PER_SERVICE):
            numbers = [f"55501{number:05d}" for number in range(first, min(people, first + PEOPLE_PER_SERVICE))]
            targets = [{"id": self.make_person(number), "type": "user_reference"} for number in numbers]
            policy = self.rest("POST", "/escalation_policies", {"escalation_policy": {
                "name": f"Policy {first}", "escalation_rules": [{"escalation_delay_in_minutes": 30, "targets": targets}],
            }})["escalation_policy"]["id"]
            service = self.rest("POST", "/services", {"service": {
                "name": f"Service {first}", "escalation_policy": {"id": policy, "type": "escalation_policy_reference"},
            }})["service"]["id"]
            key = self.rest("POST", f"/services/{service}/integrations", {"integration": {
                "type": "events_api_v2_inbound_integration", "name": "Events"}})["integration"]["integration_key"]
            self.services.append((key, ["+1" + number for number in numbers]))

    def make_person(self, number):
        user = self.rest("POST", "/users", {"user": {"name": number, "email": f"{number}@example.com"}})["user"]["id"]
        for rule in self.rest("GET", f"/users/{user}/notification_rules")["notification_rules"]:
            self.rest("DELETE", f"/users/{user}/notification_rules/{rule['id']}")
        method = self.rest("POST", f"/users/{user}/contact_methods", {"contact_method": {
            "type": "sms_contact_method", "address": number, "country_code": 1, "label": "Mobile"}})["contact_method"]
        self.rest("POST", f"/users/{user}/notification_rules", {"notification_rule": {
            "type": "assignment_notification_rule", "start_delay_in_minutes": 0, "urgency": "high",
            "contact_method": {"id": method["id"], "type": "sms_contact_method"}}})
        return user


def send(connection, key, dedup):
    body = json.dumps({"routing_key": key, "event_action": "trigger", "dedup_key": dedup,
                       "payload": {"summary": "Disk is full", "source": "db1", "severity": "critical"}})
    connection.request("POST", "/v2/enqueue", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 202:
        raise SystemExit(f"an event was answered with {answer.status}")


#: What took longer than it may: the bench fails for it, once everything is measured.
MISSED = []


def told(what, latencies, floor_ms):
    latencies = sorted(1000 * one for one in latencies)
    p99 = latencies[min(len(latencies) - 1, int(len(latencies) * 0.99))]
    print(f"{what:10} {len(latencies):6} people   p50 {statistics.median(latencies):8.1f} ms   p99 {p99:8.1f} ms   "
          f"last {latencies[-1]:8.1f} ms   (p99 at most {floor_ms} ms)")
    if p99 > floor_ms:
        MISSED.append(what)


def measure_idle(pager, gateway):
    connection = HTTPConnection("127.0.0.1", pager.port)
    latencies = []
    for number, (key, numbers) in enumerate(pager.services[:50]):
        begin = time.monotonic()
        send(connection, key, f"idle-{number}")
        first = gateway.wait_for(numbers, 10)
        latencies += [first[one] - begin for one in numbers]
        time.sleep(0.05)
    told("idle", latencies, 500)


def measure_people(pager, gateway):
    connection = HTTPConnection("127.0.0.1", pager.port)
    everybody = [one for _, numbers in pager.services for one in numbers]
    begin = time.monotonic()
    for number, (key, _) in enumerate(pager.services):
        send(connection, key, f"people-{number}")
    first = gateway.wait_for(everybody, 30)
    told("people", [first[one] - begin for one in everybody], 10_000)


def measure_storm(pager, gateway, events):
    begun = {}

    def one_connection(offset):
        connection = HTTPConnection("127.0.0.1", pager.port)
        for number in range(offset, events, 64):
            key, _ = pager.services[number % len(pager.services)]
            begun.setdefault(key, time.monotonic())
            send(connection, key, f"storm-{number}")

    begin = time.monotonic()
    with ThreadPoolExecutor(64) as pool:
        list(pool.map(one_connection, range(64)))
    spent = time.monotonic() - begin
    everybody = [one for _, numbers in pager.services for one in numbers]
    first = gateway.wait_for(everybody, 60)
    told("storm", [first[one] - begun[key] for key, numbers in pager.services for one in numbers], 2_000)
    print(f"           {events} events were accepted in {spent:.1f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--storm", type=int, default=10_000, help="events")
    arguments = parser.parse_args()
    parts = [("idle", measure_idle), ("people", measure_people),
             ("storm", lambda pager, gateway: measure_storm(pager, gateway, arguments.storm))]
    # Each part has a server of its own: people who were told lately would wait for their bundle.
    for name, measure in parts:
        with tempfile.TemporaryDirectory(prefix="callboard-paging-") as folder:
            gateway = Gateway()
            pager = Pager(arguments.server, folder, gateway)
            try:
                pager.make_people(500 if name == "idle" else arguments.people)
                measure(pager, gateway)
            finally:
                pager.stop()
                gateway.stop()
    if MISSED:
        raise SystemExit(f"too slow: {', '.join(MISSED)}")


if __name__ == "__main__":
    main()
