"""What would stop a careless engine: impossible schedules, policies that lead nowhere, forged links, clocks that jump, bad
rows. Afterwards others are still told."""

from __future__ import annotations

import email
import email.policy
import re
import sqlite3
import time
from datetime import timedelta

import pytest
import requests

from support.client import Client
from support.events import Events, new_key
from support.factory import Factory, instant, layer, reference
from support.fakes import Provider
from support.server import OWNER_EMAIL, Server, wait_until

CONFIG = """
[email]
smtp-url = "smtp://127.0.0.1:{port}"
from = "Callboard <pages@example.com>"
starttls = "none"
"""


class Here:
    def __init__(self, folder):
        self.mail = Provider("smtp.py")
        config = folder / "callboard.toml"
        config.write_text(CONFIG.format(port=self.mail.port))
        self.server = Server(flags=("--clock-control", "--config", str(config)))
        self.server.create_owner()
        key = self.server.create_api_key("engine")
        self.server.start()
        self.api = Client(self.server.url, key, OWNER_EMAIL)
        self.make = Factory(self.api, Events(self.server.url))

    def following(self, schedule: dict) -> str:
        """The routing key of a service whose policy asks this schedule."""
        rules = [{"escalation_delay_in_minutes": 1, "targets": [reference("schedule", schedule)]}]
        return self.make.routing_key(self.make.service(self.make.policy(rules=rules)))

    def is_still_paging(self) -> None:
        person = self.make.user()
        self.make.events.trigger(self.make.routing_key(self.make.service(self.make.policy([person]))), new_key())
        self.mail.wait(1, lambda one: person["email"] in str(one["recipients"]))

    def close(self) -> None:
        self.server.stop()
        self.server.discard()
        self.mail.close()


@pytest.fixture
def here(tmp_path):
    one = Here(tmp_path)
    yield one
    one.close()


FAR_PAST = "1970-01-01T00:00:00Z"
DAILY = {"type": "daily_restriction", "start_time_of_day": "08:00:00", "duration_seconds": 36_000}
HARD_LAYERS = {
    "turns of a second since 1970": {"rotation_turn_length_seconds": 1, "start": FAR_PAST, "rotation_virtual_start": FAR_PAST},
    "turns of an hour since 1970": {"rotation_turn_length_seconds": 3_600, "start": FAR_PAST, "rotation_virtual_start": FAR_PAST},
    "restrictions that overlap": {"restrictions": [DAILY, {**DAILY, "start_time_of_day": "09:00:00"}, DAILY]},
    "a turn of a century": {"rotation_turn_length_seconds": 3_155_760_000},
    "nobody in it": {"users": []},
}


@pytest.mark.parametrize("what", HARD_LAYERS)
def test_a_hard_schedule_is_refused_in_words_or_answers_in_time(here, what):
    people = [here.make.user(), here.make.user()]
    members = {**layer(people), **HARD_LAYERS[what]}
    made = here.api.call("POST", "/schedules", json={"schedule": {
        "type": "schedule", "name": what, "time_zone": "Europe/Madrid", "schedule_layers": [members]}}, expect=range(200, 500))
    if made.status == 400:
        assert made.body["error"]["errors"], "it says what is wrong"
        return here.is_still_paging()
    schedule = made.body["schedule"]
    begun = time.monotonic()
    span = {"since": "2026-01-01T00:00:00Z", "until": "2026-03-31T00:00:00Z"}
    shown = here.api.call("GET", f"/schedules/{schedule['id']}", params=span, expect=range(200, 500))
    assert shown.status in (200, 400) and time.monotonic() - begun < 10
    here.make.events.trigger(here.following(schedule), new_key())
    here.is_still_paging()


