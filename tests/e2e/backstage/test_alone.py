"""`callboard backstage`: the plugin's backend in front of another server that speaks PagerDuty's REST API, over TLS and a proxy."""

import os
import re
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from support.browser import Browser
from support.client import Client
from support.events import Events
from support.factory import Factory, instant
from support.fake_backstage import FakeAccount, FakeBackstage, component
from support.server import OWNER_EMAIL, OWNER_PASSWORD, binary, free_port, wait_until
from support.tls_proxy import TlsProxy

CONFIG = """
[backstage]
listen = "127.0.0.1:{port}"
data = "{data}"
backend-url = "{backstage}"
app-url = "https://backstage.example.com"
origins = ["https://backstage.example.com"]
{more}
[[backstage.accounts]]
id = "{account}"
api-url = "{api}"
{token}
{account_more}
"""


class AnswersAll:
    """A web server before the backend that gives everybody the same answer."""

    def __init__(self, status, body):
        asked = self.asked = []

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                asked.append(f"{self.command} {self.path} {self.headers.get('Origin')}")
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_OPTIONS = answer

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Alone:
    """The backend as a process of its own."""

    def __init__(self, folder, backstage, api, token, account="acme", account_more="", more="", port=None, **environment):
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}/api/pagerduty"
        self.backstage = backstage
        backstage.plugin_url = self.url
        folder.mkdir(exist_ok=True)
        self.config = folder / "backstage.toml"
        self.config.write_text(CONFIG.format(port=self.port, data=folder / "data", backstage=backstage.url, account=account,
                                             api=api, account_more=account_more, more=more,
                                             token='token = "${PD_TOKEN}"' if token else ""))
        self.environment = {**os.environ, "PD_TOKEN": token, "NO_PROXY": "127.0.0.1", **environment}
        self.log = (folder / "log").open("wb+")
        self.process = subprocess.Popen([binary(), "backstage", "--config", self.config], env=self.environment, stderr=self.log)
        wait_until(self.is_ready, 20, "the backend to be ready")

    def is_ready(self):
        assert self.process.poll() is None, "the backend ended"
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def ask(self, method, path, body=None, token=None):
        self.backstage.plugin_url = self.url
        headers = {"Authorization": f"Bearer {token or self.backstage.user_token()}"}
        return requests.request(method, self.url + path, json=body, headers=headers, timeout=20)

    def stop(self):
        self.process.terminate()
        assert self.process.wait(20) == 0
        self.log.close()


@pytest.fixture(scope="module")
def backstage(tmp_path_factory):
    fake = FakeBackstage(tmp_path_factory.mktemp("keys"))
    yield fake
    fake.close()


@pytest.fixture(scope="module")
def shop(make):
    """A service with somebody on call, in the account behind."""
    return make.service()


@pytest.fixture(scope="module")
def alone(account, backstage, tmp_path_factory):
    """In front of the shared server, over TLS that a proxy ends."""
    folder = tmp_path_factory.mktemp("alone")
    proxy = TlsProxy(folder, account.server.port)
    backend = Alone(folder, backstage, "https://proxy.callboard.test", account.key,
                    account_more=f'ca-file = "{folder}/proxy.crt"', HTTPS_PROXY=f"http://127.0.0.1:{proxy.port}")
    yield backend
    backend.stop()
    assert "proxy.callboard.test:443" in proxy.asked_for
    proxy.close()


# --- who may ask -------------------------------------------------------------------------------------------------------


def test_people_and_plugins_of_backstage_are_let_in_and_others_are_not(alone, backstage):
    assert alone.ask("GET", "/health").json() == {"status": "ok"}
    assert alone.ask("GET", "/health", token=backstage.plugin_token()).status_code == 200
    late = backstage.user_token(exp=int(time.time()) - 3600)
    elsewhere = backstage.user_token(iss="https://evil.example.com/api/auth")
    forged = backstage.plugin_key.sign("vnd.backstage.user", {"sub": "user:default/ana"})
    for token in (late, elsewhere, forged, backstage.plugin_token(aud="catalog"), "nonsense"):
        answer = alone.ask("GET", "/health", token=token)
        assert answer.status_code == 401 and answer.json()["error"]["name"] == "AuthenticationError"
    assert requests.get(alone.url + "/health", timeout=10).json()["error"]["message"] == "Missing credentials"


def test_only_the_pages_of_backstage_may_read_answers(alone):
    asked = {"Origin": "https://backstage.example.com", "Access-Control-Request-Headers": "authorization"}
    assert requests.options(alone.url + "/health", headers=asked, timeout=10).status_code == 204
    other = requests.options(alone.url + "/health", headers={**asked, "Origin": "https://evil.example.com"}, timeout=10)
    assert other.status_code == 403 and "Access-Control-Allow-Origin" not in other.headers


def test_a_page_is_told_what_may_be_done_there(account, backstage, tmp_path):
    backend = Alone(tmp_path, backstage, account.server.url, account.key, more='[backstage.permissions]\nmap = []\n')
    try:
        told = backend.ask("GET", "/permissions").json()
        assert told["permissions"] == {"view": True, "trigger": True, "respond": True, "map": False, "configure": True}
        assert told["user"] == "user:default/ana" and told["groups_known"]
    finally:
        backend.stop()


def test_permissions_follow_the_configuration(account, backstage, tmp_path):
    rules = '[backstage.permissions]\ntrigger = []\nmap = ["group:default/sre"]\nconfigure = ["user:default/ben"]\n'
    backend = Alone(tmp_path, backstage, account.server.url, account.key, more=rules)
    try:
        setting = [{"id": "settings::data-sync", "value": "enabled"}]
        assert backend.ask("POST", "/settings", setting).status_code == 403
        assert backend.ask("POST", "/settings", setting, backstage.user_token("ben")).text == "OK"
        assert backend.ask("POST", "/trigger", {}).json()["error"]["message"] == "These credentials lack the permission trigger"
        assert backend.ask("POST", "/mapping/entity", {}).status_code == 400  # ana is in the group
    finally:
        backend.stop()


