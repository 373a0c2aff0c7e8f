"""Schedules of version 3: made of shifts that come back by a rule, custom shifts and overrides."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

import icalendar
import pytest
import requests

from support.client import unique
from support.factory import instant, parse, reference

UNKNOWN = "PZZZZZZZZZZZZ9"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def midnight(days=0):
    """A coming midnight UTC."""
    return (datetime.now(timezone.utc) + DAY * days).replace(hour=0, minute=0, second=0, microsecond=0)


def text(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def zoned(at, zone="UTC"):
    return {"date_time": text(at), "time_zone": zone}


def member(user):
    """A member as clients write it; None leaves the slot free."""
    return {"type": "user_member", "user_id": user["id"]} if user else {"type": "empty_member"}


def rotating(users, shifts=1):
    return {"type": "rotating_member_assignment_strategy", "shifts_per_member": shifts,
            "members": [member(one) for one in users]}


def everyone(users):
    return {"type": "every_member_assignment_strategy", "members": [member(one) for one in users]}


def event_body(users, **members):
    """Daily shifts of a day each, from yesterday's midnight on."""
    return {"name": "Days", "start_time": zoned(midnight(-1)), "end_time": zoned(midnight(0)),
            "effective_since": text(midnight(-1)), "recurrence": ["RRULE:FREQ=DAILY"],
            "assignment_strategy": rotating(users), **members}


@pytest.fixture
def new(api):
    """A function: a new shift-based schedule."""

    def create(**members):
        body = {"name": unique("Shifts"), "time_zone": "UTC", **members}
        return api.post("/v3/schedules", {"schedule": body}, expect=201)["schedule"]

    return create


@pytest.fixture
def plan(api, new):
    """A function: a schedule with one rotation of one event."""

    def create(users, **members):
        schedule = new()
        rotation = api.post(f"/v3/schedules/{schedule['id']}/rotations", {}, expect=201)["rotation"]
        event = add_event(api, schedule, rotation, event_body(users, **members))
        return schedule, rotation, event

    return create


def add_event(api, schedule, rotation, body, expect=201):
    return api.post(f"/v3/schedules/{schedule['id']}/rotations/{rotation['id']}/events", {"event": body},
                    expect=expect)["event"]


def rendered(api, schedule, since, until, **params):
    return api.get(f"/v3/schedules/{schedule['id']}", params={
        "since": text(since), "until": text(until), "include[]": "final_schedule", **params})["schedule"]["final_schedule"]


def shifts(final):
    """(start, end, person or None) of what was computed."""
    return [(parse(one["start_time"]), parse(one["end_time"]), one["member"].get("user_id"))
            for one in final["computed_shift_assignments"]]


def places(api, method, path, body):
    """Where the problems of a refused call are."""
    return set(api.refused(method, path, 400, code=2001, json=body)["errors"])


# ---- schedules ---------------------------------------------------------------------------------------


def test_a_schedule_is_made_read_changed_and_deleted(api, make, new):
    team = make.team()
    schedule = new(description="Ours", time_zone="America/New_York", teams=[reference("team", team)])
    assert schedule["type"] == "schedule_v3" and schedule["rotations"] == [] and schedule["escalation_policies"] == []
    assert schedule["description"] == "Ours" and [one["id"] for one in schedule["teams"]] == [team["id"]]
    path = f"/v3/schedules/{schedule['id']}"
    kept = api.get(path)["schedule"]
    assert kept["name"] == schedule["name"] and "final_schedule" not in kept
    assert kept["http_cal_url"] and kept["web_cal_url"]
    changed = api.put(path, {"schedule": {"name": unique("Shifts")}}, expect=200)["schedule"]
    assert changed["name"] != schedule["name"] and changed["time_zone"] == "America/New_York"
    api.delete(path)
    api.refused("GET", path, 404)


