"""Why somebody was told, and what would happen. Both are ours; the examiner judges their references and times."""

from __future__ import annotations

import json
import subprocess

import pytest

from support.factory import reference
from support.server import binary, wait_until


def two_levels(make, **members):
    """A service whose policy tells one person at once and another after five minutes."""
    first, second = make.user(), make.user()
    rules = [{"escalation_delay_in_minutes": 5, "targets": [reference("user", first)]},
             {"escalation_delay_in_minutes": 10, "targets": [reference("user", second)]}]
    return make.service(make.policy(rules=rules), **members), first, second


def people_of(story: dict) -> dict:
    return {one["user"]["id"]: one for one in story["people"]}


def simulated(api, service=None, **members) -> dict:
    subject = {"service": reference("service", service)} if service else {}
    return api.post("/console/simulations", {"simulation": {**subject, **members}}, expect=200)["simulation"]


def test_why_names_who_was_told_and_why_another_was_not(api, make, owner):
    service, first, second = two_levels(make)
    incident = make.alerted(make.routing_key(service))
    story = lambda: api.get(f"/incidents/{incident['id']}/why")["why"]
    wait_until(lambda: people_of(story())[first["id"]]["reason"] in ("told", "not_reached"), 10, "the first message")
    assert people_of(story())[second["id"]]["reason"] == "turn_comes_later"

    api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", "status": "acknowledged"}})
    told = story()
    assert [one["reason"] for one in told["decisions"][:2]] == ["opened", "assigned"]
    assert told["decisions"][-1]["reason"] == "acknowledged"
    assert told["decisions"][1]["level"] == 1 and told["decisions"][1]["user"]["id"] == first["id"]
    waits = people_of(told)[second["id"]]
    assert (waits["reason"], waits["level"], waits["told"]) == ("answered_before_turn", 2, False)
    assert owner["name"] in waits["sentence"] and "before its turn" in waits["sentence"]


def test_why_names_the_level_that_told_and_the_policy_of_that_time(api, make, owner):
    """Whoever is on several levels is told by the one whose turn it is, and a move does not rewrite what was before."""
    both, second, third = make.user(), make.user(), make.user()
    level = lambda *people: {"escalation_delay_in_minutes": 30, "targets": [reference("user", one) for one in people]}
    first_policy = make.policy(rules=[level(both), level(both, second), level(third)])
    other_policy = make.policy(rules=[level(third), level(both)])
    incident = make.incident(make.service(first_policy))
    put = lambda **members: api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", **members}})
    about = ("assigned", "escalated", "delegated")
    story = lambda: [one for one in api.get(f"/incidents/{incident['id']}/why")["why"]["decisions"] if one["reason"] in about]
    put(escalation_level=2)
    moved, *assigned = story()[-3:]
    assert (moved["reason"], moved["level"]) == ("escalated", 2) and f"level 2 of {first_policy['name']}" in moved["sentence"]
    assert {(one["user"]["id"], one["level"]) for one in assigned} == {(both["id"], 2), (second["id"], 2)}
    assert all(f"on call at level 2 of {first_policy['name']} directly" in one["sentence"] for one in assigned)

    put(escalation_policy=reference("escalation_policy", other_policy))
    decisions = story()
    at = lambda reason: [one["sentence"] for one in decisions if one["reason"] == reason]
    assert all(f"of {first_policy['name']}" in sentence for sentence in at("escalated") + at("assigned")[:3])
    assert at("delegated") == [f"Moved to escalation policy {other_policy['name']} by {owner['name']}."]
    assert f"level 1 of {other_policy['name']}" in at("assigned")[-1]


def test_why_names_the_policy_that_an_incident_left_before_somebodys_turn(api, make):
    service, first, second = two_levels(make)
    other = make.policy()
    incident = make.incident(service)
    api.put(f"/incidents/{incident['id']}", {"incident": {
        "type": "incident_reference", "escalation_policy": reference("escalation_policy", other)}})
    left = people_of(api.get(f"/incidents/{incident['id']}/why")["why"])[second["id"]]
    assert (left["reason"], left["level"]) == ("moved_before_turn", 2)
    assert service["escalation_policy"]["summary"] in left["sentence"]