@pytest.mark.parametrize("change, problem", [
    ({"time_zone": "Europe/Atlantis"}, "zone"),
    ({"time_zone": ""}, "zone"),
    ({"schedule_layers": [{}]}, "layer"),
    ({"schedule_layers": [layer([], turn=0)]}, "turn"),
    ({"schedule_layers": [layer([], turn=-86_400)]}, "turn"),
    ({"schedule_layers": [{**layer([]), "end": FAR_PAST}]}, "end"),
    ({"schedule_layers": [{**layer([]), "restrictions": [{**DAILY, "start_time_of_day": "25:00:00"}]}]}, "restriction"),
    ({"schedule_layers": [{**layer([]), "restrictions": [{**DAILY, "duration_seconds": 0}]}]}, "duration"),
    ({"schedule_layers": [{**layer([]), "users": [{"user": {"id": "PNOBODY0000000", "type": "user_reference"}}]}]}, "user"),
])
def test_an_impossible_schedule_is_refused_and_what_is_wrong_is_named(here, change, problem):
    body = {"type": "schedule", "name": "impossible", "time_zone": "UTC", "schedule_layers": [layer([])], **change}
    refused = here.api.refused("POST", "/schedules", 400, json={"schedule": body})
    assert problem in str(refused["errors"]).lower(), refused


@pytest.mark.parametrize("rules", [
    [], [{}], [{"escalation_delay_in_minutes": 0, "targets": []}], [{"escalation_delay_in_minutes": -5, "targets": [{}]}],
    [{"escalation_delay_in_minutes": 30, "targets": []}],
    [{"escalation_delay_in_minutes": 30, "targets": [{"id": "PNOBODY0000000", "type": "user_reference"}]}],
    [{"escalation_delay_in_minutes": 10 ** 12, "targets": [{"id": "PNOBODY0000000", "type": "user_reference"}]}],
])
def test_a_policy_that_could_tell_nobody_is_refused(here, rules):
    refused = here.api.refused("POST", "/escalation_policies", 400, json={"escalation_policy": {
        "type": "escalation_policy", "name": "empty", "escalation_rules": rules}})
    assert refused["errors"]


def test_a_policy_cannot_lead_to_a_policy_or_to_itself(here):
    policy = here.make.policy()
    rules = [{"escalation_delay_in_minutes": 30, "targets": [reference("escalation_policy", policy)]}]
    here.api.refused("PUT", f"/escalation_policies/{policy['id']}", 400, json={"escalation_policy": {"escalation_rules": rules}})


def test_schedules_that_empty_themselves_leave_an_incident_that_is_kept(here):
    person = here.make.user()
    schedule = here.make.schedule([person])
    key = here.following(schedule)
    here.api.put(f"/schedules/{schedule['id']}", {"schedule": {
        "type": "schedule", "name": schedule["name"], "time_zone": "UTC",
        "schedule_layers": [{**one, "end": instant()} for one in schedule["schedule_layers"]]}})
    incident = here.make.alerted(key)
    assert incident["assignments"] == [] and incident["status"] == "triggered"
    here.server.advance(3_600)
    assert here.make.reload(incident)["status"] == "triggered"
    here.is_still_paging()


def test_no_link_but_those_that_were_sent_does_anything(here):
    person = here.make.user()
    incident = here.make.alerted(here.make.routing_key(here.make.service(here.make.policy([person]))))
    text = here.mail.wait(1, lambda one: person["email"] in str(one["recipients"]))[0]["message"]
    text = email.message_from_string(text, policy=email.policy.default).get_body(("plain",)).get_content()
    path, until, signature = re.search(r"(/p/\w+/)acknowledge\?until=(\d+)&signature=([0-9a-f]+)", text).groups()
    url = here.server.url + path
    forged = [f"{url}resolve?until={until}&signature={signature}", f"{url}acknowledge?until={int(until) + 1}&signature={signature}",
              f"{url}acknowledge?until={until}", f"{url}acknowledge?until={until}&signature=", f"{url}acknowledge",
              f"{url}acknowledge?until={until}&signature={signature[:-1]}", f"{url}acknowledge?until=-1&signature={signature}",
              f"{url}acknowledge?until={'9' * 30}&signature={signature}", f"{url}explode?until={until}&signature={signature}",
              f"{here.server.url}/p/{incident['id']}/acknowledge?until={until}&signature={signature}",
              f"{here.server.url}/p//acknowledge?until={until}&signature={signature}", f"{here.server.url}/p/%00?x",
              f"{url}acknowledge?until={until}&signature={'0' * 10_000}"]
    for link in forged:
        for method in ("GET", "POST"):
            assert requests.request(method, link, timeout=10).status_code in (403, 404, 414, 431), link
    for method in ("PUT", "DELETE"):
        answer = requests.request(method, f"{url}acknowledge?until={until}&signature={signature}", timeout=10)
        assert answer.status_code == 405
    assert here.make.reload(incident)["status"] == "triggered"
    assert requests.post(f"{url}acknowledge?until={until}&signature={signature}", timeout=10).status_code == 200
    assert here.make.reload(incident)["status"] == "acknowledged"


