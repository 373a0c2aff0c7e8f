"""An account with more of everything than is read at once: what is shown says so, and what is not shown is found."""

from __future__ import annotations

import pytest

from conftest import log_in
from support.client import Client
from support.events import Events
from support.factory import Factory, reference
from support.server import OWNER_EMAIL, Server

READ_MAX = 2_000
MORE = READ_MAX + 30


class Large:
    """An account of its own: the pages of others would have to read all of it."""

    def __init__(self):
        self.server = Server(flags=("--rest-requests-per-minute", "100000"))
        self.server.create_owner()
        self.server.start()
        api = Client(self.server.url, self.server.create_api_key("full"), OWNER_EMAIL)
        policy = reference("escalation_policy", Factory(api, Events(self.server.url)).policy())
        for n in range(MORE):
            api.post("/services", {"service": {"type": "service", "name": f"Service {n:05}", "escalation_policy": policy}}, expect=201)
            api.post("/users", {"user": {"type": "user", "name": f"Person {n:05}", "email": f"person.{n}@callboard.test"}}, expect=201)


@pytest.fixture(scope="module")
def large():
    made = Large()
    yield made
    made.server.stop()
    made.server.discard()


@pytest.mark.parametrize("path, noun", [("/console/service-directory", "Service"), ("/console/users", "Person")])
@pytest.mark.parametrize("width", [1280, 390])
def test_more_than_is_read_is_said_scrolled_to_and_found(chromium, large, path, noun, width):
    page = chromium.open(cookies=log_in(large), viewport={"width": width, "height": 844})
    page.go(large.server.url + path)
    page.settled()
    page.see(".dim", f"These are the first {READ_MAX} of {MORE + (0 if noun == 'Service' else 2)}.")
    drawn = lambda: page.count("tbody tr")
    assert drawn() < 600, "not all at once"
    before = drawn()
    page.call("evaluate", "window.scrollTo(0, document.documentElement.scrollHeight)")
    page.until(lambda: drawn() > before)
    # The last one by name was not read.
    page.fill("Find", f"{noun} {MORE - 1:05}")
    page.see("tbody tr", f"{noun} {MORE - 1:05}")
    page.until(lambda: drawn() == 1)
    assert page.overflow() <= 0 and page.problems() == []
    page.close()
