"""PagerDuty's own plugin backend and Callboard's C++ one must give the same answers.

A real Backstage (ui/backstage/sample-app) runs the official backend plugin, as published, against a Callboard with demo data. Every
card request then goes to both: to the official plugin, which asks Callboard's REST API, and to Callboard's /api/pagerduty.
Status and JSON have to agree, save for the differences that are written down beside each case with their reason.

Needs CALLBOARD_BIN (default build/release/callboard), npm, and what the npm registry serves; skips, saying so, without them.
"""

import difflib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Callable

import pytest
import requests

REPO = pathlib.Path(__file__).resolve().parents[3]
SAMPLE_APP = REPO / "ui/backstage/sample-app"
BINARY = pathlib.Path(os.environ.get("CALLBOARD_BIN", REPO / "build/release/callboard"))
TOKEN = "callboard-sample-token"

INSTALL_DEADLINE = 600
START_DEADLINE = 180
REQUEST_DEADLINE = 20  # the official backend has none of its own
SETTLE_TRIES = 3  # an incident may be escalated between the two requests


# --- the two servers -------------------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextmanager
def running(command: list, ready_url: str, log: pathlib.Path):
    """Runs a server until the block ends; its output is shown if it does not become ready."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_DEADLINE
        while True:
            try:
                if requests.get(ready_url, timeout=5).status_code == 200:
                    break
            except requests.RequestException:
                pass
            if process.poll() is not None or time.monotonic() > deadline:
                state = f"ended with {process.returncode}" if process.returncode is not None else f"not ready in {START_DEADLINE} s"
                pytest.fail(f"{command[0]} {state}:\n{log.read_text(errors='replace')[-4000:]}", pytrace=False)
            time.sleep(0.1)
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="session")
def installed_sample_app():
    if not os.access(BINARY, os.X_OK):
        pytest.skip(f"no Callboard at {BINARY}; build it or set CALLBOARD_BIN")
    if not shutil.which("npm"):
        pytest.skip("npm is not installed: no Backstage to compare with")
    try:
        done = subprocess.run([SAMPLE_APP / "start", "--install-only"], capture_output=True, text=True, timeout=INSTALL_DEADLINE)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm ci in {SAMPLE_APP.relative_to(REPO)} took longer than {INSTALL_DEADLINE} s")
    if done.returncode:
        pytest.skip(f"npm ci in {SAMPLE_APP.relative_to(REPO)} failed: {done.stderr[-1500:]}")


@dataclass
class Side:
    """One of the two backends, as a Backstage card sees it."""

    name: str
    base: str
    headers: dict

    def ask(self, method: str, path: str, body: Any = None, raw: bytes | None = None) -> requests.Response:
        headers = {"Accept": "application/vnd.pagerduty+json;version=2", "Content-Type": "application/json", **self.headers}
        data = raw if raw is not None else None if body is None else json.dumps(body)
        try:
            return requests.request(method, self.base + path, headers=headers, data=data, timeout=REQUEST_DEADLINE)
        except requests.Timeout:
            pytest.fail(f"{self.name}: no answer to {method} {path} within {REQUEST_DEADLINE} s", pytrace=False)


@dataclass
class World:
    demo: dict
    official: Side
    ours: Side
    backstage: str
    names: dict  # what a case's path may mention in braces


@pytest.fixture(scope="module")
def world(installed_sample_app, tmp_path_factory):
    folder = tmp_path_factory.mktemp("callboard")
    callboard, backstage = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    config = folder / "callboard.toml"
    # The official backend shows keys to whoever asks.
    config.write_text(f'[backstage]\nshow-integration-keys = true\n[backstage.catalog]\nurl = "{backstage}/api/catalog"\ntoken = "{TOKEN}"\n')
    serve = [BINARY, "serve", "--data", folder, "--listen", callboard.removeprefix("http://"), "--demo", "--config", config]
    with running(serve, f"{callboard}/readyz", folder / "callboard.log"):
        demo = json.loads((folder / "demo.json").read_text())
        start = [SAMPLE_APP / "start", "--callboard", callboard, "--demo-json", folder / "demo.json"]
        start += ["--port", backstage.rpartition(":")[2], "--token", TOKEN]
        # The events come first: the official plugin keeps a service, its status included, for 20 minutes.
        names = tell_what_happened(callboard, demo)
        with running(start, f"{backstage}/.backstage/health/v1/readiness", folder / "backstage.log"):
            wait_for_catalog(backstage)
            yield World(
                demo=demo,
                official=Side("official backend", f"{backstage}/api/pagerduty", {"Authorization": f"Bearer {TOKEN}"}),
                ours=Side("Callboard", f"{callboard}/api/pagerduty", {}),
                backstage=backstage,
                names=names,
            )


def wait_for_catalog(backstage: str, components: int = 4) -> None:
    """Backstage is ready before it has read its entities."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        answer = requests.get(f"{backstage}/api/catalog/entities?filter=kind=component",
                              headers={"Authorization": f"Bearer {TOKEN}"}, timeout=REQUEST_DEADLINE)
        if answer.status_code == 200 and len(answer.json()) == components:
            return
        time.sleep(0.2)
    pytest.fail(f"Backstage's catalog has not read its {components} components within 30 s", pytrace=False)


