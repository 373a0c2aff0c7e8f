"""Event orchestrations: orchestrations, integrations, the four kinds of paths, cache variables, features."""

from __future__ import annotations

import pytest

from support.client import unique
from support.factory import reference

ALL = "/event_orchestrations"


@pytest.fixture
def orchestration(api):
    """Makes orchestrations, each with one integration."""

    def create(**members):
        body = {"name": unique("Orchestration"), **members}
        return api.post(ALL, {"orchestration": body}, expect=201)["orchestration"]

    return create


@pytest.fixture
def incident_field(api):
    """A number of incidents, gone after the test."""
    made = api.post("/incidents/custom_fields", {"field": {
        "name": "hosts", "display_name": "Hosts", "data_type": "integer", "field_type": "single_value"}}, expect=201)["field"]
    yield made
    api.call("DELETE", f"/incidents/custom_fields/{made['id']}", expect=(204, 404))


def rule(*conditions, label="A rule", **actions):
    return {"label": label, "conditions": [{"expression": one} for one in conditions], "actions": actions}


def path_of(*rules, **more):
    """One set of rules, and perhaps others."""
    sets = [{"id": "start", "rules": list(rules)}] + [{"id": name, "rules": rules} for name, rules in more.items()]
    return {"orchestration_path": {"sets": sets, "catch_all": {"actions": {}}}}


# What clients that name every action send for a rule that does nothing.
EMPTY_ACTIONS = {
    "drop_event": False, "route_to": "", "dynamic_route_to": None, "suppress": False, "suspend": None, "priority": "",
    "annotate": "", "pagerduty_automation_actions": None, "automation_actions": None,
    "incident_custom_field_updates": None, "severity": "", "event_action": "", "variables": None, "extractions": None,
    "escalation_policy": None}


def test_an_orchestration_lives_from_post_to_delete(api, make, orchestration):
    team = make.team()
    made = orchestration(description="Carts", team=reference("team", team))
    assert made["team"]["id"] == team["id"] and made["routes"] == 0 and made["version"] == "1"
    assert [one["parameters"]["type"] for one in made["integrations"]] == ["global"]
    path = f"{ALL}/{made['id']}"
    assert api.get(path)["orchestration"] == made
    changed = api.put(path, {"orchestration": {"name": "Carts and more", "team": None}})["orchestration"]
    assert (changed["name"], changed["description"], changed["team"]) == ("Carts and more", "Carts", None)
    assert changed["version"] != made["version"]
    api.delete(path)
    api.refused("GET", path, 404)


@pytest.mark.parametrize("wrong", [{"name": ""}, {"name": None}, {"name": "x" * 256}, {"description": 5},
                                   {"team": {"id": "PNOBODY", "type": "team_reference"}}])
def test_what_is_wrong_with_an_orchestration_is_refused(api, wrong):
    api.refused("POST", ALL, 400, json={"orchestration": {"name": "wrong", **wrong}})


def test_the_list_is_sorted_and_paged(api, orchestration, make):
    names = [orchestration(name=unique(f"{letter} sorted"))["name"] for letter in "ba"]
    routed = orchestration()
    service = make.service()
    api.put(f"{ALL}/{routed['id']}/router", path_of(rule("event.summary exists", route_to=service["id"])))

    def order(by):
        return [one["name"] for one in api.get(ALL, params={"sort_by": by, "limit": 100})["orchestrations"]]

    assert [name for name in order("name:asc") if name in names] == sorted(names)
    assert [name for name in order("name:desc") if name in names] == sorted(names, reverse=True)
    assert [name for name in order("created_at:asc") if name in names] == names
    assert [name for name in order("created_at:desc") if name in names] == names[::-1]
    assert order("routes:asc")[-1] == routed["name"] and order("routes:desc")[0] == routed["name"]
    first = api.get(ALL, params={"limit": 1, "offset": 1})
    assert len(first["orchestrations"]) == 1 and first["offset"] == 1
    api.refused("GET", ALL, 400, params={"sort_by": "size"})


def test_a_list_of_none_is_a_list(api, orchestration):
    orchestration()
    for one in api.every(ALL, "orchestrations"):
        api.delete(f"{ALL}/{one['id']}")
    assert api.get(ALL)["orchestrations"] == []


