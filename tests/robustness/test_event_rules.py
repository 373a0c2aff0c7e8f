"""Rules that people write to harm, or by mistake: refused when they are saved, or harmless when they run."""

from __future__ import annotations

import time

import pytest

from support.events import ENQUEUE, new_key, trigger_event

SECONDS_MAX = 5


def rules_of(*conditions, **actions):
    return {"orchestration_path": {"sets": [{"id": "start", "rules": [
        {"conditions": [{"expression": one} for one in conditions], "actions": actions}]}], "catch_all": {"actions": {}}}}


@pytest.fixture
def place(make):
    """A service and the address of its rules."""
    service = make.service()
    return service, f"/event_orchestrations/services/{service['id']}"


@pytest.mark.parametrize("regex", [r"(a+)+$", r"(a|a)*$", r"(.*a){12}$", r"(x+x+)+y", "a?" * 500 + "a{1000}", r"^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_no_regular_expression_takes_for_ever(api, make, events, place, regex):
    service, path = place
    key = make.routing_key(service)
    api.put(path, rules_of(f"event.custom_details.text matches regex '{regex}'", suppress=True))
    begun = time.monotonic()
    for text in ("a" * 60_000 + "!", "x" * 60_000, "aA" * 30_000):
        events.trigger(key, custom_details={"text": text})
    assert time.monotonic() - begun < SECONDS_MAX


@pytest.mark.parametrize("expression", [
    "event.a matches regex '((a{100}){100}){100}'", "event.a matches regex '(a.{0,90}b.{0,90}a){2}c'",
    "event.a matches regex '" + "(" * 400 + ")" * 400 + "'", "event.a matches regex '(?=a)b'", r"event.a matches regex '(a)\1'",
    "(" * 1_000 + "true" + ")" * 1_000, "not " * 500 + "true", " or ".join(["true"] * 200), "event" + ".a" * 500 + " exists",
    "event.a == '" + "x" * 5_000 + "'", "'\x00' == event.a", "trigger_count over 99999999999999999999 days > 1", "\ud7ff" * 3_000])
def test_what_would_be_too_much_is_refused(api, place, expression):
    refused = api.refused("PUT", place[1], 400, json=rules_of("true", expression))
    assert "sets[0].rules[0].conditions[1].expression" in str(refused)


def test_rules_that_ask_for_too_much_of_an_event_are_left(api, make, events, place):
    service, path = place
    key = make.routing_key(service)
    rules = [{"conditions": [{"expression": f"event.custom_details.text matches regex '(a|b)*a(a|b){{{number}}}c'"}],
              "actions": {"suppress": True}} for number in range(100, 600)]
    api.put(path, {"orchestration_path": {"sets": [{"id": "start", "rules": rules}], "catch_all": {"actions": {}}}})
    begun = time.monotonic()
    events.trigger(key, custom_details={"text": "aab" * 20_000})
    assert time.monotonic() - begun < SECONDS_MAX
    body = {"event_action": "trigger", "payload": {"summary": "s", "source": "x", "severity": "info",
                                                   "custom_details": {"text": "aab" * 20_000}}}
    trial = api.post("/console/orchestration_trials",
                     {"service": {"id": service["id"], "type": "service_reference"}, "event": body}, expect=200)["trial"]
    assert trial["steps"][-1]["catch_all"] and trial["steps"][-1]["too_much_work"] is True
    assert trial["outcome"]["disposition"] == "trigger"


def test_many_rules_are_saved_and_run_and_more_are_refused(api, make, events, place):
    service, path = place
    key = make.routing_key(service)
    rules = [{"label": f"Rule {number}", "conditions": [{"expression": f"event.summary matches regex 'x{number}y+'"}],
              "actions": {"severity": "info"}} for number in range(1_000)]
    api.put(path, {"orchestration_path": {"sets": [{"id": "start", "rules": rules}]}})
    begun = time.monotonic()
    for _ in range(20):
        events.trigger(key, summary="x999yyy")
    assert time.monotonic() - begun < SECONDS_MAX
    refused = api.refused("PUT", path, 400, json={"orchestration_path": {"sets": [{"id": "start", "rules": rules + rules[:1]}]}})
    assert "sets have more than 1000 rules" in str(refused)


def test_rules_that_let_an_event_grow_stop_at_what_an_event_can_hold(api, make, events, place):
    service, path = place
    key = make.routing_key(service)
    extractions = [{"target": f"event.custom_details.f{number}", "template": "{{event.custom_details}}" * 20} for number in range(50)]
    sets = [{"id": "start" if number == 0 else f"s{number}", "rules": [
        {"conditions": [], "actions": {"extractions": extractions, **({"route_to": f"s{number + 1}"} if number < 19 else {})}}]}
        for number in range(20)]
    api.put(path, {"orchestration_path": {"sets": sets}})
    dedup_key = events.trigger(key, custom_details={"text": "x" * 100_000})
    alert = api.get("/alerts", params={"alert_key": dedup_key})["alerts"][0]
    assert alert["status"] == "triggered"


def test_odd_events_pass_through_rules(api, make, events, place):
    service, path = place
    key = make.routing_key(service)
    api.put(path, rules_of(
        "event.custom_details.a.b[3] > 2 or event.links matches 'x' or event.custom_details matches regex 'z$'", severity="info",
        variables=[{"name": "v", "path": "event.custom_details", "type": "regex", "value": ".*"}],
        extractions=[{"target": "event.custom_details.new", "template": "{{variables.v}} {{raw_event.payload}}"}]))
    deep: object = "z"
    for _ in range(500):
        deep = [deep]
    for details in (None, 5, "text z", [], {}, {"a": {"b": [1, 2, 3, 4]}}, {"a": None}, deep, {"": {"": ""}}, {"n": 2**70}):
        body = trigger_event(key, new_key(), custom_details=details)
        assert events.post(ENQUEUE, body).status_code == 202, details
