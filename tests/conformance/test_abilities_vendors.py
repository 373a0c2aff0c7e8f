"""Static catalogues: abilities, vendors, priorities, licences."""

from __future__ import annotations

import pytest


def test_abilities_are_a_list_of_names(api):
    abilities = api.get("/abilities")["abilities"]
    assert abilities and all(isinstance(name, str) for name in abilities)
    assert len(abilities) == len(set(abilities))


def test_abilities_name_what_clients_ask_for(api):
    """Backstage offers alert grouping only when both grouping abilities are present."""
    abilities = set(api.get("/abilities")["abilities"])
    assert {"teams", "urgencies", "service_support_hours",
            "preview_intelligent_alert_grouping", "time_based_alert_grouping"} <= abilities


def test_an_ability_that_is_there_answers_204(api):
    api.call("GET", "/abilities/teams", expect=204)


def test_an_ability_that_nobody_knows_is_not_found(api):
    api.refused("GET", "/abilities/levitation", 404)


def test_vendors_are_listed_and_read_one_by_one(api):
    vendors = list(api.every("/vendors", "vendors"))
    assert vendors
    one = api.get(f"/vendors/{vendors[0]['id']}")["vendor"]
    assert one["id"] == vendors[0]["id"] and one["type"] == "vendor" and one["summary"] == one["name"]


def test_the_vendor_that_backstage_has_hard_coded_exists(api):
    vendor = api.get("/vendors/PRO19CT")["vendor"]
    assert "backstage" in vendor["name"].lower()


def test_vendors_are_found_by_name(api):
    """Terraform sends this query and reads only the first page."""
    name = api.get("/vendors/PRO19CT")["vendor"]["name"]
    found = api.get("/vendors", params={"query": name.upper()})["vendors"]
    assert any(vendor["id"] == "PRO19CT" for vendor in found)
    assert api.get("/vendors", params={"query": "no vendor has this name"})["vendors"] == []


def test_priorities_come_highest_first(api):
    priorities = api.get("/priorities")["priorities"]
    assert [priority["name"] for priority in priorities] == ["P1", "P2", "P3", "P4", "P5"]
    for priority in priorities:
        assert priority["type"] == "priority" and priority["summary"] == priority["name"]


def test_licenses_list_roles_and_counts(api):
    licenses = api.get("/licenses")["licenses"]
    assert licenses
    for licence in licenses:
        assert licence["valid_roles"] and licence["role_group"] in ("FullUser", "Stakeholder")
        assert licence["current_value"] >= 0
        assert licence["allocations_available"] is None or licence["allocations_available"] >= 0


def test_license_allocations_name_every_user(api, make):
    user = make.user()
    allocations = list(api.every("/license_allocations", "license_allocations"))
    mine = [one for one in allocations if one["user"]["id"] == user["id"]]
    assert len(mine) == 1 and mine[0]["license"]["id"] and mine[0]["allocated_at"]
    first = api.get("/license_allocations", params={"limit": 1, "offset": 1})["license_allocations"]
    assert [one["user"]["id"] for one in first] == [allocations[1]["user"]["id"]]


def test_every_user_has_a_license(api, make):
    """Terraform reads it on every read of a user."""
    user = make.user()
    licence = api.get(f"/users/{user['id']}/license")["license"]
    assert licence["id"] in {known["id"] for known in api.get("/licenses")["licenses"]}
    assert user["role"] in licence["valid_roles"]


@pytest.mark.parametrize("path", ["/vendors", "/priorities", "/abilities", "/licenses"])
def test_catalogues_cannot_be_written(api, path):
    api.call("DELETE", path, expect=(404, 405))
