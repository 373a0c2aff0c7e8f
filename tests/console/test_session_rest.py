"""REST by the session of the console, and what the console asks beyond REST."""

from __future__ import annotations

import time

import pytest
import requests

from support.browser import Browser, token
from support.server import OWNER_EMAIL, OWNER_NAME, OWNER_PASSWORD, wait_until

CONSOLE = {"X-Callboard-Console": "1"}


def ask(browser: Browser, method: str, path: str, body=None, **headers):
    return browser.session.request(method, browser.url + path, json=body, headers={**CONSOLE, **headers}, timeout=30)


def test_the_session_is_a_credential_only_for_pages_of_the_console(browser, account):
    assert ask(browser, "GET", "/services").status_code == 200
    assert browser.session.get(browser.url + "/services", timeout=10).status_code == 401
    assert requests.get(account.server.url + "/services", headers=CONSOLE, timeout=10).status_code == 401
    forged = {**CONSOLE, "Cookie": "callboard_session=" + "a" * 40}
    assert requests.get(account.server.url + "/services", headers=forged, timeout=10).status_code == 401
    # No other site may send the header: a preflight does not allow it.
    asked = requests.options(account.server.url + "/services", timeout=10, headers={
        "Origin": "https://elsewhere.example", "Access-Control-Request-Headers": "X-Callboard-Console"})
    assert "callboard" not in asked.headers["Access-Control-Allow-Headers"].lower()
    assert "Access-Control-Allow-Credentials" not in asked.headers


def test_who_acts_is_who_is_logged_in(browser, make):
    incident = make.incident(make.service())
    done = ask(browser, "PUT", f"/incidents/{incident['id']}",
               {"incident": {"type": "incident_reference", "status": "acknowledged"}})
    assert done.status_code == 200
    session = ask(browser, "GET", "/console/session").json()["session"]
    acknowledger = done.json()["incident"]["acknowledgements"][0]["acknowledger"]
    assert acknowledger["id"] == session["user"]["id"]
    assert session["role"] == "owner" and session["capabilities"]["manage_keys"] is True
    assert session["public_url"] == browser.url and session["now"].endswith("Z")


def test_the_session_says_what_the_reader_is_in_which_team(account, make, api):
    person, team = make.user(role="limited_user"), make.team()
    api.put(f"/teams/{team['id']}/users/{person['id']}", {"role": "manager"})
    session = api.clone(key=account.server.create_user_key(person["email"]), sender=None).get("/console/session")["session"]
    assert session["role"] == "limited_user" and session["team_roles"] == [{"team": team["id"], "role": "manager"}]


def test_the_session_ends_with_the_log_out(account, browser):
    other = Browser(account.server.url).log_in(OWNER_EMAIL, OWNER_PASSWORD)
    stolen = dict(other.session.cookies)
    other.post("/console/logout", form_token=token(other.get("/console/")))
    kept = requests.get(account.server.url + "/console/session", cookies=stolen, headers=CONSOLE, timeout=10)
    assert kept.status_code == 401


def test_a_key_is_made_once_used_disabled_and_deleted(browser, account):
    wrong = ask(browser, "POST", "/console/api_keys", {"api_key": {"description": " "}})
    assert wrong.status_code == 400 and "Description" in wrong.json()["error"]["errors"][0]
    made = ask(browser, "POST", "/console/api_keys", {"api_key": {"description": "a bot", "read_only": True}})
    assert made.status_code == 201
    key = made.json()["api_key"]
    assert len(key["key"]) == 20 and key["created_by"]["summary"] == OWNER_NAME
    use = lambda method, body=None: requests.request(
        method, account.server.url + "/services", json=body, timeout=10,
        headers={"Authorization": f"Token token={key['key']}"}).status_code
    assert use("GET") == 200 and use("POST", {}) == 403
    def mine() -> dict:
        listed = ask(browser, "GET", "/console/api_keys?limit=100").json()["api_keys"]
        return next(one for one in listed if one["id"] == key["id"])

    assert "key" not in mine() and mine()["truncated_token"] == key["key"][-4:]
    wait_until(lambda: mine()["last_used_at"], 10, "its use, which is written beside the requests")
    changed = ask(browser, "PUT", f"/console/api_keys/{key['id']}", {"api_key": {"disabled": True}})
    assert changed.json()["api_key"]["disabled"] is True and use("GET") == 401
    ask(browser, "PUT", f"/console/api_keys/{key['id']}", {"api_key": {"disabled": False, "description": "renamed"}})
    assert use("GET") == 200
    assert ask(browser, "DELETE", f"/console/api_keys/{key['id']}").status_code == 204
    assert use("GET") == 401
    assert ask(browser, "DELETE", f"/console/api_keys/{key['id']}").status_code == 404


def test_keys_and_apps_are_for_administrators(account, make, api):
    user = make.user(role="user")
    key = account.server.create_user_key(user["email"])
    manager = api.clone(key=key, sender=None)
    for path in ("/console/api_keys", "/console/oauth_apps"):
        manager.refused("GET", path, 403)
        manager.refused("POST", path, 403, json={})
    reader = api.clone(key=account.read_only_key)
    reader.refused("POST", "/console/api_keys", 403, json={"api_key": {"description": "x"}})


# --- OAuth -----------------------------------------------------------------------------------------------------------


def make_app(browser, *scopes, **members) -> dict:
    made = ask(browser, "POST", "/console/oauth_apps",
               {"oauth_app": {"name": "backstage", "description": "", "scopes": list(scopes), **members}})
    assert made.status_code == 201, made.text
    return made.json()["oauth_app"]


def token_of(account, app, scope="", **changes):
    return requests.post(account.server.url + "/oauth/token", timeout=10, data={
        "grant_type": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"],
        "scope": scope, **changes})


