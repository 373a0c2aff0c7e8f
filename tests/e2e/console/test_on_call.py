"""Schedules and policies: drawn, changed, tried before they count."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

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


def test_my_shifts_are_listed_with_their_policies(open_page, make, owner):
    schedule = make.schedule([owner])
    policy = make.policy(rules=[{"escalation_delay_in_minutes": 5, "targets": [reference("schedule", schedule)]}])
    page = open_page("/console/on-call/mine")
    page.see(".rail", schedule["name"])
    page.see(".rail small", policy["name"])
    # Other tests may have put the owner into a policy itself.
    page.until(lambda: any(words in page.text(".top-end") for words in ("On call until", "Always on call")))
