"""What Terraform's provider sends for event orchestrations, and what it expects to read back.

The provider names every action of a rule, empty where the configuration has none, and refuses a state that differs from
what was planned: the requests below are those of its resources, and the reading is its own.
"""

from __future__ import annotations

from support.client import unique

ALL = "/event_orchestrations"


def actions(**said):
    """Every action that the provider's client has, with its zero values."""
    return {"drop_event": False, "route_to": "", "dynamic_route_to": None, "suppress": False, "suspend": None, "priority": "",
            "annotate": "", "pagerduty_automation_actions": None, "automation_actions": [],
            "incident_custom_field_updates": None, "severity": "", "event_action": "", "variables": [], "extractions": [],
            "escalation_policy": None, **said}


def rule(label, *conditions, rule_id=None, **said):
    out = {"label": label, "conditions": [{"expression": one} for one in conditions], "actions": actions(**said), "disabled": False}
    return {**out, "id": rule_id} if rule_id else out


def path(sets, **catch_all):
    return {"orchestration_path": {
        "sets": [{"id": name, "rules": rules} for name, rules in sets.items()], "catch_all": {"actions": actions(**catch_all)}}}


def seen(answer):
    """What the provider makes of a path: zero values where a member is missing, and the rules in their order."""
    kept = answer["orchestration_path"]
    zero = actions()

    def read(found):
        return {name: found.get(name) or value for name, value in zero.items()}

    return {one["id"]: [(each["label"], each["conditions"], read(each["actions"]), each["disabled"]) for each in one["rules"]]
            for one in kept["sets"]}, read(kept["catch_all"]["actions"])


def planned(body):
    """The same of what was sent."""
    return seen({"orchestration_path": body["orchestration_path"]})


def apply(api, where, body):
    answer = api.put(where, body)
    assert seen(answer) == planned(body)
    assert seen(api.get(where)) == planned(body)
    return answer


def test_a_configuration_is_applied_changed_and_destroyed(api, make):
    team, service, other = make.team(), make.service(), make.service()
    policy = make.policy()
    priority = api.get("/priorities")["priorities"][0]

    made = api.post(ALL, {"orchestration": {"name": unique("From Terraform"), "description": "Managed by Terraform",
                                            "team": {"id": team["id"]}}}, expect=201)["orchestration"]
    assert made["team"]["id"] == team["id"] and made["routes"] == 0 and len(made["integrations"]) == 1
    where = f"{ALL}/{made['id']}"
    integration = api.post(f"{where}/integrations", {"integration": {"label": "Second"}}, expect=201)["integration"]
    assert api.get(f"{where}/integrations/{integration['id']}")["integration"] == integration

    rules = path({"start": [rule("Name the host", variables=[{"name": "host", "path": "event.component", "type": "regex",
                                                              "value": "hostname: (.*)"}],
                                 extractions=[{"target": "event.summary", "template": "{{variables.host}}"},
                                              {"target": "event.custom_details.host", "source": "event.source", "regex": "www (.*)"}],
                                 route_to="step-two")],
                  "step-two": [rule("Critical is P1", "event.severity matches 'critical'", priority=priority["id"],
                                    annotate="Please use our P1 runbook", escalation_policy=policy["id"]),
                               rule("Not at night", "event.severity matches 'info' and not (now in Mon,Tue,Wed,Thu,Fri 09:00:00 to "
                                    "17:00:00 America/Los_Angeles)", suppress=True),
                               rule("Noise", "event.source matches part 'very-noisy'", drop_event=True),
                               rule("Flaky", "event.source matches part 'flaky'", suspend=300, severity="warning", event_action="trigger")]},
                 suppress=True)
    apply(api, f"{where}/global", rules)
    apply(api, f"{where}/router", path({"start": [
        rule("By name", dynamic_route_to={"source": "event.custom_details.service", "regex": "(.*)", "lookup_by": "service_name"}),
        rule("Database", "event.summary matches part 'database'", "event.source matches regex 'db[0-9]+-server'", route_to=service["id"]),
        rule("Often", "trigger_count over 1 minute > 3", route_to=other["id"])]}, route_to="unrouted"))
    apply(api, f"{where}/unrouted", path({"start": [rule("Look", "event.severity matches 'critical'", severity="warning")]},
                                         suppress=True))
    of_service = f"{ALL}/services/{service['id']}"
    answer = apply(api, of_service, path({"start": [rule("Calm", "event.class exists", suspend=60)]}))
    assert api.put(f"{of_service}/active", {"active": True}) == {"active": True}

    # A change sends the ids that were read; what did not change keeps them.
    kept = answer["orchestration_path"]["sets"][0]["rules"][0]
    changed = path({"start": [rule("New", "event.group exists", severity="info"),
                              rule("Calm", "event.class exists", rule_id=kept["id"], suspend=90)]})
    again = apply(api, of_service, changed)
    assert again["orchestration_path"]["sets"][0]["rules"][1]["id"] == kept["id"]

    for place in (where, of_service):
        variable = api.post(f"{place}/cache_variables", {"cache_variable": {
            "name": "recent_host", "conditions": [{"expression": "event.source exists"}],
            "configuration": {"type": "recent_value", "regex": ".*", "source": "event.source"}}})["cache_variable"]
        assert api.get(f"{place}/cache_variables/{variable['id']}")["cache_variable"] == variable
        api.delete(f"{place}/cache_variables/{variable['id']}")

    # Destroying: paths are emptied, the rest is deleted.
    apply(api, f"{where}/global", path({"start": []}))
    apply(api, of_service, path({"start": []}))
    api.delete(f"{where}/integrations/{integration['id']}")
    api.delete(where)
    api.refused("GET", where, 404)
    api.refused("GET", f"{where}/router", 404)
