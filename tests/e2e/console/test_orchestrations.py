"""Rules of events: written as cards, refused beside the field, moved, tried on events of the past, and saved."""

from __future__ import annotations

import re

import pytest

from support.client import unique


@pytest.fixture
def orchestration(api):
    """One with a key and no rules."""
    made = api.post("/event_orchestrations", {"orchestration": {"name": unique("Shop")}}, expect=201)["orchestration"]
    integration = api.post(f"/event_orchestrations/{made['id']}/integrations", {"integration": {"label": "tool"}}, expect=201)["integration"]
    return {**made, "key": integration["parameters"]["routing_key"]}


def stored(api, orchestration, path: str) -> dict:
    return api.get(f"/event_orchestrations/{orchestration['id']}/{path}")["orchestration_path"]


def add_route(page, name: str, expression: str, service: str):
    page.button("New rule in start")
    page.fill("Name", name)
    page.fill("Condition 1", expression)
    page.choose("Route to", service)
    page.button("Done", "dialog")


def test_an_orchestration_is_made_and_its_key_takes_events(open_page, make, api):
    name = unique("Shop")
    page = open_page("/console/event-orchestrations")
    page.button("New event orchestration")
    page.fill("Name", name)
    page.button("Save", "dialog")
    page.see("h1", name)
    page.button("Add an integration")
    page.fill("Label", "Prometheus")
    page.button("Add", "dialog")
    page.see("h3", "Prometheus")
    page.button("Show")
    key = page.text(".key code >> nth=0")
    make.events.trigger(key, summary="Nobody routes this")
    page.click("text=Events")
    page.see(".list", "Nobody routes this")
    page.see(".list small", "unrouted")


def test_routes_are_tried_before_they_are_saved_and_moved_by_keyboard(open_page, make, api, orchestration):
    service, other = make.service(), make.service()
    make.events.trigger(orchestration["key"], summary="Replication lags", source="db7")
    page = open_page(f"/console/event-orchestrations/{orchestration['id']}")
    add_route(page, "Everything", "event.summary exists", other["name"])
    add_route(page, "Databases", "event.source matches part 'db'", service["name"])
    page.see(".bulk", "Not saved")
    option = next(one for one in page.call("locator:allInnerTexts", "[aria-labelledby=try-it] option") if "Replication lags" in one)
    page.choose("An event of the past", option)
    page.see(".verdict", f"It goes to {other['name']}.")
    page.see(".rule.matched", "Everything")
    page.see(".rule.unreached", "Databases")
    place = lambda: page.call("evaluate", "document.activeElement.getAttribute('aria-label')") or ""

    def take_up():
        # The list takes the focus first, then its handle.
        for _ in range(2):
            page.call("focus", "role=button[name='Move Databases']")
        page.press("Enter")
        page.call("waitForTimeout", 200)
        return place().startswith("Insert")

    page.until(take_up)
    page.until(lambda: place() == "Insert before Everything" or page.press("ArrowUp"))
    page.press("Enter")
    # What is drawn follows the draft.
    page.see(".verdict", f"It goes to {service['name']}.")
    page.see(".rule.matched", "Databases")
    assert stored(api, orchestration, "router")["sets"][0]["rules"] == []
    page.button("Save", ".bulk")
    page.see(".toast", "Saved.")
    assert [rule["label"] for rule in stored(api, orchestration, "router")["sets"][0]["rules"]] == ["Databases", "Everything"]
    make.events.trigger(orchestration["key"], summary="Once more", source="db7")
    page.visit(f"/console/event-orchestrations/{orchestration['id']}?tab=events")
    page.see(".list li", service["name"])


