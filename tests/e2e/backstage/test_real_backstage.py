"""`callboard backstage` joined to a real Backstage by configuration alone: its users' tokens, its catalog, our own tokens."""

import json
import os

import pytest
import requests

from test_official_backend import BINARY, SAMPLE_APP, TOKEN, free_port, installed_sample_app, running, wait_for_catalog  # noqa: F401


@pytest.fixture(scope="module")
def joined(installed_sample_app, tmp_path_factory):  # noqa: F811
    folder = tmp_path_factory.mktemp("joined")
    callboard, backstage, plugin = (f"http://127.0.0.1:{free_port()}" for _ in range(3))
    endpoints = [{"target": f"{plugin}/api/pagerduty", "plugins": ["pagerduty"]}]
    os.environ["APP_CONFIG_discovery_endpoints"] = json.dumps(endpoints)
    try:
        serve = [BINARY, "serve", "--data", folder / "data", "--listen", callboard.removeprefix("http://"), "--demo"]
        with running(serve, f"{callboard}/readyz", folder / "callboard.log"):
            demo = json.loads((folder / "data/demo.json").read_text())
            config = folder / "backstage.toml"
            config.write_text(
                f'[backstage]\nlisten = "{plugin.removeprefix("http://")}"\ndata = "{folder}/plugin"\nbackend-url = "{backstage}"\n'
                f'[backstage.people]\n"user:default/guest" = "{demo["owner"]["email"]}"\n'
                f'[[backstage.accounts]]\nid = "demo"\napi-url = "{callboard}"\ntoken = "{demo["api_key"]}"\n')
            with running([BINARY, "backstage", "--config", config], f"{plugin}/readyz", folder / "plugin.log"):
                start = [SAMPLE_APP / "start", "--callboard", callboard, "--demo-json", folder / "data/demo.json",
                         "--port", backstage.rpartition(":")[2], "--token", TOKEN]
                with running(start, f"{backstage}/.backstage/health/v1/readiness", folder / "backstage.log"):
                    wait_for_catalog(backstage)
                    answer = requests.get(f"{backstage}/api/auth/guest/refresh", timeout=20).json()
                    token = answer["backstageIdentity"]["token"]
                    yield demo, lambda method, path, body=None: requests.request(
                        method, f"{plugin}/api/pagerduty{path}", json=body, headers={"Authorization": f"Bearer {token}"}, timeout=20)
    finally:
        del os.environ["APP_CONFIG_discovery_endpoints"]


def test_a_signed_in_guest_sees_a_card_and_answers_its_incident(joined):
    demo, ask = joined
    service = demo["services"][0]["id"]
    card = ask("GET", f"/card?service_id={service}")
    assert card.status_code == 200 and card.json()["parts"]["service"]["state"] == "ok", card.text
    made = ask("POST", "/trigger", {"service_id": service, "title": "Made by a guest"})
    assert made.status_code == 201, made.text
    answered = ask("POST", f"/incidents/{made.json()['incident']['id']}/resolve", {})
    assert answered.json()["incident"]["status"] == "resolved", answered.text


def test_the_catalog_knows_our_own_tokens(joined):
    demo, ask = joined
    table = ask("POST", "/mapping/entities", {})
    assert table.status_code == 200 and table.json()["totalCount"] == 4, table.text
    first = demo["services"][0]["id"]
    assert ask("GET", "/catalog/entity/component/default/both-annotations").json() == first
    # The refresh is allowed as well: a refusal would be logged only, so the catalog is asked for what is not there.
    mapped = ask("POST", "/mapping/entity", {"entityRef": "component:default/not-connected", "serviceId": demo["services"][1]["id"]})
    assert mapped.status_code == 200 and mapped.json()["integrationKey"], mapped.text