def test_an_app_gets_a_token_that_may_what_its_scopes_say(browser, account, api):
    app = make_app(browser, "services.read", "incidents.read", "services.write")
    # As Backstage writes it: with newlines and runs of spaces.
    answer = token_of(account, app, "as_account-us.acme\n   services.read\n  notifications.read ")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    granted = answer.json()
    assert granted["token_type"] == "bearer" and granted["expires_in"] == 86400
    assert granted["scope"] == "as_account-us.acme services.read notifications.read"
    bearer = {"Authorization": "Bearer " + granted["access_token"]}
    get = lambda path: requests.get(account.server.url + path, headers=bearer, timeout=10)
    assert get("/services").status_code == 200
    refused = get("/incidents")
    assert refused.status_code == 403
    assert refused.json() == {"error": {"message": "Token missing required scopes", "required_scopes": "incidents.read",
                                        "token_scopes": "services.read notifications.read"}}
    # Write was not asked for, and the keys of the account are out of reach of every token.
    assert requests.post(account.server.url + "/services", headers=bearer, json={}, timeout=10).status_code == 403
    assert get("/console/api_keys").status_code == 403
    assert "error" in get("/users/me").json()
    everything = token_of(account, app).json()["scope"]
    assert set(everything.split()) == {"services.read", "incidents.read", "services.write"}


@pytest.mark.parametrize("change, status, error", [
    ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ({"grant_type": ""}, 400, "invalid_request"),
    ({"client_secret": "wrong"}, 401, "invalid_client"),
    ({"client_id": "nobody"}, 401, "invalid_client"),
    ({"scope": "no.such"}, 400, "invalid_scope"),
    ({"scope": "incidents.write"}, 400, "invalid_scope"),
])
def test_a_token_is_refused_in_oauths_words(browser, account, change, status, error):
    app = make_app(browser, "services.read")
    answer = token_of(account, app, **change)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


def test_basic_authentication_and_json_are_understood(browser, account):
    app = make_app(browser, "services.read")
    by_basic = requests.post(account.server.url + "/oauth/token", data={"grant_type": "client_credentials"},
                             auth=(app["client_id"], app["client_secret"]), timeout=10)
    assert by_basic.status_code == 200
    by_json = requests.post(account.server.url + "/oauth/token", timeout=10, json={
        "grant_type": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"]})
    assert by_json.status_code == 200
    assert requests.get(account.server.url + "/oauth/token", timeout=10).status_code == 405


def test_tokens_end_with_the_secret_the_scopes_and_the_app(browser, account):
    app = make_app(browser, "services.read", "teams.read")
    works = lambda token: requests.get(account.server.url + "/services", timeout=10,
                                       headers={"Authorization": "Bearer " + token}).status_code
    first = token_of(account, app).json()["access_token"]
    assert works(first) == 200
    rotated = ask(browser, "POST", f"/console/oauth_apps/{app['id']}/rotate_secret", {}).json()["oauth_app"]
    assert works(first) == 401 and token_of(account, app).status_code == 401
    second = token_of(account, rotated).json()["access_token"]
    narrowed = ask(browser, "PUT", f"/console/oauth_apps/{app['id']}", {"oauth_app": {"scopes": ["teams.read"]}})
    assert narrowed.json()["oauth_app"]["scopes"] == ["teams.read"] and works(second) == 401
    third = token_of(account, rotated).json()["access_token"]
    assert works(third) == 403
    listed = ask(browser, "GET", "/console/oauth_apps").json()["oauth_apps"]
    assert "client_secret" not in next(one for one in listed if one["id"] == app["id"])
    assert ask(browser, "DELETE", f"/console/oauth_apps/{app['id']}").status_code == 204
    assert works(third) == 401


def test_an_app_needs_a_name_and_scopes_that_exist(browser):
    for wrong in ({"name": ""}, {"scopes": []}, {"scopes": ["everything"]}, {"scopes": "incidents.read"}):
        body = {"oauth_app": {"name": "x", "description": "", "scopes": ["services.read"], **wrong}}
        assert ask(browser, "POST", "/console/oauth_apps", body).status_code == 400, wrong
    scopes = ask(browser, "GET", "/console/oauth_scopes").json()["oauth_scopes"]
    assert len(scopes) == 71 and {"name": "incidents.read", "group": "Incidents"} in scopes


# --- what changes, and how the pager is --------------------------------------------------------------------------------


def listen(browser, last=""):
    headers = {"Last-Event-ID": last} if last else {}
    answer = browser.session.get(browser.url + "/console/live", headers=headers, timeout=40)
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines() if ": " in line and not line.startswith(":"))
    return answer, fields


def test_pages_hear_of_changes(browser, make):
    service = make.service()
    answer, first = listen(browser)
    assert answer.headers["Content-Type"].startswith("text/event-stream") and first["event"] == "changed"
    began = time.monotonic()
    make.incident(service)
    _, second = listen(browser, first["id"])
    assert int(second["id"]) > int(first["id"]) and second["event"] == "changed"
    assert time.monotonic() - began < 10
    assert requests.get(browser.url + "/console/live", timeout=10).status_code == 401


def test_the_pager_tells_how_it_is(browser, account, make, events):
    key = make.integration(make.service())["integration_key"]
    events.trigger(key)
    health = ask(browser, "GET", "/console/pager_health").json()["health"]
    assert health["last_event_at"] and health["store"]["engine"] == ("postgresql" if account.server.store else "sqlite")
    # This server has nobody who carries messages, and says so.
    assert health["verdict"] == "down" and "No channel is configured" in " ".join(health["reasons"])
    assert [one["channel"] for one in health["providers"]] == ["email", "sms", "phone", "push", "slack", "telegram"]