def test_an_integration_has_a_key_of_its_own_and_can_move(api, orchestration):
    here, there = orchestration(), orchestration()
    path = f"{ALL}/{here['id']}/integrations"
    made = api.post(path, {"integration": {"label": "Prometheus"}}, expect=201)["integration"]
    assert len(made["parameters"]["routing_key"]) == 32 and made["parameters"]["routing_key"].startswith("R")
    assert api.get(f"{path}/{made['id']}")["integration"] == made
    assert api.get(path)["total"] == 2
    renamed = api.put(f"{path}/{made['id']}", {"integration": {"label": "Alertmanager"}})["integration"]
    assert renamed == {**made, "label": "Alertmanager"}
    moved = api.post(f"{ALL}/{there['id']}/integrations/migration",
                     {"source_id": here["id"], "source_type": "orchestration", "integration_id": made["id"]})
    assert renamed in moved["integrations"] and moved["total"] == 2
    api.refused("GET", f"{path}/{made['id']}", 404)
    api.delete(f"{ALL}/{there['id']}/integrations/{made['id']}")
    for wrong in ({"source_type": "service"}, {"source_id": "nobody"}, {"integration_id": None}):
        body = {"source_id": there["id"], "source_type": "orchestration",
                "integration_id": there["integrations"][0]["id"], **wrong}
        api.refused("POST", f"{ALL}/{here['id']}/integrations/migration", 400, json=body)
    api.refused("POST", path, 400, json={"integration": {"label": ""}})
    for _ in range(9):
        api.post(path, {"integration": {"label": "More"}}, expect=201)
    api.refused("POST", path, 400, json={"integration": {"label": "Too many"}})


def test_a_new_orchestration_has_empty_paths(api, orchestration):
    made = orchestration()
    for kind, catch_all in (("global", {}), ("router", {"route_to": "unrouted"}), ("unrouted", {"suppress": True})):
        path = api.get(f"{ALL}/{made['id']}/{kind}")["orchestration_path"]
        assert path["type"] == kind and path["sets"] == [{"id": "start", "rules": []}]
        assert path["catch_all"] == {"actions": catch_all}
        assert path["parent"]["id"] == made["id"] and path["parent"]["type"] == "event_orchestration_reference"


def test_global_rules_are_kept_as_they_were_sent(api, make, orchestration, incident_field):
    made = orchestration()
    priority = api.get("/priorities")["priorities"][0]
    policy = make.policy()
    first = rule("event.source matches part 'web'", route_to="two", severity="info", event_action="trigger",
                 variables=[{"name": "host", "path": "event.component", "type": "regex", "value": "host: (.*)"}],
                 extractions=[{"target": "event.summary", "template": "[{{variables.host}}] {{event.summary}}"},
                              {"target": "event.group", "source": "event.source", "regex": "www (.*)"}])
    second = rule(suppress=True, suspend=120, drop_event=True, priority=priority["id"], annotate="Look at {{event.link}}",
                  escalation_policy=policy["id"], incident_custom_field_updates=[{"id": incident_field["id"], "value": "#a"}])
    answer = api.put(f"{ALL}/{made['id']}/global", path_of(first, two=[second, {**rule("true"), "disabled": True}]))
    kept = answer["orchestration_path"]
    rules = kept["sets"][0]["rules"] + kept["sets"][1]["rules"]
    assert [one["actions"] for one in rules] == [first["actions"], second["actions"], {}]
    assert [one["disabled"] for one in rules] == [False, False, True]
    assert len({one["id"] for one in rules}) == 3 and all(len(one["id"]) == 8 for one in rules)
    assert answer["warnings"] == []
    assert api.get(f"{ALL}/{made['id']}/global")["orchestration_path"] == kept
    # What is sent back keeps its ids.
    again = api.put(f"{ALL}/{made['id']}/global", {"orchestration_path": kept})["orchestration_path"]
    assert again["sets"] == kept["sets"] and again["version"] != kept["version"]


def test_a_router_leads_to_services(api, make, orchestration):
    made, service = orchestration(), make.service()
    dynamic = {"label": "By name", "actions": {"dynamic_route_to": {
        "source": "event.custom_details.service", "regex": ".*", "lookup_by": "service_name"}}}
    fixed = rule("event.summary matches part 'db'", route_to=service["id"])
    path = api.put(f"{ALL}/{made['id']}/router", path_of(dynamic, fixed))["orchestration_path"]
    assert path["sets"][0]["rules"][0]["actions"] == dynamic["actions"]
    assert path["sets"][0]["rules"][1]["actions"] == {"route_to": service["id"]}
    assert api.get(f"{ALL}/{made['id']}/router")["orchestration_path"] == path
    assert api.get(f"{ALL}/{made['id']}")["orchestration"]["routes"] == 1
    refused = api.refused("PUT", f"{ALL}/{made['id']}/router", 400, json=path_of(fixed, dynamic))
    assert "sets[0].rules[1].actions.dynamic_route_to" in str(refused)
    refused = api.refused("PUT", f"{ALL}/{made['id']}/router", 400, json=path_of(rule(route_to="PNOBODY")))
    assert "sets[0].rules[0].actions.route_to not found" in str(refused)


