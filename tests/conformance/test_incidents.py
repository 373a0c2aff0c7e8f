"""Incidents: made by hand or by events, listed, changed, merged, snoozed, annotated."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.client import unique
from support.events import new_key
from support.factory import instant, parse, reference

UNKNOWN = "PZZZZZZZZZZZZ9"


def change(api, incident, **members):
    """The incident after a change of one."""
    return api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident", **members}}, expect=200)["incident"]


def log_types(make, incident):
    """The kinds of log entries, oldest first."""
    return [entry["type"].removesuffix("_log_entry") for entry in reversed(make.log(incident))]


def assignees(incident):
    """Who works on it."""
    return {assignment["assignee"]["id"] for assignment in incident["assignments"]}


def two_levels(make, **members):
    """A policy of two people on two levels, with a service."""
    first, second = make.user(), make.user()
    policy = make.policy(rules=[
        {"escalation_delay_in_minutes": 5, "targets": [reference("user", first)]},
        {"escalation_delay_in_minutes": 5, "targets": [reference("user", second)]}])
    return first, second, policy, make.service(policy, **members)


# ---- making ------------------------------------------------------------------------------------------


def test_an_incident_made_by_hand_is_whole(api, make, owner):
    user, team = make.user(), make.team()
    policy = make.policy([user], teams=[reference("team", team)])
    service = make.service(policy)
    incident = make.incident(service, body={"type": "incident_body", "details": "It smells of smoke"})
    assert incident["summary"] == f"[#{incident['incident_number']}] {incident['title']}"
    assert incident["status"] == "triggered" and incident["urgency"] == "high"
    assert incident["description"] == incident["title"]
    assert incident["service"]["id"] == service["id"] and incident["escalation_policy"]["id"] == policy["id"]
    assert [one["id"] for one in incident["teams"]] == [team["id"]]
    assert assignees(incident) == {user["id"]} and incident["assigned_via"] == "escalation_policy"
    assert incident["acknowledgements"] == [] and incident["incidents_responders"] == [] and incident["responder_requests"] == []
    assert incident["alert_counts"] == {"all": 0, "triggered": 0, "resolved": 0}
    assert incident["alert_grouping"] is None and incident["priority"] is None
    assert incident["resolve_reason"] is None and incident["resolved_at"] is None
    assert incident["incident_key"], "generated when none is given"
    assert incident["incident_type"]["name"] == "incident_default"
    assert incident["last_status_change_by"]["id"] == owner["id"]
    assert incident["last_status_change_at"] == incident["created_at"]
    assert {action["type"] for action in incident["pending_actions"]} <= {"escalate", "resolve"}
    assert incident["first_trigger_log_entry"]["type"] == "trigger_log_entry_reference"
    assert make.reload(incident) == incident
    assert log_types(make, incident)[0] == "trigger" and "assign" in log_types(make, incident)
    assert make.alerts(incident) == [], "made by hand: no alert"


def test_incidents_are_numbered_upwards(make):
    service = make.service()
    first, second = make.incident(service), make.incident(service)
    assert second["incident_number"] > first["incident_number"]


def test_an_incident_is_found_by_its_number(api, make):
    incident = make.incident()
    assert api.get(f"/incidents/{incident['incident_number']}")["incident"]["id"] == incident["id"]


def test_an_incident_can_be_low_prioritised_and_keyed(api, make):
    priority = api.get("/priorities")["priorities"][1]
    key = new_key()
    incident = make.incident(urgency="low", priority=reference("priority", priority), incident_key=key)
    assert incident["urgency"] == "low" and incident["incident_key"] == key
    assert incident["priority"]["id"] == priority["id"] and incident["priority"]["name"] == priority["name"]


def test_the_urgency_rule_of_the_service_decides_without_a_wish(make):
    service = make.service(incident_urgency_rule={"type": "constant", "urgency": "low"})
    assert make.incident(service)["urgency"] == "low"


def test_an_open_incident_of_the_same_key_refuses_another(api, make):
    service, key = make.service(), new_key()
    incident = make.incident(service, incident_key=key)
    body = {"incident": {"type": "incident", "title": "Again", "service": reference("service", service), "incident_key": key}}
    api.refused("POST", "/incidents", 400, code=2002, message="Arguments Caused Error", json=body,
                errors=["Open incident with matching dedup key already exists on this service"])
    change(api, incident, status="resolved")
    api.post("/incidents", body, expect=201)


def test_an_incident_can_be_given_to_one_person(api, make):
    user = make.user()
    incident = make.incident(assignments=[{"assignee": reference("user", user)}])
    assert assignees(incident) == {user["id"]} and incident["assigned_via"] == "direct_assignment"
    assert all(action["type"] != "escalate" for action in incident["pending_actions"])


def test_an_incident_given_to_oneself_is_acknowledged(api, make):
    me, service = make.user(), make.service()
    body = {"incident": {"type": "incident", "title": "Mine", "service": reference("service", service),
                         "assignments": [{"assignee": reference("user", me)}]}}
    incident = api.clone(sender=me["email"]).post("/incidents", body, expect=201)["incident"]
    assert incident["status"] == "acknowledged"
    assert [one["acknowledger"]["id"] for one in incident["acknowledgements"]] == [me["id"]]


def test_an_incident_can_use_another_policy(make):
    user = make.user()
    policy = make.policy([user])
    incident = make.incident(make.service(), escalation_policy=reference("escalation_policy", policy))
    assert incident["escalation_policy"]["id"] == policy["id"] and assignees(incident) == {user["id"]}


@pytest.mark.parametrize("members", [
    {"title": None}, {"title": ""}, {"service": None}, {"service": {"id": UNKNOWN, "type": "service_reference"}},
    {"urgency": "medium"}, {"priority": {"id": UNKNOWN, "type": "priority_reference"}},
    {"assignments": [{"assignee": {"id": UNKNOWN, "type": "user_reference"}}]},
    {"escalation_policy": {"id": UNKNOWN, "type": "escalation_policy_reference"}},
    {"title": 7}, {"body": "text"},
])
def test_what_an_incident_cannot_be_is_refused(api, make, members):
    body = {"type": "incident", "title": "x", "service": reference("service", make.service()), **members}
    api.call("POST", "/incidents", json={"incident": body}, expect=(400, 404))


def test_assignment_and_policy_exclude_each_other_and_one_person_is_enough(api, make):
    one, two = make.user(), make.user()
    body = {"type": "incident", "title": "x", "service": reference("service", make.service())}
    both = {**body, "assignments": [{"assignee": reference("user", one)}],
            "escalation_policy": reference("escalation_policy", make.policy())}
    many = {**body, "assignments": [{"assignee": reference("user", one)}, {"assignee": reference("user", two)}]}
    for wrong in (both, many):
        api.refused("POST", "/incidents", 400, json={"incident": wrong})


# ---- one incident through its states ---------------------------------------------------------------------


def test_an_incident_is_acknowledged_and_resolved(api, make, owner):
    service = make.service(acknowledgement_timeout=600)
    incident = make.incident(service)
    acknowledged = change(api, incident, type="incident_reference", status="acknowledged")
    assert acknowledged["status"] == "acknowledged"
    assert [one["acknowledger"]["id"] for one in acknowledged["acknowledgements"]] == [owner["id"]]
    assert assignees(acknowledged) == assignees(incident), "assignees stay"
    assert {action["type"] for action in acknowledged["pending_actions"]} == {"unacknowledge"}
    resolved = api.put(f"/incidents/{incident['id']}", {"incident": {
        "type": "incident", "status": "resolved", "resolution": "Turned it off and on"}})["incident"]
    assert resolved["status"] == "resolved" and resolved["resolved_at"]
    assert resolved["assignments"] == [] and resolved["acknowledgements"] == [] and resolved["pending_actions"] == []
    assert resolved["last_status_change_by"]["id"] == owner["id"]
    kinds = log_types(make, incident)
    assert kinds.index("trigger") < kinds.index("acknowledge") < kinds.index("resolve")
    entry = next(one for one in make.log(incident) if one["type"] == "resolve_log_entry")
    assert entry["note"] == "Turned it off and on" and entry["agent"]["id"] == owner["id"]


def test_a_resolved_incident_resolves_its_alerts_and_does_not_reopen_by_event(api, make, events):
    key = make.routing_key()
    incident = make.alerted(key)
    dedup = make.alerts(incident)[0]["alert_key"]
    change(api, incident, status="resolved")
    assert [alert["status"] for alert in make.alerts(incident)] == ["resolved"]
    events.trigger(key, dedup)
    found = make.incidents_of_key(dedup)
    assert len(found) == 2 and {one["status"] for one in found} == {"triggered", "resolved"}


def test_a_resolved_incident_is_reopened_by_hand(api, make):
    first, _, _, service = two_levels(make)
    incident = make.incident(service)
    change(api, incident, status="resolved")
    again = change(api, incident, status="triggered")
    assert again["status"] == "triggered" and again["resolved_at"] is None and assignees(again) == {first["id"]}


def test_a_resolved_incident_is_reopened_for_somebody(api, make):
    incident, person = make.incident(), make.user()
    api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", "status": "resolved"}})
    reopened = api.put(f"/incidents/{incident['id']}", {"incident": {
        "type": "incident_reference", "status": "triggered",
        "assignments": [{"assignee": {"id": person["id"], "type": "user_reference"}}]}}, expect=200)["incident"]
    assert reopened["status"] == "triggered"
    assert [one["assignee"]["id"] for one in reopened["assignments"]] == [person["id"]]


def test_a_resolved_incident_is_reopened_with_another_policy(api, make):
    incident, policy = make.incident(), make.policy()
    api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", "status": "resolved"}})
    reopened = api.put(f"/incidents/{incident['id']}", {"incident": {
        "type": "incident_reference", "status": "triggered",
        "escalation_policy": {"id": policy["id"], "type": "escalation_policy_reference"}}}, expect=200)["incident"]
    assert reopened["status"] == "triggered" and reopened["escalation_policy"]["id"] == policy["id"]


def test_title_urgency_priority_and_bridge_change(api, make):
    incident = make.incident(urgency="low")
    title = unique("Better title")
    changed = change(api, incident, title=title, urgency="high",
                     conference_bridge={"conference_number": "+1 555-555-0100,,1#", "conference_url": "https://meet.example.com/a"})
    assert changed["title"] == title and changed["urgency"] == "high" and changed["summary"].endswith(title)
    whole = api.get(f"/incidents/{incident['id']}", params={"include[]": "conference_bridge"})["incident"]
    assert whole["conference_bridge"]["conference_url"] == "https://meet.example.com/a"
    best = api.get("/priorities")["priorities"][0]
    assert change(api, incident, priority=reference("priority", best))["priority"]["id"] == best["id"]
    assert change(api, incident, priority="P3")["priority"]["name"] == "P3", "a priority can be named"
    assert change(api, incident, priority=None)["priority"] is None


def test_raising_the_urgency_of_an_acknowledged_incident_unacknowledges_it(api, make):
    incident = make.incident(urgency="low")
    change(api, incident, status="acknowledged")
    raised = change(api, incident, urgency="high")
    assert raised["status"] == "triggered" and raised["acknowledgements"] == []
    assert "urgency_change" in log_types(make, incident)


def test_an_incident_is_reassigned_to_a_person(api, make):
    helper = make.user()
    incident = make.incident()
    moved = change(api, incident, assignments=[{"assignee": reference("user", helper)}])
    assert assignees(moved) == {helper["id"]} and moved["assigned_via"] == "direct_assignment"


def test_an_incident_is_delegated_to_another_policy(api, make):
    helper, team = make.user(), make.team()
    policy = make.policy([helper], teams=[reference("team", team)])
    incident = make.incident()
    moved = change(api, incident, escalation_policy=reference("escalation_policy", policy))
    assert moved["escalation_policy"]["id"] == policy["id"] and assignees(moved) == {helper["id"]}
    assert team["id"] in {one["id"] for one in moved["teams"]}
    assert "delegate" in log_types(make, incident)


def test_an_incident_is_escalated_by_hand(api, make):
    first, second, _, service = two_levels(make)
    incident = make.incident(service)
    assert assignees(incident) == {first["id"]}
    raised = change(api, incident, escalation_level=2)
    assert assignees(raised) == {second["id"]}
    kinds = log_types(make, incident)
    assert "escalate" in kinds and kinds.count("assign") >= 2


@pytest.mark.parametrize("level", [0, 3, -1, "top"])
def test_a_level_that_is_none_is_refused(api, make, level):
    _, _, policy, service = two_levels(make)
    incident = make.incident(service)
    error = api.refused("PUT", f"/incidents/{incident['id']}", 400,
                        json={"incident": {"type": "incident", "escalation_level": level}})
    assert "Escalation level must be" in error["errors"][0]
    if level == 3:
        assert error["errors"] == [f"Escalation level must be from 1 to 2, the levels of {policy['name']}"]


def test_an_incident_type_that_is_none_is_refused(api, make):
    incident, unknown = make.incident(), {"incident_type": {"name": "major_incident"}}
    wanted = ["Incident type Name is not that of an enabled incident type"]
    api.refused("PUT", f"/incidents/{incident['id']}", 400, errors=wanted, json={"incident": {"type": "incident", **unknown}})
    api.refused("POST", "/incidents", 400, errors=wanted, json={"incident": {
        "type": "incident", "title": "Disk", "service": reference("service", make.service()), **unknown}})
    assert change(api, incident, incident_type={"name": "incident_default"})["incident_type"] == {"name": "incident_default"}


def test_a_low_urgency_incident_is_not_escalated_by_hand(api, make):
    _, _, _, service = two_levels(make)
    incident = make.incident(service, urgency="low")
    api.refused("PUT", f"/incidents/{incident['id']}", 400, code=1006, message="Cannot Escalate",
                errors=["An incident of low urgency is not escalated"],
                json={"incident": {"type": "incident", "escalation_level": 2}})


def test_an_incident_moves_to_another_service(api, make):
    incident, target = make.incident(), make.service()
    assert change(api, incident, service=reference("service", target))["service"]["id"] == target["id"]


def test_the_policy_is_a_snapshot(api, make):
    """Changing the policy changes nothing for incidents that are open."""
    first, second, policy, service = two_levels(make)
    incident = make.incident(service)
    api.put(f"/escalation_policies/{policy['id']}", {"escalation_policy": {"escalation_rules": [
        {"escalation_delay_in_minutes": 5, "targets": [reference("user", make.user())]}]}})
    assert assignees(change(api, incident, escalation_level=2)) == {second["id"]}


@pytest.mark.parametrize("status", ["open", "", 7, "closed"])
def test_a_status_that_is_none_is_refused(api, make, status):
    incident = make.incident()
    api.refused("PUT", f"/incidents/{incident['id']}", 400, json={"incident": {"type": "incident", "status": status}})


def test_an_unknown_incident_is_not_found(api):
    api.refused("PUT", f"/incidents/{UNKNOWN}", 404, json={"incident": {"type": "incident", "status": "resolved"}})


# ---- many at once ----------------------------------------------------------------------------------------


def test_many_incidents_change_together(api, make):
    service = make.service()
    incidents = [make.incident(service) for _ in range(3)]
    answer = api.put("/incidents", {"incidents": [
        {"id": one["id"], "type": "incident_reference", "status": "acknowledged"} for one in incidents]})
    assert [one["id"] for one in answer["incidents"]] == [one["id"] for one in incidents]
    assert {one["status"] for one in answer["incidents"]} == {"acknowledged"}
    priority = api.get("/priorities")["priorities"][0]
    answer = api.put("/incidents", {"incidents": [
        {"id": one["id"], "type": "incident", "title": f"t{number}", "urgency": "low", "priority": priority["name"]}
        for number, one in enumerate(incidents)]})
    assert [one["title"] for one in answer["incidents"]] == ["t0", "t1", "t2"]
    assert {one["urgency"] for one in answer["incidents"]} == {"low"}


def test_many_incidents_change_all_or_none(api, make):
    incident = make.incident()
    done = api.call("PUT", "/incidents", expect=(400, 404), json={"incidents": [
        {"id": incident["id"], "type": "incident_reference", "status": "resolved"},
        {"id": UNKNOWN, "type": "incident_reference", "status": "resolved"}]})
    assert done.status in (400, 404) and make.reload(incident)["status"] == "triggered"


def test_more_than_two_hundred_and_fifty_at_once_are_too_many(api, make):
    incident = make.incident()
    one = {"id": incident["id"], "type": "incident_reference", "status": "resolved"}
    api.refused("PUT", "/incidents", 413, json={"incidents": [one] * 251})
    assert make.reload(incident)["status"] == "triggered"


@pytest.mark.parametrize("body", [{"incidents": {}}, {"incidents": None}, {}, {"incidents": ["x"]}, {"incidents": [{}]}])
def test_a_list_of_changes_that_is_none_is_refused(api, body):
    api.refused("PUT", "/incidents", 400, json=body)


# ---- listing -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def zoo(make, api):
    """One service with an incident in each state, and their common facts."""
    user, team = make.user(), make.team()
    service = make.service(make.policy([user], teams=[reference("team", team)]))
    triggered = make.incident(service)
    acknowledged = make.incident(service, urgency="low")
    resolved = make.incident(service)
    api.put("/incidents", {"incidents": [
        {"id": acknowledged["id"], "type": "incident", "status": "acknowledged"},
        {"id": resolved["id"], "type": "incident", "status": "resolved"}]})
    return {"user": user, "team": team, "service": service, "triggered": triggered["id"],
            "acknowledged": acknowledged["id"], "resolved": resolved["id"], "first": triggered}


def listed(api, zoo, *params):
    """The names of the zoo's incidents on a page, in order."""
    names = {zoo[name]: name for name in ("triggered", "acknowledged", "resolved")}
    page = api.get("/incidents", params=[("service_ids[]", zoo["service"]["id"]), *params])
    return [names[one["id"]] for one in page["incidents"]]


