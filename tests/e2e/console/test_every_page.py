"""What holds on every page: it works without complaints, is accessible in both themes, fits a phone, and comes quickly."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest
import requests

from chromium import CONSOLE
from conftest import log_in

FIRST_LOAD_BYTES = 150_000


def visit(page, path: str):
    if page.call("evaluate", "location.pathname + location.search") != path:
        page.visit(path)
    page.settled()


# What a finger has to hit. Links inside sentences are exempt (WCAG 2.5.8).
SMALL_TARGETS = """[...document.querySelectorAll('#app button, #app .btn, #app .tabs a')].filter((e) => e.checkVisibility() && !e.matches('.linkish, .skip, .handle'))
    .filter((e) => e.getBoundingClientRect().height < 43.5).map((e) => `${e.outerHTML.slice(0, 80)} ${e.getBoundingClientRect().height}`)"""

# Text that stands in a column of a few letters beside something that takes all the room.
SQUEEZED = """[...document.querySelectorAll('#app main *')].filter((e) => e.checkVisibility() && !e.closest('svg, pre, .sched')).flatMap((e) => [...e.childNodes])
    .filter((node) => node.nodeType === 3 && node.data.trim().length > 10).filter((node) => {
        const range = document.createRange();
        range.selectNode(node);
        const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size;
        return lines > 2 && node.data.trim().length / lines < 7;
    }).map((node) => node.data.trim().slice(0, 60))"""

# Which tab is open has to be seen.
LOST_TABS = """[...document.querySelectorAll('#app .tabs')].filter((bar) => bar.checkVisibility()).flatMap((bar) => [...bar.querySelectorAll('[aria-current]')]
    .filter((tab) => tab.getBoundingClientRect().left < bar.getBoundingClientRect().left - 1 || tab.getBoundingClientRect().right > bar.getBoundingClientRect().right + 1)).map((tab) => tab.innerText)"""


def by_api(page) -> bool:
    """Whether the drawer says what the page is by API; those that begin with a dialog, which has the window for itself, have none."""
    if page.count("dialog[open]"):
        return True
    page.button("This page by API")
    page.see(".drawer h2", "By API")
    told = page.count(".drawer pre:has-text('curl')") > 0
    page.button("Close", ".drawer")
    page.gone(".drawer")
    return told


@pytest.fixture(scope="module")
def at_the_desk(chromium, account, owner_cookies, addresses) -> dict:
    """What was found on each page, one look after the other."""
    page = chromium.open(cookies=owner_cookies, viewport={"width": 1280, "height": 844})
    page.go(account.server.url + "/console/")
    found = {name: {} for name in ("dark", "light", "headings", "silent", "problems")}
    for name, path in addresses.items():
        visit(page, path)
        for theme in ("dark", "light"):
            page.call("evaluate", f"document.documentElement.dataset.theme = '{theme}'")
            if violations := page.axe():
                found[theme][name] = violations
        if page.count("h1 >> visible=true") != 1:
            found["headings"][name] = page.count("h1 >> visible=true")
        if not by_api(page):
            found["silent"][name] = path
        if problems := page.problems():
            found["problems"][name] = problems
    page.close()
    return found


@pytest.fixture(scope="module")
def in_the_hand(chromium, account, owner_cookies, addresses) -> dict:
    """The same on a telephone, wide and narrow."""
    page = chromium.open(cookies=owner_cookies, viewport={"width": 390, "height": 844}, isMobile=True, hasTouch=True)
    page.go(account.server.url + "/console/")
    found = {name: {} for name in ("wide", "small", "squeezed", "lost tabs", "violations", "problems")}
    for name, path in addresses.items():
        visit(page, path)
        for width in (390, 320):
            page.call("setViewportSize", {"width": width, "height": 844})
            if page.overflow() > 0:
                found["wide"][f"{name}, {width}"] = page.overflow()
            if small := page.call("evaluate", SMALL_TARGETS):
                found["small"][f"{name}, {width}"] = small[:3]
        page.call("setViewportSize", {"width": 390, "height": 844})
        for kind, look in (("squeezed", SQUEEZED), ("lost tabs", LOST_TABS)):
            if seen := page.call("evaluate", look):
                found[kind][name] = seen[:3]
        if violations := page.axe():
            found["violations"][name] = violations
        if problems := page.problems():
            found["problems"][name] = problems
    page.close()
    return found


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_on_any_page(at_the_desk, theme):
    assert at_the_desk[theme] == {}, json.dumps(at_the_desk[theme], indent=1)


def test_every_page_has_one_heading(at_the_desk):
    assert at_the_desk["headings"] == {}


def test_no_page_complains(at_the_desk, in_the_hand):
    assert at_the_desk["problems"] == in_the_hand["problems"] == {}


def test_every_page_fits_a_phone_and_its_targets_a_finger(in_the_hand):
    assert in_the_hand["wide"] == in_the_hand["small"] == {}


def test_text_on_a_phone_has_room_and_the_open_tab_is_seen(in_the_hand):
    assert in_the_hand["squeezed"] == in_the_hand["lost tabs"] == {}


def test_axe_finds_nothing_on_any_page_of_a_phone(in_the_hand):
    assert in_the_hand["violations"] == {}, json.dumps(in_the_hand["violations"], indent=1)


@pytest.mark.parametrize("weather", ["quiet", "storm"])
def test_the_first_load_is_small(chromium, account, owner_cookies, make, weather):
    if weather == "storm":
        key = make.routing_key()
        for number in range(24):
            make.events.trigger(key, dedup_key=f"{key}-{number}", summary=f"Disk {number} is full")
    page = chromium.open(cookies=owner_cookies)
    page.go(account.server.url + "/console/")
    page.settled()
    loaded = [(kind, address, size) for kind, address, size in page.call("loaded") if kind in ("document", "script", "stylesheet")]
    page.close()
    sizes = {address: size for _, address, size in loaded}
    assert len([1 for kind, _, _ in loaded if kind == "script"]) >= 2
    assert sum(sizes.values()) <= FIRST_LOAD_BYTES, json.dumps(sizes, indent=1)


def test_files_of_the_application_are_packed_and_kept_for_good(account, owner_cookies):
    manifest = json.loads((CONSOLE / "dist/.vite/manifest.json").read_text())
    answer = requests.get(f"{account.server.url}/console/app/{manifest['src/main.tsx']['file']}", timeout=10)
    assert answer.headers["Content-Encoding"] == "gzip" and "immutable" in answer.headers["Cache-Control"]
    page = requests.get(f"{account.server.url}/console/login", timeout=10).text
    # The style stands in the page, so that nothing else is waited for; the policy names it, and no other counts.
    style = re.search(r"<style>(.*?)</style>", page, re.S).group(1)
    policy = requests.get(f"{account.server.url}/console/login", timeout=10).headers["Content-Security-Policy"]
    assert f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" in policy and "unsafe" not in policy


def test_pages_and_what_they_read_are_packed_for_the_console_alone(account, owner_cookies, make):
    make.alerted(make.routing_key())
    cookies = {cookie["name"]: cookie["value"] for cookie in owner_cookies}
    get = lambda path, **headers: requests.get(account.server.url + path, cookies=cookies, headers=headers, timeout=10).headers.get("Content-Encoding")
    assert get("/console/") == get("/incidents", **{"X-Callboard-Console": "1"}) == "gzip"
    # Another site's page could read secrets from lengths.
    assert get("/console/", **{"Sec-Fetch-Site": "cross-site"}) is None
    assert get("/console/", **{"Accept-Encoding": "identity"}) is None


def test_what_the_application_does_not_know_stays_the_servers(chromium, account, owner_cookies, make):
    incident = make.alerted(make.routing_key())
    page = chromium.open(cookies=owner_cookies)
    page.call("goto", f"{account.server.url}/console/incidents/{incident['id']}/nothing/here")
    page.see("main", "There is nothing at this address")
    page.call("waitForTimeout", 300)
    assert page.count("#app") == 0
    page.close()


def test_every_page_says_what_it_is_by_api(at_the_desk, open_page, addresses):
    assert at_the_desk["silent"] == {}
    page = open_page(addresses["policy"])
    page.press("c")
    page.see(".drawer pre", 'resource "pagerduty_escalation_policy"')


@pytest.mark.parametrize("name, kind", [("services", "service"), ("on call", "escalation_policy"), ("on call", "schedule"), ("on call", "schedulev2"), ("users", "user"), ("teams", "team"),
                                        ("business services", "business_service"), ("orchestrations", "event_orchestration")])
def test_what_a_list_shows_is_adopted_by_terraform(open_page, addresses, name, kind):
    page = open_page(addresses[name])
    page.press("c")
    page.see(".drawer pre", f"to = pagerduty_{kind}.")
    page.see(".drawer pre", "terraform plan -generate-config-out=generated.tf")


def test_what_terraform_does_not_know_is_said_in_one_line(open_page):
    page = open_page("/console/incidents")
    page.press("c")
    page.see(".drawer", "Terraform keeps what stays; it has nothing for this page.")


def test_the_pagers_health_is_on_every_page(open_page):
    page = open_page("/console/users")
    page.click("button.dot")
    for words in ("Last event", "Messages waiting", "Channels", "Store", "Version"):
        page.see(".lamps", words)
    page.press("Escape")
    page.gone(".lamps")


def test_something_that_is_not_there_says_so(open_page):
    page = open_page(expected_problems=True)
    page.visit("/console/incidents/QNOTHINGHERE00")
    page.see("h1", "There is nothing at this address")


def test_the_keyboard_leads_everywhere_and_can_be_switched_off(open_page, make):
    service = make.service()
    page = open_page()
    page.press("?")
    page.see("dialog", "acknowledge")
    page.press("Escape")
    page.gone("dialog")
    page.press("g", "s")
    page.see("h1", "Service Directory")
    page.press("/")
    page.call("locator:fill", "input[role=combobox]", service["name"])
    page.see("[role=option]", service["name"])
    page.press("Enter")
    page.see("h1", service["name"])
    page.button("Olga Owner, your account")
    page.click("text=Single keys act")
    page.button("Done")
    page.press("g", "i")
    page.call("waitForTimeout", 300)
    assert page.text("h1") == service["name"]


@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_that_begins_with_a_dialog_has_it_in_front(open_page, width):
    page = open_page("/console/service-directory/maintenance-windows/new", width=width)
    page.see("dialog h2", "New maintenance window")
    assert page.call("evaluate", "document.querySelector('dialog').matches(':modal')"), "one can go on behind it"
    assert page.call("evaluate", "document.activeElement.closest('dialog') !== null"), "the keyboard is somewhere else"
    box = page.call("evaluate", "(({top, bottom}) => [top, bottom])(document.querySelector('dialog').getBoundingClientRect())")
    assert 0 <= box[0] and box[1] <= 844
    page.press("Escape")
    page.gone("dialog")


def test_the_open_tab_is_seen_at_once_on_a_phone(open_page):
    page = open_page("/console/custom-fields", width=390)
    assert page.call("evaluate", LOST_TABS) == []


def test_a_dialog_gives_the_focus_back(open_page, make):
    page = open_page(f"/console/users/{make.user()['id']}")
    focused = lambda: page.call("evaluate", "document.activeElement.innerText")
    for way in ("Escape", "Cancel"):
        page.call("focus", "role=button[name='Add a contact method']")
        page.press("Enter")
        page.see("dialog")
        page.press("Escape") if way == "Escape" else page.button("Cancel", "dialog")
        page.gone("dialog")
        assert focused() == "Add a contact method", way
    # What opened it is another dialog, which is gone.
    page.button("Olga Owner, your account")
    page.click("dialog >> text=My On-Call Shifts")
    page.see("h1", "My On-Call Shifts")
    page.until(lambda: page.call("evaluate", "document.activeElement.id") == "main")


def test_the_look_is_the_readers_choice_on_this_device(open_page, account):
    page = open_page(cookies=log_in(account))
    colour = lambda: page.call("evaluate", "getComputedStyle(document.body).backgroundColor")
    page.button("Olga Owner, your account")
    page.choose("Look", "Light")
    light = colour()
    page.choose("Look", "Dark")
    assert colour() != light
    page.button("Log out")
    page.call("waitForURL", "**/console/login**")


def test_insights_are_exported_without_formulas(open_page, make, ready):
    make.alerted(ready["key"], summary="=1+1")
    page = open_page("/console/insights")
    page.see(".tiles", "Incidents")
    page.call("evaluate", "window.saved = new Promise((resolve) => { const make = URL.createObjectURL; URL.createObjectURL = (blob) => { resolve(blob.text()); return make(blob); }; }), 0")
    page.button("Export CSV")
    text = page.call("evaluate", "window.saved")
    assert text.startswith("incident_number,description,") and ",'=1+1," in text
