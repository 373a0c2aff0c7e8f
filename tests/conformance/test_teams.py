"""Teams, their members and their policies."""

from __future__ import annotations

import pytest

from support.client import unique
from support.factory import reference
from support.server import wait_until

UNKNOWN = "PZZZZZZZZZZZZ9"


def members(api, team, **params):
    """Who is in the team, with roles."""
    found = api.every(f"/teams/{team['id']}/members", "members", params)
    return {member["user"]["id"]: member["role"] for member in found}


def test_a_team_lives_its_life(api, make):
    team = make.team(description="Keeps the lights on")
    assert team["summary"] == team["name"] and team["default_role"] == "manager"
    assert api.get(f"/teams/{team['id']}")["team"] == team
    changed = api.put(f"/teams/{team['id']}", {"team": {"description": "Turns them off"}})["team"]
    assert (changed["name"], changed["description"]) == (team["name"], "Turns them off")
    api.delete(f"/teams/{team['id']}")
    api.refused("GET", f"/teams/{team['id']}", 404)
    api.refused("PUT", f"/teams/{team['id']}", 404, json={"team": {"description": "x"}})
    api.refused("DELETE", f"/teams/{team['id']}", 404)


def test_a_private_team_and_a_parent_are_read_back(api, make):
    parent = make.team()
    team = make.team(default_role="none", parent={"id": parent["id"], "type": "team_reference"})
    again = api.get(f"/teams/{team['id']}", params={"include[]": "privileges"})["team"]
    assert again["default_role"] == "none" and again["parent"]["id"] == parent["id"]


def test_a_name_belongs_to_one_team(api, make):
    team = make.team()
    body = {"team": {"type": "team", "name": team["name"]}}
    api.refused("POST", "/teams", 400, code=2001, errors=["Name has already been taken"], json=body)
    api.refused("PUT", f"/teams/{make.team()['id']}", 400, code=2001, errors=["Name has already been taken"], json=body)


@pytest.mark.parametrize("change", [{"name": None}, {"name": ""}, {"name": "x" * 101}, {"description": "x" * 1025},
                                    {"default_role": "king"}])
def test_what_a_team_cannot_be_is_refused(api, change):
    body = {"type": "team", "name": unique("Team"), **change}
    assert api.refused("POST", "/teams", 400, code=2001, json={"team": body})["errors"]


def test_teams_are_found_by_a_part_of_their_name(api, make):
    team = make.team()
    assert [one["id"] for one in api.get("/teams", params={"query": team["name"][1:].upper()})["teams"]] == [team["id"]]
    assert api.get("/teams", params={"total": "true", "sort_by": "name"})["total"] >= 1


# ---- members -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("base,expected", [("user", "manager"), ("limited_user", "responder"), ("observer", "observer")])
def test_a_member_gets_the_role_that_fits_the_base_role(api, make, base, expected):
    team, user = make.team(), make.user(role=base)
    api.put(f"/teams/{team['id']}/users/{user['id']}", expect=204)
    assert members(api, team) == {user["id"]: expected}


@pytest.mark.parametrize("role", ["observer", "responder", "manager"])
def test_a_member_gets_the_role_that_is_named(api, make, role):
    team, user = make.team(), make.user()
    api.put(f"/teams/{team['id']}/users/{user['id']}", {"role": "observer"}, expect=204)
    api.put(f"/teams/{team['id']}/users/{user['id']}", {"role": role}, expect=204)
    assert members(api, team) == {user["id"]: role}, "repeating changes the role"


def test_members_are_shown_whole_on_request(api, make):
    team, user = make.team(), make.user()
    api.put(f"/teams/{team['id']}/users/{user['id']}", expect=204)
    whole = api.get(f"/teams/{team['id']}/members", params={"include[]": "users"})["members"]
    assert whole[0]["user"]["email"] == user["email"]
    plain = api.get(f"/teams/{team['id']}/members")["members"]
    assert plain[0]["user"]["type"] == "user_reference"


