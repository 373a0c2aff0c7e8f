"""Change events as they arrive."""

from __future__ import annotations

import json

import pytest

from support.client import unique
from support.events import CHANGE
from support.factory import instant, parse


def body(key, **payload):
    """A valid change."""
    return {"routing_key": key, "payload": {"summary": "Deployed build 7", **payload}}


def refused(events, value, *errors):
    """The change is refused with exactly these sentences."""
    reply = events.post(CHANGE, value)
    assert reply.status_code == 400, reply.text[:500]
    answer = reply.json()
    assert (answer["status"], answer["message"]) == ("invalid event", "Event object is invalid")
    assert sorted(answer["errors"]) == sorted(errors)


def newest(api, service):
    """The newest change of a service."""
    return api.get(f"/services/{service['id']}/change_events", params={"limit": 1})["change_events"][0]


def test_an_accepted_change_says_so(events, key):
    assert events.accepted(CHANGE, body(key)) == {"status": "success", "message": "Change event processed"}
    events.accepted(CHANGE + "/", body(key))


def test_a_change_is_read_back_whole(events, api, make):
    service = make.service()
    key = make.routing_key(service)
    summary = unique("Deployed")
    events.change(key, summary, source="ci", timestamp="2026-01-02T03:04:05.678+0000",
                  custom_details={"build": 7, "deep": [1, {"a": None}]}, links=[{"href": "https://example.com/7", "text": "Build"}])
    change = newest(api, service)
    assert (change["summary"], change["source"]) == (summary, "ci")
    assert parse(change["timestamp"]).isoformat() == "2026-01-02T03:04:05+00:00"
    assert change["custom_details"] == {"build": 7, "deep": [1, {"a": None}]}
    assert change["links"] == [{"href": "https://example.com/7", "text": "Build"}]


def test_a_change_without_time_happened_now(events, api, make):
    service = make.service()
    events.change(make.routing_key(service))
    assert abs((parse(newest(api, service)["timestamp"]) - parse(instant())).total_seconds()) < 60


def test_the_same_change_twice_is_two_changes(events, api, make):
    service = make.service()
    key = make.routing_key(service)
    for _ in range(2):
        events.accepted(CHANGE, {**body(key), "dedup_key": "same", "event_action": "trigger"})
    assert len(api.get(f"/services/{service['id']}/change_events")["change_events"]) == 2


def test_summary_is_all_a_change_needs(events, key):
    events.accepted(CHANGE, body(key))
    events.accepted(CHANGE, body(key, source=None, timestamp=None, custom_details=None))


def test_a_change_needs_a_summary_of_bounded_length(events, key):
    for missing in (None, "", "  "):
        refused(events, body(key, summary=missing), "'payload.summary' is missing or blank")
    events.accepted(CHANGE, body(key, summary="ż" * 1024))
    refused(events, body(key, summary="ż" * 1025), "'summary' is too long (maiximum is 1024 characters)")


def test_all_problems_are_told_at_once(events):
    refused(events, body("short", summary=""), "Length of 'routing_key' is incorrect (should be 32 characters)",
            "'payload.summary' is missing or blank")
    refused(events, body("0123456789abcdef0123456789abcdef"), "Invalid routing key")


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"{\"a\": \"\xff\"}"])
def test_what_is_no_json_object_is_unreadable(events, raw):
    reply = events.post(CHANGE, raw=raw)
    assert reply.status_code == 400
    assert reply.json() == {"status": "Unrecognized object", "message": "Event object format is unrecognized",
                            "errors": ["JSON parse error"]}


@pytest.mark.parametrize("change", [{"payload": None}, {"payload": "x"}, {"payload": []}])
def test_members_of_a_wrong_kind_are_refused(events, key, change):
    reply = events.post(CHANGE, {**body(key), **change})
    assert reply.status_code == 400 and reply.json()["status"] == "invalid event" and reply.json()["errors"]


@pytest.mark.parametrize("links", ["x", {}, [{"text": "no href"}], ["x"], [None]])
def test_links_of_a_wrong_kind_do_no_harm(events, api, make, links):
    service = make.service()
    reply = events.post(CHANGE, {**body(make.routing_key(service)), "links": links})
    assert reply.status_code in (202, 400)
    if reply.status_code == 202:
        assert isinstance(newest(api, service)["links"], list)


def test_the_key_may_come_in_the_header(events, key):
    value = body(key)
    del value["routing_key"]
    assert events.post(CHANGE, value, headers={"X-Routing-Key": key}).status_code == 202


def test_a_body_that_is_too_big_is_refused(events, key):
    reply = events.post(CHANGE, raw=json.dumps(body(key, custom_details={"x": "x" * (512 * 1024)})))
    assert reply.status_code in (400, 413) and reply.json()["errors"]


def test_a_change_opens_no_alert(events, api, make):
    service = make.service()
    events.change(make.routing_key(service))
    assert api.get("/incidents", params={"service_ids[]": service["id"]})["incidents"] == []
    assert api.get(f"/services/{service['id']}")["service"]["status"] == "active"


def test_changes_are_kept_while_a_service_is_disabled_or_not_but_never_refused(events, api, make):
    service = make.service()
    key = make.routing_key(service)
    api.put(f"/services/{service['id']}", {"service": {"status": "disabled"}})
    events.change(key)
