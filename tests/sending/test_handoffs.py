"""Notices that somebody goes on or off call, by the rules of that person."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
import requests

from support.fakes import Provider, body
from support.factory import layer, reference
from support.server import wait_until

from .stage import Stage

CONFIG = """
[push]
server = "{push}"
"""
HOUR = 3_600


@pytest.fixture
def here(tmp_path):
    stage = Stage(tmp_path, CONFIG, push=Provider("http.py", "--kind", "ntfy"))
    yield stage
    stage.close()


def on_the_hour() -> datetime:
    return datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)


class Rota:
    """Two people who take turns of twelve hours; the first one's began at the last full hour."""

    def __init__(self, here: Stage, zone: str = "Asia/Tokyo"):
        self.here = here
        self.begin = on_the_hour()
        self.people = [here.make.user(time_zone=zone), here.make.user(time_zone=zone)]
        for number, person in enumerate(self.people):
            person["method"] = here.method(person, "push_notification", f"topic-{number}")
        turns = layer(self.people, turn=12 * HOUR, start=self.begin.strftime("%Y-%m-%dT%H:%M:%SZ"))
        self.schedule = here.make.schedule(schedule_layers=[turns])
        self.policy = self.follow()

    def follow(self, **members) -> dict:
        return self.here.make.policy(rules=[{"escalation_delay_in_minutes": 30,
                                             "targets": [reference("schedule", self.schedule)]}], **members)

    def rule(self, number: int, kind: str = "both", advance: int = 0) -> dict:
        person = self.people[number]
        rule = {"handoff_type": kind, "notify_advance_in_minutes": advance,
                "contact_method": {"id": person["method"]["id"], "type": person["method"]["type"]}}
        return self.here.api.post(f"/users/{person['id']}/oncall_handoff_notification_rules",
                                  {"oncall_handoff_notification_rule": rule}, expect=201)["oncall_handoff_notification_rule"]

    def settle(self) -> None:
        """Waits until nothing is on its way: a clock that jumps meanwhile makes it look interrupted."""
        day = {"since": (self.begin - timedelta(days=1)).isoformat(), "until": (self.begin + timedelta(days=9)).isoformat()}

        def states() -> set:
            return {one["status"] for one in self.here.api.get("/notifications", params=day)["notifications"]}
        wait_until(lambda: "sending" not in states(), 10, "what is being sent")

    def advance_to(self, moment: datetime) -> None:
        self.settle()
        self.here.server.advance(max(0, int((moment - self.now()).total_seconds()) + 1))

    def now(self) -> datetime:
        moved = requests.post(f"{self.here.server.url}/test/clock", json={"advance_seconds": 0}, timeout=20).json()["now"]
        return datetime.fromisoformat(moved.replace("Z", "+00:00"))

    def notices(self, count: int) -> list:
        return [body(one) for one in self.here.providers["push"].wait(count)]

    def none_more_than(self, count: int) -> bool:
        return len(self.here.providers["push"].received) == count


def in_tokyo(moment: datetime) -> str:
    return (moment + timedelta(hours=9)).strftime("%Y-%m-%d %H:%M Asia/Tokyo")


def test_going_on_and_off_call_is_told_in_time_and_once(here):
    rota = Rota(here)
    here.make.service(rota.policy)
    rota.rule(0, "offcall", 30)
    rota.rule(1, "oncall", 120)
    change = rota.begin + timedelta(hours=12)
    rota.advance_to(change - timedelta(minutes=121))
    assert rota.none_more_than(0)
    rota.advance_to(change - timedelta(minutes=120))
    first = rota.notices(1)[0]
    assert first["topic"] == "topic-1"
    assert f"You go on call at {in_tokyo(change)} for {rota.policy['name']} (level 1)." in first["message"]
    rota.advance_to(change - timedelta(minutes=30))
    second = rota.notices(2)[1]
    assert second["topic"] == "topic-0" and f"You go off call at {in_tokyo(change)}" in second["message"]
    here.server.kill()
    here.server.start()
    rota.advance_to(change + timedelta(hours=2))
    assert rota.none_more_than(2)


def test_an_override_that_is_made_later_is_noticed(here):
    rota = Rota(here)
    here.make.service(rota.policy)
    rota.rule(1, "both", 60)
    start = rota.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=3)
    override = {"start": start.strftime("%Y-%m-%dT%H:%M:%SZ"), "end": (start + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "user": reference("user", rota.people[1])}
    here.api.post(f"/schedules/{rota.schedule['id']}/overrides", {"override": override}, expect=201)
    rota.advance_to(start - timedelta(minutes=60))
    assert f"You go on call at {in_tokyo(start)}" in rota.notices(1)[0]["message"]
    rota.advance_to(start)
    assert f"You go off call at {in_tokyo(start + timedelta(hours=1))}" in rota.notices(2)[1]["message"]


def test_a_policy_without_services_says_nothing_unless_it_is_told_to(here):
    rota = Rota(here)
    rota.rule(1, "oncall", 10)
    change = rota.begin + timedelta(hours=12)
    rota.advance_to(change + timedelta(minutes=1))
    assert rota.none_more_than(0), "if_has_services is the default"
    always = rota.follow(on_call_handoff_notifications="always")
    rota.advance_to(change + timedelta(hours=23, minutes=50))
    told = rota.notices(1)
    assert always["name"] in told[0]["message"] and rota.policy["name"] not in told[0]["message"]
    assert rota.none_more_than(1)


def test_who_stays_on_call_by_another_level_is_not_told(here):
    rota = Rota(here)
    steady = here.make.policy(on_call_handoff_notifications="always", rules=[
        {"escalation_delay_in_minutes": 30, "targets": [reference("schedule", rota.schedule)]},
        {"escalation_delay_in_minutes": 30, "targets": [reference("user", person) for person in rota.people]}])
    assert steady["num_loops"] == 0
    rota.rule(0)
    rota.rule(1)
    rota.advance_to(rota.begin + timedelta(hours=25))
    assert rota.none_more_than(0)


def test_several_policies_are_told_in_one_message(here):
    rota = Rota(here)
    others = [rota.follow(on_call_handoff_notifications="always") for _ in range(2)]
    rota.rule(1, "oncall")
    rota.advance_to(rota.begin + timedelta(hours=12))
    text = rota.notices(1)[0]["message"]
    assert all(one["name"] in text for one in others) and rota.none_more_than(1)


def test_a_rule_goes_with_its_contact_method(here):
    rota = Rota(here)
    here.make.service(rota.policy)
    rota.rule(1)
    person = rota.people[1]
    here.api.delete(f"/users/{person['id']}/contact_methods/{person['method']['id']}")
    listed = here.api.get(f"/users/{person['id']}/oncall_handoff_notification_rules")
    assert listed["oncall_handoff_notification_rules"] == []
    rota.advance_to(rota.begin + timedelta(hours=13))
    assert rota.none_more_than(0)
