"""What holds in every dialog: it is accessible in both themes, and fits a phone. The list below is held against the source."""

from __future__ import annotations

import json
import re

import pytest

from chromium import CONSOLE
from support.factory import reference
from test_every_page import SMALL_TARGETS, visit

SOURCE = CONSOLE / "src"


def key(name: str):
    return lambda page: page.press(name)


def typed(label: str, value: str):
    return lambda page: page.fill(label, value)


def ticked(words: str):
    return lambda page: page.click(f"dialog label:has-text({json.dumps(words)}) input")


def narrow(page):
    """What only a telephone has."""
    page.call("setViewportSize", {"width": 390, "height": 844})


# By the file that it stands in: the page, and what is pressed there. A text is a button: "Change" that one, "Change …" the first
# that goes on with what it is about.
OPENERS = {
    "frame.tsx": [("incidents", "Olga Owner, your account"), ("incidents", key("?")), ("incidents", narrow, "More")],
    "parts/draft_guard.tsx": [("edit policy", typed("Description", "Not sent"), lambda page: page.click("nav[aria-label=Main] >> text=Insights"))],
    "parts/search.tsx": [("incidents", key("/"))],
    "pages/incidents/acts.tsx": [("incident", words) for words in ("Resolve", "Escalate now", "Snooze", "Reassign", "Add note", "Merge", "Priority")] + [("held", "Give back")] + [
        # Two rows are selected, and stay so when the first dialog is left.
        ("incidents", key("j"), key("x"), key("j"), key("x"), "Resolve"), ("incidents", "Reassign")],
    "pages/incidents/incident.tsx": [("incident", narrow, "More actions")],
    "pages/incidents/responders.tsx": [("incident", "Ask for help")],
    "pages/incidents/saved_views.tsx": [("resolved", "Save this view")],
    "pages/services/business.tsx": [("new business service",), ("business service", "Change"), ("business service", "Delete")],
    "pages/services/custom_fields.tsx": [("custom fields", "New field"), ("custom fields", "Change …"), ("custom fields", "Delete …")],
    "pages/services/dependencies.tsx": [("dependencies", "Add a dependency")],
    "pages/services/extensions.tsx": [("extensions", "Add an extension"), ("extensions", "Change Shop channel"), ("extensions", "Delete Shop channel")],
    "pages/services/field_values.tsx": [("fields of a service", "Change the custom fields"), ("incident", "Change the custom fields")],
    "pages/services/integration.tsx": [("integration", "Rename"), ("integration", "Delete")],
    "pages/services/maintenance.tsx": [("new maintenance",), ("maintenance window", "Change"), ("service response", "New maintenance")],
    "pages/services/service.tsx": [("service", "Delete")],
    "pages/services/settings.tsx": [("service", "Settings")],
    "pages/orchestration/orchestrations.tsx": [
        ("orchestrations", "New event orchestration"), ("routes", "Settings"), ("routes", "Delete"), ("keys of an orchestration", "Add an integration"),
        ("keys of an orchestration", "Delete …")],
    "pages/orchestration/rule_form.tsx": [("routes", "New rule …"), ("routes", "Change rule 1"), ("global rules", "New rule …"), ("routes", "Change what happens then")],
    "pages/oncall/overrides.tsx": [("schedule", "New override"), ("mine", "Give away …")],
    "pages/oncall/policy.tsx": [("policy", "Delete")],
    "pages/oncall/schedule.tsx": [("schedule", "Delete")],
    "pages/oncall/shift_forms.tsx": [
        ("shifts", "Add a rotation"), ("shifts", "Change …"), ("shifts", "Add a shift"), ("shifts", "New override"), ("shifts", "Delete …")],
    "pages/oncall/shift_schedule.tsx": [("shifts", "Settings"), ("shifts", "Delete")],
    "pages/oncall/swap.tsx": [("schedule", "Swap shifts")],
    "pages/people/methods.tsx": [
        ("user", "Add a contact method"), ("user", "Change …"), ("user", "Verify …"), ("user", "Delete …"), ("user", "Test …"), ("user", "Test …", "Send a test")],
    "pages/people/people.tsx": [("users", "Add a user"), ("user", "Invite"), ("teams", "New team"), ("team", "Change"), ("team", "Delete")],
    "pages/people/user.tsx": [("user", "Change"), ("user", "Delete"), ("rules", "Add a rule for high urgency"), ("rules", "Add a rule for hand-offs")],
    "pages/integrations/api_keys.tsx": [
        ("new key",), ("new key", typed("Description", "Of the dialogs"), "Create Key"), ("keys", "Rename Of the dialogs"), ("keys", "Delete Of the dialogs")],
    "pages/integrations/oauth_apps.tsx": [
        ("apps", "+ New App"), ("apps", "+ New App", typed("App name", "Of the dialogs"), "Next", ticked("incidents.read"), "Register App"),
        ("apps", "Change Of the dialogs"), ("apps", "New secret for Of the dialogs"), ("apps", "Delete Of the dialogs")],
    "pages/integrations/oauth_clients.tsx": [("extensions", "New OAuth client"), ("extensions", "Change The gateway"), ("extensions", "Delete The gateway")],
    "pages/integrations/webhooks.tsx": [
        ("extensions", "New Webhook"), ("extensions", "Change The bot of the shop"), ("extensions", "Delete The bot of the shop"),
        ("extensions", "New Webhook", typed("Webhook URL", "https://dialogs.example.com/hook"), "Add Webhook")],
}


