"""Plays the scenarios of tests/scenarios on a running daemon: REST and events in, mail, text messages and calls out.

The simulator (tests/scenarios/scenario_test.cpp) says what each line means. Here the clock is the daemon's: it stands from
the start and is moved by POST /test/clock, so that nothing happens between two lines that was not asked for. It starts in
2037, whose days have the weekdays and hand-over nights of 2026.
"""

from __future__ import annotations

import email
import email.policy
import json
import re
from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import Callable, Dict, List, Optional
from zoneinfo import ZoneInfo

import pytest
import requests

from support.client import Client
from support.events import Events
from support.factory import reference
from support.fakes import Provider
from support.server import OWNER_EMAIL, Server, wait_until

# As many days as lie between 2026-01-01 and 2037-01-01.
YEARS_LATER = timedelta(days=4018)
WAYS = ("email", "sms", "phone")
SECOND = "sms_second"
DEEDS = {"acknowledges", "resolves", "snoozes", "reassigns", "reopens", "raises", "lowers", "escalates"}
SHOWN = {"asks_code", "enters", "follows", "forges"}
# Types of the log that clients know as others.
TOLD_BY_WHY = {"responder_request": "help_asked", "responder_reply": "help_answered", "responder_cancel": "help_cancelled"}
CONFIG = """
[email]
smtp-url = "smtp://127.0.0.1:{email}"
from = "Callboard <pages@example.com>"
starttls = "none"
[[sms]]
kind = "gateway"
url = "http://127.0.0.1:{sms}/sms"
[[sms]]
kind = "gateway"
url = "http://127.0.0.1:{sms_second}/sms"
[[phone]]
kind = "gateway"
url = "http://127.0.0.1:{phone}/phone"
"""


def seconds_in(text: str) -> int:
    return int(text[:-1]) * {"s": 1, "m": 60, "h": 3600, "d": 86_400}[text[-1]]


def split(line: str) -> List[str]:
    return re.sub(r"([,;:])(?=\s|$)", r" \1", line.split("#")[0]).split()


class Receiver:
    """Somebody's webhook."""

    def __init__(self):
        self.port = 0
        self.behave("ok")

    def behave(self, behaviour: str) -> None:
        port = ["--port", str(self.port)] if self.port else []
        if self.port:
            self.provider.close()
        self.provider = Provider("http.py", *port, behaviour)
        self.port = self.provider.port
        self.takes = behaviour == "ok"

    def take(self) -> List[str]:
        taken = []
        while self.takes and self.provider.received:
            taken.append(json.loads(self.provider.received.pop(0)["body"])["event"]["event_type"])
        return taken


class Outbox:
    """The providers, and what each was given."""

    def __init__(self):
        self.providers: Dict[str, Provider] = {}
        self.ports: Dict[str, int] = {}
        #: The newest mail of each person.
        self.mail: Dict[str, str] = {}
        #: The newest code of each way.
        self.codes: Dict[str, str] = {}
        for way in (*WAYS, SECOND):
            self.repair(way)

    def repair(self, way: str) -> None:
        port = ["--port", str(self.ports[way])] if way in self.ports else []
        kind = [] if way == "email" else ["--kind", "gateway"]
        self.providers[way] = Provider("smtp.py" if way == "email" else "http.py", *kind, *port)
        self.ports[way] = self.providers[way].port

    def fail(self, way: str) -> None:
        self.providers.pop(way).close()

    @staticmethod
    def of(way: str, first: bool) -> List[str]:
        return [way, SECOND] if way == "sms" and not first else [way]

    def take(self, people: Dict[str, str]) -> List[str]:
        """What came since the last look, as a scenario writes it; `people` are names by address."""
        pages = []
        for way, provider in self.providers.items():
            while provider.received:
                pages.append(self._page(way, provider.received.pop(0), people))
        return [one for one in pages if one]

    def _page(self, way: str, message: dict, people: Dict[str, str]) -> Optional[str]:
        if way == "email":
            address = re.search(r"<(.+?)>", message["recipients"][0]).group(1)
            text = message["message"]
            count = re.search(r"^Subject: .*?(\d+) incidents", text, re.M)
            mail = email.message_from_string(text, policy=email.policy.default)
            self.mail[people.get(address, address)] = mail.get_body(("plain",)).get_content()
        else:
            body = json.loads(message["body"])
            address, text = body["to"], body.get("text") or body["speech"]
            count = re.search(r"(\d+) incidents", text)
        if address not in people:
            return None
        person = people[address]
        if code := re.search(r"code is ([\d ]+)\.", text):
            self.codes[person] = code.group(1).replace(" ", "")
        purpose = " verification" if code else " handoff" if re.search(r"You go (on|off) call", text) else ""
        again = " again" if re.search(r"may be a repeat|been told this before", text, re.I) else ""
        second = " by second" if way == SECOND else ""
        return f"{person} {way.partition('_')[0]}{purpose}{second}{f' of {count.group(1)}' if count else ''}{again}"

    def close(self) -> None:
        for provider in self.providers.values():
            provider.close()


