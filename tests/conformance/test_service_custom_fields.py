"""Custom fields of services: fields, options, values."""

from __future__ import annotations

import pytest

FIELDS = "/services/custom_fields"


@pytest.fixture
def field(api):
    """Makes fields that are gone after the test: an account has room for few."""
    made = []

    def create(expect=201, **members):
        number = len(made) + 1
        body = {"name": f"field_{number}", "display_name": f"Field {number}", "data_type": "string",
                "field_type": "single_value", **members}
        made.append(api.post(FIELDS, {"field": body}, expect=expect)["field"])
        return made[-1]

    yield create
    for one in made:
        api.call("DELETE", f"{FIELDS}/{one['id']}", expect=(204, 404))


def option(value):
    return {"data": {"data_type": "string", "value": value}}


def values(answer):
    return {one["name"]: one["value"] for one in answer["custom_fields"]}


def test_a_field_lives_from_post_to_delete(api, reader, field):
    made = field(name="tier", display_name="Tier", description="How much it matters")
    assert made["enabled"] is True and made["field_options"] == [] and made["type"] == "field"
    path = f"{FIELDS}/{made['id']}"
    assert "field_options" not in api.get(path)["field"]
    assert api.get(path, params={"include[]": "field_options"})["field"] == made
    changed = api.put(path, {"field": {"display_name": "Tier of service", "enabled": False}})["field"]
    assert (changed["name"], changed["display_name"], changed["enabled"]) == ("tier", "Tier of service", False)
    assert [one["id"] for one in reader.get(FIELDS, params={"include[]": "field_options"})["fields"]] == [made["id"]]
    reader.refused("POST", FIELDS, 403, json={"field": {}})
    api.delete(path)
    api.refused("GET", path, 404)


@pytest.mark.parametrize("wrong", [
    {"name": "Tier"}, {"name": "a-b"}, {"name": ""}, {"name": "x" * 51}, {"display_name": ""}, {"data_type": "colour"},
    {"field_type": "some"}, {"data_type": "integer", "field_type": "multi_value"}, {"description": "x" * 1001},
    {"enabled": "yes"}, {"field_options": [option("a")]}, {"field_options": "a"},
    {"field_type": "single_value_fixed", "field_options": [option("a"), option("a")]},
    {"field_type": "single_value_fixed", "field_options": [option("a" * 201)]},
    {"field_type": "single_value_fixed", "field_options": [{}]},
    {"field_type": "single_value_fixed", "field_options": [{"data": {"data_type": "integer", "value": "1"}}]},
    {"field_type": "single_value_fixed", "field_options": [option(str(number)) for number in range(11)]},
])
def test_what_is_wrong_with_a_field_is_refused(api, wrong):
    body = {"name": "wrong", "display_name": "Wrong", "data_type": "string", "field_type": "single_value", **wrong}
    api.refused("POST", FIELDS, 400, json={"field": body})


def test_a_second_field_of_the_same_name_is_a_conflict(api, field):
    made = field(name="tier", display_name="Tier")
    for same in ({"name": "tier"}, {"display_name": "Tier"}):
        body = {"name": "other", "display_name": "Other", "data_type": "string", "field_type": "single_value", **same}
        api.call("POST", FIELDS, json={"field": body}, expect=409)
    other = field()
    api.call("PUT", f"{FIELDS}/{other['id']}", json={"field": {"display_name": made["display_name"]}}, expect=409)


def test_an_account_has_room_for_fifteen(api, field):
    for _ in range(15):
        field()
    refused = api.refused("POST", FIELDS, 400, json={"field": {
        "name": "one_more", "display_name": "One more", "data_type": "string", "field_type": "single_value"}})
    assert "limit" in str(refused).lower()


