"""What happens by itself when time passes. These stories move the clock, so they have a server of their own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.client import Client
from support.events import Events, new_key
from support.factory import Factory, instant, layer, parse, reference
from support.server import Server

from .rules import Examiner

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Timeline:
    """A server, its objects, and how far its clock is ahead of ours."""

    def __init__(self, server: Server, examiner: Examiner):
        self.server = server
        self.ahead = timedelta()
        key = server.create_api_key()
        self.api = Client(server.url, key, "olga.owner@callboard.test", [examiner])
        self.events = Events(server.url)
        self.make = Factory(self.api, self.events)

    def pass_time(self, span: timedelta, jump: bool = False) -> None:
        """Lets the span pass, with all that happens in it; in a jump all of it happens at the end."""
        self.server.advance(int(span.total_seconds()), jump)
        self.ahead += span

    def instant(self, offset: timedelta = timedelta()) -> str:
        """A time relative to the server's now."""
        return instant(self.ahead + offset)

    def status(self, incident: dict) -> str:
        """The state of an incident."""
        return self.make.reload(incident)["status"]

    def change(self, incident: dict, **members) -> dict:
        """The incident after a change."""
        return self.api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident", **members}})["incident"]

    def assignees(self, incident: dict) -> set:
        """Who has the incident now."""
        return {one["assignee"]["id"] for one in self.make.reload(incident)["assignments"]}

    def kinds(self, incident: dict) -> list:
        """The kinds of log entries, oldest first."""
        return [entry["type"].removesuffix("_log_entry") for entry in reversed(self.make.log(incident))]


@pytest.fixture(scope="module")
def line(request, description, examiner):
    """A server whose clock may be moved."""
    server = Server()
    failed_before = request.session.testsfailed
    try:
        server.create_owner()
        server.start()
        own = Examiner(server.url, description)
        own.worked, own.asked = examiner.worked, examiner.asked
        yield Timeline(server, own)
    finally:
        server.discard(keep=request.session.testsfailed > failed_before)


def ladder(line, levels=2, delay=5, **members):
    """A policy with one person per level, and a service of it."""
    people = [line.make.user() for _ in range(levels)]
    rules = [{"escalation_delay_in_minutes": delay, "targets": [reference("user", person)]} for person in people]
    policy = line.make.policy(rules=rules, **members)
    return people, policy


def test_an_incident_climbs_when_nobody_answers(line):
    people, policy = ladder(line, levels=3)
    incident = line.make.incident(line.make.service(policy))
    due = [action for action in incident["pending_actions"] if action["type"] == "escalate"]
    assert abs(parse(due[0]["at"]) - parse(line.instant(5 * MINUTE))) < MINUTE
    line.pass_time(4 * MINUTE)
    assert line.assignees(incident) == {people[0]["id"]}
    line.pass_time(2 * MINUTE)
    assert line.assignees(incident) == {people[1]["id"]}
    line.pass_time(5 * MINUTE)
    assert line.assignees(incident) == {people[2]["id"]}
    kinds = line.kinds(incident)
    assert kinds.count("escalate") == 2 and kinds.count("assign") == 3


def test_at_the_end_of_the_ladder_it_stays_with_the_last(line):
    people, policy = ladder(line)
    incident = line.make.incident(line.make.service(policy))
    line.pass_time(HOUR)
    assert line.assignees(incident) == {people[1]["id"]}
    assert "exhaust_escalation_path" in line.kinds(incident) and line.status(incident) == "triggered"
    assert [one for one in line.make.reload(incident)["pending_actions"] if one["type"] == "escalate"] == []


def test_the_ladder_is_climbed_again_as_often_as_it_says(line):
    people, policy = ladder(line, num_loops=1)
    incident = line.make.incident(line.make.service(policy))
    line.pass_time(11 * MINUTE)
    assert line.assignees(incident) == {people[0]["id"]}
    assert line.kinds(incident).count("repeat_escalation_path") == 1
    line.pass_time(HOUR)
    assert line.assignees(incident) == {people[1]["id"]}
    assert line.kinds(incident).count("repeat_escalation_path") == 1


def test_an_acknowledged_incident_does_not_climb(line):
    people, policy = ladder(line)
    incident = line.make.incident(line.make.service(policy))
    line.change(incident, status="acknowledged")
    line.pass_time(HOUR)
    assert line.assignees(incident) == {people[0]["id"]} and line.status(incident) == "acknowledged"


def test_a_low_urgency_incident_does_not_climb(line):
    people, policy = ladder(line)
    incident = line.make.incident(line.make.service(policy), urgency="low")
    line.pass_time(HOUR)
    assert line.assignees(incident) == {people[0]["id"]}