def wordings(title: str) -> list[str]:
    """What the title of a dialog in the source may come to, as patterns: each of its texts; anything where it has none."""
    title = re.sub(r"=== '\w+'", "", title)
    templates = re.findall(r"`((?:[^`$]|\$\{[^}]*\})*)`", title)
    texts = re.findall(r"""'([^']*)'|"([^"]*)\"""", re.sub(r"`(?:[^`$]|\$\{[^}]*\})*`", "", title))
    patterns = [".+".join(map(re.escape, re.split(r"\$\{[^}]*\}", one))) for one in templates] + [re.escape(a or b) for a, b in texts]
    return patterns or [".+"]


def in_source() -> dict[str, list[str]]:
    """The titles of all dialogs, by file."""
    found = {}
    for path in sorted(SOURCE.rglob("*.tsx")):
        name, text = str(path.relative_to(SOURCE)), path.read_text()
        if name == "parts/forms.tsx":
            continue
        assert "<dialog" not in text, f"{name}: dialogs are made by parts/forms.tsx"
        titles = re.findall(r"""<(?:Act)?Dialog(?: wide)? title=("[^"]*"|\{.*?\}) (?:act|onClose)=""", text)
        assert len(titles) == len(re.findall(r"<(?:Act)?Dialog\b", text)), f"{name}: title comes first, then act or onClose, so that the list of dialogs can be held against it"
        if titles:
            found[name] = [pattern for title in titles for pattern in wordings(title)]
    return found


def press(page, what):
    if callable(what):
        return what(page)
    words = re.escape(what.removesuffix("…")).replace("/", r"\/")
    end = ".+" if what.endswith("…") else ""
    within = "dialog >> " if page.count("dialog[open]") else ""
    page.call("click", f"{within}role=button[name=/^{words}{end}$/] >> visible=true >> nth=0")


def opened(page, path: str, presses: list) -> str:
    """The title of the dialog that comes up."""
    visit(page, path)
    for one in presses:
        press(page, one)
    page.see("dialog[open] h2")
    page.settled()
    return page.text("dialog[open] h2")


def leave(page):
    """A dialog that shows something once lets nobody go before they have it."""
    if page.count("dialog >> text=Leave and lose the draft?"):
        page.button("Leave", "dialog")
    elif page.count("dialog >> text=I have stored it"):
        page.click("dialog >> text=I have stored it")
        page.button("Done", "dialog")
    else:
        page.press("Escape")
    page.gone("dialog[open]")
    page.call("setViewportSize", {"width": 1280, "height": 844})


def look(page) -> dict:
    """What is wrong with the dialog that is open."""
    found = {}
    for theme in ("dark", "light"):
        page.call("evaluate", f"document.documentElement.dataset.theme = '{theme}'")
        found[theme] = page.call("axe", "dialog[open]")
    for width in (390, 320):
        page.call("setViewportSize", {"width": width, "height": 844})
        inside = page.call("evaluate", "(({left, right, bottom}) => left >= 0 && right <= innerWidth && bottom <= innerHeight)(document.querySelector('dialog[open]').getBoundingClientRect())")
        wider = page.call("evaluate", "(({scrollWidth, clientWidth}) => scrollWidth - clientWidth)(document.querySelector('dialog[open] .body'))")
        found[f"{width} wide"] = [] if inside and wider <= 0 else [f"inside the window: {inside}; text is wider by {wider}"]
        found[f"{width} small"] = page.call("evaluate", SMALL_TARGETS.replace("#app", "#app dialog"))
    return {kind: seen for kind, seen in found.items() if seen}


@pytest.fixture(scope="module")
def dialogs(chromium, account, owner_cookies, addresses, make, owner) -> dict:
    """Every dialog: its titles by file, and what was found in it."""
    shifts = make.schedule([owner, make.user()], time_zone="Etc/UTC")
    make.policy(rules=[{"escalation_delay_in_minutes": 5, "targets": [reference("schedule", shifts)]}])
    page = chromium.open(cookies=owner_cookies, viewport={"width": 1280, "height": 844})
    page.go(account.server.url + "/console/")
    titles, wrong, problems = {}, {}, {}
    for file, openers in OPENERS.items():
        for where, *presses in openers:
            try:
                title = opened(page, addresses[where], presses)
            except AssertionError as error:
                problems[f"{file}: {where}, {presses}"] = str(error)
                page.go(account.server.url + addresses[where])
                continue
            titles.setdefault(file, []).append(title)
            if found := look(page):
                wrong[f"{file}: {title}"] = found
            if complaints := page.problems():
                problems[f"{file}: {title}"] = complaints
            leave(page)
    page.close()
    return {"titles": titles, "wrong": wrong, "problems": problems}


def test_no_dialog_is_forgotten(dialogs):
    forgotten = [f"{file}: {pattern}" for file, patterns in in_source().items() for pattern in patterns
                 if not any(re.fullmatch(pattern, title) for title in dialogs["titles"].get(file, []))]
    assert forgotten == [], "say in OPENERS how they are opened"


def test_axe_finds_nothing_in_any_dialog_and_each_fits_a_phone(dialogs):
    assert dialogs["wrong"] == {}, json.dumps(dialogs["wrong"], indent=1)


def test_no_dialog_complains(dialogs):
    assert dialogs["problems"] == {}


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_in_what_opens_beside_the_page(open_page, theme):
    opened = {"button.dot": ".lamps", "role=button[name='This page by API']": ".drawer"}
    made = [one for path in SOURCE.rglob("*.tsx") for one in re.findall(r'<\w+[^>]* popover="|<aside ', path.read_text())]
    assert len(made) == len(opened), "say here what opens it"
    page = open_page("/console/users", theme=theme)
    for button, what in opened.items():
        page.click(button)
        page.see(what)
        page.settled()
        assert page.call("axe", what) == []
        page.press("Escape")
        page.gone(what)