# --- what it does ------------------------------------------------------------------------------------------------------


def test_a_card_comes_from_the_account_behind(alone, make, shop):
    make.incident(shop, title="Checkout is down")
    card = alone.ask("GET", f"/card?service_id={shop['id']}").json()
    states = {name: part["state"] for name, part in card["parts"].items()}
    assert states["service"] == "ok" and states["incidents"] == "ok" and states["on_call"] in ("ok", "empty")
    assert set(states.values()) <= {"ok", "empty"}
    assert card["account"] == "acme"
    [incident] = card["parts"]["incidents"]["data"]["open"]
    assert incident["title"] == "Checkout is down"
    assert card["parts"]["service"]["as_of"]


def test_cards_that_are_read_together_say_what_each_says_alone(alone, make):
    services = [make.service() for _ in range(3)]
    incidents = [make.incident(service, title=f"Down {service['id']}") for service in services]
    # Numbers are asked for until the second that has begun, which is not counted.
    time.sleep(1.1)

    def card(service):
        parts = alone.ask("GET", f"/card?service_id={service['id']}").json()["parts"]
        return {name: {**part, "as_of": bool(part["as_of"])} for name, part in parts.items()}

    each = [card(service) for service in services]
    assert [c["incidents"]["data"]["open"][0]["id"] for c in each] == [i["id"] for i in incidents]
    # A change through this backend makes all that is kept old, so the first card that is asked for takes the others along.
    assert alone.ask("POST", f"/incidents/{incidents[0]['id']}/notes", {"content": "looking"}).status_code == 200
    assert [card(service) for service in services] == each


def test_changes_of_services_that_are_open_together_are_each_services_own(alone, make):
    services = [make.service() for _ in range(3)]
    keys = [make.routing_key(service) for service in services]
    make.events.change(keys[0], "Before", timestamp=instant(timedelta(hours=-1)))

    def changes(service):
        part = alone.ask("GET", f"/card?service_id={service['id']}&parts=change_events").json()["parts"]["change_events"]
        return [change["summary"] for change in part["data"]]

    assert [changes(service) for service in services] == [["Before"], [], []]
    make.events.change(keys[0], "Deployed")
    make.events.change(keys[1], "Rolled back")
    # A change through this backend makes all that is kept old.
    incident = make.incident(services[0])
    assert alone.ask("POST", f"/incidents/{incident['id']}/notes", {"content": "looking"}).status_code == 200
    assert [changes(service) for service in services] == [["Deployed", "Before"], ["Rolled back"], []]


def test_what_is_refused_is_not_asked_for_with_each_card_and_is_after_something_was_configured(backstage, tmp_path):
    account = FakeAccount(3)
    gone = "/services/P0000009"
    account.refuses[gone] = 404
    backend = Alone(tmp_path, backstage, account.url, "t0ken")

    def state(parts):  # others than before, so that the text of the last second is not given again
        return backend.ask("GET", f"/card?service_id=P0000009&parts={parts}").json()["parts"]["service"]["state"]

    try:
        assert [state("service"), state("service,on_call"), state("on_call,service")] == ["not_found"] * 3
        assert account.paths.count(gone) == 1
        assert backend.ask("POST", "/settings", [{"id": "settings::data-sync", "value": "enabled"}]).text == "OK"
        assert state("service") == "not_found"
        assert account.paths.count(gone) == 2
    finally:
        backend.stop()
        account.close()


def test_an_incident_is_made_and_answered_in_the_name_of_who_is_signed_in(alone, api, shop):
    made = alone.ask("POST", "/trigger", {"service_id": shop["id"], "title": "Made in Backstage", "entity_ref": "component:default/shop"})
    assert made.status_code == 201, made.text
    incident = made.json()["incident"]
    answered = alone.ask("POST", f"/incidents/{incident['id']}/acknowledge", {})
    assert answered.status_code == 200 and answered.json()["incident"]["status"] == "acknowledged", answered.text
    assert alone.ask("POST", f"/incidents/{incident['id']}/notes", {"content": "looking"}).status_code == 200
    assert alone.ask("POST", f"/incidents/{incident['id']}/snooze", {"seconds": 600}).status_code == 200
    entries = api.get(f"/incidents/{incident['id']}/log_entries")["log_entries"]
    agents = {entry["agent"]["summary"] for entry in entries if entry["type"].startswith("acknowledge")}
    assert agents == {"Olga Owner"}
    # The change shows at once, though answers are kept for some seconds.
    card = alone.ask("GET", f"/card?service_id={shop['id']}&parts=incidents").json()
    assert incident["id"] in [i["id"] for i in card["parts"]["incidents"]["data"]["open"]]
    assert alone.ask("POST", f"/incidents/{incident['id']}/resolve", {}).json()["incident"]["status"] == "resolved"
    late = alone.ask("POST", f"/incidents/{incident['id']}/acknowledge", {})
    assert late.status_code == 400 and "resolved already" in late.json()["errors"][0]
    assert api.get(f"/incidents/{incident['id']}")["incident"]["status"] == "resolved"
    refused = alone.ask("POST", "/incidents/PNONE000000000/acknowledge", {})
    assert refused.status_code == 404 and refused.json()["errors"]


def test_a_mapping_outlives_a_restart_and_the_catalog_is_told(account, backstage, shop, tmp_path):
    backstage.entities = [component("shop"), component("other", service_id=shop["id"])]
    backend = Alone(tmp_path, backstage, account.server.url, account.key)
    backstage.refreshed.clear()
    made = backend.ask("POST", "/mapping/entity", {"entityRef": "component:default/shop", "serviceId": shop["id"]})
    assert made.status_code == 200 and made.json()["integrationKey"] == "", made.text
    assert backstage.refreshed == ["component:default/shop"]
    backend.stop()
    again = Alone(tmp_path, backstage, account.server.url, account.key)
    try:
        row = again.ask("GET", "/mapping/entity/component/default/shop").json()["mapping"]
        assert row["serviceId"] == shop["id"] and row["integrationKey"] == ""
        # The entity processor is told the key, browsers are not.
        told = again.ask("GET", "/mapping/entity/component/default/shop", token=backstage.plugin_token()).json()["mapping"]
        assert len(told["integrationKey"]) == 32
        table = again.ask("POST", "/mapping/entities", {"filters": {"name": "other"}}).json()
        assert table["totalCount"] == 1
        assert again.ask("GET", "/catalog/entity/component/default/other").json() == shop["id"]
        listed = {m["serviceId"]: m for m in again.ask("GET", "/mapping/entity").json()["mappings"]}
        assert listed[shop["id"]]["status"] == "OutOfSync"
    finally:
        again.stop()


