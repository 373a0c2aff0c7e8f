"""Escalation policies."""

from __future__ import annotations

import pytest

from support.client import unique
from support.factory import reference

UNKNOWN = "PZZZZZZZZZZZZ9"


def rule(*targets, delay=30, **members):
    """One level."""
    return {"escalation_delay_in_minutes": delay, "targets": list(targets), **members}


def read(api, policy, **params):
    """The policy as it is now."""
    return api.get(f"/escalation_policies/{policy['id']}", params=params)["escalation_policy"]


def levels(policy):
    """The ids of the targets, level by level."""
    return [[target["id"] for target in level["targets"]] for level in policy["escalation_rules"]]


def test_a_new_policy_has_the_documented_defaults(api, make):
    user = make.user()
    policy = make.policy([user])
    assert policy["summary"] == policy["name"] and policy["num_loops"] == 0
    assert policy["on_call_handoff_notifications"] == "if_has_services"
    assert policy["services"] == [] and policy["teams"] == []
    assert policy["escalation_rules"][0]["targets"][0]["type"] == "user_reference"
    assert policy["escalation_rules"][0]["id"]
    assert read(api, policy) == policy


def test_everything_that_is_set_is_read_back_in_the_sent_order(api, make):
    one, two, three = make.user(), make.user(), make.user()
    schedule = make.schedule([two])
    policy = make.policy(rules=[rule(reference("user", one), reference("schedule", schedule), delay=5),
                                rule(reference("user", three), delay=10)],
                         num_loops=3, on_call_handoff_notifications="always", description="Two levels")
    again = read(api, policy)
    assert levels(again) == [[one["id"], schedule["id"]], [three["id"]]]
    assert [level["escalation_delay_in_minutes"] for level in again["escalation_rules"]] == [5, 10]
    assert (again["num_loops"], again["on_call_handoff_notifications"], again["description"]) == (3, "always", "Two levels")


@pytest.mark.parametrize("spelling", ["user", "user_reference"])
def test_a_target_is_named_with_or_without_reference(make, spelling):
    user = make.user()
    policy = make.policy(rules=[rule({"id": user["id"], "type": spelling})])
    assert levels(policy) == [[user["id"]]]


@pytest.mark.parametrize("spelling", ["schedule", "schedule_reference"])
def test_a_schedule_is_named_with_or_without_reference(make, spelling):
    schedule = make.schedule()
    policy = make.policy(rules=[rule({"id": schedule["id"], "type": spelling})])
    assert policy["escalation_rules"][0]["targets"][0]["type"] == "schedule_reference"


def test_a_put_replaces_all_rules_and_keeps_the_ids_that_were_sent_back(api, make):
    first, second = make.user(), make.user()
    policy = make.policy([first])
    kept = policy["escalation_rules"][0]
    changed = api.put(f"/escalation_policies/{policy['id']}", {"escalation_policy": {
        "escalation_rules": [rule(reference("user", second)), rule(reference("user", first), id=kept["id"], delay=7)]}})
    after = changed["escalation_policy"]
    assert levels(after) == [[second["id"]], [first["id"]]]
    assert after["escalation_rules"][1]["id"] == kept["id"] and after["escalation_rules"][0]["id"] != kept["id"]
    assert after["name"] == policy["name"]


def test_a_policy_joins_a_team_by_its_member(api, make):
    team = make.team()
    policy = make.policy(teams=[reference("team", team)])
    assert [one["id"] for one in policy["teams"]] == [team["id"]]
    api.put(f"/escalation_policies/{policy['id']}", {"escalation_policy": {"teams": []}})
    assert read(api, policy)["teams"] == []


def test_a_name_belongs_to_one_policy(api, make):
    policy = make.policy()
    body = {"escalation_policy": {"type": "escalation_policy", "name": policy["name"],
                                  "escalation_rules": policy["escalation_rules"]}}
    api.refused("POST", "/escalation_policies", 400, code=2001, errors=["Name has already been taken"], json=body)


