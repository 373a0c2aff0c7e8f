"""The console in a browser without scripts: keys, integrations, services and answers, by forms."""

from __future__ import annotations

import re

import pytest
import requests

KEYS = "/console/integrations/api-access-keys"


def test_a_key_is_made_shown_once_used_disabled_and_deleted(browser, account):
    assert "Create New API Key" in browser.get(KEYS)
    form = browser.get(KEYS + "/new")
    assert "Description" in form and "Read-only API Key" in form and "Create Key" in form
    shown = browser.post(KEYS + "/new", description='<script>"bot"</script>', read_only="true").text
    assert "<script>" not in shown
    key = re.search(r'readonly value="([^"]{20})"', shown).group(1)
    ask = lambda method, body=None: requests.request(method, account.server.url + "/services", json=body, timeout=10,
                                                     headers={"Authorization": f"Token token={key}"}).status_code
    assert ask("GET") == 200 and ask("POST", {}) == 403
    listed = browser.get(KEYS)
    assert key not in listed and "&lt;script&gt;" in listed
    one = re.search(rf'action="({KEYS}/[A-Z0-9]+)/disable"', listed).group(1)
    browser.post(one + "/disable")
    assert ask("GET") == 401
    browser.post(one + "/enable")
    assert ask("GET") == 200
    browser.post(one + "/delete")
    assert ask("GET") == 401
    browser.post(one + "/delete", expect=404)


def test_a_key_needs_a_description_and_what_was_chosen_stays(browser):
    page = browser.post(KEYS + "/new", expect=422, description="", read_only="true").text
    assert "Description can" in page and 'value="true" checked' in page


def test_backstage_is_found_added_and_renamed_and_its_key_works(browser, account, api, make):
    service = make.service()
    path = f"/console/services/{service['id']}/integrations"
    assert "Add an Integration" in browser.get(f"/console/service-directory/{service['id']}")
    found = browser.get(path + "/new?query=backSTAGE")
    assert 'value="PRO19CT"' in found and "Datadog" not in found
    made = browser.post(path + "/new", vendor="PRO19CT")
    assert "No event received yet" in made.text and account.server.url + "/v2/enqueue" in made.text
    key = re.search(r'mono said">([a-z0-9]{32})<', made.text).group(1)
    sent = requests.post(account.server.url + "/v2/enqueue", timeout=10, json={
        "routing_key": key, "event_action": "trigger", "payload": {"summary": "x", "source": "y", "severity": "error"}})
    assert sent.status_code == 202
    own = made.url[len(account.server.url):]
    renamed = browser.post(own + "/rename", name="Backstage prod").text
    assert "Backstage prod" in renamed and "No event received yet" not in renamed and key in renamed
    integration = api.get(f"/services/{service['id']}/integrations/{own.rsplit('/', 1)[1]}")["integration"]
    assert integration["name"] == "Backstage prod" and integration["vendor"]["id"] == "PRO19CT"
    browser.post(path + "/new", expect=422, vendor="PNOBODY")


def test_a_service_is_made_with_its_integrations(browser, api, make):
    policy = make.policy()
    browser.get("/console/service-directory/new")
    refused = browser.post("/console/service-directory/new", expect=422, name="", escalation_policy=policy["id"]).text
    assert "Name can" in refused and f'value="{policy["id"]}" selected' in refused
    made = browser.post("/console/service-directory/new", name="Made by hand " + policy["id"], description="d",
                        escalation_policy=policy["id"], vendor="PRO19CT")
    service = api.get(f"/services/{made.url.rsplit('/', 1)[1]}", params={"include[]": "integrations"})["service"]
    assert service["escalation_policy"]["id"] == policy["id"]
    assert [one["vendor"]["id"] for one in service["integrations"]] == ["PRO19CT"]


def test_an_incident_is_acknowledged_and_resolved_by_its_page(browser, api, make):
    incident = make.alerted(make.routing_key())
    path = f"/console/incidents/{incident['id']}"
    assert "Acknowledge" in browser.get(path)
    browser.post(path + "/acknowledge")
    assert make.reload(incident)["status"] == "acknowledged"
    assert "Give back" in browser.get(path)
    browser.post(path + "/give-back")
    assert make.reload(incident)["status"] == "triggered"
    browser.post(path + "/acknowledge")
    browser.post(path + "/resolve")
    assert make.reload(incident)["status"] == "resolved"
    assert "/resolve" not in browser.get(path)
    browser.post(path + "/acknowledge")
    assert make.reload(incident)["status"] == "resolved", "an old page reopens nothing"


def test_what_somebody_else_has_by_now_is_not_given_back_by_an_old_page(browser, api, make):
    incident = make.alerted(make.routing_key())
    path = f"/console/incidents/{incident['id']}"
    other = make.user()
    change = {"incident": {"type": "incident_reference", "status": "acknowledged"}}
    browser.post(path + "/acknowledge")
    assert "Give back" in browser.get(path)
    browser.post(path + "/give-back")
    api.put(path.removeprefix("/console"), change, headers={"From": other["email"]})
    assert "Give back" not in browser.get(path)
    browser.post(path + "/give-back")
    assert make.reload(incident)["status"] == "acknowledged", "it is the other person's"


def test_no_form_is_taken_without_its_token_or_a_session(browser, account, make):
    incident = make.alerted(make.routing_key())
    path = f"/console/incidents/{incident['id']}/resolve"
    browser.post(path, expect=403, form_token="guessed")
    stranger = requests.post(account.server.url + path, data={"form_token": "x"}, timeout=10, allow_redirects=False)
    assert stranger.status_code == 303 and stranger.headers["Location"] == "/console/login"
    by_key = requests.post(account.server.url + path, data={"form_token": "x"}, timeout=10, allow_redirects=False,
                           headers={"Authorization": f"Token token={account.key}"})
    assert by_key.status_code == 303 and make.reload(incident)["status"] == "triggered"
    browser.post("/console/incidents/" + incident["id"] + "/explode", expect=404)


def test_pages_read_with_a_key_have_no_forms_and_no_secrets(account, make, api):
    service = make.service()
    integration = make.integration(service)
    for key in (account.key, account.read_only_key):
        page = requests.get(f"{account.server.url}/console/services/{service['id']}/integrations/{integration['id']}",
                            headers={"Authorization": f"Token token={key}"}, timeout=10).text
        assert "<form" not in page and integration["integration_key"] not in page
        refused = requests.get(account.server.url + KEYS, headers={"Authorization": f"Token token={key}"}, timeout=10)
        assert refused.status_code == 403


def test_the_first_page_says_what_it_shows_of_how_much(browser, make):
    key, names = make.routing_key(), [f"Disk {n} is full" for n in range(51)]
    for name in names:
        make.events.trigger(key, dedup_key=f"{key}-{name}", summary=name)
    page = browser.get("/console/")
    assert "More than 50 incidents are open." in page and "These are the newest 50." in page
    assert names[-1] in page and names[0] not in page
    for name in names:
        make.events.resolve(key, dedup_key=f"{key}-{name}")
    assert "More than" not in browser.get("/console/")
