"""Standards and how well services meet them."""

from __future__ import annotations

import pytest

UNKNOWN = "PZZZZZZZZZZZZ9"
SCORES = "/standards/scores/technical_services"


@pytest.fixture
def standards(api):
    """All standards, and the same state again afterwards."""
    before = api.get("/standards")["standards"]
    yield before
    for one in before:
        api.put(f"/standards/{one['id']}", {"active": one["active"], "description": one["description"],
                                            "inclusions": one["inclusions"], "exclusions": one["exclusions"]})


def by_type(standards, kind):
    """The standard of one kind."""
    return next(one for one in standards if one["type"] == kind)


def test_standards_are_listed(api, standards):
    assert standards
    for one in standards:
        assert one["resource_type"] == "technical_service" and one["name"] and one["type"]
        assert isinstance(one["active"], bool) and isinstance(one["inclusions"], list) and isinstance(one["exclusions"], list)
    assert {"has_technical_service_description", "minimum_escalation_policy_rule_depth"} <= {one["type"] for one in standards}


def test_standards_are_found_by_activity_and_kind_of_resource(api, standards):
    api.put(f"/standards/{standards[0]['id']}", {"active": False})
    active = {one["id"] for one in api.get("/standards", params={"active": "true"})["standards"]}
    idle = {one["id"] for one in api.get("/standards", params={"active": "false"})["standards"]}
    assert standards[0]["id"] in idle and not active & idle and active | idle == {one["id"] for one in standards}
    everything = api.get("/standards", params={"resource_type": "technical_service"})["standards"]
    assert len(everything) == len(standards)


def test_a_standard_is_edited(api, make, standards):
    service = make.service()
    target = {"type": "technical_service_reference", "id": service["id"]}
    one = standards[0]
    after = api.put(f"/standards/{one['id']}", {"active": True, "description": "Because", "exclusions": [target]})
    assert after["description"] == "Because" and after["active"] is True and after["exclusions"] == [target]
    assert after["name"] == one["name"] and after["type"] == one["type"]
    assert target in by_type(api.get("/standards")["standards"], one["type"])["exclusions"]


@pytest.mark.parametrize("body", [{"active": "perhaps"}, {"inclusions": "all"}, {"exclusions": [{"id": UNKNOWN, "type": "castle"}]},
                                  {"values": {"regex": "("}}])
def test_what_a_standard_cannot_be_is_refused(api, standards, body):
    api.refused("PUT", f"/standards/{standards[0]['id']}", 400, json=body)


def test_an_unknown_standard_is_not_found(api):
    api.refused("PUT", f"/standards/{UNKNOWN}", 404, json={"active": True})


def test_a_service_is_scored(api, make, standards):
    described = by_type(standards, "has_technical_service_description")
    api.put(f"/standards/{described['id']}", {"active": True})
    good, bad = make.service(description="Takes the money"), make.service(description="")
    answers = {one["id"]: api.get(f"{SCORES}/{one['id']}") for one in (good, bad)}
    for service, passes in ((good, True), (bad, False)):
        score = answers[service["id"]]
        assert score["resource_id"] == service["id"] and score["resource_type"] == "technical_service"
        verdict = next(one for one in score["standards"] if one["id"] == described["id"])
        assert verdict["pass"] is passes and verdict["name"] and verdict["active"] is True
        counted = [one for one in score["standards"] if one["active"]]
        assert score["score"] == {"passing": sum(one["pass"] for one in counted), "total": len(counted)}


def test_many_services_are_scored_together(api, make):
    one, two = make.service(), make.service()
    joined = api.get(SCORES, params={"ids": f"{one['id']},{two['id']}"})["resources"]
    repeated = api.get(SCORES, params=[("ids", one["id"]), ("ids", two["id"])])["resources"]
    assert {score["resource_id"] for score in joined} == {one["id"], two["id"]}
    assert joined == repeated


def test_scores_need_ids(api):
    api.refused("GET", SCORES, 400)
    api.refused("GET", SCORES, 400, params={"ids": ",".join([UNKNOWN] * 101)})


def test_unknown_resources_have_no_score(api, make):
    api.refused("GET", f"{SCORES}/{UNKNOWN}", 404)
    api.call("GET", f"/standards/scores/castles/{make.service()['id']}", expect=(400, 404))