@pytest.mark.parametrize("change", [
    {"name": None}, {"name": ""}, {"escalation_rules": []}, {"escalation_rules": None},
    {"escalation_rules": [{"escalation_delay_in_minutes": 30, "targets": []}]},
    {"escalation_rules": [{"targets": [{"id": UNKNOWN, "type": "user_reference"}]}]},
    {"num_loops": -1}, {"num_loops": 10}, {"on_call_handoff_notifications": "sometimes"},
])
def test_what_a_policy_cannot_be_is_refused(api, make, change):
    body = {"type": "escalation_policy", "name": unique("Policy"),
            "escalation_rules": [rule(reference("user", make.user()))], **change}
    assert api.refused("POST", "/escalation_policies", 400, code=2001, json={"escalation_policy": body})["errors"]


@pytest.mark.parametrize("delay", [0, -5, "soon", None])
def test_a_delay_is_at_least_one_minute(api, make, delay):
    body = {"type": "escalation_policy", "name": unique("Policy"),
            "escalation_rules": [rule(reference("user", make.user()), delay=delay)]}
    api.refused("POST", "/escalation_policies", 400, code=2001, json={"escalation_policy": body})


def test_a_policy_has_at_most_twenty_levels(api, make):
    user = make.user()
    body = {"type": "escalation_policy", "name": unique("Policy")}
    level = rule(reference("user", user))
    api.post("/escalation_policies", {"escalation_policy": {**body, "escalation_rules": [level] * 20}}, expect=201)
    body["name"] = unique("Policy")
    api.refused("POST", "/escalation_policies", 400, json={"escalation_policy": {**body, "escalation_rules": [level] * 21}})


def test_a_target_must_exist(api, make):
    for kind in ("user_reference", "schedule_reference"):
        body = {"type": "escalation_policy", "name": unique("Policy"),
                "escalation_rules": [rule({"id": UNKNOWN, "type": kind})]}
        api.call("POST", "/escalation_policies", json={"escalation_policy": body}, expect=(400, 404))


def test_a_policy_in_use_cannot_be_deleted(api, make):
    policy = make.policy()
    service = make.service(policy)
    assert [one["id"] for one in read(api, policy)["services"]] == [service["id"]]
    api.refused("DELETE", f"/escalation_policies/{policy['id']}", 400)
    api.delete(f"/services/{service['id']}")
    api.delete(f"/escalation_policies/{policy['id']}")
    api.refused("GET", f"/escalation_policies/{policy['id']}", 404)
    api.refused("PUT", f"/escalation_policies/{policy['id']}", 404, json={"escalation_policy": {"name": "x"}})


# ---- listing -----------------------------------------------------------------------------------------


def test_policies_are_found_by_name_person_and_team(api, make):
    user, team = make.user(), make.team()
    policy = make.policy([user], teams=[reference("team", team)])
    for params in ({"query": policy["name"].upper()}, {"user_ids[]": user["id"]}, {"team_ids[]": team["id"]}):
        found = api.get("/escalation_policies", params=params)["escalation_policies"]
        assert [one["id"] for one in found] == [policy["id"]], params


def test_policies_are_sorted_by_name(api, make):
    stem, user = unique("Sorted"), make.user()
    made = [make.policy([user], name=f"{stem} {letter}")["id"] for letter in "bca"]
    for order, expected in (("name", [made[2], made[0], made[1]]), ("name:asc", [made[2], made[0], made[1]]),
                            ("name:desc", [made[1], made[0], made[2]])):
        found = api.get("/escalation_policies", params={"query": stem, "sort_by": order})["escalation_policies"]
        assert [one["id"] for one in found] == expected


def test_references_become_whole_objects_on_request(api, make):
    user, team = make.user(), make.team()
    schedule = make.schedule([user])
    policy = make.policy(rules=[rule(reference("user", user), reference("schedule", schedule))], teams=[reference("team", team)])
    service = make.service(policy)
    plain = read(api, policy)["escalation_rules"][0]["targets"]
    assert [target["type"] for target in plain] == ["user_reference", "schedule_reference"]
    everything = [("include[]", name) for name in ("services", "teams", "targets", "escalation_rule_assignment_strategies")]
    for whole in (api.get(f"/escalation_policies/{policy['id']}", params=everything)["escalation_policy"],
                  api.get("/escalation_policies", params=everything + [("query", policy["name"])])["escalation_policies"][0]):
        level = whole["escalation_rules"][0]
        assert whole["services"][0]["name"] == service["name"] and whole["teams"][0]["name"] == team["name"]
        assert level["targets"][0]["email"] == user["email"] and level["targets"][1]["time_zone"] == "UTC"
        assert level["escalation_rule_assignment_strategy"] == {"type": "assign_to_everyone"}