def test_a_clock_that_jumps_by_years_is_caught_up_with(here):
    person = here.make.user()
    schedule = here.make.schedule([person, here.make.user()])
    incident = here.make.alerted(here.following(schedule))
    here.server.advance(5 * 365 * 86_400, jump=True)
    assert here.make.reload(incident)["status"] == "triggered"
    here.is_still_paging()


def test_a_clock_that_is_set_back_repeats_nothing_and_loses_nothing(here):
    first, second = here.make.user(), here.make.user()
    rules = [{"escalation_delay_in_minutes": 5, "targets": [reference("user", one)]} for one in (first, second)]
    incident = here.make.alerted(here.make.routing_key(here.make.service(here.make.policy(rules=rules))))
    told = lambda person: here.mail.wait(1, lambda one: person["email"] in str(one["recipients"]))
    told(first)
    before = requests.post(f"{here.server.url}/test/clock", json={"advance_seconds": 60}, timeout=60).json()["now"]
    after = requests.post(f"{here.server.url}/test/clock", json={"advance_seconds": 0, "set_back_seconds": 3_600}, timeout=60)
    assert after.status_code == 200 and after.json()["now"] >= before
    here.server.advance(250)
    told(second)
    assert len(told(first)) == 1 and len(told(second)) == 1, "nobody is told twice"
    times = [one["created_at"] for one in sorted(here.make.log(incident), key=lambda one: one["created_at"])]
    shown = here.api.get(f"/incidents/{incident['id']}/log_entries", params={"limit": 100})["log_entries"]
    assert [one["created_at"] for one in reversed(shown)] == times
    here.is_still_paging()


def test_a_clock_that_was_a_year_ahead_loses_no_page_when_it_is_set_right(here):
    """What waits by the wrong time comes when it was meant to, and new incidents do not wait for the time that was."""
    first, second = here.make.user(), here.make.user()
    rules = [{"escalation_delay_in_minutes": 5, "targets": [reference("user", one)]} for one in (first, second)]
    key = here.make.routing_key(here.make.service(here.make.policy(rules=rules)))
    here.server.advance(365 * 86_400, jump=True)
    incident = here.make.alerted(key)
    told = lambda person, count=1: here.mail.wait(count, lambda one: person["email"] in str(one["recipients"]))
    told(first)

    requests.post(f"{here.server.url}/test/clock", json={"advance_seconds": 0, "set_back_seconds": 364 * 86_400}, timeout=60)
    # It is noticed within a few seconds.
    due = lambda: here.make.reload(incident)["pending_actions"][0]["at"]
    wait_until(lambda: due() < instant(timedelta(days=30)), 15, "what waits to be moved back")
    here.server.advance(301)
    told(second)
    here.make.events.trigger(key, new_key())
    here.server.advance(31)
    told(first, 2)
    here.is_still_paging()


@pytest.mark.parametrize("breaking", [
    "UPDATE webhook_subscriptions SET events='[{'",
    "UPDATE alerts SET orders='[{' WHERE id=(SELECT min(id) FROM alerts WHERE status=0)",
    "UPDATE incidents SET teams='[{', incident_key='broken' WHERE id=(SELECT min(id) FROM incidents)",
    "UPDATE maintenance_windows SET services='[{'"])
