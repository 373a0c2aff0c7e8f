"""Coming in without a password: the owner of a new account, and whoever was invited."""

from __future__ import annotations

import re

import pytest
import requests

from support.browser import Browser, token
from support.client import unique

CONSOLE = {"X-Callboard-Console": "1"}
PASSWORD = "a lamp left on"


@pytest.fixture
def new_server(fresh_server):
    server = fresh_server()
    server.start()
    return server


def setup_code(server) -> str:
    return re.search(r"first-run\?code=([0-9a-f]{20})", server.log_tail()).group(1)


def owner_form(server, **changes) -> dict:
    return {"name": "Ana Ruiz", "email": "ana@example.com", "password": PASSWORD, "again": PASSWORD,
            "time_zone": "Europe/Madrid", "code": setup_code(server), **changes}


def test_the_first_visitor_with_the_code_becomes_the_owner_and_pages_themself(new_server):
    browser = Browser(new_server.url)
    assert "Who owns this account?" in browser.get("/console/")
    code = setup_code(new_server)
    assert f'value="{code}"' in browser.get(f"/console/first-run?code={code}")
    browser.post("/console/first-run", form="/console/first-run", **owner_form(new_server))
    form = browser.get("/console/service-directory/new")
    policy = re.search(r'<option value="([A-Z0-9]+)">Default<', form)
    assert policy, "there is somebody to be told"
    made = browser.post("/console/service-directory/new", form="/console/service-directory/new",
                        name="Checkout", escalation_policy=policy.group(1))
    assert "Page whoever is on call, as a test" in made.text
    service = made.url.rsplit("/", 1)[1]
    incident = browser.post(f"/console/services/{service}/test")
    assert "Test page, started by Ana Ruiz" in incident.text
    incidents = browser.session.get(new_server.url + "/incidents", headers=CONSOLE, timeout=10).json()["incidents"]
    assert incidents[0]["assignments"][0]["assignee"]["summary"] == "Ana Ruiz"
    # There is one owner, and the door is shut behind them.
    stranger = Browser(new_server.url)
    assert "Log in" in stranger.get("/console/first-run")
    again = stranger.session.post(new_server.url + "/console/first-run", timeout=10, data=owner_form(
        new_server, form_token=token(stranger.get("/console/login")), email="eve@example.com"))
    assert again.status_code == 404
    assert len(browser.session.get(new_server.url + "/users", headers=CONSOLE, timeout=10).json()["users"]) == 1


@pytest.mark.parametrize("wrong, said", [
    ({"code": "0" * 20}, "The setup code is wrong"),
    ({"code": ""}, "The setup code is wrong"),
    ({"email": "nobody"}, "E-mail is invalid"),
    ({"name": ""}, "Name can"),
    ({"password": "short", "again": "short"}, "at least 8 characters"),
    ({"again": "another one"}, "The two passwords differ"),
    ({"time_zone": "Mars/Base"}, "Time zone is not a name"),
])
def test_what_is_wrong_is_said_and_what_was_typed_stays(new_server, wrong, said):
    browser = Browser(new_server.url)
    page = browser.post("/console/first-run", form="/console/first-run", expect=422, **owner_form(new_server, **wrong)).text
    assert said in page
    if "name" not in wrong:
        assert 'value="Ana Ruiz"' in page
    assert PASSWORD not in page


# --- invitations -----------------------------------------------------------------------------------------------------


def invite(browser, user) -> dict:
    return browser.session.post(browser.url + "/console/invitations", headers=CONSOLE, timeout=10, json={
        "invitation": {"user": {"id": user["id"], "type": "user_reference"}}})