def test_events_without_a_route_have_rules_too(api, orchestration):
    made = orchestration()
    rules = path_of(rule("event.severity matches 'critical'", severity="warning", route_to="two"), two=[rule(severity="info")])
    path = api.put(f"{ALL}/{made['id']}/unrouted", rules)["orchestration_path"]
    assert path["catch_all"]["actions"] == {"suppress": True}
    assert api.get(f"{ALL}/{made['id']}/unrouted")["orchestration_path"] == path
    refused = api.refused("PUT", f"{ALL}/{made['id']}/unrouted", 400, json=path_of(rule(suspend=60)))
    assert "sets[0].rules[0].actions.suspend is not an action of unrouted rules" in str(refused)


def test_a_service_has_rules_of_its_own(api, make):
    service = make.service()
    path = f"{ALL}/services/{service['id']}"
    empty = api.get(path)["orchestration_path"]
    assert empty["parent"]["type"] == "service_reference" and empty["sets"] == [{"id": "start", "rules": []}]
    automation = [{"action_id": "01CS", "trigger_types": ["alert_suspended"]}]
    answer = api.put(path, path_of(rule("event.class exists", suspend=300, pagerduty_automation_actions=automation)))
    kept = answer["orchestration_path"]
    assert kept["sets"][0]["rules"][0]["actions"]["pagerduty_automation_actions"] == automation
    assert [one["feature"] for one in answer["warnings"]] == ["pagerduty_automation_actions"]
    assert api.get(path)["orchestration_path"] == kept
    shown = api.get(path, params={"include[]": "migrated_metadata"})["orchestration_path"]
    assert shown["migrated_at"] is None
    assert api.get(f"{path}/active") == {"active": True}
    assert api.put(f"{path}/active", {"active": False}) == {"active": False}
    assert api.get(f"{path}/active") == {"active": False}
    api.refused("PUT", f"{path}/active", 400, json={})
    api.refused("PUT", f"{path}/active", 400, json={"active": "yes"})
    api.refused("GET", f"{ALL}/services/PNOBODY", 404)


def test_clients_that_name_every_action_and_mean_none_are_understood(api, make):
    service = make.service()
    path = f"{ALL}/services/{service['id']}"
    body = path_of({"label": "", "conditions": [], "actions": EMPTY_ACTIONS, "disabled": False})
    body["orchestration_path"]["catch_all"]["actions"] = EMPTY_ACTIONS
    kept = api.put(path, body)["orchestration_path"]
    assert kept["sets"][0]["rules"][0]["actions"] == {"drop_event": False, "suppress": False}


@pytest.mark.parametrize("place, actions", [
    ("severity", {"severity": "bad"}), ("event_action", {"event_action": "acknowledge"}),
    ("suspend", {"suspend": -1}), ("suspend", {"suspend": 86_401}), ("priority", {"priority": "PNOBODY"}),
    ("escalation_policy", {"escalation_policy": "PNOBODY"}), ("annotate", {"annotate": "x" * 4_097}),
    ("drop_event", {"drop_event": True}), ("dynamic_route_to", {"dynamic_route_to": {"source": "event.a", "regex": "a"}}),
    ("route_to", {"route_to": "nowhere"}), ("automation_actions", {"automation_actions": [{"name": "a", "url": "https://a"}]}),
    ("variables[0].path", {"variables": [{"name": "a", "path": "a b", "type": "regex", "value": "a"}]}),
    ("variables[0].value", {"variables": [{"name": "a", "path": "event.a", "type": "regex", "value": "("}]}),
    ("variables[0].type", {"variables": [{"name": "a", "path": "event.a", "type": "jsonpath", "value": "a"}]}),
    ("extractions[0].target", {"extractions": [{"target": "event.event_action", "template": "a"}]}),
    ("extractions[0].template", {"extractions": [{"target": "event.summary"}]}),
    ("extractions[0].template", {"extractions": [{"target": "event.summary", "template": "a", "regex": "a"}]}),
    ("incident_custom_field_updates[0].id", {"incident_custom_field_updates": [{"id": "PX", "value": "a"}]}),
    ("pagerduty_automation_actions[0].trigger_types", {"pagerduty_automation_actions": [{"action_id": "a", "trigger_types": []}]}),
    ("variables", {"variables": [{"name": "a", "path": "event.a", "type": "regex", "value": "a"}] * 51}),
])
def test_what_is_wrong_with_an_action_is_told_by_place(api, make, place, actions):
    service = make.service()
    refused = api.refused("PUT", f"{ALL}/services/{service['id']}", 400, json=path_of(rule("true"), rule(**actions)))
    assert f"sets[0].rules[1].actions.{place} " in str(refused)


