"""What was typed and not sent: whoever leaves is asked, and nobody else is."""

from __future__ import annotations

GUARD = "dialog:has-text('Leave and lose the draft?')"


def address(page) -> str:
    return page.call("evaluate", "location.pathname")


def test_a_draft_is_not_lost_by_a_link_or_the_back_button(open_page, make):
    policy = make.policy([make.user()])
    edit = f"/console/escalation_policies/{policy['id']}/edit"
    page = open_page(f"/console/escalation_policies/{policy['id']}")
    page.click("a:text-is('Edit')")
    page.see("h1", f"Edit {policy['name']}")
    page.fill("Description", "The night is long")
    page.click("nav[aria-label=Main] >> text=Services")
    page.see(GUARD)
    assert page.axe() == []
    page.button("Stay", "dialog")
    page.gone(GUARD)
    page.call("evaluate", "history.back()")
    page.see(GUARD)
    page.press("Escape")
    page.gone(GUARD)
    assert address(page) == edit and page.call("inputValue", "input >> nth=1") == "The night is long"
    # Typed back, there is nothing to lose.
    page.fill("Description", policy["description"] or "")
    page.call("evaluate", "history.back()")
    page.see("h1", policy["name"])
    page.see("a:text-is('Edit')")
    page.click("a:text-is('Edit')")
    page.see("h1", f"Edit {policy['name']}")
    page.fill("Description", "The night is long")
    page.click("nav[aria-label=Main] >> text=Services")
    page.button("Leave", "dialog")
    page.see("h1", "Service")
    page.gone(GUARD)


def test_what_is_sent_or_given_up_is_not_asked_about(open_page, make):
    policy = make.policy([make.user()])
    page = open_page(f"/console/escalation_policies/{policy['id']}/edit")
    page.fill("Description", "Given up")
    page.click("a:text-is('Cancel')")
    page.see("a:text-is('Edit')")
    page.click("a:text-is('Edit')")
    page.fill("Description", "The night is long")
    page.button("Save")
    page.see("p.lead", "The night is long")
    page.click("nav[aria-label=Main] >> text=Services")
    page.see("h1", "Service")
    assert page.count(GUARD) == 0


def test_a_refused_form_is_still_a_draft(open_page, make):
    policy = make.policy([make.user()])
    page = open_page(f"/console/escalation_policies/{policy['id']}/edit", expected_problems=True)
    page.fill("Name", "n" * 300, exact=True)
    page.button("Save")
    page.see(".errmsg")
    page.click("nav[aria-label=Main] >> text=Services")
    page.see(GUARD)
    page.button("Leave", "dialog")


def test_forms_of_several_steps_and_dialogs_are_drafts_too(open_page, make):
    make.policy([make.user()])
    page = open_page("/console/service-directory/new")
    page.fill("Name", "Half made")
    page.button("Next")
    page.click("nav[aria-label=Main] >> text=Incidents")
    page.see(GUARD)
    page.button("Leave", "dialog")
    page.visit("/console/service-directory/maintenance-windows/new")
    page.fill("Why", "New disks")
    page.call("evaluate", "history.back()")
    page.see(GUARD)
    page.button("Stay", "dialog >> nth=-1")
    # Its own Cancel leads elsewhere too, and means it.
    page.button("Cancel", "dialog")
    page.gone("dialog[open]")
    assert address(page) == "/console/service-directory/maintenance-windows"


def test_closing_the_window_asks_in_the_browsers_words(open_page, make):
    page = open_page("/console/incidents/new")
    prevented = "(() => { const event = new Event('beforeunload', { cancelable: true }); window.dispatchEvent(event); return event.defaultPrevented; })()"
    assert page.call("evaluate", prevented) is False
    page.fill("What is wrong", "Half a thought")
    page.until(lambda: page.call("evaluate", prevented))