def test_a_token_is_asked_for_once_renewed_ahead_of_its_end_and_kept_while_it_holds(backstage, tmp_path):
    account = FakeAccount(3)
    account.token_lives = 8
    oauth = f'oauth = {{ client-id = "c", client-secret = "s", subdomain = "acme", region = "eu", identity-url = "{account.url}/oauth/token" }}'
    backend = Alone(tmp_path, backstage, account.url, "", account_more=oauth)
    token = backstage.user_token()
    numbers = iter(range(100, 10_000))

    def ask(_=None):  # each asks for something else, so that nothing is answered from what is kept
        return backend.ask("GET", f"/services?limit={next(numbers)}", token=token)

    try:
        with ThreadPoolExecutor(12) as pool:
            assert {answer.status_code for answer in pool.map(ask, range(12))} == {200}
        assert len(account.token_requests) == 1 and set(account.authorizations) == {"Bearer token-1"}
        asked = account.token_requests[0]
        assert asked["grant_type"] == ["client_credentials"] and asked["scope"][0].startswith("as_account-eu.acme abilities.read ")
        account.gives_tokens = False
        wait_until(lambda: time.monotonic() > account.given_at + 6.5, 10, "three quarters of the token's life to pass", every=0.1)
        assert ask().status_code == 200 and account.authorizations[-1] == "Bearer token-1" and len(account.token_requests) == 2
        wait_until(lambda: time.monotonic() > account.given_at + 8.5, 10, "all of it to pass", every=0.1)
        refused = ask()
        assert refused.status_code == 401 and "no token was given" in refused.json()["errors"][0]
        account.gives_tokens = True
        assert ask().status_code == 200 and account.authorizations[-1] == f"Bearer {account.tokens_given[-1]}"
    finally:
        backend.stop()
        account.close()


def test_the_mapping_page_of_thousands_is_quick(backstage, tmp_path):
    """5,000 services and 5,000 entities: a page within 300 ms once they are known, without asking upstream again; after a start too."""
    account = FakeAccount(5000)
    backstage.entities = [component(f"service-{i:04d}", owner=f"team-{i % 50}", service_id=f"P{i:07d}" if i % 2 else "") for i in range(5000)]
    backend = Alone(tmp_path, backstage, account.url, "t0ken", more="", account_more="requests-per-minute = 10000")
    token = backstage.user_token()
    body = {"offset": 2400, "limit": 100, "filters": {"status": "InSync"}, "sort": {"column": "serviceName", "direction": "descending"}, "as_of": True}

    def page_of(backend):
        begin = time.monotonic()
        page = backend.ask("POST", "/mapping/entities", body, token)
        assert page.status_code == 200 and page.json()["totalCount"] == 2500, page.text[:300]
        return page.json(), time.monotonic() - begin

    try:
        page_of(backend)
        asked = account.asked
        answers = [page_of(backend) for _ in range(5)]
        assert len(answers[0][0]["entities"]) == 100 and account.asked == asked
        times = [took for _, took in answers]
        assert min(times) < 0.3, f"the quickest of {[f'{t:.3f}' for t in times]} s"
        job = backend.ask("POST", "/mapping/entity/auto-match/start", {"threshold": 90, "bestOnly": True}, token).json()["jobId"]

        def result():
            answer = backend.ask("GET", f"/mapping/entity/auto-match/{job}", token=token).json()
            assert answer["status"] != "failed", answer
            return answer.get("result")

        matched = wait_until(result, 110, "25 million comparisons", every=0.5)
        assert matched["statistics"]["totalPossibleComparisons"] == 25_000_000 and len(matched["matches"]) == 5000
        resident = int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{backend.process.pid}/status").read_text())[1]) / 1024
        assert resident < 64, f"{resident:.0f} MB"
        read_at = answers[0][0]["as_of"]
        backend.stop()

        # The account is slow to come back: what was known is shown with its age, and not waited for.
        account.delay = 0.5
        times = []
        for again in ("first", "second", "third"):
            backend = Alone(tmp_path, backstage, account.url, "t0ken", more="", account_more="requests-per-minute = 10000")
            page, took = page_of(backend)
            times.append(took)
            assert page["as_of"] <= read_at, again
            if again != "third":
                backend.stop()
        assert min(times) < 0.3, f"the quickest first answer of {[f'{t:.3f}' for t in times]} s"
    finally:
        backend.stop()
        account.close()