@pytest.mark.parametrize("sets, place", [
    ([], "sets must begin with the set"), ([{"id": "other", "rules": []}], "sets must begin with the set"),
    ([{"id": "start"}, {"id": "start"}], "sets[1].id has already been taken"), ("start", "sets must be an array"),
    ([{"rules": []}], "sets[0].id can't be blank"),
    ([{"id": "start", "rules": [rule("event.a ==")]}], "sets[0].rules[0].conditions[0].expression expected a value at character 11"),
    ([{"id": "start", "rules": [{"conditions": [{}]}]}], "sets[0].rules[0].conditions[0].expression can't be blank"),
    ([{"id": "start", "rules": [rule("true", route_to="start")]}], "leads back to a set"),
])
def test_what_is_wrong_with_sets_is_told_by_place(api, make, sets, place):
    service = make.service()
    refused = api.refused("PUT", f"{ALL}/services/{service['id']}", 400, json={"orchestration_path": {"sets": sets}})
    assert place in str(refused)


def owners(api, make, orchestration):
    """The two places where variables live."""
    return [f"{ALL}/{orchestration()['id']}/cache_variables", f"{ALL}/services/{make.service()['id']}/cache_variables"]


def test_cache_variables_live_with_orchestrations_and_services(api, make, orchestration):
    for path in owners(api, make, orchestration):
        recent = api.post(path, {"cache_variable": {
            "name": "host", "conditions": [{"expression": "event.source exists"}],
            "configuration": {"type": "recent_value", "source": "event.component", "regex": "host: (.*)"}}})["cache_variable"]
        assert recent["disabled"] is False and recent["configuration"]["regex"] == "host: (.*)"
        count = api.post(path, {"cache_variable": {
            "name": "often", "configuration": {"type": "trigger_event_count", "ttl_seconds": 60}}})["cache_variable"]
        assert api.get(path)["cache_variables"] == [recent, count]
        changed = api.put(f"{path}/{count['id']}", {"cache_variable": {
            "name": "often", "disabled": True, "configuration": {"type": "trigger_event_count", "ttl_seconds": 90}}})
        assert changed["cache_variable"]["configuration"]["ttl_seconds"] == 90
        assert api.get(f"{path}/{count['id']}") == changed
        api.refused("GET", f"{path}/{recent['id']}/data", 400)
        api.refused("POST", path, 400, json={"cache_variable": {"name": "host", "configuration": recent["configuration"]}})
        for one in (recent, count):
            api.delete(f"{path}/{one['id']}")
        assert api.get(path)["cache_variables"] == []


@pytest.mark.parametrize("data_type, good, bad", [("string", "on", 1), ("number", 2.5, "2"), ("boolean", True, "true")])
def test_external_data_is_put_into_its_variable(api, make, orchestration, data_type, good, bad):
    for path in owners(api, make, orchestration):
        made = api.post(path, {"cache_variable": {"name": "state", "configuration": {
            "type": "external_data", "data_type": data_type, "ttl_seconds": 3600}}})["cache_variable"]
        data = f"{path}/{made['id']}/data"
        assert made["data_endpoint"].endswith(data)
        api.refused("GET", data, 404)
        put = api.put(data, {"cache_variable_data": good})
        assert put["cache_variable_data"] == good and put["updated_at"]
        assert api.get(data) == put
        for wrong in (bad, None, "x" * 1_025):
            api.refused("PUT", data, 400, json={"cache_variable_data": wrong})
        api.delete(data)
        api.refused("GET", data, 404)


@pytest.mark.parametrize("place, wrong", [
    ("name", {"name": "two words"}), ("name", {"name": ""}), ("name", {"name": "1st"}),
    ("configuration", {"configuration": None}), ("configuration.type", {"configuration": {"type": "other"}}),
    ("configuration.type", {"configuration": {"ttl_seconds": 5}}),
    ("configuration.ttl_seconds", {"configuration": {"type": "trigger_event_count"}}),
    ("configuration.ttl_seconds", {"configuration": {"type": "external_data", "ttl_seconds": 0}}),
    ("configuration.regex", {"configuration": {"type": "recent_value", "source": "event.a", "regex": "("}}),
    ("configuration.source", {"configuration": {"type": "recent_value", "source": "a", "regex": "a"}}),
    ("conditions[0].expression", {"conditions": [{"expression": "trigger_count over 1 minute > 2"}]}),
])
def test_what_is_wrong_with_a_cache_variable_is_told_by_place(api, orchestration, place, wrong):
    body = {"name": "fine", "configuration": {"type": "recent_value", "source": "event.a", "regex": "a"}, **wrong}
    refused = api.refused("POST", f"{ALL}/{orchestration()['id']}/cache_variables", 400, json={"cache_variable": body})
    assert f"{place} " in str(refused)


