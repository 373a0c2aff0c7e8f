"""Extensions: what is told elsewhere of the incidents of services. What they send is told in tests/sending."""

from __future__ import annotations

import pytest

from support.client import unique
from support.factory import reference


@pytest.fixture(scope="module")
def schemas(api) -> dict:
    """By key."""
    return {one["key"]: one for one in api.get("/extension_schemas", params={"limit": 100})["extension_schemas"]}


def described(schema: dict, services: list, **members) -> dict:
    return {"extension": {"type": "extension", "name": unique("Extension"), "extension_schema": reference("extension_schema", schema),
                          "extension_objects": [reference("service", one) for one in services], **members}}


def webhook(schemas, services, **members) -> dict:
    return described(schemas["generic_v2_webhook"], services, endpoint_url="https://hooks.example.com/x", **members)


@pytest.fixture
def extension(api, make, schemas):
    return api.post("/extensions", webhook(schemas, [make.service()]), expect=201)["extension"]


def test_schemas_are_listed_and_read(api, schemas):
    assert set(schemas) == {"generic_v2_webhook", "slack", "microsoft_teams", "telegram", "mattermost"}
    slack = schemas["slack"]
    assert api.get(f"/extension_schemas/{slack['id']}")["extension_schema"] == slack
    page = api.get("/extension_schemas", params={"limit": 2, "offset": 1, "total": "true"})
    assert len(page["extension_schemas"]) == 2 and page["total"] == 5 and page["more"] is True
    api.refused("GET", "/extension_schemas/PNOBODY0000000", 404)


def test_a_configuration_is_read_back_however_deep_it_was(api, make, schemas):
    config = 1
    for _ in range(50):
        config = {"a": config}
    made = api.post("/extensions", webhook(schemas, [make.service()], config=config), expect=201)["extension"]
    assert made["config"] == config and api.get(f"/extensions/{made['id']}")["extension"]["config"] == config


def test_an_extension_is_kept_as_it_was_given(api, make, schemas):
    services = [make.service(), make.service()]
    config = {"headers": [{"name": "X-Token", "value": "hush"}], "notify_types": {"resolve": False}, "restrict": "any"}
    made = api.post("/extensions", webhook(schemas, services, config=config), expect=201)["extension"]
    assert made["endpoint_url"] == "https://hooks.example.com/x" and made["config"] == config
    assert [one["id"] for one in made["extension_objects"]] == [one["id"] for one in services]
    assert made["extension_schema"]["id"] == schemas["generic_v2_webhook"]["id"] and made["temporarily_disabled"] is False
    assert api.get(f"/extensions/{made['id']}")["extension"] == made
    api.refused("GET", f"/webhook_subscriptions/{made['id']}", 404)
    listed = api.get("/webhook_subscriptions", params={"limit": 100})["webhook_subscriptions"]
    assert made["endpoint_url"] not in [one["delivery_method"]["url"] for one in listed if one["description"] == made["name"]]


@pytest.mark.parametrize("what, member", [
    ("extension_objects", ("extension_objects", 0)), ("extension_schemas", ("extension_schema",)),
    ("temporarily_disabled", ())])
def test_what_it_names_can_be_included(api, extension, what, member):
    shown = api.get(f"/extensions/{extension['id']}", params={"include[]": what})["extension"]
    for step in member:
        shown = shown[step]
    if member:
        assert not shown["type"].endswith("_reference")
    if what != "temporarily_disabled":
        assert api.get("/extensions", params={"include[]": what, "limit": 1})["extensions"]


def test_a_list_is_narrowed_and_paged(api, make, schemas):
    service = make.service()
    of_service = [api.post("/extensions", webhook(schemas, [service]), expect=201)["extension"] for _ in range(2)]
    slack = api.post("/extensions", described(schemas["slack"], [service], config={"channel": "C024BE91L"}), expect=201)["extension"]
    names = lambda **params: {one["name"] for one in api.get("/extensions", params={"limit": 100, **params})["extensions"]}
    assert names(extension_object_id=service["id"]) == {one["name"] for one in [*of_service, slack]}
    assert names(extension_object_id=service["id"], extension_schema_id=schemas["slack"]["id"]) == {slack["name"]}
    assert names(query=slack["name"].upper()) == {slack["name"]}
    assert names(extension_object_id="PNOBODY0000000") == set()
    page = api.get("/extensions", params={"limit": 1, "offset": 1, "total": "true", "extension_object_id": service["id"]})
    assert len(page["extensions"]) == 1 and page["total"] == 3 and page["more"] is True


def test_all_but_the_schema_can_be_changed(api, make, schemas, extension):
    other = make.service()
    path = f"/extensions/{extension['id']}"
    changed = api.put(path, {"extension": {"name": "elsewhere", "endpoint_url": "https://other.example.com",
                                           "extension_objects": [reference("service", other)]}})["extension"]
    assert changed["name"] == "elsewhere" and changed["endpoint_url"] == "https://other.example.com"
    assert [one["id"] for one in changed["extension_objects"]] == [other["id"]]
    refused = api.refused("PUT", path, 400, json={"extension": {"extension_schema": reference("extension_schema", schemas["slack"])}})
    assert "Extension schema cannot be changed" in refused["errors"]


def test_one_that_is_deleted_is_gone(api, extension):
    path = f"/extensions/{extension['id']}"
    assert api.post(f"{path}/enable", expect=200)["extension"]["id"] == extension["id"]
    api.delete(path)
    for verb, tail in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/enable")):
        api.refused(verb, path + tail, 404, json={"extension": {}} if verb == "PUT" else None)


@pytest.mark.parametrize("schema, members, problem", [
    ("generic_v2_webhook", {}, "Endpoint url can't be blank"),
    ("generic_v2_webhook", {"endpoint_url": "ftp://x"}, "Endpoint url must be an http or https URL"),
    ("generic_v2_webhook", {"endpoint_url": "https://x.example.com", "config": {"headers": [{"name": "Host", "value": "x"}]}},
     "Config Headers cannot have \"Host\""),
    ("slack", {}, "Config Channel can't be blank"),
    ("slack", {"config": {"channel": "#general"}}, "Config Channel must be the id of a member or a channel, as U024BE7LH"),
    ("telegram", {"config": {"channel": "@ops"}}, "Config Channel must be the number of a chat, as 123456789"),
    ("microsoft_teams", {"endpoint_url": "nowhere"}, "Endpoint url must be an http or https URL"),
    ("mattermost", {"endpoint_url": "https://x.example.com", "config": {"notify_types": {"resolve": "no"}}},
     "Config Notify types Resolve must be true or false"),
    ("slack", {"config": {"channel": "C024BE91L", "filler": "x" * 20_000}}, "Config is too long"),
])
def test_what_would_not_work_is_named(api, make, schemas, schema, members, problem):
    refused = api.refused("POST", "/extensions", 400, json=described(schemas[schema], [make.service()], **members))
    assert problem in refused["errors"], refused


def test_an_extension_needs_a_name_a_schema_and_services(api, schemas, make):
    refused = api.refused("POST", "/extensions", 400, json={"extension": {"type": "extension"}})
    assert set(refused["errors"]) == {"Name can't be blank", "Extension schema can't be blank", "Extension objects can't be blank"}
    wrong = webhook(schemas, [], extension_objects=[{"id": "PNOBODY0000000", "type": "service_reference"}])
    assert "Extension objects not found" in str(api.refused("POST", "/extensions", 400, json=wrong)["errors"])
    unknown = described({"id": "PNOBODY0000000"}, [make.service()])
    assert "Extension schema was not found" in api.refused("POST", "/extensions", 400, json=unknown)["errors"]