def test_webhooks_make_changes_show_at_once_and_end_the_wait_for_them(backstage, fresh_server, tmp_path):
    """PagerDuty's part is played by Callboard: its own webhook subscription, its own signature."""
    server = fresh_server(flags=("--private-webhooks",))
    server.create_owner()
    key = server.create_api_key("hooks")
    server.start()
    here = Client(server.url, key, OWNER_EMAIL)
    make = Factory(here, Events(server.url))
    service = make.service()
    first = Alone(tmp_path, backstage, server.url, key)
    first.stop()
    made = here.post("/webhook_subscriptions", {"webhook_subscription": {
        "type": "webhook_subscription", "events": ["incident.triggered", "incident.resolved"], "filter": {"type": "account_reference"},
        "delivery_method": {"type": "http_delivery_method", "url": f"{first.url}/webhooks/acme"}}}, expect=200)["webhook_subscription"]
    secret = made["delivery_method"]["secret"]
    backend = Alone(tmp_path, backstage, server.url, key, account_more=f'webhook-secret = "{secret}"', port=first.port)

    def open_now():
        return backend.ask("GET", f"/card?service_id={service['id']}").json()["parts"]["incidents"]["data"]["total"]

    try:
        assert open_now() == 0
        heard = backend.ask("GET", "/changes").json()["changes"]
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(backend.ask, "GET", f"/changes?heard={heard}")
            time.sleep(1)
            assert not waiting.done(), "nothing has changed yet"
            make.incident(service)
            begin = time.monotonic()
            assert waiting.result(20).json()["changes"] > heard
            # Without the webhook what is kept is ten seconds old before it is asked for again.
            assert open_now() == 1 and time.monotonic() - begin < 8
        assert requests.post(f"{backend.url}/webhooks/acme", json={}, timeout=20).status_code == 401
        assert requests.get(f"{backend.url}/changes?heard=1", timeout=20).status_code == 401
    finally:
        backend.stop()


def test_a_read_only_key_is_enough_to_look_and_what_it_refuses_is_told(account, backstage, make, tmp_path):
    backstage.entities, shop = [component("shop")], make.service()
    backend = Alone(tmp_path, backstage, account.server.url, account.read_only_key)
    try:
        card = backend.ask("GET", f"/card?service_id={shop['id']}").json()
        assert {part["state"] for part in card["parts"].values()} <= {"ok", "empty"}, card
        for path in ("standards", "metrics", "incidents", "change-events"):
            assert backend.ask("GET", f"/services/{shop['id']}/{path}").status_code == 200, path
        policy = shop["escalation_policy"]["id"]
        for path in (f"/oncall-users?escalation_policy_ids[]={policy}", "/escalation_policies", "/teams", "/mapping/entity"):
            assert backend.ask("GET", path).status_code == 200, path
        for method, path, body in (
            ("POST", f"/services/{shop['id']}/integration/PRO19CT", None),
            ("POST", f"/dependencies/service/{shop['id']}", ["PX"]),
            ("POST", "/custom-fields", {"name": "Tier", "entityPath": "spec.tier"}),
            ("POST", "/mapping/entity", {"entityRef": "component:default/shop", "serviceId": shop["id"]}),
            ("POST", "/trigger", {"service_id": shop["id"], "title": "x"}),
        ):
            refused = backend.ask(method, path, body)
            assert refused.status_code == 403 and refused.json()["errors"], f"{path}: {refused.status_code} {refused.text}"
    finally:
        backend.stop()


def test_a_scope_that_was_not_granted_takes_one_part_away(account, backstage, shop, tmp_path):
    owner = Browser(account.server.url).log_in(OWNER_EMAIL, OWNER_PASSWORD)
    granted = ["analytics.read", "change_events.read", "escalation_policies.read", "incidents.read", "services.read", "standards.read", "users.read"]
    made = owner.session.post(f"{account.server.url}/console/oauth_apps", headers={"X-Callboard-Console": "1"}, timeout=20,
                              json={"oauth_app": {"name": "backstage", "description": "", "scopes": granted}})
    assert made.status_code == 201, made.text
    app = made.json()["oauth_app"]
    oauth = (f'oauth = {{ client-id = "{app["client_id"]}", client-secret = "{app["client_secret"]}", subdomain = "acme", '
             f'identity-url = "{account.server.url}/oauth/token" }}')
    backend = Alone(tmp_path, backstage, account.server.url, "", account_more=oauth)
    try:
        parts = backend.ask("GET", f"/card?service_id={shop['id']}").json()["parts"]
        assert parts["on_call"]["state"] == "no_permission" and "oncalls.read" in parts["on_call"]["message"], parts["on_call"]
        others = {name: part["state"] for name, part in parts.items() if name != "on_call"}
        assert set(others.values()) <= {"ok", "empty"}, others
        examined = subprocess.run([binary(), "doctor", "--config", backend.config], env=backend.environment, capture_output=True, text=True, timeout=60)
        assert "grant oncalls.read" in examined.stdout and "ok    account acme: incidents.read" in examined.stdout, examined.stdout
    finally:
        backend.stop()


def test_without_credentials_it_starts_and_the_card_says_what_is_missing(account, backstage, shop, tmp_path):
    backend = Alone(tmp_path, backstage, account.server.url, "", account_more='token = ""')
    try:
        parts = backend.ask("GET", f"/card?service_id={shop['id']}").json()["parts"]
        assert {part["state"] for part in parts.values()} == {"not_configured"}
        assert "acme has neither a token nor OAuth" in parts["service"]["message"]
        # The official card tells this by the status alone.
        assert backend.ask("GET", f"/services/{shop['id']}").status_code == 401
    finally:
        backend.stop()


def test_whoever_wants_that_is_let_in_without_credentials(account, backstage, shop, tmp_path):
    backend = Alone(tmp_path, backstage, account.server.url, account.key, more="unauthenticated-access = true")
    try:
        answer = requests.get(f"{backend.url}/services/{shop['id']}", timeout=20)
        assert answer.status_code == 200 and answer.json()["service"]["id"] == shop["id"]
    finally:
        backend.stop()


def test_an_account_at_another_address_begins_with_nothing_of_the_one_before(backstage, tmp_path):
    backstage.entities = []
    for count in (3, 5):
        account = FakeAccount(count)
        backend = Alone(tmp_path, backstage, account.url, "t0ken")
        try:
            assert len(backend.ask("GET", "/mapping/entity").json()["mappings"]) == count
        finally:
            backend.stop()
            account.close()