def test_a_row_that_cannot_be_read_stops_neither_the_start_nor_the_paging(here, breaking):
    key = here.make.routing_key(here.make.service())
    here.make.events.trigger(key, new_key())
    here.make.maintenance_window([here.make.service()], timedelta(hours=-1), timedelta(hours=5))
    here.api.post("/webhook_subscriptions", {"webhook_subscription": {
        "type": "webhook_subscription", "events": ["incident.triggered"], "filter": {"type": "account_reference"},
        "delivery_method": {"type": "http_delivery_method", "url": "https://example.com/hook"}}}, expect=200)
    here.server.stop()
    with sqlite3.connect(here.server.data / "callboard.db") as store:
        assert store.execute(breaking).rowcount == 1
    store.close()
    here.server.start()
    here.is_still_paging()
    assert here.make.service() and here.make.incident()
    assert here.api.get("/incidents", params={"date_range": "all", "limit": 100})["incidents"]
    assert "store.row_unreadable" in here.server.log_path.read_text()
    assert "callboard_store_unreadable_rows 1" in requests.get(f"{here.server.url}/metrics", timeout=10).text


def broken(here, statement: str, *parameters) -> None:
    """What a disk or a hand does to a row while the server is away."""
    here.server.stop()
    with sqlite3.connect(here.server.data / "callboard.db") as store:
        assert store.execute(statement, parameters).rowcount == 1
    store.close()
    here.server.start()


def notes_of(here, incident: dict) -> list[str]:
    entries = here.api.get(f"/incidents/{incident['id']}/log_entries", params={"limit": 100})["log_entries"]
    return [one["channel"].get("summary") or one["channel"].get("content") or one["summary"] for one in entries]


def test_a_schedule_that_cannot_be_read_is_passed_over_alone(here):
    lost, beside, next_one = here.make.user(), here.make.user(), here.make.user()
    schedule = here.make.schedule([lost])
    rules = [{"escalation_delay_in_minutes": 5, "targets": [reference("schedule", schedule), reference("user", beside)]}]
    alone = [{"escalation_delay_in_minutes": 5, "targets": [reference("schedule", schedule)]},
             {"escalation_delay_in_minutes": 5, "targets": [reference("user", next_one)]}]
    both, only = (here.make.routing_key(here.make.service(here.make.policy(rules=one))) for one in (rules, alone))
    broken(here, "UPDATE schedules SET schedule_layers='[{' WHERE name=?", schedule["name"])

    first, second = here.make.alerted(both), here.make.alerted(only)

    assert [one["assignee"]["id"] for one in first["assignments"]] == [beside["id"]]
    assert [one["assignee"]["id"] for one in second["assignments"]] == [next_one["id"]]
    here.mail.wait(1, lambda one: beside["email"] in str(one["recipients"]))
    here.mail.wait(1, lambda one: next_one["email"] in str(one["recipients"]))
    for incident in (first, second):
        told = here.api.get(f"/incidents/{incident['id']}/why")
        assert f"The schedule {schedule['name']} cannot be read" in str(told)
    refused = here.api.refused("GET", f"/schedules/{schedule['id']}", 503)
    assert schedule["id"] in str(refused["errors"])
    assert schedule["id"] not in str(here.api.get("/schedules", params={"limit": 100})["schedules"])
    oncalls = here.api.get("/oncalls", params={"limit": 100})["oncalls"]
    assert beside["id"] in str(oncalls) and lost["id"] not in str(oncalls)
    assert "callboard_store_unreadable_rows 1" in requests.get(f"{here.server.url}/metrics", timeout=10).text
    here.is_still_paging()