def test_why_says_what_an_incident_was_merged_into(api, make):
    service, *_ = two_levels(make)
    into, source = make.incident(service), make.incident(service)
    api.put(f"/incidents/{into['id']}/merge", {"source_incidents": [{"id": source["id"], "type": "incident_reference"}]})
    story = lambda one: api.get(f"/incidents/{one['id']}/why")["why"]
    assert f"It was merged into incident {into['incident_number']}." in story(source)["decisions"][-1]["sentence"]
    # That others were merged into it ends nothing: its second level still comes.
    assert {one["reason"] for one in story(into)["people"]} <= {"told", "will_be_told", "not_reached", "turn_comes_later"}


def test_why_asked_for_one_person_also_answers_for_a_stranger(api, make):
    service, first, _ = two_levels(make)
    incident = make.alerted(make.routing_key(service))
    stranger = make.user()
    story = api.get(f"/incidents/{incident['id']}/why", params={"user": stranger["id"]})["why"]
    assert [one["reason"] for one in story["people"]] == ["not_on_call"]
    assert all(one["user"] is None for one in story["decisions"])
    assert {one["reason"] for one in story["decisions"]} == {"opened"}
    mine = api.get(f"/incidents/{incident['id']}/why", params={"user": first["id"]})["why"]
    assert "assigned" in {one["reason"] for one in mine["decisions"]}
    api.refused("GET", f"/incidents/{incident['id']}/why", 400, params={"user": "PNOBODY"})
    api.refused("GET", "/incidents/PNOBODY0000000/why", 404)


def test_a_grouped_alert_says_so(api, make):
    service = make.service()
    make.grouping([service], "time", {"timeout": 600})
    key = make.routing_key(service)
    incident = make.alerted(key, summary="one")
    make.events.trigger(key, summary="two")
    decisions = lambda: api.get(f"/incidents/{incident['id']}/why")["why"]["decisions"]
    grouped = wait_until(lambda: [one for one in decisions() if one["reason"] == "grouped"], 10, "the second alert")
    assert "joined" in grouped[0]["sentence"] and grouped[0]["users"] == []


def test_why_for_one_person_shows_what_is_about_several(api, make):
    first, second, stranger = make.user(), make.user(), make.user()
    incident = make.incident(service=make.service(make.policy([first])))
    api.post(f"/incidents/{incident['id']}/responder_requests", {
        "requester_id": api.get("/users")["users"][0]["id"], "message": "Please", "responder_request_targets": [
            {"responder_request_target": reference("user", one)} for one in (first, second)]})
    asked = lambda user: [one for one in api.get(f"/incidents/{incident['id']}/why", params={"user": user["id"]})["why"]["decisions"]
                          if one["reason"] == "help_asked"]
    assert [one["id"] for one in asked(second)[0]["users"]] == [first["id"], second["id"]]
    assert asked(first) == asked(second) and asked(stranger) == []


def test_low_urgency_is_why_the_second_level_hears_nothing(api, make):
    service, _, second = two_levels(make, incident_urgency_rule={"type": "constant", "urgency": "low"})
    incident = make.alerted(make.routing_key(service))
    story = api.get(f"/incidents/{incident['id']}/why")["why"]
    assert people_of(story)[second["id"]]["reason"] == "low_urgency_does_not_escalate"


