"""What was sent to webhooks and extensions in the last days, and sending one again."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from support.factory import reference
from support.fakes import Provider, body
from support.server import wait_until


@pytest.fixture
def receiver():
    """receiver(*script): an address that answers as the script wants."""
    made = []

    def begin(*script: str) -> Provider:
        made.append(Provider("http.py", *script))
        return made[-1]

    yield begin
    for one in made:
        one.close()


def subscribe(api, service: dict, url: str) -> dict:
    return api.post("/webhook_subscriptions", {"webhook_subscription": {
        "type": "webhook_subscription", "events": ["incident.triggered", "incident.resolved"], "filter": {"type": "service_reference", "id": service["id"]},
        "delivery_method": {"type": "http_delivery_method", "url": f"{url}/hook"}}}, expect=200)["webhook_subscription"]


def log_of(api, subscription: dict, kind: str = "webhook_subscriptions") -> list[dict]:
    return api.get(f"/console/{kind}/{subscription['id']}/deliveries")["deliveries"]


def ended(api, subscription: dict, count: int, kind: str = "webhook_subscriptions") -> list[dict]:
    """The log, once so many deliveries have ended."""
    wait_until(lambda: sum(one["ended_at"] is not None for one in log_of(api, subscription, kind)) >= count, 15, f"{count} deliveries that have ended")
    return log_of(api, subscription, kind)


def again(api, subscription: dict, delivery: dict, kind: str = "webhook_subscriptions", expect: int = 202) -> dict:
    return api.post(f"/console/{kind}/{subscription['id']}/deliveries/{delivery['id']}/resend", {}, expect=expect)["delivery"]


def test_the_log_says_what_was_sent_and_what_was_answered(api, make, receiver):
    there = receiver("ok", "status:404")
    service = make.service()
    subscription = subscribe(api, service, there.url)
    incident = make.alerted(make.routing_key(service))
    ended(api, subscription, 1)
    api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", "status": "resolved"}})
    resolved, triggered = ended(api, subscription, 2)
    assert (triggered["event_type"], triggered["status"], triggered["attempts"]) == ("incident.triggered", "delivered", 1)
    assert (resolved["event_type"], resolved["status"], resolved["detail"]) == ("incident.resolved", "dropped", "The receiver answered 404.")
    assert triggered["subject"]["id"] == incident["id"] and triggered["subject"]["type"] == "incident_reference"
    assert triggered["event_id"] == triggered["id"] == body(there.received[0])["event"]["id"]
    assert triggered["can_be_sent_again"] and triggered["next_attempt_at"] is None


def test_one_that_is_tried_again_says_when_and_waits(api, make, receiver):
    there = receiver("status:503")
    service = make.service()
    subscription = subscribe(api, service, there.url)
    make.alerted(make.routing_key(service))
    wait_until(lambda: any(one["next_attempt_at"] for one in log_of(api, subscription)), 15, "the next try")
    waits, = log_of(api, subscription)
    assert (waits["status"], waits["detail"], waits["ended_at"], waits["can_be_sent_again"]) == ("queued", "The receiver answered 503.", None, False)
    assert waits["next_attempt_at"] > waits["occurred_at"]
    refused = api.refused("POST", f"/console/webhook_subscriptions/{subscription['id']}/deliveries/{waits['id']}/resend", 400, json={})
    assert "has not ended" in str(refused)
    api.delete(f"/webhook_subscriptions/{subscription['id']}")


def test_what_is_sent_again_is_signed_and_keeps_the_id_of_its_event(api, make, receiver):
    there = receiver("status:400", "ok")
    service = make.service()
    subscription = subscribe(api, service, there.url)
    incident = make.alerted(make.routing_key(service))
    refused, = ended(api, subscription, 1)
    sent = again(api, subscription, refused)
    assert sent["id"] != refused["id"] and sent["event_id"] == refused["id"] and sent["occurred_at"] == refused["occurred_at"]
    newest, first = ended(api, subscription, 2)
    assert newest["id"] == sent["id"] and newest["status"] == "delivered" and first == refused
    before, after = there.wait(2)
    assert body(before) == body(after) and body(after)["event"]["data"]["id"] == incident["id"]
    assert before["headers"]["x-webhook-id"] == after["headers"]["x-webhook-id"] == refused["id"]
    signature = hmac.new(subscription["delivery_method"]["secret"].encode(), after["body"].encode(), hashlib.sha256).hexdigest()
    assert after["headers"]["x-pagerduty-signature"] == f"v1={signature}"
    # A repeat of a repeat is still that event.
    assert again(api, subscription, newest)["event_id"] == refused["id"]
    there.wait(3)


def test_extensions_have_the_same(api, make, receiver):
    there = receiver("status:404", "ok")
    service = make.service()
    schema = next(one for one in api.get("/extension_schemas")["extension_schemas"] if one["key"] == "generic_v2_webhook")
    extension = api.post("/extensions", {"extension": {
        "name": "Tickets", "endpoint_url": f"{there.url}/hook", "extension_schema": reference("extension_schema", schema),
        "extension_objects": [reference("service", service)]}}, expect=201)["extension"]
    make.alerted(make.routing_key(service))
    refused, = ended(api, extension, 1, "extensions")
    again(api, extension, refused, "extensions")
    newest, _ = ended(api, extension, 2, "extensions")
    assert newest["status"] == "delivered" and newest["event_id"] == refused["id"]
    before, after = (body(one)["messages"][0] for one in there.wait(2))
    assert before["id"] == after["id"] and before["created_on"] == after["created_on"] and before["log_entries"] == after["log_entries"]
    # Neither is known by the other's name.
    api.refused("GET", f"/console/webhook_subscriptions/{extension['id']}/deliveries", 404)


def test_nothing_is_sent_again_to_one_that_is_switched_off_or_to_another(api, make, receiver):
    there = receiver()
    service = make.service()
    subscription, other = subscribe(api, service, there.url), subscribe(api, make.service(), there.url)
    make.alerted(make.routing_key(service))
    delivery, = ended(api, subscription, 1)
    path = f"deliveries/{delivery['id']}/resend"
    api.refused("POST", f"/console/webhook_subscriptions/{other['id']}/{path}", 404, json={})
    api.put(f"/webhook_subscriptions/{subscription['id']}", {"webhook_subscription": {"active": False}})
    assert "not active" in str(api.refused("POST", f"/console/webhook_subscriptions/{subscription['id']}/{path}", 400, json={}))
    assert len(log_of(api, subscription)) == 1 and len(there.received) == 1


def test_the_log_is_for_those_who_manage_webhooks(account, api, make, receiver):
    there = receiver()
    service = make.service()
    subscription = subscribe(api, service, there.url)
    make.alerted(make.routing_key(service))
    delivery, = ended(api, subscription, 1)
    path = f"/console/webhook_subscriptions/{subscription['id']}/deliveries"
    person = lambda role: api.clone(key=account.server.create_user_key(make.user(role=role)["email"]), sender=None)
    for role, status in (("observer", 403), ("limited_user", 403), ("user", 200)):
        assert person(role).call("GET", path).status == status, role
    person("limited_user").refused("POST", f"{path}/{delivery['id']}/resend", 403, json={})
    reader = api.clone(key=account.read_only_key)
    assert reader.call("GET", path).status == 200
    reader.refused("POST", f"{path}/{delivery['id']}/resend", 403, json={})
    # What a private team hides is hidden here, too.
    private = make.service(make.policy(teams=[reference("team", make.team(default_role="none"))]))
    hidden = subscribe(api, private, there.url)
    person("user").refused("GET", f"/console/webhook_subscriptions/{hidden['id']}/deliveries", 404)


def test_what_is_hidden_is_not_sent_on_by_those_it_is_hidden_from(account, api, make, receiver):
    there, elsewhere = receiver(), receiver()
    shown, hidden = make.service(), make.service(make.policy(teams=[reference("team", make.team(default_role="none"))]))
    schema = next(one for one in api.get("/extension_schemas")["extension_schemas"] if one["key"] == "generic_v2_webhook")
    extension = api.post("/extensions", {"extension": {
        "name": "Both", "endpoint_url": f"{there.url}/hook", "extension_schema": reference("extension_schema", schema),
        "extension_objects": [reference("service", one) for one in (shown, hidden)]}}, expect=201)["extension"]
    make.alerted(make.routing_key(hidden))
    delivery, = ended(api, extension, 1, "extensions")
    changed = {"name": "Both", "endpoint_url": f"{elsewhere.url}/hook", "extension_objects": [reference("service", shown)]}
    api.put(f"/extensions/{extension['id']}", {"extension": changed})
    person = api.clone(key=account.server.create_user_key(make.user(role="user")["email"]), sender=None)
    seen, = log_of(person, extension, "extensions")
    assert (seen["id"], seen["subject"], seen["can_be_sent_again"]) == (delivery["id"], None, False)
    person.refused("POST", f"/console/extensions/{extension['id']}/deliveries/{delivery['id']}/resend", 404, json={})
    assert again(api, extension, delivery, "extensions")["event_id"] == delivery["id"]
    elsewhere.wait(1)
