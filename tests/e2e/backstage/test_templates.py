"""Our actions in Backstage's real scaffolder, and our processor in its real catalog, against Callboard."""

import json
import time

import pytest
import requests

from test_official_backend import TOKEN

TASK_DEADLINE = 60


class Templates:
    def __init__(self, file):
        self.world = json.loads(file.read_text())
        self.app = self.world["app"]
        signed_in = requests.get(f"{self.app}/api/auth/guest/refresh", timeout=20).json()
        self.user = {"Authorization": f"Bearer {signed_in['backstageIdentity']['token']}"}
        self.account = {"Authorization": f"Token token={self.world['apiKey']}"}

    def run(self, template="on-call-for-a-service", **values):
        """Runs a template of the sample; returns how it ended, its output and what it said."""
        made = requests.post(f"{self.app}/api/scaffolder/v2/tasks", headers=self.user, timeout=20,
                             json={"templateRef": f"template:default/{template}", "values": values})
        assert made.status_code == 201, made.text
        task = f"{self.app}/api/scaffolder/v2/tasks/{made.json()['id']}"
        deadline = time.monotonic() + TASK_DEADLINE
        while time.monotonic() < deadline:
            status = requests.get(task, headers=self.user, timeout=20).json()["status"]
            events = requests.get(f"{task}/events", headers=self.user, timeout=20).json()
            if status in ("completed", "failed"):
                said = "\n".join(event["body"].get("message", "") for event in events)
                ended = [event["body"] for event in events if event["type"] == "completion"]
                return status, (ended[-1].get("output") or {}) if ended else {}, said
            time.sleep(0.3)
        pytest.fail(f"the template is still running after {TASK_DEADLINE} s", pytrace=False)

    def rest(self, path):
        answer = requests.get(self.world["callboard"] + path, headers=self.account, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def templates(world):
    return Templates(world)


def people(templates):
    return [user["id"] for user in templates.rest("/users")["users"][:2]]


def test_a_template_makes_what_a_service_needs_and_nothing_twice(templates):
    values = {"name": "Gift cards", "userIds": people(templates), "vendor": "Datadog", "dryRun": False}
    status, output, said = templates.run(**values)
    assert status == "completed", said
    assert output["outcomes"].split() == ["created"] * 6, said
    service = templates.rest(f"/services/{output['serviceId']}?include[]=integrations")["service"]
    assert service["name"] == "Gift cards" and service["status"] == "maintenance"
    assert sorted(one["vendor"]["summary"] for one in service["integrations"]) == ["Backstage", "Datadog"]
    assert service["alert_grouping_parameters"]["type"] == "time"
    policy = templates.rest(f"/escalation_policies/{service['escalation_policy']['id']}")["escalation_policy"]
    assert policy["name"] == "Gift cards escalation" and policy["escalation_rules"][0]["escalation_delay_in_minutes"] == 10
    schedule = templates.rest(f"/schedules/{policy['escalation_rules'][0]['targets'][0]['id']}")["schedule"]
    assert schedule["time_zone"] == "Europe/Madrid" and [user["id"] for user in schedule["users"]] == people(templates)
    changes = templates.rest(f"/services/{service['id']}/change_events")["change_events"]
    assert [change["summary"] for change in changes] == ["Made from a template"]

    status, output, said = templates.run(**values)
    # In maintenance an incident made by REST is open all the same.
    assert status == "completed" and output["outcomes"].split() == ["found"] * 6, said
    assert output["serviceId"] == service["id"]


def test_a_template_acts_in_the_name_of_who_runs_it(templates):
    """The scaffolder hands on who started the task: the guest, who is the account's owner by the backend's configuration."""
    incidents = templates.rest("/incidents?statuses[]=triggered&statuses[]=acknowledged&limit=100")["incidents"]
    made = next(one for one in incidents if one["service"]["summary"] == "Gift cards")
    [entry] = [one for one in templates.rest(f"/incidents/{made['id']}/log_entries")["log_entries"] if one["type"] == "trigger_log_entry"]
    owner = next(user for user in templates.rest("/users?limit=100")["users"] if user["email"] == templates.world["owner"])
    assert entry["agent"]["id"] == owner["id"], entry


def test_a_template_written_for_pagerdutys_own_action_works_as_it_is(templates):
    [policy, *_] = templates.rest("/escalation_policies")["escalation_policies"]
    values = {"name": "Loyalty points", "description": "As before", "escalationPolicyId": policy["id"]}
    status, output, said = templates.run("a-service", **values)
    assert status == "completed", said
    service = templates.rest(f"/services/{output['serviceId']}?include[]=integrations")["service"]
    assert (service["name"], service["html_url"], service["escalation_policy"]["id"]) == (values["name"], output["serviceUrl"], policy["id"])
    assert [one["integration_key"] for one in service["integrations"]] == [output["integrationKey"]]
    assert output["account"] == "demo"


def test_a_dry_run_makes_nothing(templates):
    status, output, said = templates.run(name="Vouchers", userIds=people(templates), dryRun=True)
    assert status == "completed", said
    assert output["outcomes"].split()[:3] == ["would_create"] * 3, said
    assert templates.rest("/services?query=Vouchers")["services"] == []


def test_what_is_refused_fails_the_step_with_the_reason(templates):
    status, _, said = templates.run(name="Refunds", userIds=["PNOBODY"], dryRun=False)
    assert status == "failed" and "(schedules)" in said and "Failed to create" in said, said
    status, _, said = templates.run(name="Gift cards", userIds=people(templates), vendor="No Such Vendor", dryRun=False)
    assert status == "failed" and "No Such Vendor" in said, said


def test_the_catalog_shows_the_service_that_an_entity_is_mapped_to(templates):
    service = templates.world["services"][5]["id"]
    ref = "component:default/not-connected"
    mapped = requests.post(f"{templates.world['plugin']}/mapping/entity", headers=templates.user, timeout=20,
                           json={"entityRef": ref, "serviceId": service})
    assert mapped.status_code == 200, mapped.text
    deadline = time.monotonic() + 20
    annotations = {}
    while annotations.get("pagerduty.com/service-id") != service and time.monotonic() < deadline:
        time.sleep(0.3)
        entity = requests.get(f"{templates.app}/api/catalog/entities/by-name/component/default/not-connected",
                              headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20).json()
        annotations = entity["metadata"].get("annotations", {})
    assert annotations["pagerduty.com/service-id"] == service
    assert "pagerduty.com/integration-key" not in annotations
    requests.post(f"{templates.world['plugin']}/mapping/entity", headers=templates.user, timeout=20,
                  json={"entityRef": "", "serviceId": service})
