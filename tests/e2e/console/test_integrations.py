"""Webhooks and what they need: OAuth clients, and what was sent."""

from __future__ import annotations

import pytest

from support.client import unique
from support.fakes import Provider, body, form

PAGE = "/console/integrations/extensions"


@pytest.fixture
def receiver():
    """receiver(*script, kind): an address that answers as the script wants."""
    made = []

    def begin(*script: str, kind: str = "plain") -> Provider:
        made.append(Provider("http.py", "--kind", kind, *script))
        return made[-1]

    yield begin
    for one in made:
        one.close()


def subscribe(api, service: dict, url: str, name: str) -> dict:
    return api.post("/webhook_subscriptions", {"webhook_subscription": {
        "type": "webhook_subscription", "description": name, "events": ["incident.triggered"], "filter": {"type": "service_reference", "id": service["id"]},
        "delivery_method": {"type": "http_delivery_method", "url": f"{url}/hook"}}}, expect=200)["webhook_subscription"]


def test_an_oauth_client_is_added_chosen_changed_and_deleted(open_page, api, make, receiver):
    tokens, hook, name = receiver(kind="tokens"), unique("Bot"), unique("Gateway")
    subscription = subscribe(api, make.service(), "http://127.0.0.1:9", hook)
    clients = lambda: {one["name"]: one for one in api.get("/webhook_subscriptions/oauth_clients")["oauth_clients"]}
    page = open_page(PAGE)
    page.button("New OAuth client")
    page.fill("Name", name, exact=True)
    page.fill("Token URL", f"{tokens.url}/token")
    page.fill("Client ID", "bot")
    page.fill("Client Secret", "hush")
    page.button("Add it", "dialog")
    page.see(".toast", "A token was given")
    assert form(tokens.received[0]) == {"grant_type": "client_credentials", "client_id": "bot", "client_secret": "hush"}
    page.button("This page by API")
    page.see(".drawer pre", '"client_secret":"SECRET"')
    page.button("Close", ".drawer")
    page.button(f"Change {hook}")
    page.choose("Access token of", name)
    page.button("Save", "dialog")
    page.see(".list li", f"with the token of {name}")
    assert api.get(f"/webhook_subscriptions/{subscription['id']}")["webhook_subscription"]["oauth_client"]["id"] == clients()[name]["id"]
    page.button(f"Change {name}")
    page.fill("Scope", "hooks.write")
    page.button("Save", "dialog")
    page.see(".list li", f"scope hooks.write; for {hook}")
    assert form(tokens.received[-1])["client_secret"] == "hush", "what is not typed again is kept"
    page.button(f"Delete {name}")
    page.see("dialog", f"Without a token from then on: {hook}.")
    page.button("Delete it", "dialog")
    page.gone(f".list li:has-text('{name}')")
    assert name not in clients()


def test_a_client_that_gets_no_token_is_not_kept(open_page, receiver):
    page = open_page(PAGE, expected_problems=True)
    page.button("New OAuth client")
    page.fill("Name", "Nobody's", exact=True)
    page.fill("Token URL", f"{receiver('status:401').url}/token")
    page.fill("Client ID", "bot")
    page.fill("Client Secret", "hush")
    page.button("Add it", "dialog")
    page.see("dialog .note.bad", "No access token was given")


def test_what_was_sent_is_seen_and_sent_again(open_page, make, api, receiver):
    there, service, name = receiver("status:404", "ok"), make.service(), unique("Bot")
    subscribe(api, service, there.url, name)
    incident = make.alerted(make.routing_key(service), summary="The till is slow")
    there.wait(1)
    page = open_page(PAGE)
    page.click(f"role=link[name='Deliveries to {name}']")
    page.see("h1", f"Deliveries to {name}")
    page.see("td", "The receiver answered 404. One try.")
    page.see(f"td a[href='/console/incidents/{incident['id']}']", "The till is slow")
    page.button(f"Send again incident.triggered of [#{incident['incident_number']}] The till is slow")
    page.see(".toast", f"incident.triggered is on its way to {name} again.")
    first, second = there.wait(2)
    assert body(first) == body(second)
    page.see("tr:has-text('sent again by hand') .st", "Delivered")
    page.button("This page by API")
    page.see(".drawer pre", "/deliveries")