def test_a_catalog_that_is_down_is_told_and_leaves_the_cards_alone(account, backstage, shop, tmp_path):
    backstage.entities, backstage.catalog_is_down = [component("shop", service_id=shop["id"])], True
    backend = Alone(tmp_path, backstage, account.server.url, account.key)
    try:
        for method, path in (("POST", "/mapping/entities"), ("GET", "/mapping/entity"), ("GET", "/catalog/entity/component/default/shop")):
            answer = backend.ask(method, path, {} if method == "POST" else None)
            assert answer.status_code == 502 and "catalog" in answer.json()["errors"][0], f"{path}: {answer.status_code} {answer.text}"
        card = backend.ask("GET", f"/card?service_id={shop['id']}").json()
        assert {part["state"] for part in card["parts"].values()} <= {"ok", "empty"}
        # Mapping needs the account alone; that the catalog is not told is no failure of it.
        mapped = backend.ask("POST", "/mapping/entity", {"entityRef": "component:default/shop", "serviceId": shop["id"]})
        assert mapped.status_code == 200, mapped.text
        assert backend.ask("POST", "/catalog/process", {"entityRef": "component:default/shop"}).json()["mapping"]["serviceId"] == shop["id"]
        backstage.catalog_is_down = False
        wait_until(lambda: backend.ask("POST", "/mapping/entities", {}).status_code == 200, 20, "the page to come back")
        # What was known serves while the catalog is away again.
        backstage.catalog_is_down = True
        assert backend.ask("POST", "/mapping/entities", {}).json()["totalCount"] == 1
    finally:
        backstage.catalog_is_down = False
        backend.stop()


# --- an upstream that misbehaves ---------------------------------------------------------------------------------------


class Misbehaving:
    """Answers everything in one bad way."""

    def __init__(self, way):
        self.way = way
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            connection.recv(65536)
            answers = {
                "as it should": b'HTTP/1.1 201 Made\r\nContent-Length: 21\r\n\r\n{"field":{"id":"F1"}}',
                "too many": b'HTTP/1.1 429 No\r\nRetry-After: 9\r\nContent-Length: 2\r\n\r\n{}',
                "broken": b"HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\noops",
                "html": b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
                "no json object": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
                "not http": b"hello\r\n\r\n",
                "truncated": b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"services":[',
                "redirect": b"HTTP/1.1 302 Go\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
            }
            if self.way == "slow":
                time.sleep(30)
            else:
                connection.sendall(answers[self.way])
            connection.close()
        except OSError:
            pass

    def close(self):
        if self.listener.fileno() >= 0:
            self.listener.shutdown(socket.SHUT_RDWR)  # ends the wait for the next one
        self.listener.close()


#: Ahead of now, and not too far.
SOON = instant(timedelta(days=1))
#: What is asked of each route that asks upstream; FIELD stands for a custom field that was made before.
ROUTES = [
    ("GET", "/services", None), ("GET", "/services/P1", None), ("GET", "/services?integration_key=k", None), ("GET", "/services?query=x", None),
    ("GET", "/services/P1/incidents", None), ("GET", "/services/P1/change-events", None), ("GET", "/oncall-users?escalation_policy_ids[]=P", None),
    ("GET", "/escalation_policies", None), ("GET", "/teams", None), ("GET", "/dependencies/service/P1", None), ("GET", "/mapping/entity", None),
    ("POST", "/dependencies/service/P1", ["P2"]), ("DELETE", "/dependencies/service/P1", ["P2"]), ("POST", "/services/P1/integration/PRO19CT", None),
    ("POST", "/mapping/entity", {"entityRef": "component:default/x", "serviceId": "P1"}), ("POST", "/mapping/entities", {}),
    ("POST", "/custom-fields", {"name": "a", "entityPath": "b"}), ("POST", "/custom-fields/sync", {"serviceId": "P1", "values": [{"id": "1", "value": "2"}]}),
    ("PUT", "/custom-fields/FIELD1", {"name": "other", "entityPath": "spec.other"}), ("PATCH", "/custom-fields/FIELD2/enabled", {"enabled": False}),
    ("DELETE", "/custom-fields/FIELD3", None),
    ("POST", "/roll-up", {"selectors": []}), ("POST", "/trigger", {"service_id": "P1", "title": "x"}), ("POST", "/incidents/Q1/acknowledge", {}),
    ("POST", "/incidents/Q1/resolve", {}), ("POST", "/incidents/Q1/escalate", {}), ("POST", "/incidents/Q1/escalate", {"level": 2}),
    ("POST", "/incidents/Q1/reassign", {"assignee_ids": ["U1"]}),
    ("POST", "/incidents/Q1/snooze", {"seconds": 5}), ("POST", "/incidents/Q1/notes", {"content": "x"}),
    ("POST", "/incidents/Q1/responders", {"user_ids": ["U1"]}), ("POST", "/incidents/Q1/merge", {"into": "Q2"}),
    ("POST", "/schedules/S1/take-over", {"until": SOON}), ("POST", "/services/P1/maintenance", {"until": SOON}),
    ("DELETE", "/maintenance-windows/M1", {}),
    ("GET", "/preview?service_id=P1", None),
    ("GET", "/my/on-call", None), ("GET", "/my/incidents", None), ("GET", "/assignees", None),
    ("POST", "/provision/services", {"name": "x", "escalation_policy_id": "P1"}),
    ("POST", "/provision/integrations", {"service_id": "P1", "vendor": "Datadog"}),
    ("POST", "/provision/schedules", {"name": "x", "time_zone": "Europe/Madrid", "user_ids": ["U1"]}),
    ("POST", "/provision/escalation-policies", {"name": "x", "levels": [{"user_ids": ["U1"]}]}),
    ("POST", "/provision/maintenance-windows", {"service_ids": ["P1"], "description": "x"}),
    ("POST", "/provision/incidents", {"service_id": "P1", "title": "x"}),
    ("POST", "/provision/change-events", {"service_id": "P1", "summary": "x"}),
    ("POST", "/mapping/import", [{"serviceId": "P1", "entityRef": "component:default/x"}]),
]
CARD_STAYS = [("GET", "/services/P1/standards"), ("GET", "/services/P1/metrics"), ("GET", "/card?service_id=P1")]
#: Says of each mapping what became of it.
BULK = ("POST", "/mapping/entities/bulk", {"mappings": [{"entityRef": "component:default/y", "serviceId": "P2"}]})
#: Ask only what is kept here, or Backstage's catalog; a search in the background tells later how it ended.
ASK_NOBODY = {
    ("GET", "/accounts"), ("GET", "/permissions"), ("GET", "/mapping/export"), ("GET", "/health"), ("GET", "/settings/{id}"), ("POST", "/settings"), ("GET", "/catalog/entity/{type}/{namespace}/{name}"),
    ("POST", "/mapping/entity/auto-match/start"), ("GET", "/mapping/entity/auto-match/{job_id}"), ("GET", "/mapping/entity/service/{id}"),
    ("DELETE", "/mapping/entity/service/{id}"), ("GET", "/mapping/entity/{type}/{namespace}/{name}"), ("GET", "/custom-fields"),
    ("POST", "/custom-fields/sync-logs"), ("GET", "/custom-fields/sync-logs"), ("GET", "/changes"), ("GET", "/sync"), ("POST", "/sync"),
    ("POST", "/catalog/process"),
}


def test_no_route_is_left_out_of_those_that_are_tried_with_an_upstream_that_misbehaves():
    table = (Path(__file__).resolve().parents[3] / "src/backstage/routes.cpp").read_text()
    rows = set(re.findall(r'\{"([A-Z]+)", "(/[^"]*)", Action', table))
    assert len(rows) > 50
    tried = {(method, path.partition("?")[0]) for method, path, *_ in [*ROUTES, *CARD_STAYS, BULK]}

    def is_tried(method, pattern):
        path = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(pattern)))
        return any(method == m and path.fullmatch(p) for m, p in tried)

    assert {row for row in rows - ASK_NOBODY if not is_tried(*row)} == set() and ASK_NOBODY <= rows