def test_an_incident_that_cannot_be_read_keeps_the_others_of_its_message_neither_from_being_told_nor_answered(here):
    person = here.make.user()
    key = here.make.routing_key(here.make.service(here.make.policy([person])))
    told = lambda count: here.mail.wait(count, lambda one: person["email"] in str(one["recipients"]))  # noqa: E731
    here.make.alerted(key)
    told(1)
    lost, lost_later, good = (here.make.alerted(key, summary=f"Bundled {name}") for name in ("lost", "lost later", "good"))
    broken(here, "UPDATE incidents SET assignments='[{' WHERE incident_number=?", lost["incident_number"])

    here.server.advance(31)

    text = email.message_from_string(told(2)[1]["message"], policy=email.policy.default).get_body(("plain",)).get_content()
    assert "Bundled good" in text and "Bundled lost later" in text
    assert f"#{lost['incident_number']}" not in text
    wait_until(lambda: "notify_log_entry" in str(here.api.get(f"/incidents/{good['id']}/log_entries")), 10, "the message is written down")
    broken(here, "UPDATE incidents SET assignments='[{' WHERE incident_number=?", lost_later["incident_number"])
    path = re.search(r"/p/\w+/acknowledge\?until=\d+&signature=[0-9a-f]+", text)[0]
    assert requests.get(here.server.url + path, timeout=10).status_code == 200
    assert requests.post(here.server.url + path, timeout=10).status_code == 200
    assert here.make.reload(good)["status"] == "acknowledged"
    here.is_still_paging()


@pytest.mark.parametrize("table, column", [("escalation_policies", "escalation_rules"), ("services", "incident_urgency_rule")])
def test_an_open_incident_goes_on_when_what_it_follows_cannot_be_read(here, table, column):
    person, after = here.make.user(), here.make.user()
    rules = [{"escalation_delay_in_minutes": 5, "targets": [reference("user", one)]} for one in (person, after)]
    policy = here.make.policy(rules=rules)
    service = here.make.service(policy)
    incident = here.make.alerted(here.make.routing_key(service))
    name = policy["name"] if table == "escalation_policies" else service["name"]
    broken(here, f"UPDATE {table} SET {column}='[{{' WHERE name=?", name)

    here.server.advance(301)

    here.mail.wait(1, lambda one: after["email"] in str(one["recipients"]))
    assert "set aside" not in here.server.log_path.read_text()
    assert incident["id"]
    here.is_still_paging()


def test_a_policy_that_cannot_be_read_leaves_an_incident_that_is_nobodys(here):
    policy = here.make.policy([here.make.user()])
    key = here.make.routing_key(here.make.service(policy))
    broken(here, "UPDATE escalation_policies SET escalation_rules='[{' WHERE name=?", policy["name"])
    incident = here.make.alerted(key)
    assert incident["status"] == "triggered" and incident["assignments"] == []
    here.mail.wait(1, lambda one: OWNER_EMAIL in str(one["recipients"]))
    for _ in range(4):
        here.server.advance(1_801)
    here.api.refused("GET", f"/escalation_policies/{policy['id']}", 503)
    here.is_still_paging()


def test_bad_rows_are_set_aside_and_reported_and_the_rest_goes_on(here):
    """Rows that somebody broke, more of them than the engine takes at once."""
    service = here.make.service(auto_resolve_timeout=600)
    key = here.make.routing_key(service)
    for _ in range(300):
        here.make.events.trigger(key, new_key())
    good = here.make.alerted(here.make.routing_key(here.make.service(auto_resolve_timeout=660)))
    here.server.stop()
    with sqlite3.connect(here.server.data / "callboard.db") as store:
        broken = store.execute("UPDATE incidents SET assignments='[{' WHERE resolve_at < (SELECT max(resolve_at) FROM incidents)").rowcount
    store.close()
    assert broken == 300
    here.server.start()
    here.server.advance(700)
    wait_until(lambda: here.make.reload(good)["status"] == "resolved" or here.server.advance(1), 30, "what is good goes on")
    assert here.server.log_path.read_text().count("cannot be decided and was set aside") >= 300
    here.is_still_paging()