def test_options_are_made_changed_and_removed_one_by_one_and_together(api, field):
    made = field(field_type="single_value_fixed", field_options=[option("gold"), option("silver")])
    path = f"{FIELDS}/{made['id']}/field_options"
    gold, silver = api.get(path)["field_options"]
    assert (gold["data"]["value"], silver["data"]["value"]) == ("gold", "silver")
    bronze = api.post(path, {"field_option": option("bronze")})["field_option"]
    assert api.get(f"{path}/{bronze['id']}")["field_option"] == bronze
    assert api.put(f"{path}/{bronze['id']}", {"field_option": option("tin")})["field_option"]["data"]["value"] == "tin"
    api.refused("PUT", f"{path}/{bronze['id']}", 400, json={"field_option": option("gold")})
    api.refused("POST", path, 400, json={"field_option": {}})
    api.delete(f"{path}/{bronze['id']}")
    api.refused("GET", f"{path}/{bronze['id']}", 404)
    # With an id one changes, without one it is new, and what is not listed goes.
    replaced = api.put(f"{FIELDS}/{made['id']}", {"field": {"field_options": [
        {"id": silver["id"], **option("steel")}, option("copper")]}})["field"]["field_options"]
    assert [one["data"]["value"] for one in replaced] == ["steel", "copper"] and replaced[0]["id"] == silver["id"]
    api.refused("PUT", f"{FIELDS}/{made['id']}", 400, json={"field": {"field_options": [
        {"id": "PNOTHING", **option("x")}]}})
    assert api.put(f"{FIELDS}/{made['id']}", {"field": {"field_options": []}})["field"]["field_options"] == []


def test_values_are_set_by_id_or_name_and_cleared_by_null(api, reader, make, field):
    service = make.service()
    path = f"/services/{service['id']}/custom_fields/values"
    tier, many = field(name="tier"), field(name="many", field_type="multi_value")
    assert values(api.get(path)) == {"tier": None, "many": None}
    answer = api.call("PUT", path, expect=201, json={"custom_fields": [
        {"id": tier["id"], "value": "gold"}, {"name": "many", "value": ["a", "b"]}]}).body
    assert values(answer) == values(reader.get(path)) == {"tier": "gold", "many": ["a", "b"]}
    api.call("PUT", path, expect=201, json={"custom_fields": [{"name": "tier", "value": None}]})
    assert values(api.get(path)) == {"tier": None, "many": ["a", "b"]}
    assert values(api.get(f"/services/{make.service()['id']}/custom_fields/values")) == {"tier": None, "many": None}
    api.put(f"{FIELDS}/{many['id']}", {"field": {"enabled": False}})
    assert values(api.get(path)) == {"tier": None}
    api.refused("PUT", path, 400, json={"custom_fields": [{"name": "many", "value": []}]})
    reader.refused("PUT", path, 403, json={"custom_fields": []})


@pytest.mark.parametrize("members, good, bad", [
    ({"data_type": "boolean"}, False, "no"), ({"data_type": "integer"}, -3, 1.5), ({"data_type": "float"}, 1.5, "1"),
    ({"data_type": "url"}, "https://example.com", "javascript:alert(1)"),
    ({"data_type": "datetime"}, "2026-11-26T10:00:00Z", "yesterday"), ({}, "x" * 200, "x" * 201), ({}, "x", ["x"]),
    ({"field_type": "single_value_fixed", "field_options": [option("a")]}, "a", "b"),
    ({"field_type": "multi_value_fixed", "field_options": [option("a"), option("b")]}, ["b", "a"], ["a", "c"]),
    ({"field_type": "multi_value"}, ["a"], ["a", "a"]), ({"field_type": "multi_value"}, [], [str(n) for n in range(11)]),
])
def test_a_value_is_of_its_fields_kind(api, make, field, members, good, bad):
    path = f"/services/{make.service()['id']}/custom_fields/values"
    made, other = field(**members), field()
    api.call("PUT", path, expect=201, json={"custom_fields": [{"id": made["id"], "value": good}]})
    # All or nothing.
    api.refused("PUT", path, 400, json={"custom_fields": [
        {"id": other["id"], "value": "set"}, {"id": made["id"], "value": bad}]})
    assert values(api.get(path)) == {made["name"]: good, other["name"]: None}


def test_values_go_with_the_field(api, make, field):
    path = f"/services/{make.service()['id']}/custom_fields/values"
    made = field(name="tier")
    api.call("PUT", path, expect=201, json={"custom_fields": [{"id": made["id"], "value": "gold"}]})
    api.delete(f"{FIELDS}/{made['id']}")
    field(name="tier")
    assert values(api.get(path)) == {"tier": None}
    for wrong in ({"custom_fields": [{"name": "nothing", "value": 1}]}, {"custom_fields": [{"name": "tier"}]},
                  {"custom_fields": [{"value": 1}]}, {"custom_fields": "x"}, {}):
        api.refused("PUT", path, 400, json=wrong)
    api.refused("GET", "/services/PNOTHING/custom_fields/values", 404)