def test_a_simulation_tells_each_in_turn_and_leaves_nothing_behind(api, make):
    service, first, second = two_levels(make)
    result = simulated(api, service, at="2027-10-31T02:30:00", time_zone="Europe/Berlin", horizon_seconds=3600)
    assert result["at"] == "2027-10-31T00:30:00Z"
    assert [(one["user"]["id"], one["after_seconds"]) for one in result["notifications"]] == [
        (first["id"], 0), (second["id"], 300)]
    assert all(first["email"] != one["to"] and "•" in one["to"] for one in result["notifications"])
    assert [one["reason"].split(";")[0] for one in result["notifications"]] == [
        "Level 1 of the escalation policy", "Level 2 of the escalation policy"]
    assert all(one["reason"].endswith("a rule of theirs for high urgency, at once.") for one in result["notifications"])
    assert api.get("/incidents", params={"service_ids[]": service["id"]})["incidents"] == []


def test_a_supposed_answer_stops_the_escalation(api, make):
    service, first, second = two_levels(make)
    answers = [{"user": reference("user", first), "after_seconds": 240, "action": "acknowledge"}]
    result = simulated(api, service, answers=answers)
    assert [one["user"]["id"] for one in result["notifications"]] == [first["id"]]
    assert result["outcome"].startswith("Acknowledged")
    assert people_of(result["why"])[second["id"]]["reason"] == "answered_before_turn"
    resolved = simulated(api, service, answers=[{**answers[0], "action": "resolve"}])
    assert resolved["outcome"].startswith("Resolved")


def test_whose_turn_it_is_is_simulated_as_it_would_be(api, make):
    people = [make.user(), make.user()]
    service = make.service(make.policy(rules=[{
        "escalation_delay_in_minutes": 30, "targets": [reference("user", one) for one in people],
        "escalation_rule_assignment_strategy": {"type": "round_robin"}}]))

    def next_one():
        return simulated(api, service, horizon_seconds=60)["notifications"][0]["user"]["id"]

    for turn in range(3):
        supposed = next_one()
        assert supposed == next_one(), "looking takes no turn"
        incident = make.alerted(make.routing_key(service))
        assert [one["assignee"]["id"] for one in incident["assignments"]] == [supposed], f"turn {turn}"


def test_urgency_severity_and_a_bare_policy_are_heeded(api, make):
    service, first, second = two_levels(make, incident_urgency_rule={"type": "constant", "urgency": "severity_based"})
    assert len({one["user"]["id"] for one in simulated(api, service, severity="critical")["notifications"]}) == 2
    assert {one["user"]["id"] for one in simulated(api, service, severity="info")["notifications"]} == {first["id"]}
    assert len({one["user"]["id"] for one in simulated(api, service, severity="info", urgency="high")["notifications"]}) == 2
    by_policy = simulated(api, escalation_policy=service["escalation_policy"])
    assert {one["user"]["id"] for one in by_policy["notifications"]} == {first["id"], second["id"]}


def test_a_disabled_service_opens_nothing(api, make):
    service, _, _ = two_levels(make)
    api.put(f"/services/{service['id']}", {"service": {"status": "disabled"}})
    result = simulated(api, service)
    assert result["notifications"] == [] and result["why"] is None and "disabled" in result["outcome"]


def test_with_nobody_on_call_those_who_can_mend_that_are_told_in_the_simulation_too(api, make, owner):
    person = make.user()
    begin, end = "2031-01-01T00:00:00Z", "2031-01-02T00:00:00Z"
    schedule = make.schedule([person])
    service = make.service(make.policy(rules=[{"escalation_delay_in_minutes": 5, "targets": [reference("schedule", schedule)]}]))
    layers = schedule["schedule_layers"]
    for one in layers:
        one["end"] = begin
    api.put(f"/schedules/{schedule['id']}", {"schedule": {**schedule, "schedule_layers": layers}})
    result = simulated(api, service, at=end, horizon_seconds=600)
    assert owner["id"] in {one["user"]["id"] for one in result["notifications"]}
    assert person["id"] not in {one["user"]["id"] for one in result["notifications"]}
    assert result["outcome"] == "Nobody is on call at any level; only those who administer the account are told."


