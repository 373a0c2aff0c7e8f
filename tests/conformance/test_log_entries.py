"""The log: what happened, in which order, by whom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.factory import instant, parse, reference

UNKNOWN = "PZZZZZZZZZZZZ9"


@pytest.fixture(scope="module")
def story(make, api, events):
    """An incident of an event that was acknowledged, annotated and resolved."""
    user, team = make.user(), make.team()
    service = make.service(make.policy([user], teams=[reference("team", team)]))
    incident = make.alerted(make.routing_key(service))
    path = f"/incidents/{incident['id']}"
    api.put(path, {"incident": {"type": "incident", "status": "acknowledged"}})
    api.post(f"{path}/notes", {"note": {"content": "Looking"}}, expect=200)
    api.put(path, {"incident": {"type": "incident", "status": "resolved"}})
    return {"incident": incident, "service": service, "team": team, "user": user}


def kinds(entries):
    """The kinds of entries."""
    return [entry["type"] for entry in entries]


def test_the_log_of_an_incident_is_newest_first(api, story):
    entries = api.get(f"/incidents/{story['incident']['id']}/log_entries")["log_entries"]
    times = [parse(entry["created_at"]) for entry in entries]
    assert times == sorted(times, reverse=True)
    assert entries[0]["type"] == "resolve_log_entry" and entries[-1]["type"] == "trigger_log_entry"
    assert {"trigger_log_entry", "assign_log_entry", "acknowledge_log_entry", "annotate_log_entry",
            "resolve_log_entry"} <= set(kinds(entries))


def test_every_entry_names_its_incident_service_teams_agent_and_channel(api, story, owner):
    for entry in api.get(f"/incidents/{story['incident']['id']}/log_entries")["log_entries"]:
        assert entry["incident"]["id"] == story["incident"]["id"] and entry["service"]["id"] == story["service"]["id"]
        assert [team["id"] for team in entry["teams"]] == [story["team"]["id"]]
        assert entry["summary"] and entry["channel"]["type"] and isinstance(entry["contexts"], list)
        if entry["type"] in ("acknowledge_log_entry", "annotate_log_entry", "resolve_log_entry"):
            assert entry["agent"]["id"] == owner["id"]
        if entry["type"] == "assign_log_entry":
            assert [one["id"] for one in entry["assignees"]] == [story["user"]["id"]]
        if entry["type"] == "trigger_log_entry":
            assert entry["event_details"]["description"] == "Disk is full"
            assert entry["agent"]["type"] in ("service_reference", "integration_reference",
                                              "events_api_v2_inbound_integration_reference")


def test_one_entry_is_read_by_itself(api, story):
    entry = api.get(f"/incidents/{story['incident']['id']}/log_entries")["log_entries"][0]
    assert api.get(f"/log_entries/{entry['id']}")["log_entry"] == entry
    assert api.get(entry["self"].removeprefix(api.base_url))["log_entry"]["id"] == entry["id"]
    api.refused("GET", f"/log_entries/{UNKNOWN}", 404)


def test_the_log_of_the_account_is_found_by_team(api, story):
    found = api.get("/log_entries", params={"team_ids[]": story["team"]["id"]})["log_entries"]
    assert {entry["incident"]["id"] for entry in found} == {story["incident"]["id"]}


def test_the_overview_leaves_notifications_out(api, story):
    for path in (f"/incidents/{story['incident']['id']}/log_entries", "/log_entries"):
        found = api.get(path, params={"is_overview": "true", "team_ids[]": story["team"]["id"]})["log_entries"]
        assert found and "notify_log_entry" not in kinds(found)


def test_the_log_is_found_by_time(api, story):
    near = {"since": instant(timedelta(hours=-1)), "until": instant(timedelta(hours=1))}
    far = {"since": instant(timedelta(days=-9)), "until": instant(timedelta(days=-8))}
    for path in (f"/incidents/{story['incident']['id']}/log_entries", "/log_entries"):
        team = {"team_ids[]": story["team"]["id"]}
        assert api.get(path, params={**near, **team})["log_entries"]
        assert api.get(path, params={**far, **team})["log_entries"] == []
        api.refused("GET", path, 400, params={"since": "soon"})


def test_times_are_shown_in_the_zone_that_was_asked_for(api, story):
    path = f"/incidents/{story['incident']['id']}/log_entries"
    entries = api.get(path, params={"time_zone": "Asia/Kolkata"})["log_entries"]
    assert all(entry["created_at"].endswith("+05:30") for entry in entries)
    one = api.get(f"/log_entries/{entries[0]['id']}", params={"time_zone": "Asia/Kolkata"})["log_entry"]
    assert one["created_at"].endswith("+05:30")


def test_references_become_whole_objects_on_request(api, story):
    everything = [("include[]", name) for name in ("incidents", "services", "channels", "teams")]
    path = f"/incidents/{story['incident']['id']}/log_entries"
    entries = api.get(path, params=everything)["log_entries"]
    same = api.get("/log_entries", params=everything + [("team_ids[]", story["team"]["id"])])["log_entries"]
    one = api.get(f"/log_entries/{entries[-1]['id']}", params=everything)["log_entry"]
    for entry in (*entries, *same, one):
        assert entry["incident"]["title"] and entry["service"]["name"] and entry["teams"][0]["name"]
    assert one["channel"]["type"] == "api" and one["channel"]["details"] is not None and "cef_details" in one["channel"]
    plain = api.get(path)["log_entries"][-1]
    assert set(plain["channel"]) == {"type"}
