"""The account in PostgreSQL: nothing that was accepted is lost when either program ends, and one server writes at a time."""

from __future__ import annotations

import json
import random
import subprocess
import threading
import time
from collections import Counter
from datetime import datetime, timedelta, timezone

import pytest
import requests

from support.client import Client
from support.events import Events, new_key
from support.factory import Factory
from support.fakes import Provider
from support.postgres import Cluster
from support.server import OWNER_EMAIL, Server, binary, wait_until


@pytest.fixture
def cluster():
    one = Cluster()
    yield one
    one.discard()


@pytest.fixture
def server_on(cluster):
    opened = []

    def start(store: str, wait: bool = True, flags=("--clock-control",)) -> Server:
        server = Server(store=store, flags=flags)
        opened.append(server)
        return server.start(wait)

    yield start
    for server in opened:
        server.discard()


class Stage:
    """An account with a service to send events to."""

    def __init__(self, server: Server):
        self.server = server
        server.create_owner()
        self.api = Client(server.url, server.create_api_key("tests"), OWNER_EMAIL)
        self.make = Factory(self.api, Events(server.url))
        self.key = self.make.routing_key()

    def send(self, dedup_key: str, url: str = "") -> int:
        body = {"routing_key": self.key, "event_action": "trigger", "dedup_key": dedup_key,
                "payload": {"summary": f"about {dedup_key}", "source": "tests", "severity": "critical"}}
        return requests.post((url or self.server.url) + "/v2/enqueue", json=body, timeout=10).status_code

    def keys(self, url: str = "") -> list:
        api = Client(url or self.server.url, self.api.key, OWNER_EMAIL)
        incidents = list(api.every("/incidents", "incidents", {"statuses[]": ["triggered"]}))
        return sorted(one["title"].removeprefix("about ") for one in incidents)


def test_an_account_lives_in_the_database_and_outlives_the_server(cluster, server_on):
    stage = Stage(server_on(cluster.fresh_database()))
    keys = sorted(new_key() for _ in range(20))
    assert {stage.send(key) for key in keys} == {202}
    stage.server.kill()
    stage.server.start()
    assert stage.keys() == keys
    assert stage.send(keys[0]) == 202 and stage.keys() == keys, "what is open is known after a start"
    assert stage.server.stop() == 0


def test_texts_are_compared_as_in_the_embedded_store(cluster, server_on):
    """Byte by byte; case does not count for letters of ASCII."""
    stage = Stage(server_on(cluster.fresh_database()))
    names = ["Zebra", "apple", "Äpfel", "banana", "_x", "a%b"]
    for name in names:
        stage.make.team(name=name)
    listed = [one["name"] for one in stage.api.get("/teams", params={"limit": 100})["teams"]]
    assert [name for name in listed if name in names] == sorted(names, key=str.encode)
    assert [one["name"] for one in stage.api.get("/teams", params={"query": "A%"})["teams"]] == ["a%b"]
    stage.api.refused("POST", "/teams", 400, json={"team": {"name": "APPLE"}})


