"""Logging in by an OpenID Connect provider: whom it vouches for gets a session, and nobody else does."""

from __future__ import annotations

import subprocess
import time
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from support.browser import Browser
from support.client import Client
from support.identity_provider import CLIENT_ID, CLIENT_SECRET, IdentityProvider
from support.server import OWNER_EMAIL, Server, binary

CONSOLE = {"X-Callboard-Console": "1"}
LOG_IN = "/console/login/oidc"


@pytest.fixture
def provider():
    provider = IdentityProvider()
    yield provider
    provider.close()


@pytest.fixture
def signed_on(provider, tmp_path):
    """A server that takes this provider's word; more of the section [serve] as the test likes."""
    opened = []

    def start(**options) -> Server:
        lines = {"oidc-issuer": provider.issuer, "oidc-client-id": CLIENT_ID, "oidc-client-secret": CLIENT_SECRET,
                 "oidc-name": "Okta", **options}
        config = tmp_path / "callboard.toml"
        config.write_text("[serve]\n" + "".join(f'{name} = "{value}"\n' for name, value in lines.items()))
        server = Server(flags=("--config", str(config)))
        opened.append(server)
        server.create_owner()
        server.api = Client(server.url, server.create_api_key("people"), OWNER_EMAIL)
        server.start()
        return server

    yield start
    for server in opened:
        server.stop()
        server.discard()


def me(browser: Browser) -> dict:
    return browser.session.get(browser.url + "/users/me", headers=CONSOLE, timeout=10).json()["user"]


def test_whoever_the_provider_vouches_for_is_logged_in_and_comes_back_to_the_page(signed_on, provider):
    server = signed_on()
    provider.claims = {"email": OWNER_EMAIL.upper()}
    browser = Browser(server.url)
    page = browser.get("/console/users")
    assert "Log in with Okta" in page
    answer = browser.session.get(server.url + LOG_IN + "?next=/console/users", timeout=10)
    assert answer.status_code == 200 and answer.url == server.url + "/console/users"
    assert me(browser)["email"] == OWNER_EMAIL
    # It is a session like any other: it ends.
    browser.post("/console/logout", form="/console/users")
    assert browser.session.get(server.url + "/users/me", headers=CONSOLE, timeout=10).status_code == 401
    Browser(server.url).session.get(server.url + LOG_IN, timeout=10)
    assert provider.discovered == 1


def test_somebody_unknown_is_turned_away_and_told_whom_to_ask(signed_on):
    server = signed_on()
    browser = Browser(server.url)
    answer = browser.session.get(server.url + LOG_IN, timeout=10)
    assert answer.status_code == 403 and "No user has the e-mail ana@example.com." in answer.text
    assert server.api.get("/users", params={"query": "ana@example.com"})["users"] == []


def test_somebody_new_becomes_a_user_with_the_role_of_the_configuration(signed_on):
    server = signed_on(**{"oidc-new-users": "limited_user"})
    browser = Browser(server.url)
    browser.get(LOG_IN)
    user = me(browser)
    assert (user["name"], user["email"], user["role"]) == ("Ana Ruiz", "ana@example.com", "limited_user")
    again = Browser(server.url)
    again.get(LOG_IN)
    assert me(again)["id"] == user["id"]


@pytest.mark.parametrize("claims", [
    {"iss": "https://elsewhere.example.com"}, {"aud": "another client"}, {"aud": [CLIENT_ID, "another client"]},
    {"aud": None}, {"nonce": "of another log-in"}, {"nonce": None}, {"exp": int(time.time()) - 600}, {"exp": None},
    {"exp": "soon"}, {"email": None}, {"email": ["ana@example.com"]}, {"email": "not an address"},
    {"email_verified": False}, {"email_verified": "false"},
], ids=str)
def test_a_token_that_proves_nothing_opens_nothing(signed_on, provider, claims):
    server = signed_on(**{"oidc-new-users": "user"})
    provider.claims = claims
    browser = Browser(server.url)
    answer = browser.session.get(server.url + LOG_IN, timeout=10)
    assert answer.status_code == 401 and "could not be verified" in answer.text
    assert "callboard_session" not in browser.session.cookies


