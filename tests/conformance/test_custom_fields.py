"""Custom fields of services and of incidents: fields, options, values."""

from __future__ import annotations

import pytest

SERVICES = "/services/custom_fields"
INCIDENTS = "/incidents/custom_fields"
TYPED = "/incidents/types/incident_default/custom_fields"
LIMITS = {SERVICES: 15, INCIDENTS: 10, TYPED: 10}


@pytest.fixture(params=[SERVICES, INCIDENTS, TYPED])
def fields(request) -> str:
    """Where the fields of one subject are; the last two are the same fields."""
    return request.param


@pytest.fixture
def values_of(fields, make) -> str:
    """The values of a new service or incident."""
    if fields == SERVICES:
        return f"/services/{make.service()['id']}/custom_fields/values"
    return f"/incidents/{make.incident()['id']}/custom_fields/values"


@pytest.fixture
def field(api, fields):
    """Makes fields that are gone after the test: an account has room for few."""
    made = []

    def create(expect=201, **members):
        number = len(made) + 1
        body = {"name": f"field_{number}", "display_name": f"Field {number}", "data_type": "string",
                "field_type": "single_value", **members}
        made.append(api.post(fields, {"field": body}, expect=expect)["field"])
        return made[-1]

    yield create
    for one in made:
        api.call("DELETE", f"{fields}/{one['id']}", expect=(204, 404))


def option(value):
    return {"data": {"data_type": "string", "value": value}}


def values(answer):
    return {one["name"]: one["value"] for one in answer["custom_fields"]}


def test_a_field_lives_from_post_to_delete(api, reader, fields, field):
    made = field(name="tier", display_name="Tier", description="How much it matters")
    assert made["enabled"] is True and made["field_options"] == [] and made["type"] == "field"
    path = f"{fields}/{made['id']}"
    assert "field_options" not in api.get(path)["field"]
    assert api.get(path, params={"include[]": "field_options"})["field"] == made
    changed = api.put(path, {"field": {"display_name": "Tier of service", "enabled": False}})["field"]
    assert (changed["name"], changed["display_name"], changed["enabled"]) == ("tier", "Tier of service", False)
    assert [one["id"] for one in reader.get(fields, params={"include[]": "field_options"})["fields"]] == [made["id"]]
    reader.refused("POST", fields, 403, json={"field": {}})
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
def test_what_is_wrong_with_a_field_is_refused(api, fields, wrong):
    body = {"name": "wrong", "display_name": "Wrong", "data_type": "string", "field_type": "single_value", **wrong}
    api.refused("POST", fields, 400, json={"field": body})


def test_a_second_field_of_the_same_name_is_a_conflict(api, fields, field):
    made = field(name="tier", display_name="Tier")
    for same in ({"name": "tier"}, {"display_name": "Tier"}):
        body = {"name": "other", "display_name": "Other", "data_type": "string", "field_type": "single_value", **same}
        api.call("POST", fields, json={"field": body}, expect=409)
    other = field()
    api.call("PUT", f"{fields}/{other['id']}", json={"field": {"display_name": made["display_name"]}}, expect=409)


def test_an_account_has_room_for_so_many(api, fields, field):
    for _ in range(LIMITS[fields]):
        field()
    refused = api.refused("POST", fields, 400, json={"field": {
        "name": "one_more", "display_name": "One more", "data_type": "string", "field_type": "single_value"}})
    assert "limit" in str(refused).lower()