def test_a_level_without_anybody_is_skipped_at_once(line):
    person = line.make.user()
    empty = line.make.schedule(schedule_layers=[])
    policy = line.make.policy(rules=[
        {"escalation_delay_in_minutes": 5, "targets": [reference("schedule", empty)]},
        {"escalation_delay_in_minutes": 5, "targets": [reference("user", person)]}])
    incident = line.make.incident(line.make.service(policy))
    assert line.assignees(incident) == {person["id"]}


def test_with_nobody_on_call_the_incident_is_kept_unassigned(line):
    empty = line.make.schedule(schedule_layers=[])
    policy = line.make.policy(rules=[{"escalation_delay_in_minutes": 5, "targets": [reference("schedule", empty)]}])
    incident = line.make.alerted(line.make.routing_key(line.make.service(policy)))
    assert incident["status"] == "triggered" and incident["assignments"] == []


def test_an_acknowledgement_wears_off(line):
    people, policy = ladder(line)
    incident = line.make.incident(line.make.service(policy, acknowledgement_timeout=600))
    line.change(incident, status="acknowledged")
    line.pass_time(9 * MINUTE)
    assert line.status(incident) == "acknowledged"
    line.pass_time(2 * MINUTE)
    again = line.make.reload(incident)
    assert again["status"] == "triggered" and again["acknowledgements"] == []
    assert "unacknowledge" in line.kinds(incident)
    line.pass_time(6 * MINUTE)
    assert line.assignees(incident) == {people[1]["id"]}, "the climb goes on"


def test_a_snooze_ends(line):
    people, policy = ladder(line)
    incident = line.make.incident(line.make.service(policy, acknowledgement_timeout=600))
    line.change(incident, status="acknowledged")
    line.api.post(f"/incidents/{incident['id']}/snooze", {"duration": 3600}, expect=201)
    line.pass_time(59 * MINUTE)
    assert line.status(incident) == "acknowledged", "the snooze replaces the acknowledgement timeout"
    line.pass_time(2 * MINUTE)
    assert line.status(incident) == "triggered" and "unacknowledge" in line.kinds(incident)


def test_a_forgotten_incident_resolves_itself(line):
    incident = line.make.alerted(line.make.routing_key(line.make.service(auto_resolve_timeout=3600)))
    due = [action for action in incident["pending_actions"] if action["type"] == "resolve"]
    assert abs(parse(due[0]["at"]) - parse(line.instant(HOUR))) < MINUTE
    line.pass_time(HOUR + MINUTE)
    assert line.status(incident) == "resolved"
    assert [alert["status"] for alert in line.make.alerts(incident)] == ["resolved"]
    entry = next(one for one in line.make.log(incident) if one["type"] == "resolve_log_entry")
    assert entry["channel"]["type"] in ("timeout", "auto")


def test_acknowledging_starts_the_time_to_self_resolution_again(line):
    incident = line.make.incident(line.make.service(auto_resolve_timeout=3600))
    line.pass_time(50 * MINUTE)
    line.change(incident, status="acknowledged")
    line.pass_time(50 * MINUTE)
    assert line.status(incident) == "acknowledged"
    line.pass_time(11 * MINUTE)
    assert line.status(incident) == "resolved"


def test_events_in_a_maintenance_window_open_nothing(line):
    service = line.make.service()
    key = line.make.routing_key(service)
    dedup = new_key()
    standing = line.make.alerted(key, dedup)
    body = {"type": "maintenance_window", "start_time": line.instant(10 * MINUTE), "end_time": line.instant(70 * MINUTE),
            "services": [reference("service", service)]}
    line.api.post("/maintenance_windows", {"maintenance_window": body}, expect=201)
    before = line.events.trigger(key, new_key())
    assert len(line.make.incidents_of_key(before)) == 1
    line.pass_time(11 * MINUTE)
    assert line.api.get(f"/services/{service['id']}")["service"]["status"] == "maintenance"
    during = line.events.trigger(key, new_key())
    line.events.resolve(key, dedup)
    assert line.make.incidents_of_key(during) == [], "triggers are dropped"
    assert line.status(standing) == "triggered", "resolves are dropped too"
    line.pass_time(HOUR)
    assert line.api.get(f"/services/{service['id']}")["service"]["status"] == "critical"
    assert len(line.make.incidents_of_key(line.events.trigger(key, new_key()))) == 1


def test_overlapping_windows_end_with_the_last(line):
    service = line.make.service()
    for end in (HOUR, 2 * HOUR):
        body = {"type": "maintenance_window", "start_time": line.instant(), "end_time": line.instant(end),
                "services": [reference("service", service)]}
        line.api.post("/maintenance_windows", {"maintenance_window": body}, expect=201)
    line.pass_time(HOUR + MINUTE)
    assert line.api.get(f"/services/{service['id']}")["service"]["status"] == "maintenance"
    line.pass_time(HOUR)
    assert line.api.get(f"/services/{service['id']}")["service"]["status"] == "active"