def test_a_simulation_that_nobody_answers_says_so_at_its_end(api, make):
    service = make.service(make.policy(rules=[{"escalation_delay_in_minutes": 5, "targets": [reference("user", make.user())]}]))
    result = simulated(api, service, horizon_seconds=3600)
    assert result["notifications"] and result["outcome"] == "Nobody answers; the escalation policy ends and nobody else is told."


@pytest.mark.parametrize("wrong", [
    {}, {"at": "yesterday"}, {"time_zone": "Mars/Olympus"}, {"urgency": "huge"}, {"severity": "bad"},
    {"horizon_seconds": 0}, {"horizon_seconds": 31 * 86400}, {"answers": [{"after_seconds": 5}]},
    {"answers": [{"user": {"id": "PNOBODY", "type": "user_reference"}, "after_seconds": 5}]}])
def test_what_cannot_be_simulated_is_refused_by_name(api, make, wrong):
    subject = {"service": reference("service", two_levels(make)[0])} if wrong else {}
    api.refused("POST", "/console/simulations", 400, json={"simulation": {**subject, **wrong}})


def test_a_policy_is_simulated_as_it_would_be(api, make):
    service, first, second = two_levels(make)
    stored = api.get(f"/escalation_policies/{service['escalation_policy']['id']}")["escalation_policy"]
    rule = lambda minutes, *people: {"escalation_delay_in_minutes": minutes, "targets": [reference("user", one) for one in people]}
    draft = {"id": stored["id"], "type": "escalation_policy", "num_loops": 0, "escalation_rules": [rule(3, second), rule(5, first)]}
    told = lambda policy: [(one["user"]["id"], one["after_seconds"]) for one in simulated(api, escalation_policy=policy)["notifications"]]
    assert told(draft) == [(second["id"], 0), (first["id"], 180)]
    assert told({"type": "escalation_policy", "escalation_rules": [rule(1, first)]}) == [(first["id"], 0)], "one that is not saved yet"
    assert api.get(f"/escalation_policies/{stored['id']}")["escalation_policy"] == stored, "nothing is kept"
    assert told(reference("escalation_policy", stored)) == [(first["id"], 0), (second["id"], 300)]


@pytest.mark.parametrize("wrong, sentence", [
    ({"escalation_rules": []}, "must have at least one rule"), ({"num_loops": 99}, "loops"),
    ({"escalation_rules": [{"escalation_delay_in_minutes": 0, "targets": []}]}, "must have at least one target"), ({"id": "PNOBODY"}, "not found")])
def test_a_draft_is_refused_as_it_would_be_when_saved(api, make, wrong, sentence):
    rules = [{"escalation_delay_in_minutes": 5, "targets": [reference("user", make.user())]}]
    refused = api.refused("POST", "/console/simulations", 400, json={"simulation": {"escalation_policy": {"type": "escalation_policy_reference", "escalation_rules": rules, **wrong}}})
    assert sentence in str(refused["errors"]).lower()


def an_event(**payload) -> dict:
    return {"event_action": "trigger", "payload": {"summary": "db is slow", "source": "db-1", "severity": "critical", **payload}}


def rules(*conditions_and_actions) -> dict:
    listed = [{"label": label, "conditions": [{"expression": condition}], "actions": actions}
              for label, condition, actions in conditions_and_actions]
    return {"orchestration_path": {"sets": [{"id": "start", "rules": listed}], "catch_all": {"actions": {}}}}


def test_a_simulation_that_begins_with_an_event_asks_the_rules_of_its_service(api, make):
    service, first, second = two_levels(make, incident_urgency_rule={"type": "constant", "urgency": "severity_based"})
    api.put(f"/event_orchestrations/services/{service['id']}", rules(
        ("Known", "event.source matches 'db-1'", {"severity": "info"}), ("Quiet", "event.source matches 'test'", {"suppress": True})))
    lowered = simulated(api, service, event=an_event())
    assert {one["user"]["id"] for one in lowered["notifications"]} == {first["id"]}
    assert any(one["reason"] == "ruled" and "Known" in one["sentence"] for one in lowered["why"]["decisions"])
    other = simulated(api, service, event=an_event(source="db-2"))
    assert {one["user"]["id"] for one in other["notifications"]} == {first["id"], second["id"]}
    quiet = simulated(api, service, event=an_event(source="test"))
    assert quiet["notifications"] == [] and "Quiet" in quiet["outcome"]
    assert api.get("/alerts", params={"service_ids[]": service["id"]})["alerts"] == [], "nothing is kept"


