"""Numbers about incidents."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.factory import instant, reference

ALL = "/analytics/metrics/incidents/all"
SERVICES = "/analytics/metrics/incidents/services"
FURTHER = ["/analytics/metrics/incidents/services/all", "/analytics/metrics/incidents/teams",
           "/analytics/metrics/incidents/teams/all", "/analytics/metrics/incidents/escalation_policies",
           "/analytics/metrics/incidents/escalation_policies/all"]


@pytest.fixture(scope="module")
def measured(make, api):
    """A service with a resolved, an acknowledged and an open incident, one of them of low urgency."""
    team = make.team()
    policy = make.policy(teams=[reference("team", team)])
    service = make.service(policy)
    priority = api.get("/priorities")["priorities"][0]
    resolved = make.incident(service, priority=reference("priority", priority))
    acknowledged = make.incident(service)
    make.incident(service, urgency="low")
    api.put(f"/incidents/{acknowledged['id']}", {"incident": {"type": "incident", "status": "acknowledged"}})
    api.put(f"/incidents/{resolved['id']}", {"incident": {"type": "incident", "status": "acknowledged"}})
    api.put(f"/incidents/{resolved['id']}", {"incident": {"type": "incident", "status": "resolved"}})
    return {"service": service, "team": team, "policy": policy, "priority": priority}


def ask(api, path, measured=None, **members):
    """The answer for the last and next hour."""
    filters = {"created_at_start": instant(timedelta(hours=-1)), "created_at_end": instant(timedelta(hours=1))}
    if measured:
        filters["service_ids"] = [measured["service"]["id"]]
    filters.update(members.pop("filters", {}))
    return api.post(path, {"filters": filters, **members}, expect=200)


def test_a_service_is_measured_as_backstage_reads_it(api, measured):
    answer = ask(api, SERVICES, measured)
    row = answer["data"][0]
    assert row["service_id"] == measured["service"]["id"] and row["service_name"] == measured["service"]["name"]
    assert row["total_incident_count"] == 3 and row["total_incidents_acknowledged"] == 2
    assert row["mean_seconds_to_resolve"] is not None and row["mean_seconds_to_resolve"] >= 0
    assert row["mean_seconds_to_first_ack"] is not None and row["mean_seconds_to_mobilize"] is None
    assert row["p50_seconds_to_first_ack"] <= row["p95_seconds_to_first_ack"] and row["p95_seconds_to_resolve"] == row["mean_seconds_to_resolve"]
    assert row["total_interruptions"] == 0, "mail interrupts nobody"
    assert (row["total_high_urgency_incidents"], row["total_low_urgency_incidents"]) == (2, 1)
    assert row["total_major_incidents"] == 1, "an incident of a top priority is a major one"
    assert 0 <= row["up_time_pct"] <= 100 and row["total_down_time_minutes"] >= 0


def test_the_question_is_repeated_in_the_answer(api, measured):
    answer = ask(api, SERVICES, measured, time_zone="Europe/Warsaw", order="desc", order_by="total_incident_count")
    assert answer["filters"]["service_ids"] == [measured["service"]["id"]]
    assert (answer["time_zone"], answer["order"], answer["order_by"]) == ("Europe/Warsaw", "desc", "total_incident_count")


def test_only_services_with_data_are_shown(api, make):
    idle = make.service()
    assert ask(api, SERVICES, {"service": idle})["data"] == []


def test_everything_together_is_one_row(api, measured):
    row = ask(api, ALL, measured)["data"]
    assert len(row) == 1 and row[0]["total_incident_count"] == 3


@pytest.mark.parametrize("unit", ["day", "week", "month"])
def test_one_row_per_unit_of_time(api, measured, unit):
    answer = ask(api, ALL, measured, aggregate_unit=unit)
    assert answer["aggregate_unit"] == unit
    assert sum(row["total_incident_count"] for row in answer["data"]) == 3 and all(row["range_start"] for row in answer["data"])


@pytest.mark.parametrize("name", ["urgency", "team", "policy", "priority", "priority_name", "major", "too_early"])
def test_filters_narrow(api, measured, name):
    filters, count = {
        "urgency": ({"urgency": "low"}, 1),
        "team": ({"team_ids": [measured["team"]["id"]]}, 3),
        "policy": ({"escalation_policy_ids": [measured["policy"]["id"]]}, 3),
        "priority": ({"priority_ids": [measured["priority"]["id"]]}, 1),
        "priority_name": ({"priority_names": [measured["priority"]["name"]]}, 1),
        "major": ({"major": True}, 1),
        "too_early": ({"created_at_start": instant(timedelta(days=-3)), "created_at_end": instant(timedelta(days=-2))}, 0),
    }[name]
    rows = ask(api, ALL, measured, filters=filters)["data"]
    assert sum(row["total_incident_count"] or 0 for row in rows) == count


@pytest.mark.parametrize("path", [SERVICES, "/analytics/raw/incidents"])
def test_what_nothing_ever_used_finds_nothing(api, measured, path):
    assert ask(api, path, measured, filters={"pd_advance_used": True})["data"] == []


@pytest.mark.parametrize("body", [
    {"filters": {"created_at_start": "soon"}},
    {"filters": {"urgency": "medium"}},
    {"filters": "all"},
    {"filters": {}, "aggregate_unit": "century"},
    {"filters": {}, "time_zone": "Mars/Olympus"},
    {"filters": {}, "order": "random"},
    {"filters": {"created_at_start": "2024-01-01T00:00:00Z", "created_at_end": "2026-01-02T00:00:00Z"}},
])
@pytest.mark.parametrize("path", [ALL, SERVICES])
def test_questions_that_make_no_sense_are_refused(api, path, body):
    api.refused("POST", path, 400, json=body)


@pytest.mark.parametrize("path", FURTHER)
def test_further_cuts_through_the_same_numbers(api, measured, served, path):
    if f"POST {path}" not in served:
        pytest.skip("not served yet")
    rows = ask(api, path, measured)["data"]
    assert sum(row["total_incident_count"] for row in rows) == 3


# ---- the numbers of each incident ----------------------------------------------------------------------

RAW = "/analytics/raw/incidents"


def test_each_incident_has_its_own_numbers(api, measured):
    rows = ask(api, RAW, measured)["data"]
    assert [row["created_at"] for row in rows] == sorted((row["created_at"] for row in rows), reverse=True)
    resolved = next(row for row in rows if row["status"] == "resolved")
    assert resolved["service_name"] == measured["service"]["name"] and resolved["team_id"] == measured["team"]["id"]
    assert resolved["priority_name"] == measured["priority"]["name"] and resolved["major"] is True
    assert resolved["acknowledgement_count"] == 1 and len(resolved["acknowledged_user_ids"]) == 1
    assert resolved["resolved_by_user_id"] == resolved["acknowledged_user_ids"][0] and resolved["auto_resolved"] is False
    assert resolved["seconds_to_resolve"] >= resolved["seconds_to_first_ack"] >= 0
    assert api.get(f"{RAW}/{resolved['id']}") == resolved
    assert resolved["responses"] == [], "it was nobody's who acknowledged it"
    for row in rows:
        assert len(row["interruptions"]) == row["total_interruptions"]
        assert {one["user_id"] for one in row["interruptions"]} <= set(row["assigned_user_ids"])
    api.refused("GET", f"{RAW}/PZZZZZZZZZZZZ9", 404)


def test_who_acknowledges_what_is_theirs_has_a_time(api, make, owner):
    incident = make.incident(make.service(make.policy([owner])))
    api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident", "status": "acknowledged"}})
    row = api.get(f"{RAW}/{incident['id']}")
    assert row["responses"] == [{"user_id": owner["id"], "seconds_to_acknowledge": row["seconds_to_first_ack"]}]


def test_raw_numbers_are_read_page_by_page_in_both_directions(api, measured):
    everything = [row["id"] for row in ask(api, RAW, measured)["data"]]
    first = ask(api, RAW, measured, limit=2)
    rest = ask(api, RAW, measured, limit=2, starting_after=first["last"])
    assert [row["id"] for row in first["data"] + rest["data"]] == everything
    assert (first["more"], rest["more"], first["limit"]) == (True, False, 2)
    back = ask(api, RAW, measured, limit=2, ending_before=rest["first"])
    assert back["data"] == first["data"]


@pytest.mark.parametrize("name", ["urgency", "major", "updated_after"])
def test_filters_narrow_raw_numbers(api, measured, name):
    filters, count = {"urgency": ({"urgency": "low"}, 1), "major": ({"major": True}, 1),
                      "updated_after": ({"updated_after": instant(timedelta(hours=1))}, 0)}[name]
    assert len(ask(api, RAW, measured, filters=filters)["data"]) == count


@pytest.mark.parametrize("members", [{"limit": 0}, {"limit": 1001}, {"order_by": "title"}, {"starting_after": "soon"},
                                     {"order": "random"}, {"time_zone": "Mars/Olympus"}])
def test_raw_questions_that_make_no_sense_are_refused(api, members):
    api.refused("POST", RAW, 400, json={"filters": {}, **members})