def leave(browser: Browser, path: str = LOG_IN) -> str:
    """Where the provider would send the browser back to."""
    answer = browser.session.get(browser.url + path, timeout=10, allow_redirects=False)
    return requests.get(answer.headers["Location"], timeout=10, allow_redirects=False).headers["Location"]


def test_the_way_back_is_one_browsers_own_and_works_once(signed_on, provider):
    server = signed_on()
    provider.claims = {"email": OWNER_EMAIL}
    victim, attacker = Browser(server.url), Browser(server.url)
    back = leave(attacker)
    # Nobody is logged in as somebody else by following a link of theirs.
    victim.get("/console/login")
    for browser in (victim, Browser(server.url)):
        answer = browser.session.get(back, timeout=10)
        assert answer.status_code == 401 and "begun elsewhere" in answer.text
    assert attacker.session.get(back, timeout=10).status_code == 200
    assert me(attacker)["email"] == OWNER_EMAIL
    assert attacker.session.get(back, timeout=10).status_code == 401


@pytest.mark.parametrize("state", ["", "x", "1.2", "..", "9" * 40 + "./console/.0", "99999999999./console/." + "0" * 64])
def test_a_forged_state_is_refused(signed_on, state):
    server = signed_on()
    browser = Browser(server.url)
    browser.get("/console/login")
    answer = browser.session.get(server.url + LOG_IN + "/callback", params={"code": "x", "state": state}, timeout=10)
    assert answer.status_code == 401


def test_the_page_to_come_back_to_is_one_of_ours(signed_on, provider):
    server = signed_on()
    provider.claims = {"email": OWNER_EMAIL}
    browser = Browser(server.url)
    answer = browser.session.get(server.url + LOG_IN + "?next=https://evil.example.com/", timeout=10)
    assert answer.url == server.url + "/console/"


def test_what_the_provider_refuses_is_said(signed_on):
    server = signed_on()
    browser = Browser(server.url)
    state = parse_qs(urlsplit(leave(browser)).query)["state"][0]
    answer = browser.session.get(server.url + LOG_IN + "/callback", timeout=10,
                                 params={"error": "access_denied", "state": state})
    assert answer.status_code == 401 and "Okta did not let you in" in answer.text


def test_while_the_provider_is_down_the_password_still_works(signed_on, provider):
    server = signed_on()
    provider.down = True
    browser = Browser(server.url)
    answer = browser.session.get(server.url + LOG_IN, timeout=10)
    assert answer.status_code == 503 and "cannot be reached" in answer.text and 'name="password"' in answer.text
    provider.down = False
    assert browser.session.get(server.url + LOG_IN, timeout=10).status_code == 403


def test_a_provider_that_calls_itself_otherwise_is_not_believed(signed_on, provider):
    server = signed_on()
    provider.configuration = {"issuer": "https://elsewhere.example.com"}
    assert Browser(server.url).session.get(server.url + LOG_IN, timeout=10).status_code == 503


def test_without_a_provider_there_is_no_such_log_in(fresh_server):
    server = fresh_server()
    server.create_owner()
    server.start()
    browser = Browser(server.url)
    assert "Log in with" not in browser.get("/console/login")
    answer = browser.session.get(server.url + LOG_IN, timeout=10, allow_redirects=False)
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/console/login?next=")


@pytest.mark.parametrize("options, said", [
    (["--oidc-issuer", "http://id.example.com"], "--oidc-issuer: must be an https address"),
    (["--oidc-issuer", "https://id.example.com"], "--oidc-client-id: is missing"),
    (["--oidc-issuer", "https://id.example.com", "--oidc-client-id", "x"], "--oidc-client-secret: is missing"),
    (["--oidc-new-users", "owner"], "--oidc-new-users: must be a role other than owner"),
    (["--oidc-new-users", "king"], "--oidc-new-users: must be a role other than owner"),
])
def test_a_wrong_configuration_is_told_at_the_start(tmp_path, options, said):
    done = subprocess.run([binary(), "serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0", *options],
                          capture_output=True, text=True, timeout=10)
    assert done.returncode == 2 and said in done.stderr
