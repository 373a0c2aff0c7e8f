"""Asking people and policies to help with an incident."""

from __future__ import annotations

import pytest

from support.client import unique
from support.factory import reference


def target(kind, thing):
    """A target as clients send it in a request."""
    return {"responder_request_target": reference(kind, thing)}


def ask(api, owner, incident, *targets, message="Please help", expect=200):
    return api.post(f"/incidents/{incident['id']}/responder_requests",
                    {"requester_id": owner["id"], "message": message, "responder_request_targets": list(targets)},
                    expect=expect)["responder_request"]


def cancel(api, owner, incident, *targets):
    answer = api.put(f"/incidents/{incident['id']}/responder_requests/cancel",
                     {"requester_id": owner["id"], "responder_request_targets": list(targets)}, expect=200)
    return [one["result"] for one in answer["responder_request_targets"]]


def reply(client, incident, state, expect=200):
    return client.put(f"/incidents/{incident['id']}/responder_requests/reply",
                      {"responder_reply": {"state": state}}, expect=expect)["incidents_responder"]


def states(make, incident):
    """The state of every responder, by person."""
    return {one["user"]["id"]: one["state"] for one in make.reload(incident)["incidents_responders"]}


def two_levels(make, first, second):
    return make.policy(rules=[{"escalation_delay_in_minutes": 5, "targets": [reference("user", one) for one in level]}
                              for level in (first, second)])


@pytest.fixture
def incident(make):
    return make.incident()


def test_a_request_is_told_whole(api, make, owner, incident):
    user, policy = make.user(), make.policy([make.user()])
    made = ask(api, owner, incident, target("user", user), target("escalation_policy", policy), message="The bridge is open")
    assert made["requester"]["id"] == owner["id"] and made["incident"]["id"] == incident["id"]
    assert made["message"] == "The bridge is open" and made["requested_at"]
    first, second = (one["responder_request_target"] for one in made["responder_request_targets"])
    assert first["type"] == "user_reference" and first["id"] == user["id"]
    assert [one["state"] for one in first["incidents_responders"]] == ["pending"]
    assert second["type"] == "escalation_policy_reference" and second["summary"] == policy["name"]
    assert second["incidents_responders"][0]["escalation_policy_requests"] == [policy["name"]]

    kept = make.reload(incident)
    assert len(kept["incidents_responders"]) == 2
    assert [one["id"] for one in kept["responder_requests"]] == [made["id"]]
    asked = kept["incidents_responders"][0]
    assert asked["requester"]["id"] == owner["id"] and asked["message"] == "The bridge is open"
    assert asked["escalation_policy_requests"] == []
    listed = api.get("/incidents", params={"incident_key": kept["incident_key"]})["incidents"][0]
    assert listed["incidents_responders"] == kept["incidents_responders"]
    assert any("Asked to respond" in entry["summary"] and entry["note"] == "The bridge is open"
               for entry in make.log(incident))


def test_who_acknowledges_has_joined(api, make, owner, someone, incident):
    user, client = someone("limited_user")
    ask(api, owner, incident, target("user", user))
    client.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident", "status": "acknowledged"}}, expect=200)
    assert states(make, incident) == {user["id"]: "joined"}


def test_joining_acknowledges_what_nobody_has_acknowledged(api, make, owner, someone, incident):
    user, client = someone("limited_user")
    ask(api, owner, incident, target("user", user))
    assert reply(client, incident, "joined")["state"] == "joined"
    assert make.reload(incident)["status"] == "acknowledged"
    assert reply(client, incident, "joined")["state"] == "joined", "once more changes nothing"
    client.refused("PUT", f"/incidents/{incident['id']}/responder_requests/reply", 400,
                   json={"responder_reply": {"state": "declined"}})


def test_joining_an_acknowledged_incident_leaves_it_as_it_is(api, make, owner, someone, incident):
    user, client = someone("limited_user")
    api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident", "status": "acknowledged"}}, expect=200)
    ask(api, owner, incident, target("user", user))
    reply(client, incident, "joined")
    assert [one["acknowledger"]["id"] for one in make.reload(incident)["acknowledgements"]] == [owner["id"]]
    assert any(entry["summary"] == f"{user['name']} joined." for entry in make.log(incident))


def test_a_declined_request_can_still_be_joined(api, make, owner, someone, incident):
    user, client = someone("limited_user")
    ask(api, owner, incident, target("user", user))
    assert reply(client, incident, "declined")["state"] == "declined"
    assert make.reload(incident)["status"] == "triggered"
    assert reply(client, incident, "joined")["state"] == "joined"


def test_a_policy_goes_on_to_its_next_level_when_all_of_one_decline(api, make, owner, someone, incident):
    (ada, ada_client), (bob, bob_client), (cleo, _) = (someone("limited_user") for _ in range(3))
    ask(api, owner, incident, target("escalation_policy", two_levels(make, [ada, bob], [cleo])))
    reply(ada_client, incident, "declined")
    assert states(make, incident) == {ada["id"]: "declined", bob["id"]: "pending"}
    reply(bob_client, incident, "declined")
    assert states(make, incident) == {ada["id"]: "declined", bob["id"]: "declined", cleo["id"]: "pending"}


def test_one_who_joins_frees_the_others_of_a_policy(api, make, owner, someone, incident):
    (ada, ada_client), (bob, _), (dan, _) = (someone("limited_user") for _ in range(3))
    policy = make.policy([ada, bob, dan])
    ask(api, owner, incident, target("escalation_policy", policy), target("user", dan))
    reply(ada_client, incident, "joined")
    assert states(make, incident) == {ada["id"]: "joined", bob["id"]: "user_cancelled", dan["id"]: "pending"}, \
        "who was asked by name as well is still asked"


