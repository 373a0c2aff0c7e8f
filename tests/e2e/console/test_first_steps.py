"""What a newcomer does, by the labels that PagerDuty's console has: a key, a service with an integration, an event, an answer."""

from __future__ import annotations

import re

import requests

from support.factory import reference


def test_a_key_is_created_shown_once_and_works(open_page, account):
    page = open_page("/console/integrations/api-access-keys")
    page.click("text=Create New API Key")
    page.fill("Description", "Backstage <b>prod</b>")
    page.click("text=Read-only API Key")
    page.button("Create Key")
    page.see("dialog", "Copy the key now")
    key = page.text("dialog .key code")
    assert re.fullmatch(r"\S{20}", key)
    ask = lambda method: requests.request(method, account.server.url + "/services", timeout=10, json={}, headers={"Authorization": f"Token token={key}"}).status_code
    assert ask("GET") == 200 and ask("POST") == 403
    # Done waits for the promise.
    assert page.count("role=button[name='Done'][disabled]") == 1
    page.click("text=I have stored it")
    page.button("Done")
    page.see("td", "Backstage <b>prod</b>")
    assert key not in page.text()
    page.button("Disable Backstage <b>prod</b>")
    page.see("td .st", "Disabled")
    assert ask("GET") == 401
    page.button("Undo")
    page.see(".toast", "Undone")
    page.until(lambda: ask("GET") == 200)
    page.button("Delete Backstage <b>prod</b>")
    page.button("Delete it")
    page.gone("td:has-text('Backstage <b>prod</b>')")
    assert ask("GET") == 401


def test_an_app_is_registered_with_its_scopes_and_gets_a_token(open_page, account):
    page = open_page("/console/integrations/app-registration")
    page.button("+ New App")
    page.fill("App name", "portal")
    page.see("dialog", "OAuth 2.0")
    page.button("Next")
    page.see("dialog", "Scoped OAuth")
    page.fill("Find a scope", "incidents.read")
    page.click("label:has-text('incidents.read') input")
    page.button("Register App")
    page.see("dialog", "Client Secret")
    client, secret = page.call("locator:allInnerTexts", "dialog .key code")
    token = requests.post(account.server.url + "/oauth/token", timeout=10, data={"grant_type": "client_credentials", "client_id": client, "client_secret": secret}).json()
    assert token["scope"] == "incidents.read"
    page.click("text=I have stored it")
    page.button("Done")
    page.button("New secret for portal")
    page.button("Make a new secret")
    page.see("dialog", "Client Secret")
    assert requests.post(account.server.url + "/oauth/token", timeout=10, data={"grant_type": "client_credentials", "client_id": client, "client_secret": secret}).status_code == 401


def test_a_service_is_made_its_first_event_arrives_and_is_answered_by_keyboard(open_page, account, make, api):
    policy = make.policy([make.user()])
    page = open_page("/console/service-directory")
    page.click("text=New Service")
    page.fill("Name", "Gift cards")
    page.button("Next")
    page.choose("Escalation Policy", policy["name"])
    page.button("Next")
    page.button("Next")
    page.button("Next")
    page.see("[aria-current=step]", "5 Integrations")
    page.fill("Search integrations", "backst")
    page.click("label:has-text('Backstage') input")
    page.button("Create Service")
    page.see("h1", "Gift cards is ready")
    page.button("Show")
    key = page.text(".key code")
    assert re.fullmatch(r"[a-z0-9]{32}", key)
    page.click("text=Snippets, and the first event")
    page.see("[role=status]", "No event received yet")
    assert key in page.text("pre") and account.server.url in page.text("pre")
    sent = requests.post(account.server.url + "/v2/enqueue", timeout=10, json={
        "routing_key": key, "event_action": "trigger", "payload": {"summary": "Vouchers are refused", "source": "shop", "severity": "critical"}})
    assert sent.status_code == 202
    # Nobody reloads: the page hears of it.
    page.see("[role=status]", "Events arrive.")
    page.press("g", "i")
    page.see(".title", "Vouchers are refused")
    page.press("j")
    page.until(lambda: page.count(".cursor:has-text('Vouchers are refused')") or page.press("j"))
    page.press("a")
    page.see(".app-inc:has-text('Vouchers are refused')", "You have it.")
    service = next(one for one in api.get("/services", params={"query": "Gift cards"})["services"])
    incident = api.get("/incidents", params={"service_ids[]": service["id"]})["incidents"][0]
    assert incident["status"] == "acknowledged"
    page.press("Enter")
    page.see("h1", "Vouchers are refused")
    page.press("n")
    page.fill("Note", "Rolled back")
    page.button("Add Note")
    page.see(".list .said", "Rolled back")
    page.press("r")
    page.button("Resolve", "dialog")
    page.see(".st.resolved", "Resolved")
    assert api.get(f"/incidents/{incident['id']}")["incident"]["status"] == "resolved"


