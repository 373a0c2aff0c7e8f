"""Dependencies between Backstage's real catalog and Callboard, in each of the four ways; and what was unmapped stays so."""

import json
import time

import pytest
import requests

from test_official_backend import TOKEN

#: The catalog looks at an entity again within seconds when it is told to.
DEADLINE = 25
STRATEGY = "settings::service-dependency-sync-strategy"
SHOP, PAY, KEY = "both-annotations", "service-id-only", "integration-key-only"


class Sides:
    def __init__(self, file):
        self.world = json.loads(file.read_text())
        signed_in = requests.get(f"{self.world['app']}/api/auth/guest/refresh", timeout=20).json()
        self.user = {"Authorization": f"Bearer {signed_in['backstageIdentity']['token']}"}
        self.services = {name: self.world["services"][i]["id"] for i, name in enumerate((SHOP, PAY, KEY, "first-of-several"))}

    def plugin(self, method, path, body=None):
        answer = requests.request(method, self.world["plugin"] + path, headers=self.user, json=body, timeout=20)
        assert answer.ok, answer.text
        return answer.json() if answer.headers.get("Content-Type", "").startswith("application/json") else None

    def choose(self, strategy):
        self.plugin("POST", "/settings", [{"id": STRATEGY, "value": strategy}])

    def account(self, method, path, body=None):
        headers = {"Authorization": f"Token token={self.world['apiKey']}"}
        answer = requests.request(method, self.world["callboard"] + path, headers=headers, json=body, timeout=20)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def change(self, verb, dependent, supporting):
        end = lambda name: {"id": self.services[name], "type": "service"}  # noqa: E731
        self.account("POST", f"/service_dependencies/{verb}", {"relationships": [{"dependent_service": end(dependent), "supporting_service": end(supporting)}]})

    def upstream(self):
        """What the shop's service depends on, of these, by entity."""
        names = {id: name for name, id in self.services.items()}
        relationships = self.account("GET", f"/service_dependencies/technical_services/{self.services[SHOP]}")["relationships"]
        mine = [one["supporting_service"]["id"] for one in relationships if one["dependent_service"]["id"] == self.services[SHOP]]
        return sorted(names[id] for id in mine if id in names)

    def entity(self, name=SHOP):
        return requests.get(f"{self.world['app']}/api/catalog/entities/by-name/component/default/{name}",
                            headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20).json()

    def shown(self):
        """What the shop depends on in Backstage, by name."""
        relations = self.entity().get("relations", [])
        return sorted(one["targetRef"].split("/")[1] for one in relations if one["type"] == "dependsOn")


def until(what, expected):
    deadline = time.monotonic() + DEADLINE
    while (seen := what()) != expected:
        assert time.monotonic() < deadline, f"{seen} is not {expected}"
        time.sleep(0.3)


def shown_until(sides, expected):
    """A processor that once had no answer in time leaves entities alone for a quarter of a minute, and the catalog looks at them by
    itself only minutes later: so it is asked to."""
    for _ in range(4):
        try:
            return until(sides.shown, expected)
        except AssertionError:
            requests.post(f"{sides.world['app']}/api/catalog/refresh", headers={"Authorization": f"Bearer {TOKEN}"},
                          json={"entityRef": f"component:default/{SHOP}"}, timeout=20)
    until(sides.shown, expected)


@pytest.fixture
def sides(world):
    sides = Sides(world)
    for name in sides.upstream():
        sides.change("disassociate", SHOP, name)
    yield sides
    sides.choose("disabled")
    for name in sides.upstream():
        sides.change("disassociate", SHOP, name)


def test_dependencies_of_backstage_are_written_to_the_account_and_those_of_others_stay(sides):
    sides.change("associate", SHOP, "first-of-several")
    sides.choose("backstage")
    until(sides.upstream, sorted([PAY, KEY, "first-of-several"]))
    assert sides.shown() == sorted([PAY, KEY])
    state = sides.plugin("GET", "/sync")
    assert state["last"]["failures"] == 0, state


def test_dependencies_of_the_account_are_shown_in_backstage_instead(sides):
    sides.change("associate", SHOP, KEY)
    sides.change("associate", SHOP, "first-of-several")
    sides.choose("pagerduty")
    shown_until(sides, sorted([KEY, "several-services"]))
    assert sides.entity("several-services")["relations"], "the other end knows it too"
    assert sides.upstream() == sorted([KEY, "first-of-several"])
    sides.change("disassociate", SHOP, "first-of-several")
    sides.plugin("POST", "/sync", {})
    shown_until(sides, [KEY])
    sides.choose("disabled")


def test_with_both_each_side_has_what_either_has(sides):
    sides.change("associate", SHOP, "first-of-several")
    sides.choose("both")
    until(sides.upstream, sorted([PAY, KEY, "first-of-several"]))
    shown_until(sides, sorted([PAY, KEY, "several-services"]))
    assert sorted(ref.split("/")[1] for ref in sides.entity()["spec"]["dependsOn"]) == sorted([PAY, KEY])


def test_an_entity_that_was_unmapped_stays_unmapped_although_its_file_names_the_service(sides):
    service = sides.services[PAY]
    annotations = lambda: sides.entity(PAY)["metadata"]["annotations"]  # noqa: E731
    assert annotations()["pagerduty.com/service-id"] == service
    sides.plugin("POST", "/mapping/entity", {"entityRef": "", "serviceId": service})
    try:
        until(lambda: annotations().get("pagerduty.com/service-id"), None)
        assert annotations()["callboard.io/service-id-of-file"] == service
    finally:
        sides.plugin("DELETE", f"/mapping/entity/service/{service}")
    until(lambda: annotations().get("pagerduty.com/service-id"), service)