def test_an_ended_window_cannot_be_deleted(line):
    body = {"type": "maintenance_window", "start_time": line.instant(), "end_time": line.instant(HOUR),
            "services": [reference("service", line.make.service())]}
    window = line.api.post("/maintenance_windows", {"maintenance_window": body}, expect=201)["maintenance_window"]
    line.pass_time(HOUR + MINUTE)
    line.api.call("DELETE", f"/maintenance_windows/{window['id']}", expect=405)


def test_the_shift_that_runs_is_the_one_that_is_paged(line):
    one, two = line.make.user(), line.make.user()
    start = line.instant()[:14] + "00:00Z"
    schedule = line.make.schedule(schedule_layers=[layer([one, two], start=start)])
    policy = line.make.policy(rules=[{"escalation_delay_in_minutes": 30, "targets": [reference("schedule", schedule)]}])
    service = line.make.service(policy)
    assert line.assignees(line.make.incident(service)) == {one["id"]}
    line.pass_time(DAY)
    assert line.assignees(line.make.incident(service)) == {two["id"]}


def test_a_change_of_a_schedule_leaves_the_past_as_it_was(line):
    one, two, three = line.make.user(), line.make.user(), line.make.user()
    schedule = line.make.schedule([one])
    line.make.policy(rules=[{"escalation_delay_in_minutes": 30, "targets": [reference("schedule", schedule)]}])
    old = schedule["schedule_layers"][0]
    line.pass_time(2 * HOUR)
    before = line.instant(-HOUR)
    changed = {**old, "users": [{"user": reference("user", two)}]}
    line.api.put(f"/schedules/{schedule['id']}", {"schedule": {"type": "schedule", "time_zone": "Asia/Kolkata",
                                                               "schedule_layers": [changed]}})
    line.pass_time(2 * HOUR)
    new = {**old, "users": [{"user": reference("user", three)}]}
    new.pop("id")
    line.api.put(f"/schedules/{schedule['id']}", {"schedule": {"schedule_layers": [new]}})
    line.pass_time(HOUR)
    rendered = line.api.get(f"/schedules/{schedule['id']}", params={"since": before, "until": line.instant()})["schedule"]
    people = [entry["user"]["id"] for entry in rendered["final_schedule"]["rendered_schedule_entries"]]
    assert people == [one["id"], two["id"], three["id"]]
    kept = next(each for each in rendered["schedule_layers"] if each["id"] == old["id"])
    assert [entry["user"]["id"] for entry in kept["rendered_schedule_entries"]] == [one["id"], two["id"]]
    assert rendered["final_schedule"]["rendered_coverage_percentage"] == 100
    for moment, person in ((before, one), (line.instant(-2 * HOUR), two), (line.instant(), three)):
        entries = line.api.get("/oncalls", params={"schedule_ids[]": schedule["id"], "since": moment, "until": moment})["oncalls"]
        assert [entry["user"]["id"] for entry in entries] == [person["id"]]


def test_an_ended_window_cannot_be_changed(line):
    body = {"type": "maintenance_window", "start_time": line.instant(), "end_time": line.instant(HOUR),
            "services": [reference("service", line.make.service())]}
    window = line.api.post("/maintenance_windows", {"maintenance_window": body}, expect=201)["maintenance_window"]
    path = f"/maintenance_windows/{window['id']}"
    line.pass_time(30 * MINUTE)
    line.api.refused("PUT", path, 400, json={"maintenance_window": {"start_time": line.instant(MINUTE)}})
    longer = line.api.put(path, {"maintenance_window": {"end_time": line.instant(HOUR)}})["maintenance_window"]
    assert longer["start_time"] == window["start_time"] and parse(longer["end_time"]) > parse(window["end_time"])
    line.pass_time(2 * HOUR)
    line.api.refused("PUT", path, 400, json={"maintenance_window": {"end_time": line.instant(HOUR)}})


def test_a_running_override_is_cut_and_a_past_one_stays(line):
    one, helper = line.make.user(), line.make.user()
    schedule = line.make.schedule([one])
    path = f"/schedules/{schedule['id']}/overrides"
    made = line.api.post(path, {"overrides": [{"start": line.instant(HOUR), "end": line.instant(3 * HOUR),
                                               "user": reference("user", helper)}]}, expect=201)[0]["override"]
    line.pass_time(2 * HOUR)
    on_call = line.api.get(f"/schedules/{schedule['id']}/users")["users"]
    assert [user["id"] for user in on_call] == [helper["id"]]
    line.api.call("DELETE", f"{path}/{made['id']}", expect=200)
    line.pass_time(MINUTE)
    on_call = line.api.get(f"/schedules/{schedule['id']}/users")["users"]
    assert [user["id"] for user in on_call] == [one["id"]]
    line.api.refused("DELETE", f"{path}/{made['id']}", 400)