@pytest.mark.parametrize("way", ["slow", "too many", "broken", "html", "no json object", "not http", "truncated", "redirect", "away"])
def test_every_route_answers_whatever_upstream_does(backstage, tmp_path, way):
    upstream = Misbehaving("as it should")
    backend = Alone(tmp_path, backstage, upstream.url, "t0ken", more="workers = 60")
    token = backstage.user_token()
    made = [backend.ask("POST", "/custom-fields", {"name": f"made {n}", "entityPath": f"spec.made{n}"}, token) for n in (1, 2, 3)]
    fields = {f"FIELD{n}": str(field.json()["customField"]["id"]) for n, field in enumerate(made, 1)}
    upstream.way = way
    if way == "away":
        upstream.close()

    def ask(route):
        method, path, body = route
        for name, field in fields.items():
            path = path.replace(name, field)
        begin = time.monotonic()
        return route, backend.ask(method, path, body, token=token), time.monotonic() - begin

    try:
        with ThreadPoolExecutor(60) as pool:
            answers = list(pool.map(ask, [*ROUTES, *((*route, None) for route in CARD_STAYS), BULK]))
        for (method, path, body), answer, seconds in answers:
            told = f"{method} {path} -> {answer.status_code} {answer.text[:200]}"
            assert seconds < 13, told
            if (method, path) in CARD_STAYS:
                assert answer.status_code == 200, told
                continue
            if (method, path, body) == BULK:
                assert answer.json()["errorCount"] == 1 and answer.json()["errors"][0]["error"], told
                continue
            if way == "no json object" and method == "DELETE" and ("FIELD" in path or path.startswith("/maintenance-windows/")):
                assert answer.status_code == 204, told  # of what is deleted nothing is said
                continue
            assert answer.status_code >= 400, told
            assert all(isinstance(e, str) and e for e in answer.json()["errors"]), told
            if way == "too many":
                assert answer.status_code == 429, told
        card = next(a for (_, path, _), a, _ in answers if path.startswith("/card")).json()
        expected = {"too many": "throttled"}.get(way, "upstream_down")
        wrong = {n: p["state"] for n, p in card["parts"].items() if p["state"] != expected}
        assert not wrong or way == "no json object", wrong
        kept = {f["pagerdutyCustomFieldDisplayName"]: f["pagerdutyCustomFieldEnabled"] for f in backend.ask("GET", "/custom-fields", token=token).json()["customFields"]}
        assert {name: kept.get(name) for name in ("made 1", "made 2")} == {"made 1": True, "made 2": True}, "a change that failed is taken back"
    finally:
        backend.stop()
        upstream.close()


# --- starting and being examined ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, said",
    [
        ("[backstage]\n", "there is no account"),
        ("[backstage]\nlissen = 'x'\n", "backstage: lissen: is not a key"),
        ("[[backstage.accounts]]\nid = 'a'\ntoken = '${NOT_SET_ANYWHERE}'\n", "token: the environment has no NOT_SET_ANYWHERE"),
        ("[[backstage.accounts]]\nid = 'a'\nlocal = true\n", "there is no server in this process"),
    ],
)
def test_a_start_that_cannot_be_says_what_to_change(tmp_path, text, said):
    config = tmp_path / "c.toml"
    config.write_text(f"{text}")
    done = subprocess.run([binary(), "backstage", "--config", config], capture_output=True, text=True, timeout=20, cwd=tmp_path)
    assert done.returncode != 0 and said in done.stderr


def test_a_configuration_in_yaml_is_read_alike(alone, backstage, tmp_path):
    port = free_port()
    config = tmp_path / "backstage.yaml"
    text = (f"backstage:\n  listen: 127.0.0.1:{port}\n  data: {tmp_path}/data\n  backend-url: {backstage.url}\n  people:\n    user:default/ana: a@b.example\n"
            "  accounts:\n    - id: acme\n      api-url: http://127.0.0.1:1\n      token: ${PD_TOKEN}\n")
    config.write_text(text)
    process = subprocess.Popen([binary(), "backstage", "--config", config], env=alone.environment)
    try:
        url = f"http://127.0.0.1:{port}/api/pagerduty"

        def accounts():
            try:
                return requests.get(f"{url}/accounts", headers={"Authorization": f"Bearer {backstage.user_token()}"}, timeout=5)
            except requests.ConnectionError:
                return None

        answer = wait_until(accounts, 20, "the backend")
        assert answer.json() == {"accounts": [{"id": "acme", "isDefault": True}]}
        examined = subprocess.run([binary(), "doctor", "--config", config], env=alone.environment, capture_output=True, text=True, timeout=60)
        assert "account acme" in examined.stdout and examined.returncode == 1
    finally:
        process.terminate()
        assert process.wait(20) == 0
    for wrong, said in {"  lissen: x\n": "backstage: lissen: is not a key", "  a: b: c\n": "line "}.items():
        config.write_text(text + wrong)
        for verb in ("backstage", "doctor"):
            done = subprocess.run([binary(), verb, "--config", config], env=alone.environment, capture_output=True, text=True, timeout=20)
            assert done.returncode == 2 and said in done.stderr, done.stderr


