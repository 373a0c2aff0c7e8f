"""Business services and what depends on what."""

from __future__ import annotations

import pytest

from support.client import unique

UNKNOWN = "PZZZZZZZZZZZZ9"


def edge(supporting, supporting_kind, dependent, dependent_kind):
    """One relationship as clients send it."""
    return {"supporting_service": {"id": supporting["id"], "type": supporting_kind},
            "dependent_service": {"id": dependent["id"], "type": dependent_kind}}


def associate(api, *edges):
    """The relationships that were made."""
    return api.post("/service_dependencies/associate", {"relationships": list(edges)}, expect=200)["relationships"]


# ---- business services ---------------------------------------------------------------------------------


def test_a_business_service_lives_its_life(api, make):
    team = make.team()
    service = make.business_service(description="Sells", point_of_contact="Sam", team={"id": team["id"]})
    assert service["type"] == "business_service" and service["summary"] == service["name"] and service["html_url"] is None
    assert service["team"]["id"] == team["id"] and service["point_of_contact"] == "Sam"
    path = f"/business_services/{service['id']}"
    assert api.get(path)["business_service"] == service
    changed = api.put(path, {"business_service": {"description": "Sells more"}})["business_service"]
    assert (changed["description"], changed["name"]) == ("Sells more", service["name"])
    assert service["id"] in {one["id"] for one in api.every("/business_services", "business_services")}
    api.delete(path)
    api.refused("GET", path, 404)
    api.refused("PUT", path, 404, json={"business_service": {"name": "x"}})
    api.refused("DELETE", path, 404)


@pytest.mark.parametrize("change", [{"name": None}, {"name": ""}, {"team": {"id": UNKNOWN}}])
def test_what_a_business_service_cannot_be_is_refused(api, change):
    api.call("POST", "/business_services", json={"business_service": {"name": unique("B"), **change}}, expect=(400, 404))


def test_a_business_service_can_be_patched(api, make):
    """Old clients send PATCH."""
    service = make.business_service()
    done = api.call("PATCH", f"/business_services/{service['id']}", json={"business_service": {"description": "d"}}, expect=200)
    assert done.body["business_service"]["description"] == "d"


# ---- relationships -------------------------------------------------------------------------------------


def test_a_technical_service_supports_a_business_service(api, make):
    technical, business = make.service(), make.business_service()
    made = associate(api, edge(technical, "service", business, "business_service"))
    assert made[0]["type"] == "service_dependency" and made[0]["id"].startswith("D")
    assert made[0]["supporting_service"] == {"id": technical["id"], "type": "technical_service_reference"}
    assert made[0]["dependent_service"] == {"id": business["id"], "type": "business_service_reference"}
    for path in (f"/service_dependencies/technical_services/{technical['id']}",
                 f"/service_dependencies/business_services/{business['id']}"):
        assert api.get(path)["relationships"] == made


def test_both_directions_are_shown_but_only_the_nearest(api, make):
    bottom, middle, top = make.service(), make.service(), make.business_service()
    made = associate(api, edge(bottom, "technical_service_reference", middle, "technical_service_reference"),
                     edge(middle, "technical_service", top, "business_service_reference"))
    around = api.get(f"/service_dependencies/technical_services/{middle['id']}")["relationships"]
    assert {one["id"] for one in around} == {one["id"] for one in made}
    below = api.get(f"/service_dependencies/technical_services/{bottom['id']}")["relationships"]
    assert [one["id"] for one in below] == [made[0]["id"]]


def test_a_relationship_is_taken_away(api, make):
    technical, business = make.service(), make.business_service()
    made = associate(api, edge(technical, "service_reference", business, "business_service_reference"))
    gone = api.post("/service_dependencies/disassociate", {"relationships": [
        edge(technical, "technical_service_reference", business, "business_service_reference")]}, expect=200)["relationships"]
    assert [one["id"] for one in gone] == [made[0]["id"]]
    assert api.get(f"/service_dependencies/business_services/{business['id']}")["relationships"] == []


def test_the_same_relationship_twice_is_one(api, make):
    technical, business = make.service(), make.business_service()
    one = edge(technical, "service", business, "business_service")
    assert associate(api, one)[0]["id"] == associate(api, one)[0]["id"]
    assert len(api.get(f"/service_dependencies/technical_services/{technical['id']}")["relationships"]) == 1


def test_circles_are_refused(api, make):
    one, two, three = make.service(), make.service(), make.service()
    kind = "technical_service_reference"
    associate(api, edge(one, kind, two, kind), edge(two, kind, three, kind))
    for wrong in (edge(three, kind, one, kind), edge(one, kind, one, kind)):
        api.refused("POST", "/service_dependencies/associate", 400, json={"relationships": [wrong]})


def test_unknown_services_are_not_found_with_their_own_code(api, make):
    business = make.business_service()
    wrong = edge({"id": UNKNOWN}, "technical_service_reference", business, "business_service_reference")
    api.refused("POST", "/service_dependencies/associate", 404, code=404, message="Service Not Found", errors=[],
                json={"relationships": [wrong]})
    for kind in ("technical_services", "business_services"):
        api.refused("GET", f"/service_dependencies/{kind}/{UNKNOWN}", 404, code=404, message="Service Not Found", errors=[])


def test_a_deleted_service_takes_its_relationships_along(api, make):
    technical, business = make.service(), make.business_service()
    associate(api, edge(technical, "service", business, "business_service"))
    api.delete(f"/services/{technical['id']}")
    assert api.get(f"/service_dependencies/business_services/{business['id']}")["relationships"] == []


@pytest.mark.parametrize("body", [{}, {"relationships": {}}, {"relationships": [{}]}, {"relationships": ["x"]},
                                  {"relationships": [{"supporting_service": {"id": UNKNOWN, "type": "castle"},
                                                      "dependent_service": {"id": UNKNOWN, "type": "castle"}}]}])
def test_bodies_that_name_no_relationship_are_refused(api, body):
    api.call("POST", "/service_dependencies/associate", json=body, expect=(400, 404))