def test_a_simulated_event_is_led_to_its_service_by_an_orchestration(api, make):
    service, first, _ = two_levels(make)
    made = api.post("/event_orchestrations", {"orchestration": {"name": f"Routes of {service['name']}"}}, expect=201)["orchestration"]
    api.put(f"/event_orchestrations/{made['id']}/router", rules(("Data", "event.source matches 'db-1'", {"route_to": service["id"]})))
    subject = {"event_orchestration": {"id": made["id"], "type": "event_orchestration_reference"}}
    led = simulated(api, **subject, event=an_event(), horizon_seconds=60)
    assert led["service"]["id"] == service["id"]
    assert [one["user"]["id"] for one in led["notifications"]] == [first["id"]]
    assert simulated(api, **subject, event=an_event(source="web-1"))["outcome"].startswith("Nothing happens: no rule leads")
    refused = api.refused("POST", "/console/simulations", 400, json={"simulation": subject})
    assert "vent must be given" in str(refused["errors"])
    wrong = {**subject, "event": {"event_action": "trigger", "payload": {"summary": "no source"}}}
    assert "event: " in str(api.refused("POST", "/console/simulations", 400, json={"simulation": wrong})["errors"])
    by_policy = {"escalation_policy": service["escalation_policy"], "event": an_event()}
    api.refused("POST", "/console/simulations", 400, json={"simulation": by_policy})


def test_a_simulation_says_what_nobody_would_carry(api, make):
    """Nothing is configured here to carry mail."""
    service, first, _ = two_levels(make)
    result = simulated(api, service, horizon_seconds=60)
    assert result["notifications"][0]["problem"] == "Nothing is configured to tell by e-mail: it would not be sent."
    assert result["remarks"] == ["Nothing is configured to tell by e-mail: nobody is told by it."]


def test_a_read_only_key_may_simulate_and_nobody_without_one(reader, nobody, make):
    service, _, _ = two_levels(make)
    assert simulated(reader, service)["notifications"]
    nobody.refused("POST", "/console/simulations", 401, json={"simulation": {}})


def test_the_command_line_answers_while_the_server_runs(account, api, make, tmp_path):
    service, first, second = two_levels(make)
    incident = make.alerted(make.routing_key(service))

    def run(*arguments, expect=0):
        done = subprocess.run([binary(), *arguments, *account.server.account_options], capture_output=True, text=True, timeout=20)
        assert done.returncode == expect, done.stderr
        return done.stdout if expect == 0 else done.stderr

    text = run("simulate", "--service", service["name"], "--answer", f"{first['email']}=30:resolve")
    assert f"{first['name']} is told by e-mail" in text and second["name"] in text and "Resolved" in text
    assert "take place" not in run("simulate", "--policy", service["escalation_policy"]["id"], "--hours", "1")
    told = run("why", str(incident["incident_number"]))
    assert f"{second['name']}: Not told yet" in told and "[turn_comes_later]" in told and "[opened]" in told
    assert first["name"] not in run("why", incident["id"], "--user", second["email"]).splitlines()[-1]
    assert "no service" in run("simulate", "--service", "there is none", expect=1)
    sent = tmp_path / "event.json"
    sent.write_text(json.dumps(an_event()))
    assert f"{first['name']} is told by e-mail" in run("simulate", "--service", service["name"], "--event", str(sent))
    sent.write_text("{}")
    assert "--event" in run("simulate", "--service", service["name"], "--event", str(sent), expect=2)
    config = tmp_path / "callboard.toml"
    config.write_text("")
    assert "Nothing is configured to tell by e-mail" in run("simulate", "--service", service["name"], "--config", str(config))
    assert "--answer" in run("simulate", "--service", service["id"], "--answer", "soon", expect=2)
    assert "no incident" in run("why", "99999999", expect=1)


