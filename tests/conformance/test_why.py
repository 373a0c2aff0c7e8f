"""Why somebody was told, and what would happen. Both are ours; the examiner judges their references and times."""

from __future__ import annotations

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
    assert result["outcome"].startswith("Nobody is on call")


@pytest.mark.parametrize("wrong", [
    {}, {"at": "yesterday"}, {"time_zone": "Mars/Olympus"}, {"urgency": "huge"}, {"severity": "bad"},
    {"horizon_seconds": 0}, {"horizon_seconds": 31 * 86400}, {"answers": [{"after_seconds": 5}]},
    {"answers": [{"user": {"id": "PNOBODY", "type": "user_reference"}, "after_seconds": 5}]}])
def test_what_cannot_be_simulated_is_refused_by_name(api, make, wrong):
    subject = {"service": reference("service", two_levels(make)[0])} if wrong else {}
    api.refused("POST", "/console/simulations", 400, json={"simulation": {**subject, **wrong}})


def test_a_read_only_key_may_simulate_and_nobody_without_one(reader, nobody, make):
    service, _, _ = two_levels(make)
    assert simulated(reader, service)["notifications"]
    nobody.refused("POST", "/console/simulations", 401, json={"simulation": {}})


def test_the_command_line_answers_while_the_server_runs(account, api, make):
    service, first, second = two_levels(make)
    incident = make.alerted(make.routing_key(service))

    def run(*arguments, expect=0):
        done = subprocess.run([binary(), *arguments, "--data", account.server.data], capture_output=True, text=True, timeout=20)
        assert done.returncode == expect, done.stderr
        return done.stdout if expect == 0 else done.stderr

    text = run("simulate", "--service", service["name"], "--answer", f"{first['email']}=30:resolve")
    assert f"{first['name']} is told by email" in text and second["name"] in text and "Resolved" in text
    assert "take place" not in run("simulate", "--policy", service["escalation_policy"]["id"], "--hours", "1")
    assert f"{second['name']}: Not told yet" in run("why", str(incident["incident_number"]))
    assert first["name"] not in run("why", incident["id"], "--user", second["email"]).splitlines()[-1]
    assert "no service" in run("simulate", "--service", "there is none", expect=1)
    assert "--answer" in run("simulate", "--service", service["id"], "--answer", "soon", expect=2)
    assert "no incident" in run("why", "99999999", expect=1)