def test_options_are_made_changed_and_removed_one_by_one_and_together(api, fields, field):
    made = field(field_type="single_value_fixed", field_options=[option("gold"), option("silver")])
    path = f"{fields}/{made['id']}/field_options"
    gold, silver = api.get(path)["field_options"]
    assert (gold["data"]["value"], silver["data"]["value"]) == ("gold", "silver")
    bronze = api.post(path, {"field_option": option("bronze")})["field_option"]
    one_by_one = fields != INCIDENTS  # There the description has no read of one.
    if one_by_one:
        assert api.get(f"{path}/{bronze['id']}")["field_option"] == bronze
    assert api.put(f"{path}/{bronze['id']}", {"field_option": option("tin")})["field_option"]["data"]["value"] == "tin"
    api.refused("PUT", f"{path}/{bronze['id']}", 400, json={"field_option": option("gold")})
    api.refused("POST", path, 400, json={"field_option": {}})
    api.delete(f"{path}/{bronze['id']}")
    if one_by_one:
        api.refused("GET", f"{path}/{bronze['id']}", 404)
    assert bronze["id"] not in [one["id"] for one in api.get(path)["field_options"]]
    # With an id one changes, without one it is new, and what is not listed goes.
    replaced = api.put(f"{fields}/{made['id']}", {"field": {"field_options": [
        {"id": silver["id"], **option("steel")}, option("copper")]}})["field"]["field_options"]
    assert [one["data"]["value"] for one in replaced] == ["steel", "copper"] and replaced[0]["id"] == silver["id"]
    api.refused("PUT", f"{fields}/{made['id']}", 400, json={"field": {"field_options": [
        {"id": "PNOTHING", **option("x")}]}})
    assert api.put(f"{fields}/{made['id']}", {"field": {"field_options": []}})["field"]["field_options"] == []


def test_values_are_set_by_id_or_name_and_cleared_by_null(api, reader, make, fields, field, values_of):
    path = values_of
    tier, many = field(name="tier"), field(name="many", field_type="multi_value")
    assert values(api.get(path)) == {"tier": None, "many": None}
    answer = api.call("PUT", path, expect=201, json={"custom_fields": [
        {"id": tier["id"], "value": "gold"}, {"name": "many", "value": ["a", "b"]}]}).body
    assert values(answer) == values(reader.get(path)) == {"tier": "gold", "many": ["a", "b"]}
    api.call("PUT", path, expect=201, json={"custom_fields": [{"name": "tier", "value": None}]})
    assert values(api.get(path)) == {"tier": None, "many": ["a", "b"]}
    other = f"/services/{make.service()['id']}" if fields == SERVICES else f"/incidents/{make.incident()['id']}"
    assert values(api.get(f"{other}/custom_fields/values")) == {"tier": None, "many": None}
    api.put(f"{fields}/{many['id']}", {"field": {"enabled": False}})
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
def test_a_value_is_of_its_fields_kind(api, field, values_of, members, good, bad):
    path = values_of
    made, other = field(**members), field()
    api.call("PUT", path, expect=201, json={"custom_fields": [{"id": made["id"], "value": good}]})
    # All or nothing.
    api.refused("PUT", path, 400, json={"custom_fields": [
        {"id": other["id"], "value": "set"}, {"id": made["id"], "value": bad}]})
    assert values(api.get(path)) == {made["name"]: good, other["name"]: None}


def test_values_go_with_the_field(api, fields, field, values_of):
    path = values_of
    made = field(name="tier")
    api.call("PUT", path, expect=201, json={"custom_fields": [{"id": made["id"], "value": "gold"}]})
    api.delete(f"{fields}/{made['id']}")
    field(name="tier")
    assert values(api.get(path)) == {"tier": None}
    for wrong in ({"custom_fields": [{"name": "nothing", "value": 1}]}, {"custom_fields": [{"name": "tier"}]},
                  {"custom_fields": [{"value": 1}]}, {"custom_fields": "x"}, {}):
        api.refused("PUT", path, 400, json=wrong)
    api.refused("GET", f"/{'services' if fields == SERVICES else 'incidents'}/PNOTHING/custom_fields/values", 404)