def test_a_row_that_is_refused_takes_no_other_decision_along(cluster, server_on):
    stage = Stage(server_on(cluster.fresh_database()))
    made, refused = [], []

    def make_team(name: str) -> None:
        answer = requests.post(stage.server.url + "/teams", json={"team": {"name": name}}, timeout=30,
                               headers=stage.api.headers())
        (made if answer.status_code == 201 else refused).append(name)

    names = [f"team {number % 8}" for number in range(32)]
    threads = [threading.Thread(target=make_team, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == sorted(set(names)) and len(refused) == 24


def test_while_the_database_is_away_events_are_refused_and_afterwards_all_goes_on(cluster, server_on):
    stage = Stage(server_on(cluster.fresh_database()))
    accepted, attempted = [], []
    stop = threading.Event()

    def send() -> None:
        while not stop.is_set():
            key = new_key()
            attempted.append(key)
            try:
                if stage.send(key) == 202:
                    accepted.append(key)
            except requests.RequestException:
                pass

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    for mode in ("immediate", "fast"):
        cluster.stop(mode)
        answer = requests.post(stage.server.url + "/v2/enqueue", timeout=10, json={
            "routing_key": stage.key, "event_action": "trigger", "dedup_key": "refused",
            "payload": {"summary": "about refused", "source": "tests", "severity": "critical"}})
        assert answer.status_code == 503 and answer.headers["Retry-After"]
        before = len(accepted)
        cluster.start()
        wait_until(lambda: len(accepted) > before + 20, 20, "events are taken again")
    stop.set()
    for thread in threads:
        thread.join()
    kept = set(stage.keys())
    assert set(accepted) <= kept, "what was accepted is there"
    assert kept <= set(attempted) and len(kept) == len(stage.keys()), "and nothing is there twice"


def test_a_second_server_stands_by_and_takes_over(cluster, server_on):
    store = cluster.fresh_database()
    stage = Stage(server_on(store))
    assert stage.send("before") == 202
    standby = server_on(store, wait=False)
    wait_until(lambda: "store.standing_by" in standby.log_tail(), 10, "the second server says that it stands by")
    with pytest.raises(requests.ConnectionError):
        requests.get(standby.url + "/healthz", timeout=2)
    stage.server.kill()
    standby.wait_ready()
    assert stage.send("before", standby.url) == 202 and stage.send("after", standby.url) == 202
    assert stage.keys(standby.url) == ["after", "before"]


CONFIG = """
[[sms]]
kind = "gateway"
url = "{url}/send"
"""


class Storm:
    """People who are told at once and, unless they answer, again a minute later, and senders of events that never rest."""

    people = 20

    def __init__(self, cluster, server_on, folder):
        self.gateway = Provider("http.py", "--kind", "gateway")
        config = folder / "callboard.toml"
        config.write_text(CONFIG.format(url=self.gateway.url))
        self.flags = ("--clock-control", "--config", str(config))
        store = cluster.fresh_database()
        self.stage = Stage(server_on(store, flags=self.flags))
        self.standby = server_on(store, wait=False, flags=self.flags)
        self.keys = [self.team_of_one(number) for number in range(self.people)]
        self.accepted: list = []
        self.over = threading.Event()
        self.senders = [threading.Thread(target=self.send, args=(number,)) for number in range(3)]

    def team_of_one(self, number: int) -> str:
        """The routing key of somebody who is told by text message alone."""
        make, api = self.stage.make, self.stage.api
        person = make.user()
        path = f"/users/{person['id']}"
        for one in api.get(f"{path}/notification_rules", params={"urgency": "all"})["notification_rules"]:
            api.delete(f"{path}/notification_rules/{one['id']}")
        method = api.post(f"{path}/contact_methods", {"contact_method": {
            "type": "sms_contact_method", "label": "sms", "address": f"5550{number:06}", "country_code": 1}},
            expect=201)["contact_method"]
        for delay in (0, 1):
            api.post(f"{path}/notification_rules", {"notification_rule": {
                "type": "assignment_notification_rule", "start_delay_in_minutes": delay, "urgency": "high",
                "contact_method": {"id": method["id"], "type": method["type"]}}}, expect=201)
        return make.routing_key(make.service(make.policy([person])))

    def send(self, sender: int) -> None:
        chance = random.Random(sender)
        url = self.stage.server.url
        while not self.over.is_set():
            key, routing_key = new_key(), chance.choice(self.keys)
            body = {"routing_key": routing_key, "event_action": "trigger", "dedup_key": key,
                    "payload": {"summary": f"about {key}", "source": "storm", "severity": "critical"}}
            try:
                if requests.post(url + "/v2/enqueue", json=body, timeout=5).status_code == 202:
                    self.accepted.append(key)
            except requests.RequestException:
                url = self.standby.url
                time.sleep(0.05)

    def told(self) -> Counter:
        """How often each message left, by its id."""
        return Counter(json.loads(one["body"])["id"] for one in list(self.gateway.received))

    def repeats(self) -> list:
        """Those that left again without saying so."""
        seen, silent = set(), []
        for one in list(self.gateway.received):
            message = json.loads(one["body"])
            if message["id"] in seen and "may be a repeat" not in message["text"].lower():
                silent.append(message["id"])
            seen.add(message["id"])
        return silent


@pytest.fixture
def storm(cluster, server_on, tmp_path):
    one = Storm(cluster, server_on, tmp_path)
    yield one
    one.over.set()
    one.gateway.close()


def test_the_standby_takes_over_in_the_middle_of_a_storm_and_loses_nothing(storm):
    """The leader is killed while events come in and pages leave and wait: none is lost, and each leaves again at most once."""
    wait_until(lambda: "store.standing_by" in storm.standby.log_tail(), 10, "the second server says that it stands by")
    for sender in storm.senders:
        sender.start()
    wait_until(lambda: len(storm.gateway.received) >= storm.people and len(storm.accepted) > 150, 60, "the storm is on")
    before = len(storm.accepted)
    storm.stage.server.kill()
    storm.standby.wait_ready()
    wait_until(lambda: len(storm.accepted) > before + 50, 30, "events are taken again")
    storm.over.set()
    for sender in storm.senders:
        sender.join()
    # Past the second rule of everybody, and past what was interrupted.
    for _ in range(8):
        moved = requests.post(f"{storm.standby.url}/test/clock", json={"advance_seconds": 60, "settle": True}, timeout=120)
        assert moved.status_code == 200
    api = Client(storm.standby.url, storm.stage.api.key, OWNER_EMAIL)
    incidents = list(api.every("/incidents", "incidents", {"statuses[]": ["triggered"]}))
    titles = Counter(one["title"].removeprefix("about ") for one in incidents)
    assert set(storm.accepted) <= set(titles) and max(titles.values()) == 1, "no event is lost, and none is there twice"
    messages = list(api.every("/notifications", "notifications", storm_hours()))
    assert not [one for one in messages if one["status"] in ("queued", "sending")], "nothing is forgotten on its way"
    for incident in incidents:
        entries = api.get(f"/incidents/{incident['id']}/log_entries", params={"limit": 100})["log_entries"]
        notified = [one for one in entries if one["type"] == "notify_log_entry"]
        assert len(notified) == 2, f"{incident['title']} was told {len(notified)} times, once by each rule"
    told = storm.told()
    assert max(told.values()) <= 2 and not storm.repeats(), "a message leaves again at most once, and says so"


def storm_hours() -> dict:
    now = datetime.now(timezone.utc)
    return {"since": (now - timedelta(hours=1)).isoformat(), "until": (now + timedelta(hours=2)).isoformat()}


def test_whoever_stands_by_can_be_stopped(cluster, server_on):
    store = cluster.fresh_database()
    server_on(store)
    standby = server_on(store, wait=False)
    wait_until(lambda: "store.standing_by" in standby.log_tail(), 10, "the second server says that it stands by")
    standby.process.terminate()
    assert standby.process.wait(10) != 0


def test_health_names_the_engine_and_commands_look_into_the_database(cluster, server_on):
    stage = Stage(server_on(cluster.fresh_database()))
    assert stage.api.get("/console/pager_health")["health"]["store"]["engine"] == "postgresql"
    stage.send("looked at")
    number = stage.api.get("/incidents")["incidents"][0]["incident_number"]
    done = subprocess.run([binary(), "why", str(number), "--store", stage.server.store], capture_output=True, text=True,
                          timeout=30)
    assert done.returncode == 0 and "about looked at" in done.stdout


@pytest.mark.parametrize("store, said", [
    ("mysql://localhost/callboard", "must begin with postgresql://"),
    ("postgresql://nobody@/none?host=%2Fnowhere", "nowhere"),
])
def test_an_address_that_leads_nowhere_is_told_at_the_start(tmp_path, store, said):
    done = subprocess.run([binary(), "serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0", "--store", store],
                          capture_output=True, text=True, timeout=20)
    assert done.returncode != 0 and said in done.stderr + done.stdout
