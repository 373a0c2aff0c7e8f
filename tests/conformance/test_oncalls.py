"""Who is on call."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from support.factory import instant, layer, parse, reference


def oncalls(api, **params):
    """The entries for one question."""
    return api.get("/oncalls", params=params)["oncalls"]


@pytest.fixture
def two_levels(make):
    """A policy: a schedule of two people first, then one person for ever."""
    first, second, always = make.user(), make.user(), make.user()
    schedule = make.schedule(schedule_layers=[layer([first, second], turn=86400)])
    policy = make.policy(rules=[
        {"escalation_delay_in_minutes": 5, "targets": [reference("schedule", schedule)]},
        {"escalation_delay_in_minutes": 5, "targets": [reference("user", always)]}])
    return {"first": first, "second": second, "always": always, "schedule": schedule, "policy": policy}


def test_one_entry_per_level_person_and_shift(api, two_levels):
    entries = oncalls(api, **{"escalation_policy_ids[]": two_levels["policy"]["id"]})
    assert sorted(entry["escalation_level"] for entry in entries) == [1, 2]
    by_level = {entry["escalation_level"]: entry for entry in entries}
    assert by_level[1]["user"]["id"] == two_levels["second"]["id"], "the layer began a day ago, so the second turn runs"
    assert by_level[1]["schedule"]["id"] == two_levels["schedule"]["id"]
    assert parse(by_level[1]["start"]) <= parse(instant()) < parse(by_level[1]["end"])
    assert by_level[2]["user"]["id"] == two_levels["always"]["id"]
    assert by_level[2]["schedule"] is None and by_level[2]["start"] is None and by_level[2]["end"] is None


def test_a_range_shows_all_shifts_that_touch_it(api, two_levels):
    entries = oncalls(api, **{"escalation_policy_ids[]": two_levels["policy"]["id"], "since": instant(),
                              "until": instant(timedelta(days=3)), "schedule_ids[]": two_levels["schedule"]["id"]})
    people = [entry["user"]["id"] for entry in sorted(entries, key=lambda entry: entry["start"])]
    assert people[:3] == [two_levels["second"]["id"], two_levels["first"]["id"], two_levels["second"]["id"]]


def test_the_past_is_that_of_the_policy_as_it_was(api, make, two_levels):
    policy, before, after = two_levels["policy"], two_levels["always"], make.user()
    time.sleep(1.1)
    moment = instant()
    time.sleep(1.1)
    rules = [{"id": one["id"], "escalation_delay_in_minutes": 5, "targets": one["targets"]} for one in policy["escalation_rules"]]
    rules[1]["targets"] = [reference("user", after)]
    api.put(f"/escalation_policies/{policy['id']}", {"escalation_policy": {
        "name": policy["name"], "type": "escalation_policy", "escalation_rules": rules}})

    def second_level(since, until):
        found = oncalls(api, **{"escalation_policy_ids[]": policy["id"], "since": since, "until": until})
        assert len([one for one in found if one["escalation_level"] == 1]) == 1, "who is on call by both is told once"
        return {one["user"]["id"]: (one["start"], one["end"]) for one in found if one["escalation_level"] == 2}

    assert second_level(moment, moment) == {before["id"]: (None, None)}
    later = instant(timedelta(seconds=5))
    assert second_level(later, later) == {after["id"]: (None, None)}
    both = second_level(moment, later)
    assert set(both) == {before["id"], after["id"]}
    assert both[before["id"]][0] is None and both[before["id"]][1] == both[after["id"]][0] and both[after["id"]][1] is None


def test_what_was_deleted_since_still_answers_what_was_true_then(api, make):
    person = make.user()
    schedule = make.schedule([person])
    policy = make.policy(rules=[{"escalation_delay_in_minutes": 5, "targets": [reference("schedule", schedule)]}])
    time.sleep(1.1)
    moment = instant()
    time.sleep(1.1)
    api.delete(f"/escalation_policies/{policy['id']}")
    api.delete(f"/schedules/{schedule['id']}")
    of_it = {"escalation_policy_ids[]": policy["id"]}
    then = oncalls(api, **of_it, since=moment, until=moment)
    assert [(one["user"]["id"], one["schedule"]["id"]) for one in then] == [(person["id"], schedule["id"])]
    time.sleep(1.1)
    assert oncalls(api, **of_it) == []
    over = oncalls(api, **of_it, since=moment, until=instant())
    assert [one["user"]["id"] for one in over] == [person["id"]] and parse(over[0]["end"]) <= parse(instant())


def test_a_range_with_more_entries_than_anybody_reads_is_refused(api, make):
    schedule = make.schedule(schedule_layers=[layer([make.user(), make.user()], turn=300)])
    policy = make.policy(rules=[{"escalation_delay_in_minutes": 5, "targets": [reference("schedule", schedule)]}])
    of_it = {"escalation_policy_ids[]": policy["id"], "since": instant()}
    assert oncalls(api, **of_it, until=instant(timedelta(hours=2)))
    long = {**of_it, "until": instant(timedelta(days=89))}
    refused = api.refused("GET", "/oncalls", 400, 2005, params=long)
    assert "shorter time" in str(refused["errors"])


def test_a_point_in_time_is_a_range_too(api, two_levels):
    moment = instant(timedelta(hours=1))
    entries = oncalls(api, **{"schedule_ids[]": two_levels["schedule"]["id"], "since": moment, "until": moment})
    assert len(entries) == 1


def test_earliest_shows_only_the_first_shift_of_each_person(api, two_levels):
    entries = oncalls(api, **{"schedule_ids[]": two_levels["schedule"]["id"], "since": instant(),
                              "until": instant(timedelta(days=6)), "earliest": "true"})
    people = [entry["user"]["id"] for entry in entries]
    assert sorted(people) == sorted({two_levels["first"]["id"], two_levels["second"]["id"]})


def test_entries_are_found_by_person(api, two_levels):
    entries = oncalls(api, **{"user_ids[]": two_levels["always"]["id"]})
    assert [entry["escalation_policy"]["id"] for entry in entries] == [two_levels["policy"]["id"]]


def test_a_person_in_three_policies_has_three_entries(api, make):
    user = make.user()
    schedule = make.schedule([user])
    for _ in range(3):
        make.policy(rules=[{"escalation_delay_in_minutes": 5, "targets": [reference("schedule", schedule)]}])
    assert len(oncalls(api, **{"user_ids[]": user["id"]})) == 3


def test_a_schedule_without_policy_has_no_entries(api, make):
    schedule = make.schedule()
    assert oncalls(api, **{"schedule_ids[]": schedule["id"]}) == []


def test_people_for_ever_are_found_with_an_empty_schedule(api, two_levels):
    entries = oncalls(api, **{"escalation_policy_ids[]": two_levels["policy"]["id"], "schedule_ids[]": ""})
    assert [entry["user"]["id"] for entry in entries] == [two_levels["always"]["id"]]


def test_references_become_whole_objects_on_request(api, two_levels):
    """Backstage reads the person's name, address and picture."""
    entries = api.get("/oncalls", params=[
        ("include[]", "users"), ("include[]", "escalation_policies"), ("include[]", "schedules"), ("time_zone", "UTC"),
        ("escalation_policy_ids[]", two_levels["policy"]["id"])])["oncalls"]
    for entry in entries:
        assert entry["user"]["name"] and entry["user"]["email"] and "avatar_url" in entry["user"]
        assert entry["escalation_policy"]["escalation_rules"]
        if entry["schedule"] is not None:
            assert entry["schedule"]["time_zone"] == "UTC"


def test_times_are_shown_in_the_zone_that_was_asked_for(api, two_levels):
    entries = oncalls(api, **{"schedule_ids[]": two_levels["schedule"]["id"], "time_zone": "Asia/Kolkata"})
    assert entries[0]["start"].endswith("+05:30")


@pytest.mark.parametrize("since,until", [
    (timedelta(hours=1), timedelta()), (timedelta(), timedelta(days=100)),
])
def test_impossible_ranges_are_refused(api, since, until):
    api.refused("GET", "/oncalls", 400, params={"since": instant(since), "until": instant(until)})


def test_times_that_are_none_are_refused(api):
    api.refused("GET", "/oncalls", 400, params={"since": "yesterday"})


def test_an_override_changes_who_is_on_call(api, make, two_levels):
    helper = make.user()
    api.post(f"/schedules/{two_levels['schedule']['id']}/overrides", {"overrides": [
        {"start": instant(), "end": instant(timedelta(hours=2)), "user": reference("user", helper)}]}, expect=201)
    moment = instant(timedelta(hours=1))
    entries = oncalls(api, **{"schedule_ids[]": two_levels["schedule"]["id"], "since": moment, "until": moment})
    assert [entry["user"]["id"] for entry in entries] == [helper["id"]]