def test_a_stakeholder_joins_no_team(api, make):
    team, user = make.team(), make.user(role="read_only_user")
    api.refused("PUT", f"/teams/{team['id']}/users/{user['id']}", 400)


def test_an_unknown_role_is_refused(api, make):
    team, user = make.team(), make.user()
    api.refused("PUT", f"/teams/{team['id']}/users/{user['id']}", 400, json={"role": "king"})


def test_a_member_leaves(api, make):
    team, user = make.team(), make.user()
    api.put(f"/teams/{team['id']}/users/{user['id']}", expect=204)
    api.delete(f"/teams/{team['id']}/users/{user['id']}")
    assert members(api, team) == {}
    assert api.get(f"/users/{user['id']}")["user"]["teams"] == []


def test_a_member_who_is_needed_by_a_policy_of_the_team_stays(api, make):
    """Terraform reads this text."""
    team, user = make.team(), make.user()
    policy = make.policy([user])
    api.put(f"/teams/{team['id']}/escalation_policies/{policy['id']}", expect=204)
    api.refused("DELETE", f"/teams/{team['id']}/users/{user['id']}", 400, code=2001,
                errors=["User cannot be removed as they belong to an escalation policy on this team"])


def test_unknown_people_and_teams_are_not_found(api, make):
    team, user = make.team(), make.user()
    api.refused("PUT", f"/teams/{team['id']}/users/{UNKNOWN}", 404)
    api.refused("PUT", f"/teams/{UNKNOWN}/users/{user['id']}", 404)
    api.refused("DELETE", f"/teams/{UNKNOWN}/users/{user['id']}", 404)


# ---- policies of a team --------------------------------------------------------------------------------


def test_a_policy_joins_and_leaves_a_team(api, make):
    team, user = make.team(), make.user()
    policy = make.policy([user])
    service = make.service(policy)
    path = f"/teams/{team['id']}/escalation_policies/{policy['id']}"
    api.put(path, expect=204)
    assert [one["id"] for one in api.get(f"/escalation_policies/{policy['id']}")["escalation_policy"]["teams"]] == [team["id"]]
    assert user["id"] in members(api, team), "the people of the policy join too"
    assert [one["id"] for one in api.get(f"/services/{service['id']}")["service"]["teams"]] == [team["id"]]
    api.delete(path)
    assert api.get(f"/escalation_policies/{policy['id']}")["escalation_policy"]["teams"] == []
    api.delete(path)  # answers 204 although there is nothing to take away


def test_a_policy_belongs_to_one_team(api, make):
    first, second, policy = make.team(), make.team(), make.policy()
    api.put(f"/teams/{first['id']}/escalation_policies/{policy['id']}", expect=204)
    api.refused("PUT", f"/teams/{second['id']}/escalation_policies/{policy['id']}", 400, code=2001,
                message="Escalation Policy has already been taken")


def test_unknown_policies_are_not_found(api, make):
    team = make.team()
    api.refused("PUT", f"/teams/{team['id']}/escalation_policies/{UNKNOWN}", 404)


def test_a_team_with_associations_cannot_be_deleted(api, make):
    team = make.team()
    make.policy(teams=[reference("team", team)])
    api.refused("DELETE", f"/teams/{team['id']}", 400, code=6006)


def test_open_incidents_move_to_the_reassignment_team(api, make):
    old, new = make.team(), make.team()
    policy = make.policy()
    api.put(f"/teams/{old['id']}/escalation_policies/{policy['id']}", expect=204)
    incident = make.incident(make.service(policy))
    assert [team["id"] for team in incident["teams"]] == [old["id"]]
    api.delete(f"/teams/{old['id']}/escalation_policies/{policy['id']}")
    api.delete(f"/teams/{old['id']}", params={"reassignment_team": new["id"]})
    wait_until(lambda: [team["id"] for team in make.reload(incident)["teams"]] == [new["id"]], 5, "the incident has moved")


def test_the_reassignment_team_must_exist(api, make):
    team = make.team()
    api.call("DELETE", f"/teams/{team['id']}", params={"reassignment_team": UNKNOWN}, expect=(400, 404))
    api.get(f"/teams/{team['id']}")
