"""Insights: every number that is shown is the API's, to the digit, and hours are those of the person who was woken."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta

import pytest

from support.factory import parse, reference

DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
COUNTED = ["total_incident_count", "total_high_urgency_incidents", "total_incidents_auto_resolved", "total_interruptions", "total_sleep_hour_interruptions",
           "total_escalation_count"]
TIMES = [f"{how}_seconds_to_{what}" for what in ("first_ack", "resolve") for how in ("mean", "p50", "p95")]


def hours_ahead(of: datetime, hour: int) -> int:
    """How far a clock is ahead of UTC that shows this hour now."""
    return (hour - of.hour + 11) % 24 - 11


@pytest.fixture
def woken(make, api):
    """A team of which one was woken at night and one told at noon, by two incidents within a minute, of which one is answered."""
    sleeper, waking = make.user(), make.user()
    for person in (sleeper, waking):
        api.post(f"/users/{person['id']}/contact_methods", {"contact_method": {
            "type": "sms_contact_method", "label": "Mobile", "address": "5550123456", "country_code": 1}}, expect=201)
    team = make.team()
    service = make.service(make.policy([sleeper, waking], teams=[reference("team", team)]))
    routing_key = make.routing_key(service)
    incidents = [make.alerted(routing_key, summary=f"Problem {n}") for n in range(2)]
    api.put(f"/incidents/{incidents[0]['id']}", {"incident": {"type": "incident_reference", "status": "resolved"}})
    at = parse(incidents[0]["created_at"])
    clocks = {}
    for person, hour in ((sleeper, 3), (waking, 12)):
        ahead = hours_ahead(at, hour)
        api.put(f"/users/{person['id']}", {"user": {"type": "user", "time_zone": f"Etc/GMT{-ahead:+d}" if ahead else "Etc/UTC"}})
        clocks[person["id"]] = at + timedelta(hours=ahead)
    return {"team": team, "service": service, "sleeper": sleeper, "waking": waking, "at": at, "clocks": clocks}


def exported(page, button: str) -> list[dict]:
    """The rows of the file that the button saves."""
    page.call("evaluate", "window.saved = new Promise((resolve) => { const make = URL.createObjectURL; URL.createObjectURL = (blob) => {"
                          " URL.createObjectURL = make; resolve(blob.text()); return make(blob); }; }), 0")
    page.button(button)
    return list(csv.DictReader(io.StringIO(page.call("evaluate", "window.saved"))))


def test_every_table_has_the_numbers_of_the_api(open_page, api, woken):
    team, service = woken["team"], woken["service"]
    filters = {"team_ids": [team["id"]], "created_at_start": (woken["at"] - timedelta(days=1)).isoformat(), "created_at_end": (woken["at"] + timedelta(days=1)).isoformat()}
    metrics = lambda what: api.post(f"/analytics/metrics/incidents/{what}", {"filters": filters}, expect=200)["data"]
    page = open_page(f"/console/insights?days=7&team={team['id']}")
    page.see(".tiles", "Incidents")
    [all_of_it], [of_service], [of_team] = metrics("all"), metrics("services"), metrics("teams")
    assert (all_of_it["total_incident_count"], all_of_it["total_interruptions"], all_of_it["total_sleep_hour_interruptions"]) == (2, 2, 1)
    said = lambda name: page.text(f".tiles div:has(dt:text-is('{name}')) dd")
    assert [said(name) for name in ("Incidents", "of high urgency", "Interruptions", "of them at night")] == ["2", "2", "2", "1"]
    for button, about in (("CSV of services", of_service), ("CSV of teams", of_team)):
        [row] = exported(page, button)
        for name in [*COUNTED, *TIMES]:
            assert row[name] == ("" if about[name] is None else str(about[name])), (button, name)
    assert exported(page, "CSV of services")[0]["service_id"] == service["id"]
    days = exported(page, "CSV of interruptions by day")
    for name in COUNTED:
        assert sum(int(row[name]) for row in days) == all_of_it[name], name
    raw = api.post("/analytics/raw/incidents", {"filters": filters}, expect=200)["data"]
    rows = exported(page, "Export CSV")
    assert {row["incident_number"]: row["seconds_to_resolve"] for row in rows} == {
        str(one["incident_number"]): "" if one["seconds_to_resolve"] is None else str(one["seconds_to_resolve"]) for one in raw}
    assert sum(int(row["total_interruptions"]) for row in rows) == sum(one["total_interruptions"] for one in raw)


def test_nights_and_weekends_are_those_of_the_person_who_was_told(open_page, woken):
    page = open_page(f"/console/insights?days=7&team={woken['team']['id']}")
    loads = {row["user_id"]: row for row in exported(page, "CSV of people")}
    for person, at_night in ((woken["sleeper"], 1), (woken["waking"], 0)):
        row = loads[person["id"]]
        weekend = int(woken["clocks"][person["id"]].weekday() >= 5)
        assert [row["interruptions"], row["at_night"], row["on_weekends"]] == ["1", str(at_night), str(weekend)]
    grid = {row["weekday"]: row for row in exported(page, "CSV of interruptions by hour")}
    filled = {(day, hour) for day in DAYS for hour in range(24) if grid[day][str(hour)] != "0"}
    assert filled == {(DAYS[clock.weekday()], clock.hour) for clock in woken["clocks"].values()}


def test_people_are_told_how_fast_they_answer(open_page, make, api, owner):
    """Two that were the reader's and one that was not, but was resolved by them."""
    team = make.team()
    mine, others = (make.service(make.policy([person], teams=[reference("team", team)])) for person in (owner, make.user()))
    incidents = [make.incident(service) for service in (mine, mine, others)]
    for one in incidents:
        for status in ("acknowledged", "resolved"):
            api.put(f"/incidents/{one['id']}", {"incident": {"type": "incident_reference", "status": status}})
    page = open_page(f"/console/insights?days=7&team={team['id']}")
    filters = {"team_ids": [team["id"]]}
    raw = {row["id"]: row for row in api.post("/analytics/raw/incidents", {"filters": filters}, expect=200)["data"]}
    assert [len(raw[one["id"]]["responses"]) for one in incidents] == [1, 1, 0]
    acknowledged = sorted(one["seconds_to_acknowledge"] for row in raw.values() for one in row["responses"])
    resolved = sorted(row["seconds_to_resolve"] for row in raw.values())
    [row] = [row for row in exported(page, "CSV of people") if row["user_id"] == owner["id"]]
    assert [row["acknowledged"], row["resolved"]] == ["2", "3"]
    assert [row["p50_seconds_to_acknowledge"], row["p95_seconds_to_acknowledge"]] == [str(one) for one in acknowledged]
    assert [row["p50_seconds_to_resolve"], row["p95_seconds_to_resolve"]] == [str(resolved[1]), str(resolved[2])]
    page.see(f"tr:has-text('{owner['name']}')", "median")


def test_own_dates_stand_in_the_address(open_page, make, api):
    team = make.team()
    service = make.service(make.policy(teams=[reference("team", team)]))
    incident = make.incident(service)
    page = open_page(f"/console/insights?team={team['id']}")
    page.see(".tiles", "Incidents")
    page.choose("Over", "own dates")
    page.see("label", "From")
    today = page.call("evaluate", "document.querySelectorAll('.filters input')[1].value")
    page.fill("From", today)
    page.until(lambda: f"since={today}&until={today}" in page.call("evaluate", "location.search"))
    page.see(".tiles", "Incidents")
    page.settled()
    assert [row["incident_number"] for row in exported(page, "Export CSV")] == [str(incident["incident_number"])]
    # Another reader sees the same by the address alone; before that day there was nothing.
    other = open_page(f"/console/insights?since=2020-01-01&until=2020-01-31&team={team['id']}")
    other.see("body", "No incident in this time.")
    other.fill("to", "2019-12-31", exact=True)
    other.see(".errmsg", "Comes before the first day")