def test_lists_hold_references(api, make, new):
    team, schedule = make.team(), new()
    ours = new(teams=[reference("team", team)])
    found = api.get("/v3/schedules", params={"query": schedule["name"], "total": "true"})
    assert [one["id"] for one in found["schedules"]] == [schedule["id"]] and found["total"] == 1
    assert set(found["schedules"][0]) == {"id", "type", "summary", "self", "html_url"}
    by_team = api.get("/v3/schedules", params={"team_ids[]": team["id"], "limit": 1, "offset": 0})
    assert [one["id"] for one in by_team["schedules"]] == [ours["id"]]
    assert api.get("/v3/schedules")["limit"] == 100


def test_the_two_versions_do_not_see_each_others_schedules(api, make, new):
    layered, shifted = make.schedule(), new()
    for path in (f"/schedules/{shifted['id']}", f"/v3/schedules/{layered['id']}", f"/v3/schedules/{UNKNOWN}"):
        api.refused("GET", path, 404, code=3004)
    window = {"since": instant(), "until": instant(DAY)}
    api.refused("GET", f"/schedules/{shifted['id']}/overrides", 404, params=window)
    assert shifted["id"] not in [one["id"] for one in api.every("/schedules", "schedules")]
    assert layered["id"] not in [one["id"] for one in api.every("/v3/schedules", "schedules")]
    api.refused("POST", "/v3/schedules", 400, json={"schedule": {"name": layered["name"], "time_zone": "UTC"}})


@pytest.mark.parametrize("wrong, place", [
    ({"name": ""}, "schedule.name"), ({"name": None}, "schedule.name"), ({"name": "x" * 256}, "schedule.name"),
    ({"time_zone": None}, "schedule.time_zone"), ({"time_zone": "Mars/Olympus"}, "schedule.time_zone"),
    ({"description": "x" * 1025}, "schedule.description"), ({"rotations": []}, "schedule.rotations"),
    ({"escalation_policies": []}, "schedule.escalation_policies"),
    ({"teams": [{"id": UNKNOWN, "type": "team_reference"}]}, "schedule.teams"),
])
def test_what_a_schedule_cannot_be_is_refused_with_its_place(api, new, wrong, place):
    body = {"schedule": {"name": unique("Shifts"), "time_zone": "UTC", **wrong}}
    assert places(api, "POST", "/v3/schedules", body) == {place}
    if None not in wrong.values():
        assert places(api, "PUT", f"/v3/schedules/{new()['id']}", {"schedule": wrong}) == {place}


def test_a_schedule_in_use_stays(api, make, new):
    schedule = new()
    policy = make.policy(rules=[{"escalation_delay_in_minutes": 5, "targets": [
        {"id": schedule["id"], "type": "schedule_v3_reference"}]}])
    assert policy["escalation_rules"][0]["targets"][0]["type"] == "schedule_v3_reference"
    kept = api.get(f"/v3/schedules/{schedule['id']}")["schedule"]
    assert [one["id"] for one in kept["escalation_policies"]] == [policy["id"]]
    api.refused("DELETE", f"/v3/schedules/{schedule['id']}", 400)


# ---- rotations and events ----------------------------------------------------------------------------