def test_an_invitation_gives_a_password_once(browser, account, make):
    user = make.user(role="limited_user")
    made = invite(browser, user)
    assert made.status_code == 201
    path = made.json()["invitation"]["url"][len(account.server.url):]
    guest = Browser(account.server.url)
    assert user["email"] in guest.get(path)
    assert "differ" in guest.post(path, form=path, expect=422, password=PASSWORD, again="x" * 9).text
    assert user["name"] in guest.post(path, form=path, password=PASSWORD, again=PASSWORD).text
    me = guest.session.get(account.server.url + "/console/session", headers=CONSOLE, timeout=10).json()["session"]
    assert me["user"]["id"] == user["id"] and me["capabilities"] == {
        "create_services": False, "manage_keys": False, "manage_users": False, "respond": True}
    Browser(account.server.url).log_in(user["email"], PASSWORD)
    assert "This invitation is over" in Browser(account.server.url).get(path, expect=404)
    # Another one is a way back for who forgot the password, and ends the log-ins there are.
    path = invite(browser, user).json()["invitation"]["url"][len(account.server.url):]
    Browser(account.server.url).post(path, form=path, password=PASSWORD + "!", again=PASSWORD + "!")
    assert guest.session.get(account.server.url + "/console/session", headers=CONSOLE, timeout=10).status_code == 401


def test_a_password_is_changed_by_whoever_knows_it_and_nobody_else(browser, account, make):
    user, other = make.user(role="limited_user"), make.user()
    path = invite(browser, user).json()["invitation"]["url"][len(account.server.url):]
    elsewhere, here = Browser(account.server.url), Browser(account.server.url)
    elsewhere.post(path, form=path, password=PASSWORD, again=PASSWORD)
    new = "another battery staple"
    send = lambda expect, **said: here.post("/console/password", form="/console/password", expect=expect, **{
        "email": user["email"], "present": PASSWORD, "password": new, "again": new, **said}).text
    assert "No user has this e-mail and this password." in send(422, present="wrong " + PASSWORD)
    assert "No user has this e-mail and this password." in send(422, email=other["email"])
    assert "at least 8 characters" in send(422, password="short", again="short")
    assert "differ" in send(422, again=new + "!")
    session = lambda of: of.session.get(account.server.url + "/console/session", headers=CONSOLE, timeout=10)
    assert session(elsewhere).status_code == 200, "what was refused ends nothing"
    assert user["name"] in send(200)
    assert session(here).json()["session"]["user"]["id"] == user["id"]
    assert session(elsewhere).status_code == 401, "it is logged out everywhere else"
    Browser(account.server.url).log_in(user["email"], new)
    # Guessing gets as slow as it is at the log-in.
    refusals = [send(422, present=f"guess {number}", password=PASSWORD, again=PASSWORD) for number in range(11)]
    assert "Too many attempts" in refusals[-1]


def test_a_button_of_the_console_makes_the_invitation(browser, make):
    user = make.user()
    page = browser.post(f"/console/users/{user['id']}/invite").text
    assert re.search(rf"/console/invitation/{user['id']}\.\d+\.[0-9a-f]{{32}}", page)


def test_forged_and_foreign_invitations_open_nothing(browser, account, make):
    user, other = make.user(), make.user()
    url = invite(browser, user).json()["invitation"]["url"][len(account.server.url):]
    id_, until, signature = url.rsplit("/", 1)[1].split(".")
    for forged in (f"{other['id']}.{until}.{signature}", f"{id_}.{int(until) + 1}.{signature}",
                   f"{id_}.{until}.{'0' * 32}", f"{id_}..", "x", f"{id_}.{until}"):
        Browser(account.server.url).get("/console/invitation/" + forged, expect=404)


def test_only_administrators_invite_and_only_the_owner_the_owner(api, account, make, browser):
    user = make.user()
    body = {"invitation": {"user": {"id": user["id"], "type": "user_reference"}}}
    as_ = lambda person: api.clone(key=account.server.create_user_key(person["email"]), sender=None)
    as_(make.user(role="user")).refused("POST", "/console/invitations", 403, json=body)
    admin = as_(make.user(role="admin"))
    admin.call("POST", "/console/invitations", json=body, expect=201)
    owner = next(one for one in api.get("/users", params={"limit": 100})["users"] if one["role"] == "owner")
    admin.refused("POST", "/console/invitations", 403,
                  json={"invitation": {"user": {"id": owner["id"], "type": "user_reference"}}})
    assert invite(browser, owner).status_code == 201
    admin.refused("POST", "/console/invitations", 400, json={"invitation": {}})