def test_the_features_of_aiops_can_be_switched_off(api, make, orchestration):
    made = orchestration()
    path = f"{ALL}/{made['id']}/enablements"
    assert api.get(path)["enablements"] == [{"feature": "aiops", "enabled": True, "updated_at": None}]
    off = api.put(f"{path}/aiops", {"enablement": {"enabled": False}})["enablement"]
    assert off["enabled"] is False and off["updated_at"]
    answer = api.put(f"{ALL}/{made['id']}/global", path_of(rule("event.a exists", drop_event=True)))
    assert [one["feature"] for one in answer["warnings"]] == ["global_orchestrations"]
    assert api.put(f"{path}/aiops", {"enablement": {"enabled": True}})["enablement"]["enabled"] is True
    api.refused("PUT", f"{path}/aiops", 400, json={"enablement": {}})
    api.refused("PUT", f"{path}/other", 404, json={"enablement": {"enabled": True}})


def test_without_a_team_only_administrators_change_it(api, someone, make, orchestration):
    team = make.team()
    _, manager = someone("user")
    account_wide, of_team = orchestration(), orchestration(team=reference("team", team))
    manager.refused("PUT", f"{ALL}/{account_wide['id']}", 403, json={"orchestration": {"name": "Mine"}})
    manager.refused("PUT", f"{ALL}/{account_wide['id']}/router", 403, json=path_of())
    assert manager.get(f"{ALL}/{account_wide['id']}/router")["orchestration_path"]["type"] == "router"
    manager.put(f"{ALL}/{of_team['id']}/router", path_of())


# --- what becomes of events -------------------------------------------------------------------------------------------

def key_of(orchestration):
    return orchestration["integrations"][0]["parameters"]["routing_key"]


def alerts(api, key):
    return api.get("/alerts", params={"alert_key": key})["alerts"]


def test_an_event_is_led_to_its_service_and_opens_an_incident_there(api, make, events, orchestration):
    made, service, policy = orchestration(), make.service(), make.policy()
    priority = api.get("/priorities")["priorities"][0]
    api.put(f"{ALL}/{made['id']}/global", path_of(rule(
        "event.source matches part 'web'", label="Web is warned about", severity="warning", priority=priority["id"],
        escalation_policy=policy["id"], annotate="See the runbook of {{event.component}}",
        extractions=[{"target": "event.summary", "template": "[web] {{event.summary}}"}])))
    api.put(f"{ALL}/{made['id']}/router", path_of(rule(
        "event.summary matches part '[web]'", label="To the web", route_to=service["id"])))
    key = events.trigger(key_of(made), source="web-1", component="cart", summary="It is slow")
    alert = alerts(api, key)[0]
    assert (alert["service"]["id"], alert["severity"], alert["summary"]) == (service["id"], "warning", "[web] It is slow")
    incident = api.get(f"/incidents/{alert['incident']['id']}")["incident"]
    assert incident["title"] == "[web] It is slow" and incident["priority"]["id"] == priority["id"]
    assert incident["escalation_policy"]["id"] == policy["id"]
    notes = api.get(f"/incidents/{incident['id']}/notes")["notes"]
    assert [one["content"] for one in notes] == ["See the runbook of cart"]
    why = api.get(f"/incidents/{incident['id']}/why")["why"]
    ruled = [line["sentence"] for line in why["decisions"] if line["reason"] == "ruled"]
    assert any("Web is warned about" in line and made["name"] in line for line in ruled)
    kept = api.get(f"{ALL}/{made['id']}/orchestrated_events", params={"dedup_key": key})["orchestrated_events"]
    assert [one["label"] for one in kept[0]["decisions"]] == ["Web is warned about", "To the web"]
    assert kept[0]["disposition"] == "trigger" and kept[0]["alert"]["id"] == alert["id"]
    events.acknowledge(key_of(made), key)
    assert api.get(f"/incidents/{incident['id']}")["incident"]["status"] == "acknowledged"
    events.resolve(key_of(made), key)
    assert api.get(f"/incidents/{incident['id']}")["incident"]["status"] == "resolved"


