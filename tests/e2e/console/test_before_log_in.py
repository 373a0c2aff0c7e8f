"""The pages for who is not logged in, which work without scripts: the log-in, and choosing a password."""

from __future__ import annotations

import pytest

TARGETS = """[...document.querySelectorAll('main .btn, main .in')].filter((e) => e.checkVisibility())
    .filter((e) => e.getBoundingClientRect().height < 43.5).map((e) => e.outerHTML.slice(0, 80))"""


@pytest.fixture
def before_log_in(api, make) -> dict:
    """Their addresses, by what they are."""
    person = make.user()
    invitation = api.post("/console/invitations", {"invitation": {"user": {"id": person["id"], "type": "user_reference"}}}, expect=201)["invitation"]
    path = "/console/invitation/" + invitation["url"].split("/console/invitation/")[1]
    return {"the log-in": "/console/login", "a new password": "/console/password", "an invitation": path,
            "one that is over": "/console/invitation/" + "0" * 20}


@pytest.mark.usefixtures("owner_cookies")  # which are there only where the application is
@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_before_the_log_in_and_all_of_it_fits(chromium, account, before_log_in, theme, width):
    for scripts in (True, False):
        page = chromium.open(viewport={"width": width, "height": 844}, colorScheme=theme, javaScriptEnabled=scripts)
        for what, path in before_log_in.items():
            page.call("goto", account.server.url + path)
            assert page.count("h1 >> visible=true") == 1, what
            if not scripts:
                continue
            assert page.axe() == [], what
            assert page.overflow() <= 0, what
            if width < 600:
                assert page.call("evaluate", TARGETS) == [], what
        page.close()


@pytest.mark.usefixtures("owner_cookies")
def test_a_password_is_changed_from_ones_own_menu(chromium, api, make):
    person = make.user(role="limited_user")
    invitation = api.post("/console/invitations", {"invitation": {"user": {"id": person["id"], "type": "user_reference"}}}, expect=201)["invitation"]
    page = chromium.open(viewport={"width": 390, "height": 844}, isMobile=True, hasTouch=True)
    page.call("goto", invitation["url"])
    page.fill("Password, at least 8 characters", "a long password")
    page.fill("The same again", "a long password")
    page.button("Set the password")
    page.see("#app h1", person["name"])
    page.button(f"{person['name']}, your account")
    page.click("a:has-text('Change your password')")
    page.see("h1", "Change your password")
    page.fill("E-mail", person["email"])
    page.fill("Present password", "a long password")
    page.fill("New password, at least 8 characters", "a longer password")
    page.fill("The same again", "a longer password")
    page.button("Change the password")
    page.see("#app h1", person["name"])
    assert page.problems() == []
    page.close()
