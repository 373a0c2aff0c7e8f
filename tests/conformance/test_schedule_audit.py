"""Who changed a schedule of version 3, and what of it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from support.client import unique


def text(at) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def schedule(api):
    return api.post("/v3/schedules", {"schedule": {"name": unique("Audited"), "time_zone": "UTC"}}, expect=201)["schedule"]


def records(api, schedule, **params) -> list:
    return api.get(f"/v3/schedules/{schedule['id']}/audit/records", params=params)["records"]


def told(record) -> tuple:
    return record["action"], record["details"]["resource"]["type"]


def test_every_change_says_who_made_it_and_what_it_changed(api, make, schedule, someone):
    user, as_user = someone("user")
    path = f"/v3/schedules/{schedule['id']}"
    as_user.put(path, {"schedule": {"name": unique("Renamed"), "description": "nights"}})
    rotation = api.post(f"{path}/rotations", {}, expect=201)["rotation"]
    begin = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0) + timedelta(days=2)
    event = api.post(f"{path}/rotations/{rotation['id']}/events", {"event": {
        "name": "days", "start_time": {"date_time": text(begin), "time_zone": "UTC"},
        "end_time": {"date_time": text(begin + timedelta(hours=8)), "time_zone": "UTC"},
        "effective_since": text(begin), "effective_until": None, "recurrence": ["RRULE:FREQ=DAILY"],
        "assignment_strategy": {"type": "rotating_member_assignment_strategy", "shifts_per_member": 1,
                                "members": [{"type": "user_member", "user_id": user["id"]}]}}}, expect=201)["event"]
    shift = api.post(f"{path}/custom_shifts", {"custom_shifts": [{
        "type": "custom_shift", "start_time": text(begin), "end_time": text(begin + timedelta(hours=1)),
        "assignments": [{"type": "shift_assignment", "member": {"type": "user_member", "user_id": user["id"]}}]}]},
        expect=201)["custom_shifts"][0]
    api.delete(f"{path}/custom_shifts/{shift['id']}")
    api.delete(f"{path}/rotations/{rotation['id']}/events/{event['id']}")

    found = records(api, schedule)
    assert [told(one) for one in found] == [
        ("delete", "schedule_event_reference"), ("delete", "custom_shift_reference"), ("create", "custom_shift_reference"),
        ("create", "schedule_event_reference"), ("create", "schedule_rotation_reference"), ("update", "schedule_v3_reference"),
        ("create", "schedule_v3_reference")]
    assert all(one["root_resource"]["id"] == schedule["id"] for one in found)
    # A key of the account is nobody's.
    assert [[actor["id"] for actor in one["actors"]] for one in found] == [[], [], [], [], [], [user["id"]], []]
    assert all(one["method"]["type"] == "api_token" and one["method"]["truncated_token"] for one in found)
    changed = {field["name"]: field for field in found[5]["details"]["fields"]}
    assert set(changed) == {"name", "description"}
    assert changed["description"]["before_value"] is None and changed["description"]["value"] == "nights"
    assert changed["name"]["before_value"] == schedule["name"]
    gone = {field["name"]: field for field in found[0]["details"]["fields"]}
    assert gone["name"]["before_value"] == "days" and gone["name"]["value"] is None


def test_a_change_that_changes_nothing_is_no_record(api, schedule):
    api.put(f"/v3/schedules/{schedule['id']}", {"schedule": {"name": schedule["name"]}})
    assert len(records(api, schedule)) == 1


def test_records_come_page_by_page_within_a_range(api, schedule):
    for number in range(3):
        api.put(f"/v3/schedules/{schedule['id']}", {"schedule": {"description": str(number)}})
    seen, cursor = [], None
    while True:
        page = api.get(f"/v3/schedules/{schedule['id']}/audit/records",
                       params={"limit": 2, **({"cursor": cursor} if cursor else {})})
        seen += page["records"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        assert page["limit"] == 2 and len(page["records"]) == 2
    assert [one["details"]["fields"][0]["value"] for one in seen[:3]] == ["2", "1", "0"] and len(seen) == 4
    now = datetime.now(timezone.utc)
    assert records(api, schedule, since=text(now - timedelta(days=3)), until=text(now - timedelta(days=2))) == []
    assert len(records(api, schedule, since=text(now - timedelta(days=1)), until=text(now + timedelta(days=1)))) == 4


@pytest.mark.parametrize("params", [
    {"since": "yesterday"}, {"since": "2026-01-01", "until": "2026-03-01"}, {"cursor": "none"}, {"limit": 0},
    {"since": "2026-02-01", "until": "2026-01-01"}])
def test_what_cannot_be_asked_is_refused(api, schedule, params):
    api.refused("GET", f"/v3/schedules/{schedule['id']}/audit/records", 400, params=params)


def test_who_may_not_manage_schedules_does_not_see_who_did(someone, schedule):
    _, observer = someone("observer")
    observer.refused("GET", f"/v3/schedules/{schedule['id']}/audit/records", 403)
