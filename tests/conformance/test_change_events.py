"""Changes, read back over REST."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from support.client import unique
from support.factory import instant, reference

UNKNOWN = "PZZZZZZZZZZZZ9"


@pytest.fixture
def changed(make, events):
    """A service with three changes, oldest first."""
    team = make.team()
    service = make.service(make.policy(teams=[reference("team", team)]))
    integration = make.integration(service)
    summaries = [unique("Change") for _ in range(3)]
    for age, summary in zip((3, 2, 1), summaries):
        events.change(integration["integration_key"], summary, timestamp=instant(timedelta(hours=-age)), source="ci",
                      custom_details={"build": 7}, links=[{"href": "https://example.com/7", "text": "Build 7"}])
    return {"service": service, "integration": integration, "team": team, "summaries": summaries}


def summaries(page):
    """The texts on a page."""
    return [one["summary"] for one in page["change_events"]]


def test_changes_of_a_service_are_newest_first(api, changed):
    """Backstage asks exactly so."""
    page = api.get(f"/services/{changed['service']['id']}/change_events", params={"limit": 5, "sort_by": "timestamp"})
    assert summaries(page) == changed["summaries"][::-1]
    newest = page["change_events"][0]
    assert newest["type"] == "change_event" and newest["source"] == "ci"
    assert [one["id"] for one in newest["services"]] == [changed["service"]["id"]]
    assert newest["integration"]["id"] == changed["integration"]["id"]
    assert newest["links"] == [{"href": "https://example.com/7", "text": "Build 7"}] and newest["images"] == []
    assert newest["custom_details"] == {"build": 7}
    assert re.fullmatch(r"[0-9A-Z]{26}", newest["id"])
    assert api.get(f"/change_events/{newest['id']}")["change_event"] == newest


def test_changes_are_paged(api, changed):
    path = f"/services/{changed['service']['id']}/change_events"
    first = api.get(path, params={"limit": 2, "total": "true"})
    rest = api.get(path, params={"limit": 2, "offset": 2})
    assert (first["more"], first["total"], rest["more"]) == (True, 3, False)
    assert summaries(first) + summaries(rest) == changed["summaries"][::-1]


def test_changes_are_found_by_team_integration_and_time(api, make, changed):
    other = make.integration(changed["service"])
    window = {"since": instant(timedelta(hours=-2, minutes=-30)), "until": instant(timedelta(minutes=-90))}
    for path in ("/change_events", f"/services/{changed['service']['id']}/change_events"):
        assert summaries(api.get(path, params={"team_ids[]": changed["team"]["id"]})) == changed["summaries"][::-1]
        assert summaries(api.get(path, params={"integration_ids[]": changed["integration"]["id"]})) == changed["summaries"][::-1]
        assert summaries(api.get(path, params={"integration_ids[]": other["id"]})) == []
        assert summaries(api.get(path, params={**window, "team_ids[]": changed["team"]["id"]})) == [changed["summaries"][1]]


@pytest.mark.parametrize("value", ["2026-01-01T00:00:00+01:00", "2026-01-01T00:00:00", "soon"])
def test_times_that_are_not_utc_are_refused(api, changed, value):
    for path in ("/change_events", f"/services/{changed['service']['id']}/change_events"):
        api.refused("GET", path, 400, params={"since": value})
        api.refused("GET", path, 400, params={"until": value})


def test_text_and_details_of_a_change_can_be_corrected(api, changed):
    newest = api.get(f"/services/{changed['service']['id']}/change_events")["change_events"][0]
    after = api.put(f"/change_events/{newest['id']}", {"change_event": {
        "type": "change_event", "summary": "Corrected", "custom_details": {"build": 8}, "source": "ignored"}})["change_event"]
    assert (after["summary"], after["custom_details"], after["source"]) == ("Corrected", {"build": 8}, "ci")
    api.refused("PUT", f"/change_events/{UNKNOWN}", 404, json={"change_event": {"type": "change_event", "summary": "x"}})
    api.refused("PUT", f"/change_events/{newest['id']}", 400, json={"change_event": {"type": "change_event", "summary": "x" * 1025}})


def test_posting_here_only_points_to_the_events_api(api):
    api.call("POST", "/change_events", json={}, expect=202)


def test_a_change_opens_no_incident(api, changed):
    assert api.get("/incidents", params={"service_ids[]": changed["service"]["id"]})["incidents"] == []


def test_changes_of_an_incident_come_from_its_service(api, make, changed):
    incident = make.alerted(changed["integration"]["integration_key"])
    related = api.get(f"/incidents/{incident['id']}/related_change_events")["change_events"]
    assert related and {one["services"][0]["id"] for one in related} == {changed["service"]["id"]}
    assert all(one["correlation_reason"]["reason"] for one in related)