class Player:
    def __init__(self, folder):
        self.outbox = Outbox()
        config = folder / "callboard.toml"
        config.write_text(CONFIG.format(**self.outbox.ports))
        self.flags = ["--clock-control", "--private-webhooks", "--config", str(config)]
        self.server = Server()
        self.server.create_owner()
        self.api = Client(self.server.url, self.server.create_api_key("scenarios"), OWNER_EMAIL)
        self.events = Events(self.server.url)
        self.hooks: Dict[str, Receiver] = {}
        self.begun = False
        self.known: Dict[str, Dict[str, dict]] = {kind: {} for kind in ("user", "policy", "schedule", "service", "heartbeat", "hook")}
        self.taken: List[str] = []
        self.overrides: Dict[str, str] = {}
        self.keys: Dict[str, str] = {}
        self.rules: Dict[str, list] = {}
        self.many = 0

    def close(self) -> None:
        self.server.stop()
        self.server.discard()
        self.outbox.close()
        for one in self.hooks.values():
            one.provider.close()

    # ---- time ----------------------------------------------------------------------------------

    def move(self, seconds: int, **how) -> datetime:
        answer = requests.post(f"{self.server.url}/test/clock", json={"advance_seconds": seconds, **how}, timeout=120)
        assert answer.status_code == 200, answer.text
        self.moment = datetime.fromisoformat(answer.json()["now"].replace("Z", "+00:00"))
        return self.moment

    def now(self) -> datetime:
        return self.move(0, settle=True)

    def begin(self, text: str) -> None:
        start = datetime.fromisoformat(text).replace(tzinfo=timezone.utc) + YEARS_LATER
        self.start_at(start)
        self.begun = True

    def start_at(self, moment: datetime) -> None:
        self.moment = moment
        self.server.flags = [*self.flags, "--clock-at", moment.strftime("%Y-%m-%dT%H:%M:%SZ")]
        self.server.start()

    def settled(self, condition: Callable[[], Optional[str]]) -> None:
        """Asks until nothing is wrong any more; what is wrong is said in a sentence."""
        wrong = [None]

        def holds() -> bool:
            wrong[0] = condition()
            return wrong[0] is None
        try:
            wait_until(holds, 5, "the expectation", every=0.05)
        except AssertionError:
            raise AssertionError(wrong[0]) from None

    # ---- lines ---------------------------------------------------------------------------------

    def play(self, line: str) -> None:
        words = split(line)
        if not words:
            return
        if words[0] == "event_rule":
            return self.event_rule(words, line.split("#")[0].partition(" when ")[2].strip())
        if words[0] == "start":
            return self.begin(words[1])
        if not self.begun:
            self.begin("2026-01-05")
        if words[0].startswith("+"):
            self.move(seconds_in(words[0][1:]), settle=True)
        elif words[0] in ("trigger", "acknowledge", "resolve"):
            self.send(words)
        elif hasattr(self, f"do_{words[0]}"):
            getattr(self, f"do_{words[0]}")(words)
        elif len(words) > 2 and words[1] in SHOWN:
            self.show(words)
        elif len(words) > 2 and words[1] in DEEDS | {"asks", "withdraws", "joins", "declines", "moves"}:
            self.deed(words)
        else:
            raise AssertionError(f'nobody understands "{words[0]}"')

    def do_users(self, words, role="user") -> None:
        for name in words[1:]:
            body = {"type": "user", "name": name, "email": f"{name}@example.com", "role": role}
            self.known["user"][name] = self.api.post("/users", {"user": body}, expect=201)["user"]

    def do_administrators(self, words) -> None:
        self.do_users(words, "admin")

    def method(self, name: str, way: str) -> Optional[dict]:
        methods = self.api.get(f"/users/{self.known['user'][name]['id']}/contact_methods")["contact_methods"]
        return next((one for one in methods if one["type"] == f"{way}_contact_method"), None)

    def do_rule(self, words) -> None:
        user, way, urgency, delay = self.known["user"][words[1]], words[2], words[3], words[4]
        method = self.method(words[1], way)
        if method is None:
            address = f"555010{list(self.known['user']).index(words[1]):04}"
            method = self.api.post(f"/users/{user['id']}/contact_methods", {"contact_method": {
                "type": f"{way}_contact_method", "label": way, "address": address, "country_code": 1}},
                expect=201)["contact_method"]
        self.api.post(f"/users/{user['id']}/notification_rules", {"notification_rule": {
            "type": "assignment_notification_rule", "start_delay_in_minutes": seconds_in(delay) // 60, "urgency": urgency,
            "contact_method": {"id": method["id"], "type": method["type"]}}}, expect=201)

    def do_handoff_rule(self, words) -> None:
        method = self.method(words[1], words[2])
        self.api.post(f"/users/{self.known['user'][words[1]]['id']}/oncall_handoff_notification_rules", {
            "oncall_handoff_notification_rule": {
                "handoff_type": words[3], "notify_advance_in_minutes": seconds_in(words[4]) // 60,
                "contact_method": {"id": method["id"], "type": method["type"]}}}, expect=201)

    def show(self, words) -> None:
        """A person shows that a message reached them, or somebody pretends."""
        name, verb, what = words[:3]
        expected = " ".join(words[words.index("refused") + 1:]) if "refused" in words else None
        if verb in ("follows", "forges"):
            said = self.follow(name, what, forged=verb == "forges")
        else:
            path = f"/users/{self.known['user'][name]['id']}/contact_methods/{self.method(name, what)['id']}/verification"
            code = self.outbox.codes.get(name, "123456")
            wrong = f"{(int(code[0]) + 1) % 10}{code[1:]}"
            body = {"verification": {"code": code if words[3:4] == ["right"] else wrong}}
            done = (self.api.call("POST", path, expect=range(200, 500)) if verb == "asks_code"
                    else self.api.call("PUT", path, json=body, expect=range(200, 500)))
            said = done.body["error"]["message"] if done.status >= 400 else None
            self.now()
        assert said == expected, f"expected refusal {expected!r}, got {said!r}"

    def follow(self, name: str, action: str, forged: bool) -> Optional[str]:
        self.look()
        link = re.search(rf"http://\S+/p/\w+/{action}\?\S+", self.outbox.mail[name]).group(0)
        if forged:
            link = link[:-1] + ("1" if link[-1] == "0" else "0")
        answer = requests.post(link, timeout=10)
        return None if answer.status_code == 200 else answer.reason

    def do_hook(self, words) -> None:
        self.hooks[words[1]] = Receiver()
        filter_ = ({"type": "account_reference"} if words[3] == "account"
                   else {"type": "service_reference", "id": self.known["service"][words[3]]["id"]})
        self.known["hook"][words[1]] = self.api.post("/webhook_subscriptions", {"webhook_subscription": {
            "type": "webhook_subscription", "events": words[4:], "filter": filter_,
            "delivery_method": {"type": "http_delivery_method", "url": self.hooks[words[1]].provider.url}}},
            expect=200)["webhook_subscription"]

    def do_enable_hook(self, words) -> None:
        self.api.post(f"/webhook_subscriptions/{self.known['hook'][words[1]]['id']}/enable", {}, expect=200)

    def do_refusal(self, words) -> None:
        self.hooks[words[2]].behave("status:410")

    def do_no_rules(self, words) -> None:
        path = f"/users/{self.known['user'][words[1]]['id']}/notification_rules"
        for one in self.api.get(path, params={"urgency": "all"})["notification_rules"]:
            self.api.delete(f"{path}/{one['id']}")

    def do_outage(self, words) -> None:
        if words[1] == "hook":
            return self.hooks[words[2]].behave("status:503")
        for way in self.outbox.of(words[1], "first" in words):
            self.outbox.fail(way)

    def do_repaired(self, words) -> None:
        if words[1] == "hook":
            return self.hooks[words[2]].behave("ok")
        for way in self.outbox.of(words[1], "first" in words):
            if way not in self.outbox.providers:
                self.outbox.repair(way)

    def do_policy(self, words) -> None:
        text = " ".join(words[3:])
        levels, _, repeats = text.partition(" ; repeat ")
        rules = []
        for level in levels.split(" , "):
            delay, *targets = level.split()
            strategy = "round_robin" if targets[0] == "round_robin" else "assign_to_everyone"
            rules.append({"escalation_delay_in_minutes": seconds_in(delay) // 60,
                          "escalation_rule_assignment_strategy": {"type": strategy},
                          "targets": [self.target(one) for one in targets if one != "round_robin"]})
        body = {"type": "escalation_policy", "name": words[1], "num_loops": int(repeats or 0), "escalation_rules": rules}
        if words[1] in self.known["policy"]:
            self.api.put(f"/escalation_policies/{self.known['policy'][words[1]]['id']}", {"escalation_policy": body})
            return
        made = self.api.post("/escalation_policies", {"escalation_policy": body}, expect=201)["escalation_policy"]
        self.known["policy"][words[1]] = made

    def target(self, name: str) -> dict:
        kind = "schedule" if name in self.known["schedule"] else "user"
        return {"id": self.known[kind][name]["id"], "type": f"{kind}_reference"}

    def layer(self, words) -> dict:
        """turn LENGTH [daily HH:MM LENGTH | weekly DAY HH:MM LENGTH]… : PEOPLE"""
        colon = words.index(":")
        restrictions, rest = [], words[2:colon]
        while rest:
            kind = rest.pop(0)
            day = {"start_day_of_week": int(rest.pop(0))} if kind == "weekly" else {}
            restrictions.append({"type": f"{kind}_restriction", "start_time_of_day": f"{rest.pop(0)}:00",
                                 "duration_seconds": seconds_in(rest.pop(0)), **day})
        # Turns begin on whole minutes.
        now = self.now().replace(second=0, microsecond=0).isoformat()
        return {"start": now, "rotation_virtual_start": now, "rotation_turn_length_seconds": seconds_in(words[1]),
                "restrictions": restrictions,
                "users": [{"user": reference("user", self.known["user"][one])} for one in words[colon + 1:]]}

    def do_schedule(self, words) -> None:
        self.known["schedule"][words[1]] = self.api.post("/schedules", {"schedule": {
            "type": "schedule", "name": words[1], "time_zone": words[3], "schedule_layers": [self.layer(words[4:])]}},
            expect=201)["schedule"]

    def do_layer(self, words) -> None:
        path = f"/schedules/{self.known['schedule'][words[1]]['id']}"
        schedule = self.api.get(path)["schedule"]
        # What is shown first wins.
        self.api.put(path, {"schedule": {"type": "schedule", "name": schedule["name"], "time_zone": schedule["time_zone"],
                                         "schedule_layers": [self.layer(words[2:]), *schedule["schedule_layers"]]}})

    def do_vacate(self, words) -> None:
        path = f"/schedules/{self.known['schedule'][words[1]]['id']}"
        schedule = self.api.get(path)["schedule"]
        layers = [{**one, "end": self.now().isoformat()} for one in schedule["schedule_layers"]]
        self.api.put(path, {"schedule": {"type": "schedule", "name": schedule["name"], "time_zone": schedule["time_zone"],
                                         "schedule_layers": layers}})

    def do_override(self, words) -> None:
        start = self.now() + timedelta(seconds=seconds_in(words[4]))
        end = start + timedelta(seconds=seconds_in(words[6]))
        path = f"/schedules/{self.known['schedule'][words[1]]['id']}/overrides"
        made = self.api.post(path, {"overrides": [{"start": start.isoformat(), "end": end.isoformat(),
                                                   "user": reference("user", self.known["user"][words[2]])}]}, expect=201)
        self.overrides[words[1]] = f"{path}/{made[0]['override']['id']}"

    def do_end_override(self, words) -> None:
        self.api.call("DELETE", self.overrides[words[1]], expect=(200, 204))

    def do_shifts(self, words) -> None:
        name, zone, strategy, people = words[1], words[3], words[4], words[6:]
        made = self.api.post("/v3/schedules", {"schedule": {"name": name, "time_zone": zone}}, expect=201)["schedule"]
        path = f"/v3/schedules/{made['id']}/rotations"
        rotation = self.api.post(path, {}, expect=201)["rotation"]
        now = self.now()
        # What the clock on the wall shows: a shift of a day ends when it shows the same again.
        begin = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None, microsecond=0)
        at = lambda shown: {"date_time": f"{shown.isoformat()}Z", "time_zone": zone}
        members = [{"type": "user_member", "user_id": self.known["user"][one]["id"]} for one in people]
        assignment = {"type": f"{strategy}_assignment_strategy", "members": members}
        if strategy == "rotating_member":
            assignment["shifts_per_member"] = 1
        self.api.post(f"{path}/{rotation['id']}/events", {"event": {
            "name": "days", "start_time": at(begin), "end_time": at(begin + timedelta(days=1)),
            "effective_since": now.isoformat(), "effective_until": None, "recurrence": ["RRULE:FREQ=DAILY"],
            "assignment_strategy": assignment}}, expect=201)
        self.known["schedule"][name] = made

    def do_service(self, words) -> None:
        body = {"type": "service", "name": words[1], "auto_resolve_timeout": None, "acknowledgement_timeout": None,
                "escalation_policy": reference("escalation_policy", self.known["policy"][words[3]]),
                "incident_urgency_rule": {"type": "constant", "urgency": "high"}}
        rest = words[4:]
        while rest:
            option = rest.pop(0)
            if option == "auto_resolve":
                body["auto_resolve_timeout"] = seconds_in(rest.pop(0))
            elif option == "ack_timeout":
                body["acknowledgement_timeout"] = seconds_in(rest.pop(0))
            elif option == "urgency":
                body["incident_urgency_rule"] = {"type": "constant", "urgency": rest.pop(0)}
            elif option == "pause":
                body["auto_pause_notifications_parameters"] = {"enabled": True, "timeout": seconds_in(rest.pop(0))}
            elif option == "without_alerts":
                body["alert_creation"] = "create_incidents"
            elif option == "support_hours":
                zone, begin, end = rest.pop(0), rest.pop(0), rest.pop(0)
                body["support_hours"] = {"type": "fixed_time_per_day", "time_zone": zone, "days_of_week": [1, 2, 3, 4, 5],
                                         "start_time": f"{int(begin):02}:00:00", "end_time": f"{int(end):02}:00:00"}
                body["incident_urgency_rule"] = {"type": "use_support_hours",
                                                 "during_support_hours": {"type": "constant", "urgency": "high"},
                                                 "outside_support_hours": {"type": "constant", "urgency": "low"}}
                body["scheduled_actions"] = [{"type": "urgency_change", "to_urgency": "high",
                                              "at": {"type": "named_time", "name": "support_hours_start"}}]
            else:
                raise AssertionError(f"a service has no {option}")
        made = self.api.post("/services", {"service": body}, expect=201)["service"]
        self.known["service"][words[1]] = made
        integration = self.api.post(f"/services/{made['id']}/integrations", {"integration": {
            "type": "events_api_v2_inbound_integration", "name": "events"}}, expect=201)["integration"]
        self.keys[words[1]] = integration["integration_key"]

    def service_path(self, name: str) -> str:
        return f"/services/{self.known['service'][name]['id']}"

    def do_disable(self, words, status="disabled") -> None:
        self.api.put(self.service_path(words[1]), {"service": {"type": "service", "status": status}})

    def do_enable(self, words) -> None:
        self.do_disable(words, "active")

    def do_maintenance(self, words) -> None:
        now = self.now()
        self.api.post("/maintenance_windows", {"maintenance_window": {
            "type": "maintenance_window", "start_time": now.isoformat(),
            "end_time": (now + timedelta(seconds=seconds_in(words[2]))).isoformat(),
            "services": [reference("service", self.known["service"][words[1]])]}}, expect=201)

    def do_group(self, words) -> None:
        by = words.index("by")
        kind, rest, config = words[by + 1], words[by + 2:], {}
        if "within" in rest:
            at = rest.index("within")
            config["timeout" if kind == "time" else "time_window"] = seconds_in(rest[at + 1])
            rest = rest[:at] + rest[at + 2:]
        if rest:
            config.update(aggregate=rest[0], fields=rest[1:])
        if kind == "time":
            config.setdefault("timeout", 0)
        self.api.post("/alert_grouping_settings", {"alert_grouping_setting": {
            "name": f"group {' '.join(words[1:by])}", "type": kind, "config": config,
            "services": [{"id": self.known["service"][one]["id"]} for one in words[1:by]]}}, expect=201)

    def event_rule(self, words, condition: str) -> None:
        """Appends to the rules of the service."""
        actions, rest = {}, words[2:words.index("when")]
        while rest:
            action = rest.pop(0)
            if action == "suppress":
                actions["suppress"] = True
            elif action == "resolve":
                actions["event_action"] = "resolve"
            elif action == "hold":
                actions["suspend"] = seconds_in(rest.pop(0))
            elif action == "severity":
                actions["severity"] = rest.pop(0)
            elif action == "policy":
                actions["escalation_policy"] = self.known["policy"][rest.pop(0)]["id"]
            elif action == "note":
                actions["annotate"] = rest.pop(0)
            elif action == "key_from":
                actions["extractions"] = [{"target": "event.dedup_key", "source": rest.pop(0), "regex": ".+"}]
            else:
                raise AssertionError(f"an event rule has no {action}")
        path = f"/event_orchestrations/services/{self.known['service'][words[1]]['id']}"
        rules = self.rules.setdefault(words[1], [])
        rules.append({"conditions": [{"expression": condition}], "actions": actions})
        self.api.put(path, {"orchestration_path": {
            "type": "service", "sets": [{"id": "start", "rules": rules}], "catch_all": {"actions": {}}}})
        self.api.put(f"{path}/active", {"active": True})

    def do_heartbeat(self, words) -> None:
        self.known["heartbeat"][words[1]] = self.api.post("/heartbeats", {"heartbeat": {
            "name": words[1], "service": reference("service", self.known["service"][words[3]]),
            "interval_seconds": seconds_in(words[5]), "grace_seconds": seconds_in(words[7])}}, expect=201)["heartbeat"]

    def do_beat(self, words) -> None:
        assert requests.get(self.known["heartbeat"][words[1]]["call_url"], timeout=10).status_code == 200

    def do_restart(self, words) -> None:
        now = self.now()
        self.server.kill()
        self.start_at(now)

    def do_crash_while_sending(self, words) -> None:
        assert requests.post(f"{self.server.url}/test/stop", json={"at": "sent"}, timeout=10).status_code == 204
        with pytest.raises(requests.Timeout):
            requests.post(f"{self.server.url}/test/clock", json={"advance_seconds": 0, "settle": True}, timeout=1)
        wait_until(self.server.is_stopped, 30, "the server stops dead")
        self.server.kill()
        self.start_at(self.moment)
        self.now()

    def do_many(self, words) -> None:
        for _ in range(int(words[2])):
            self.many += 1
            self.events.trigger(self.keys[words[1]], f"many-{self.many}", severity="critical")

    def send(self, words) -> None:
        action, service, key = words[:3]
        payload = {"severity": "critical", "summary": key, "source": "scenario"}
        rest = words[3:]
        if rest and rest[0] in ("info", "warning", "error", "critical"):
            payload["severity"] = rest.pop(0)
        for at, word in enumerate(rest):
            if word == "says":
                payload["summary"] = " ".join(rest[at + 1:])
                break
            name, _, value = word.partition("=")
            payload[name] = value
        self.events.accepted("/v2/enqueue", {"routing_key": self.keys[service], "event_action": action, "dedup_key": key,
                                             "payload": payload})

    # ---- people --------------------------------------------------------------------------------

    def deed(self, words) -> None:
        who, verb, service = words[:3]
        expected = " ".join(words[words.index("refused") + 1:]) if "refused" in words else None
        arguments = words[3:words.index("refused")] if "refused" in words else words[3:]
        person = self.known["user"][who]
        incident = self.incidents(service)[-1]
        api = self.api.clone(sender=person["email"])
        method, path, body = self.request_for(verb, incident, person, [service, *arguments] if verb == "moves" else arguments)
        done = api.call(method, path, json=body, expect=range(200, 500))
        said = done.body["error"]["message"] if done.status >= 400 else None
        # By REST that is no error, and changes nothing.
        if verb == "resolves" and incident["status"] == "resolved":
            said = "Incident Already Resolved"
        assert said == expected, f"expected refusal {expected!r}, got {said!r}"

    def request_for(self, verb, incident, person, arguments):
        path = f"/incidents/{incident['id']}"
        changed = {"acknowledges": {"status": "acknowledged"}, "resolves": {"status": "resolved"},
                   "reopens": {"status": "triggered"}, "raises": {"urgency": "high"}, "lowers": {"urgency": "low"}}
        if verb in changed:
            return "PUT", path, {"incident": {"type": "incident_reference", **changed[verb]}}
        if verb == "reassigns":
            assignee = reference("user", self.known["user"][arguments[0]])
            return "PUT", path, {"incident": {"type": "incident_reference", "assignments": [{"assignee": assignee}]}}
        if verb == "moves":
            alert = self.newest_alert(*arguments)
            return "PUT", f"{path}/alerts/{alert['id']}", {"alert": {"type": "alert", "incident": reference("incident", incident)}}
        if verb == "escalates":
            return "PUT", path, {"incident": {"type": "incident_reference", "escalation_level": int(arguments[0])}}
        if verb == "snoozes":
            return "POST", f"{path}/snooze", {"duration": seconds_in(arguments[0])}
        if verb in ("joins", "declines"):
            return "PUT", f"{path}/responder_requests/reply", {
                "responder_reply": {"state": "joined" if verb == "joins" else "declined"}}
        kinds = {name: "escalation_policy" for name in self.known["policy"]}
        targets = [{"responder_request_target": {
            "id": self.known["policy" if one in kinds else "user"][one]["id"],
            "type": f"{kinds.get(one, 'user')}_reference"}} for one in arguments if one != ":"]
        body = {"requester_id": person["id"], "message": "Please help", "responder_request_targets": targets}
        if verb == "asks":
            return "POST", f"{path}/responder_requests", body
        return "PUT", f"{path}/responder_requests/cancel", body

    # ---- expectations --------------------------------------------------------------------------

    def incidents(self, service: str) -> List[dict]:
        """The oldest first."""
        found, more = [], True
        while more:
            page = self.api.get("/incidents", params={
                "service_ids[]": self.known["service"][service]["id"], "date_range": "all", "limit": 100,
                "offset": len(found), "sort_by": "incident_number"})
            found, more = found + page["incidents"], page["more"]
        return found

    def log(self, incident: dict) -> Counter:
        found, more = [], True
        while more:
            page = self.api.get(f"/incidents/{incident['id']}/log_entries", params={"limit": 100, "offset": len(found)})
            found, more = found + page["log_entries"], page["more"]
        return Counter(one["type"].removesuffix("_log_entry") for one in found)

    def story(self, incident: dict) -> List[dict]:
        return self.api.get(f"/incidents/{incident['id']}/why")["why"]["decisions"]

    def told(self, incident: dict) -> Counter:
        return Counter(one["reason"] for one in self.story(incident))

    def do_expect(self, words) -> None:
        if words[1] == "nothing":
            count = lambda: self.api.get("/log_entries", params={"limit": 1, "total": "true"})["total"]
            self.now()
            before = count()
            self.move(seconds_in(words[3]), settle=True)
            assert count() == before, "something happened"
        elif words[1] == "pages":
            self.expect_pages(words)
        elif words[1] == "hooks":
            self.expect_hooks(words)
        elif words[1] == "on_call":
            self.expect_on_call(words)
        elif words[1] in ("proven", "unproven"):
            path = f"/users/{self.known['user'][words[2]]['id']}/contact_methods/{self.method(words[2], words[3])['id']}"
            proven = self.api.get(f"{path}/verification")["verification"]["last_proven_at"] is not None
            assert proven == (words[1] == "proven"), f"it is {'' if proven else 'not '}proven"
        elif words[1] == "dropped":
            self.settled(lambda: self.dropped(words[2], int(words[3])))
        elif len(words) > 4 and words[2] == "alert":
            self.settled(lambda: self.alert(words[1], words[3], [one for one in words[4:] if one != ","]))
        elif len(words) > 3 and words[2] == "incidents":
            def wrong():
                count = len(self.incidents(words[1]))
                return None if count == int(words[3]) else f"there are {count} incidents"
            self.settled(wrong)
        else:
            for clause in " ".join(words[2:]).split(" , "):
                self.settled(lambda: self.clause(words[1], clause.split()))

    def look(self) -> None:
        """Takes what providers were given since the last look; it counts when pages are expected next."""
        people = {f"{name}@example.com": name for name in self.known["user"]}
        people.update({f"+1555010{at:04}": name for at, name in enumerate(self.known["user"])})
        self.taken.extend(self.outbox.take(people))

    def expect_pages(self, words) -> None:
        expected = sorted(one for one in " ".join(words[3:]).split(" , ") if one != "none")
        self.now()

        def wrong():
            self.look()
            return None if sorted(self.taken) == expected else f"the pages were: {', '.join(self.taken)}"
        self.settled(wrong)
        self.taken.clear()

    def expect_hooks(self, words) -> None:
        expected = [one for one in " ".join(words[4:]).split(" , ") if one != "none"]
        self.now()
        taken: List[str] = []

        def wrong():
            taken.extend(self.hooks[words[2]].take())
            return None if taken == expected else f"it heard of: {', '.join(taken)}"
        self.settled(wrong)

    def expect_on_call(self, words) -> None:
        colon = words.index(":")
        moment = self.now() - timedelta(seconds=seconds_in(words[3]) if colon > 3 else 0)
        path = f"/schedules/{self.known['schedule'][words[2]]['id']}/users"
        users = self.api.get(path, params={"since": moment.isoformat(),
                                           "until": (moment + timedelta(seconds=1)).isoformat()})["users"]
        wanted = [one for one in words[colon + 1:] if one != "nobody"]
        assert [one["name"] for one in users] == wanted, f"on call: {[one['name'] for one in users]}"

    def dropped(self, reason: str, count: int) -> Optional[str]:
        found = 0
        for name in self.known["service"]:
            rows = self.api.get(f"{self.service_path(name)}/event_receipts", params={"limit": 100})["event_receipts"]
            found += sum(one["reason"] == reason for one in rows)
        return None if found == count else f"{found} were dropped"

    def newest_alert(self, service: str, key: str) -> Optional[dict]:
        rows = self.api.get("/alerts", params={"service_ids[]": self.known["service"][service]["id"], "alert_key": key,
                                               "sort_by": "created_at:desc"})["alerts"]
        return rows[0] if rows else None

    def alert(self, service: str, key: str, wanted: List[str]) -> Optional[str]:
        found = self.newest_alert(service, key)
        if not found:
            return "there is no such alert"
        has = {found["status"], found["placement"], "suppressed" if found["suppressed"] else "in_incident"}
        return None if set(wanted) <= has else f"it is {sorted(has)}"

    def clause(self, service: str, words: List[str]) -> Optional[str]:
        found = self.incidents(service)
        if not found:
            return f"there is no incident on {service}"
        incident = found[-1]
        is_, wanted = self.actual(incident, words)
        return None if is_ == wanted else f"{' '.join(words)}: it is {is_}"

    def actual(self, incident: dict, words: List[str]):
        """What is, and what the words want."""
        names = {user["id"]: name for name, user in self.known["user"].items()}
        first = words[0]
        if first in ("triggered", "acknowledged", "resolved"):
            return incident["status"], first
        if first in ("high", "low"):
            return incident["urgency"], first
        if first == "assigned":
            people = [names[one["assignee"]["id"]] for one in incident["assignments"]]
            return people, [one for one in words[1:] if one != "nobody"]
        if first == "level":
            return [one["level"] for one in self.story(incident) if one["level"]][-1], int(words[1])
        if first == "why":
            user = self.known["user"][words[1]]["id"]
            why = self.api.get(f"/incidents/{incident['id']}/why", params={"user": user})["why"]
            return why["people"][0]["reason"], words[2]
        if first == "responder":
            full = self.api.get(f"/incidents/{incident['id']}")["incident"]
            states = {names[one["user"]["id"]]: one["state"] for one in full["incidents_responders"]}
            return states.get(words[1]), words[2]
        if first == "alerts":
            page = self.api.get(f"/incidents/{incident['id']}/alerts",
                                params={"statuses[]": "triggered", "limit": 1, "total": "true"})
            return page["total"], int(words[1])
        assert first == "log", f'nobody understands "expect {first}"'
        count = self.told(incident)[TOLD_BY_WHY[words[1]]] if words[1] in TOLD_BY_WHY else self.log(incident)[words[1]]
        return (count, int(words[2][1:])) if len(words) > 2 else (count > 0, True)