def test_a_rule_fills_custom_fields_of_the_incident_it_opens(api, make, incident_field):
    made = api.post("/incidents/custom_fields", {"field": {
        "name": "zones", "display_name": "Zones", "data_type": "string", "field_type": "multi_value_fixed",
        "field_options": [{"data": {"data_type": "string", "value": one}} for one in ("a", "b")]}}, expect=201)["field"]
    try:
        service = make.service()
        key = make.routing_key(service)
        rules = f"/event_orchestrations/services/{service['id']}"
        fill = [{"id": incident_field["id"], "value": "{{event.custom_details.hosts}}"},
                {"id": made["id"], "value": "{{event.custom_details.zones}}"}]
        api.put(rules, path_of(rule(incident_custom_field_updates=fill)))
        for details, wanted, word in (
                ({"hosts": 12, "zones": "b, a"}, {"hosts": 12, "zones": ["b", "a"]}, "Hosts: 12. Zones: b, a"),
                ({"hosts": "many", "zones": "c"}, {"hosts": None, "zones": None},
                 "Hosts: many was not taken, it must be a whole number. "
                 "Zones: c was not taken, it is not one of the field's options")):
            incident = make.alerted(key, custom_details=details)
            values = api.get(f"/incidents/{incident['id']}/custom_fields/values")["custom_fields"]
            assert {one["name"]: one["value"] for one in values if one["name"] in wanted} == wanted
            entries = api.get(f"/incidents/{incident['id']}/log_entries", params={"limit": 100})["log_entries"]
            notes = [one["note"] for one in entries if one["type"] == "custom_field_value_change_log_entry"]
            assert notes == [word]
        # A field that is gone stays in the rule and does nothing.
        api.call("DELETE", f"/incidents/custom_fields/{made['id']}", expect=204)
        incident = make.alerted(key, custom_details={"hosts": 3, "zones": "a"})
        values = api.get(f"/incidents/{incident['id']}/custom_fields/values")["custom_fields"]
        assert [one["value"] for one in values if one["name"] == "hosts"] == [3]
    finally:
        api.call("DELETE", f"/incidents/custom_fields/{made['id']}", expect=(204, 404))


def test_an_event_that_no_rule_leads_anywhere_is_kept_and_finds_its_service_later(api, make, events, orchestration):
    made, service = orchestration(), make.service()
    api.put(f"{ALL}/{made['id']}/unrouted", path_of(rule(severity="info")))
    key = events.trigger(key_of(made), source="odd")
    alert = alerts(api, key)[0]
    assert alert["service"] is None and alert["suppressed"] is True and alert["severity"] == "info"
    kept = api.get(f"{ALL}/{made['id']}/orchestrated_events", params={"disposition": "unrouted"})["orchestrated_events"]
    assert [one["dedup_key"] for one in kept] == [key]
    api.put(f"{ALL}/{made['id']}/router", path_of(rule("event.source matches 'odd'", route_to=service["id"])))
    events.trigger(key_of(made), dedup_key=key, source="odd")
    alert = alerts(api, key)[0]
    assert alert["service"]["id"] == service["id"] and alert["incident"] and alert["suppressed"] is False
    events.resolve(key_of(made), key)
    assert alerts(api, key)[0]["status"] == "resolved"


def test_an_unrouted_alert_is_ended_by_its_resolve(api, events, orchestration):
    made = orchestration()
    key = events.trigger(key_of(made))
    events.resolve(key_of(made), key)
    assert alerts(api, key)[0]["status"] == "resolved"


def test_an_unrouted_alert_ends_when_its_key_is_led_to_a_service_without_alerts(api, make, events, orchestration):
    made, service = orchestration(), make.service(alert_creation="create_incidents")
    first, second = events.trigger(key_of(made), source="odd"), events.trigger(key_of(made), source="odd")
    api.put(f"{ALL}/{made['id']}/router", path_of(rule("event.source matches 'odd'", route_to=service["id"])))
    events.trigger(key_of(made), dedup_key=first, source="odd")
    assert alerts(api, first)[0]["status"] == "resolved" and alerts(api, first)[0]["incident"] is None
    incident = make.incidents_of_key(first)[0]
    assert (incident["service"]["id"], incident["status"]) == (service["id"], "triggered")
    # A resolve that is the first to be led there ends it too.
    api.put(f"{ALL}/{made['id']}/router", path_of({"actions": {"route_to": service["id"]}}))
    events.resolve(key_of(made), second)
    assert alerts(api, second)[0]["status"] == "resolved" and make.incidents_of_key(second) == []
    events.resolve(key_of(made), first)
    assert make.reload(incident)["status"] == "resolved"


def test_a_dropped_event_leaves_word_of_it(api, make, events, orchestration):
    made = orchestration()
    api.put(f"{ALL}/{made['id']}/global", path_of(rule("event.source matches 'noisy'", label="Too noisy", drop_event=True)))
    key = events.trigger(key_of(made), source="noisy")
    assert alerts(api, key) == []
    kept = api.get(f"{ALL}/{made['id']}/orchestrated_events")["orchestrated_events"]
    assert (kept[0]["disposition"], kept[0]["dedup_key"]) == ("drop", key)
    assert kept[0]["decisions"][0]["label"] == "Too noisy" and kept[0]["decisions"][0]["did"] == ["dropped it"]
    api.refused("GET", f"{ALL}/{made['id']}/orchestrated_events", 400, params={"disposition": "lost"})