def test_the_doctor_says_what_works_and_what_to_do_about_the_rest(alone, backstage, tmp_path):
    backstage.plugin_url = alone.url
    good = subprocess.run([binary(), "doctor", "--config", alone.config], env=alone.environment, capture_output=True, text=True, timeout=60)
    assert good.returncode == 0, good.stdout
    assert "ok    account acme: analytics.read" in good.stdout and "components" in good.stdout
    wrong = {**alone.environment, "PD_TOKEN": "wrong"}
    bad = subprocess.run([binary(), "doctor", "--config", alone.config], env=wrong, capture_output=True, text=True, timeout=60)
    assert bad.returncode == 1 and "the credentials are not known there" in bad.stdout and "wrong" not in bad.stdout


@pytest.mark.parametrize("way", ["the account", "the issuer of its tokens"])
def test_it_ends_soon_although_the_other_side_hangs(backstage, tmp_path, way):
    asked = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        # Takes questions and never answers; the services are read in the background after each start.
        kept = []

        def take():
            while True:
                try:
                    kept.append(hanging.accept()[0])
                except OSError:
                    return
                asked.set()

        threading.Thread(target=take, daemon=True).start()
        url = f"http://127.0.0.1:{hanging.getsockname()[1]}"
        oauth = f'oauth = {{ client-id = "c", client-secret = "s", subdomain = "acme", identity-url = "{url}/oauth/token" }}'
        by_token = way == "the account"
        backend = Alone(tmp_path, backstage, url, "some-token" if by_token else "", account_more="" if by_token else oauth)
        assert asked.wait(20)
        began = time.monotonic()
        backend.stop()
        assert time.monotonic() - began < 8


def doctor(*arguments, environment=None):
    return subprocess.run([binary(), "doctor", *arguments], env=environment, capture_output=True, text=True, timeout=60)


def test_the_doctor_says_what_a_read_only_key_cannot_do(account, alone, backstage):
    backstage.plugin_url = alone.url
    examined = doctor("--config", alone.config, environment={**alone.environment, "PD_TOKEN": account.read_only_key})
    assert examined.returncode == 1, examined.stdout
    assert "ok    account acme: incidents.read" in examined.stdout
    for scope in ("incidents.write", "services.write"):
        assert f"FAIL  account acme: {scope}: not allowed" in examined.stdout, examined.stdout
    full = doctor("--config", alone.config, environment=alone.environment)
    assert full.returncode == 0 and "ok    account acme: incidents.write" in full.stdout, full.stdout


def test_the_doctor_without_a_file_has_nothing_to_examine():
    examined = doctor()
    assert examined.returncode == 2 and "--config" in examined.stderr and "everything works" not in examined.stdout
    helped = doctor("--help")
    assert helped.returncode == 0 and "--config" in helped.stdout and "--data" in helped.stdout


def test_the_doctor_looks_for_keys_in_the_data_of_the_server_that_the_file_is_for(backstage, tmp_path):
    config = tmp_path / "c.toml"
    config.write_text(f'[serve]\ndata = "{tmp_path}/of-serve"\n[backstage]\nbackend-url = "{backstage.url}"\n')
    examined = doctor("--config", config)
    assert examined.returncode == 1 and f"{tmp_path}/of-serve/backstage.db is not there" in examined.stdout, examined.stdout
    elsewhere = doctor("--config", config, "--data", tmp_path / "elsewhere")
    assert f"{tmp_path}/elsewhere/backstage.db is not there" in elsewhere.stdout, elsewhere.stdout


def asks_as_a_browser(examined):
    return [line for line in examined.stdout.splitlines() if "may ask" in line or "Access-Control" in line]


def test_the_doctor_asks_as_a_browser_does(alone, backstage):
    """What stands before the backend can take away what the backend would have answered."""
    backstage.plugin_url = alone.url
    direct = doctor("--config", alone.config, environment=alone.environment)
    assert asks_as_a_browser(direct) == [f"ok    pages of https://backstage.example.com may ask {alone.url}"], direct.stdout
    with AnswersAll(200, b"{}") as silent, AnswersAll(405, b"no") as strict:
        for before, said in ((silent, "has no Access-Control-Allow-Origin"), (strict, "status 405")):
            examined = doctor("--config", alone.config, "--url", before.url, environment=alone.environment)
            assert examined.returncode == 1 and said in asks_as_a_browser(examined)[0], examined.stdout
            assert before.asked[-1] == "OPTIONS /api/pagerduty/health https://backstage.example.com"
    nobody = doctor("--config", alone.config, "--url", f"http://127.0.0.1:{free_port()}", environment=alone.environment)
    assert nobody.returncode == 1 and "start the backend" in nobody.stdout, nobody.stdout


