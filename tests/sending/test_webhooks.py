"""Webhooks as a receiver gets them: signed, in order, again after a failure, and never to somebody else's network."""

from __future__ import annotations

import hashlib
import hmac
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from support.client import Client
from support.events import Events, new_key
from support.factory import Factory, reference
from support.server import OWNER_EMAIL, Server, wait_until

FAKES = Path(__file__).resolve().parents[2] / "tools/fakes"


class Receiver:
    """The fake of tools/fakes, with what it received."""

    def __init__(self, *script: str, port: int = 0):
        self.process = subprocess.Popen([sys.executable, FAKES / "http.py", "--port", str(port), *script],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = json.loads(self.process.stdout.readline())["port"]
        self.calls = []
        threading.Thread(target=self._collect, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def url_by_name(self):
        return f"http://localhost:{self.port}/hook"

    def _collect(self):
        for line in self.process.stdout:
            call = json.loads(line)
            # One that is answered at length hangs up, which the fake notes as well.
            if "problem" not in call:
                self.calls.append(call)

    def events(self):
        return [json.loads(one["body"])["event"] for one in self.calls]

    def types(self):
        return [one["event_type"] for one in self.events()]

    def wait(self, count: int):
        wait_until(lambda: len(self.calls) >= count, 15, f"{count} webhooks, not {len(self.calls)}")
        return self.events()

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


class Stage:
    def __init__(self, *flags: str):
        self.server = Server(flags=("--clock-control", *flags))
        self.server.create_owner()
        key = self.server.create_api_key("hooks")
        self.server.start()
        self.api = Client(self.server.url, key, OWNER_EMAIL)
        self.events = Events(self.server.url)
        self.make = Factory(self.api, self.events)
        self.receivers = []

    def receiver(self, *script: str) -> Receiver:
        self.receivers.append(Receiver(*script))
        return self.receivers[-1]

    def oauth_client(self, tokens: Receiver) -> dict:
        return self.api.post("/webhook_subscriptions/oauth_clients", {"oauth_client": {
            "name": "the bot", "client_id": "bot", "client_secret": "hush", "grant_type": "client_credentials",
            "token_url": tokens.url}}, expect=201)["oauth_client"]

    def shown_client(self, client: dict) -> dict:
        return self.api.get(f"/webhook_subscriptions/oauth_clients/{client['id']}")["oauth_client"]

    def subscribe(self, url: str, events, service=None, headers=(), **members) -> dict:
        about = {"type": "service_reference", "id": service["id"]} if service else {"type": "account_reference"}
        return self.api.post("/webhook_subscriptions", {"webhook_subscription": {
            "type": "webhook_subscription", "events": list(events), "filter": about,
            "delivery_method": {"type": "http_delivery_method", "url": url, "custom_headers": list(headers)},
            **members}}, expect=200)["webhook_subscription"]

    def disabled(self, subscription) -> bool:
        shown = self.api.get(f"/webhook_subscriptions/{subscription['id']}")["webhook_subscription"]
        return shown["delivery_method"]["temporarily_disabled"]

    def wait_while_time_passes(self, receiver: Receiver, count: int):
        """A try is due some time after the one before was recorded, and nobody outside sees when that is."""
        def arrived():
            self.server.advance(1)
            return len(receiver.calls) >= count
        wait_until(arrived, 15, f"{count} webhooks")

    def set_status(self, incident, status, **members):
        self.api.put(f"/incidents/{incident['id']}",
                     {"incident": {"type": "incident_reference", "status": status, **members}})

    def close(self):
        self.server.stop()
        self.server.discard()
        for receiver in self.receivers:
            receiver.close()


@pytest.fixture
def stage():
    stages = []

    def begin(*flags: str) -> Stage:
        stages.append(Stage(*flags))
        return stages[-1]

    yield begin
    for one in stages:
        one.close()


LIFE = ["incident.triggered", "incident.acknowledged", "incident.annotated", "incident.unacknowledged",
        "incident.escalated", "incident.reassigned", "incident.priority_updated", "incident.resolved", "incident.reopened"]


def test_an_incidents_life_arrives_in_order_and_signed(stage):
    here = stage("--private-webhooks")
    receiver = here.receiver()
    first, second = here.make.user(), here.make.user()
    policy = here.make.policy(rules=[{"escalation_delay_in_minutes": 5, "targets": [reference("user", one)]} for one in (first, second)])
    service = here.make.service(policy)
    made = here.subscribe(receiver.url, LIFE, service, [{"name": "X-Token", "value": "hush"}])
    incident = here.make.alerted(here.make.routing_key(service))
    here.set_status(incident, "acknowledged")
    here.api.post(f"/incidents/{incident['id']}/notes", {"note": {"content": "on it"}}, expect=(200, 201))
    here.set_status(incident, "triggered")
    here.api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", "escalation_level": 2}})
    here.api.put(f"/incidents/{incident['id']}", {"incident": {
        "type": "incident_reference", "assignments": [{"assignee": reference("user", first)}]}})
    priority = here.api.get("/priorities")["priorities"][0]
    here.api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", "priority": reference("priority", priority)}})
    here.set_status(incident, "resolved")
    here.set_status(incident, "triggered")
    here.make.alerted(here.make.routing_key())  # of another service: nobody asked

    events = receiver.wait(9)
    assert receiver.types() == ["incident.triggered", "incident.acknowledged", "incident.annotated", "incident.unacknowledged",
                                "incident.escalated", "incident.reassigned", "incident.priority_updated", "incident.resolved",
                                "incident.reopened"]
    for call, event in zip(receiver.calls, events):
        headers = call["headers"]
        assert call["method"] == "POST" and headers["content-type"] == "application/json" and headers["x-token"] == "hush"
        expected = hmac.new(made["delivery_method"]["secret"].encode(), call["body"].encode(), hashlib.sha256).hexdigest()
        assert headers["x-pagerduty-signature"] == f"v1={expected}"
        assert headers["x-webhook-id"] == event["id"] and headers["x-webhook-subscription"] == made["id"]
        assert event["resource_type"] == "incident"
    data = events[0]["data"]
    assert data["type"] == "incident" and data["number"] == incident["incident_number"] and data["status"] == "triggered"
    assert [one["id"] for one in data["assignees"]] == [first["id"]] and data["service"]["id"] == service["id"]
    assert data["html_url"].startswith(here.server.url) and events[0]["occurred_at"].endswith("Z")
    assert events[1]["agent"]["type"] == "user_reference" and events[1]["data"]["status"] == "acknowledged"
    assert events[2]["data"]["content"] == "on it" and events[2]["data"]["incident"]["id"] == incident["id"]
    assert [one["id"] for one in events[4]["data"]["assignees"]] == [second["id"]]
    assert events[6]["data"]["priority"]["id"] == priority["id"]


def test_what_fails_comes_again_under_the_same_id_and_the_next_waits_behind_it(stage):
    here = stage("--private-webhooks")
    receiver = here.receiver("status:503", "drop", "ok")
    service = here.make.service()
    here.subscribe(receiver.url, LIFE, service)
    incident = here.make.alerted(here.make.routing_key(service))
    here.set_status(incident, "resolved")
    here.wait_while_time_passes(receiver, 4)
    events = receiver.events()
    assert receiver.types() == ["incident.triggered"] * 3 + ["incident.resolved"]
    assert len({one["id"] for one in events[:3]}) == 1 and events[3]["id"] != events[0]["id"]


def test_after_three_refusals_it_is_disabled_and_can_be_enabled(stage):
    here = stage("--private-webhooks")
    receiver = here.receiver("status:404", "status:410", "status:400", "ok")
    service = here.make.service()
    made = here.subscribe(receiver.url, ["incident.triggered"], service)
    for count in range(1, 4):
        here.make.alerted(here.make.routing_key(service))
        receiver.wait(count)
    wait_until(lambda: here.disabled(made), 10, "the end of patience")
    here.make.alerted(here.make.routing_key(service))
    method = here.api.get(f"/webhook_subscriptions/{made['id']}")["webhook_subscription"]["delivery_method"]
    assert method["temporarily_disabled_reason"] == "The receiver answered 400." and method["temporarily_disabled_until"]
    enabled = here.api.post(f"/webhook_subscriptions/{made['id']}/enable", expect=200)["webhook_subscription"]
    assert not here.disabled(made) and enabled["delivery_method"]["temporarily_disabled_reason"] is None
    incident = here.make.alerted(here.make.routing_key(service))
    assert receiver.wait(4)[3]["data"]["id"] == incident["id"]
    assert len(receiver.calls) == 4, "what came while it was disabled was not kept"


def test_a_receiver_that_answers_at_length_has_it_all_the_same(stage):
    here = stage("--private-webhooks")
    receiver = here.receiver(*["large:200000"] * 5)
    service = here.make.service()
    made = here.subscribe(receiver.url, ["incident.triggered"], service)
    for count in range(1, 5):
        here.make.alerted(here.make.routing_key(service))
        receiver.wait(count)
    assert len({event["id"] for event in receiver.events()}) == 4, "each is sent once"
    assert not here.disabled(made)


def test_a_crash_before_the_answer_was_recorded_repeats_one_and_loses_none(stage):
    here = stage("--private-webhooks")
    receiver = here.receiver("slow", "ok")
    service = here.make.service()
    here.subscribe(receiver.url, LIFE, service)
    incident = here.make.alerted(here.make.routing_key(service))
    receiver.wait(1)
    here.server.kill()
    here.server.start()
    here.set_status(incident, "resolved")
    events = receiver.wait(3)
    assert receiver.types() == ["incident.triggered", "incident.triggered", "incident.resolved"]
    assert events[0]["id"] == events[1]["id"]


def test_a_slow_receiver_holds_up_no_other(stage):
    here = stage("--private-webhooks")
    slow, quick = here.receiver(*["slow"] * 20), here.receiver()
    service = here.make.service()
    here.subscribe(slow.url, ["incident.triggered"], service)
    here.subscribe(quick.url, ["incident.triggered"], service)
    for _ in range(10):
        here.make.alerted(here.make.routing_key(service))
    wait_until(lambda: len(quick.calls) >= 10, 4, "what the quick one hears")
    assert len(slow.calls) <= 2
    here.receivers.remove(slow)
    slow.process.kill()


def test_many_slow_receivers_together_hold_up_no_other(stage):
    here = stage("--private-webhooks")
    slow, quick = [here.receiver(*["slow"] * 20) for _ in range(5)], here.receiver()
    service = here.make.service()
    for one in slow:
        here.subscribe(one.url, ["incident.triggered"], service)
    here.subscribe(quick.url, ["incident.triggered"], service)
    for _ in range(12):
        here.make.alerted(here.make.routing_key(service))
    # Once each of the slow ones has let a delivery run out; all that waits for them would take half a minute.
    wait_until(lambda: len(quick.calls) >= 12, 16, "what the quick one hears")
    for one in slow:
        here.receivers.remove(one)
        one.process.kill()


def test_one_that_is_switched_off_hears_nothing_that_waited(stage):
    here = stage("--private-webhooks")
    receiver = here.receiver("status:503", "ok")
    service = here.make.service()
    made = here.subscribe(receiver.url, LIFE, service)
    here.make.alerted(here.make.routing_key(service))
    receiver.wait(1)
    here.api.put(f"/webhook_subscriptions/{made['id']}", {"webhook_subscription": {"active": False}})
    here.server.advance(3600)
    here.api.put(f"/webhook_subscriptions/{made['id']}", {"webhook_subscription": {"active": True}})
    here.server.advance(3600)
    assert len(receiver.calls) == 1


def test_services_and_pings_are_told(stage):
    here = stage("--private-webhooks")
    receiver = here.receiver()
    made = here.subscribe(receiver.url, ["service.created", "service.updated", "service.deleted"])
    service = here.make.service()
    here.api.put(f"/services/{service['id']}", {"service": {"description": "new"}})
    here.api.delete(f"/services/{service['id']}")
    receiver.wait(3)
    here.api.post(f"/webhook_subscriptions/{made['id']}/ping", expect=202)
    events = receiver.wait(4)
    assert receiver.types() == ["service.created", "service.updated", "service.deleted", "pagey.ping"]
    assert events[0]["data"]["type"] == "service" and events[0]["data"]["id"] == service["id"]


def test_status_updates_are_told(stage):
    here = stage("--private-webhooks")
    receiver = here.receiver()
    here.subscribe(receiver.url, ["incident.status_update_published"])
    incident = here.make.incident()
    made = here.api.post(f"/incidents/{incident['id']}/status_updates", {"message": "We are on it"}, expect=200)
    event = receiver.wait(1)[0]
    assert event["data"]["type"] == "incident_status_update" and event["data"]["incident"]["id"] == incident["id"]
    assert (event["data"]["id"], event["data"]["message"]) == (made["status_update"]["id"], "We are on it")


def test_a_move_to_another_policy_and_to_another_service_is_told(stage):
    here = stage("--private-webhooks")
    receiver = here.receiver()
    here.subscribe(receiver.url, ["incident.delegated", "incident.service_updated"])
    incident, service, policy = here.make.incident(), here.make.service(), here.make.policy()
    path = f"/incidents/{incident['id']}"
    here.api.put(path, {"incident": {"type": "incident", "escalation_policy": reference("escalation_policy", policy)}})
    here.api.put(path, {"incident": {"type": "incident", "service": reference("service", service)}})
    delegated, moved = receiver.wait(2)
    assert (delegated["event_type"], moved["event_type"]) == ("incident.delegated", "incident.service_updated")
    assert delegated["data"]["escalation_policy"]["id"] == policy["id"]
    assert moved["data"]["service"]["id"] == service["id"]


def test_where_people_talk_is_told_as_an_object_of_its_own(stage):
    here = stage("--private-webhooks")
    receiver = here.receiver()
    here.subscribe(receiver.url, ["incident.conference_bridge.updated"])
    incident = here.make.incident()
    bridge = {"conference_number": "+1 202 555 0100,,1234#", "conference_url": "https://talk.example.com/1"}
    here.api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident", "conference_bridge": bridge}})
    data = receiver.wait(1)[0]["data"]
    assert data["type"] == "incident_conference_bridge" and data["incident"]["id"] == incident["id"]
    assert data["conference_numbers"] == [{"label": "", "number": bridge["conference_number"]}]
    assert data["conference_url"] == bridge["conference_url"]


@pytest.mark.parametrize("subject", ["incident", "service"])
def test_values_of_custom_fields_are_told_with_what_they_were(stage, subject):
    here = stage("--private-webhooks")
    receiver = here.receiver()
    here.subscribe(receiver.url, [f"{subject}.custom_field_values.updated"])
    for name in ("tier", "zone"):
        here.api.post(f"/{subject}s/custom_fields", {"field": {
            "name": name, "display_name": name.title(), "data_type": "string", "field_type": "single_value"}}, expect=201)
    about = here.make.incident() if subject == "incident" else here.make.service()
    path = f"/{subject}s/{about['id']}/custom_fields/values"

    def put(**values):
        here.api.call("PUT", path, expect=201, json={"custom_fields": [
            {"name": name, "value": value} for name, value in values.items()]})

    put(tier="gold")
    put(tier="gold")
    put(tier="silver", zone="a")
    put(tier=None)
    events = receiver.wait(3)
    assert [one["resource_type"] for one in events] == [subject] * 3
    assert [one["data"]["type"] for one in events] == [f"{subject}_field_values"] * 3
    assert {one["data"][subject]["id"] for one in events} == {about["id"]}

    def told(event, which):
        return {one["name"]: one["value"] for one in event["data"][which]}

    assert [told(one, "custom_fields") for one in events] == [
        {"tier": "gold", "zone": None}, {"tier": "silver", "zone": "a"}, {"tier": None, "zone": "a"}]
    assert [told(one, "changed_custom_fields") for one in events] == [
        {"tier": None}, {"tier": "gold", "zone": None}, {"tier": "silver"}]


def test_a_change_of_an_incidents_type_is_told(stage):
    here = stage("--private-webhooks")
    receiver = here.receiver()
    service = here.make.service()
    here.api.post("/incidents/types", {"incident_type": {
        "name": "security", "display_name": "Security", "parent_type": "incident_default"}}, expect=201)
    here.subscribe(receiver.url, ["incident.incident_type.changed"], service)
    incident = here.make.alerted(here.make.routing_key(service))
    for type_name in ("security", "security", "incident_default"):
        here.api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", "incident_type": {"name": type_name}}})
    receiver.wait(2)
    here.server.advance(60)
    assert [one["data"]["incident_type"]["name"] for one in receiver.events()] == ["security", "incident_default"]


def test_private_addresses_are_refused_unless_the_operator_allows_them(stage):
    """An address is refused when it is typed; where a name leads is seen when it is called."""
    here = stage()
    receiver = here.receiver()
    service = here.make.service()
    refused = here.api.refused("POST", "/webhook_subscriptions", 400, json={"webhook_subscription": {
        "type": "webhook_subscription", "events": ["incident.triggered"], "filter": {"type": "account_reference"},
        "delivery_method": {"type": "http_delivery_method", "url": receiver.url}}})
    assert "private network" in str(refused) and "--webhook-network" in str(refused)
    made = here.subscribe(receiver.url_by_name, ["incident.triggered"], service)
    for _ in range(3):
        here.make.alerted(here.make.routing_key(service))
    wait_until(lambda: here.disabled(made), 10, "the refusals")
    assert receiver.calls == []


def test_private_addresses_of_networks_that_the_operator_names_are_allowed_and_no_others(stage):
    here, elsewhere = stage("--webhook-network", "127.0.0.0/8"), stage("--webhook-network", "10.0.0.0/8")
    receivers = []
    for one in (here, elsewhere):
        receivers.append(one.receiver())
        service = one.make.service()
        made = one.subscribe(receivers[-1].url_by_name, ["incident.triggered"], service)
        for _ in range(3):
            one.make.alerted(one.make.routing_key(service))
    receivers[0].wait(3)
    wait_until(lambda: elsewhere.disabled(made), 10, "the refusals")
    assert receivers[1].calls == []


def test_requests_for_help_and_their_answers_are_told(stage):
    here = stage("--private-webhooks")
    receiver = here.receiver()
    here.subscribe(receiver.url, ["incident.responder.added", "incident.responder.replied"])
    owner = here.api.get("/users", params={"query": OWNER_EMAIL})["users"][0]
    helper, policy = here.make.user(), here.make.policy([here.make.user()])
    incident = here.make.incident()
    here.api.post(f"/incidents/{incident['id']}/responder_requests", {
        "requester_id": owner["id"], "message": "Bring coffee", "responder_request_targets": [
            {"responder_request_target": reference("user", helper)},
            {"responder_request_target": reference("escalation_policy", policy)}]})
    as_helper = here.api.clone(sender=helper["email"])
    as_helper.put(f"/incidents/{incident['id']}/responder_requests/reply", {"responder_reply": {"state": "declined"}})

    events = receiver.wait(3)
    assert receiver.types() == ["incident.responder.added"] * 2 + ["incident.responder.replied"]
    asked, by_policy, answered = (event["data"] for event in events)
    assert asked["type"] == "incident_responder" and asked["incident"]["id"] == incident["id"]
    assert asked["user"]["id"] == helper["id"] and asked["state"] == "pending" and asked["message"] == "Bring coffee"
    assert asked["requester"]["id"] == owner["id"] and asked["escalation_policy"] is None
    assert by_policy["escalation_policy"]["id"] == policy["id"]
    assert answered["state"] == "declined" and events[2]["agent"]["id"] == helper["id"]


def test_deliveries_carry_a_token_that_is_asked_for_once(stage):
    here = stage("--private-webhooks")
    tokens, receiver = here.receiver("--kind", "tokens"), here.receiver()
    client = here.oauth_client(tokens)
    service = here.make.service()
    here.subscribe(receiver.url, ["incident.triggered"], service, oauth_client_id=client["id"])
    for _ in range(3):
        here.make.alerted(here.make.routing_key(service))
    receiver.wait(3)
    # The first was thrown away when the client was made.
    assert {one["headers"]["authorization"] for one in receiver.calls} == {"Bearer token-2"}
    assert len(tokens.calls) == 2 and "hush" not in str(here.shown_client(client))


def test_a_token_that_is_refused_is_renewed_once(stage):
    here = stage("--private-webhooks")
    tokens, receiver = here.receiver("--kind", "tokens"), here.receiver("ok", "status:401", "ok")
    client = here.oauth_client(tokens)
    service = here.make.service()
    here.subscribe(receiver.url, ["incident.triggered"], service, oauth_client_id=client["id"])
    for count in (1, 3):
        here.make.alerted(here.make.routing_key(service))
        receiver.wait(count)
    assert [one["headers"]["authorization"] for one in receiver.calls] == ["Bearer token-2", "Bearer token-2", "Bearer token-3"]
    ids = [one["id"] for one in receiver.events()]
    assert ids[1] == ids[2] != ids[0]


def test_without_a_token_nothing_is_sent_and_the_client_says_why_until_there_is_one(stage):
    here = stage("--private-webhooks")
    tokens, receiver = here.receiver("--kind", "tokens", "ok", "status:400", "ok"), here.receiver()
    client = here.oauth_client(tokens)
    service = here.make.service()
    here.subscribe(receiver.url, ["incident.triggered"], service, oauth_client_id=client["id"])
    here.make.alerted(here.make.routing_key(service))
    wait_until(lambda: here.shown_client(client)["status"] == "error", 10, "the client's trouble")
    assert "400" in here.shown_client(client)["error"] and receiver.calls == []
    here.wait_while_time_passes(receiver, 1)
    assert receiver.calls[0]["headers"]["authorization"] == "Bearer token-2"
    wait_until(lambda: here.shown_client(client)["status"] == "active", 10, "the end of the trouble")
    assert here.shown_client(client)["error"] is None


def test_a_private_token_url_is_refused_unless_the_operator_allows_it(stage):
    here = stage()
    tokens = here.receiver("--kind", "tokens")
    for url, problem in {tokens.url: "private network", tokens.url_by_name: "No access token"}.items():
        refused = here.api.refused("POST", "/webhook_subscriptions/oauth_clients", 400, json={"oauth_client": {
            "name": "the bot", "client_id": "bot", "client_secret": "hush", "grant_type": "client_credentials",
            "token_url": url}})
        assert problem in str(refused) and tokens.calls == []


def test_what_waited_for_a_subscription_that_is_deleted_is_not_sent(stage):
    here = stage("--private-webhooks")
    receiver = here.receiver("status:503", "ok")
    service = here.make.service()
    made = here.subscribe(receiver.url, LIFE, service)
    incident = here.make.alerted(here.make.routing_key(service))
    here.set_status(incident, "resolved")
    receiver.wait(1)
    here.api.delete(f"/webhook_subscriptions/{made['id']}")
    here.server.advance(3600)
    other = here.subscribe(receiver.url, ["incident.triggered"], service)
    assert other["id"] != made["id"]
    here.make.alerted(here.make.routing_key(service))
    events = receiver.wait(2)
    assert len(receiver.calls) == 2 and events[1]["id"] != events[0]["id"]