def test_a_rotation_is_made_empty_and_gets_events(api, make, new):
    users, schedule = [make.user(), None], new()
    path = f"/v3/schedules/{schedule['id']}/rotations"
    rotation = api.post(path, expect=201)["rotation"]
    assert rotation["type"] == "schedule_rotation" and rotation["events"] == []
    assert places(api, "POST", path, {"name": "x"}) == {"rotation"}
    body = event_body(users, effective_until=text(midnight(9)), recurrence=["RRULE:FREQ=DAILY", "EXDATE:20300101T000000"])
    event = add_event(api, schedule, rotation, body)
    assert event["type"] == "schedule_event" and event["name"] == "Days"
    assert event["start_time"] == body["start_time"] and event["recurrence"] == body["recurrence"]
    assert event["assignment_strategy"] == body["assignment_strategy"]
    assert parse(event["effective_since"]) >= datetime.now(timezone.utc) - timedelta(seconds=30), "the past is now"
    assert event["effective_until"] == text(midnight(9))
    later = add_event(api, schedule, rotation, event_body(users, effective_since=text(midnight(9))))
    listed = api.get(f"{path}/{rotation['id']}/events", params={"limit": 1, "offset": 1})
    assert [one["id"] for one in listed["events"]] == [later["id"]]
    assert api.get(path, params={"limit": 5, "offset": 0})["rotations"][0]["id"] == rotation["id"]
    window = {"since": text(midnight(10)), "until": text(midnight(11))}
    found = api.get(f"{path}/{rotation['id']}", params=window)["rotation"]
    assert [one["id"] for one in found["events"]] == [later["id"]]
    assert api.get(f"{path}/{rotation['id']}/events/{later['id']}", params=window)["event"] == later
    api.refused("GET", f"{path}/{rotation['id']}/events/{event['id']}", 404, params=window)
    whole = api.get(f"/v3/schedules/{schedule['id']}", params={"include[]": "users"})["schedule"]
    assert [len(one["events"]) for one in whole["rotations"]] == [2]
    assert [one["id"] for one in whole["users"]] == [users[0]["id"]]


@pytest.mark.parametrize("wrong, place", [
    ({"name": "x" * 256}, "event.name"), ({"start_time": None}, "event.start_time"),
    ({"start_time": {"date_time": "noon", "time_zone": "UTC"}}, "event.start_time.date_time"),
    ({"start_time": {"date_time": "2026-01-01T00:00:00Z", "time_zone": "Mars/Olympus"}}, "event.start_time.time_zone"),
    ({"end_time": zoned(midnight(0), "Europe/Madrid")}, "event.end_time"),
    ({"end_time": zoned(midnight(-2))}, "event.end_time"),
    ({"effective_since": None}, "event.effective_since"), ({"effective_until": text(midnight(-5))}, "event.effective_until"),
    ({"recurrence": None}, "event.recurrence"), ({"recurrence": []}, "event.recurrence"),
    ({"recurrence": [1]}, "event.recurrence"), ({"recurrence": ["RRULE:FREQ=SECONDLY"]}, "event.recurrence"),
    ({"recurrence": ["RRULE:FREQ=DAILY", "RRULE:FREQ=DAILY"]}, "event.recurrence"),
    ({"recurrence": ["RRULE:FREQ=WEEKLY;BYDAY=XX"]}, "event.recurrence"),
    ({"recurrence": ["RRULE:FREQ=DAILY;UNTIL=soon"]}, "event.recurrence"),
    ({"recurrence": ["RRULE:FREQ=DAILY", "EXDATE:never"]}, "event.recurrence"),
    ({"recurrence": ["RRULE:FREQ=HOURLY;BYHOUR=3"]}, "event.recurrence"),
    ({"recurrence": ["RRULE:FREQ=HOURLY"], "start_time": zoned(midnight(-340))}, "event.recurrence"),
    ({"assignment_strategy": None}, "event.assignment_strategy"),
    ({"assignment_strategy": {"type": "x", "members": [member(None)]}}, "event.assignment_strategy.type"),
    ({"assignment_strategy": {**rotating([None]), "shifts_per_member": 0}}, "event.assignment_strategy.shifts_per_member"),
    ({"assignment_strategy": rotating([])}, "event.assignment_strategy.members"),
    ({"assignment_strategy": rotating([None] * 21)}, "event.assignment_strategy.members"),
    ({"assignment_strategy": rotating([{"id": UNKNOWN}])}, "event.assignment_strategy.members.user_id"),
])
def test_what_an_event_cannot_be_is_refused_with_its_place(api, new, wrong, place):
    schedule = new()
    rotation = api.post(f"/v3/schedules/{schedule['id']}/rotations", expect=201)["rotation"]
    path = f"/v3/schedules/{schedule['id']}/rotations/{rotation['id']}/events"
    found = places(api, "POST", path, {"event": event_body([None], **wrong)})
    assert place in found, found
    assert api.get(path)["events"] == []