def test_incidents_are_listed_oldest_first_whatever_their_state(api, zoo):
    assert listed(api, zoo) == ["triggered", "acknowledged", "resolved"]


def test_incidents_are_found_by_state(api, zoo):
    for name in ("triggered", "acknowledged", "resolved"):
        assert listed(api, zoo, ("statuses[]", name)) == [name]
    assert listed(api, zoo, ("statuses[]", "triggered"), ("statuses[]", "acknowledged")) == ["triggered", "acknowledged"]


def test_incidents_are_found_by_urgency(api, zoo):
    assert listed(api, zoo, ("urgencies[]", "low")) == ["acknowledged"]
    assert listed(api, zoo, ("urgencies[]", "high")) == ["triggered", "resolved"]


def test_incidents_are_found_by_team_and_by_person(api, zoo):
    team = api.get("/incidents", params={"team_ids[]": zoo["team"]["id"]})["incidents"]
    assert [one["id"] for one in team] == [zoo["triggered"], zoo["acknowledged"], zoo["resolved"]]
    person = api.get("/incidents", params={"user_ids[]": zoo["user"]["id"]})["incidents"]
    assert [one["id"] for one in person] == [zoo["triggered"], zoo["acknowledged"]], "never resolved ones"


def test_incidents_are_found_by_key(api, make, zoo):
    incident = zoo["first"]
    assert [one["id"] for one in make.incidents_of_key(incident["incident_key"])] == [incident["id"]]
    assert make.incidents_of_key("nobody uses this key") == []


