"""Makes the objects that stories need, each with a name of its own, always over REST."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, List, Optional, Tuple

from .client import Client, unique
from .events import Events, new_key


def reference(kind: str, thing: dict) -> dict:
    """A reference as clients send it: only type and id."""
    return {"id": thing["id"], "type": f"{kind}_reference"}


def instant(offset: timedelta = timedelta()) -> str:
    """A time relative to now, with whole seconds, in UTC."""
    return (datetime.now(timezone.utc) + offset).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse(text: str) -> datetime:
    """A time of an answer."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


class Factory:
    """Creates objects through one client."""

    def __init__(self, api: Client, events: Events):
        self.api = api
        self.events = events

    def user(self, **members) -> dict:
        """A new person."""
        name = unique("Person")
        body = {"type": "user", "name": name, "email": name.lower().replace(" ", ".") + "@callboard.test", **members}
        return self.api.post("/users", {"user": body}, expect=201)["user"]

    def team(self, /, **members) -> dict:
        """A new team."""
        return self.api.post("/teams", {"team": {"type": "team", "name": unique("Team"), **members}}, expect=201)["team"]

    def policy(self, users: Optional[List[dict]] = None, rules: Optional[list] = None, **members) -> dict:
        """A policy with one level of people, or with the given rules."""
        if rules is None:
            people = users if users is not None else [self.user()]
            rules = [{"escalation_delay_in_minutes": 30, "targets": [reference("user", person) for person in people]}]
        body = {"type": "escalation_policy", "name": unique("Policy"), "escalation_rules": rules, **members}
        return self.api.post("/escalation_policies", {"escalation_policy": body}, expect=201)["escalation_policy"]

    def service(self, policy: Optional[dict] = None, **members) -> dict:
        """A service that pages somebody."""
        owner = policy or self.policy()
        body = {"type": "service", "name": unique("Service"), "escalation_policy": reference("escalation_policy", owner),
                **members}
        return self.api.post("/services", {"service": body}, expect=201)["service"]

    def grouping(self, services: List[dict], kind: str = "time", config: Optional[dict] = None, **members) -> dict:
        """An alert grouping setting of these services."""
        body = {"name": unique("Grouping"), "type": kind, "config": config if config is not None else {"timeout": 600},
                "services": [{"id": one["id"]} for one in services], **members}
        return self.api.post("/alert_grouping_settings", {"alert_grouping_setting": body},
                             expect=201)["alert_grouping_setting"]

    def owned(self, team: dict, **members) -> Tuple[dict, dict]:
        """A policy of a team and a service that follows it."""
        policy = self.policy(teams=[reference("team", team)], **members)
        return policy, self.service(policy)

    def integration(self, service: dict, kind: str = "events_api_v2_inbound_integration", **members) -> dict:
        """A way in for events of one service."""
        body = {"type": kind, "name": unique("Integration"), **members}
        return self.api.post(f"/services/{service['id']}/integrations", {"integration": body}, expect=201)["integration"]

    def routing_key(self, service: Optional[dict] = None) -> str:
        """The key of a new integration."""
        return self.integration(service or self.service())["integration_key"]

    def incident(self, service: Optional[dict] = None, **members) -> dict:
        """An incident made by hand."""
        target = service or self.service()
        body = {"type": "incident", "title": unique("Incident"), "service": reference("service", target), **members}
        return self.api.post("/incidents", {"incident": body}, expect=201)["incident"]

    def alerted(self, routing_key: str, dedup_key: Optional[str] = None, **payload) -> dict:
        """An incident made by an event."""
        key = self.events.trigger(routing_key, dedup_key or new_key(), **payload)
        found = self.incidents_of_key(key)
        assert len(found) == 1, f"one event, one incident; found {len(found)}"
        return found[0]

    def incidents_of_key(self, dedup_key: str, **params: Any) -> List[dict]:
        """All incidents whose own key or whose alerts' key is this one."""
        return self.api.get("/incidents", params={"incident_key": dedup_key, **params})["incidents"]

    def alerts(self, incident: dict) -> List[dict]:
        """The alerts of an incident."""
        return self.api.get(f"/incidents/{incident['id']}/alerts")["alerts"]

    def log(self, incident: dict) -> List[dict]:
        """All log entries of an incident."""
        return list(self.api.every(f"/incidents/{incident['id']}/log_entries", "log_entries"))

    def reload(self, incident: dict) -> dict:
        """The incident as it is now."""
        return self.api.get(f"/incidents/{incident['id']}")["incident"]

    def schedule(self, users: Optional[List[dict]] = None, **members) -> dict:
        """A schedule with one layer of daily turns that began yesterday."""
        people = users if users is not None else [self.user()]
        body = {"type": "schedule", "name": unique("Schedule"), "time_zone": "UTC",
                "schedule_layers": [layer(people)], **members}
        return self.api.post("/schedules", {"schedule": body}, expect=201)["schedule"]

    def business_service(self, **members) -> dict:
        """A business service."""
        body = {"name": unique("Business"), **members}
        return self.api.post("/business_services", {"business_service": body}, expect=200)["business_service"]

    def maintenance_window(self, services: List[dict], start: timedelta, end: timedelta, **members) -> dict:
        """A window relative to now."""
        body = {"type": "maintenance_window", "start_time": instant(start), "end_time": instant(end),
                "description": unique("Window"), "services": [reference("service", one) for one in services], **members}
        return self.api.post("/maintenance_windows", {"maintenance_window": body}, expect=201)["maintenance_window"]


def layer(users: List[dict], turn: int = 86400, start: str = "", **members) -> dict:
    """One layer of a schedule."""
    begin = start or instant(timedelta(days=-1))[:17] + "00Z"
    return {"name": "Layer", "start": begin, "rotation_virtual_start": begin, "rotation_turn_length_seconds": turn,
            "users": [{"user": reference("user", person)} for person in users], **members}
