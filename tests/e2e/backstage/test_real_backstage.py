"""`callboard backstage` joined to a real Backstage by configuration alone: its users' tokens, its catalog, our own tokens."""

import json
import time
from dataclasses import dataclass

import pytest
import requests


@dataclass
class Joined:
    world: dict
    headers: dict

    def ask(self, method, path, body=None):
        return requests.request(method, self.world["plugin"] + path, json=body, headers=self.headers, timeout=20)


@pytest.fixture(scope="module")
def joined(world):
    world = json.loads(world.read_text())
    answer = requests.get(f"{world['app']}/api/auth/guest/refresh", timeout=20).json()
    return Joined(world, {"Authorization": f"Bearer {answer['backstageIdentity']['token']}"})


def test_a_signed_in_guest_sees_a_card_and_answers_its_incident(joined):
    service = joined.world["services"][0]["id"]
    card = joined.ask("GET", f"/card?service_id={service}")
    assert card.status_code == 200 and card.json()["parts"]["service"]["state"] == "ok", card.text
    made = joined.ask("POST", "/trigger", {"service_id": service, "title": "Made by a guest"})
    assert made.status_code == 201, made.text
    answered = joined.ask("POST", f"/incidents/{made.json()['incident']['id']}/resolve", {})
    assert answered.json()["incident"]["status"] == "resolved", answered.text


def test_the_catalog_knows_our_own_tokens(joined):
    table = joined.ask("POST", "/mapping/entities", {})
    assert table.status_code == 200 and table.json()["totalCount"] == 5, table.text
    first, second = (service["id"] for service in joined.world["services"][:2])
    assert joined.ask("GET", "/catalog/entity/component/default/both-annotations").json() == first
    # The refresh is allowed as well: a refusal would be logged only, so the catalog is asked for what is not there.
    mapped = joined.ask("POST", "/mapping/entity", {"entityRef": "component:default/not-connected", "serviceId": second})
    assert mapped.status_code == 200 and mapped.json()["integrationKey"] == "", mapped.text
    assert joined.ask("DELETE", f"/mapping/entity/service/{second}").status_code == 204


def test_the_page_that_a_browser_gets_holds_no_secret(joined):
    page = requests.get(joined.world["app"] + "/catalog", timeout=20).text
    assert "backstage.io/config" in page and "discovery" in page
    for secret in (joined.world["apiKey"], joined.world["token"]):
        assert secret not in page


def test_an_entity_with_a_key_alone_gets_its_service_and_stays_unmapped_when_the_page_says_so(joined):
    """The processor asks what is known: the lists are read after a start, so the first look may come too early."""
    catalog = {"Authorization": f"Bearer {joined.world['token']}"}
    entity = f"{joined.world['app']}/api/catalog/entities/by-name/component/default/integration-key-only"
    service, key = (joined.world["services"][2][name] for name in ("id", "integration_key"))

    def annotations_become(expected):
        for attempt in range(100):
            if attempt % 20 == 0:
                requests.post(f"{joined.world['app']}/api/catalog/refresh", headers=catalog, timeout=20,
                              json={"entityRef": "component:default/integration-key-only"})
            found = requests.get(entity, headers=catalog, timeout=20).json()["metadata"]["annotations"]
            mine = {name: value for name, value in found.items() if name.startswith(("pagerduty.com/", "callboard.io/"))}
            if mine == expected:
                return
            time.sleep(0.3)
        pytest.fail(f"{mine} is not {expected}")

    annotated = {"pagerduty.com/integration-key": key, "pagerduty.com/service-id": service}
    annotations_become(annotated)
    unmapped = joined.ask("POST", "/mapping/entity", {"entityRef": "", "serviceId": service})
    assert unmapped.status_code == 200, unmapped.text
    try:
        annotations_become({"callboard.io/service-id-of-file": service, "callboard.io/integration-key-of-file": key})
    finally:
        joined.ask("DELETE", f"/mapping/entity/service/{service}")
    annotations_become(annotated)