@pytest.mark.parametrize("order,expected", [
    ("incident_number:asc", ["triggered", "acknowledged", "resolved"]),
    ("incident_number:desc", ["resolved", "acknowledged", "triggered"]),
    ("created_at,incident_number", ["triggered", "acknowledged", "resolved"]),
    ("created_at:desc,incident_number:desc", ["resolved", "acknowledged", "triggered"]),
])
def test_incidents_are_sorted(api, zoo, order, expected):
    assert listed(api, zoo, ("sort_by", order)) == expected


def test_incidents_are_sorted_by_urgency_and_then_by_number(api, zoo):
    """Which urgency comes first is nowhere written; that both directions are each other's mirror is."""
    upwards = listed(api, zoo, ("sort_by", "urgency:asc,incident_number"))
    downwards = listed(api, zoo, ("sort_by", "urgency:desc,incident_number"))
    high_first, low_first = ["triggered", "resolved", "acknowledged"], ["acknowledged", "triggered", "resolved"]
    assert sorted([upwards, downwards]) == sorted([high_first, low_first])


def test_incidents_are_sorted_by_the_time_of_their_end(api, zoo):
    assert set(listed(api, zoo, ("sort_by", "resolved_at:desc,incident_number"))) == {"triggered", "acknowledged", "resolved"}


