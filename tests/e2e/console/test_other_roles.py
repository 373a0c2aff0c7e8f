"""The console as people see it whose role reaches less far: whole pages, and no button that the server then refuses."""

from __future__ import annotations

import json

import pytest

from conftest import cookies_of, every_page, invited
from support.client import Client, unique
from support.events import Events
from support.factory import Factory
from support.server import OWNER_EMAIL, Server
from test_every_page import visit

# What can be pressed that is no link, by its name without what it is about: one of each is enough.
SHOWN = "[...document.querySelectorAll('#app main button:not([disabled])')].filter((e) => e.checkVisibility())"
NAME = "(e) => [...e.childNodes].filter((node) => !node.classList?.contains('vh')).map((node) => node.textContent).join('').trim() || e.ariaLabel"

# The act of a dialog, also when the browser finds its fields incomplete: whether somebody may is asked first.
SEND = """document.querySelectorAll('form').forEach((form) => (form.noValidate = true)), document.querySelector('dialog[open] footer button:last-child')?.click()"""

# What there is to be changed is the account's, or made by a form of its own.
NOT_THEIRS = ["new service", "add integration", "integrations", "keys", "new key", "apps", "extensions", "deliveries", "edit policy", "edit schedule", "new policy",
              "new schedule", "new shifts", "new business service", "new maintenance", "custom fields", "on call", "orchestrations"]


class House:
    """An account of its own: what is pressed here, happens."""

    def __init__(self):
        self.server = Server(flags=("--clock-control", "--private-webhooks"))
        self.server.create_owner()
        self.server.start()
        self.api = Client(self.server.url, self.server.create_api_key("full"), OWNER_EMAIL)
        self.make = Factory(self.api, Events(self.server.url))
        self.addresses = every_page(self.make, self.api.get("/users", params={"query": OWNER_EMAIL})["users"][0])
        self.team = self.addresses["team"].rsplit("/", 1)[1]

    def join(self, person: dict, role: str):
        self.api.put(f"/teams/{self.team}/users/{person['id']}", {"role": role})


@pytest.fixture(scope="module")
def house():
    made = House()
    yield made
    made.server.stop()
    made.server.discard()


@pytest.fixture
def page_of(house, chromium):
    """page_of(person): a page in which they are logged in."""
    pages = []

    def opened(person: dict):
        pages.append(chromium.open(cookies=cookies_of(invited(house, house.api, person), house), viewport={"width": 1280, "height": 844}))
        pages[-1].go(house.server.url + "/console/")
        return pages[-1]

    yield opened
    for page in pages:
        page.close()


def refusals(page) -> list[str]:
    """What was asked for although it is refused, and what is wrong with the page itself; that something is not there, or is incomplete, is no fault."""
    return [one for one in page.problems() if "status of 403" in one or "Failed to load resource" not in one]


def pressed(page, name: str):
    """Presses it, and the act of the dialog that comes up; leaves the dialog."""
    page.call("evaluate", f"{SHOWN}.find((e) => ({NAME})(e) === {json.dumps(name)})?.click()")
    page.settled()
    if page.count("dialog[open]"):
        page.call("evaluate", SEND)
        page.settled()
        page.press("Escape")


@pytest.mark.parametrize("role, on_team", [("restricted_access", "responder"), ("read_only_user", None), ("observer", None), ("limited_user", None)])
def test_no_page_asks_for_and_no_button_does_what_is_refused(house, page_of, role, on_team):
    person = house.make.user(role=role)
    if on_team:
        house.join(person, on_team)
    page, found, done = page_of(person), {}, set()
    own = {"myself": f"/console/users/{person['id']}", "my rules": f"/console/users/{person['id']}?tab=rules"}
    # The list comes last: what is resolved there can be done nothing with any more.
    for name, path in sorted({**house.addresses, **own}.items(), key=lambda one: one[0] == "incidents"):
        visit(page, path)
        page.until(lambda: page.count("h1 >> visible=true") == 1)
        if wrong := refusals(page):
            found[name] = wrong
        if name in NOT_THEIRS:
            assert page.count(".note:has-text('Ask ') >> visible=true") > 0, f"{name} does not say whom to ask"
        buttons = set(page.call("evaluate", f"{SHOWN}.map({NAME})")) - done
        for button in sorted(buttons, key=lambda one: one in ("Merge", "Resolve", "Resolve this alert")):
            visit(page, path)
            pressed(page, button)
            if wrong := refusals(page):
                found[f"{name}: {button}"] = wrong
            # What shows something once lets nobody go before they have it.
            if page.count("dialog[open]"):
                page.go(house.server.url + path)
        done |= buttons
    assert found == {}, json.dumps(found, indent=1)


