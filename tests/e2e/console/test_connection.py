"""A page whose server cannot be heard: it says so, counts nothing down, and comes back by itself."""

from __future__ import annotations

import time

import pytest

from conftest import cookies_of, invited
from support.browser import Browser
from support.server import OWNER_EMAIL, OWNER_PASSWORD

LOST = "[role=status]:has-text('Not connected since')"


@pytest.mark.parametrize("width", [1280, 390])
def test_an_incident_says_that_it_may_be_old_and_recovers(open_page, account, make, api, width):
    first, second = make.user(), make.user()
    rules = [{"escalation_delay_in_minutes": 5, "targets": [{"id": user["id"], "type": "user_reference"}]} for user in (first, second)]
    incident = make.alerted(make.routing_key(make.service(make.policy(rules=rules))), summary="The till is stuck")
    page = open_page(width=width, expected_problems=True)
    page.call("refuse", "**/console/live", 0, {})
    page.go(f"{account.server.url}/console/incidents/{incident['id']}")
    page.see(LOST, "What you see may be old.")
    page.see(".has", "Nobody had it.")
    page.see(".hop", f"then {second['name']} was to be rung, if nobody acted")
    assert page.count("[role=timer]") == 0 and page.overflow() <= 0
    before = page.text(".hop.first")
    time.sleep(1.2)
    assert page.text(".hop.first") == before, "it counts down although nobody knows"
    api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", "status": "acknowledged"}})
    page.call("unroute", "**/console/live")
    page.gone(LOST)
    page.see(".since", "have it")


def test_the_list_does_not_speak_in_the_present_tense(open_page, account, make, ready):
    make.alerted(ready["key"], summary="The shop is closed")
    page = open_page(expected_problems=True)
    page.call("refuse", "**/console/live", 503, {"error": {"message": "Too many pages wait for changes", "code": 0}})
    page.go(f"{account.server.url}/console/incidents?service={ready['service']['id']}")
    page.see(LOST)
    row = ".app-inc:has-text('The shop is closed')"
    page.see(row, f"Rang {ready['person']['name']}")
    page.see("h1", "Incidents")
    page.see("h2", "Nobody had it")
    page.see(".dot", "Pager: not known")
    page.call("unroute", "**/console/live")
    page.gone(LOST)
    page.see(row, f"Ringing {ready['person']['name']}")


def test_whoever_is_logged_out_elsewhere_is_led_to_the_login(open_page, account, make, api):
    person = make.user()
    here = invited(account, api, person)
    page = open_page("/console/incidents", cookies=cookies_of(here, account), expected_problems=True)
    for one in api.get(f"/users/{person['id']}/sessions")["user_sessions"]:
        api.delete(f"/users/{person['id']}/sessions/{one['type']}/{one['id']}")
    # Something happens, and the stream asks again.
    make.user()
    page.see("input[name=password]")


def test_a_read_that_fails_alone_is_no_lost_connection(open_page, account, make, ready):
    incident = make.alerted(ready["key"], summary="One part fails")
    page = open_page(expected_problems=True)
    page.call("refuse", "**/related_change_events", 0, {})
    page.go(f"{account.server.url}/console/incidents/{incident['id']}")
    time.sleep(5)
    assert page.count(LOST) == 0


def test_a_server_that_is_gone_and_back_is_noticed_without_a_reload(fresh_server, chromium):
    server = fresh_server()
    server.create_owner()
    server.start()
    browser = Browser(server.url).log_in(OWNER_EMAIL, OWNER_PASSWORD)
    page = chromium.open(cookies=[{"name": one.name, "value": one.value, "url": server.url} for one in browser.session.cookies])
    page.go(f"{server.url}/console/")
    page.settled()
    server.kill()
    page.see(LOST)
    page.see(".dot", "Pager: not known")
    page.see("h1", "Incidents")
    server.start()
    page.gone(LOST)
    page.see("h1", "Nothing is")
    page.close()
