"""Kill -9 between any two steps, way by way: calls, chats and programs that are told, channels that hear of a service and
webhooks of subscriptions. Nothing is lost, and nothing arrives more than twice.

Where test_page_steps.py has all ways at once, so that the first thread that comes by stops the server, here each is alone:
the gap is hit for certain in the sender that carries this one.
"""

from __future__ import annotations

import pytest
import requests

from sending.stage import Stage
from support.events import ENQUEUE, new_key, trigger_event
from support.factory import reference
from support.fakes import Provider, body, form
from support.server import wait_until

STEPS = ("claimed", "sent", "recorded")
CONFIG = """
[[phone]]
kind = "twilio"
account-sid = "AC1"
from = "+15550100000"
token = "secret"
url = "{twilio}"

[slack]
token = "xoxb-token"
url = "{slack}"

[telegram]
token = "123:token"
url = "{telegram}"
"""
FAKES = ("twilio", "slack", "telegram", "teams", "mattermost", "plain")


@pytest.fixture
def stage(tmp_path):
    providers = {kind: Provider("http.py", "--kind", kind) for kind in FAKES}
    opened = Stage(tmp_path, CONFIG, flags=("--private-webhooks",), **providers)
    yield opened
    opened.close()


def crash_at(here: Stage, step: str, key: str) -> None:
    """Triggers an incident; the server stops at the step, is killed and starts again."""
    assert requests.post(f"{here.server.url}/test/stop", json={"at": step}, timeout=10).status_code == 204
    try:
        requests.post(here.server.url + ENQUEUE, json=trigger_event(key, new_key("step")), timeout=2)
    except requests.RequestException:
        pass  # It is on disk: what comes after that stopped the server before it could answer.
    wait_until(here.server.is_stopped, 10, f"the server to stop at {step}")
    here.server.kill()
    here.server.start()


def copies(here: Stage, provider: str, step: str) -> list:
    """What arrived in the end."""
    received = here.providers[provider].received
    wait_until(lambda: received, 10, f"the message after a crash at {step}")
    if step.endswith("sent"):
        wait_until(lambda: len(received) == 2, 10, "the repeat: nobody knew that the first had arrived")
    here.server.advance(600)  # Whatever would still be repeated has been.
    assert len(received) == (2 if step.endswith("sent") else 1), f"{len(received)} copies after a crash at {step}"
    return list(received)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kind, provider, address, repeat", [
    ("phone", "twilio", "5550123456", "You may have been told this before."),
    ("slack", "slack", "U024BE7LH", "May be a repeat."),
    ("telegram", "telegram", "4711", "May be a repeat."),
    ("teams", "teams", "{}/hook", "May be a repeat."),
    ("mattermost", "mattermost", "{}/hook", "May be a repeat."),
    ("webhook", "plain", "{}/hook", '"may_be_a_repeat":true')])
def test_a_person_is_told_once_or_told_that_it_may_be_a_repeat(stage, kind, provider, address, repeat, step):
    person = stage.person(kind, address.format(stage.providers[provider].url))
    crash_at(stage, step, stage.key_for(person))
    for again in copies(stage, provider, step)[1:]:
        assert repeat in (form(again)["Twiml"] if kind == "phone" else again["body"])


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("schema, provider, members", [
    ("slack", "slack", {"config": {"channel": "C024BE91L"}}),
    ("microsoft_teams", "teams", {"endpoint_url": "{}/hook"})])
def test_a_channel_hears_of_it_once_or_that_it_may_be_a_repeat(stage, schema, provider, members, step):
    service = stage.make.service()
    schemas = {one["key"]: one for one in stage.api.get("/extension_schemas")["extension_schemas"]}
    where = {name: value.format(stage.providers[provider].url) if isinstance(value, str) else value
             for name, value in members.items()}
    stage.api.post("/extensions", {"extension": {
        "type": "extension", "name": "ops", "extension_schema": reference("extension_schema", schemas[schema]),
        "extension_objects": [reference("service", service)], **where}}, expect=201)
    crash_at(stage, "hook_" + step, stage.make.routing_key(service))
    for again in copies(stage, provider, step)[1:]:
        assert "May be a repeat." in again["body"]


@pytest.mark.parametrize("step", STEPS)
def test_a_subscription_gets_every_event_and_knows_a_repeat_by_its_id(stage, step):
    service = stage.make.service()
    stage.api.post("/webhook_subscriptions", {"webhook_subscription": {
        "type": "webhook_subscription", "events": ["incident.triggered"],
        "filter": {"type": "service_reference", "id": service["id"]},
        "delivery_method": {"type": "http_delivery_method", "url": stage.providers["plain"].url + "/hook"}}}, expect=200)
    crash_at(stage, "hook_" + step, stage.make.routing_key(service))
    received = copies(stage, "plain", step)
    assert {body(one)["event"]["event_type"] for one in received} == {"incident.triggered"}
    assert len({body(one)["event"]["id"] for one in received}) == 1
    assert len({one["headers"]["x-webhook-id"] for one in received}) == 1