def test_incidents_older_than_a_month_are_listed_only_on_request(line):
    incident = line.make.incident()
    line.change(incident, status="resolved")
    line.pass_time(40 * DAY, jump=True)
    params = {"service_ids[]": incident["service"]["id"]}
    assert line.api.get("/incidents", params=params)["incidents"] == []
    everything = line.api.get("/incidents", params={**params, "date_range": "all"})["incidents"]
    assert [one["id"] for one in everything] == [incident["id"]]


def first_told(line, service: dict, ago: timedelta) -> str:
    """Who would have been told first of an incident that began then."""
    simulation = {"service": reference("service", service), "at": line.instant(-ago), "horizon_seconds": 60}
    result = line.api.post("/console/simulations", {"simulation": simulation}, expect=200)["simulation"]
    assert not [one for one in result["remarks"] if "was not kept" in one]
    return result["notifications"][0]["user"]["id"]


def test_a_simulated_past_has_the_overrides_of_then(line):
    usual, helper = line.make.user(), line.make.user()
    schedule = line.make.schedule([usual])
    rules = [{"escalation_delay_in_minutes": 30, "targets": [reference("schedule", schedule)]}]
    service = line.make.service(line.make.policy(rules=rules, num_loops=1))
    path = f"/schedules/{schedule['id']}/overrides"

    def override(start: timedelta, end: timedelta) -> dict:
        body = {"start": line.instant(start), "end": line.instant(end), "user": reference("user", helper)}
        return line.api.post(path, {"overrides": [body]}, expect=201)[0]["override"]

    override(HOUR, 3 * HOUR)
    never = override(5 * HOUR, 6 * HOUR)
    cut = override(7 * HOUR, 9 * HOUR)
    line.pass_time(4 * HOUR)
    line.api.delete(f"{path}/{never['id']}")
    line.pass_time(4 * HOUR)
    line.api.call("DELETE", f"{path}/{cut['id']}", expect=200)
    line.pass_time(2 * HOUR)
    # Ten hours have passed. Hour by hour: who was on call at half past.
    told = [first_told(line, service, (10 - hour) * HOUR - 30 * MINUTE) for hour in range(10)]
    assert [person == helper["id"] for person in told] == [hour in (1, 2, 7) for hour in range(10)]
    # One that begins while an incident goes on has whom it escalates to.
    simulation = {"service": reference("service", service), "at": line.instant(-9 * HOUR - 10 * MINUTE), "horizon_seconds": 3600}
    result = line.api.post("/console/simulations", {"simulation": simulation}, expect=200)["simulation"]
    assert [(one["after_seconds"], one["user"]["id"]) for one in result["notifications"]] == [(0, usual["id"]), (1800, helper["id"])]


def test_a_simulated_past_has_the_turn_of_then(line):
    people = [line.make.user(), line.make.user()]
    service = line.make.service(line.make.policy(rules=[{
        "escalation_delay_in_minutes": 30, "targets": [reference("user", one) for one in people],
        "escalation_rule_assignment_strategy": {"type": "round_robin"}}]))
    key = line.make.routing_key(service)
    line.pass_time(10 * MINUTE)
    for turn in range(3):
        incident = line.make.alerted(key)
        assert line.assignees(incident) == {people[turn % 2]["id"]}
        line.change(incident, status="resolved")
        line.pass_time(10 * MINUTE)
    told = [first_told(line, service, (4 - turn) * 10 * MINUTE - 5 * MINUTE) for turn in range(4)]
    assert told == [people[turn % 2]["id"] for turn in range(4)]


def test_an_incident_goes_on_by_a_policy_that_was_deleted(line):
    (first, second), policy = ladder(line, levels=2, delay=5)
    incident = line.make.incident()
    line.change(incident, escalation_policy=reference("escalation_policy", policy))
    assert line.assignees(incident) == {first["id"]}
    line.api.delete(f"/escalation_policies/{policy['id']}")
    line.pass_time(5 * MINUTE)
    assert line.assignees(incident) == {second["id"]}
    assert line.make.reload(incident)["escalation_policy"]["id"] == policy["id"]
    # Nothing new follows it.
    other = line.make.incident()
    wanted = {"type": "incident", "escalation_policy": reference("escalation_policy", policy)}
    line.api.refused("PUT", f"/incidents/{other['id']}", 400, json={"incident": wanted})