@pytest.mark.parametrize("order", ["luck", "created_at:sideways", "urgency,created_at,incident_number"])
def test_orders_that_are_none_are_refused(api, order):
    api.refused("GET", "/incidents", 400, params={"sort_by": order})


def test_incidents_are_found_by_time(api, zoo):
    near = [("since", instant(timedelta(hours=-1))), ("until", instant(timedelta(hours=1)))]
    assert len(listed(api, zoo, *near)) == 3
    assert listed(api, zoo, ("since", instant(timedelta(days=-9))), ("until", instant(timedelta(days=-8)))) == []
    assert len(listed(api, zoo, ("date_range", "all"))) == 3
    assert len(listed(api, zoo, ("since", instant(timedelta(days=-1))[:10]))) == 3, "the time of day is optional"


@pytest.mark.parametrize("params", [
    {"since": "soon"}, {"until": "soon"}, {"since": "2026-13-01"},
    {"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
    {"since": "2025-01-01T00:00:00Z", "until": "2025-12-01T00:00:00Z"},
])
def test_impossible_ranges_are_refused(api, params):
    error = api.refused("GET", "/incidents", 400, params=params)
    assert error["code"] in (2001, 2004, 2005)


@pytest.mark.parametrize("params", [{"statuses[]": "open"}, {"urgencies[]": "medium"}, {"date_range": "most"},
                                    {"time_zone": "Mars/Olympus"}])
def test_values_that_nobody_knows_are_refused(api, params):
    api.refused("GET", "/incidents", 400, params=params)


def test_times_are_shown_in_the_zone_that_was_asked_for(api, zoo):
    shown = api.get("/incidents", params={"service_ids[]": zoo["service"]["id"], "time_zone": "Asia/Kolkata"})["incidents"]
    assert all(one["created_at"].endswith("+05:30") for one in shown)


def test_references_become_whole_objects_on_request(api, make):
    user, team = make.user(), make.team()
    service = make.service(make.policy([user], teams=[reference("team", team)]))
    priority = api.get("/priorities")["priorities"][0]
    incident = make.incident(service, priority=reference("priority", priority),
                             body={"type": "incident_body", "details": "All of it"})
    change(api, incident, status="acknowledged")
    names = ["acknowledgers", "agents", "assignees", "conference_bridge", "escalation_policies", "first_trigger_log_entries",
             "priorities", "services", "teams", "users", "body"]
    everything = [("include[]", name) for name in names]
    for whole in (api.get(f"/incidents/{incident['id']}", params=everything + [("include[]", "custom_fields")])["incident"],
                  api.get("/incidents", params=everything + [("service_ids[]", service["id"])])["incidents"][0]):
        assert whole["assignments"][0]["assignee"]["email"] == user["email"]
        assert whole["acknowledgements"][0]["acknowledger"]["type"] == "user"
        assert whole["last_status_change_by"]["type"] == "user"
        assert whole["escalation_policy"]["escalation_rules"] and whole["service"]["name"] == service["name"]
        assert whole["teams"][0]["name"] == team["name"] and whole["priority"]["name"] == priority["name"]
        assert whole["first_trigger_log_entry"]["type"] == "trigger_log_entry"
        assert "conference_bridge" in whole and whole["body"]["details"]
    plain = make.reload(incident)
    assert "body" not in plain and "conference_bridge" not in plain


# ---- notes -------------------------------------------------------------------------------------------


def test_a_note_lives_its_life(api, make, owner):
    incident = make.incident()
    base = f"/incidents/{incident['id']}/notes"
    note = api.post(base, {"note": {"content": "Looking at it"}}, expect=200)["note"]
    assert note["content"] == "Looking at it" and note["user"]["id"] == owner["id"] and note["channel"]["summary"]
    assert api.get(base)["notes"][0]["id"] == note["id"]
    assert "annotate" in log_types(make, incident)
    changed = api.put(f"{base}/{note['id']}", {"note": {"content": "Fixed it"}})["note"]
    assert changed["id"] == note["id"] and changed["content"] == "Fixed it"
    api.delete(f"{base}/{note['id']}")
    assert api.get(base)["notes"] == []
    api.refused("DELETE", f"{base}/{note['id']}", 404)
    api.refused("PUT", f"{base}/{note['id']}", 404, json={"note": {"content": "x"}})


@pytest.mark.parametrize("note", [{"content": ""}, {"content": None}, {}, {"content": 7}, {"content": "x" * 65536}])
def test_what_a_note_cannot_be_is_refused(api, make, note):
    api.refused("POST", f"/incidents/{make.incident()['id']}/notes", 400, json={"note": note})


def test_a_note_is_not_found_below_another_incident(api, make):
    note = api.post(f"/incidents/{make.incident()['id']}/notes", {"note": {"content": "x"}}, expect=200)["note"]
    api.refused("DELETE", f"/incidents/{make.incident()['id']}/notes/{note['id']}", 404)


# ---- snooze --------------------------------------------------------------------------------------------


def test_only_an_acknowledged_incident_is_snoozed(api, make):
    incident = make.incident()
    path = f"/incidents/{incident['id']}/snooze"
    api.refused("POST", path, 400, code=1012, message="Incident is not Acknowledged", json={"duration": 3600})
    change(api, incident, status="acknowledged")
    snoozed = api.post(path, {"duration": 3600}, expect=201)["incident"]
    assert snoozed["status"] == "acknowledged"
    wakes = [action for action in snoozed["pending_actions"] if action["type"] == "unacknowledge"]
    assert abs(parse(wakes[0]["at"]) - parse(instant(timedelta(hours=1)))) < timedelta(minutes=1)
    assert "snooze" in log_types(make, incident)


@pytest.mark.parametrize("duration", [0, -1, 604801, "long", None, 10**20])
def test_what_a_snooze_cannot_be_is_refused(api, make, duration):
    incident = make.incident()
    change(api, incident, status="acknowledged")
    error = api.refused("POST", f"/incidents/{incident['id']}/snooze", 400, json={"duration": duration})
    assert error["code"] in (1013, 2001)


# ---- merge -------------------------------------------------------------------------------------------


def merge(api, target, *sources, status=200):
    """The target after taking in the sources."""
    return api.call("PUT", f"/incidents/{target['id']}/merge", expect=status, json={
        "source_incidents": [{"id": one["id"], "type": "incident_reference"} for one in sources]}).body


def test_merging_moves_the_alerts_and_resolves_the_source(api, make):
    key = make.routing_key()
    target, source = make.alerted(key), make.alerted(key)
    keys = {alert["alert_key"] for alert in make.alerts(target) + make.alerts(source)}
    answer = merge(api, target, source)["incident"]
    assert answer["id"] == target["id"]
    merged = make.reload(target)
    assert merged["status"] == "triggered"
    assert merged["alert_counts"] == {"all": 2, "triggered": 2, "resolved": 0}
    assert {alert["alert_key"] for alert in make.alerts(target)} == keys
    assert assignees(merged) == assignees(target)
    gone = make.reload(source)
    assert gone["status"] == "resolved"
    assert gone["resolve_reason"]["type"] == "merge_resolve_reason"
    assert gone["resolve_reason"]["incident"]["id"] == target["id"]
    assert make.alerts(source) == []


def test_events_follow_a_merged_alert(api, make, events):
    key = make.routing_key()
    target, source = make.alerted(key), make.alerted(key)
    moved = make.alerts(source)[0]["alert_key"]
    merge(api, target, source)
    events.resolve(key, moved)
    assert {alert["alert_key"]: alert["status"] for alert in make.alerts(target)}[moved] == "resolved"
    events.resolve(key, make.alerts(target)[0]["alert_key"])
    events.resolve(key, make.alerts(target)[1]["alert_key"])
    assert make.reload(target)["status"] == "resolved"


def test_an_incident_is_merged_once(api, make):
    key = make.routing_key()
    target, other, source = make.alerted(key), make.alerted(key), make.alerted(key)
    merge(api, target, source)
    error = merge(api, other, source, status=400)["error"]
    assert error["code"] == 1019 and error["message"] == "Incident Already Merged"


def test_the_target_of_a_merge_is_open(api, make, events):
    key = make.routing_key()
    target, source = make.alerted(key), make.alerted(key)
    events.resolve(key, make.alerts(target)[0]["alert_key"])
    merge(api, target, source, status=400)
    assert make.reload(source)["status"] == "triggered"


def test_an_incident_is_not_merged_into_itself(api, make):
    incident = make.alerted(make.routing_key())
    merge(api, incident, incident, status=400)


def test_unknown_incidents_are_not_merged(api, make):
    incident = make.alerted(make.routing_key())
    api.call("PUT", f"/incidents/{incident['id']}/merge", expect=(400, 404),
             json={"source_incidents": [{"id": UNKNOWN, "type": "incident_reference"}]})


# ---- related changes ------------------------------------------------------------------------------------


def test_changes_before_an_incident_are_related(api, make, events):
    service = make.service()
    key = make.routing_key(service)
    summary = unique("Deployed")
    events.change(key, summary)
    incident = make.alerted(key)
    related = api.get(f"/incidents/{incident['id']}/related_change_events", params={"limit": 5})["change_events"]
    assert [one["summary"] for one in related] == [summary]
    assert related[0]["correlation_reason"]["reason"] in ("most_recent", "related_service", "intelligent")