def test_events_of_a_rotation_follow_each_other_and_are_at_most_five(api, make, plan):
    user = make.user()
    schedule, rotation, _ = plan([user], effective_until=text(midnight(1)))
    path = f"/v3/schedules/{schedule['id']}/rotations/{rotation['id']}/events"
    assert places(api, "POST", path, {"event": event_body([user])}) == {"event.effective_since"}
    for day in range(1, 5):
        add_event(api, schedule, rotation,
                  event_body([user], effective_since=text(midnight(day)), effective_until=text(midnight(day + 1))))
    assert places(api, "POST", path, {"event": event_body([user], effective_since=text(midnight(9)))}) == {"event"}


def test_an_active_event_keeps_all_but_its_end_and_a_coming_one_changes_freely(api, make, plan):
    user, other = make.user(), make.user()
    schedule, rotation, event = plan([user], effective_until=text(midnight(5)))
    base = f"/v3/schedules/{schedule['id']}/rotations/{rotation['id']}/events"
    path = f"{base}/{event['id']}"
    assert places(api, "PUT", path, {"event": {"name": "Other"}}) == {"event"}
    moved = api.put(path, {"event": {"effective_until": text(midnight(3))}}, expect=200)["event"]
    assert moved["effective_until"] == text(midnight(3)) and moved["name"] == "Days"
    coming = add_event(api, schedule, rotation, event_body([user], effective_since=text(midnight(4))))
    changed = api.put(f"{base}/{coming['id']}", {"event": {"name": "Other", "assignment_strategy": everyone([other])}},
                      expect=200)["event"]
    assert changed["name"] == "Other" and changed["assignment_strategy"] == everyone([other])
    api.delete(f"{base}/{coming['id']}")
    api.refused("GET", f"{base}/{coming['id']}", 404)
    ended = api.put(path, {"event": {"effective_until": text(midnight(-3))}}, expect=200)["event"]
    assert parse(ended["effective_until"]) <= datetime.now(timezone.utc) + timedelta(seconds=5), "at the earliest now"
    assert places(api, "PUT", path, {"event": {"effective_until": None}}) == {"event"}


# ---- who is on call ----------------------------------------------------------------------------------


def test_members_take_turns_and_free_slots_are_nobodys(api, make, plan):
    ada, bob = make.user(), make.user()
    schedule, rotation, event = plan([ada, None, bob], effective_since=text(midnight(1)),
                                     assignment_strategy=rotating([ada, None, bob], shifts=2))
    final = rendered(api, schedule, midnight(1), midnight(7))
    who = [ada["id"]] * 2 + [None] * 2 + [bob["id"]] * 2
    assert shifts(final) == [(midnight(1 + i), midnight(2 + i), who[i]) for i in range(6)]
    assert final["rendered_coverage_percentage"] == pytest.approx(66.67)
    assert final["computed_shift_assignments"][0]["source"] == {"type": "schedule_rotation", "rotation_id": rotation["id"]}


def test_shifts_are_cut_at_the_window_unless_they_may_overflow(api, make, plan):
    schedule, _, _ = plan([make.user()], effective_since=text(midnight(1)))
    window = (midnight(2) + 6 * HOUR, midnight(2) + 7 * HOUR)
    assert [one[:2] for one in shifts(rendered(api, schedule, *window))] == [window]
    whole = rendered(api, schedule, *window, overflow="true")
    assert [one[:2] for one in shifts(whole)] == [(midnight(2), midnight(3))]
    in_zone = rendered(api, schedule, *window, time_zone="Asia/Kolkata", overflow="false")
    assert in_zone["computed_shift_assignments"][0]["start_time"].endswith("+05:30")


