"""Who may ask the Backstage routes, and what a browser of another origin is allowed."""

import json

import pytest
import requests

ORIGIN = "https://backstage.example.com"


def ask(server, method, path, authorization=None, **headers):
    if authorization:
        headers["Authorization"] = authorization
    return requests.request(method, f"{server.url}/api/pagerduty{path}", headers=headers, timeout=20)


@pytest.mark.parametrize("scheme", ["Token token=", "Bearer "])
def test_an_api_key_is_accepted_in_both_spellings(account, scheme):
    for key in (account.key, account.read_only_key):
        answer = ask(account.server, "GET", "/services", scheme + key)
        assert answer.status_code == 200 and isinstance(answer.json()["services"], list)


@pytest.mark.parametrize(
    "authorization, message",
    [(None, "Missing credentials"), ("Basic abc", "Missing credentials"), ("Bearer nobody", "Illegal token"), ("Token token=nobody", "Illegal token")],
)
def test_others_get_the_refusal_of_backstage(account, authorization, message):
    answer = ask(account.server, "GET", "/services/PX?account=", authorization)
    assert answer.status_code == 401
    assert answer.json() == {
        "error": {"name": "AuthenticationError", "message": message},
        "request": {"method": "GET", "url": "/services/PX?account="},
        "response": {"statusCode": 401},
    }


def test_a_read_only_key_changes_nothing(account):
    answer = ask(account.server, "POST", "/services/PX/integration/PRO19CT", f"Bearer {account.read_only_key}")
    assert answer.status_code == 403 and answer.json()["error"]["name"] == "NotAllowedError"
    answer = ask(account.server, "POST", "/services/PX/integration/PRO19CT", f"Bearer {account.key}")
    assert answer.status_code == 404 and answer.json()["errors"]


def test_a_preflight_needs_no_credentials(account):
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization,content-type"}
    answer = ask(account.server, "OPTIONS", "/services/PX", **asked)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization,content-type"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET,HEAD,PATCH,POST,PUT,DELETE"
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"


@pytest.mark.parametrize("path, status", [("/health", 200), ("/services/PX", 404), ("/no/such/route", 404)])
def test_another_origin_may_read_answers_and_errors(account, path, status):
    answer = ask(account.server, "GET", path, f"Bearer {account.key}", Origin=ORIGIN)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (status, ORIGIN)
    refused = ask(account.server, "GET", path, Origin=ORIGIN)
    assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, ORIGIN)


def test_a_body_past_the_servers_own_limit_is_refused_in_words_the_client_reads(account):
    headers = {"Authorization": f"Bearer {account.key}", "Content-Type": "application/json"}
    body = json.dumps(["x" * 2_000_000])
    answer = requests.post(f"{account.server.url}/api/pagerduty/dependencies/service/PX", data=body, headers=headers, timeout=20)
    assert answer.status_code == 413
    assert answer.json()["errors"] and answer.headers["Access-Control-Allow-Origin"] == "*"