def test_fields_of_the_other_subject_are_not_there(api, make, fields, field, values_of):
    made = field(name="tier")
    if fields == SERVICES:
        api.refused("GET", f"{INCIDENTS}/{made['id']}", 404)
        api.refused("GET", f"{TYPED}/{made['id']}", 404)
    else:
        api.refused("GET", f"{SERVICES}/{made['id']}", 404)
        for same in (INCIDENTS, TYPED):
            assert api.get(f"{same}/{made['id']}")["field"]["name"] == "tier"
            assert [one["name"] for one in api.get(same, params={"include[]": "field_options"})["fields"]] == ["tier"]
    other = f"/incidents/{make.incident()['id']}" if fields == SERVICES else f"/services/{make.service()['id']}"
    api.refused("PUT", f"{other}/custom_fields/values", 400, json={"custom_fields": [{"id": made["id"], "value": "x"}]})


def test_a_type_that_is_not_there_has_no_fields(api, field):
    made = field()
    typed = "/incidents/types/nothing/custom_fields"
    for path in (typed, f"{typed}/{made['id']}", f"{typed}/{made['id']}/field_options"):
        api.refused("GET", path, 404)
    api.refused("POST", typed, 404, json={"field": {}})


only_incidents = pytest.mark.parametrize("fields", [INCIDENTS, TYPED], indirect=True)


@only_incidents
def test_an_incident_begins_with_the_default_values(api, make, fields, field):
    service = make.service()
    key = make.routing_key(service)
    before = make.incident(service)
    field(name="environment", default_value="production")
    field(name="colours", field_type="multi_value_fixed", field_options=[option("red"), option("blue")], default_value=["red"])
    field(name="rank", data_type="integer", default_value=3)
    silent = field(name="silent")
    assert silent["default_value"] is None
    for incident in (make.incident(service), make.alerted(key)):
        assert values(api.get(f"/incidents/{incident['id']}/custom_fields/values")) == {
            "environment": "production", "colours": ["red"], "rank": 3, "silent": None}
    assert set(values(api.get(f"/incidents/{before['id']}/custom_fields/values")).values()) == {None}


@only_incidents
@pytest.mark.parametrize("members, bad", [
    ({}, 5), ({"data_type": "integer"}, "5"), ({"field_type": "single_value_fixed", "field_options": [option("a")]}, "b"),
    ({"field_type": "multi_value"}, "a"), ({"data_type": "url"}, "nowhere"),
])
def test_a_default_is_a_value_of_its_field(api, fields, field, members, bad):
    body = {"name": "wrong", "display_name": "Wrong", "data_type": "string", "field_type": "single_value", **members}
    refused = api.refused("POST", fields, 400, json={"field": {**body, "default_value": bad}})
    assert any(sentence.startswith("Default value") for sentence in refused["errors"])
    made = field(**members)
    api.refused("PUT", f"{fields}/{made['id']}", 400, json={"field": {"default_value": bad}})
    assert api.put(f"{fields}/{made['id']}", {"field": {"default_value": None}})["field"]["default_value"] is None


@only_incidents
def test_a_change_of_values_stands_in_the_log_and_in_the_incident(api, make, fields, field):
    incident = make.incident()
    field(name="environment", display_name="Environment")
    field(name="parts", display_name="Parts", field_type="multi_value")
    api.call("PUT", f"/incidents/{incident['id']}/custom_fields/values", expect=201, json={"custom_fields": [
        {"name": "environment", "value": "staging"}, {"name": "parts", "value": ["db", "web"]}]})
    entry = next(one for one in make.log(incident) if one["type"] == "custom_field_value_change_log_entry")
    assert entry["note"] == "Environment: staging. Parts: db, web"
    whole = api.get(f"/incidents/{incident['id']}", params={"include[]": "custom_fields"})["incident"]
    assert values(whole) == {"environment": "staging", "parts": ["db", "web"]}
    count = len(make.log(incident))
    api.call("PUT", f"/incidents/{incident['id']}/custom_fields/values", expect=201, json={"custom_fields": []})
    assert len(make.log(incident)) == count
