"""Incident types: the one that every account has, and those that are made beside it, with fields of their own."""

from __future__ import annotations

import itertools
import os

import pytest


TYPES = "/incidents/types"
_numbers = itertools.count(1)


def unique(word: str) -> str:
    return f"{word} {next(_numbers)} of {os.getpid()}"


@pytest.fixture
def new_type(api):
    """Types stay: an account has room for fifty."""
    def create(**members):
        name = unique("type").replace(" ", "_")
        body = {"name": name, "display_name": unique("Security"), "parent_type": "incident_default", **members}
        return api.post(TYPES, {"incident_type": body}, expect=201)["incident_type"]

    return create


@pytest.fixture
def new_field(api):
    made = []

    def create(type_name, **members):
        name = unique("field").replace(" ", "_")
        path = f"{TYPES}/{type_name}/custom_fields"
        body = {"name": name, "display_name": unique("Field"), "data_type": "string", "field_type": "single_value", **members}
        field = api.post(path, {"field": body}, expect=201)["field"]
        made.append(f"{path}/{field['id']}")
        return field

    yield create
    for path in made:
        api.call("DELETE", path, expect=(204, 404))


def names(answer):
    return [one["name"] for one in answer["fields"]]


def values(api, incident):
    answer = api.get(f"/incidents/{incident['id']}/custom_fields/values")
    return {one["name"]: one["value"] for one in answer["custom_fields"]}


def test_the_default_type_is_there_by_id_and_by_name_and_stays_as_it_is(api):
    base = api.get(TYPES)["incident_types"][0]
    assert base["name"] == "incident_default" and base["enabled"] is True and base["parent"] is None
    api.refused("GET", TYPES, 400, params={"filter": "some"})
    for key in ("incident_default", base["id"]):
        assert api.get(f"{TYPES}/{key}")["incident_type"] == base
        api.refused("PUT", f"{TYPES}/{key}", 400, json={"incident_type": {"display_name": "Mine"}})
    api.refused("GET", f"{TYPES}/no_such_type", 404)
    api.refused("PUT", f"{TYPES}/no_such_type", 404, json={"incident_type": {}})


def test_a_type_is_made_changed_and_disabled(api, reader, new_type):
    base = api.get(TYPES)["incident_types"][0]
    made = new_type(description="What the security team looks at")
    assert made["type"] == "incident_type" and made["enabled"] is True
    assert made["parent"] == {"id": base["id"], "type": "incident_type_reference"}
    below = new_type(parent_type=made["id"])
    assert below["parent"]["id"] == made["id"]
    path = f"{TYPES}/{made['name']}"
    assert api.get(path)["incident_type"] == made == reader.get(f"{TYPES}/{made['id']}")["incident_type"]
    reader.refused("POST", TYPES, 403, json={"incident_type": {}})
    reader.refused("PUT", path, 403, json={"incident_type": {}})

    name = unique("Renamed")
    changed = api.put(path, {"incident_type": {"display_name": name, "enabled": False, "name": "other"}})["incident_type"]
    assert (changed["display_name"], changed["enabled"], changed["name"]) == (name, False, made["name"])
    listed = {which: [one["id"] for one in api.get(TYPES, params={"filter": which})["incident_types"]]
              for which in ("enabled", "disabled", "all")}
    assert made["id"] in listed["disabled"] and made["id"] not in listed["enabled"]
    assert set(listed["all"]) == {*listed["enabled"], *listed["disabled"]}
    assert [one["id"] for one in api.get(TYPES)["incident_types"]] == listed["enabled"]


@pytest.mark.parametrize("wrong, problem", [
    ({"name": ""}, "Name can't be blank"), ({"name": "Security"}, "Name"), ({"name": "x" * 51}, "Name"),
    ({"name": "my_default"}, "Name"), ({"name": "incident_default"}, "Name"),
    ({"display_name": ""}, "Display name"), ({"display_name": "x" * 51}, "Display name"),
    ({"display_name": "PagerDuty things"}, "Display name"), ({"display_name": "default one"}, "Display name"),
    ({"display_name": "Base Incident"}, "Display name"), ({"parent_type": "nothing"}, "Parent type"), ({"parent_type": None}, "Parent type"),
    ({"description": "x" * 1001}, "Description"), ({"enabled": "yes"}, "Enabled"),
])
def test_what_is_wrong_with_a_type_is_refused(api, wrong, problem):
    body = {"name": "fraud", "display_name": "Fraud", "parent_type": "incident_default", **wrong}
    assert problem in str(api.refused("POST", TYPES, 400, json={"incident_type": body}))
    assert api.call("GET", f"{TYPES}/fraud").status == 404


