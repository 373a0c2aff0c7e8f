"""The page that `./dev run` shows: what would have been sent, and what people could do with it."""

from __future__ import annotations

import pytest
import requests

from support.client import Client
from support.events import Events
from support.factory import Factory
from support.fakes import Provider
from support.server import OWNER_EMAIL, Server, wait_until


class Inbox:
    """The page, and a server whose messages go there."""

    def __init__(self, folder):
        config = folder / "fakes.toml"
        self.fakes = Provider("../inbox.py", "--config", str(config))
        self.server = Server(flags=("--clock-control", "--private-webhooks", "--config", str(config)))
        self.server.create_owner()
        self.server.start()
        self.api = Client(self.server.url, self.server.create_api_key(), OWNER_EMAIL)
        self.make = Factory(self.api, Events(self.server.url))

    def person(self, kinds) -> dict:
        person = self.make.user(name="Ada <Lovelace>")
        for kind, address in kinds.items():
            method = self.api.post(f"/users/{person['id']}/contact_methods", {"contact_method": {
                "type": f"{kind}_contact_method", "label": kind, "address": address}}, expect=201)["contact_method"]
            self.api.post(f"/users/{person['id']}/notification_rules", {"notification_rule": {
                "type": "assignment_notification_rule", "start_delay_in_minutes": 0, "urgency": "high",
                "contact_method": {"id": method["id"], "type": method["type"]}}}, expect=201)
        return person

    def messages(self, count: int) -> dict:
        def all_of_them():
            found = requests.get(self.fakes.url + "/messages", timeout=10).json()
            return found if len(found) >= count else None
        return {one["way"]: one for one in wait_until(all_of_them, 15, f"{count} messages on the page")}

    def press(self, message: dict, action: str) -> requests.Response:
        return requests.post(self.fakes.url + "/", data={"number": message["number"], "action": action}, timeout=10)

    def close(self):
        self.server.discard()
        self.fakes.close()


@pytest.fixture
def inbox(tmp_path):
    opened = Inbox(tmp_path)
    yield opened
    opened.close()


def test_every_kind_of_message_is_shown_and_twilios_can_be_answered(inbox):
    kinds = {"sms": "5550123456", "phone": "5550123457", "push_notification": "topic", "slack": "U024BE7LH",
             "telegram": "4711"}
    person = inbox.person(kinds)
    incident = inbox.make.alerted(inbox.make.routing_key(inbox.make.service(inbox.make.policy([person]))))
    shown = inbox.messages(6)
    assert set(shown) == {"mail", "sms", "phone", "push", "slack", "telegram"}
    assert all("Disk is full" in one["text"] + one["subject"] for one in shown.values())
    page = requests.get(inbox.fakes.url + "/", timeout=10).text
    assert "Disk is full" in page and "<Lovelace>" not in page and 'value="undelivered"' in page

    def receipt() -> str:
        listed = inbox.api.get(f"/incidents/{incident['id']}/log_entries", params={"include[]": "channels"})
        return str([one["channel"].get("notification", {}).get("receipt") for one in listed["log_entries"]])

    wait_until(lambda: receipt().count("None") >= 6, 10, "what was sent to be written down")
    assert "answered 204" in inbox.press(shown["sms"], "delivered").text and "delivered" in receipt()
    assert "Acknowledged" in inbox.press(shown["phone"], "4").text
    assert inbox.make.reload(incident)["status"] == "acknowledged"
    assert "Resolved" in inbox.press(shown["sms"], "6").text
    assert inbox.make.reload(incident)["status"] == "resolved"
    assert inbox.press(shown["mail"], "delivered").status_code == 400


def test_chats_and_programs_are_shown_at_the_addresses_that_the_page_names(inbox):
    addresses = requests.get(inbox.fakes.url + "/addresses", timeout=10).json()
    page = requests.get(inbox.fakes.url + "/", timeout=10).text
    assert set(addresses) == {"teams", "mattermost", "webhook"} and all(one in page for one in addresses.values())
    person = inbox.person(addresses)
    incident = inbox.make.alerted(inbox.make.routing_key(inbox.make.service(inbox.make.policy([person]))))
    shown = inbox.messages(4)
    assert set(shown) == {"mail", "teams", "mattermost", "webhook"}
    assert all("Disk is full" in one["text"] + one["subject"] for one in shown.values())
    for way in ("teams", "webhook"):
        assert f"{inbox.server.url}/p/" in shown[way]["text"]
    assert "Acknowledged" in inbox.press(shown["mattermost"], "Acknowledge").text
    assert inbox.make.reload(incident)["status"] == "acknowledged"


def test_what_twilio_could_not_deliver_is_shown_at_the_gateway_and_answered_there(inbox):
    person = inbox.person({"sms": "5550123456"})
    incident = inbox.make.alerted(inbox.make.routing_key(inbox.make.service(inbox.make.policy([person]))))
    first = inbox.messages(2)["sms"]
    assert "answered 204" in inbox.press(first, "undelivered").text
    second = inbox.messages(3)["gateway"]
    wait_until(lambda: "answered 204" in inbox.press(second, "delivered").text, 10, "the gateway to be believed")
    assert "Resolved" in inbox.press(second, "6").text
    assert inbox.make.reload(incident)["status"] == "resolved"
