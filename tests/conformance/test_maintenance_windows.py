"""Maintenance windows as objects; what they do to events over time is in test_time.py."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.client import unique
from support.factory import instant, parse, reference

UNKNOWN = "PZZZZZZZZZZZZ9"
HOUR = timedelta(hours=1)


def ids(api, **params):
    """The ids that a list shows."""
    return [one["id"] for one in api.every("/maintenance_windows", "maintenance_windows", params)]


def test_a_future_window_lives_its_life(api, make, owner):
    team = make.team()
    service = make.service(make.policy(teams=[reference("team", team)]))
    window = make.maintenance_window([service], HOUR, 2 * HOUR)
    assert window["summary"] == window["description"] and window["created_by"]["id"] == owner["id"]
    assert [one["id"] for one in window["services"]] == [service["id"]]
    assert [one["id"] for one in window["teams"]] == [team["id"]] and window["sequence_number"] >= 1
    path = f"/maintenance_windows/{window['id']}"
    assert api.get(path)["maintenance_window"] == window
    later = instant(3 * HOUR)
    changed = api.put(path, {"maintenance_window": {"type": "maintenance_window", "end_time": later}})["maintenance_window"]
    assert parse(changed["end_time"]) == parse(later) and changed["start_time"] == window["start_time"]
    assert api.get(f"/services/{service['id']}")["service"]["status"] == "active"
    api.delete(path)
    api.refused("GET", path, 404)


def test_a_start_in_the_past_means_now(make, api):
    service = make.service()
    window = make.maintenance_window([service], -HOUR, HOUR)
    assert abs(parse(window["start_time"]) - parse(instant())) < timedelta(minutes=1)
    assert api.get(f"/services/{service['id']}")["service"]["status"] == "maintenance"


def test_a_running_window_ends_when_it_is_deleted(api, make):
    service = make.service()
    window = make.maintenance_window([service], timedelta(), HOUR)
    api.delete(f"/maintenance_windows/{window['id']}")
    assert api.get(f"/services/{service['id']}")["service"]["status"] == "active"
    ended = api.get(f"/maintenance_windows/{window['id']}")["maintenance_window"]
    assert parse(ended["end_time"]) <= parse(instant(timedelta(seconds=5)))
    api.call("DELETE", f"/maintenance_windows/{window['id']}", expect=405)


@pytest.mark.parametrize("members", [
    {"services": []}, {"services": None}, {"services": [{"id": UNKNOWN, "type": "service_reference"}]},
    {"end_time": "2020-01-01T00:00:00Z"}, {"end_time": None}, {"start_time": None}, {"start_time": "soon"},
    {"start_time": "2100-01-02T00:00:00Z", "end_time": "2100-01-01T00:00:00Z"},
])
def test_what_a_window_cannot_be_is_refused(api, make, members):
    body = {"type": "maintenance_window", "start_time": instant(HOUR), "end_time": instant(2 * HOUR),
            "services": [reference("service", make.service())], **members}
    api.call("POST", "/maintenance_windows", json={"maintenance_window": body}, expect=(400, 404))


def test_windows_are_found_by_text_service_and_team(api, make):
    team = make.team()
    service = make.service(make.policy(teams=[reference("team", team)]))
    window = make.maintenance_window([service], HOUR, 2 * HOUR, description=unique("Findable"))
    for params in ({"query": window["description"][2:].upper()}, {"service_ids[]": service["id"]}, {"team_ids[]": team["id"]}):
        assert ids(api, **params) == [window["id"]]


def test_windows_are_found_by_time(api, make):
    service = make.service()
    future = make.maintenance_window([service], HOUR, 2 * HOUR)["id"]
    past = make.maintenance_window([service], timedelta(), HOUR)["id"]
    api.delete(f"/maintenance_windows/{past}")
    ongoing = make.maintenance_window([service], timedelta(), HOUR)["id"]
    expected = {"past": {past}, "future": {future}, "ongoing": {ongoing}, "open": {ongoing, future},
                "all": {past, ongoing, future}}
    for name, wanted in expected.items():
        assert set(ids(api, filter=name, **{"service_ids[]": service["id"]})) == wanted, name
    assert set(ids(api, **{"service_ids[]": service["id"]})) == expected["all"]
    api.refused("GET", "/maintenance_windows", 400, params={"filter": "someday"})


def test_references_become_whole_objects_on_request(api, make, owner):
    team = make.team()
    service = make.service(make.policy(teams=[reference("team", team)]))
    window = make.maintenance_window([service], HOUR, 2 * HOUR)
    everything = [("include[]", name) for name in ("teams", "services", "users")]
    for whole in (api.get(f"/maintenance_windows/{window['id']}", params=everything)["maintenance_window"],
                  api.get("/maintenance_windows", params=everything + [("service_ids[]", service["id"])])["maintenance_windows"][0]):
        assert whole["services"][0]["name"] == service["name"] and whole["teams"][0]["name"] == team["name"]
        assert whole["created_by"]["email"] == owner["email"]


def test_unknown_windows_are_not_found(api):
    api.refused("PUT", f"/maintenance_windows/{UNKNOWN}", 404, json={"maintenance_window": {"description": "x"}})
    api.refused("DELETE", f"/maintenance_windows/{UNKNOWN}", 404)
