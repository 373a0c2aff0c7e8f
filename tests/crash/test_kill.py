"""What was answered with 202 survives everything: kill -9 at any moment, a full disk, an orderly stop.

CALLBOARD_KILLS sets how often the server is killed (50 unless set), CALLBOARD_SEED repeats a run's chances.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import resource
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass, field
from typing import Dict, List, Optional, Tuple

import pytest

from support.client import Client
from support.events import ENQUEUE, Events, new_key, trigger_event
from support.factory import Factory
from support.server import OWNER_EMAIL, Server, wait_until
from support.sqlite_files import databases, integrity_problems

KILLS = int(os.environ.get("CALLBOARD_KILLS", "50"))
SENDERS = 4
SHARED_KEYS = 3
LONGEST_ROUND_SECONDS = 0.35
CHECK_FILES_EVERY = 10

STATE_AFTER = {"trigger": "triggered", "acknowledge": "acknowledged", "resolve": "resolved"}


@dataclass
class Fate:
    """What became of one dedup key in one round: what was accepted, and what may or may not have been."""

    accepted: List[str] = field(default_factory=list)
    in_flight: Optional[str] = None

    def possible_states(self) -> set:
        """The states that the incident may be in after the crash."""
        certain = STATE_AFTER[self.accepted[-1]] if self.accepted else "nothing"
        return {certain} | ({STATE_AFTER[self.in_flight]} if self.in_flight else set())


class Sender(threading.Thread):
    """Sends events on one connection until the server dies, and remembers each answer."""

    def __init__(self, port: int, routing_key: str, shared: List[str], chance: random.Random, stop: threading.Event):
        super().__init__(daemon=True)
        self.port, self.routing_key, self.shared, self.chance, self.stop_asked = port, routing_key, shared, chance, stop
        self.own: Dict[str, Fate] = {}
        self.shared_accepted: Dict[str, int] = {key: 0 for key in shared}
        self.shared_sent: Dict[str, int] = {key: 0 for key in shared}
        self.surprises: List[str] = []
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def run(self) -> None:
        try:
            while not self.stop_asked.is_set():
                if self.chance.random() < 0.2:
                    key = self.chance.choice(self.shared)
                    self.shared_sent[key] += 1
                    if self.post(trigger_event(self.routing_key, key)):
                        self.shared_accepted[key] += 1
                else:
                    self.live_through(new_key("kill"))
        except (OSError, http.client.HTTPException):
            pass  # the server was killed

    def live_through(self, key: str) -> None:
        """Triggers a key of its own and perhaps acknowledges and resolves it."""
        fate = self.own[key] = Fate()
        for action in ("trigger", "acknowledge", "resolve")[: self.chance.choice((1, 1, 2, 3))]:
            event = trigger_event(self.routing_key, key)
            event["event_action"] = action
            fate.in_flight = action
            if not self.post(event):
                fate.in_flight = None
                return
            fate.accepted.append(action)
            fate.in_flight = None

    def post(self, event: dict) -> bool:
        """True when the event was accepted; raises when the connection broke before the answer was whole."""
        self.connection.request("POST", ENQUEUE, json.dumps(event), {"Content-Type": "application/json"})
        reply = self.connection.getresponse()
        body = reply.read()
        if reply.status == 202:
            if json.loads(body)["dedup_key"] != event["dedup_key"]:
                self.surprises.append(body.decode())
            return True
        if reply.status not in (429, 503):
            self.surprises.append(f"{reply.status} {body[:200]!r}")
        return False


class Witness:
    """Knows what every round was promised and asks the server whether it kept it."""

    def __init__(self, server: Server, chance: random.Random):
        self.server, self.chance = server, chance
        server.create_owner()
        server.start()
        self.key = server.create_api_key()
        self.api = Client(server.url, self.key, OWNER_EMAIL)
        self.make = Factory(self.api, Events(server.url))
        self.policy = self.make.policy()
        self.kept: List[Tuple[str, Dict[str, set]]] = []
        self.accepted_events = 0

    def round(self) -> Tuple[dict, List[Sender]]:
        """Events from several threads into a service of its own, until the server is killed amid them."""
        service = self.make.service(self.policy)
        routing_key = self.make.routing_key(service)
        shared = [new_key("shared") for _ in range(SHARED_KEYS)]
        stop = threading.Event()
        senders = [Sender(self.server.port, routing_key, shared, random.Random(self.chance.random()), stop)
                   for _ in range(SENDERS)]
        for sender in senders:
            sender.start()
        time.sleep(self.chance.uniform(0.01, LONGEST_ROUND_SECONDS))
        self.server.kill()
        stop.set()
        for sender in senders:
            sender.join(15)
            assert not sender.is_alive(), "a sender waits for an answer that will never come"
            assert not sender.surprises, sender.surprises[:3]
        return service, senders

    def restart(self) -> None:
        """Starts on the same data; now and then the start itself is killed first."""
        while self.chance.random() < 0.15:
            self.server.start(wait=False)
            time.sleep(self.chance.uniform(0, 0.1))
            self.server.kill()
        self.server.start()
        self.api = Client(self.server.url, self.key, OWNER_EMAIL)
        self.make = Factory(self.api, Events(self.server.url))

    def incidents(self, service_id: str) -> List[dict]:
        """All incidents of one round."""
        return list(self.api.every("/incidents", "incidents", {"service_ids[]": service_id, "date_range": "all"}))

    def incidents_of(self, key: str) -> List[dict]:
        """The incidents of a dedup key."""
        return self.make.incidents_of_key(key)

    def verify(self, service: dict, senders: List[Sender]) -> None:
        """Every promise of the round is kept, and whatever exists is whole."""
        by_key: Dict[str, List[dict]] = {}
        for incident in self.incidents(service["id"]):
            for alert in self.whole(incident):
                by_key.setdefault(alert["alert_key"], []).append(incident)
        promised: Dict[str, set] = {}
        for sender in senders:
            for key, fate in sender.own.items():
                promised[key] = fate.possible_states()
                self.accepted_events += len(fate.accepted)
        for key in senders[0].shared:
            accepted = sum(sender.shared_accepted[key] for sender in senders)
            sent = sum(sender.shared_sent[key] for sender in senders)
            self.accepted_events += accepted
            promised[key] = {"triggered"} if accepted else {"nothing", "triggered"}
            self.verify_repeats(by_key.get(key, []), accepted, sent)
        self.compare(promised, by_key)
        strangers = set(by_key) - set(promised)
        assert not strangers, f"alerts that nobody sent: {sorted(strangers)[:3]}"
        self.kept.append((service["id"], promised))

    def compare(self, promised: Dict[str, set], by_key: Dict[str, List[dict]]) -> None:
        """Each key has at most one incident, in a state that fits the answers."""
        for key, states in promised.items():
            found = by_key.get(key, [])
            assert len(found) <= 1, f"{key} opened {len(found)} incidents"
            actual = found[0]["status"] if found else "nothing"
            assert actual in states, f"{key} is {actual} after answers that allow {sorted(states)}"

    def verify_repeats(self, found: List[dict], accepted: int, sent: int) -> None:
        """The log has an entry for each accepted repeat, up to the limit of one hundred, and no more than were sent."""
        if not found:
            return
        entries = [entry for entry in self.make.log(found[0]) if entry["type"] == "trigger_log_entry"]
        assert min(accepted, 100) <= len(entries) <= min(sent, 100)

    def whole(self, incident: dict) -> List[dict]:
        """The alerts of an incident, which lacks nothing that an incident has."""
        alerts = self.make.alerts(incident)
        assert len(alerts) == 1 and incident["alert_counts"]["all"] == 1, f"half an incident: {incident}"
        assert incident["first_trigger_log_entry"]["id"], f"no trigger entry: {incident}"
        resolved = incident["status"] == "resolved"
        assert bool(incident["assignments"]) != resolved, f"wrong assignments: {incident}"
        assert alerts[0]["status"] == ("resolved" if resolved else "triggered")
        if self.chance.random() < 0.25:
            kinds = {entry["type"] for entry in self.make.log(incident)}
            wanted = {"trigger_log_entry", "assign_log_entry"}
            wanted |= {"resolve_log_entry"} if resolved else set()
            assert wanted <= kinds, f"the log lacks {wanted - kinds}"
        return alerts

    def verify_everything_again(self) -> None:
        """What earlier rounds were promised is still there after all later crashes."""
        for service_id, promised in self.kept:
            incidents = self.incidents(service_id)
            certain = sum(1 for states in promised.values() if "nothing" not in states)
            possible = sum(1 for states in promised.values() if states != {"nothing"})
            assert certain <= len(incidents) <= possible


@pytest.mark.slow
def test_nothing_accepted_is_lost_when_the_process_is_killed(fresh_server, seed):
    witness = Witness(fresh_server(), random.Random(seed))
    started = time.monotonic()
    for number in range(1, KILLS + 1):
        service, senders = witness.round()
        if number % CHECK_FILES_EVERY == 0 or number == KILLS:
            assert integrity_problems(witness.server.data) == []
        witness.restart()
        try:
            witness.verify(service, senders)
        except AssertionError as error:
            raise AssertionError(f"after kill {number} of {KILLS}, seed {seed}: {error}") from error
    witness.verify_everything_again()
    print(f"{KILLS} kills, {witness.accepted_events} accepted events, {time.monotonic() - started:.0f} s, seed {seed}")
    assert witness.accepted_events > KILLS, "too few events were accepted for the test to mean anything"
    assert witness.server.stop() == 0
    assert integrity_problems(witness.server.data) == []


def test_an_orderly_stop_answers_what_it_has_begun(fresh_server, seed):
    """SIGTERM amid traffic: each event is accepted and kept, or refused; the exit status is 0."""
    chance = random.Random(seed)
    witness = Witness(fresh_server(), chance)
    service = witness.make.service(witness.policy)
    routing_key = witness.make.routing_key(service)
    stop = threading.Event()
    shared = [new_key("shared")]
    senders = [Sender(witness.server.port, routing_key, shared, random.Random(chance.random()), stop) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    time.sleep(0.3)
    assert witness.server.stop() == 0
    stop.set()
    for sender in senders:
        sender.join(15)
        assert not sender.surprises, sender.surprises[:3]
    witness.restart()
    witness.verify(service, senders)


def test_a_change_of_configuration_survives_a_kill(fresh_server):
    """Not only events: what REST answered with 200 or 201 is on disk as well."""
    witness = Witness(fresh_server(), random.Random(1))
    for _ in range(5):
        team, user = witness.make.team(), witness.make.user()
        witness.api.put(f"/teams/{team['id']}/users/{user['id']}", expect=204)
        witness.server.kill()
        witness.restart()
        members = witness.api.get(f"/teams/{team['id']}/members")["members"]
        assert [member["user"]["id"] for member in members] == [user["id"]]


def test_time_that_passed_while_the_server_was_down_is_made_up_for(fresh_server):
    """A timer is a row, not a thread: it is due after a crash as well."""
    witness = Witness(fresh_server(), random.Random(1))
    service = witness.make.service(witness.policy, auto_resolve_timeout=600)
    incident = witness.make.alerted(witness.make.routing_key(service))
    witness.server.kill()
    witness.restart()
    witness.server.advance(601)
    assert witness.make.reload(incident)["status"] == "resolved"


# ---- a full disk ------------------------------------------------------------------------------------------


class FullDisk:
    """A witness whose disk can be filled and freed."""

    def __init__(self, witness: Witness):
        self.witness = witness
        self.routing_key = witness.make.routing_key(witness.make.service(witness.policy))
        self.before = [new_key("before") for _ in range(20)]
        for key in self.before:
            witness.make.events.trigger(self.routing_key, key)
        self.incidents: Dict[str, str] = {}
        self.learn_incidents()

    def learn_incidents(self) -> None:
        """Remembers which incident each accepted key opened; there is exactly one."""
        for key in self.before:
            found = self.witness.incidents_of(key)
            assert len(found) == 1, f"{key} was accepted and opened {len(found)} incidents"
            assert self.incidents.setdefault(key, found[0]["id"]) == found[0]["id"]

    def refused(self, key: str) -> bool:
        """Sends a trigger that cannot be kept; true when it was refused as it must be."""
        reply = self.witness.make.events.post(ENQUEUE, trigger_event(self.routing_key, key))
        if reply.status_code == 202:
            return False
        assert reply.status_code in (500, 503), f"{reply.status_code}: {reply.text[:300]}"
        assert set(reply.json()) >= {"status", "message", "errors"}
        return True

    def survive(self, fill, free) -> None:
        """Fills the disk, checks that nothing is promised, frees it, checks that memory and disk agree."""
        witness = self.witness
        fill()
        wait_until(lambda: self.refused(new_key("filling")), 20, "an event is refused because the disk is full", every=0)
        answers = {key: self.refused(key) for key in (new_key("full") for _ in range(30))}
        lost = [key for key, refused in answers.items() if refused]
        assert lost, "the disk was not full"
        self.before += [key for key, refused in answers.items() if not refused]  # found room in what was already there
        assert witness.server.alive(), witness.server.log_tail()
        assert len(witness.incidents_of(self.before[0])) == 1, "reading goes on"
        free()
        self.learn_incidents()
        wait_until(lambda: witness.make.events.post(ENQUEUE, trigger_event(self.routing_key, new_key())).status_code == 202,
                   20, "events are accepted again")
        self.memory_agrees_with_disk(lost)
        assert witness.server.stop() == 0
        assert integrity_problems(witness.server.data) == []
        witness.restart()
        self.same_facts(lost)

    def memory_agrees_with_disk(self, lost: List[str]) -> None:
        """Refused keys are unknown and can be opened; accepted ones still lead to their incident."""
        for key in lost:
            assert self.witness.incidents_of(key) == [], "a refused event left something behind"
            self.witness.make.events.trigger(self.routing_key, key)
        for key in self.before:
            self.witness.make.events.trigger(self.routing_key, key)
        self.same_facts(lost)

    def same_facts(self, lost: List[str]) -> None:
        """One incident per key, the old ones unchanged."""
        for key in lost:
            assert len(self.witness.incidents_of(key)) == 1
        for key, incident in self.incidents.items():
            assert [one["id"] for one in self.witness.incidents_of(key)] == [incident]


def test_events_are_refused_while_files_cannot_grow(fresh_server):
    """The limit on file size makes every write fail, as a full disk does."""
    server = fresh_server()
    server.restore_signals = False  # keeps SIGXFSZ ignored, so that writing fails instead of killing
    disk = FullDisk(Witness(server, random.Random(1)))
    _, hard = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    disk.survive(fill=lambda: resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (0, hard)),
                 free=lambda: resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (hard, hard)))


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 MB; skipped where none can be mounted."""
    place = tmp_path / "small"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(place)], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"cannot mount a small file system: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


def test_events_are_refused_while_the_disk_is_full(fresh_server, small_disk):
    """A real file system without a free block."""
    server = fresh_server(data=small_disk / "data")
    filler = small_disk / "filler"
    disk = FullDisk(Witness(server, random.Random(1)))

    def fill():
        with open(filler, "wb", buffering=0) as file:
            for size in (1 << 20, 4096):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    continue

    try:
        disk.survive(fill, filler.unlink)
    finally:
        server.kill()
        shutil.rmtree(small_disk / "data", ignore_errors=True)


def test_the_files_of_the_store_are_not_for_everybody(fresh_server):
    """Hashes and incident texts are readable for the server's user only."""
    witness = Witness(fresh_server(), random.Random(1))
    witness.server.kill()
    for path in databases(witness.server.data):
        modes = (path.stat().st_mode, path.parent.stat().st_mode)
        assert any(mode & 0o077 == 0 for mode in modes), f"{path.name}: {[oct(mode) for mode in modes]}"