def test_a_rule_is_reckoned_on_the_wall_clock_of_its_zone(api, make, plan):
    """Nine in the morning stays nine when the clocks are moved."""
    year = datetime.now(timezone.utc).year + 1
    schedule, _, _ = plan([make.user()], effective_since=f"{year}-01-01T00:00:00Z",
                          start_time={"date_time": f"{year}-01-01T09:00:00Z", "time_zone": "America/New_York"},
                          end_time={"date_time": f"{year}-01-01T17:00:00Z", "time_zone": "America/New_York"})
    winter = shifts(rendered(api, schedule, datetime(year, 2, 1, tzinfo=timezone.utc), datetime(year, 2, 2, tzinfo=timezone.utc)))
    summer = shifts(rendered(api, schedule, datetime(year, 7, 1, tzinfo=timezone.utc), datetime(year, 7, 2, tzinfo=timezone.utc)))
    assert (winter[0][0].hour, winter[0][1].hour) == (14, 22) and (summer[0][0].hour, summer[0][1].hour) == (13, 21)


def test_every_member_is_on_call_at_once_and_policies_ask_all(api, make, plan):
    ada, bob = make.user(), make.user()
    schedule, _, _ = plan([ada], assignment_strategy=everyone([ada, bob]))
    policy = make.policy(rules=[{"escalation_delay_in_minutes": 5, "targets": [
        {"id": schedule["id"], "type": "schedule_v3_reference"}]}])
    on_call = api.get("/oncalls", params={"escalation_policy_ids[]": policy["id"]})["oncalls"]
    assert {one["user"]["id"] for one in on_call} == {ada["id"], bob["id"]}
    assert {one["schedule"]["type"] for one in on_call} == {"schedule_v3_reference"}
    whole = api.get("/oncalls", params={"schedule_ids[]": schedule["id"], "include[]": "schedules"})["oncalls"]
    assert {one["schedule"]["type"] for one in whole} == {"schedule_v3_reference"}, "never shown whole"
    incident = make.incident(make.service(policy))
    assert {one["assignee"]["id"] for one in incident["assignments"]} == {ada["id"], bob["id"]}
    api.refused("DELETE", f"/users/{bob['id']}", 400)


def test_what_was_deleted_is_still_true_of_the_past(api, make, plan):
    ada = make.user()
    schedule, rotation, event = plan([ada])
    time.sleep(1.1)
    before = datetime.now(timezone.utc)
    api.delete(f"/v3/schedules/{schedule['id']}/rotations/{rotation['id']}/events/{event['id']}")
    api.delete(f"/v3/schedules/{schedule['id']}/rotations/{rotation['id']}")
    api.refused("GET", f"/v3/schedules/{schedule['id']}/rotations/{rotation['id']}", 404)
    found = shifts(rendered(api, schedule, midnight(-1), midnight(3)))
    assert len(found) == 1 and found[0][2] == ada["id"]
    assert found[0][1] < before + timedelta(minutes=1) and found[0][1] > found[0][0]


# ---- custom shifts and overrides ---------------------------------------------------------------------


def add_shift(api, schedule, start, end, who):
    body = {"type": "custom_shift", "start_time": text(start), "end_time": text(end),
            "assignments": [{"type": "shift_assignment", "member": member(who)}]}
    return api.post(f"/v3/schedules/{schedule['id']}/custom_shifts", {"custom_shifts": [body]},
                    expect=201)["custom_shifts"][0]


