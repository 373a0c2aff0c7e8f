"""What the plugin for Backstage asks of its administrator, step by step, with the words of PagerDuty's own page about it."""

from __future__ import annotations

import re

import pytest
import requests

#: Every scope that the plugin's backend asks for.
SCOPES = ("abilities.read", "analytics.read", "change_events.read", "escalation_policies.read", "incidents.read", "oncalls.read", "schedules.read",
          "services.read", "services.write", "standards.read", "teams.read", "users.read", "vendors.read")


@pytest.mark.parametrize("read_only", [False, True], ids=["full access", "read-only"])
def test_a_key_for_the_plugin_is_made_and_copied(open_page, account, read_only):
    page = open_page("/console/integrations/api-access-keys", permissions=["clipboard-read", "clipboard-write"])
    page.click("text=Create New API Key")
    page.fill("Description", f"Backstage {read_only}")
    if read_only:
        page.click("text=Read-only API Key")
    page.button("Create Key")
    key = page.text("dialog .key code")
    page.click("dialog .key button.copy")
    page.see("dialog .key", "Copied")
    assert page.call("evaluate", "navigator.clipboard.readText()") == key
    ask = lambda method: requests.request(method, account.server.url + "/teams", json={"team": {"type": "team", "name": key[:8]}}, timeout=10,
                                          headers={"Authorization": f"Token token={key}"}).status_code
    assert (ask("GET"), ask("POST")) == (200, 403 if read_only else 201)


def test_an_app_for_the_plugin_has_its_scopes_ticked_one_by_one(open_page, account):
    page = open_page("/console/integrations/app-registration")
    page.button("+ New App")
    page.fill("App name", "Backstage")
    page.fill("Description", "Cards for everybody")
    page.button("Next")
    for scope in SCOPES:
        page.fill("Find a scope", scope)
        page.click(f"label:has-text('{scope}') input")
    page.button("Register App")
    page.see("dialog", "Client Secret")
    client, secret = page.call("locator:allInnerTexts", "dialog .key code")
    asked = "as_account-us.acme " + " ".join(SCOPES)
    token = requests.post(account.server.url + "/oauth/token", timeout=10, data={
        "grant_type": "client_credentials", "client_id": client, "client_secret": secret, "scope": asked})
    assert token.status_code == 200 and set(SCOPES) < set(token.json()["scope"].split()), token.text


def test_the_integration_is_added_to_a_service_that_is_there_and_renamed(open_page, account, make, api, ready):
    service = ready["service"]
    page = open_page("/console/service-directory", permissions=["clipboard-read", "clipboard-write"])
    page.visit(f"/console/service-directory/{service['id']}")
    page.click("nav >> text=Integrations >> nth=-1")
    page.click("text=Add an Integration")
    page.fill("Search", "backSTAGE")
    page.button("Add Backstage")
    page.see("[role=status]", "No event received yet")
    page.see("h2", "Set it up")
    page.see("pre", "pagerduty.com/service-id")
    page.button("Show")
    key, url = page.call("locator:allInnerTexts", ".key code")
    assert re.fullmatch(r"[a-z0-9]{32}", key) and url == account.server.url + "/v2/enqueue"
    for index, expected in enumerate((key, url)):
        page.click(f".key button.copy >> nth={index}")
        page.until(lambda expected=expected: page.call("evaluate", "navigator.clipboard.readText()") == expected)
    page.button("Rename")
    page.fill("Name", "Portal of the shop")
    page.button("Save")
    page.see("h1", "Portal of the shop")
    assert page.text(".key code >> nth=0") == key
    # A Backstage is told by its vendor, whatever it is called.
    page.see("pre", "pagerduty.com/service-id")
    [integration] = [one for one in api.get(f"/services/{service['id']}?include[]=integrations")["service"]["integrations"] if one.get("integration_key") == key]
    assert integration["vendor"]["id"] == "PRO19CT" and integration["name"] == "Portal of the shop"
    sent = requests.post(url, timeout=10, json={
        "routing_key": key, "event_action": "trigger", "client": "Backstage", "client_url": "https://backstage.example.com/catalog/default/component/shop",
        "payload": {"summary": "Checkout is slow", "source": "https://backstage.example.com", "severity": "error", "class": "manual trigger",
                    "custom_details": {"user": "ana"}}})
    assert sent.status_code == 202
    page.see("[role=status]", "Events arrive.")
    [incident] = api.get("/incidents", params={"service_ids[]": service["id"]})["incidents"]
    assert incident["title"] == "Checkout is slow"