def test_an_event_names_its_service_itself(api, make, events, orchestration):
    made, service = orchestration(), make.service()
    for lookup, text in (("service_name", service["name"]), ("service_id", service["id"])):
        api.put(f"{ALL}/{made['id']}/router", path_of({"actions": {"dynamic_route_to": {
            "source": "event.custom_details.service", "regex": "to (.*)", "lookup_by": lookup}}}))
        key = events.trigger(key_of(made), custom_details={"service": f"to {text}"})
        assert alerts(api, key)[0]["service"]["id"] == service["id"]
        lost = events.trigger(key_of(made), custom_details={"service": "to nobody"})
        assert alerts(api, lost)[0]["service"] is None


def test_rules_of_a_service_suppress_suspend_and_rewrite_keys(api, make, events):
    service = make.service()
    key = make.routing_key(service)
    path = f"{ALL}/services/{service['id']}"
    api.put(path, path_of(
        rule("event.class matches 'quiet'", label="Quiet please", suppress=True),
        rule("event.class matches 'flaky'", suspend=600),
        rule("event.class matches 'over'", event_action="resolve",
             extractions=[{"target": "event.dedup_key", "template": "disk of {{event.component}}"}]),
        rule("event.component exists", extractions=[{"target": "event.dedup_key", "template": "disk of {{event.component}}"}])))
    quiet = alerts(api, events.trigger(key, **{"class": "quiet"}))[0]
    assert quiet["suppressed"] is True and quiet["incident"] is None
    assert alerts(api, events.trigger(key, **{"class": "flaky"}))[0]["incident"] is None
    events.trigger(key, component="a")
    events.trigger(key, component="a")
    assert [one["status"] for one in alerts(api, "disk of a")] == ["triggered"]
    events.trigger(key, component="a", **{"class": "over"})
    assert [one["status"] for one in alerts(api, "disk of a")] == ["resolved"]
    kept = api.get(f"/services/{service['id']}/orchestrated_events", params={"disposition": "suppress"})
    assert kept["orchestrated_events"][0]["decisions"][0]["label"] == "Quiet please"
    api.put(f"{path}/active", {"active": False})
    assert alerts(api, events.trigger(key, **{"class": "quiet"}))[0]["incident"] is not None


def test_rules_count_events_and_remember_values(api, make, events):
    service = make.service()
    key = make.routing_key(service)
    path = f"{ALL}/services/{service['id']}"
    api.post(f"{path}/cache_variables", {"cache_variable": {"name": "host", "configuration": {
        "type": "recent_value", "source": "event.component", "regex": ".+"}}})
    api.post(f"{path}/cache_variables", {"cache_variable": {"name": "seen", "configuration": {
        "type": "trigger_event_count", "ttl_seconds": 600}}})
    frozen = api.post(f"{path}/cache_variables", {"cache_variable": {"name": "frozen", "configuration": {
        "type": "external_data", "data_type": "boolean", "ttl_seconds": 600}}})["cache_variable"]
    api.put(path, path_of(
        rule("cache_var.frozen == true", suppress=True),
        rule("trigger_count over 10 minutes > 2", extractions=[
            {"target": "event.summary", "template": "{{cache_var.host}} again, {{cache_var.seen}} by now"}])))
    keys = [events.trigger(key, summary="It is slow", component="db1") for _ in range(2)] + [events.trigger(key, summary="x")]
    assert [alerts(api, one)[0]["summary"] for one in keys] == ["It is slow", "It is slow", "db1 again, 3 by now"]
    api.put(f"{path}/cache_variables/{frozen['id']}/data", {"cache_variable_data": True})
    assert alerts(api, events.trigger(key))[0]["suppressed"] is True


def test_rules_hold_no_longer_when_their_orchestration_is_gone(api, make, events, orchestration):
    made = orchestration()
    events.trigger(key_of(made))
    api.delete(f"{ALL}/{made['id']}")
    reply = events.post("/v2/enqueue", {"routing_key": key_of(made), "event_action": "resolve", "dedup_key": "d"})
    assert reply.status_code == 400 and "Invalid routing key" in reply.text


# --- trials -----------------------------------------------------------------------------------------------------------

EVENT = {"event_action": "trigger", "payload": {"summary": "Disk full", "source": "db-1", "severity": "critical"}}


def tried(api, **body):
    return api.call("POST", "/console/orchestration_trials", json=body).body["trial"]


