"""Sends events as monitoring systems do: no credential but the routing key in the body."""

from __future__ import annotations

import json as jsonlib
import uuid
from typing import Any, Optional, Union

import requests

from .client import TIMEOUT_SECONDS

ENQUEUE = "/v2/enqueue"
CHANGE = "/v2/change/enqueue"
VERSION_1 = "/generic/2010-04-15/create_event.json"


class Events:
    """A sender of events to one server."""

    def __init__(self, base_url: str):
        self.base_url = base_url
        self.session = requests.Session()
        self.session.trust_env = False

    def post(self, path: str, body: Any = None, raw: Union[bytes, str, None] = None,
             headers: Optional[dict] = None) -> requests.Response:
        """Posts a JSON value, or bytes exactly as given."""
        data = raw if raw is not None else jsonlib.dumps(body)
        if isinstance(data, str):
            data = data.encode()
        return self.session.post(
            self.base_url + path, data=data, headers={"Content-Type": "application/json", **(headers or {})},
            timeout=TIMEOUT_SECONDS, allow_redirects=False,
        )

    def accepted(self, path: str, body: Any) -> dict:
        """The body of the 202 that this event must get."""
        reply = self.post(path, body)
        assert reply.status_code == 202, f"wanted 202, got {reply.status_code}: {reply.text[:500]}"
        assert reply.headers["Content-Type"].startswith("application/json")
        return reply.json()

    def trigger(self, routing_key: str, dedup_key: Optional[str] = None, **payload) -> str:
        """Triggers and returns the key of the alert."""
        return self.accepted(ENQUEUE, trigger_event(routing_key, dedup_key, **payload))["dedup_key"]

    def acknowledge(self, routing_key: str, dedup_key: str) -> None:
        """Acknowledges by key."""
        self.accepted(ENQUEUE, {"routing_key": routing_key, "event_action": "acknowledge", "dedup_key": dedup_key})

    def resolve(self, routing_key: str, dedup_key: str) -> None:
        """Resolves by key."""
        self.accepted(ENQUEUE, {"routing_key": routing_key, "event_action": "resolve", "dedup_key": dedup_key})

    def change(self, routing_key: str, summary: str = "Deployed build 7", links: Optional[list] = None, **payload) -> None:
        """Records a change."""
        body = {"routing_key": routing_key, "payload": {"summary": summary, **payload}}
        if links is not None:
            body["links"] = links
        self.accepted(CHANGE, body)


def trigger_event(routing_key: str, dedup_key: Optional[str] = None, **payload) -> dict:
    """A valid trigger; members of the payload can be replaced or added by name."""
    body = {
        "routing_key": routing_key,
        "event_action": "trigger",
        "payload": {"summary": "Disk is full", "source": "db1.example.com", "severity": "critical", **payload},
    }
    if dedup_key is not None:
        body["dedup_key"] = dedup_key
    return body


def new_key(stem: str = "key") -> str:
    """A dedup key that no other test uses."""
    return f"{stem}-{uuid.uuid4().hex}"
