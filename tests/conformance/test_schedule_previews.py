"""What changes would make of a shift-based schedule: told, and not done."""

from __future__ import annotations

import pytest

from support.client import unique

from .test_schedules_v3 import (DAY, HOUR, UNKNOWN, event_body, everyone, member, midnight, new, plan, rendered,  # noqa: F401
                                shifts, text)

ASK = "/console/schedule_previews"


def asked(schedule, *changes, since=midnight(1), until=midnight(4)):
    whose = {"schedule": {"id": schedule["id"], "type": "schedule_reference"}} if schedule else {}
    return {"schedule_preview": {**whose, "since": text(since), "until": text(until), "changes": list(changes)}}


def change(method, path, body=None):
    return {"method": method, "path": path, **({} if body is None else {"body": body})}


def preview(api, *args, **options):
    return api.post(ASK, asked(*args, **options), expect=200)["schedule_preview"]


def test_a_new_rotation_is_shown_and_not_kept(api, make, plan):
    ada, bob = make.user(), make.user()
    schedule, _, _ = plan([ada])
    path = f"/v3/schedules/{schedule['id']}"
    before = rendered(api, schedule, midnight(1), midnight(4))
    shown = preview(api, schedule, change("POST", f"{path}/rotations"),
                    change("POST", f"{path}/rotations/{{0}}/events", {"event": event_body([bob])}))
    assert shown["before"] == before
    assert {who for _, _, who in shifts(shown["after"])} == {ada["id"], bob["id"]}
    assert rendered(api, schedule, midnight(1), midnight(4)) == before
    assert len(api.get(f"{path}/rotations")["rotations"]) == 1
    audit = api.get(f"{path}/audit/records", params={"since": text(midnight(-1)), "until": text(midnight(1))})
    assert len(audit["records"]) == 3, "made, a rotation, an event"


def test_what_is_shown_is_what_comes_of_it(api, make, plan):
    ada, bob = make.user(), make.user()
    schedule, rotation, event = plan([ada, bob])
    path = f"/v3/schedules/{schedule['id']}"
    override = {"type": "override_shift", "rotation_id": rotation["id"], "start_time": text(midnight(2)), "end_time": text(midnight(2) + 5 * HOUR),
                "overridden_member": member(ada), "overriding_member": member(None)}
    each = [
        change("PUT", f"{path}/rotations/{rotation['id']}/events/{event['id']}", {"event": {"effective_until": text(midnight(2))}}),
        change("POST", f"{path}/custom_shifts", {"custom_shifts": [{"type": "custom_shift", "start_time": text(midnight(3)), "end_time": text(midnight(3) + HOUR),
               "assignments": [{"type": "shift_assignment", "member": member(bob)}]}]}),
        change("POST", f"{path}/overrides", {"overrides": [override]}),
    ]
    strip = lambda final: [one[:3] for one in shifts(final)]
    for one in each:
        shown = preview(api, schedule, one)
        api.call(one["method"], one["path"], json=one["body"], expect=(200, 201))
        assert strip(shown["after"]) == strip(rendered(api, schedule, midnight(1), midnight(4)))
        assert strip(shown["before"]) != strip(shown["after"]) or one is each[2]


def test_a_schedule_that_is_not_there_yet_can_be_seen(api, make):
    ada = make.user()
    name = unique("Not yet")
    shown = preview(api, None, change("POST", "/v3/schedules", {"schedule": {"name": name, "time_zone": "UTC"}}),
                    change("POST", "/v3/schedules/{0}/rotations"),
                    change("POST", "/v3/schedules/{0}/rotations/{1}/events", {"event": event_body([ada])}))
    assert shown["before"] is None and shown["after"]["rendered_coverage_percentage"] == 100
    assert api.get("/v3/schedules", params={"query": name})["schedules"] == []


def test_what_would_be_deleted_leaves_a_hole(api, make, plan):
    schedule, rotation, _ = plan([make.user()])
    shown = preview(api, schedule, change("DELETE", f"/v3/schedules/{schedule['id']}/rotations/{rotation['id']}"))
    assert shifts(shown["before"]) and shifts(shown["after"]) == []
    gone = preview(api, schedule, change("DELETE", f"/v3/schedules/{schedule['id']}"))
    assert gone["after"] is None
    assert api.get(f"/v3/schedules/{schedule['id']}")["schedule"]["rotations"]


def test_what_would_be_refused_is_refused_in_the_same_words(api, make, plan):
    schedule, rotation, _ = plan([make.user()])
    events = f"/v3/schedules/{schedule['id']}/rotations/{rotation['id']}/events"
    bad = {"event": event_body([], effective_since=text(midnight(1)))}
    told = api.refused("POST", ASK, 400, json=asked(schedule, change("POST", events, bad)))
    assert told["errors"] == api.refused("POST", events, 400, json=bad)["errors"]
    nowhere = change("DELETE", f"/v3/schedules/{schedule['id']}/rotations/{UNKNOWN}")
    api.refused("POST", ASK, 404, json=asked(schedule, nowhere))


@pytest.mark.parametrize("wrong", [
    {"since": "soon"}, {"until": text(midnight(0))}, {"until": text(midnight(70))}, {"changes": "none"}, {"changes": [{}]},
    {"changes": [change("GET", "/v3/schedules")]}, {"changes": [change("DELETE", "/services/PNOTHING")]},
    {"changes": [change("POST", "/v3/schedules")] * 21}, {"schedule": {"id": UNKNOWN, "type": "schedule_reference"}},
])
def test_what_is_no_question_is_refused(api, plan, make, wrong):
    schedule, _, _ = plan([make.user()])
    body = asked(schedule, change("DELETE", f"/v3/schedules/{schedule['id']}"))
    api.refused("POST", ASK, 400, json={"schedule_preview": {**body["schedule_preview"], **wrong}})


def test_more_shifts_than_can_be_shown_are_refused(api, make, plan):
    schedule, _, _ = plan([make.user()] * 20, recurrence=["RRULE:FREQ=HOURLY"])
    path = f"/v3/schedules/{schedule['id']}"
    body = event_body([make.user()] * 20, recurrence=["RRULE:FREQ=HOURLY"])
    body["assignment_strategy"] = everyone([make.user()] * 20)
    changes = [change("POST", f"{path}/rotations"), change("POST", f"{path}/rotations/{{0}}/events", {"event": body})]
    api.refused("POST", ASK, 400, code=2005, json=asked(schedule, *changes, until=midnight(61)))
    assert len(api.get(f"{path}/rotations")["rotations"]) == 1
    assert len(shifts(preview(api, schedule, *changes, until=midnight(2))["after"])) > 500


def test_whoever_may_not_change_it_is_shown_nothing(api, account, reader, make, plan):
    as_role = lambda role: api.clone(key=account.server.create_user_key(make.user(role=role)["email"]), sender=None)
    ada = make.user()
    schedule, rotation, _ = plan([ada])
    question = asked(schedule, change("DELETE", f"/v3/schedules/{schedule['id']}/rotations/{rotation['id']}"))
    reader.refused("POST", ASK, 403, json=question)
    for role in ("observer", "limited_user"):
        as_role(role).refused("POST", ASK, 403, json=question)
    path = f"/v3/schedules/{schedule['id']}/custom_shifts"
    shift = {"type": "custom_shift", "start_time": text(midnight(1)), "end_time": text(midnight(1) + DAY),
             "assignments": [{"type": "shift_assignment", "member": member(ada)}]}
    as_role("limited_user").post(ASK, asked(schedule, change("POST", path, {"custom_shifts": [shift]})), expect=200)