def test_a_decision_names_the_versions_of_what_it_was_based_on(api, make):
    person = make.user()
    schedule = make.schedule([person])
    policy = make.policy(rules=[{"escalation_delay_in_minutes": 30, "targets": [reference("schedule", schedule)]}])
    service = make.service(policy)
    path = f"/services/{service['id']}"
    for description in ("second", "third"):
        api.put(path, {"service": {"type": "service", "description": description}})
    incident = make.alerted(make.routing_key(service))
    story = lambda one: api.get(f"/incidents/{one['id']}/why")["why"]
    used = lambda line: {one["kind"]: (one["object"]["id"], one["version"]) for one in line["config"]}
    opened, assigned = story(incident)["decisions"][:2]
    assert used(opened) == used(assigned) == {
        "service": (service["id"], 3), "escalation_policy": (policy["id"], 1), "schedule": (schedule["id"], 1)}
    told = lambda: [line for line in story(incident)["decisions"] if line["reason"] in ("told", "not_reached")]
    first = wait_until(told, 10, "the message")[0]
    assert used(first) == {"notification_rules": (person["id"], 1)}
    named = {one["kind"]: one for one in story(incident)["config"]}
    assert named["service"]["name"] == service["name"] and named["service"]["since"] >= service["created_at"]
    assert named["notification_rules"]["name"] == person["name"] and named["schedule"]["name"] == schedule["name"]

    # Everything changes; what was decided names what it was, what is decided now what it is.
    method = api.get(f"/users/{person['id']}/contact_methods")["contact_methods"][0]
    api.post(f"/users/{person['id']}/notification_rules", {"notification_rule": {
        "type": "assignment_notification_rule", "start_delay_in_minutes": 5, "urgency": "high",
        "contact_method": {"id": method["id"], "type": method["type"]}}}, expect=201)
    api.put(f"/schedules/{schedule['id']}", {"schedule": {
        "type": "schedule", "name": schedule["name"], "time_zone": "Europe/Madrid", "schedule_layers": schedule["schedule_layers"]}})
    later = make.incident(service)
    changed = used(story(later)["decisions"][0])
    assert changed["schedule"] == (schedule["id"], 2) and changed["service"] == (service["id"], 3)
    told_later = lambda: [line for line in story(later)["decisions"] if line["reason"] in ("told", "not_reached", "throttled")]
    assert used(wait_until(told_later, 40, "the second message")[0])["notification_rules"] == (person["id"], 2)
    assert used(story(incident)["decisions"][0])["schedule"] == (schedule["id"], 1)


def test_a_grouped_alert_names_its_setting_and_an_answer_the_service(api, make, account):
    service = make.service(acknowledgement_timeout=600)
    setting = make.grouping([service], "time", {"timeout": 600})
    key = make.routing_key(service)
    incident = make.alerted(key)
    make.events.trigger(key, summary="two")
    api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", "status": "acknowledged"}})
    lines = {one["reason"]: one for one in api.get(f"/incidents/{incident['id']}/why")["why"]["decisions"]}
    assert [(one["kind"], one["object"]["id"]) for one in lines["grouped"]["config"]] == [("alert_grouping_setting", setting["id"])]
    assert ("service", service["id"]) in [(one["kind"], one["object"]["id"]) for one in lines["acknowledged"]["config"]]
    done = subprocess.run([binary(), "why", str(incident["incident_number"]), *account.server.account_options],
                          capture_output=True, text=True, timeout=30)
    assert done.returncode == 0 and "Based on:" in done.stdout and f"service {service['name']}, version" in done.stdout
