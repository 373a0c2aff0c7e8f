"""OAuth clients of webhooks: kept only when they are given a token, and their secret comes back in no answer."""

from __future__ import annotations

import pytest

from support.fakes import Provider, form

PATH = "/webhook_subscriptions/oauth_clients"
SECRET = "a-secret-nobody-sees"


@pytest.fixture(scope="module")
def tokens():
    """A server that gives tokens."""
    server = Provider("http.py", "--kind", "tokens")
    yield server
    server.close()


@pytest.fixture
def refusing():
    """One that knows no client."""
    server = Provider("http.py", "status:401")
    yield server
    server.close()


def described(server, **members) -> dict:
    return {"oauth_client": {"name": "the bot", "client_id": "bot", "client_secret": SECRET, "scope": "read write",
                             "token_url": f"{server.url}/token", "grant_type": "client_credentials", **members}}


@pytest.fixture
def client(api, tokens):
    made = api.post(PATH, described(tokens), expect=201)["oauth_client"]
    yield made
    api.call("DELETE", f"{PATH}/{made['id']}")


def subscription_body(make, **members) -> dict:
    return {"webhook_subscription": {
        "type": "webhook_subscription", "events": ["incident.triggered"],
        "filter": {"type": "service_reference", "id": make.service()["id"]},
        "delivery_method": {"type": "http_delivery_method", "url": "https://hooks.example.com/x"}, **members}}


def test_a_client_is_made_once_it_has_been_given_a_token(api, tokens):
    asked_before = len(tokens.received)
    made = api.post(PATH, described(tokens), expect=201)["oauth_client"]
    request = tokens.wait(asked_before + 1)[asked_before]
    assert form(request) == {"grant_type": "client_credentials", "client_id": "bot", "client_secret": SECRET, "scope": "read write"}
    assert made["status"] == "active" and made["error"] is None and made["scope"] == "read write"
    shown = api.get(f"{PATH}/{made['id']}")["oauth_client"]
    assert shown == made and shown in api.get(PATH)["oauth_clients"]
    assert SECRET not in str(made) and "client_secret" not in made
    api.delete(f"{PATH}/{made['id']}")
    api.refused("GET", f"{PATH}/{made['id']}", 404)


def test_without_a_token_nothing_is_kept_or_changed(api, client, refusing):
    before = api.get(PATH)["oauth_clients"]
    refused = api.refused("POST", PATH, 400, json=described(refusing))
    assert "No access token was given" in str(refused) and "401" in str(refused) and SECRET not in str(refused)
    api.refused("PUT", f"{PATH}/{client['id']}", 400, json={"oauth_client": {"token_url": f"{refusing.url}/token"}})
    assert api.get(PATH)["oauth_clients"] == before


def test_a_change_is_tried_with_what_was_kept(api, client, tokens):
    asked_before = len(tokens.received)
    changed = api.put(f"{PATH}/{client['id']}", {"oauth_client": {"name": "new", "scope": "read"}})["oauth_client"]
    assert (changed["name"], changed["scope"], changed["client_id"]) == ("new", "read", "bot")
    assert form(tokens.wait(asked_before + 1)[asked_before])["client_secret"] == SECRET


def test_an_account_has_ten_at_most(api, tokens):
    made = []
    while len(api.get(PATH)["oauth_clients"]) < 10:
        made.append(api.post(PATH, described(tokens), expect=201)["oauth_client"])
    api.refused("POST", PATH, 400, 2019, json=described(tokens))
    for one in made:
        api.delete(f"{PATH}/{one['id']}")


def test_a_subscription_names_a_client_until_that_goes(api, make, client):
    made = api.post("/webhook_subscriptions", subscription_body(make, oauth_client_id=client["id"]), expect=200)["webhook_subscription"]
    named = made["oauth_client"]
    assert (named["id"], named["type"], named["summary"]) == (client["id"], "oauth_client_reference", client["name"])
    at = f"/webhook_subscriptions/{made['id']}"
    assert api.put(at, {"webhook_subscription": {"oauth_client_id": None}})["webhook_subscription"]["oauth_client"] is None
    assert api.put(at, {"webhook_subscription": {"oauth_client_id": client["id"]}})["webhook_subscription"]["oauth_client"]
    api.delete(f"{PATH}/{client['id']}")
    assert api.get(at)["webhook_subscription"]["oauth_client"] is None


def test_what_a_subscription_cannot_name_is_refused(api, make, client):
    refused = api.refused("POST", "/webhook_subscriptions", 400, json=subscription_body(make, oauth_client_id="PNOBODY"))
    assert "Oauth client" in str(refused)
    method = {"type": "http_delivery_method", "url": "https://hooks.example.com/x",
              "custom_headers": [{"name": "authorization", "value": "Basic eA=="}]}
    api.refused("POST", "/webhook_subscriptions", 400,
                json=subscription_body(make, oauth_client_id=client["id"], delivery_method=method))


@pytest.mark.parametrize("wrong, named", [
    ({"name": ""}, "Name"), ({"client_id": None}, "Client"), ({"client_secret": ""}, "Client secret"),
    ({"token_url": "ftp://a.example.com"}, "Token url"), ({"grant_type": "password"}, "Grant type"),
    ({"grant_type": None}, "Grant type"), ({"name": "x" * 256}, "Name")])
def test_what_is_wrong_is_named_before_anybody_is_asked(api, tokens, wrong, named):
    asked_before = len(tokens.received)
    assert named in str(api.refused("POST", PATH, 400, json=described(tokens, **wrong)))
    assert len(tokens.received) == asked_before


def test_only_administrators_see_or_change_clients(api, reader, someone, tokens, client):
    reader.refused("POST", PATH, 403, json=described(tokens))
    _, manager = someone("user")
    for method, path in (("GET", PATH), ("POST", PATH), ("GET", f"{PATH}/{client['id']}"),
                         ("PUT", f"{PATH}/{client['id']}"), ("DELETE", f"{PATH}/{client['id']}")):
        manager.refused(method, path, 403, json=described(tokens) if method in ("POST", "PUT") else None)
