"""Where somebody is logged in, and how they log out elsewhere."""

from __future__ import annotations

import pytest

from support.browser import Browser
from support.client import Client
from support.server import OWNER_EMAIL, OWNER_PASSWORD

CONSOLE = {"X-Callboard-Console": "1"}


@pytest.fixture
def owner(api):
    return api.get("/users", params={"query": OWNER_EMAIL})["users"][0]


def browser(account, agent: str) -> Browser:
    one = Browser(account.server.url)
    one.session.headers["User-Agent"] = agent
    return one.log_in(OWNER_EMAIL, OWNER_PASSWORD)


def is_logged_in(one: Browser) -> bool:
    return one.session.get(one.url + "/users/me", headers=CONSOLE, timeout=10).status_code == 200


def test_sessions_are_listed_looked_at_and_ended_one_by_one(api, account, owner):
    path = f"/users/{owner['id']}/sessions"
    at_home = browser(account, "Firefox at home \xe4" + "x" * 300)
    known = {one["id"] for one in api.get(path)["user_sessions"]}
    on_the_phone = browser(account, "Chromium on the phone")
    session = next(one for one in api.get(path)["user_sessions"] if one["id"] not in known)
    assert (session["type"], session["summary"], session["user_id"]) == ("browser", "Chromium on the phone", owner["id"])
    assert api.get(f"{path}/browser/{session['id']}")["user_session"] == session
    # Which one is this?
    here = on_the_phone.session.get(on_the_phone.url + "/console/session", headers=CONSOLE, timeout=10).json()
    assert here["session"]["id"] == session["id"]
    api.delete(f"{path}/browser/{session['id']}")
    assert not is_logged_in(on_the_phone) and is_logged_in(at_home)
    api.refused("GET", f"{path}/browser/{session['id']}", 404)
    api.refused("DELETE", f"{path}/browser/{session['id']}", 404)
    summary = next(one["summary"] for one in api.get(path)["user_sessions"] if "at home" in one["summary"])
    assert summary == "Firefox at home " + "x" * 184
    api.refused("GET", f"{path}/oauth/{session['id']}", 404)


def test_all_sessions_end_at_once(api, account, owner):
    browsers = [browser(account, f"number {number}") for number in range(2)]
    api.delete(f"/users/{owner['id']}/sessions")
    assert api.get(f"/users/{owner['id']}/sessions")["user_sessions"] == []
    assert not any(is_logged_in(one) for one in browsers)


def test_others_sessions_are_nobodys_business(api, account, make, owner):
    somebody = make.user(role="user")
    path = f"/users/{owner['id']}/sessions"
    invitation = Browser(account.server.url).log_in(OWNER_EMAIL, OWNER_PASSWORD)
    answer = invitation.session.post(account.server.url + "/console/invitations", headers=CONSOLE, timeout=10,
                                     json={"invitation": {"user": {"id": somebody["id"], "type": "user_reference"}}})
    address = answer.json()["invitation"]["url"]
    theirs = Browser(account.server.url)
    there = address.removeprefix(account.server.url)
    theirs.post(there, form=there, password="a lamp left on", again="a lamp left on")
    assert is_logged_in(theirs)
    for method in ("GET", "DELETE"):
        answer = theirs.session.request(method, account.server.url + path, headers=CONSOLE, timeout=10)
        assert answer.status_code == 403
    own = f"/users/{somebody['id']}/sessions"
    mine = theirs.session.get(account.server.url + own, headers=CONSOLE, timeout=10).json()["user_sessions"]
    assert len(mine) == 1
    # A session of somebody else is not found under one's own name.
    foreign = api.get(path)["user_sessions"][0]["id"]
    answer = theirs.session.delete(account.server.url + f"{own}/browser/{foreign}", headers=CONSOLE, timeout=10)
    assert answer.status_code == 404 and is_logged_in(invitation)
