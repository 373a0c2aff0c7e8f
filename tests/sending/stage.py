"""A server with providers to send by, and somebody to tell."""

from __future__ import annotations

from typing import Dict, List

from support.client import Client
from support.events import Events, new_key
from support.factory import Factory
from support.fakes import Provider
from support.server import OWNER_EMAIL, Server, wait_until


class Stage:
    """Sections of a configuration file, with {name} for the address of the provider of that name."""

    def __init__(self, tmp_path, config: str, flags=(), **providers: Provider):
        self.providers: Dict[str, Provider] = providers
        path = tmp_path / "callboard.toml"
        path.write_text(config.format(**{name: one.url for name, one in providers.items()}))
        self.server = Server(flags=("--clock-control", "--config", str(path), *flags))
        self.server.create_owner()
        key = self.server.create_api_key("sending")
        self.server.start()
        self.api = Client(self.server.url, key, OWNER_EMAIL)
        self.make = Factory(self.api, Events(self.server.url))

    def close(self) -> None:
        self.server.stop()
        self.server.discard()
        for one in self.providers.values():
            one.close()

    def method(self, person: dict, kind: str, address: str, **members) -> dict:
        body = {"type": f"{kind}_contact_method", "label": kind, "address": address, **members}
        return self.api.post(f"/users/{person['id']}/contact_methods", {"contact_method": body},
                             expect=201)["contact_method"]

    def rule(self, person: dict, method: dict, delay: int = 0, urgency: str = "high") -> dict:
        body = {"type": "assignment_notification_rule", "start_delay_in_minutes": delay, "urgency": urgency,
                "contact_method": {"id": method["id"], "type": method["type"]}}
        return self.api.post(f"/users/{person['id']}/notification_rules", {"notification_rule": body},
                             expect=201)["notification_rule"]

    def without_rules(self, person: dict) -> None:
        path = f"/users/{person['id']}/notification_rules"
        for one in self.api.get(path, params={"urgency": "all"})["notification_rules"]:
            self.api.delete(f"{path}/{one['id']}")

    def person(self, kind: str, address: str, **members) -> dict:
        """Somebody who is told by this one way at once."""
        person = self.make.user()
        self.without_rules(person)
        person["method"] = self.method(person, kind, address, **members)
        self.rule(person, person["method"])
        return person

    def key_for(self, *people: dict) -> str:
        return self.make.routing_key(self.make.service(self.make.policy(list(people))))

    def trigger(self, key: str) -> dict:
        return self.make.alerted(key, new_key())

    def status(self, incident: dict) -> str:
        return self.make.reload(incident)["status"]

    def told(self, incident: dict) -> List[dict]:
        """The log's entries about messages, oldest first, each with its message."""
        entries = self.api.get(f"/incidents/{incident['id']}/log_entries",
                               params={"include[]": "channels", "limit": 100})["log_entries"]
        return [one for one in reversed(entries) if one["type"] == "notify_log_entry"]

    def wait_told(self, incident: dict, count: int = 1) -> List[dict]:
        wait_until(lambda: len(self.told(incident)) >= count, 10, f"{count} entries about messages")
        return self.told(incident)

    def message(self, id_: str) -> dict:
        return self.api.get(f"/notifications/{id_}")["notification"]

    def wait_message(self, id_: str, **members) -> dict:
        wait_until(lambda: all(self.message(id_).get(name) == value for name, value in members.items()), 10,
                   f"{members} of the message")
        return self.message(id_)

    def why(self, incident: dict) -> str:
        return str(self.api.get(f"/incidents/{incident['id']}/why"))
