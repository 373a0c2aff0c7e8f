"""What people of each role may do, each with a key of their own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.client import unique
from support.factory import instant, layer, reference


@pytest.fixture(scope="module")
def as_role(api, account, make):
    """A function: a client that acts as a new person of a role."""
    people = {}

    def client(role: str):
        if role not in people:
            user = make.user(role=role)
            people[role] = (user, api.clone(key=account.server.create_user_key(user["email"]), sender=None))
        return people[role]

    return client


VIEWERS = ["admin", "user", "limited_user", "observer", "read_only_user"]
STRANGERS = ["restricted_access", "read_only_limited_user"]


@pytest.mark.parametrize("role", VIEWERS)
def test_most_roles_see_services_and_incidents(as_role, make, role):
    _, person = as_role(role)
    incident = make.incident()
    person.get("/services")
    assert person.get(f"/incidents/{incident['id']}")["incident"]["id"] == incident["id"]


@pytest.mark.parametrize("role", ["admin", "user"])
def test_managers_make_services_and_policies(as_role, make, role):
    _, person = as_role(role)
    body = {"type": "service", "name": unique("Service"), "escalation_policy": reference("escalation_policy", make.policy())}
    person.post("/services", {"service": body}, expect=201)


@pytest.mark.parametrize("role", ["limited_user", "observer", "read_only_user", *STRANGERS])
def test_others_make_no_services(as_role, make, role):
    _, person = as_role(role)
    body = {"type": "service", "name": unique("Service"), "escalation_policy": reference("escalation_policy", make.policy())}
    person.refused("POST", "/services", 403, code=2010, message="Access Denied", json={"service": body})


@pytest.mark.parametrize("role", ["admin", "user", "limited_user"])
def test_responders_answer_any_incident_without_naming_themselves(as_role, make, role):
    user, person = as_role(role)
    incident = make.incident()
    answered = person.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident", "status": "acknowledged"}})["incident"]
    assert [one["acknowledger"]["id"] for one in answered["acknowledgements"]] == [user["id"]]


@pytest.mark.parametrize("role", ["observer", "restricted_access"])
def test_observers_answer_only_what_they_were_given(as_role, make, role):
    user, person = as_role(role)
    foreign = make.incident()
    person.call("PUT", f"/incidents/{foreign['id']}", json={"incident": {"type": "incident", "status": "acknowledged"}},
                expect=(403, 404))
    own = make.incident(assignments=[{"assignee": reference("user", user)}])
    person.put(f"/incidents/{own['id']}", {"incident": {"type": "incident", "status": "acknowledged"}})


@pytest.mark.parametrize("role", ["user", "limited_user", "observer"])
def test_only_administrators_manage_people(as_role, make, role):
    _, person = as_role(role)
    person.refused("DELETE", f"/users/{make.user()['id']}", 403, code=2010)
    person.refused("PUT", f"/users/{make.user()['id']}", 403, code=2010, json={"user": {"role": "admin"}})


@pytest.mark.parametrize("role", ["user", "limited_user", "observer"])
def test_everybody_changes_their_own_profile(as_role, role):
    user, person = as_role(role)
    assert person.put(f"/users/{user['id']}", {"user": {"job_title": "Sailor"}})["user"]["job_title"] == "Sailor"
    assert person.get("/users/me")["user"]["id"] == user["id"]


def test_a_private_team_is_hidden_from_strangers(as_role, make, api):
    member, inside = as_role("limited_user")
    _, outside = as_role("observer")
    _, administrator = as_role("admin")
    team = make.team(default_role="none")
    api.put(f"/teams/{team['id']}/users/{member['id']}", expect=204)
    service = make.service(make.policy(teams=[reference("team", team)]))
    for sees in (inside, administrator):
        assert sees.get(f"/services/{service['id']}")["service"]["id"] == service["id"]
    outside.refused("GET", f"/services/{service['id']}", 404)
    assert outside.get("/services", params={"query": service["name"]})["services"] == []


# ---- stakeholders only look on ----------------------------------------------------------------------------


STAKEHOLDERS = ["read_only_user", "read_only_limited_user"]


@pytest.mark.parametrize("role", STAKEHOLDERS)
def test_a_stakeholder_is_put_neither_on_call_nor_in_charge(api, make, role):
    user = make.user(role=role)
    why = f"cannot be on call: their role is {role}"
    one = reference("user", user)
    rules = [{"escalation_delay_in_minutes": 5, "targets": [one]}]
    schedule, incident = make.schedule(), make.incident()
    refused = [
        ("POST", "/escalation_policies", {"escalation_policy": {
            "type": "escalation_policy", "name": unique("Policy"), "escalation_rules": rules}}),
        ("PUT", f"/escalation_policies/{make.policy()['id']}", {"escalation_policy": {"escalation_rules": rules}}),
        ("POST", "/schedules", {"schedule": {"type": "schedule", "name": unique("Schedule"), "time_zone": "UTC",
                                             "schedule_layers": [layer([user])]}}),
        ("PUT", f"/incidents/{incident['id']}", {"incident": {"type": "incident", "assignments": [{"assignee": one}]}}),
        ("POST", "/incidents", {"incident": {
            "type": "incident", "title": unique("Incident"), "service": reference("service", make.service()),
            "assignments": [{"assignee": one}]}}),
    ]
    for method, path, body in refused:
        errors = api.refused(method, path, 400, json=body)["errors"]
        assert any(why in sentence for sentence in errors), errors
    away = {"start": instant(timedelta(hours=1)), "end": instant(timedelta(hours=2)), "user": one}
    judged = api.post(f"/schedules/{schedule['id']}/overrides", {"overrides": [away]}, expect=201)
    assert [entry["status"] for entry in judged] == [400] and judged[0]["errors"] == [f"User {why}"]


@pytest.mark.parametrize("role", STAKEHOLDERS)
def test_a_stakeholder_is_no_member_of_a_shift(api, make, role):
    user = make.user(role=role)
    schedule = api.post("/v3/schedules", {"schedule": {"name": unique("Shifts"), "time_zone": "UTC"}}, expect=201)["schedule"]
    shift = {"type": "custom_shift", "start_time": instant(timedelta(hours=1)), "end_time": instant(timedelta(hours=2)),
             "assignments": [{"type": "shift_assignment", "member": {"type": "user_member", "user_id": user["id"]}}]}
    errors = api.refused("POST", f"/v3/schedules/{schedule['id']}/custom_shifts", 400, json={"custom_shifts": [shift]})["errors"]
    assert f"cannot be on call: their role is {role}" in str(errors)


def test_whoever_is_needed_does_not_become_a_stakeholder(api, make):
    user = make.user()
    policy = make.policy([user])
    path = f"/users/{user['id']}"
    for role in STAKEHOLDERS:
        api.refused("PUT", path, 400, json={"user": {"role": role}},
                    errors=[f"Role can't become {role} because they are on the escalation policy {policy['name']}"])
    assert api.put(path, {"user": {"role": "observer"}})["user"]["role"] == "observer"
    api.delete(f"/escalation_policies/{policy['id']}")
    assert api.put(path, {"user": {"role": "read_only_user"}})["user"]["role"] == "read_only_user"


# ---- teams raise and lower --------------------------------------------------------------------------------


def test_a_team_manager_changes_what_the_team_owns_and_nothing_else(make, someone):
    team = make.team()
    _, person = someone("observer", team, "manager")
    policy, service = make.owned(team)
    person.put(f"/services/{service['id']}", {"service": {"description": "ours"}})
    person.put(f"/escalation_policies/{policy['id']}", {"escalation_policy": {"description": "ours"}})
    person.put(f"/teams/{team['id']}", {"team": {"description": "ours"}})
    integration = {"integration": {"type": "events_api_v2_inbound_integration", "name": "Ours"}}
    person.post(f"/services/{service['id']}/integrations", integration, expect=201)
    body = {"type": "service", "name": unique("Service"), "escalation_policy": reference("escalation_policy", policy)}
    person.post("/services", {"service": body}, expect=201)
    foreign = make.service()
    person.refused("PUT", f"/services/{foreign['id']}", 403, code=2010, json={"service": {"description": "theirs"}})
    person.refused("POST", f"/services/{foreign['id']}/integrations", 403, code=2010, json=integration)
    person.refused("PUT", f"/teams/{make.team()['id']}", 403, code=2010, json={"team": {"description": "theirs"}})
    body = {"type": "service", "name": unique("Service"), "escalation_policy": reference("escalation_policy", make.policy())}
    person.refused("POST", "/services", 403, code=2010, json={"service": body})


def test_a_manager_who_is_an_observer_of_a_team_only_looks_at_it(make, someone):
    team = make.team()
    _, person = someone("user", team, "observer")
    policy, service = make.owned(team)
    person.get(f"/services/{service['id']}")
    person.refused("PUT", f"/services/{service['id']}", 403, code=2010, json={"service": {"description": "x"}})
    person.refused("DELETE", f"/escalation_policies/{policy['id']}", 403, code=2010)
    person.refused("PUT", f"/teams/{team['id']}/users/{make.user()['id']}", 403, code=2010)
    elsewhere = make.service()
    person.put(f"/services/{elsewhere['id']}", {"service": {"description": "y"}})
    moved = {"service": {"escalation_policy": reference("escalation_policy", policy)}}
    person.refused("PUT", f"/services/{elsewhere['id']}", 403, code=2010, json=moved)


def test_a_responder_of_the_team_answers_its_incidents(make, someone):
    team = make.team()
    _, person = someone("observer", team, "responder")
    _, service = make.owned(team)
    acknowledge = {"incident": {"type": "incident", "status": "acknowledged"}}
    person.put(f"/incidents/{make.incident(service)['id']}", acknowledge)
    person.refused("PUT", f"/incidents/{make.incident()['id']}", 403, code=2010, json=acknowledge)


def test_a_restricted_person_sees_what_their_team_owns(make, someone):
    team = make.team()
    _, person = someone("restricted_access", team, "observer")
    policy, service = make.owned(team)
    incident, foreign = make.incident(service), make.incident()
    assert [one["id"] for one in person.get("/services")["services"]] == [service["id"]]
    assert [one["id"] for one in person.get("/escalation_policies")["escalation_policies"]] == [policy["id"]]
    assert [one["id"] for one in person.get("/teams")["teams"]] == [team["id"]]
    assert [one["id"] for one in person.get("/incidents")["incidents"]] == [incident["id"]]
    person.refused("GET", f"/incidents/{foreign['id']}", 404)
    person.refused("GET", f"/services/{foreign['service']['id']}", 404)
    _, lonely = someone("restricted_access")
    assert lonely.get("/services")["services"] == []


# ---- private teams ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", ["user", "limited_user", "observer", "read_only_user"])
def test_nothing_of_a_private_team_exists_for_strangers(api, make, someone, base):
    team = make.team(default_role="none")
    policy, service = make.owned(team)
    incident, integration = make.incident(service), make.integration(service)
    _, stranger = someone(base)
    for path in (f"/teams/{team['id']}", f"/teams/{team['id']}/members", f"/escalation_policies/{policy['id']}",
                 f"/services/{service['id']}", f"/services/{service['id']}/integrations/{integration['id']}",
                 f"/incidents/{incident['id']}", f"/incidents/{incident['id']}/notes", f"/incidents/{incident['id']}/alerts"):
        stranger.refused("GET", path, 404)
    for path, plural, name in (("/teams", "teams", team["name"]), ("/services", "services", service["name"]),
                               ("/services", "services", integration["integration_key"]),
                               ("/escalation_policies", "escalation_policies", policy["name"])):
        assert stranger.get(path, params={"query": name, "total": "true"})[plural] == []
    assert stranger.get("/incidents", params={"service_ids[]": service["id"]})["incidents"] == []
    assert stranger.get("/users", params={"team_ids[]": team["id"]})["users"] == []
    assert [one["id"] for one in api.get("/incidents", params={"service_ids[]": service["id"]})["incidents"]] == [incident["id"]]


def test_schedules_and_windows_of_a_private_team_are_hidden(make, someone):
    team = make.team(default_role="none")
    _, service = make.owned(team)
    schedule = make.schedule(teams=[reference("team", team)])
    window = make.maintenance_window([service], timedelta(hours=1), timedelta(hours=2))
    _, stranger = someone("user")
    _, member = someone("limited_user", team, "manager")
    paths = (f"/schedules/{schedule['id']}", f"/schedules/{schedule['id']}/users", f"/maintenance_windows/{window['id']}")
    for path in paths:
        stranger.refused("GET", path, 404)
        member.get(path)
    assert stranger.get("/schedules", params={"query": schedule["name"]})["schedules"] == []
    assert stranger.get("/maintenance_windows", params={"service_ids[]": service["id"]})["maintenance_windows"] == []
    stranger.refused("PUT", paths[0], 404, json={"schedule": {"description": "Mine"}})
    stranger.refused("DELETE", paths[2], 404)
    assert member.put(paths[0], {"schedule": {"description": "Ours"}})["schedule"]["description"] == "Ours"
    member.delete(paths[2])


def test_a_window_for_services_of_two_teams_shows_only_those_one_knows(make, someone):
    team = make.team(default_role="none")
    _, hidden = make.owned(team)
    plain = make.service()
    window = make.maintenance_window([hidden, plain], timedelta(hours=1), timedelta(hours=2))
    _, stranger = someone("user")
    path = f"/maintenance_windows/{window['id']}"
    assert [one["id"] for one in stranger.get(path)["maintenance_window"]["services"]] == [plain["id"]]
    stranger.refused("DELETE", path, 404)


def test_who_is_on_call_for_a_private_team_is_hidden(make, someone):
    team = make.team(default_role="none")
    policy, _ = make.owned(team)
    _, stranger = someone("user")
    _, member = someone("limited_user", team)
    asked = {"escalation_policy_ids[]": policy["id"]}
    assert stranger.get("/oncalls", params=asked)["oncalls"] == []
    assert len(member.get("/oncalls", params=asked)["oncalls"]) == 1


def test_a_private_team_is_not_named_among_the_teams_of_a_member(api, make, someone):
    team = make.team(default_role="none")
    member, inside = someone("user", team)
    _, outside = someone("user")
    assert [one["id"] for one in inside.get(f"/users/{member['id']}")["user"]["teams"]] == [team["id"]]
    assert outside.get(f"/users/{member['id']}")["user"]["teams"] == []


def test_what_is_hidden_cannot_be_named_in_a_body(make, someone):
    team = make.team(default_role="none")
    policy, service = make.owned(team)
    _, stranger = someone("user")
    body = {"type": "service", "name": unique("Service"), "escalation_policy": reference("escalation_policy", policy)}
    assert stranger.refused("POST", "/services", 400, json={"service": body})["errors"] == ["Escalation policy not found"]
    incident = {"type": "incident", "title": unique("Incident"), "service": reference("service", service)}
    assert stranger.refused("POST", "/incidents", 400, json={"incident": incident})["errors"] == ["Service not found"]


def test_the_history_of_a_private_team_is_hidden_as_well(api, make, someone, events):
    team = make.team(default_role="none")
    _, service = make.owned(team)
    key = make.routing_key(service)
    events.change(key, "Quiet deployment", source="ci")
    incident = make.alerted(key)
    change = api.get(f"/services/{service['id']}/change_events")["change_events"][0]
    entry = make.log(incident)[-1]
    business = make.business_service(team={"id": team["id"]})
    _, stranger = someone("user")
    _, member = someone("observer", team, "observer")
    window = {"filters": {"service_ids": [service["id"]]}}
    lone = [f"/change_events/{change['id']}", f"/services/{service['id']}/change_events", f"/log_entries/{entry['id']}",
            f"/incidents/{incident['id']}/log_entries", f"/incidents/{incident['id']}/related_change_events",
            f"/business_services/{business['id']}", f"/service_dependencies/technical_services/{service['id']}",
            f"/standards/scores/technical_services/{service['id']}", f"/analytics/raw/incidents/{incident['id']}"]
    for path in lone:
        stranger.refused("GET", path, 404)
        member.get(path)
    for path, plural, hidden in (("/change_events", "change_events", change), ("/log_entries", "log_entries", entry),
                                 ("/business_services", "business_services", business)):
        assert hidden["id"] not in {one["id"] for one in stranger.every(path, plural)}
        assert hidden["id"] in {one["id"] for one in member.every(path, plural)}
    metrics = "/analytics/metrics/incidents/services"
    assert stranger.post(metrics, window, expect=200)["data"] == []
    assert member.post(metrics, window, expect=200)["data"][0]["total_incident_count"] == 1


def test_an_assignee_answers_an_incident_of_a_team_that_is_hidden_from_them(api, make, someone):
    team = make.team(default_role="none")
    _, service = make.owned(team)
    user, person = someone("observer")
    incident = make.incident(service, assignments=[{"assignee": reference("user", user)}])
    listed = person.get("/incidents", params={"service_ids[]": service["id"]})["incidents"]
    assert [one["id"] for one in listed] == [incident["id"]]
    person.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident", "status": "acknowledged"}})
    person.refused("GET", f"/services/{service['id']}", 404)


def test_who_makes_a_private_team_is_in_it(make, someone):
    user, person = someone("user")
    body = {"team": {"type": "team", "name": unique("Team"), "default_role": "none"}}
    team = person.post("/teams", body, expect=201)["team"]
    members = person.get(f"/teams/{team['id']}/members")["members"]
    assert [(one["user"]["id"], one["role"]) for one in members] == [(user["id"], "manager")]


def test_nobody_raises_themselves(someone):
    for base in ("user", "limited_user", "observer"):
        user, person = someone(base)
        person.refused("PUT", f"/users/{user['id']}", 403, code=2010, json={"user": {"role": "admin"}})
        person.put(f"/users/{user['id']}", {"user": {"role": base, "name": "Same Role"}})


def test_nobody_deletes_themselves(someone):
    user, person = someone("admin")
    person.refused("DELETE", f"/users/{user['id']}", 400, code=2001)