def test_an_account_that_is_away_leaves_the_others_their_lists(account, backstage, shop, tmp_path):
    away = f'default = true\n[[backstage.accounts]]\nid = "away"\napi-url = "http://127.0.0.1:{free_port()}"\ntoken = "x"\n'
    backend = Alone(tmp_path, backstage, account.server.url, account.key, account_more=away)
    try:
        for path in ("/services", "/services?query=" + shop["name"][:4], "/teams", "/escalation_policies", "/mapping/entity"):
            answer = backend.ask("GET", path)
            assert answer.status_code == 200, f"{path}: {answer.text}"
            assert answer.headers["X-Callboard-Missing-Accounts"] == "away", path
        assert shop["id"] in {service["id"] for service in backend.ask("GET", "/services").json()["services"]}
        rolled_up = backend.ask("POST", "/roll-up", {"selectors": [{"service_id": shop["id"]}, {"service_id": "PAWAY", "account": "away"}]}).json()
        assert rolled_up["missing_accounts"] == ["away"]
        assert sorted(row["state"] for row in rolled_up["rows"]) == ["ok", "upstream_down"]
        backend.log.seek(0)
        assert b"backstage.account_left_out" in backend.log.read()
    finally:
        backend.stop()


def test_all_that_goes_to_the_account_goes_by_the_proxy(account, backstage, shop, tmp_path):
    """The API, the issuer of its tokens, and its events: names that only the proxy can resolve."""
    owner = Browser(account.server.url).log_in(OWNER_EMAIL, OWNER_PASSWORD)
    scopes = ["services.read", "services.write", "incidents.read", "oncalls.read", "change_events.read"]
    made = owner.session.post(f"{account.server.url}/console/oauth_apps", headers={"X-Callboard-Console": "1"}, timeout=20,
                              json={"oauth_app": {"name": "proxied", "description": "", "scopes": scopes}})
    assert made.status_code == 201, made.text
    app = made.json()["oauth_app"]
    proxy = TlsProxy(tmp_path, account.server.port)
    more = (f'events-url = "https://events.callboard.test/v2"\nca-file = "{tmp_path}/proxy.crt"\n'
            f'oauth = {{ client-id = "{app["client_id"]}", client-secret = "{app["client_secret"]}", subdomain = "acme", '
            f'identity-url = "https://identity.callboard.test/oauth/token" }}')
    backend = Alone(tmp_path / "backend", backstage, "https://api.callboard.test", "", account_more=more, HTTPS_PROXY=f"http://127.0.0.1:{proxy.port}")
    try:
        assert backend.ask("GET", f"/card?service_id={shop['id']}").json()["parts"]["service"]["state"] == "ok"
        told = backend.ask("POST", "/provision/change-events", {"service_id": shop["id"], "summary": "By the proxy"})
        assert told.status_code == 201, told.text
        summaries = [event["summary"] for event in requests.get(f"{account.server.url}/services/{shop['id']}/change_events", headers={"Authorization": f"Token token={account.key}"}, timeout=20).json()["change_events"]]
        assert "By the proxy" in summaries
        assert {"api.callboard.test:443", "identity.callboard.test:443", "events.callboard.test:443"} <= set(proxy.asked_for)
    finally:
        backend.stop()
        proxy.close()


def test_whoever_has_no_address_is_told_what_to_do(account, backstage, shop, tmp_path):
    people = '[backstage.people]\n"user:default/far" = "far@elsewhere.example"\n'
    backend = Alone(tmp_path, backstage, account.server.url, account.key, more=people)

    def refusal(name):
        answer = backend.ask("POST", "/trigger", {"service_id": shop["id"], "title": "x"}, backstage.user_token(name))
        assert answer.status_code == 400, answer.text
        [sentence] = answer.json()["errors"]
        return sentence

    try:
        assert "no e-mail address of user:default/ben is known" in refusal("ben") and '"from" in [[backstage.accounts]]' in refusal("ben")
        assert "account acme has no user with the address far@elsewhere.example" in refusal("far")
    finally:
        backend.stop()


def test_mappings_of_another_backend_are_taken_over_in_one_call(alone, make):
    alone.ask("GET", "/services")
    shop = make.service()  # Since the list was read.
    try:
        exported = {"mappings": [{"entityRef": "component:default/taken-over", "entityName": "taken-over", "integrationKey": "", "serviceId": shop["id"],
                                  "status": "InSync", "serviceName": shop["name"], "team": "", "escalationPolicy": "", "serviceUrl": "", "account": ""}]}
        assert alone.ask("POST", "/mapping/import?dry_run=true", exported).json()["importedCount"] == 1
        done = alone.ask("POST", "/mapping/import", exported)
        assert done.status_code == 200 and done.json()["importedCount"] == 1, done.text
        assert alone.ask("GET", "/mapping/entity/component/default/taken-over").json()["mapping"]["serviceId"] == shop["id"]
        file = alone.ask("GET", "/mapping/export").json()
        assert [one["entityRef"] for one in file["mappings"] if one["serviceId"] == shop["id"]] == ["component:default/taken-over"]
        assert alone.ask("POST", "/mapping/import", file).json()["skippedCount"] == len(file["mappings"])
    finally:
        alone.ask("DELETE", f"/mapping/entity/service/{shop['id']}")


def test_the_server_itself_takes_the_same_section(account, backstage, fresh_server, shop, tmp_path):
    config = tmp_path / "c.toml"
    config.write_text(
        f'[backstage]\nbackend-url = "{backstage.url}"\n[[backstage.accounts]]\nid = "here"\nlocal = true\ndefault = true\n'
        f'[[backstage.accounts]]\nid = "there"\napi-url = "{account.server.url}"\ntoken = "{account.key}"\n')
    server = fresh_server(flags=("--config", str(config)))
    server.create_owner()
    server.start()
    backstage.plugin_url = f"{server.url}/api/pagerduty"
    headers = {"Authorization": f"Bearer {backstage.user_token()}"}

    def get(path):
        return requests.get(f"{server.url}/api/pagerduty{path}", headers=headers, timeout=20)

    assert get("/accounts").json() == {"accounts": [{"id": "here", "isDefault": True}, {"id": "there", "isDefault": False}]}
    assert get(f"/services/{shop['id']}?account=there").json()["service"]["id"] == shop["id"]
    assert get(f"/services/{shop['id']}").status_code == 404
    assert {s["account"] for s in get("/services").json()["services"]} == {"there"}
    assert get("/services/P1?account=nowhere").status_code == 404