def tell_what_happened(callboard: str, demo: dict) -> dict:
    """Triggers an incident and sends a change event; returns the ids that the cases talk about."""
    busy, other, third = demo["services"][:3]
    event = {
        "routing_key": busy["integration_key"],
        "event_action": "trigger",
        "payload": {"summary": "Checkout answers 502 <b>&amp;</b> ünïcode", "source": "sample", "severity": "critical"},
    }
    change = {
        "routing_key": busy["integration_key"],
        "payload": {"summary": "Deployed 1.2.3", "source": "ci", "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())},
        "links": [{"href": "https://example.org/build/7", "text": "Build 7"}],
    }
    for path, body in (("/v2/enqueue", event), ("/v2/change/enqueue", change)):
        answer = requests.post(callboard + path, json=body, timeout=REQUEST_DEADLINE)
        assert answer.status_code == 202, answer.text

    def rest(path, **params):
        headers = {"Authorization": f"Token token={demo['api_key']}", "Accept": "application/vnd.pagerduty+json;version=2"}
        answer = requests.get(callboard + path, params=params, headers=headers, timeout=REQUEST_DEADLINE)
        assert answer.status_code == 200, answer.text
        return answer.json()

    titles = [i["title"] for i in rest("/incidents", **{"service_ids[]": busy["id"], "statuses[]": ["triggered", "acknowledged"]})["incidents"]]
    assert event["payload"]["summary"] in titles
    service = rest(f"/services/{busy['id']}")["service"]
    teams = service.get("teams") or rest("/teams")["teams"]
    return {
        "service": busy["id"],
        "key": busy["integration_key"],
        "word": requests.utils.quote(busy["name"][:5]),
        "other": other["id"],
        "third": third["id"],
        "fourth": demo["services"][3]["id"],
        "policy": service["escalation_policy"]["id"],
        "other_policy": rest(f"/services/{other['id']}")["service"]["escalation_policy"]["id"],
        "team": teams[0]["id"] if teams else "PNOTEAM0000000",
        "unknown": "PUNKNOWN000000",
        "nokey": "f" * 32,
    }


# --- comparing ---------------------------------------------------------------------------------------------------------------------


def content(answer: requests.Response) -> Any:
    """What the frontend makes of the body: JSON where it is JSON, the text where it is not."""
    try:
        return answer.json()
    except ValueError:
        return answer.text


def as_it_is(value: Any) -> Any:
    return value


def without_cached_account(value: Any) -> Any:
    """One cached service has an `account` or not, and teams in full or not, by which request filled the official plugin's cache."""
    if "service" not in value:
        return value
    service = {k: v for k, v in value["service"].items() if k != "account"}
    return {**value, "service": {**service, "teams": [t["id"] for t in service.get("teams") or []]}}


def error_kind(value: Any) -> Any:
    """Of Backstage's error envelope the frontend uses nothing: the message quotes a parser of Node, beside it stand that parser's notes."""
    return value["response"], value["request"], value["error"]["name"], type(value["error"]["message"])


def assert_same(world: World, method: str, path: str, body: Any = None, raw: bytes | None = None, view: Callable = as_it_is):
    """Asks both; returns (official answer, our answer) if they agree in status and, looked at through `view`, in content."""
    for attempt in range(SETTLE_TRIES):
        if attempt:
            time.sleep(0.7)
        theirs, ours = (side.ask(method, path, body, raw) for side in (world.official, world.ours))
        if theirs.status_code == ours.status_code and view(content(theirs)) == view(content(ours)):
            return theirs, ours
    texts = [json.dumps([a.status_code, content(a)], indent=1, ensure_ascii=False, sort_keys=True).splitlines() for a in (theirs, ours)]
    diff = "\n".join(difflib.unified_diff(*texts, "official backend", "Callboard", n=2, lineterm=""))
    pytest.fail(f"{method} {path} is answered differently:\n{diff[:6000]}", pytrace=False)


# --- the cards' reads --------------------------------------------------------------------------------------------------------------

SAME = {
    "the service of a card, by id": (200, "/services/{service}"),
    "the service of a card, with an empty account": (200, "/services/{service}?account="),
    "a path in other letters and with a slash at its end": (200, "/Services/{service}/"),
    "an unknown service": (404, "/services/{unknown}"),
    "the service of a card, by integration key": (200, "/services?integration_key={key}"),
    "an unknown integration key": (404, "/services?integration_key={nokey}"),
    "all services": (200, "/services"),
    "all services, as an empty integration key asks nothing": (200, "/services?integration_key="),
    "all services, as a limit that is no number is none": (200, "/services?limit=many"),
    "services by a part of the name": (200, "/services?query={word}"),
    "services by a name that nobody has": (200, "/services?query=no-such-service-anywhere"),
    "services up to a limit": (200, "/services?limit=2"),
    "services of a team": (200, "/services?team_id={team}"),
    "services of a team, by name, up to a limit": (200, "/services?team_id={team}&query={word}&limit=1"),
    "services of two teams, which are one unknown team": (200, "/services?team_id={team}&team_id={unknown}"),
    "services of an account that is not asked whether it exists": (200, "/services?limit=2&account=elsewhere"),
    "services by blanks, which are no part of a name": (200, "/services?query=%20&limit=3rd"),
    "services up to a limit below nothing": (400, "/services?limit=-5"),
    "the open incidents": (200, "/services/{service}/incidents"),
    "the open incidents of another service": (200, "/services/{other}/incidents"),
    "the change events": (200, "/services/{service}/change-events"),
    "the change events of another service": (200, "/services/{other}/change-events"),
    "the change events of an unknown service": (404, "/services/{unknown}/change-events"),
    "the standards": (200, "/services/{service}/standards"),
    "the standards of another service": (200, "/services/{other}/standards"),
    "the metrics": (200, "/services/{service}/metrics"),
    "the metrics of another service": (200, "/services/{other}/metrics"),
    "who is on call": (200, "/oncall-users?escalation_policy_ids[]={policy}"),
    "who is on call, asked without brackets": (200, "/oncall-users?escalation_policy_ids={policy}"),
    "who is on call, asked with escaped brackets": (200, "/oncall-users?escalation_policy_ids%5B%5D={policy}"),
    "who is on call, the policy of another service": (200, "/oncall-users?escalation_policy_ids[]={other_policy}"),
    "who is on call, no policy named": (400, "/oncall-users"),
    "who is on call, an empty policy": (400, "/oncall-users?escalation_policy_ids="),
    "the escalation policies": (200, "/escalation_policies"),
    "the teams": (200, "/teams"),
    "the teams of an account that is not asked whether it exists": (200, "/teams?account=elsewhere"),
    "a setting that nobody has made": (404, "/settings/settings::service-dependency-sync-strategy"),
    "the mapping of an entity that is not mapped": (404, "/mapping/entity/Component/default/Not-Connected"),
    "the mapping of a service that is not mapped": (404, "/mapping/entity/service/{fourth}"),
    "a path with an empty part": (404, "/services//incidents"),
    "health": (200, "/health"),
    "the dependencies of a service": (200, "/dependencies/service/{service}"),
    "the dependencies of an unknown service": (404, "/dependencies/service/{unknown}"),
}

VIEWS = {
    "the service of a card, by id": without_cached_account,
    "the service of a card, with an empty account": without_cached_account,
    "a path in other letters and with a slash at its end": without_cached_account,
}


@pytest.mark.parametrize("what", SAME)
def test_both_answer_alike_to(world, what):
    status, path = SAME[what]
    theirs, _ = assert_same(world, "GET", path.format(**world.names), view=VIEWS.get(what, as_it_is))
    assert theirs.status_code == status


@dataclass
class Differs:
    path: str
    why: str
    ours: Callable[[requests.Response], bool]
    official: Callable[[requests.Response], bool]


def errors(answer: requests.Response) -> bool:
    body = answer.json()
    return set(body) == {"errors"} and all(isinstance(e, str) and e for e in body["errors"]) and len(body["errors"]) > 0


DIFFERENT = {
    "the incidents of an unknown service": Differs(
        "/services/{unknown}/incidents",
        "a 404 of the REST API becomes 200 `{}` in the official plugin, which the card shows as no incidents at all; 404 is the truth",
        ours=lambda a: a.status_code == 404 and errors(a) or a.status_code == 200 and a.json() == {"incidents": []},
        official=lambda a: a.status_code in (200, 400, 404),
    ),
    "the standards of an unknown service": Differs(
        "/services/{unknown}/standards",
        "the official plugin hands the REST API's error body out as if it were standards; either way no score keeps the card alive",
        ours=lambda a: a.status_code == 200 and "score" not in a.json()["standards"],
        official=lambda a: a.status_code == 200 and "score" not in a.json().get("standards", {}),
    ),
    "the metrics of an unknown service": Differs(
        "/services/{unknown}/metrics",
        "where the REST API refuses, the official plugin says 200 `{}`, ours an empty list; the card shows dashes for both",
        ours=lambda a: a.status_code == 200 and a.json() == {"metrics": []},
        official=lambda a: a.status_code == 200 and a.json().get("metrics", []) == [],
    ),
    "who is on call for an unknown policy": Differs(
        "/oncall-users?escalation_policy_ids[]={unknown}",
        "a 404 of the REST API makes the official plugin stumble over the missing list and answer 500",
        ours=lambda a: a.status_code == 200 and a.json() == {"users": []} or a.status_code == 404 and errors(a),
        official=lambda a: a.status_code in (200, 500),
    ),
    "who is on call for an empty policy in brackets": Differs(
        "/oncall-users?escalation_policy_ids[]=",
        "to the official plugin's check a list with an empty id is not empty, so it asks the REST API, whose answer for no id is its own",
        ours=lambda a: a.status_code == 400 and isinstance(a.json(), str) or a.status_code == 200 and isinstance(a.json()["users"], list),
        official=lambda a: a.status_code in (200, 400, 500),
    ),
    "the mapping of an entity that only its annotations name": Differs(
        "/mapping/entity/component/default/both-annotations",
        "the official backend knows it when its entity processor has written it down; ours finds it by the annotations",
        ours=lambda a: a.status_code == 200 and a.json()["mapping"]["entityRef"] == "component:default/both-annotations",
        official=lambda a: a.status_code == 404,
    ),
    "the accounts": Differs(
        "/accounts",
        "the official plugin knows no accounts in a single-token configuration; Callboard may name its own",
        ours=lambda a: a.status_code == 200 and all(set(x) == {"id", "isDefault"} for x in a.json()["accounts"]),
        official=lambda a: a.status_code == 200 and a.json() == {"accounts": []},
    ),
    "a service in an unknown account": Differs(
        "/services/{service}?account=nowhere",
        "the official plugin ignores the account in a single-token configuration, and never answers in one with several",
        ours=lambda a: a.status_code == 404 and errors(a) or a.status_code == 200 and "service" in a.json(),
        official=lambda a: a.status_code == 200,
    ),
}


@pytest.mark.parametrize("what", DIFFERENT)
def test_the_known_difference_in(world, what):
    case = DIFFERENT[what]
    for side, holds in ((world.official, case.official), (world.ours, case.ours)):
        answer = side.ask("GET", case.path.format(**world.names))
        assert holds(answer), f"{side.name}: {answer.status_code} {answer.text[:500]}\n(known difference: {case.why})"


def test_the_answers_compared_above_are_not_empty(world):
    """Equal answers prove nothing if both are empty."""
    service = f"/services/{world.names['service']}"
    card = world.official.ask("GET", service).json()["service"]
    assert card["name"] == world.demo["services"][0]["name"]
    assert card["status"] == "critical"
    assert card["escalation_policy"]["name"] and card["html_url"].startswith("http")

    incidents = world.official.ask("GET", f"{service}/incidents").json()["incidents"]
    mine = next(i for i in incidents if i["title"] == "Checkout answers 502 <b>&amp;</b> ünïcode")
    assert mine["status"] in ("triggered", "acknowledged") and isinstance(mine["assignments"], list)

    change = next(c for c in world.official.ask("GET", f"{service}/change-events").json()["change_events"] if c["summary"] == "Deployed 1.2.3")
    assert change["source"] == "ci" and change["links"] == [{"href": "https://example.org/build/7", "text": "Build 7"}]
    assert re.match(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d", change["timestamp"])

    [metrics] = world.official.ask("GET", f"{service}/metrics").json()["metrics"]
    assert metrics["service_id"] == world.names["service"] and metrics["total_incident_count"] >= 1
    assert world.official.ask("GET", f"{service}/standards").json()["standards"]["score"]["total"] >= 1
    users = world.official.ask("GET", f"/oncall-users?escalation_policy_ids[]={world.names['policy']}").json()["users"]
    assert users and all(u["name"] and u["html_url"] for u in users)
    assert len(world.official.ask("GET", "/services").json()["services"]) >= 3


def test_a_head_request_is_answered_like_a_get(world):
    for path in ("/health", f"/services/{world.names['service']}", f"/services/{world.names['unknown']}"):
        theirs, ours = (side.ask("HEAD", path) for side in (world.official, world.ours))
        assert (ours.status_code, ours.content) == (theirs.status_code, theirs.content), path


# --- dependencies ------------------------------------------------------------------------------------------------------------------


def test_dependencies_made_through_either_are_seen_and_removed_through_both(world):
    one, two = world.names["other"], world.names["third"]
    path = f"/dependencies/service/{world.names['service']}"

    def supporting():
        theirs, _ = assert_same(world, "GET", path)
        mine = [r for r in theirs.json()["relationships"] if r["dependent_service"]["id"] == world.names["service"]]
        return {r["supporting_service"]["id"] for r in mine}

    def send(side, method, ids):
        answer = side.ask(method, path, body=ids)
        assert (answer.status_code, answer.text) == (200, "OK"), f"{side.name}: {method} {answer.status_code} {answer.text[:500]}"

    before = supporting() - {one, two}
    send(world.ours, "DELETE", [one, two])  # whatever the demo data holds
    send(world.official, "POST", [one])
    assert supporting() == before | {one}
    send(world.ours, "POST", [two])
    assert supporting() == before | {one, two}
    send(world.ours, "POST", [one, two])  # again: nothing new
    send(world.official, "POST", [one, two])
    assert supporting() == before | {one, two}
    send(world.ours, "DELETE", [one])
    assert supporting() == before | {two}
    send(world.official, "DELETE", [two])
    assert supporting() == before
    send(world.ours, "DELETE", [two])  # again: nothing to remove
    send(world.official, "DELETE", [two])
    assert supporting() == before


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize("raw", [b"[]", b"{}", b""], ids=["an empty list", "an empty object", "no body"])
def test_dependencies_without_ids_are_refused_alike(world, method, raw):
    theirs, _ = assert_same(world, method, "/dependencies/service/{service}".format(**world.names), raw=raw)
    assert theirs.status_code == 400 and isinstance(theirs.json(), str)


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_dependencies_on_an_unknown_service_are_refused_alike(world, method):
    assert_same(world, method, "/dependencies/service/{service}".format(**world.names), body=[world.names["unknown"]])
    assert_same(world, method, "/dependencies/service/{unknown}".format(**world.names), body=[world.names["other"]])


@pytest.mark.parametrize("method, path", [("PUT", "/health"), ("POST", "/services"), ("GET", "/no/such/route")])
def test_what_is_no_route_is_404_with_nothing_in_it(world, method, path):
    theirs, ours = assert_same(world, method, path)
    assert (theirs.status_code, theirs.content, ours.content) == (404, b"", b"")


def test_a_path_that_spells_no_text_is_refused_alike(world):
    answers = []
    for side in (world.official, world.ours):
        # requests would mend the path.
        base = urllib.parse.urlsplit(side.base)
        connection = http.client.HTTPConnection(base.netloc, timeout=REQUEST_DEADLINE)
        connection.request("GET", f"{base.path}/services/%E0%A4%A", headers=side.headers)
        answer = connection.getresponse()
        answers.append((answer.status, error_kind(json.loads(answer.read()))))
        connection.close()
    assert answers[0] == answers[1] and answers[0][0] == 400


def test_a_body_that_is_not_called_json_is_not_read(world):
    path = "/dependencies/service/{service}".format(**world.names)
    for side in (world.official, world.ours):
        headers = {**side.headers, "Content-Type": "text/plain"}
        answer = requests.post(side.base + path, data=b'["P1"]', headers=headers, timeout=REQUEST_DEADLINE)
        assert answer.status_code == 400 and "'dependencies' must be provided" in answer.json(), side.name


@pytest.mark.parametrize("raw, status", [(b'["unfinished', 400), (b"5", 400)], ids=["broken JSON", "a bare number"])
def test_bodies_that_cannot_be_read_are_refused_alike(world, raw, status):
    theirs, _ = assert_same(world, "POST", "/dependencies/service/{service}".format(**world.names), raw=raw, view=error_kind)
    assert theirs.status_code == status


# --- settings and mappings, of which each side has its own ---------------------------------------------------------------------------


def ask_both(world, method, path, body=None):
    return [side.ask(method, path.format(**world.names), body) for side in (world.official, world.ours)]


def agree(world, method, path, body=None, without=()):
    """Asks both, and returns their content when it is the same but for members that each side makes up itself."""
    theirs, ours = ask_both(world, method, path, body)

    def told(value):
        if isinstance(value, dict):
            return {k: told(v) for k, v in value.items() if k not in without}
        return [told(v) for v in value] if isinstance(value, list) else value

    texts = [json.dumps([a.status_code, told(content(a))], indent=1, sort_keys=True).splitlines() for a in (theirs, ours)]
    assert texts[0] == texts[1], "\n".join(difflib.unified_diff(*texts, "official backend", "Callboard", n=2, lineterm=""))
    return told(content(ours))


def test_settings_are_kept_alike(world):
    setting = "settings::service-dependency-sync-strategy"
    assert agree(world, "POST", "/settings", [{"id": setting, "value": "both"}]) == "OK"
    assert agree(world, "GET", f"/settings/{setting}", without=["updatedAt"]) == {"id": setting, "value": "both"}
    agree(world, "POST", "/settings", [{"id": setting, "value": "disabled"}])
    assert agree(world, "GET", f"/settings/{setting}", without=["updatedAt"])["value"] == "disabled"


MADE_UP = ["id", "index", "processedDate", "integrationKey"]


def mapped(world, entity, service):
    body = {"entityRef": entity, "serviceId": world.names[service], "integrationKey": "", "account": ""}
    return agree(world, "POST", "/mapping/entity", body, MADE_UP)


def table(world):
    """Name to status and service of the page's table.

    Of an entity that is annotated with a key alone the official table says that it is not mapped, although its own list of
    mappings by service says that it is in sync; Callboard says the latter in both, so its name filter leaves that one out.
    """
    body = {"offset": 0, "limit": 50, "filters": {}, "sort": {"column": "name", "direction": "ascending"}, "account": ""}
    rows = {}
    for name in ("both-annotations", "service-id-only", "not-connected"):
        body["filters"]["name"] = name
        answer = agree(world, "POST", "/mapping/entities", body, ["id", "integrationKey", "serviceId", "team", "escalationPolicy", "account"])
        rows.update({e["name"]: (e["status"], e["serviceName"]) for e in answer["entities"]})
    return rows


def test_mappings_are_kept_listed_and_undone_alike(world):
    services = {k: next(s["name"] for s in world.demo["services"] if s["id"] == world.names[k]) for k in ("service", "other", "third")}
    before = table(world)
    assert before["not-connected"] == ("NotMapped", "") and before["both-annotations"] == ("InSync", services["service"])
    mapped(world, "component:default/both-annotations", "service")
    mapped(world, "component:default/not-connected", "other")
    agree(world, "GET", "/mapping/entity/component/default/not-connected", without=MADE_UP)
    agree(world, "GET", "/mapping/entity/service/{other}", without=MADE_UP)
    assert table(world)["service-id-only"][0] != "InSync"
    listed = agree(world, "GET", "/mapping/entity", without=["integrationKey", "account", "team"])["mappings"]
    assert {m["status"] for m in listed} >= {"InSync", "OutOfSync", "NotMapped"}
    mapped(world, "", "other")
    mapped(world, "", "service")
    assert table(world)["both-annotations"][0] == "OutOfSync" or table(world)["both-annotations"][0] == "NotMapped"


@pytest.mark.parametrize(
    "path, body",
    [("/mapping/entity", {"entityRef": "component:default/x"}), ("/settings", [{"id": "x", "value": "nonsense"}])],
    ids=["a mapping without a service", "a setting with a bad value"],
)
def test_what_cannot_be_kept_is_refused_with_the_same_status(world, path, body):
    theirs, ours = ask_both(world, "POST", path, body)
    assert theirs.status_code == ours.status_code == 400 and isinstance(ours.json(), str)


def test_the_catalogs_annotation_is_looked_up_alike(world):
    assert agree(world, "GET", "/catalog/entity/component/default/both-annotations") == world.names["service"]


def test_auto_matching_finds_the_same_pairs(world):
    found = []
    for side in (world.official, world.ours):
        job = side.ask("POST", "/mapping/entity/auto-match/start", {"threshold": 60}).json()["jobId"]
        for _ in range(100):
            answer = side.ask("GET", f"/mapping/entity/auto-match/{job}").json()
            if answer["status"] in ("completed", "failed"):
                break
            time.sleep(0.1)
        assert answer["status"] == "completed", f"{side.name}: {answer}"
        # What acronyms of one letter add is left out here: see docs/compatibility.md.
        pairs = {(m["pagerDutyService"]["serviceId"], m["backstageComponent"]["entityRef"]): m["scoreBreakdown"]["baseScore"]
                 for m in answer["result"]["matches"] if m["scoreBreakdown"]["baseScore"] >= 60}
        found.append({pair: round(score) for pair, score in pairs.items()})
        assert set(answer["result"]["statistics"]) >= {"totalPagerDutyServices", "matchesFound", "threshold", "totalTimeMs"}
    # The library that the official plugin measures likeness with differs from the published measure by a point at times.
    close = [pair for pair in {**found[0], **found[1]} if abs(found[0].get(pair, 60) - found[1].get(pair, 60)) > 2]
    assert found[0] and not close, f"{found}"


def test_custom_fields_are_made_changed_filled_and_removed_alike(world):
    """Both keep their fields in the same Callboard, so each has a name of its own."""
    service = world.names["service"]

    def rest(path):
        url = world.ours.base.removesuffix("/api/pagerduty") + path
        return requests.get(url, headers={"Authorization": f"Token token={world.demo['api_key']}"}, timeout=REQUEST_DEADLINE).json()

    def live(side, name):
        ask = lambda method, path, body=None: side.ask(method, path.format(service=service), body)
        made = ask("POST", "/custom-fields", {"name": name, "entityPath": "spec.lead", "description": "who leads"})
        assert made.status_code == 201, made.text
        field = made.json()["customField"]
        upstream = field["pagerdutyCustomFieldId"]
        seen = [sorted(field), field["pagerdutyCustomFieldDisplayName"] == name]
        seen.append(ask("POST", "/custom-fields", {"name": name, "entityPath": "spec.other"}).status_code)
        filled = ask("POST", "/custom-fields/sync", {"serviceId": service, "values": [{"id": upstream, "value": "Ana"}]})
        seen.append(filled.status_code)
        values = rest(f"/services/{service}/custom_fields/values")["custom_fields"]
        seen.append([one["value"] for one in values if one["id"] == upstream])
        renamed = ask("PUT", f"/custom-fields/{field['id']}", {"name": name + " dev", "entityPath": "spec.lead"})
        seen.append([renamed.status_code, renamed.json()["customField"]["pagerdutyCustomFieldDisplayName"] == name + " dev"])
        seen.append(len(ask("GET", "/custom-fields").json()["customFields"]))
        seen.append(ask("DELETE", f"/custom-fields/{field['id']}").status_code)
        left = rest("/services/custom_fields")["fields"]
        return seen + [upstream in [one["id"] for one in left]]

    assert live(world.official, "Lead") == live(world.ours, "Chief")


def test_custom_fields_are_refused_alike_and_the_log_is_kept_alike(world):
    assert agree(world, "GET", "/custom-fields") == {"customFields": []}
    for body in ({"entityPath": "x"}, {"name": "!!", "entityPath": "x"}):
        theirs, ours = ask_both(world, "POST", "/custom-fields", body)
        assert (theirs.status_code, ours.status_code) == (400, 400)
    log = {"errorCode": "INVALID_PATH", "customFieldId": "1", "customFieldName": "Lead", "entityPath": "spec.lead",
           "serviceId": "P1", "serviceName": "Shop", "errorMessage": "none there"}
    assert [a.status_code for a in ask_both(world, "POST", "/custom-fields/sync-logs", log)] == [201, 201]
    logs = agree(world, "GET", "/custom-fields/sync-logs?severity=warning", without=["timestamp", "id"])
    assert logs["total"] == 1 and logs["customFieldNames"] == ["Lead"]
    agree(world, "GET", "/custom-fields/sync-logs?search=nothing", without=["timestamp", "id"])


# --- where the official backend never answers: only ours is asked ------------------------------------------------------------------


def test_dependencies_that_are_no_list_are_refused_and_not_left_hanging(world):
    answer = world.ours.ask("POST", "/dependencies/service/{service}".format(**world.names), body={"id": "P1"})
    assert answer.status_code == 400 and answer.json()


def test_an_integration_for_an_unknown_service_is_refused_and_not_left_hanging(world):
    answer = world.ours.ask("POST", "/services/{unknown}/integration/PRO19CT".format(**world.names))
    assert answer.status_code == 404 and errors(answer)


# --- the sample app itself ---------------------------------------------------------------------------------------------------------


def test_the_catalog_carries_the_annotations_of_the_demo_account(world):
    deadline = time.monotonic() + 30
    found = {}
    while len(found) < 4 and time.monotonic() < deadline:
        answer = requests.get(
            f"{world.backstage}/api/catalog/entities?filter=kind=component", headers=world.official.headers, timeout=REQUEST_DEADLINE
        )
        found = {e["metadata"]["name"]: e["metadata"].get("annotations", {}) for e in answer.json()}
        time.sleep(0.5)
    first, second, third = world.demo["services"][:3]
    pagerduty = {name: {k: v for k, v in a.items() if k.startswith("pagerduty.com/")} for name, a in found.items()}
    assert pagerduty == {
        "both-annotations": {"pagerduty.com/service-id": first["id"], "pagerduty.com/integration-key": first["integration_key"]},
        "service-id-only": {"pagerduty.com/service-id": second["id"]},
        "integration-key-only": {"pagerduty.com/integration-key": third["integration_key"]},
        "not-connected": {},
    }


def test_a_guest_may_read_and_a_stranger_may_not(world):
    token = requests.get(f"{world.backstage}/api/auth/guest/refresh", timeout=REQUEST_DEADLINE).json()["backstageIdentity"]["token"]
    url = f"{world.official.base}/services/{world.names['service']}"
    assert requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=REQUEST_DEADLINE).status_code == 200
    stranger = requests.get(url, timeout=REQUEST_DEADLINE)
    assert stranger.status_code == 401 and stranger.json()["error"]["message"] == "Missing credentials"


# --- last, as it changes a service that the caches hold ----------------------------------------------------------------------------


def test_both_create_an_integration_and_answer_its_key(world):
    keys = set()
    for side in (world.official, world.ours):
        answer = side.ask("POST", "/services/{third}/integration/PRO19CT".format(**world.names))
        assert answer.status_code == 200, f"{side.name}: {answer.text[:500]}"
        assert re.fullmatch(r"[0-9a-zA-Z]{32}", answer.json()), f"{side.name}: {answer.text[:500]}"
        by_key, _ = assert_same(world, "GET", f"/services?integration_key={answer.json()}")
        assert by_key.json()["service"]["id"] == world.names["third"]
        keys.add(answer.json())
    assert len(keys) == 2
