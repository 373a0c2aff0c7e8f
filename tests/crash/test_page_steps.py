"""A message to a person survives kill -9 between any two steps of its way: it is never lost, and repeated at most once.

The server stops itself dead at the named step (POST /test/stop, refused without --clock-control) and is then killed, so
that every gap is hit for certain and not by luck.
"""

from __future__ import annotations

import pytest
import requests

from support.client import Client
from support.events import ENQUEUE, Events, new_key, trigger_event
from support.factory import Factory
from support.fakes import Provider, body
from support.server import OWNER_EMAIL, Server, wait_until

STEPS = ["decided", "committed", "claimed", "sent", "recorded"]
CONFIG = """
[email]
smtp-url = "smtp://127.0.0.1:{mail.port}"
from = "pages@example.com"
starttls = "none"

[[sms]]
kind = "gateway"
url = "{sms.url}/send"

[push]
server = "{push.url}"
"""


class World:
    """A server with three ways to one person, each ending at a fake that counts."""

    def __init__(self, folder):
        self.providers = {"mail": Provider("smtp.py"), "sms": Provider("http.py", "--kind", "gateway"),
                          "push": Provider("http.py", "--kind", "ntfy")}
        config = folder / "callboard.toml"
        config.write_text(CONFIG.format(**self.providers))
        self.server = Server(flags=("--clock-control", "--config", str(config)))
        self.server.create_owner()
        self.server.start()
        self.api = Client(self.server.url, self.server.create_api_key(), OWNER_EMAIL)
        self.make = Factory(self.api, Events(self.server.url))
        self.person = self.make.user()
        for kind, address in (("sms", "5550123456"), ("push_notification", "topic")):
            path = f"/users/{self.person['id']}"
            method = self.api.post(f"{path}/contact_methods", {"contact_method": {
                "type": f"{kind}_contact_method", "label": kind, "address": address}}, expect=201)["contact_method"]
            self.api.post(f"{path}/notification_rules", {"notification_rule": {
                "type": "assignment_notification_rule", "start_delay_in_minutes": 0, "urgency": "high",
                "contact_method": {"id": method["id"], "type": method["type"]}}}, expect=201)
        self.routing_key = self.make.routing_key(self.make.service(self.make.policy([self.person])))

    def arm(self, step: str) -> None:
        assert requests.post(f"{self.server.url}/test/stop", json={"at": step}, timeout=10).status_code == 204

    def send(self, key: str) -> bool:
        """Whether the server took the event."""
        try:
            return requests.post(self.server.url + ENQUEUE, json=trigger_event(self.routing_key, key),
                                 timeout=1.5).status_code == 202
        except requests.RequestException:
            return False

    def copies(self) -> dict:
        return {name: len(one.received) for name, one in self.providers.items()}

    def is_quiet(self, incident: dict) -> bool:
        entries = self.api.get(f"/incidents/{incident['id']}/log_entries")["log_entries"]
        return len([one for one in entries if one["type"] == "notify_log_entry"]) == len(self.providers)

    def close(self) -> None:
        self.server.discard()
        for one in self.providers.values():
            one.close()


@pytest.fixture
def world(tmp_path):
    opened = World(tmp_path)
    yield opened
    opened.close()


@pytest.mark.parametrize("step", STEPS)
def test_a_message_is_neither_lost_nor_repeated_twice(world, step):
    key = new_key("step")
    world.arm(step)
    taken = world.send(key)
    wait_until(world.server.is_stopped, 10, f"the server to stop when it has {step}")
    if step == "decided":
        assert not taken, "nothing is promised before it is on disk"
    world.server.kill()
    world.server.start()
    if not taken:
        assert world.send(key), "a sender without an answer sends again"
    wait_until(lambda: world.make.incidents_of_key(key), 10, "the incident")
    incident, = world.make.incidents_of_key(key)
    wait_until(lambda: world.is_quiet(incident), 20, "every message to end")
    world.server.advance(600)  # Whatever would still be repeated has been.
    for name, count in world.copies().items():
        assert 1 <= count <= 2, f"{count} copies by {name} after a crash when it had {step}"
    if step in ("decided", "committed"):
        assert set(world.copies().values()) == {1}, "nothing had left"
    for copy in [body(one) for one in world.providers["sms"].received][1:]:
        assert "May be a repeat" in copy["text"]
    assert len({body(one)["id"] for one in world.providers["sms"].received}) == 1, "providers recognise a repeat by its id"


def test_nobody_can_stop_a_server_without_clock_control(tmp_path):
    server = Server(flags=())
    try:
        server.start()
        answer = requests.post(f"{server.url}/test/stop", json={"at": "decided"}, timeout=10)
        assert answer.status_code in (401, 404)
    finally:
        server.discard()