def test_an_integration_is_found_added_renamed_and_tested(open_page, make, api, ready):
    service = ready["service"]
    page = open_page(f"/console/service-directory/{service['id']}")
    page.click("nav >> text=Integrations >> nth=-1")
    page.click("text=Add an Integration")
    page.fill("Search", "prometheus")
    page.button("Add Prometheus")
    page.see("[role=status]", "No event received yet")
    page.button("Rename")
    page.fill("Name", "Prometheus eu-west")
    page.button("Save")
    page.see("h1", "Prometheus eu-west")
    page.button("Send a test event")
    page.see("[role=status]", "Events arrive.")
    assert api.get("/incidents", params={"service_ids[]": service["id"]})["incidents"][0]["title"].startswith("Test event for")
    names = [one["summary"] for one in api.get(f"/services/{service['id']}")["service"]["integrations"]]
    assert "Prometheus eu-west" in names


def test_an_integration_of_a_busy_service_tells_the_truth(open_page, make, api):
    service = make.service()
    quiet, busy, changes = (make.integration(service) for _ in range(3))
    make.events.trigger(quiet["integration_key"], summary="It came once")
    for n in range(101):
        make.events.trigger(busy["integration_key"], dedup_key=f"{busy['id']}-{n}")
    page = open_page(f"/console/services/{service['id']}/integrations/{quiet['id']}")
    page.see("[role=status]", "Events arrive. The newest alert opened")
    page.see(".list", "It came once")
    page.visit(f"/console/services/{service['id']}/integrations/{changes['id']}")
    page.see("[role=status]", "No event received yet.")
    make.events.change(changes["integration_key"], summary="Deployed 4.2")
    page.see("[role=status]", "Change events arrive.")
    api.put(f"/services/{service['id']}", {"service": {"status": "disabled"}})
    make.events.trigger(changes["integration_key"])
    page.see("[role=status]", "and changed nothing: the service is disabled.")


def test_an_incident_is_opened_by_hand_for_one_person(open_page, api, ready, owner):
    page = open_page("/console/incidents/new", expected_problems=True)
    page.fill("What is wrong", "The till is stuck")
    page.choose("Service", ready["service"]["name"])
    page.see("h2", "Who is rung")
    page.see(".rail", ready["person"]["name"])
    page.button(f"Open it on {ready['service']['name']}")
    page.see("h1", "The till is stuck")
    incident = api.get("/incidents", params={"service_ids[]": ready["service"]["id"]})["incidents"][0]
    assert incident["assignments"][0]["assignee"] == {**incident["assignments"][0]["assignee"], "id": ready["person"]["id"]}
    page.button("Reassign")
    page.choose("To", owner["name"])
    page.button(f"Wake {owner['name']}")
    page.see(".has", "you")
    assert reference("user", owner)["id"] == api.get(f"/incidents/{incident['id']}")["incident"]["assignments"][0]["assignee"]["id"]


def test_integrations_begin_with_the_keys(open_page):
    page = open_page("/console/")
    page.click("nav[aria-label=Main] >> text=Integrations")
    page.see("h1", "API Access Keys")
    assert page.call("evaluate", "location.pathname") == "/console/integrations"
    page.see("nav[aria-label=Integrations] [aria-current]", "API Access Keys")


def test_ways_to_tell_are_called_as_people_call_them(open_page, make, ready, api):
    person = ready["person"]
    for kind in ("sms", "phone"):
        made = api.post(f"/users/{person['id']}/contact_methods", {"contact_method": {
            "type": f"{kind}_contact_method", "label": kind, "address": "5550123456", "country_code": 1}}, expect=201)["contact_method"]
        api.post(f"/users/{person['id']}/notification_rules", {"notification_rule": {
            "type": "assignment_notification_rule", "start_delay_in_minutes": 0, "urgency": "high", "contact_method": {"id": made["id"], "type": made["type"]}}}, expect=201)
    page = open_page(f"/console/incidents/new?service={ready['service']['id']}", expected_problems=True)
    for words in ("text message", "telephone call", "e-mail"):
        page.see(".rail", f"by {words}")
    assert "sms" not in page.text(".rail")
    page.visit("/console/health")
    page.see("td", "text message")
