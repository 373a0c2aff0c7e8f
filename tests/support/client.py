"""A thin HTTP client that remembers every call and lets observers judge it."""

from __future__ import annotations

import itertools
import json as jsonlib
import uuid
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator, List, Optional, Tuple, Union
from urllib.parse import urlsplit

import requests

TIMEOUT_SECONDS = 30
Parameters = Union[dict, List[Tuple[str, Any]], None]

_numbers = itertools.count(1)


def unique(stem: str) -> str:
    """A name that no other test of any session uses."""
    return f"{stem} {next(_numbers)}-{uuid.uuid4().hex[:8]}"


@dataclass
class Call:
    """One request with its answer."""

    method: str
    path: str
    request_body: Any
    params: Parameters
    response: requests.Response
    problems: List[str] = field(default_factory=list)

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def body(self) -> Any:
        """The parsed JSON body; None when there is none."""
        return jsonlib.loads(self.response.content) if self.response.content else None

    def describe(self) -> str:
        """One paragraph that lets a reader repeat the call."""
        sent = "" if self.request_body is None else f"\n  sent: {jsonlib.dumps(self.request_body)[:600]}"
        query = f"?{self.params}" if self.params else ""
        return f"{self.method} {self.path}{query} -> {self.status}{sent}\n  got: {self.response.text[:1200]}"


class Client:
    """Talks REST with one credential; each answer is recorded and shown to the observers."""

    def __init__(
        self,
        base_url: str,
        key: Optional[str] = None,
        sender: Optional[str] = None,
        observers: Optional[List[Callable[[Call], None]]] = None,
    ):
        self.base_url = base_url
        self.key = key
        self.sender = sender
        self.observers = observers if observers is not None else []
        self.session = requests.Session()
        self.session.trust_env = False
        self.calls: List[Call] = []

    def clone(self, **changes) -> "Client":
        """The same client with another key, sender, or none."""
        values = {"key": self.key, "sender": self.sender, **changes}
        return Client(self.base_url, values["key"], values["sender"], self.observers)

    def headers(self) -> dict:
        """The headers that every PagerDuty client sends."""
        headers = {"Accept": "application/vnd.pagerduty+json;version=2"}
        if self.key is not None:
            headers["Authorization"] = f"Token token={self.key}"
        if self.sender is not None:
            headers["From"] = self.sender
        return headers

    def call(
        self,
        method: str,
        path: str,
        json: Any = None,
        params: Parameters = None,
        expect: Union[int, Tuple[int, ...], None] = None,
        headers: Optional[dict] = None,
        data: Any = None,
    ) -> Call:
        """Sends one request; fails the test when the status is not an expected one or an observer objects."""
        response = self.session.request(
            method, self.base_url + path, json=json, params=params, data=data,
            headers={**self.headers(), **(headers or {})}, timeout=TIMEOUT_SECONDS, allow_redirects=False,
        )
        done = Call(method, urlsplit(path).path, json, params, response)
        self.calls.append(done)
        if expect is not None:
            wanted = (expect,) if isinstance(expect, int) else expect
            assert done.status in wanted, f"wanted {wanted}: {done.describe()}"
        for observer in self.observers:
            observer(done)
        return done

    def get(self, path: str, expect=200, **options) -> Any:
        """The body of a GET."""
        return self.call("GET", path, expect=expect, **options).body

    def post(self, path: str, json: Any = None, expect=(200, 201), **options) -> Any:
        """The body of a POST's answer."""
        return self.call("POST", path, json=json, expect=expect, **options).body

    def put(self, path: str, json: Any = None, expect=(200, 204), **options) -> Any:
        """The body of a PUT's answer."""
        return self.call("PUT", path, json=json, expect=expect, **options).body

    def delete(self, path: str, expect=204, **options) -> Any:
        """The body of a DELETE's answer."""
        return self.call("DELETE", path, expect=expect, **options).body

    def refused(self, method: str, path: str, status: int, code: Optional[int] = None, message: Optional[str] = None,
                errors: Optional[list] = None, **options) -> dict:
        """The error object of a call that must be refused in exactly this way."""
        done = self.call(method, path, expect=status, **options)
        error = done.body["error"]
        if code is not None:
            assert error.get("code") == code, f"wanted code {code}: {done.describe()}"
        if message is not None:
            assert error.get("message") == message, f"wanted {message!r}: {done.describe()}"
        if errors is not None:
            assert error.get("errors") == errors, f"wanted errors {errors!r}: {done.describe()}"
        return error

    def every(self, path: str, key: str, params: Parameters = None, limit: int = 100) -> Iterator[dict]:
        """All objects of a classic list, page by page, as the official clients read it."""
        offset = 0
        extra = list(params.items()) if isinstance(params, dict) else list(params or [])
        while True:
            page = self.get(path, params=extra + [("limit", limit), ("offset", offset)])
            yield from page[key]
            if not page["more"]:
                return
            offset += page["limit"]
