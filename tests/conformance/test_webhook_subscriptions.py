"""Subscriptions to webhooks. What they send is told in tests/sending."""

from __future__ import annotations

import pytest

from support.factory import reference

EVENTS = ["incident.triggered", "incident.resolved"]


def described(**members) -> dict:
    return {"webhook_subscription": {
        "type": "webhook_subscription", "events": EVENTS, "filter": {"type": "account_reference"},
        "delivery_method": {"type": "http_delivery_method", "url": "https://hooks.example.com/x"}, **members}}


def of_service(service: dict, **members) -> dict:
    return described(filter={"type": "service_reference", "id": service["id"]}, **members)


@pytest.fixture
def subscription(api, make):
    """One on a service of its own."""
    return api.post("/webhook_subscriptions", of_service(make.service()), expect=200)["webhook_subscription"]


def test_the_secret_is_shown_once_and_header_values_never(api, make):
    method = {"type": "http_delivery_method", "url": "https://hooks.example.com/x",
              "custom_headers": [{"name": "X-Token", "value": "hush"}]}
    made = api.post("/webhook_subscriptions", of_service(make.service(), delivery_method=method, description="for the bot"),
                    expect=200)["webhook_subscription"]
    assert len(made["delivery_method"]["secret"]) >= 32 and made["active"] is True and made["description"] == "for the bot"
    shown = api.get(f"/webhook_subscriptions/{made['id']}")["webhook_subscription"]
    assert shown["delivery_method"]["secret"] is None
    assert shown["delivery_method"]["custom_headers"] == [{"name": "X-Token", "value": "-- redacted --"}]
    assert shown["events"] == EVENTS and shown["filter"] == made["filter"]


def test_a_list_is_narrowed_by_what_it_is_about(api, make):
    team = make.team()
    policy = make.policy(teams=[reference("team", team)])
    service = make.service(policy)
    about = {kind: api.post("/webhook_subscriptions", body, expect=200)["webhook_subscription"]["id"] for kind, body in {
        "service": of_service(service), "account": described(),
        "team": described(filter={"type": "team_reference", "id": team["id"]})}.items()}
    ids = lambda **params: {one["id"] for one in api.get("/webhook_subscriptions", params={"limit": 100, **params})["webhook_subscriptions"]}
    assert set(about.values()) <= ids()
    assert ids(filter_type="service", filter_id=service["id"]) == {about["service"]}
    assert ids(filter_type="team", filter_id=team["id"]) == {about["team"]}
    assert about["account"] in ids(filter_type="account") and about["team"] not in ids(filter_type="account")
    page = api.get("/webhook_subscriptions", params={"limit": 1, "offset": 1, "total": "true"})
    assert len(page["webhook_subscriptions"]) == 1 and page["total"] >= 3
    api.refused("GET", "/webhook_subscriptions", 400, params={"filter_type": "planet"})
    api.refused("GET", "/webhook_subscriptions", 400, params={"filter_type": "service"})
    api.delete(f"/webhook_subscriptions/{about['account']}")


def test_all_but_the_address_can_be_changed(api, make, subscription):
    other = make.service()
    changed = api.put(f"/webhook_subscriptions/{subscription['id']}", {"webhook_subscription": {
        "description": "new", "events": ["service.updated"], "active": False,
        "filter": {"type": "service_reference", "id": other["id"]},
        "delivery_method": {"type": "http_delivery_method", "url": "https://elsewhere.example.com"}}})["webhook_subscription"]
    assert changed["description"] == "new" and changed["events"] == ["service.updated"] and changed["active"] is False
    assert changed["filter"]["id"] == other["id"]
    assert changed["delivery_method"]["url"] == "https://hooks.example.com/x"


def test_one_that_is_deleted_is_gone(api, subscription):
    api.delete(f"/webhook_subscriptions/{subscription['id']}")
    for verb, tail in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/enable"), ("POST", "/ping")):
        api.refused(verb, f"/webhook_subscriptions/{subscription['id']}{tail}", 404, json=described() if verb == "PUT" else None)


def test_it_can_be_enabled_and_pinged(api, subscription):
    enabled = api.post(f"/webhook_subscriptions/{subscription['id']}/enable", expect=200)["webhook_subscription"]
    assert enabled["delivery_method"]["temporarily_disabled"] is False
    api.post(f"/webhook_subscriptions/{subscription['id']}/ping", expect=202)


def test_a_service_has_ten_at_most(api, make):
    service = make.service()
    for _ in range(10):
        api.post("/webhook_subscriptions", of_service(service), expect=200)
    api.refused("POST", "/webhook_subscriptions", 400, 2019, "Subscription Limit Exceeded", json=of_service(service))


@pytest.mark.parametrize("wrong, named", [
    ({"events": []}, "Events"), ({"events": ["incident.exploded"]}, "incident.exploded"), ({"events": None}, "Events"),
    ({"filter": None}, "Filter"), ({"filter": {"type": "planet"}}, "planet|Type|Filter"),
    ({"filter": {"type": "service_reference"}}, "Filter"), ({"filter": {"type": "team_reference", "id": "PNOBODY"}}, "Filter"),
    ({"delivery_method": None}, "Delivery method"),
    ({"delivery_method": {"type": "pigeon", "url": "https://a.example.com"}}, "Type"),
    ({"delivery_method": {"type": "http_delivery_method", "url": "ftp://a.example.com"}}, "Url|URL"),
    ({"delivery_method": {"type": "http_delivery_method", "url": "https://a.example.com",
                          "custom_headers": [{"name": "Host", "value": "b"}]}}, "headers"),
    ({"delivery_method": {"type": "http_delivery_method", "url": "https://a.example.com",
                          "custom_headers": [{"name": "X-A", "value": "b\r\nX-B: c"}]}}, "headers"),
])
def test_what_is_wrong_is_named(api, wrong, named):
    refused = api.refused("POST", "/webhook_subscriptions", 400, json=described(**wrong))
    said = str(refused)
    assert any(word in said for word in named.split("|")), said


def test_who_may_not_manage_may_not_subscribe(reader, someone):
    reader.refused("POST", "/webhook_subscriptions", 403, json=described())
    _, observer = someone("observer")
    observer.refused("GET", "/webhook_subscriptions", 403)