def test_a_wrong_condition_is_refused_at_its_place_and_keeps_what_was_typed(open_page, make, orchestration, api):
    service = make.service()
    page = open_page(f"/console/event-orchestrations/{orchestration['id']}", expected_problems=True)
    add_route(page, "Broken", "event.source matches", service["name"])
    page.button("Save", ".bulk")
    page.see(".rule.err .when .errmsg")
    page.see(".rule code", "event.source matches")
    page.button("Change rule 1")
    page.see("dialog .field.err .errmsg")
    assert page.call("inputValue", "dialog .field.err textarea") == "event.source matches"
    page.fill("Condition 1", "event.source matches 'db7'")
    page.button("Done", "dialog")
    page.button("Save", ".bulk")
    page.see(".toast", "Saved.")
    assert stored(api, orchestration, "router")["sets"][0]["rules"][0]["conditions"] == [{"expression": "event.source matches 'db7'"}]


def test_rules_of_a_service_hold_and_suppress(open_page, make, api, ready):
    service = ready["service"]
    page = open_page(f"/console/service-directory/{service['id']}?tab=orchestration")
    page.button("New rule in start")
    page.fill("Name", "Chatter")
    page.fill("Condition 1", "event.severity matches 'info'")
    page.choose("The event", "is suppressed: an alert, nobody is told")
    page.fill("Note on the incident", "Known chatter")
    page.button("Done", "dialog")
    page.see(".rule .token", "Suppress: an alert, nobody is told")
    page.button("Save", ".bulk")
    page.see(".toast", "Saved.")
    page.click("text=Use these rules")
    page.see(".toast", "The rules")
    path = api.get(f"/event_orchestrations/services/{service['id']}")["orchestration_path"]
    assert path["sets"][0]["rules"][0]["actions"]["suppress"] is True
    page.call("locator:fill", "[aria-labelledby=try-it] textarea", '{"event_action": "trigger", "payload": {"summary": "Hum", "source": "x", "severity": "info"}}')
    page.button("Try it", "[aria-labelledby=try-it]")
    page.see(".rule.matched", "Chatter")
    page.see("[aria-labelledby=try-it]", "It becomes an alert; nobody is told.")


def test_a_rule_fills_custom_fields_of_the_incident(open_page, make, api, ready):
    shown, hidden = unique("Region"), unique("Cluster")
    fields = [api.post("/incidents/custom_fields", {"field": {
        "name": re.sub(r"\W", "_", name.lower()), "display_name": name, "data_type": "string", "field_type": "single_value"}}, expect=201)["field"] for name in (shown, hidden)]
    service = ready["service"]
    rules = f"/event_orchestrations/services/{service['id']}"
    page = open_page(f"/console/service-directory/{service['id']}?tab=orchestration")
    page.button("New rule in start")
    page.fill("Name", "Where it is")
    page.fill("Condition 1", "event.summary exists")
    for field, value in zip(fields, ("{{event.custom_details.region}}", "{{event.source}}")):
        page.button("Add", "dialog fieldset:has-text('Custom fields of the incident')")
        page.call("locator:selectOption", "dialog >> internal:label=\"Custom field\"s >> nth=-1", {"label": field["display_name"]})
        page.call("locator:fill", "dialog >> internal:label=\"Value\"s >> nth=-1", value)
    page.button("Done", "dialog")
    page.see(".rule .token", f"{shown}: {{{{event.custom_details.region}}}}")
    page.button("Save", ".bulk")
    page.see(".toast", "Saved.")
    page.button("Change rule 1")
    page.button("Remove Custom fields of the incident 2", "dialog")
    assert page.call("inputValue", "dialog >> internal:label=\"Value\"s") == "{{event.custom_details.region}}"
    page.button("Done", "dialog")
    page.button("Save", ".bulk")
    page.see(".bulk", "Saved as shown")
    actions = api.get(rules)["orchestration_path"]["sets"][0]["rules"][0]["actions"]
    assert actions["incident_custom_field_updates"] == [{"id": fields[0]["id"], "value": "{{event.custom_details.region}}"}]
    api.put(f"{rules}/active", {"active": True}, expect=200)
    incident = make.alerted(ready["key"], custom_details={"region": "eu-west"})
    values = api.get(f"/incidents/{incident['id']}/custom_fields/values")["custom_fields"]
    assert {one["display_name"]: one["value"] for one in values}[shown] == "eu-west"
