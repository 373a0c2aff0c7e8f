"""PagerDuty's own modules for Backstage's catalog and scaffolder, unchanged, where discovery points at our backend.

The entity processor asks our backend as a plugin of Backstage does; the scaffolder's action asks the account itself, as `pagerDuty` in
app-config.yaml says. Nothing that either says of an error may be in Backstage's log.
"""

import json
import re
import subprocess
import time

import pytest
import requests

from official_plugins import PLUGINS, needs_official_plugins
from support.node_process import node
from test_official_backend import BINARY, REPO, SAMPLE_APP, TOKEN, free_port, running, wait_for_catalog
from test_sync import KEY, PAY, SHOP, STRATEGY, Sides, shown_until, until
from test_templates import Templates

pytestmark = needs_official_plugins

WORKSPACE = REPO / "ui/backstage"
BUNDLE_DEADLINE = 60
#: What its processor and its action log when something has gone wrong; the action's step succeeds all the same. Of an annotation that
#: names several services it complains in front of its own backend too.
COMPLAINTS = re.compile(r".*(?:Error processing entity (?!several-services)|Failed to|HttpError|Unable to retrieve valid).*")


@pytest.fixture(scope="module")
def official(installed_sample_app, tmp_path_factory):
    """Such a Backstage beside `callboard backstage`, as world.json."""
    folder = tmp_path_factory.mktemp("official")
    modules = folder / "modules.cjs"
    bundle = [node(WORKSPACE), REPO / "tests/e2e/backstage/official/modules.mjs", WORKSPACE, PLUGINS, modules]
    subprocess.run(bundle, check=True, timeout=BUNDLE_DEADLINE)
    callboard, plugin, app = (f"http://127.0.0.1:{free_port()}" for _ in range(3))
    serve = [BINARY, "serve", "--data", folder / "data", "--listen", callboard.removeprefix("http://"), "--demo"]
    with running(serve, f"{callboard}/readyz", folder / "callboard.log"):
        demo = json.loads((folder / "data/demo.json").read_text())
        config = folder / "backstage.toml"
        config.write_text(f"""[backstage]
listen = "{plugin.removeprefix("http://")}"
data = "{folder / "plugin"}"
backend-url = "{app}"
[[backstage.accounts]]
id = "demo"
api-url = "{callboard}"
events-url = "{callboard}/v2"
token = "{demo["api_key"]}"
""")
        start = [SAMPLE_APP / "start", "--callboard", callboard, "--demo-json", folder / "data/demo.json", "--modules", modules,
                 "--plugin", f"{plugin}/api/pagerduty", "--port", app.rpartition(":")[2], "--token", TOKEN]
        log = folder / "backstage.log"
        with running([BINARY, "backstage", "--config", config], f"{plugin}/readyz", folder / "plugin.log"), \
                running(start, f"{app}/.backstage/health/v1/readiness", log):
            wait_for_catalog(app, components=5)
            file = folder / "world.json"
            file.write_text(json.dumps({"app": app, "callboard": callboard, "plugin": f"{plugin}/api/pagerduty", "token": TOKEN,
                                        "apiKey": demo["api_key"], "owner": demo["owner"]["email"], "services": demo["services"]}))
            yield file
        assert not (complaints := COMPLAINTS.findall(log.read_text())), complaints


@pytest.fixture
def sides(official):
    sides = Sides(official)
    sides.choose("disabled")
    for name in sides.upstream():
        sides.change("disassociate", SHOP, name)
    return sides


def annotations(sides, name):
    return {key.removeprefix("pagerduty.com/"): value for key, value in sides.entity(name)["metadata"].get("annotations", {}).items()
            if key.startswith("pagerduty.com/")}


def annotated_until(sides, name, expected):
    """The processor was there before the backend had read what it tells, so the catalog is asked to look again."""
    for _ in range(4):
        try:
            return until(lambda: annotations(sides, name), expected)
        except AssertionError:
            refresh(sides, name)
    until(lambda: annotations(sides, name), expected)


def refresh(sides, name):
    requests.post(f"{sides.world['app']}/api/catalog/refresh", headers={"Authorization": f"Bearer {TOKEN}"},
                  json={"entityRef": f"component:default/{name}"}, timeout=20)


@pytest.mark.parametrize("name, service", [(SHOP, 0), (PAY, 1), (KEY, 2)])
def test_the_processor_completes_annotations_and_makes_the_mapping(sides, name, service):
    known = sides.world["services"][service]
    annotated_until(sides, name, {"service-id": known["id"], "integration-key": known["integration_key"]})
    assert sides.plugin("GET", f"/mapping/entity/component/default/{name}")["mapping"]["serviceId"] == known["id"]


def test_what_is_mapped_on_the_page_becomes_an_annotation_and_goes_again(sides):
    service = sides.world["services"][6]["id"]
    sides.plugin("POST", "/mapping/entity", {"entityRef": "component:default/not-connected", "serviceId": service})
    integrations = sides.account("GET", f"/services/{service}?include[]=integrations")["service"]["integrations"]
    [key] = [one["integration_key"] for one in integrations if one.get("vendor") and one["vendor"]["id"] == "PRO19CT"]
    annotated_until(sides, "not-connected", {"service-id": service, "integration-key": key})
    sides.plugin("POST", "/mapping/entity", {"entityRef": "", "serviceId": service})
    annotated_until(sides, "not-connected", {})


def test_an_annotated_entity_that_was_unmapped_stays_so(sides):
    service = sides.world["services"][1]
    sides.plugin("POST", "/mapping/entity", {"entityRef": "", "serviceId": service["id"]})
    annotated_until(sides, PAY, {})
    sides.plugin("DELETE", f"/mapping/entity/service/{service['id']}")
    refresh(sides, PAY)
    annotated_until(sides, PAY, {"service-id": service["id"], "integration-key": service["integration_key"]})


def test_the_processor_shows_the_dependencies_of_the_account(sides):
    sides.change("associate", SHOP, KEY)
    sides.choose("pagerduty")
    refresh(sides, SHOP)
    shown_until(sides, [KEY])
    sides.choose("disabled")
    refresh(sides, SHOP)
    shown_until(sides, sorted([PAY, KEY]))


def test_the_processor_writes_dependencies_to_the_account(sides):
    sides.choose("backstage")
    refresh(sides, SHOP)
    until(sides.upstream, sorted([PAY, KEY]))


@pytest.mark.parametrize("grouping", [None, "time", "intelligent", "content_based"])
def test_the_action_makes_a_service_with_an_integration(official, grouping):
    templates = Templates(official)
    [policy, *_] = templates.rest("/escalation_policies")["escalation_policies"]
    name = f"By the official action, {grouping}"
    values = {"name": name, "description": "Made by a template", "escalationPolicyId": policy["id"]}
    status, output, said = templates.run("a-service", **values, **({"alertGrouping": grouping} if grouping else {}))
    assert status == "completed" and output.get("serviceId"), said
    service = templates.rest(f"/services/{output['serviceId']}?include[]=integrations")["service"]
    assert (service["name"], service["html_url"], service["escalation_policy"]["id"]) == (name, output["serviceUrl"], policy["id"])
    assert (service["alert_grouping_parameters"] or {}).get("type") == grouping
    [integration] = service["integrations"]
    assert (integration["vendor"]["id"], integration["integration_key"]) == ("PRO19CT", output["integrationKey"])