def test_a_custom_shift_stands_beside_the_rotations(api, make, plan):
    ada, bob = make.user(), make.user()
    schedule, _, _ = plan([ada], effective_since=text(midnight(1)))
    shift = add_shift(api, schedule, midnight(2), midnight(2) + HOUR, bob)
    assert shift["type"] == "custom_shift" and shift["assignments"][0]["member"] == member(bob)
    assert shift["assignments"][0]["type"] == "shift_assignment" and shift["assignments"][0]["id"]
    final = rendered(api, schedule, midnight(2), midnight(3))
    assert (midnight(2), midnight(2) + HOUR, bob["id"]) in shifts(final) and len(shifts(final)) == 2
    source = next(one["source"] for one in final["computed_shift_assignments"] if one["member"] == member(bob))
    assert source == {"type": "custom_shift", "shift_id": shift["id"]}
    path = f"/v3/schedules/{schedule['id']}/custom_shifts"
    assert api.get(f"{path}/{shift['id']}")["custom_shift"] == shift
    window = {"since": text(midnight(2) + HOUR / 2), "until": text(midnight(4)), "limit": 10, "offset": 0}
    cut = api.get(path, params=window)["custom_shifts"]
    assert [one["start_time"] for one in cut] == [window["since"]]
    whole = api.get(path, params={**window, "overflow": "true", "time_zone": "UTC"})["custom_shifts"]
    assert [one["start_time"] for one in whole] == [shift["start_time"]]
    api.refused("GET", path, 400, params={"since": window["since"]})
    moved = api.put(f"{path}/{shift['id']}", {"custom_shift": {
        "start_time": text(midnight(3)), "end_time": text(midnight(3) + HOUR),
        "assignments": [{"type": "shift_assignment", "member": member(ada)}]}}, expect=200)["custom_shift"]
    assert moved["start_time"] == text(midnight(3)) and moved["assignments"][0]["member"] == member(ada)
    api.delete(f"{path}/{shift['id']}")
    api.refused("GET", f"{path}/{shift['id']}", 404)


def test_of_a_shift_that_has_begun_only_the_end_moves(api, make, new):
    ada, bob, schedule = make.user(), make.user(), new()
    shift = add_shift(api, schedule, midnight(-1), midnight(60), ada)
    time.sleep(1.1)
    path = f"/v3/schedules/{schedule['id']}/custom_shifts/{shift['id']}"
    assert parse(shift["start_time"]) > midnight(-1), "nobody was on call by it before it was made"
    assert places(api, "PUT", path, {"custom_shift": {"start_time": text(midnight(30))}}) == {"custom_shift.start_time"}
    assert places(api, "PUT", path, {"custom_shift": {"assignments": [
        {"type": "shift_assignment", "member": member(bob)}]}}) == {"custom_shift.assignments"}
    moved = api.put(path, {"custom_shift": {"end_time": text(midnight(50))}}, expect=200)["custom_shift"]
    assert moved["end_time"] == text(midnight(50))
    api.delete(path)
    ended = api.get(path)["custom_shift"]
    assert parse(ended["end_time"]) < midnight(50)
    time.sleep(1.1)
    assert places(api, "DELETE", path, None) == {"custom_shift"}
    assert places(api, "PUT", path, {"custom_shift": {"end_time": text(midnight(50))}}) == {"custom_shift"}


def override_body(start, end, overridden, overriding, **source):
    return {"type": "override_shift", "start_time": text(start), "end_time": text(end),
            "overridden_member": member(overridden), "overriding_member": member(overriding), **source}


def test_an_override_puts_one_in_anothers_place(api, make, plan):
    ada, bob, cleo = make.user(), make.user(), make.user()
    schedule, rotation, _ = plan([ada], effective_since=text(midnight(1)), assignment_strategy=everyone([ada, bob]))
    path = f"/v3/schedules/{schedule['id']}/overrides"
    day, six = midnight(2), midnight(2) + 6 * HOUR
    made = api.post(path, {"overrides": [override_body(day, six, ada, cleo, rotation_id=rotation["id"])]}, expect=201)
    override = made["overrides"][0]
    assert override["type"] == "override_shift" and override["rotation_id"] == rotation["id"]
    assert "custom_shift_id" not in override and override["overriding_member"] == member(cleo)
    final = rendered(api, schedule, day, midnight(3))
    assert sorted(shifts(final), key=str) == sorted(
        [(day, six, cleo["id"]), (six, midnight(3), ada["id"]), (day, midnight(3), bob["id"])], key=str)
    source = next(one["source"] for one in final["computed_shift_assignments"] if one["member"] == member(cleo))
    assert source == {"type": "schedule_rotation_override", "rotation_id": rotation["id"], "override_id": override["id"]}
    # The later one wins, over the member and over who stands in.
    api.post(path, {"overrides": [override_body(day, day + HOUR, cleo, None, rotation_id=rotation["id"])]}, expect=201)
    assert (day, day + HOUR, None) in shifts(rendered(api, schedule, day, midnight(3)))
    assert api.get(f"{path}/{override['id']}")["override"] == override
    changed = api.put(f"{path}/{override['id']}", {"override": {
        "start_time": text(day + HOUR), "end_time": text(day + 2 * HOUR), "overriding_member": member(bob)}},
        expect=200)["override"]
    assert changed["overriding_member"] == member(bob) and changed["end_time"] == text(day + 2 * HOUR)
    window = {"since": text(day), "until": text(midnight(4)), "limit": 10, "offset": 0}
    assert len(api.get(path, params={**window, "overflow": "true", "time_zone": "UTC"})["overrides"]) == 2
    assert len(api.get(path, params=window)["overrides"]) == 2
    api.delete(f"{path}/{override['id']}")
    api.refused("GET", f"{path}/{override['id']}", 404)


