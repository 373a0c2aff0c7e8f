"""Schedules with layers, restrictions and overrides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.client import unique
from support.factory import instant, layer, parse, reference

UNKNOWN = "PZZZZZZZZZZZZ9"
WEEK = {"since": "2026-03-02T00:00:00Z", "until": "2026-03-09T00:00:00Z"}


def read(api, schedule, **params):
    """The schedule as it is now."""
    return api.get(f"/schedules/{schedule['id']}", params=params)["schedule"]


def shifts(rendered):
    """(start, end, person) of rendered entries."""
    return [(entry["start"], entry["end"], entry["user"]["id"]) for entry in rendered["rendered_schedule_entries"]]


def old_layer(users, turn=86400, **members):
    """A layer that began on Monday, 2 March 2026, at midnight UTC."""
    return layer(users, turn=turn, start="2026-03-02T00:00:00Z", **members)


# ---- making and changing -------------------------------------------------------------------------------


def test_a_new_schedule_is_read_back(api, make):
    user = make.user()
    schedule = make.schedule([user], description="Days")
    assert schedule["summary"] == schedule["name"] and schedule["time_zone"] == "UTC"
    assert [one["id"] for one in schedule["users"]] == [user["id"]]
    assert schedule["escalation_policies"] == [] and schedule["teams"] == []
    only = schedule["schedule_layers"][0]
    assert only["id"] and only["rotation_turn_length_seconds"] == 86400 and only["end"] is None
    assert only["restrictions"] == [] and [entry["user"]["id"] for entry in only["users"]] == [user["id"]]
    again = read(api, schedule)
    assert again["id"] == schedule["id"] and again["schedule_layers"][0]["id"] == only["id"]


def test_layers_are_shown_newest_first(make):
    """Terraform turns the list around, both ways."""
    user = make.user()
    schedule = make.schedule(schedule_layers=[layer([user], name="top"), layer([user], name="bottom")])
    assert [one["name"] for one in schedule["schedule_layers"]] == ["top", "bottom"]


def test_restrictions_are_read_back(make):
    user = make.user()
    daily = {"type": "daily_restriction", "start_time_of_day": "09:00:00", "duration_seconds": 28800}
    weekly = {"type": "weekly_restriction", "start_time_of_day": "09:00:00", "duration_seconds": 28800, "start_day_of_week": 1}
    schedule = make.schedule(schedule_layers=[layer([user], restrictions=[daily]), layer([user], restrictions=[weekly])])
    kept = [one["restrictions"][0] for one in schedule["schedule_layers"]]
    assert {name: kept[0][name] for name in daily} == daily
    assert {name: kept[1][name] for name in weekly} == weekly


def test_a_new_schedule_may_be_asked_to_overflow(api, make):
    body = {"type": "schedule", "name": unique("Schedule"), "time_zone": "UTC", "schedule_layers": [layer([make.user()])]}
    for overflow in ("true", "false"):
        body["name"] = unique("Schedule")
        api.post("/schedules", {"schedule": body}, expect=201, params={"overflow": overflow})


def test_a_name_belongs_to_one_schedule(api, make):
    schedule = make.schedule()
    body = {"schedule": {"type": "schedule", "name": schedule["name"], "time_zone": "UTC", "schedule_layers": []}}
    api.refused("POST", "/schedules", 400, json=body)


@pytest.mark.parametrize("change", [
    {"name": ""}, {"name": "x" * 256}, {"description": "x" * 1025}, {"time_zone": None}, {"time_zone": "Mars/Olympus"},
])
def test_what_a_schedule_cannot_be_is_refused(api, make, change):
    body = {"type": "schedule", "name": unique("Schedule"), "time_zone": "UTC", "schedule_layers": [layer([make.user()])], **change}
    assert api.refused("POST", "/schedules", 400, json={"schedule": body})["code"] in (2001, 3001)


@pytest.mark.parametrize("change", [
    {"rotation_turn_length_seconds": 0}, {"rotation_turn_length_seconds": -60}, {"rotation_turn_length_seconds": "week"},
    {"rotation_virtual_start": "2026-03-02T00:00:30Z"}, {"rotation_virtual_start": "soon"}, {"start": "soon"},
    {"end": "2020-01-01T00:00:00Z"}, {"name": "x" * 101},
    {"users": [{"user": {"id": UNKNOWN, "type": "user_reference"}}]},
    {"restrictions": [{"type": "hourly_restriction", "start_time_of_day": "09:00:00", "duration_seconds": 60}]},
    {"restrictions": [{"type": "daily_restriction", "start_time_of_day": "25:00:00", "duration_seconds": 60}]},
    {"restrictions": [{"type": "daily_restriction", "start_time_of_day": "09:00:00", "duration_seconds": 0}]},
    {"restrictions": [{"type": "daily_restriction", "start_time_of_day": "09:00:00", "duration_seconds": 86401}]},
    {"restrictions": [{"type": "weekly_restriction", "start_time_of_day": "09:00:00", "duration_seconds": 60,
                       "start_day_of_week": 8}]},
])
def test_what_a_layer_cannot_be_is_refused(api, make, change):
    body = {"type": "schedule", "name": unique("Schedule"), "time_zone": "UTC",
            "schedule_layers": [{**old_layer([make.user()]), **change}]}
    done = api.call("POST", "/schedules", json={"schedule": body}, expect=(400, 404))
    assert done.body["error"]["code"] in (2001, 3001, 2013, 2100)


def test_a_weekly_restriction_names_its_day(api, make):
    restriction = {"type": "weekly_restriction", "start_time_of_day": "09:00:00", "duration_seconds": 60}
    body = {"type": "schedule", "name": unique("Schedule"), "time_zone": "UTC",
            "schedule_layers": [old_layer([make.user()], restrictions=[restriction])]}
    error = api.refused("POST", "/schedules", 400, json={"schedule": body})
    assert any("tart day of week must be in 1, 2" in text for text in error["errors"])


def test_a_put_changes_names_and_layers(api, make):
    one, two = make.user(), make.user()
    schedule = make.schedule([one])
    kept = schedule["schedule_layers"][0]
    changed = api.put(f"/schedules/{schedule['id']}", {"schedule": {
        "type": "schedule", "name": unique("Renamed"), "time_zone": "Europe/Warsaw",
        "schedule_layers": [{"id": kept["id"], **layer([two], start=kept["start"])}]}}, params={"overflow": "true"})["schedule"]
    assert changed["name"].startswith("Renamed") and changed["time_zone"] == "Europe/Warsaw"
    active = [one_layer for one_layer in changed["schedule_layers"] if one_layer["end"] is None]
    assert [entry["user"]["id"] for entry in active[0]["users"]] == [two["id"]]


def test_a_layer_that_is_left_out_ends_now(api, make):
    """Saved layers never vanish; the past stays as it was."""
    one, two = make.user(), make.user()
    schedule = make.schedule([one])
    old = schedule["schedule_layers"][0]
    api.put(f"/schedules/{schedule['id']}", {"schedule": {"type": "schedule", "time_zone": "UTC",
                                                          "schedule_layers": [layer([two], start=instant()[:17] + "00Z")]}})
    layers = {one_layer["id"]: one_layer for one_layer in read(api, schedule)["schedule_layers"]}
    assert parse(layers[old["id"]]["end"]) <= parse(instant(timedelta(seconds=5)))


def test_a_schedule_in_use_cannot_be_deleted(api, make):
    """Terraform reads this text."""
    schedule = make.schedule()
    policy = make.policy(rules=[{"escalation_delay_in_minutes": 5, "targets": [reference("schedule", schedule)]}])
    assert [one["id"] for one in read(api, schedule)["escalation_policies"]] == [policy["id"]]
    api.refused("DELETE", f"/schedules/{schedule['id']}", 400,
                errors=["Schedule can't be deleted if it's being used by escalation policies"])
    api.delete(f"/escalation_policies/{policy['id']}")
    api.delete(f"/schedules/{schedule['id']}")
    api.refused("GET", f"/schedules/{schedule['id']}", 404)


def test_a_schedule_behind_an_open_incident_cannot_be_deleted(api, make):
    schedule = make.schedule()
    targets = [{"escalation_delay_in_minutes": 5, "targets": [reference("schedule", schedule)]}]
    policy = make.policy(rules=targets)
    service = make.service(policy)
    make.incident(service)
    api.put(f"/escalation_policies/{policy['id']}", {"escalation_policy": {"escalation_rules": [
        {"escalation_delay_in_minutes": 5, "targets": [reference("user", make.user())]}]}})
    api.refused("DELETE", f"/schedules/{schedule['id']}", 400, errors=[
        "Schedule can't be deleted if it's being used by an escalation policy snapshot with open incidents"])


# ---- rendering ---------------------------------------------------------------------------------------


@pytest.fixture
def pair(make):
    """Two people who change daily at midnight UTC."""
    one, two = make.user(), make.user()
    schedule = make.schedule(schedule_layers=[old_layer([one, two])])
    return schedule, one, two


def test_a_schedule_is_rendered_only_for_a_range(api, pair):
    schedule, one, two = pair
    plain = read(api, schedule)
    assert plain["final_schedule"]["rendered_schedule_entries"] == []
    assert plain["final_schedule"]["rendered_coverage_percentage"] is None
    rendered = read(api, schedule, since="2026-03-03T00:00:00Z", until="2026-03-05T00:00:00Z")
    expected = [("2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z", two["id"]),
                ("2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z", one["id"])]
    assert shifts(rendered["final_schedule"]) == expected
    assert shifts(rendered["schedule_layers"][0]) == expected
    assert rendered["final_schedule"]["rendered_coverage_percentage"] == 100
    assert rendered["final_schedule"]["name"] == "Final Schedule"
    assert rendered["overrides_subschedule"]["name"] == "Overrides"


def test_entries_are_cut_at_the_range_unless_they_may_overflow(api, pair):
    schedule, one, two = pair
    window = {"since": "2026-03-03T06:00:00Z", "until": "2026-03-03T18:00:00Z"}
    assert shifts(read(api, schedule, **window)["final_schedule"]) == \
        [("2026-03-03T06:00:00Z", "2026-03-03T18:00:00Z", two["id"])]
    assert shifts(read(api, schedule, overflow="true", **window)["final_schedule"]) == \
        [("2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z", two["id"])]


def test_one_end_of_the_range_is_enough(api, pair):
    """The other end is two weeks away."""
    schedule, _, _ = pair
    entries = shifts(read(api, schedule, since="2026-03-03T00:00:00Z")["final_schedule"])
    assert entries[0][0] == "2026-03-03T00:00:00Z" and entries[-1][1] == "2026-03-17T00:00:00Z"


def test_the_newest_layer_wins_and_gaps_stay_gaps(api, make):
    day, night = make.user(), make.user()
    office = [{"type": "daily_restriction", "start_time_of_day": "09:00:00", "duration_seconds": 28800}]
    schedule = make.schedule(schedule_layers=[
        old_layer([day], restrictions=office),
        old_layer([night], restrictions=[{"type": "daily_restriction", "start_time_of_day": "12:00:00", "duration_seconds": 36000}])])
    rendered = read(api, schedule, since="2026-03-03T00:00:00Z", until="2026-03-04T00:00:00Z")
    assert shifts(rendered["final_schedule"]) == [
        ("2026-03-03T09:00:00Z", "2026-03-03T17:00:00Z", day["id"]),
        ("2026-03-03T17:00:00Z", "2026-03-03T22:00:00Z", night["id"])]
    assert rendered["final_schedule"]["rendered_coverage_percentage"] == pytest.approx(13 / 24 * 100, abs=0.1)


def test_turns_of_whole_days_follow_the_wall_clock(api, make):
    """Poland moves its clocks on 29 March 2026: the hand-off stays at nine in the morning."""
    one, two = make.user(), make.user()
    start = "2026-03-28T09:00:00+01:00"
    schedule = make.schedule(time_zone="Europe/Warsaw", schedule_layers=[layer([one, two], start=start)])
    rendered = read(api, schedule, since="2026-03-28T09:00:00+01:00", until="2026-03-30T09:00:00+02:00")
    assert shifts(rendered["final_schedule"]) == [
        ("2026-03-28T09:00:00+01:00", "2026-03-29T09:00:00+02:00", one["id"]),
        ("2026-03-29T09:00:00+02:00", "2026-03-30T09:00:00+02:00", two["id"])]


def test_times_are_shown_in_the_zone_of_the_schedule_or_the_one_asked_for(api, make):
    schedule = make.schedule(time_zone="Europe/Warsaw", schedule_layers=[old_layer([make.user()])])
    window = {"since": "2026-03-03T00:00:00Z", "until": "2026-03-04T00:00:00Z"}
    assert shifts(read(api, schedule, **window)["final_schedule"])[0][0] == "2026-03-03T01:00:00+01:00"
    assert shifts(read(api, schedule, time_zone="UTC", **window)["final_schedule"])[0][0] == "2026-03-03T00:00:00Z"


def test_the_next_turn_of_a_person_is_shown_on_request(api, make):
    one, two = make.user(), make.user()
    schedule = make.schedule([one, two])
    shown = read(api, schedule, include_next_oncall_for_user=one["id"])["next_oncall_for_user"]
    assert shown["user"]["id"] == one["id"] and parse(shown["end"]) > parse(shown["start"])
    listed = api.get("/schedules", params={"query": schedule["name"], "include_next_oncall_for_user": one["id"]})["schedules"]
    assert listed[0]["next_oncall_for_user"]["user"]["id"] == one["id"]


def test_a_preview_renders_without_saving(api, make):
    user = make.user()
    name = unique("Preview")
    body = {"schedule": {"type": "schedule", "name": name, "time_zone": "UTC", "schedule_layers": [old_layer([user])]}}
    shown = api.post("/schedules/preview", body, expect=200, params={**WEEK, "overflow": "false"})["schedule"]
    # A change of one that is there is looked at under its own name.
    there = make.schedule([make.user()])["name"]
    api.post("/schedules/preview", {"schedule": {**body["schedule"], "name": there}}, expect=200, params=WEEK)
    assert shifts(shown["final_schedule"]) == [(WEEK["since"], WEEK["until"], user["id"])], "adjacent entries are one entry"
    assert api.get("/schedules", params={"query": name})["schedules"] == []


def test_impossible_ranges_are_refused(api, pair):
    schedule, _, _ = pair
    for window in ({"since": "soon"}, {"since": "2026-03-05T00:00:00Z", "until": "2026-03-03T00:00:00Z"}):
        api.refused("GET", f"/schedules/{schedule['id']}", 400, params=window)


def test_a_range_of_more_entries_than_can_be_shown_is_refused(api, make):
    schedule = make.schedule(schedule_layers=[old_layer([make.user(), make.user()], turn=60)])
    month = {"since": "2026-03-03T00:00:00Z", "until": "2026-04-03T00:00:00Z"}
    path = f"/schedules/{schedule['id']}"
    api.refused("GET", path, 400, code=2005, params=month)
    api.refused("GET", f"{path}/users", 400, code=2005, params=month)
    api.refused("GET", "/schedules", 400, code=2005,
                params=[("query", schedule["name"]), ("include[]", "final_schedule"), *month.items()])
    body = {"name": unique("Schedule"), "time_zone": "UTC", "type": "schedule",
            "schedule_layers": [old_layer([make.user(), make.user()], turn=60)]}
    api.refused("POST", "/schedules/preview", 400, code=2005, json={"schedule": body}, params=month)
    api.refused("POST", "/schedules", 400, code=2005, json={"schedule": body}, params=month)
    assert api.get("/schedules", params={"query": body["name"]})["schedules"] == [], "what was refused is not kept"
    day = read(api, schedule, since="2026-03-03T00:00:00Z", until="2026-03-04T00:00:00Z")
    assert len(day["final_schedule"]["rendered_schedule_entries"]) == 1440


def test_a_plus_that_was_not_escaped_is_understood(api, pair):
    schedule, _, two = pair
    path = f"/schedules/{schedule['id']}?since=2026-03-03T02:00:00+02:00&until=2026-03-03T05:00:00+02:00"
    assert shifts(api.get(path)["schedule"]["final_schedule"]) == \
        [("2026-03-03T00:00:00Z", "2026-03-03T03:00:00Z", two["id"])]


def test_times_without_an_offset_are_those_of_the_zone_asked_for(api, pair):
    schedule, _, two = pair
    rendered = read(api, schedule, since="2026-03-03T02:00:00", until="2026-03-04", time_zone="Europe/Warsaw")
    assert shifts(rendered["final_schedule"]) == [("2026-03-03T02:00:00+01:00", "2026-03-04T00:00:00+01:00", two["id"])]


# ---- listing -----------------------------------------------------------------------------------------


def test_schedules_are_found_by_name_and_team(api, make):
    team, user = make.team(), make.user()
    schedule = make.schedule([user])
    make.policy(rules=[{"escalation_delay_in_minutes": 5, "targets": [reference("schedule", schedule)]}],
                teams=[reference("team", team)])
    for params in ({"query": schedule["name"].upper()}, {"team_ids[]": team["id"]}):
        assert [one["id"] for one in api.get("/schedules", params=params)["schedules"]] == [schedule["id"]]


def test_the_list_renders_parts_on_request(api, pair):
    schedule, _, _ = pair
    parts = ("schedule_layers", "overrides_subschedule", "final_schedule")
    plain = api.get("/schedules", params={"query": schedule["name"]})["schedules"][0]
    assert not any(plain.get(part) for part in parts)
    query = [("query", schedule["name"]), ("time_zone", "UTC"), *WEEK.items(), *[("include[]", part) for part in parts]]
    whole = api.get("/schedules", params=query)["schedules"][0]
    assert len(whole["final_schedule"]["rendered_schedule_entries"]) == 7 and whole["schedule_layers"]
    assert whole["overrides_subschedule"]["rendered_schedule_entries"] == []


# ---- who is on call ------------------------------------------------------------------------------------


def test_the_people_of_a_range_are_listed_whole(api, pair):
    schedule, one, two = pair
    day = api.get(f"/schedules/{schedule['id']}/users",
                  params={"since": "2026-03-03T01:00:00Z", "until": "2026-03-03T02:00:00Z"})["users"]
    assert [user["email"] for user in day] == [two["email"]]
    week = api.get(f"/schedules/{schedule['id']}/users", params=WEEK)["users"]
    assert {user["id"] for user in week} == {one["id"], two["id"]}
    assert len(api.get(f"/schedules/{schedule['id']}/users")["users"]) == 1


# ---- overrides -----------------------------------------------------------------------------------------


def override(user, start, end):
    """An override relative to now, on whole minutes."""
    return {"start": instant(start)[:17] + "00Z", "end": instant(end)[:17] + "00Z", "user": reference("user", user)}


def listed_overrides(api, schedule, **params):
    """The overrides of the next days."""
    window = {"since": instant(), "until": instant(timedelta(days=7))}
    return api.get(f"/schedules/{schedule['id']}/overrides", params={**window, **params}, expect=(200, 201))["overrides"]


def test_overrides_are_made_together_and_judged_one_by_one(api, make, pair):
    schedule, one, _ = pair
    good = override(one, timedelta(hours=1), timedelta(hours=3))
    bad = {**good, "end": good["start"]}
    answer = api.post(f"/schedules/{schedule['id']}/overrides", {"overrides": [good, bad]}, expect=201)
    assert [entry["status"] for entry in answer] == [201, 400]
    assert answer[0]["override"]["id"] and answer[0]["override"]["user"]["id"] == one["id"]
    assert answer[1]["errors"] == ["Override must end after its start"]
    assert [entry["id"] for entry in listed_overrides(api, schedule)] == [answer[0]["override"]["id"]]


def test_even_if_all_overrides_are_bad_the_answer_is_a_list(api, pair):
    schedule, one, _ = pair
    bad = override(one, timedelta(hours=3), timedelta(hours=1))
    answer = api.post(f"/schedules/{schedule['id']}/overrides", {"overrides": [bad]}, expect=201)
    assert [entry["status"] for entry in answer] == [400]


def test_the_old_body_for_one_override_works(api, pair, account):
    """Old clients send `override` and read `override.id`; the description does not know this shape any more."""
    from support.client import Client

    schedule, one, _ = pair
    plain = Client(account.server.url, account.key, account.owner_email)
    answer = plain.post(f"/schedules/{schedule['id']}/overrides",
                        {"override": override(one, timedelta(hours=1), timedelta(hours=2))}, expect=201)
    assert answer["override"]["id"]


def test_a_later_override_wins(api, make, pair):
    schedule, one, two = pair
    helper = make.user()
    for person in (two, helper):
        api.post(f"/schedules/{schedule['id']}/overrides",
                 {"overrides": [override(person, timedelta(hours=1), timedelta(hours=3))]}, expect=201)
    window = {"since": instant(timedelta(hours=2)), "until": instant(timedelta(hours=2, minutes=10))}
    rendered = read(api, schedule, **window)
    assert [entry[2] for entry in shifts(rendered["final_schedule"])] == [helper["id"]]
    assert helper["id"] in [entry[2] for entry in shifts(rendered["overrides_subschedule"])]


def test_a_future_override_is_taken_back(api, pair):
    schedule, one, _ = pair
    made = api.post(f"/schedules/{schedule['id']}/overrides",
                    {"overrides": [override(one, timedelta(hours=1), timedelta(hours=3))]}, expect=201)[0]["override"]
    assert [entry["id"] for entry in listed_overrides(api, schedule, editable="true")] == [made["id"]]
    listed_overrides(api, schedule, overflow="true")
    api.delete(f"/schedules/{schedule['id']}/overrides/{made['id']}", expect=204)
    assert listed_overrides(api, schedule) == []
    api.refused("DELETE", f"/schedules/{schedule['id']}/overrides/{made['id']}", 404)


def test_overrides_are_read_only_for_a_range(api, pair):
    schedule, _, _ = pair
    path = f"/schedules/{schedule['id']}/overrides"
    api.refused("GET", path, 400)
    api.refused("GET", path, 400, params={"since": instant()})
    api.refused("GET", path, 400, params={"until": instant()})


def test_an_override_needs_a_person_who_exists(api, pair):
    schedule, one, _ = pair
    stranger = {**override(one, timedelta(hours=1), timedelta(hours=2)), "user": {"id": UNKNOWN, "type": "user_reference"}}
    done = api.call("POST", f"/schedules/{schedule['id']}/overrides", json={"overrides": [stranger]}, expect=(201, 400, 404))
    if done.status == 201:
        assert [entry["status"] for entry in done.body] == [400]


def test_an_override_begins_now_at_the_earliest(api, pair):
    schedule, one, _ = pair
    path = f"/schedules/{schedule['id']}/overrides"
    over, running = override(one, timedelta(hours=-3), timedelta(hours=-1)), override(one, timedelta(hours=-3), timedelta(hours=1))
    answer = api.post(path, {"overrides": [over, running]}, expect=201)
    assert [entry["status"] for entry in answer] == [400, 201]
    assert abs(parse(answer[1]["override"]["start"]) - parse(instant())) < timedelta(minutes=1)
