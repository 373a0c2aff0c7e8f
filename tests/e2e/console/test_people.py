"""People: how they can be reached, proven and tried; what a role without rights is told; first steps."""

from __future__ import annotations

from conftest import cookies_of, invited
from support.browser import Browser
from support.client import Client
from support.server import OWNER_EMAIL, OWNER_PASSWORD


def test_a_contact_method_is_added_verified_tested_and_judged(open_page, make, api):
    person = make.user()
    page = open_page(f"/console/users/{person['id']}", expected_problems=True)
    page.see("#readiness", "not known to be reachable")
    page.button("Add a contact method")
    page.choose("By", "SMS")
    page.fill("Number", "07700 900123")
    page.button("Save", "dialog")
    page.see("dialog .errmsg", "Address must be at most 40 digits")
    assert page.call("inputValue", "dialog input[type=tel]") == "07700 900123"
    page.fill("Country code", "34")
    page.fill("Number", "600555123")
    page.button("Save", "dialog")
    page.see(".list li", "SMS, +34 600555123")
    page.see(".list small", "never proven")
    page.button("Verify SMS +34 600555123")
    page.button("Send a code", "dialog")
    # Nobody carries messages here, and the console says so.
    page.see("dialog .note", "failed")
    page.fill("Code", "000000")
    page.button("Verify", "dialog")
    page.see("dialog .errmsg", "Code is wrong")
    page.button("Cancel", "dialog")
    page.button("Test SMS +34 600555123")
    page.button("Send a test", "dialog")
    page.see("dialog .note", "failed")
    page.button("Done", "dialog")
    page.see(".slab .small", "No notification rule for high urgency uses it.")
    assert [one["type"] for one in api.get(f"/users/{person['id']}/contact_methods")["contact_methods"] if one["type"].startswith("sms")]


def test_hand_off_rules_are_added_and_removed(open_page, make, api):
    person = make.user()
    page = open_page(f"/console/users/{person['id']}?tab=rules")
    page.button("Add a rule for hand-offs")
    page.choose("How long before", "4 h")
    page.button("Add", "dialog")
    page.see(".list li", "E-mail when going on and off call, 4 h ahead")
    rules = api.get(f"/users/{person['id']}/oncall_handoff_notification_rules")["oncall_handoff_notification_rules"]
    assert [one["notify_advance_in_minutes"] for one in rules] == [240]
    page.button("Delete the rule by E-mail 4 h ahead")
    page.see(".sect", "No rule")


def test_somebody_without_the_role_is_told_whom_to_ask(chromium, account, make, api):
    cookies = cookies_of(invited(account, api, make.user(role="read_only_user")), account)
    page = chromium.open(cookies=cookies)
    page.go(account.server.url + "/console/")
    for path in ("/console/integrations/api-access-keys", "/console/integrations/app-registration", "/console/service-directory", "/console/on-call"):
        page.visit(path)
        page.see(".note", "Ask")
        page.see(".note a", "Olga Owner")
        assert page.count("text=Create New API Key") == 0 and page.count("text=New Service") == 0
    page.close()


def test_first_steps_lead_from_a_telephone_to_a_key(open_page, api, owner):
    page = open_page("/console/setup", expected_problems=True)
    page.see("h2", "1. A way to wake you")
    page.button("Add a contact method")
    page.choose("By", "Push")
    page.fill("Topic", "olga-at-night")
    page.button("Save", "dialog")
    page.see(".toast", "It rings for high urgency from now on.")
    page.see("section[aria-label='A way to wake you']", "Push, olga-at-night")
    page.button("Send a test to Push")
    page.button("Send a test", "dialog")
    page.button("Done", "dialog")
    page.see("section[aria-label='The first service']")
    rules = api.get(f"/users/{owner['id']}/notification_rules", params={"include[]": "contact_methods"})["notification_rules"]
    assert any(one["urgency"] == "high" and one["contact_method"].get("address") == "olga-at-night" for one in rules)


def test_first_steps_are_done_only_when_they_are(fresh_server, chromium, tmp_path):
    server = fresh_server()
    server.create_owner()
    server.start()
    api = Client(server.url, server.create_api_key("full"), OWNER_EMAIL)
    owner = api.get("/users")["users"][0]
    browser = Browser(server.url).log_in(OWNER_EMAIL, OWNER_PASSWORD)
    page = chromium.open(cookies=[{"name": one.name, "value": one.value, "url": server.url} for one in browser.session.cookies])
    api.post(f"/users/{owner['id']}/contact_methods", {"contact_method": {"type": "sms_contact_method", "label": "m", "address": "5550123456", "country_code": 1}}, expect=201)
    page.go(f"{server.url}/console/setup")
    way = "section[aria-label='A way to wake you']"
    page.see(way, "This server has no provider for text messages.")
    page.see(f"{way} .note", "Nothing of this wakes you yet")
    assert page.count(f"{way} .st.resolved") == 0
    # The policy is asked for where there are several, and named truly afterwards.
    first = api.get("/escalation_policies")["escalation_policies"]
    rules = [{"escalation_delay_in_minutes": 5, "targets": [{"id": owner["id"], "type": "user_reference"}]}]
    for name in ("A first one", "Night"):
        api.post("/escalation_policies", {"escalation_policy": {"type": "escalation_policy", "name": name, "escalation_rules": rules}}, expect=201)
    assert len(first) <= 1
    step = "section[aria-label='The first service']"
    page.see(step, "Choose who is called")
    page.fill("Name of the service", "Checkout")
    page.choose("Escalation Policy", "Night")
    page.call("evaluate", "document.activeElement.blur()")
    page.press("c")
    page.see(".drawer pre", '"name":"Checkout"')
    page.see(".drawer pre", 'resource "pagerduty_service" "checkout"')
    page.press("c")
    page.button("Create the service")
    page.see(f"{step} .st.resolved", "Done")
    page.see(step, "Checkout is called by Night.")
    service = api.get("/services")["services"][0]
    assert service["escalation_policy"]["summary"] == "Night"
    page.go(f"{server.url}/console/setup")
    page.see(step, "Checkout is called by Night.")
    page.close()


def test_a_session_elsewhere_is_ended(open_page, account, make, api):
    person = make.user()
    here = invited(account, api, person)
    elsewhere = Browser(account.server.url).log_in(person["email"], "a long password")
    page = open_page(f"/console/users/{person['id']}?tab=sessions", cookies=cookies_of(here, account))
    page.see(".list", ", here")
    assert page.count(".sect .list li") == 2
    page.button("Sign out elsewhere")
    page.see(".toast", "Signed out everywhere else.")
    page.until(lambda: page.count(".sect .list li") == 1)
    status = lambda browser: browser.session.get(account.server.url + "/console/session", headers={"X-Callboard-Console": "1"}, timeout=10).status_code
    assert (status(here), status(elsewhere)) == (200, 401)


def test_a_member_of_a_team_gets_another_role(open_page, make, api):
    team, person = make.team(), make.user()
    page = open_page(f"/console/teams/{team['id']}")
    page.choose("Add a person", person["name"])
    page.see(".person", person["name"])
    page.choose(f"Role of {person['name']} in {team['name']}", "manager")
    page.see(".toast", f"{person['name']} is manager of {team['name']}.")
    assert [one["role"] for one in api.get(f"/teams/{team['id']}/members")["members"]] == ["manager"]