def test_an_override_of_a_custom_shift(api, make, new):
    ada, bob, schedule = make.user(), make.user(), new()
    shift = add_shift(api, schedule, midnight(2), midnight(3), ada)
    api.post(f"/v3/schedules/{schedule['id']}/overrides", {"overrides": [
        override_body(midnight(2), midnight(3), ada, bob, custom_shift_id=shift["id"])]}, expect=201)
    final = rendered(api, schedule, midnight(2), midnight(3))
    assert shifts(final) == [(midnight(2), midnight(3), bob["id"])]
    assert final["computed_shift_assignments"][0]["source"]["type"] == "custom_shift_override"


@pytest.mark.parametrize("change, place", [
    ({"rotation_id": None}, "overrides.rotation_id"), ({"rotation_id": UNKNOWN}, "overrides.rotation_id"),
    ({"custom_shift_id": UNKNOWN}, "overrides.rotation_id"), ({"type": "x"}, "overrides.type"),
    ({"end_time": text(midnight(1))}, "overrides.end_time"), ({"end_time": text(midnight(-9))}, "overrides.end_time"),
    ({"overriding_member": None}, "overrides.overriding_member"),
    ({"overriding_member": {"type": "user_member", "user_id": UNKNOWN}}, "overrides.overriding_member.user_id"),
])
def test_what_an_override_cannot_be_is_refused_with_its_place(api, make, plan, change, place):
    ada = make.user()
    schedule, rotation, _ = plan([ada])
    body = {**override_body(midnight(2), midnight(3), ada, None, rotation_id=rotation["id"]), **change}
    assert place in places(api, "POST", f"/v3/schedules/{schedule['id']}/overrides", {"overrides": [body]})
    assert places(api, "POST", f"/v3/schedules/{schedule['id']}/overrides", {"overrides": []}) == {"overrides"}


def test_a_key_that_reads_changes_nothing(reader, make, plan):
    schedule, rotation, event = plan([make.user()])
    base = f"/v3/schedules/{schedule['id']}"
    assert "http_cal_url" not in reader.get(base)["schedule"]
    for method, path in (("POST", "/v3/schedules"), ("PUT", base), ("DELETE", base), ("POST", f"{base}/rotations"),
                         ("DELETE", f"{base}/rotations/{rotation['id']}"), ("POST", f"{base}/custom_shifts"),
                         ("PUT", f"{base}/rotations/{rotation['id']}/events/{event['id']}"), ("POST", f"{base}/overrides")):
        reader.refused(method, path, 403, json={})


def test_calendars_have_its_shifts_too(api, make, plan):
    ada, bob = make.user(), make.user()
    schedule, _, _ = plan([ada], assignment_strategy=everyone([ada, bob]))
    address = api.get(f"/v3/schedules/{schedule['id']}")["schedule"]["http_cal_url"]
    calendar = icalendar.Calendar.from_ical(requests.get(address, timeout=10).content)
    assert {str(one["SUMMARY"]) for one in calendar.walk("VEVENT")} == {f"On call: {ada['name']}", f"On call: {bob['name']}"}