def test_requests_are_taken_back(api, make, owner, someone, incident):
    (ada, ada_client), (bob, bob_client), (cleo, _) = (someone("limited_user") for _ in range(3))
    stranger, policy, other = make.user(), make.policy([cleo]), make.policy()
    ask(api, owner, incident, target("user", ada), target("user", bob), target("user", owner),
        target("escalation_policy", policy))
    reply(ada_client, incident, "joined")
    reply(bob_client, incident, "declined")
    results = cancel(api, owner, incident, reference("user", ada), reference("user", bob), reference("user", owner),
                     reference("escalation_policy", policy), reference("user", stranger),
                     reference("escalation_policy", other))
    assert results == ["joined", "declined", "cancelled", "cancelled", "not_found", "not_found"]
    assert states(make, incident)[cleo["id"]] == "user_cancelled"
    assert cancel(api, owner, incident, reference("escalation_policy", policy)) == ["not_found"]
    bob_client.refused("PUT", f"/incidents/{make.incident()['id']}/responder_requests/reply", 404,
                       json={"responder_reply": {"state": "joined"}})


def test_a_resolved_incident_ends_its_requests_and_takes_no_more(api, make, owner, someone, incident):
    user, client = someone("limited_user")
    ask(api, owner, incident, target("user", user))
    api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident", "status": "resolved"}}, expect=200)
    assert states(make, incident) == {user["id"]: "user_cancelled"}
    api.refused("POST", f"/incidents/{incident['id']}/responder_requests", 400, code=1001,
                json={"requester_id": owner["id"], "message": "Late", "responder_request_targets": [target("user", user)]})
    client.refused("PUT", f"/incidents/{incident['id']}/responder_requests/reply", 400,
                   json={"responder_reply": {"state": "joined"}})


def test_who_is_asked_again_is_told_again(api, make, owner, someone, incident):
    user, client = someone("limited_user")
    ask(api, owner, incident, target("user", user), message="First")
    reply(client, incident, "declined")
    ask(api, owner, incident, target("user", user), message="Second")
    asked = make.reload(incident)["incidents_responders"]
    assert [(one["state"], one["message"]) for one in asked] == [("pending", "Second")]


@pytest.mark.parametrize("wrong", [
    {"requester_id": None}, {"requester_id": "PNOBODY"}, {"message": None}, {"message": "x" * 1025},
    {"responder_request_targets": None}, {"responder_request_targets": []}, {"responder_request_targets": ["x"]},
    {"responder_request_targets": [{"responder_request_target": {"id": "PNOBODY", "type": "user_reference"}}]},
    {"responder_request_targets": [{"responder_request_target": {"id": "PNOBODY", "type": "team_reference"}}]},
    {"responder_request_targets": [{"responder_request_target": {"id": "PNOBODY"}}]},
])
def test_what_is_wrong_is_refused(api, owner, make, incident, wrong):
    body = {"requester_id": owner["id"], "message": "Help", "responder_request_targets": [target("user", owner)], **wrong}
    api.refused("POST", f"/incidents/{incident['id']}/responder_requests", 400, json=body)
    assert make.reload(incident)["incidents_responders"] == []


@pytest.mark.parametrize("role", ["read_only_user", "read_only_limited_user"])
def test_a_stakeholder_is_not_asked(api, owner, make, incident, role):
    stakeholder, other = make.user(role=role), make.user()
    body = {"requester_id": owner["id"], "message": "Help",
            "responder_request_targets": [target("user", other), target("user", stakeholder)]}
    refused = api.refused("POST", f"/incidents/{incident['id']}/responder_requests", 400, 2001, json=body)
    assert refused["errors"] == [f"Responder request targets cannot be on call: their role is {role}"]
    assert make.reload(incident)["incidents_responders"] == []


def test_nobody_asks_in_the_name_of_another(api, owner, someone, incident):
    user, client = someone("user")
    body = {"requester_id": owner["id"], "message": "Help", "responder_request_targets": [target("user", user)]}
    client.refused("POST", f"/incidents/{incident['id']}/responder_requests", 400, json=body)
    client.post(f"/incidents/{incident['id']}/responder_requests", {**body, "requester_id": user["id"]}, expect=200)


def test_whoever_is_asked_may_respond_whatever_their_role(api, make, owner, someone):
    """As for those it is assigned to: help comes from other teams."""
    team = make.team()
    policy = make.policy(teams=[reference("team", team)])
    incident = make.incident(make.service(policy))
    user, client = someone("observer")
    client.refused("PUT", f"/incidents/{incident['id']}", 403,
                   json={"incident": {"type": "incident", "status": "acknowledged"}})
    ask(api, owner, incident, target("user", user))
    client.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident", "status": "acknowledged"}}, expect=200)
    assert states(make, incident) == {user["id"]: "joined"}


def test_why_tells_of_requests(api, make, owner, someone, incident):
    user, client = someone("limited_user")
    stranger = make.user()
    ask(api, owner, incident, target("user", user), message="Bring coffee")
    told = api.get(f"/incidents/{incident['id']}/why")["why"]
    assert any(line["reason"] == "help_asked" and "Bring coffee" in line["sentence"] and owner["name"] in line["sentence"]
               for line in told["decisions"])
    assert user["id"] in [one["user"]["id"] for one in told["people"]]
    assert stranger["id"] not in [one["user"]["id"] for one in told["people"]]
    reply(client, incident, "declined")
    lines = api.get(f"/incidents/{incident['id']}/why")["why"]["decisions"]
    assert any(line["reason"] == "help_answered" and line["sentence"] == f"{user['name']} declined." for line in lines)
