"""Programs that are told as people are: a webhook as a contact method, signed, tried again, and kept off private addresses."""

from __future__ import annotations

import hashlib
import hmac

import pytest
import requests

from support.fakes import Provider, body
from support.server import wait_until

from .stage import Stage


@pytest.fixture
def stage(tmp_path):
    opened = []

    def build(*script: str, flags=("--private-webhooks",)) -> Stage:
        opened.append(Stage(tmp_path, "", flags=flags, hook=Provider("http.py", *script)))
        return opened[-1]

    yield build
    for one in opened:
        one.close()


def person_at(here: Stage, path: str = "/hook") -> dict:
    return here.person("webhook", here.providers["hook"].url + path)


def path_of(person: dict) -> str:
    return f"/users/{person['id']}/contact_methods/{person['method']['id']}"


def signature(secret: str, received: dict) -> str:
    return "v1=" + hmac.new(secret.encode(), received["body"].encode(), hashlib.sha256).hexdigest()


def test_a_program_is_told_of_the_incident_and_can_check_who_told_it(stage):
    here = stage()
    person = person_at(here)
    incident = here.trigger(here.key_for(person))
    request = here.providers["hook"].wait(1)[0]
    assert request["method"] == "POST" and request["path"] == "/hook"
    assert request["headers"]["x-pagerduty-signature"] == signature(person["method"]["secret"], request)
    told = body(request)
    assert request["headers"]["x-webhook-id"] == told["id"]
    assert told["urgency"] == "high" and told["may_be_a_repeat"] is False and told["incident_count"] == 1
    about, = told["incidents"]
    assert (about["id"], about["incident_number"]) == (incident["id"], incident["incident_number"])
    assert about["html_url"] == incident["html_url"] and about["service"] == incident["service"]["summary"]
    entry = here.wait_told(incident)[0]
    notification = entry["channel"]["notification"]
    assert (notification["type"], notification["status"], notification["provider"]) == ("webhook_notification", "sent", "webhook")
    assert "/hook" not in str(entry), "whoever has the address can write there"

    links = {one["action"]: one["url"] for one in told["actions"]}
    assert set(links) == {"acknowledge", "resolve", "open"}
    assert requests.post(links["acknowledge"], timeout=10).status_code == 200
    assert here.make.reload(incident)["acknowledgements"][0]["acknowledger"]["id"] == person["id"]


def test_a_repeat_says_so_and_has_the_same_id(stage):
    here = stage("slow", "ok")
    incident = here.trigger(here.key_for(person_at(here)))
    here.providers["hook"].wait(1)
    here.server.kill()
    here.server.start()
    first, again = [body(one) for one in here.providers["hook"].wait(2)]
    assert again["may_be_a_repeat"] and again["id"] == first["id"]
    assert here.wait_told(incident)[0]["channel"]["notification"]["status"] == "sent"


def test_a_program_that_is_busy_is_told_later(stage):
    here = stage("status:503", "status:429:20", "ok")
    incident = here.trigger(here.key_for(person_at(here)))
    here.providers["hook"].wait(1)
    wait_until(lambda: "answered 503" in here.why(incident), 10, "the first try")
    here.server.advance(6)
    here.providers["hook"].wait(2)
    wait_until(lambda: "answered 429" in here.why(incident), 10, "the second try")
    here.server.advance(21)
    here.providers["hook"].wait(3)
    assert here.wait_told(incident)[0]["channel"]["notification"]["status"] == "sent"


@pytest.mark.parametrize("behaviour", ["status:404", "status:401", "redirect:http://127.0.0.1:1/"])
def test_a_program_that_does_not_want_it_is_not_asked_again(stage, behaviour):
    here = stage(behaviour)
    incident = here.trigger(here.key_for(person_at(here)))
    assert here.wait_told(incident)[0]["channel"]["notification"]["status"] == "failed"
    here.server.advance(3600)
    assert len(here.providers["hook"].received) == 1


def test_private_addresses_are_not_asked_unless_the_operator_says_so(stage):
    """An address is refused when it is typed; where a name leads is seen when it is called."""
    here = stage(flags=())
    url = here.providers["hook"].url
    refused = here.api.refused("POST", f"/users/{here.make.user()['id']}/contact_methods", 400, json={"contact_method": {
        "type": "webhook_contact_method", "label": "hook", "address": url}})
    assert "private network" in str(refused)
    by_name = here.person("webhook", url.replace("127.0.0.1", "localhost"))
    incident = here.trigger(here.key_for(by_name))
    assert here.wait_told(incident)[0]["channel"]["notification"]["status"] == "failed"
    assert here.providers["hook"].received == []


def test_the_secret_is_shown_to_those_who_change_the_address_and_changes_with_it(stage):
    here = stage()
    person = person_at(here)
    secret = person["method"]["secret"]
    assert "secret" not in here.api.get(path_of(person))["contact_method"]
    listed = here.api.get(f"/users/{person['id']}/contact_methods")["contact_methods"]
    assert all("secret" not in one for one in listed)
    same = here.api.put(path_of(person), {"contact_method": {"type": "webhook_contact_method", "label": "renamed"}})
    assert same["contact_method"]["secret"] == secret

    moved = here.api.put(path_of(person), {"contact_method": {
        "type": "webhook_contact_method", "label": "hook", "address": here.providers["hook"].url + "/moved"}})
    new = moved["contact_method"]["secret"]
    assert new != secret
    here.trigger(here.key_for(person))
    request = here.providers["hook"].wait(1)[0]
    assert request["path"] == "/moved" and request["headers"]["x-pagerduty-signature"] == signature(new, request)


def test_a_code_shows_that_the_program_hears(stage):
    here = stage()
    person = person_at(here)
    here.api.post(path_of(person) + "/verification", expect=201)
    request = here.providers["hook"].wait(1)[0]
    assert body(request)["incidents"] == [] and "Your code is" in body(request)["text"]
    assert request["headers"]["x-pagerduty-signature"] == signature(person["method"]["secret"], request)
