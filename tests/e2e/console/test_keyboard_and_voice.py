"""Without a mouse and without a picture: what the keys do, and what a screen reader says."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from support.factory import reference


def status(api, incident) -> str:
    return api.get(f"/incidents/{incident['id']}")["incident"]["status"]


def spoken(page, selector: str) -> str:
    """The part of the accessibility tree in one line: roles, names and texts as a screen reader meets them."""
    tree = page.call("locator:ariaSnapshot", selector)
    lines = [line.strip(" -").rstrip(":") for line in tree.splitlines() if "/url:" not in line]
    # As YAML quotes what it has to.
    return " | ".join(re.sub(r'^text: "?(.*?)"?$', r"\1", re.sub(r"^'(.*)'$", r"\1", line)) for line in lines)


def focused(page) -> str:
    return page.call("evaluate", "document.activeElement.innerText")


@pytest.fixture
def three(make, ready) -> list:
    """Incidents of one service, the newest first."""
    return [make.alerted(ready["key"], summary=f"Problem {n}") for n in range(3)][::-1]


def list_of(ready) -> str:
    return f"/console/incidents?service={ready['service']['id']}"


# --- keys ------------------------------------------------------------------------------------------------------------


def test_a_list_is_walked_selected_and_opened_by_keys(open_page, ready, three):
    page = open_page(list_of(ready))
    page.press("j", "j")
    assert page.text(".cursor .title") == focused(page) == three[1]["title"], "the focus goes along, so that the row is spoken"
    page.press("k", "k", "k")
    assert focused(page) == three[0]["title"], "the first row is the end"
    page.press("x", "j", "j", "X")
    page.see(".bulk", "3 selected")
    page.press("Escape")
    page.gone(".bulk")
    page.press("Enter")
    page.see("h1", three[2]["title"])
    page.press("Escape")
    page.until(lambda: page.call("evaluate", "location.pathname") == "/console/incidents")


def test_enter_presses_what_has_the_focus_also_in_a_list(open_page, ready, three):
    page = open_page(list_of(ready))
    page.see(".title", three[0]["title"])
    page.press("j", "x")
    page.call("evaluate", "document.querySelector('details > summary').focus()")
    opened = page.call("evaluate", "document.querySelector('details').open")
    page.press("Enter")
    page.until(lambda: page.call("evaluate", "document.querySelector('details').open") != opened)
    page.call("evaluate", "[...document.querySelectorAll('.bulk button')].find((e) => e.textContent.includes('Resolve')).focus()")
    page.press("Enter")
    page.see("dialog[open]", "Resolve")
    page.press("Escape")
    page.gone("dialog[open]")
    page.call("evaluate", "document.querySelector('nav.nav a[href=\"/console/service-directory\"]').focus()")
    page.press("Enter")
    page.until(lambda: page.call("evaluate", "location.pathname") == "/console/service-directory")


def test_escape_leaves_no_form_with_what_was_typed(open_page, ready):
    page = open_page("/console/escalation_policies/new")
    page.see("h1", "")
    page.call("evaluate", "document.querySelector('main button').focus()")
    page.press("Escape")
    page.settled()
    assert page.call("evaluate", "location.pathname") == "/console/escalation_policies/new"


def test_an_act_is_not_kept_for_later_when_the_browser_believes_that_it_is_offline(open_page, ready, three, api):
    page = open_page(list_of(ready))
    page.see(".title", three[0]["title"])
    page.call("evaluate", "Object.defineProperty(navigator, 'onLine', { get: () => false }), window.dispatchEvent(new Event('offline'))")
    page.press("j", "a")
    page.see(".toast", "You have it.")


def test_acts_of_a_list_by_keys(open_page, ready, three, api):
    page = open_page(list_of(ready))
    page.see(".title", three[0]["title"])
    page.press("a")
    page.call("waitForTimeout", 200)
    assert {status(api, one) for one in three} == {"triggered"}, "no row is meant before one is chosen"
    page.press("j", "a")
    page.see(".toast", "You have it.")
    page.until(lambda: status(api, three[0]) == "acknowledged")
    for key, title in (("r", "Problem 2"), ("e", "Escalate now"), ("s", "Snooze"), ("z", "Snooze"), ("n", "Add a note")):
        page.press(key)
        page.see("dialog h2", title)
        # A key in a dialog is only a letter, or nothing.
        page.press("Escape")
        page.gone("dialog")
    assert [status(api, one) for one in three] == ["acknowledged", "triggered", "triggered"]


def test_acts_of_an_incident_by_keys(open_page, make, ready, api):
    incident = make.alerted(ready["key"], summary="By keys")
    page = open_page(f"/console/incidents/{incident['id']}")
    for key, title in (("r", "By keys"), ("e", "Escalate now"), ("s", "Snooze"), ("n", "Add a note"), ("m", "Merge"), ("?", "Keys"), ("/", "Search")):
        page.press(key)
        page.see("dialog h2", title)
        page.press("Escape")
        page.gone("dialog")
    page.press("n")
    page.call("waitForFunction", "document.activeElement.tagName === 'TEXTAREA'")
    page.press("a", "r", "e")
    assert page.call("locator:inputValue", "dialog textarea") == "are", "keys are letters in a field"
    page.press("Escape")
    page.gone("dialog")
    assert status(api, incident) == "triggered"
    page.press("a")
    page.see(".since", "You have it")
    assert status(api, incident) == "acknowledged"


def test_nothing_is_out_of_the_keyboards_reach(open_page, make, ready):
    """Tab alone: past the skip link to the first act, in the order in which it is read."""
    incident = make.alerted(ready["key"], summary="By tab")
    page = open_page(f"/console/incidents/{incident['id']}")
    page.press("Tab")
    assert focused(page) == "To the content"
    page.press("Enter")
    met = []
    for _ in range(12):
        page.press("Tab")
        met.append(focused(page).split("\n")[0])
        ring = page.call("evaluate", "getComputedStyle(document.activeElement).outlineStyle")
        assert ring != "none", f"nobody sees where the focus is: {met[-1]}"
    acts = ["Acknowledge", "Resolve", "Escalate now", "Snooze", "Reassign", "Add note", "Merge", "Priority"]
    assert [one for one in met if one in acts] == acts
    assert met.index("Acknowledge") <= 3, met


# --- what is said ----------------------------------------------------------------------------------------------------


def test_what_a_list_says(open_page, ready, three):
    page = open_page(list_of(ready))
    page.see(".title", three[0]["title"])
    said = spoken(page, "main")
    assert 'region "Nobody has it yet 3"' in said and 'heading "Nobody has it yet 3" [level=2]' in said
    first = said[said.index("listitem"):]
    number = three[0]["incident_number"]
    wanted = [f'checkbox "Select #{number}"', "Triggered", f'link "{three[0]["title"]}"', f'link "{ready["service"]["name"]}"',
              "high urgency", "Ringing", f'link "{ready["person"]["name"]}"', f'button "Acknowledge #{number}"']
    places = [first.index(one) for one in wanted]
    assert places == sorted(places), "state before title before what happens next before the act"
    tabs = spoken(page, "[aria-label='Whose incidents']")
    assert re.search(r'link "Mine \d+"', tabs) and re.search(r'link "All \d+"', tabs), "name and number are two words"
    names = re.findall(r'button "(Acknowledge #\d+)"', said)
    assert len(names) == len(set(names)) == 3, "each button says which incident it is of"


def test_what_is_said_of_a_selection(open_page, ready, three):
    page = open_page(list_of(ready))
    page.press("j", "x")
    page.call("waitForSelector", "[role=status]:has-text('1 selected')", {"state": "attached"})
    page.press("j", "x")
    page.call("waitForSelector", "[role=status]:has-text('2 selected')", {"state": "attached"})
    assert 'group "With the selected ones"' in spoken(page, "main")


def test_what_an_incident_says_and_how_an_acknowledgement_sounds(open_page, make, owner):
    other = make.user()
    rules = [{"escalation_delay_in_minutes": 30, "targets": [reference("user", owner)]}, {"escalation_delay_in_minutes": 30, "targets": [reference("user", other)]}]
    incident = make.alerted(make.routing_key(make.service(make.policy(rules=rules))), summary="The till is slow")
    page = open_page(f"/console/incidents/{incident['id']}")
    page.see(".relay .station", other["name"])
    said = spoken(page, "main")
    wanted = [f'region "State of incident {incident["incident_number"]}"', "Triggered", "high urgency", 'heading "The till is slow" [level=1]', "Nobody has it yet.", "It is ringing you",
              'group "What happens next"', 'timer "', f"then {other['name']} is rung, if nobody acts", 'button "Acknowledge"', 'region "Alerts"', 'region "Why?"', 'region "Timeline"']
    places = [said.index(one) for one in wanted]
    assert places == sorted(places), said
    live = lambda selector: page.call("locator:getAttribute", selector, "aria-live")
    assert live(".has") == "assertive", "it rings the one who listens"
    assert live("[role=timer]") == "off", "a countdown that is spoken each second drowns all else"
    page.button("Acknowledge", ".slab")
    page.call("waitForSelector", "[role=status]:has-text('You have it.')")
    after = spoken(page, ".slab")
    assert "Acknowledged" in after and "You have it since" in after and 'button "Acknowledge"' not in after
    assert "The others sleep on." in after


def test_a_failed_act_is_said_at_once(open_page, make, ready):
    incident = make.alerted(ready["key"])
    page = open_page(expected_problems=True)
    page.visit(f"/console/incidents/{incident['id']}")
    page.call("refuse", "**/incidents", 500, {"error": {"message": "Internal Server Error", "code": 2000}})
    page.button("Acknowledge", ".slab")
    page.call("waitForSelector", "[role=alert]:has-text('Not acknowledged. Internal Server Error')")


def test_a_quiet_page_does_not_claim_what_is_not_known(open_page, ready):
    page = open_page(list_of(ready))
    # No channel is configured for this account, so that nobody could be told.
    page.see("h1", "Nothing is open.")
    page.see(".empty", "The pager is down")


# Parts of a field for a time are the browser's own, and named by it.
CONTROLS = {"button", "checkbox", "combobox", "radio", "searchbox", "spinbutton", "switch", "textbox"}
LIVE = {"alert", "log", "status"}


@pytest.mark.parametrize("name", ["incidents", "incident", "on call", "schedule", "shifts", "edit schedule", "policy", "edit policy", "services", "service", "user", "rules",
                                  "extensions", "deliveries", "routes", "team", "keys"])
def test_a_page_by_its_headings_its_controls_and_its_tables(open_page, addresses, name):
    tree = open_page(addresses[name]).call("tree")
    levels = [level for role, _, level, _ in tree if role == "heading"]
    assert levels[0] == 1 and levels.count(1) == 1, levels
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:])), f"a level is left out: {levels}"
    names = Counter((role, words) for role, words, _, inside in tree if role in CONTROLS and not any("Date" in one for one in inside))
    assert [one for one in names if not one[1].strip()] == [], "each control has a name"
    assert [one for one, times in names.items() if times > 1] == [], "each is known by its name alone"
    assert [words for role, words, _, _ in tree if role == "link" and not words.strip()] == []
    tables = sum(role == "table" for role, *_ in tree)
    assert tables == 0 or sum(role == "columnheader" for role, *_ in tree) > tables, "cells belong to columns with names"
    assert [words for role, words, _, _ in tree if role == "grid" and not words] == []
    assert [role for role, _, _, inside in tree if role in LIVE and LIVE & set(inside)] == [], "what changes would be said twice"


def test_an_acknowledgement_is_said_once(open_page, make, ready):
    incident = make.alerted(ready["key"])
    page = open_page(f"/console/incidents/{incident['id']}")
    page.call("evaluate", """window.said = [], new MutationObserver((changes) => {
        const regions = new Set(changes.map(({ target }) => (target.nodeType === 3 ? target.parentElement : target)?.closest('[role=status], [role=alert], [aria-live]:not([aria-live=off])')));
        for (const region of regions) if (region?.innerText.trim()) said.push(region.innerText.trim());
    }).observe(document.body, { subtree: true, childList: true, characterData: true }), 0""")
    page.button("Acknowledge", ".slab")
    page.see(".slab .since", "You have it")
    page.settled()
    said = page.call("evaluate", "said")
    assert len([one for one in said if "You have it." in one]) == 1, said
    assert len(said) == len(set(said)), said


def test_search_finds_what_is_over_too(open_page, make, api, ready):
    over = make.alerted(ready["key"], summary="The mangle is jammed")
    api.put(f"/incidents/{over['id']}", {"incident": {"type": "incident_reference", "status": "resolved"}})
    page = open_page("/console/insights")
    page.press("/")
    page.call("fill", "dialog input", "mangle jammed")
    page.see("dialog li", "incident, resolved, opened")
    page.see("dialog", ", and any by its number")
    page.call("fill", "dialog input", f"#{over['incident_number']}")
    page.see("dialog li:first-child", "The mangle is jammed")
    page.press("Enter")
    page.see("h1", "The mangle is jammed")


def test_a_phone_shows_ones_own_shift(open_page, make, api, owner):
    schedule = make.schedule([owner], time_zone="Etc/UTC")
    make.policy(rules=[{"escalation_delay_in_minutes": 5, "targets": [{"id": schedule["id"], "type": "schedule_reference"}]}])
    for width in (390, 320):
        page = open_page("/console/incidents", width=width)
        page.see(".top-end .shift")
        assert "on call" in page.call("getAttribute", ".shift", "title").lower() and page.overflow() <= 0
        box = "document.querySelector('.shift').getBoundingClientRect()"
        assert page.call("evaluate", f"Math.min({box}.width, {box}.height)") >= 44
        page.click(".shift")
        page.see("h1", "My On-Call Shifts")
