"""Alert events, version 1."""

from __future__ import annotations

import pytest

from support.events import VERSION_1, new_key


@pytest.fixture(scope="module")
def old_key(make, service):
    """The key of an integration of version 1."""
    return make.integration(service, "generic_events_api_inbound_integration")["integration_key"]


def event(key, kind="trigger", **members):
    """A valid event of version 1."""
    return {"service_key": key, "event_type": kind, "description": "Disk is full", **members}


def accepted(events, body):
    """The body of the 200 that this event must get."""
    reply = events.post(VERSION_1, body)
    assert reply.status_code == 200, reply.text[:500]
    answer = reply.json()
    assert (answer["status"], answer["message"]) == ("success", "Event processed") and set(answer) == {"status", "message", "incident_key"}
    return answer["incident_key"]


def refused(events, body, *errors):
    """The event is refused with exactly these sentences."""
    reply = events.post(VERSION_1, body)
    assert reply.status_code == 400, reply.text[:500]
    answer = reply.json()
    assert (answer["status"], answer["message"]) == ("invalid event", "Event object is invalid")
    assert sorted(answer["errors"]) == sorted(errors)


def test_an_incident_goes_through_its_life(events, make, old_key, dedup):
    assert accepted(events, event(old_key, incident_key=dedup)) == dedup
    incident = make.incidents_of_key(dedup)[0]
    assert incident["title"] == "Disk is full" and incident["status"] == "triggered"
    accepted(events, event(old_key, "acknowledge", incident_key=dedup))
    assert make.reload(incident)["status"] == "acknowledged"
    accepted(events, event(old_key, "resolve", incident_key=dedup))
    assert make.reload(incident)["status"] == "resolved"


def test_a_trigger_without_key_gets_one(events, make, old_key):
    keys = {accepted(events, event(old_key)) for _ in range(2)}
    assert len(keys) == 2 and all(len(make.incidents_of_key(key)) == 1 for key in keys)


def test_everything_arrives_at_the_alert(events, make, old_key, dedup):
    accepted(events, event(old_key, incident_key=dedup, client="Monitor", client_url="https://monitor.example.com/",
                           details={"free": "0 B"}, contexts=[
                               {"type": "link", "href": "https://example.com/runbook", "text": "Runbook"},
                               {"type": "image", "src": "https://example.com/graph.png", "href": "https://example.com/", "alt": "Graph"}]))
    alert = make.alerts(make.incidents_of_key(dedup)[0])[0]
    assert alert["severity"] == "critical" and alert["body"]["details"] == {"free": "0 B"}
    assert [context["type"] for context in alert["body"]["contexts"]] == ["link", "image"]
    assert alert["body"]["cef_details"]["source_origin"] in ("Monitor", "Events API v1")


def test_what_alertmanager_adds_is_ignored(events, old_key):
    accepted(events, event(old_key, event_action="", payload=None))


def test_keys_of_version_two_are_good_here_too(events, make, key, dedup):
    accepted(events, event(key, incident_key=dedup))
    assert len(make.incidents_of_key(dedup)) == 1


def test_a_trigger_repeats_into_the_open_incident(events, make, old_key, dedup):
    for _ in range(3):
        accepted(events, event(old_key, incident_key=dedup))
    assert len(make.incidents_of_key(dedup)) == 1


@pytest.mark.parametrize("kind", ["acknowledge", "resolve"])
def test_acknowledge_and_resolve_of_unknown_keys_are_accepted_and_change_nothing(events, make, old_key, dedup, kind):
    accepted(events, event(old_key, kind, incident_key=dedup))
    assert make.incidents_of_key(dedup) == []


def test_wrong_events_are_refused_with_the_known_sentences(events, old_key):
    refused(events, event("short"), "Service key is the wrong length (should be 32 characters)")
    refused(events, event(old_key, description=""), "Description is missing or blank")
    refused(events, event(old_key, description=None), "Description is missing or blank")
    refused(events, event(old_key, "explode"), "event_type is invalid (must be one of: trigger acknowledge resolve)")
    refused(events, event("short", description=""), "Service key is the wrong length (should be 32 characters)",
            "Description is missing or blank")


@pytest.mark.parametrize("change", [{"description": "x" * 1025}, {"incident_key": "x" * 256}, {"service_key": None},
                                    {"event_type": None}, {"service_key": "0123456789abcdef0123456789abcdef"},
                                    {"event_type": "resolve", "incident_key": None}])
def test_other_wrong_events_are_refused(events, old_key, change):
    reply = events.post(VERSION_1, event(old_key, **{"incident_key": new_key(), **change}) if "event_type" not in change
                        else {**event(old_key), **change})
    assert reply.status_code == 400 and reply.json()["status"] == "invalid event" and reply.json()["errors"]


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null"])
def test_what_is_no_json_object_is_unreadable(events, raw):
    reply = events.post(VERSION_1, raw=raw)
    assert reply.status_code == 400 and set(reply.json()) == {"status", "message", "errors"}
