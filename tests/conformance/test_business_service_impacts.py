"""Which business services open incidents impact, from which priority on, and what people say by hand."""

from __future__ import annotations

import pytest

from support.factory import reference

from .test_dependencies import UNKNOWN, associate, edge

THRESHOLDS = "/business_services/priority_thresholds"
BOTH_FIELDS = ["services.highest_impacting_priority", "total_impacted_count"]


@pytest.fixture
def priorities(api):
    """The highest first."""
    return api.get("/priorities")["priorities"]


@pytest.fixture
def shop(api, make):
    """A technical service, payments on it, and the shop on payments."""
    technical, payments, shop = make.service(), make.business_service(), make.business_service()
    associate(api, edge(technical, "service", payments, "business_service"),
              edge(payments, "business_service", shop, "business_service"))
    return technical, payments, shop


def impact(api, service, **params):
    found = api.get("/business_services/impacts", params={"ids[]": [service["id"]], **params})
    assert len(found["services"]) == 1 and found["more"] is False
    return found["services"][0]


def trouble(make, service, priority=None):
    return make.incident(service, **({"priority": reference("priority", priority)} if priority else {}))


def resolve(api, incident):
    api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", "status": "resolved"}})


def of_incident(api, incident):
    return {one["id"] for one in api.get(f"/incidents/{incident['id']}/business_services/impacts")["services"]}


def test_an_open_incident_with_a_priority_impacts_all_that_stands_on_its_service(api, make, priorities, shop):
    technical, payments, top = shop
    assert impact(api, top)["status"] == "not_impacted"
    minor = trouble(make, technical)
    assert impact(api, top)["status"] == "not_impacted" and of_incident(api, minor) == set()
    second, first = trouble(make, technical, priorities[1]), trouble(make, technical, priorities[0])
    for service in (payments, top):
        found = impact(api, service, **{"additional_fields[]": BOTH_FIELDS[0]})
        assert found["name"] == service["name"] and found["status"] == "impacted"
        highest = found["additional_fields"]["highest_impacting_priority"]
        assert highest == {"id": priorities[0]["id"], "order": priorities[0]["order"]}
    assert "additional_fields" not in impact(api, top)
    assert of_incident(api, first) == {payments["id"], top["id"]}
    impactors = api.get("/business_services/impactors", params={"ids[]": [top["id"]]})
    assert impactors["impactors"] == [{"id": one["id"], "type": "incident"} for one in (first, second)]
    resolve(api, first)
    assert of_incident(api, first) == set()
    found = impact(api, top, **{"additional_fields[]": BOTH_FIELDS[0]})
    assert found["additional_fields"]["highest_impacting_priority"]["id"] == priorities[1]["id"]
    resolve(api, second)
    assert impact(api, payments)["status"] == "not_impacted"


def test_the_impacted_come_first_and_only_the_top_is_listed_unless_asked(api, make, priorities, shop):
    technical, payments, top = shop
    quiet = make.business_service()
    trouble(make, technical, priorities[2])
    listed = api.get("/business_services/impacts", params={"additional_fields[]": BOTH_FIELDS})
    ids = [one["id"] for one in listed["services"]]
    assert top["id"] in ids and payments["id"] not in ids
    statuses = [one["status"] for one in listed["services"]]
    assert statuses == sorted(statuses) and ids.index(top["id"]) < ids.index(quiet["id"])
    assert listed["additional_fields"]["total_impacted_count"] == statuses.count("impacted")
    assert {one["id"] for one in api.get("/business_services/impactors")["impactors"]}
    path = f"/business_services/{top['id']}/supporting_services/impacts"
    supporting = api.get(path, params={"additional_fields[]": BOTH_FIELDS})
    assert [one["id"] for one in supporting["services"]] == [payments["id"]]
    assert supporting["additional_fields"]["total_impacted_count"] == 1
    assert api.get(path, params={"ids[]": [payments["id"]]})["services"][0]["status"] == "impacted"
    assert api.get(path, params={"ids[]": [quiet["id"]]})["services"] == []
    assert api.get(f"/business_services/{quiet['id']}/supporting_services/impacts")["services"] == []