def test_two_types_do_not_have_one_name(api, new_type):
    made = new_type()
    for same in ({"name": made["name"]}, {"display_name": made["display_name"]}):
        body = {"name": "another_one", "display_name": "Another one", "parent_type": "incident_default", **same}
        assert "already been taken" in str(api.refused("POST", TYPES, 400, json={"incident_type": body}))


def test_incidents_have_a_type_and_change_it(api, make, new_type):
    security, fraud, old = new_type(), new_type(), new_type(enabled=False)
    service = make.service()
    incident = api.post("/incidents", {"incident": {
        "type": "incident", "title": "Odd log-ins", "service": {"id": service["id"], "type": "service_reference"},
        "incident_type": {"name": security["name"]}}}, expect=201)["incident"]
    assert incident["incident_type"] == {"name": security["name"]}
    path = f"/incidents/{incident['id']}"
    changed = api.put(path, {"incident": {"type": "incident_reference", "incident_type": {"name": fraud["name"]}}})["incident"]
    assert changed["incident_type"] == {"name": fraud["name"]} == api.get(path)["incident"]["incident_type"]
    same = api.put(path, {"incident": {"type": "incident_reference", "title": "Odder"}})["incident"]
    assert same["incident_type"] == {"name": fraud["name"]}
    for wrong in (old["name"], "no_such_type"):
        api.refused("PUT", path, 400, json={"incident": {"type": "incident_reference", "incident_type": {"name": wrong}}})
    api.refused("POST", "/incidents", 400, json={"incident": {
        "type": "incident", "title": "x", "service": {"id": service["id"], "type": "service_reference"}, "incident_type": {"name": old["name"]}}})
    assert make.incident()["incident_type"] == {"name": "incident_default"}


def test_fields_of_a_type_are_those_of_its_incidents_and_of_types_below(api, make, new_type, new_field):
    parent = new_type()
    child = new_type(parent_type=parent["name"])
    everywhere = new_field("incident_default")
    above = new_field(parent["name"], default_value="unknown")
    own = new_field(child["name"])
    assert above["incident_type"] == parent["id"] and own["incident_type"] == child["id"]
    assert names(api.get(f"{TYPES}/{child['name']}/custom_fields"))[-3:] == [everywhere["name"], above["name"], own["name"]]
    assert own["name"] not in names(api.get(f"{TYPES}/{parent['id']}/custom_fields"))
    assert not {own["name"], above["name"]} & {*names(api.get("/incidents/custom_fields")), *names(api.get(f"{TYPES}/incident_default/custom_fields"))}

    through_child = f"{TYPES}/{child['name']}/custom_fields/{above['id']}"
    shown = api.get(through_child)["field"]
    assert shown["incident_type"] == parent["id"] and f"/types/{parent['id']}/" in shown["self"]
    assert "type above" in str(api.refused("PUT", through_child, 400, json={"field": {"display_name": "x"}}))
    api.refused("DELETE", through_child, 400)
    api.refused("GET", f"{TYPES}/{parent['name']}/custom_fields/{own['id']}", 404)
    api.refused("GET", f"/incidents/custom_fields/{own['id']}", 404)

    plain = make.incident()
    assert {own["name"], above["name"]}.isdisjoint(values(api, plain))
    path = f"/incidents/{plain['id']}/custom_fields/values"
    refused = api.refused("PUT", path, 400, json={"custom_fields": [{"name": own["name"], "value": "a"}]})
    assert "no field of this incident's type" in str(refused)

    api.put(f"/incidents/{plain['id']}", {"incident": {"type": "incident_reference", "incident_type": {"name": child["name"]}}})
    assert values(api, plain)[above["name"]] == "unknown", "what an incident of this type begins with"
    api.put(path, {"custom_fields": [{"name": own["name"], "value": "a"}, {"id": above["id"], "value": "known"}]}, expect=201)
    got = values(api, plain)
    assert (got[own["name"]], got[above["name"]], got[everywhere["name"]]) == ("a", "known", None)
    api.put(f"/incidents/{plain['id']}", {"incident": {"type": "incident_reference", "incident_type": {"name": parent["name"]}}})
    got = values(api, plain)
    assert own["name"] not in got and got[above["name"]] == "known", "what was said stays"
