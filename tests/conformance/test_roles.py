"""What people of each role may do, each with a key of their own."""

from __future__ import annotations

import pytest

from support.client import unique
from support.factory import reference


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