def test_a_threshold_keeps_lesser_incidents_out(api, make, priorities, shop):
    technical, _, top = shop
    incident = trouble(make, technical, priorities[2])
    assert api.get(THRESHOLDS)["global_threshold"] is None
    try:
        wanted = {"id": priorities[1]["id"], "order": priorities[1]["order"]}
        assert api.put(THRESHOLDS, {"global_threshold": wanted})["global_threshold"] == wanted
        assert api.get(THRESHOLDS)["global_threshold"] == wanted
        assert impact(api, top)["status"] == "not_impacted"
        api.put(f"/incidents/{incident['id']}", {"incident": {
            "type": "incident_reference", "priority": reference("priority", priorities[1])}})
        assert impact(api, top)["status"] == "impacted"
    finally:
        api.delete(THRESHOLDS)
    assert api.get(THRESHOLDS)["global_threshold"] is None


@pytest.mark.parametrize("threshold", [
    None, {}, {"id": UNKNOWN, "order": 1}, {"id": "", "order": 1}, {"id": 5, "order": 1}, {"order": 1}])
def test_a_threshold_is_a_priority(api, threshold):
    api.refused("PUT", THRESHOLDS, 400, json={"global_threshold": threshold} if threshold is not None else {})


def test_a_threshold_says_both_id_and_order_of_one_priority(api, priorities):
    for wrong in ({"id": priorities[0]["id"]}, {"id": priorities[0]["id"], "order": priorities[1]["order"]},
                  {"id": priorities[0]["id"], "order": "high"}):
        api.refused("PUT", THRESHOLDS, 400, json={"global_threshold": wrong})


def test_people_put_an_incident_on_a_business_service_and_take_it_off(api, make, priorities, shop):
    technical, payments, top = shop
    other = make.incident()
    path = f"/incidents/{other['id']}/business_services/{payments['id']}/impacts"
    assert api.put(path, {"relation": "impacted"}) == {"relation": "impacted"}
    # It needs no priority, and passes on.
    assert of_incident(api, other) == {payments["id"], top["id"]}
    assert impact(api, top, **{"additional_fields[]": BOTH_FIELDS[0]})["additional_fields"] == {
        "highest_impacting_priority": None}
    assert api.get("/business_services/impactors", params={"ids[]": [top["id"]]})["impactors"][0]["id"] == other["id"]
    api.put(path, {"relation": "not_impacted"})
    assert impact(api, top)["status"] == "not_impacted"
    incident = trouble(make, technical, priorities[0])
    api.put(f"/incidents/{incident['id']}/business_services/{payments['id']}/impacts", {"relation": "not_impacted"})
    assert of_incident(api, incident) == set()
    api.put(f"/incidents/{incident['id']}/business_services/{top['id']}/impacts", {"relation": "impacted"})
    assert of_incident(api, incident) == {top["id"]}


def test_what_cannot_be_said_of_an_impact_is_refused(api, make, shop):
    incident, service = make.incident(), shop[1]
    path = f"/incidents/{incident['id']}/business_services/{service['id']}/impacts"
    for body in ({}, {"relation": "maybe"}, {"relation": 5}, {"relation": None}):
        api.refused("PUT", path, 400, json=body)
    api.refused("PUT", f"/incidents/{incident['id']}/business_services/{UNKNOWN}/impacts", 404, json={"relation": "impacted"})
    api.refused("PUT", f"/incidents/{UNKNOWN}/business_services/{service['id']}/impacts", 404, json={"relation": "impacted"})
    api.refused("GET", f"/incidents/{UNKNOWN}/business_services/impacts", 404)
    api.refused("GET", f"/business_services/{UNKNOWN}/supporting_services/impacts", 404)
    api.refused("GET", "/business_services/impacts", 400, params={"additional_fields[]": "everything"})
    assert api.get("/business_services/impacts", params={"ids[]": [UNKNOWN]})["services"] == []
