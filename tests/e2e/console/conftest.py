"""A browser, and pages for the owner. Without the application in the program, or without Chromium, nothing runs."""

from __future__ import annotations

import os
import shutil

import pytest

from chromium import CONSOLE, Chromium
from support.browser import Browser
from support.server import OWNER_EMAIL, OWNER_PASSWORD


def cookies_of(browser: Browser, account) -> list:
    """A session's cookies, as Playwright takes them."""
    return [{"name": cookie.name, "value": cookie.value, "url": account.server.url} for cookie in browser.session.cookies]


def log_in(account) -> list:
    """The cookies of a new session of the owner."""
    browser = Browser(account.server.url).log_in(OWNER_EMAIL, OWNER_PASSWORD)
    if "/console/app/" not in browser.get("/console/"):
        pytest.skip("this program was built without the console's application: run ui/console/build, then build again")
    return cookies_of(browser, account)


def invited(account, api, person) -> Browser:
    """A browser in which the person has chosen a password."""
    invitation = api.post("/console/invitations", {"invitation": {"user": {"id": person["id"], "type": "user_reference"}}}, expect=201)["invitation"]
    browser = Browser(account.server.url)
    path = invitation["url"].removeprefix(account.server.url)
    browser.post(path, form=path, password="a long password", again="a long password")
    return browser


@pytest.fixture(scope="session")
def owner_cookies(account) -> list:
    """The session that most pages share."""
    return log_in(account)


@pytest.fixture(scope="session")
def chromium():
    if not shutil.which(os.environ.get("CALLBOARD_CHROMIUM", "/usr/bin/chromium")):
        pytest.skip("there is no Chromium: ./dev setup installs it, or name one in CALLBOARD_CHROMIUM")
    if not (CONSOLE / "node_modules/playwright-core").exists():
        pytest.skip("the console's packages are not installed: run ui/console/build --install-only")
    browser = Chromium()
    yield browser
    browser.close()


@pytest.fixture
def open_page(chromium, account, owner_cookies):
    """open_page(path, **options of a browser's context): a page of the owner; what the console complains of fails the test."""
    pages = []

    def opened(path: str = "/console/", width: int = 1280, theme: str = "dark", expected_problems: bool = False, cookies=None, **options):
        phone = {"hasTouch": True, "isMobile": True} if width < 600 else {}
        page = chromium.open(cookies=cookies or owner_cookies, viewport={"width": width, "height": 844}, colorScheme=theme, **phone, **options)
        pages.append((page, expected_problems))
        page.go(account.server.url + path)
        page.settled()
        return page

    yield opened
    complaints = [problem for page, expected in pages if not expected for problem in page.problems()]
    for page, _ in pages:
        page.close()
    assert complaints == []


@pytest.fixture(scope="session")
def owner(api) -> dict:
    """The account's owner, whose pages these are."""
    return next(user for user in api.get("/users", params={"query": OWNER_EMAIL})["users"])


@pytest.fixture
def ready(make):
    """A service with a person on call, and the key that events for it carry."""
    person = make.user()
    service = make.service(make.policy([person]))
    return {"person": person, "service": service, "key": make.routing_key(service)}