def test_rules_can_be_tried_before_they_are_saved(api, make, orchestration):
    made, service = orchestration(), make.service()
    edited = {"global": path_of(rule("event.source matches part 'db'", label="Calm", severity="info"))["orchestration_path"],
              "router": path_of(rule("event.source matches 'web'", route_to=service["id"]),
                                rule("event.severity matches 'info'", route_to=service["id"]))["orchestration_path"]}
    trial = tried(api, orchestration={"id": made["id"]}, paths=edited, event=EVENT)
    assert trial["event"]["payload"]["severity"] == "info"
    assert [(step["path"], step["matched"]) for step in trial["steps"]] == [("global", True), ("router", False), ("router", True)]
    assert trial["steps"][0]["conditions"] == [{"expression": "event.source matches part 'db'", "matched": True}]
    assert trial["steps"][0]["rule"]["label"] == "Calm" and trial["steps"][0]["actions"] == {"severity": "info"}
    outcome = trial["outcome"]
    assert (outcome["disposition"], outcome["severity"]) == ("trigger", "info")
    assert outcome["route_to"]["id"] == service["id"]
    # Nothing was saved, and nothing happened.
    assert api.get(f"{ALL}/{made['id']}/global")["orchestration_path"]["sets"][0]["rules"] == []
    assert tried(api, orchestration={"id": made["id"]}, event=EVENT)["outcome"]["disposition"] == "unrouted"
    assert api.get(f"{ALL}/{made['id']}/orchestrated_events")["orchestrated_events"] == []


def test_rules_of_a_service_are_tried_on_an_alert_it_had(api, make, events):
    service = make.service()
    events.trigger(make.routing_key(service), summary="Slow", source="web")
    recent = api.get("/console/recent_events", params={"service_id": service["id"], "limit": 5})["events"]
    assert [one["summary"] for one in recent] == ["Slow"] and recent[0]["event"]["payload"]["source"] == "web"
    edited = {"service": path_of(rule("event.source matches 'web'", suspend=120))["orchestration_path"]}
    trial = tried(api, service={"id": service["id"]}, paths=edited, alert={"id": recent[0]["alert"]["id"]})
    assert trial["outcome"]["disposition"] == "suspend" and trial["outcome"]["suspend_seconds"] == 120


def test_what_came_by_an_orchestration_is_shown_as_it_came(api, events, orchestration):
    made = orchestration()
    api.put(f"{ALL}/{made['id']}/global", path_of(rule(severity="info")))
    events.trigger(key_of(made), severity="critical", summary="As it came")
    recent = api.get("/console/recent_events", params={"orchestration_id": made["id"]})["events"]
    assert recent[0]["event"]["payload"]["severity"] == "critical" and recent[0]["summary"] == "As it came"
    trial = tried(api, orchestration={"id": made["id"]}, alert={"id": recent[0]["alert"]["id"]})
    assert trial["outcome"]["severity"] == "info"


@pytest.mark.parametrize("wrong, place", [
    ({"event": None}, "event or alert must be given"), ({"service": {"id": "PNOBODY"}}, "service not found"),
    ({"event": {"event_action": "trigger"}}, "'payload' is missing or blank"),
    ({"paths": {"service": {"sets": [{"id": "start", "rules": [rule("true"), rule("true"), rule("event.a ==")]}]}}},
     "paths.service.sets[0].rules[2].conditions[0].expression expected a value at character 11"),
    ({"paths": {"router": {"sets": []}}}, "paths.router is not a path of a service"),
])
def test_what_is_wrong_with_a_trial_is_told_by_place(api, make, wrong, place):
    body = {"service": {"id": make.service()["id"]}, "event": EVENT, **wrong}
    body = {name: value for name, value in body.items() if value is not None}
    refused = api.refused("POST", "/console/orchestration_trials", 400, json=body)
    assert place in str(refused)


def test_events_are_read_and_tried_however_deep_they_are(api, make, events):
    service = make.service()
    details = {"a": 1}
    for _ in range(55):
        details = {"a": details}
    events.trigger(make.routing_key(service), custom_details=details)
    recent = api.get("/console/recent_events", params={"service_id": service["id"]})["events"]
    assert recent[0]["event"]["payload"]["custom_details"] == details
    trial = tried(api, service={"id": service["id"]}, alert={"id": recent[0]["alert"]["id"]})
    assert trial["event"]["payload"]["custom_details"] == details


def test_recent_events_are_of_one_place(api):
    api.refused("GET", "/console/recent_events", 400)
    api.refused("GET", "/console/recent_events", 404, params={"service_id": "PNOBODY"})
    api.refused("GET", "/console/recent_events", 404, params={"orchestration_id": "PNOBODY"})
