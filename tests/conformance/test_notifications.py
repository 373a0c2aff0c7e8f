"""Messages to people, seen over REST. That they arrive is told in tests/sending."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.factory import parse
from support.server import wait_until


def around(incident: dict) -> dict:
    begin = parse(incident["created_at"])
    return {"since": (begin - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "until": (begin + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")}


def messages_to(api, person: dict, incident: dict, **params) -> list:
    listed = api.get("/notifications", params={**around(incident), "limit": 100, **params})["notifications"]
    return [one for one in listed if one["user"]["id"] == person["id"]]


@pytest.fixture
def told(make, api):
    """A person who had to be told of an incident, and the incident."""
    person = make.user()
    incident = make.alerted(make.routing_key(make.service(make.policy([person]))))
    wait_until(lambda: messages_to(api, person, incident), 10, "the message")
    return person, incident


def test_a_message_says_to_whom_and_where_it_went(api, told):
    person, incident = told
    message = messages_to(api, person, incident)[0]
    assert message["type"] == "email_notification" and message["address"] == person["email"]
    assert message["user"]["type"] == "user_reference"
    whole = messages_to(api, person, incident, **{"include[]": "users"})[0]
    assert whole["user"]["email"] == person["email"]


def test_messages_are_filtered_by_kind(api, told):
    person, incident = told
    assert messages_to(api, person, incident, filter="email_notification")
    for kind in ("sms_notification", "phone_notification", "push_notification"):
        assert messages_to(api, person, incident, filter=kind) == []
    api.refused("GET", "/notifications", 400, params={**around(incident), "filter": "letter"})


def test_times_are_shown_in_the_zone_that_was_asked_for_and_pages_are_cut(api, told):
    _, incident = told
    page = api.get("/notifications", params={**around(incident), "time_zone": "Asia/Tokyo", "limit": 1, "offset": 0,
                                             "total": "true"})
    assert page["notifications"][0]["started_at"].endswith("+09:00") and page["total"] >= 1


def test_a_range_is_needed_and_may_be_three_months_long(api):
    api.refused("GET", "/notifications", 400)
    api.refused("GET", "/notifications", 400, params={"since": "2026-01-01T00:00:00Z", "until": "2026-06-01T00:00:00Z"})


def test_the_log_says_how_somebody_was_told(api, make, told):
    person, incident = told

    def entries():
        listed = api.get(f"/incidents/{incident['id']}/log_entries", params={"include[]": "channels"})["log_entries"]
        return [one for one in listed if one["type"] == "notify_log_entry"]

    wait_until(entries, 10, "the entry")
    entry = entries()[0]
    assert entry["user"]["id"] == person["id"]
    # Nobody is configured to carry it.
    assert entry["channel"]["notification"]["status"] == "failed" and entry["note"]
