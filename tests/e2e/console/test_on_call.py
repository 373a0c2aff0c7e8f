"""Schedules and policies: drawn, changed, tried before they count."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from conftest import shift_schedule
from support.client import unique
from support.factory import layer, reference


def people(api, schedule, hours: float) -> list:
    at = datetime.now(timezone.utc) + timedelta(hours=hours)
    window = {"since": at.isoformat(), "until": (at + timedelta(minutes=1)).isoformat()}
    return [user["id"] for user in api.get(f"/schedules/{schedule['id']}/users", params=window)["users"]]


def test_an_override_is_made_by_keyboard_and_taken_back(open_page, make, api, owner):
    person = make.user()
    schedule = make.schedule([person], time_zone="Europe/Madrid")
    page = open_page(f"/console/schedules/{schedule['id']}")
    page.see(".srow .bar", person["name"])
    page.call("focus", "text=New override")
    page.press("Enter")
    page.choose("Who is on call instead", owner["name"])
    page.button("Save override", "dialog")
    page.see(".toast", f"{owner['name']} is on call then.")
    assert people(api, schedule, 2) == [owner["id"]] and people(api, schedule, 8) == [person["id"]]
    page.see(".sect .list", owner["name"])
    page.button("Undo")
    page.see(".toast", "Undone")
    assert people(api, schedule, 2) == [person["id"]]


def test_dragging_over_the_final_row_proposes_that_time(open_page, make):
    schedule = make.schedule([make.user()], time_zone="Etc/UTC")
    page = open_page(f"/console/schedules/{schedule['id']}")
    page.see(".lane.final")
    page.call("drag", ".lane.final", 0.5, 0.6)
    page.see("dialog", "New override")
    begin, end = (datetime.fromisoformat(page.call("inputValue", f"dialog input >> nth={n}")) for n in (0, 1))
    monday = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    monday -= timedelta(days=monday.weekday())
    assert abs(begin - (monday + timedelta(days=7))) <= timedelta(minutes=30)
    assert abs((end - begin) - timedelta(days=1.4)) <= timedelta(minutes=45)


def test_a_change_is_compared_before_it_is_saved_and_a_new_hole_has_to_be_meant(open_page, make, api):
    one, two = make.user(), make.user()
    schedule = make.schedule([one], time_zone="Europe/Madrid")
    page = open_page(f"/console/schedules/{schedule['id']}/edit")
    page.see(".sched .bar", one["name"])
    assert page.count("role=button[name='Save'][disabled]") == 1
    page.choose("Add a person", two["name"])
    page.see("table", two["name"])
    page.see("td b", "+")
    page.button("Add a restriction")
    page.see(".note.bad", "more without anybody")
    assert page.count("role=button[name='Save'][disabled]") == 1
    page.click("text=I know; it is meant to be so")
    page.button("Save")
    page.see("h1", schedule["name"])
    stored = api.get(f"/schedules/{schedule['id']}")["schedule"]["schedule_layers"]
    live = [one for one in stored if one["end"] is None]
    assert [[user["user"]["id"] for user in one["users"]] for one in live] == [[one["id"], two["id"]]]
    assert live[0]["restrictions"] == [{"type": "daily_restriction", "start_time_of_day": "09:00:00", "duration_seconds": 28800}]
    page.see(".note.bad", "Nobody is on call")


def test_people_of_a_layer_are_reordered_by_keyboard(open_page, make, api):
    users = [make.user() for _ in range(3)]
    schedule = make.schedule(schedule_layers=[layer(users)], time_zone="Etc/UTC")
    page = open_page(f"/console/schedules/{schedule['id']}/edit")
    page.see(".reorder", users[0]["name"])
    page.call("focus", f"role=button[name='Move {users[0]['name']}']")
    page.press("Enter")
    page.press("ArrowDown", "ArrowDown", "Enter")
    page.until(lambda: page.text(".reorder [role=row] >> nth=0 >> .grow") != users[0]["name"])
    page.until(lambda: page.count("button:text-is('Save'):not([disabled])"))
    page.button("Save")
    page.see("h1", schedule["name"])
    live = [one for one in api.get(f"/schedules/{schedule['id']}")["schedule"]["schedule_layers"] if one["end"] is None]
    order = [user["user"]["id"] for user in live[0]["users"]]
    assert sorted(order) == sorted(user["id"] for user in users) and order[0] != users[0]["id"]


def test_a_schedule_and_a_policy_are_made_and_simulated(open_page, make, api):
    person, second = make.user(), make.user()
    page = open_page("/console/schedules/new")
    page.fill("Name", "Made in a browser", exact=True)
    assert page.count("role=button[name='Save'][disabled]") == 1
    page.choose("Add a person", person["name"])
    page.see(".sched .bar", person["name"])
    page.until(lambda: page.count("text=I know; it is meant to be so") or page.count("button:text-is('Save'):not([disabled])"))
    if page.count("text=I know; it is meant to be so"):
        page.click("text=I know; it is meant to be so")
    page.button("Save")
    page.see("h1", "Made in a browser")
    page.visit("/console/escalation_policies/new")
    page.fill("Name", "Browser policy", exact=True)
    page.choose("Add a person or a schedule", "Schedule: Made in a browser")
    page.button("Add a level")
    assert page.count("role=button[name='Save'][disabled]") == 1
    page.call("locator:selectOption", "[aria-label='Level 2'] select", {"label": second["name"]})
    page.button("Up level 2")
    page.button("Save")
    page.see("h1", "Browser policy")
    stored = next(one for one in api.get("/escalation_policies", params={"query": "Browser policy"})["escalation_policies"])
    assert [rule["targets"][0]["type"] for rule in stored["escalation_rules"]] == ["user_reference", "schedule_reference"]
    page.button("Simulate")
    page.see(".verdict")
    page.see(".rail", second["name"])
    page.see(".small", "Nothing was sent.")
    assert reference("user", second)["id"] == stored["escalation_rules"][0]["targets"][0]["id"]


def test_what_is_simulated_is_what_is_on_the_screen(open_page, make, api):
    person, second = make.user(), make.user()
    policy = make.policy([person])
    page = open_page(f"/console/escalation_policies/{policy['id']}/edit", expected_problems=True)
    page.button("Simulate")
    page.see(".verdict")
    page.fill("Minutes to answer on level 1", "7")
    page.gone(".verdict")
    page.button("Add a level")
    page.button("Simulate")
    page.see(".errmsg", "at least one target")
    page.call("locator:selectOption", "[aria-label='Level 2'] select", {"label": second["name"]})
    page.gone(".errmsg")
    page.button("Simulate")
    page.see(".rail li:has-text('7:00')", second["name"])
    page.see(".small", "Nothing was sent or saved.")
    assert [rule["escalation_delay_in_minutes"] for rule in api.get(f"/escalation_policies/{policy['id']}")["escalation_policy"]["escalation_rules"]] != [7, 15]
    # The draft is what the drawer shows, whole.
    page.call("evaluate", "document.activeElement.blur()")
    page.press("c")
    page.see(".drawer pre", '"escalation_delay_in_minutes":7')
    page.see(".drawer pre", "escalation_delay_in_minutes = 7")
    page.press("c")
    page.button("Save")
    page.see("h1", policy["name"])
    page.button("Simulate")
    page.see(".rail", second["name"])


def test_a_policy_that_is_not_saved_yet_is_simulated(open_page, make, api):
    person = make.user()
    page = open_page("/console/escalation_policies/new")
    page.choose("Add a person or a schedule", person["name"])
    page.button("Simulate")
    page.see(".rail", person["name"])
    page.see(".verdict")


def test_an_editor_of_schedules_is_shown_whole_by_api(open_page, make):
    person = make.user()
    schedule = make.schedule([person], time_zone="Etc/UTC")
    page = open_page(f"/console/schedules/{schedule['id']}/edit")
    page.see(".sched .bar", person["name"])
    page.press("c")
    page.see(".drawer .codebox:has-text('PUT schedules') pre", '"schedule_layers":[{')
    page.see(".drawer pre", 'resource "pagerduty_schedule"')
    page.visit("/console/schedules/new?kind=shifts")
    page.choose("Add a member", person["name"])
    page.call("evaluate", "document.activeElement.blur()")
    page.press("c")
    page.see(".drawer pre", "/v3/schedules/SCHEDULE_ID/rotations/ROTATION_ID/events")
    page.see(".drawer pre", f'"user_id":"{person["id"]}"')
    page.see(".drawer pre", 'resource "pagerduty_schedulev2"')


def test_a_schedule_of_shifts_is_given_to_a_team(open_page, make, api):
    schedule, team = shift_schedule(api, make.user(), name=unique("Days")), make.team()
    page = open_page(f"/console/schedules/{schedule['id']}")
    page.button("Settings")
    page.choose("Add a team", team["name"])
    page.see("dialog .pill", team["name"])
    page.button("Save", "dialog")
    page.see(".crumbs", team["name"])
    assert [one["id"] for one in api.get(f"/v3/schedules/{schedule['id']}")["schedule"]["teams"]] == [team["id"]]


def test_my_shifts_are_listed_with_their_policies(open_page, make, owner):
    schedule = make.schedule([owner])
    policy = make.policy(rules=[{"escalation_delay_in_minutes": 5, "targets": [reference("schedule", schedule)]}])
    page = open_page("/console/on-call/mine")
    page.see(".rail", schedule["name"])
    page.see(".rail small", policy["name"])
    # Other tests may have put the owner into a policy itself.
    page.until(lambda: any(words in page.text(".top-end") for words in ("On call until", "Always on call")))


def test_a_shift_is_given_to_somebody_else(open_page, make, api, owner):
    taker, schedule = make.user(), make.schedule([owner, make.user()])
    make.policy(rules=[{"escalation_delay_in_minutes": 5, "targets": [reference("schedule", schedule)]}])
    page = open_page("/console/on-call/mine")
    page.click(f".rail li:has-text('{schedule['name']}') button:has-text('Give away') >> nth=0")
    page.see("dialog h2", "Give this shift away")
    assert owner["name"] not in page.text("dialog select"), "nobody gives a shift to themselves"
    page.choose("Who takes it", taker["name"])
    page.button(f"Give it to {taker['name']}", "dialog")
    page.see(".toast", f"{taker['name']} is on call then.")
    window = {"since": datetime.now(timezone.utc).isoformat(), "until": (datetime.now(timezone.utc) + timedelta(days=60)).isoformat()}
    assert [one["user"]["id"] for one in api.get(f"/schedules/{schedule['id']}/overrides", params=window)["overrides"]] == [taker["id"]]


def test_a_schedule_is_edited_across_the_night_on_which_clocks_change(open_page, make, api, owner):
    one, two = make.user(), make.user()
    schedule = make.schedule([one], time_zone="Europe/Madrid")
    year = datetime.now(timezone.utc).year + 1
    march = datetime(year, 3, 31)
    change = march - timedelta(days=(march.weekday() + 1) % 7)
    monday = (change - timedelta(days=6)).strftime("%Y-%m-%dT00:00:00+01:00")
    page = open_page(f"/console/schedules/{schedule['id']}/edit?since={monday.replace('+', '%2B')}", expected_problems=True)
    page.see(".days .odd", "23 hours")
    page.choose("Add a person", two["name"])
    page.see(".sched .bar", two["name"])
    page.until(lambda: page.count("button:text-is('Save'):not([disabled])") or page.count("text=I know; it is meant to be so"))
    if page.count("text=I know; it is meant to be so"):
        page.click("text=I know; it is meant to be so")
    page.button("Save")
    page.see("h1", schedule["name"])
    # 02:30 does not happen on that Sunday: from 01:00 to 04:00 on the wall are two hours.
    page.button("New override")
    page.choose("Who is on call instead", owner["name"])
    page.fill("From", change.strftime("%Y-%m-%dT01:00"))
    page.fill("To", change.strftime("%Y-%m-%dT04:00"), exact=True)
    page.button("Save override", "dialog")
    page.see(".toast", "is on call then")
    window = {"since": (change - timedelta(days=1)).isoformat() + "Z", "until": (change + timedelta(days=1)).isoformat() + "Z"}
    made = api.get(f"/schedules/{schedule['id']}/overrides", params=window)["overrides"][0]
    begin, end = (datetime.fromisoformat(made[name]) for name in ("start", "end"))
    assert end - begin == timedelta(hours=2) and begin.astimezone(timezone.utc).hour == 0


def test_two_shifts_are_swapped_and_taken_back(open_page, make, api, owner):
    other = make.user()
    schedule = make.schedule(schedule_layers=[layer([owner, other], turn_seconds=86_400)], time_zone="Etc/UTC")
    page = open_page(f"/console/schedules/{schedule['id']}")
    page.button("Swap shifts")
    page.see("dialog select >> nth=1")
    options = page.call("locator:allInnerTexts", "dialog select >> nth=1 >> option")
    page.choose("for this one", next(one for one in options if one.startswith(other["name"])))
    page.button("Swap", "dialog")
    page.see(".toast", "Swapped")
    overrides = lambda: api.get(f"/schedules/{schedule['id']}/overrides", params={"since": "2020-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z"})["overrides"]
    assert sorted(one["user"]["id"] for one in overrides()) == sorted([owner["id"], other["id"]])
    page.button("Undo")
    page.see(".toast", "Undone")
    assert overrides() == []


def test_shifts_of_a_schedule_of_shifts_are_swapped_and_taken_back(open_page, make, api, owner):
    other = make.user()
    schedule = shift_schedule(api, owner, other, name=unique("Swapped"))
    page = open_page(f"/console/schedules/{schedule['id']}")
    page.button("Swap shifts")
    page.see("dialog select >> nth=1")
    options = page.call("locator:allInnerTexts", "dialog select >> nth=1 >> option")
    page.choose("for this one", next(one for one in options if one.startswith(other["name"])))
    page.button("Swap", "dialog")
    page.see(".toast", "Swapped")
    overrides = lambda: api.get(f"/v3/schedules/{schedule['id']}/overrides", params={"since": "2020-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z"})["overrides"]
    assert sorted(one["overriding_member"]["user_id"] for one in overrides()) == sorted([owner["id"], other["id"]])
    page.button("Undo")
    page.see(".toast", "Undone")
    assert overrides() == []


def test_the_drawing_of_an_editor_and_the_overrides_go_through_time(open_page, make, api):
    person, other = make.user(), make.user()
    schedule = make.schedule([person], time_zone="Etc/UTC")
    at = datetime.now(timezone.utc).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=21)
    api.post(f"/schedules/{schedule['id']}/overrides", {"override": {"start": at.isoformat(), "end": (at + timedelta(hours=2)).isoformat(), "user": reference("user", other)}}, expect=201)
    monday = lambda weeks: (datetime.now(timezone.utc) - timedelta(days=datetime.now(timezone.utc).weekday()) + timedelta(weeks=weeks)).strftime("Mon %-d %b")
    page = open_page(f"/console/schedules/{schedule['id']}/edit")
    page.see("[role=status]", monday(0))
    page.button("Later with the drawing")
    page.see("[role=status]", monday(1))
    page.see(".sched", f"Mon {(datetime.now(timezone.utc) - timedelta(days=datetime.now(timezone.utc).weekday()) + timedelta(weeks=2)).day}")
    page.button("Today with the drawing")
    page.button("Earlier with the drawing")
    page.see("[role=status]", monday(-1))
    assert page.count("text=Not saved") == 0, "to look is no change"
    page.visit(f"/console/schedules/{schedule['id']}")
    overrides = ".sect:has(h2:text-is('Overrides'))"
    page.see(overrides, "None.")
    for _ in range(3):
        page.button("Later with the overrides")
        page.settled()
    page.see(f"{overrides} .list", other["name"])
    page.button("Today with the overrides")
    page.see(overrides, "None.")


def test_a_schedule_of_shifts_is_made_changed_and_overridden(open_page, make, api, owner):
    one, two = make.user(), make.user()
    page = open_page("/console/schedules/new?kind=shifts", expected_problems=True)
    name = unique("Shifts")
    page.fill("Name", name, exact=True)
    page.choose("Begin with", "Daily hand-off")
    page.choose("Add a member", one["name"])
    page.choose("Add a member", two["name"])
    page.fill("Shifts in a row for each", "0")
    page.call("evaluate", "document.querySelector('form').noValidate = true")
    page.button("Save")
    page.see(".errmsg", "Shifts per member")
    page.fill("Shifts in a row for each", "1")
    page.button("Save")
    page.see("h1", name)
    stored = next(row for row in api.every("/v3/schedules", "schedules") if row["summary"] == name)
    schedule = api.get(f"/v3/schedules/{stored['id']}")["schedule"]
    assert [len(rotation["events"]) for rotation in schedule["rotations"]] == [1], "a refused event left something behind"
    page.see(".srow .bar", one["name"][:1])
    page.button("Add a rotation")
    page.choose("Begin with", "Working hours")
    page.choose("Add a member", owner["name"])
    page.button("Save rotation", "dialog")
    page.see(".srow .name", "Working hours")
    page.button("New override")
    page.choose("Who is on call instead", owner["name"])
    page.button("Save override", "dialog")
    page.see(".sect .list b", f"{owner['name']} in place of")
    page.button("Undo", ".toast:has-text('is on call then')")
    page.see(".sect", "No override.")
    page.button("Change Daily hand-off")
    page.fill("Shifts in a row for each", "2")
    page.button("Save rotation", "dialog")
    page.see(".toast", "Saved.")
    events = api.get(f"/v3/schedules/{stored['id']}")["schedule"]["rotations"][0]["events"]
    assert events[-1]["assignment_strategy"]["shifts_per_member"] == 2
    page.visit("/console/on-call")
    page.see(".list", name)


def test_a_policy_takes_a_schedule_of_shifts(open_page, api):
    name = unique("Shifts")
    schedule = api.post("/v3/schedules", {"schedule": {"name": name, "time_zone": "UTC"}}, expect=201)["schedule"]
    page = open_page("/console/escalation_policies/new")
    policy = unique("By shifts")
    page.fill("Name", policy, exact=True)
    page.choose("Add a person or a schedule", f"Schedule: {name}")
    page.button("Save")
    page.see("h1", policy)
    page.click(f"text={name}")
    page.see("h1", name)
    stored = api.get("/escalation_policies", params={"query": policy})["escalation_policies"][0]
    assert stored["escalation_rules"][0]["targets"][0] == {**stored["escalation_rules"][0]["targets"][0], "id": schedule["id"], "type": "schedule_v3_reference"}