def test_whoever_sees_nothing_is_told_why_and_sees_more_once_they_are_in_a_team(house, page_of):
    person = house.make.user(role="restricted_access")
    page = page_of(person)
    visit(page, "/console/incidents")
    page.see(".note", "you are in no team yet")
    house.join(person, "responder")
    # They come back to the page after a look elsewhere.
    page.call("evaluate", "window.dispatchEvent(new Event('visibilitychange'))")
    page.gone(".note:has-text('you are in no team yet')")
    visit(page, "/console/service-directory")
    assert refusals(page) == []


def test_an_observer_answers_what_they_have_and_nothing_else(house, page_of):
    person, other = house.make.user(role="observer"), house.make.user()
    key = house.make.routing_key(house.make.service(house.make.policy([other])))
    theirs, others = house.make.alerted(key, summary="Given to the observer"), house.make.alerted(key, summary="Of somebody else")
    house.api.put(f"/incidents/{theirs['id']}", {"incident": {"type": "incident_reference", "assignments": [{"assignee": {"id": person["id"], "type": "user_reference"}}]}})
    page = page_of(person)
    visit(page, f"/console/incidents/{others['id']}")
    page.see("h1", "Of somebody else")
    assert page.count("#app main button:has-text('Acknowledge')") == 0
    visit(page, "/console/incidents")
    page.button(f"Acknowledge #{theirs['incident_number']}")
    page.see(".toast", "You have it.")
    assert page.count(f"role=button[name='Acknowledge #{others['incident_number']}']") == 0
    assert refusals(page) == []


def test_a_manager_of_a_team_changes_what_is_the_teams(house, page_of):
    person = house.make.user(role="limited_user")
    house.join(person, "manager")
    page = page_of(person)
    visit(page, house.addresses["edit policy"])
    page.see("h1", "Edit ")
    visit(page, house.addresses["service"])
    page.button("Settings")
    page.button("Save", "dialog")
    page.gone("dialog[open]")
    visit(page, f"/console/service-directory/{house.make.service()['id']}")
    assert page.count("role=button[name='Settings']") == 0
    visit(page, "/console/integrations/extensions")
    page.see(".note", "Ask Olga Owner")
    assert refusals(page) == []


def test_what_a_manager_of_a_team_makes_is_the_teams(house, page_of):
    person = house.make.user(role="limited_user")
    house.join(person, "manager")
    team = house.api.get(f"/teams/{house.team}")["team"]
    page = page_of(person)
    visit(page, "/console/escalation_policies/new")
    page.see(".pill", team["name"])
    page.fill("Name", unique("Theirs"), exact=True)
    page.choose("Add a person or a schedule", person["name"])
    page.button("Save")
    page.see(".crumbs", team["name"])
    visit(page, "/console/schedules/new")
    page.see(".pill", team["name"])
    # Of no team they may make nothing, and the form says so before the server does.
    page.button(f"Not of {team['name']}")
    assert page.call("evaluate", "[...document.querySelectorAll('select')].some((e) => e.required && !e.value)")
    page.choose("Add a team", team["name"])
    page.fill("Name", unique("Their days"), exact=True)
    page.choose("Add a person", person["name"])
    page.until(lambda: page.count("text=I know; it is meant to be so") or page.count("button:text-is('Save'):not([disabled])"))
    if page.count("text=I know; it is meant to be so"):
        page.click("text=I know; it is meant to be so")
    page.button("Save")
    page.see(".crumbs", team["name"])
    visit(page, "/console/schedules/new?kind=shifts")
    page.fill("Name", unique("Their shifts"), exact=True)
    page.choose("Add a member", person["name"])
    page.until(lambda: page.count("text=I know; it is meant to be so") or page.count("button:text-is('Save'):not([disabled])"))
    if page.count("text=I know; it is meant to be so"):
        page.click("text=I know; it is meant to be so")
    page.button("Save")
    page.see(".crumbs", team["name"])
    assert refusals(page) == []


def test_who_sees_nothing_is_told_whom_to_ask(house):
    browser = invited(house, house.api, house.make.user(role="read_only_limited_user"), expect=403)
    assert "Ask Olga Owner" in browser.get("/console/incidents", expect=403)
