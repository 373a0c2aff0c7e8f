"""One account on one server per session; its data and logs stay when something failed."""

from __future__ import annotations

import os
import random

import pytest

from support.client import Client
from support.events import Events
from support.factory import Factory
from support.server import Server

SEED = int(os.environ.get("CALLBOARD_SEED", random.SystemRandom().randrange(1, 2**31)))


def pytest_report_header(config):
    """Shows what a failing run must be repeated with."""
    return f"callboard seed: {SEED} (repeat with CALLBOARD_SEED={SEED})"


def pytest_collection_modifyitems(items):
    """Tests that look back at the session come last, whatever was selected."""
    items.sort(key=lambda item: item.get_closest_marker("coverage") is not None)


class Account:
    """A running server with an owner, a full key and a read-only key."""

    def __init__(self, server: Server):
        self.server = server
        self.owner_email = server.create_owner()
        server.start()
        self.key = server.create_api_key("full")
        self.read_only_key = server.create_api_key("read only", read_only=True)


@pytest.fixture(scope="session")
def seed() -> int:
    """The number from which a test's chances come."""
    return SEED


@pytest.fixture(scope="session")
def account(request):
    """The server that most tests share."""
    # What is called by webhooks stands on this machine.
    server = Server(flags=("--clock-control", "--private-webhooks"))
    failed_before = request.session.testsfailed
    try:
        yield Account(server)
        assert server.alive(), f"the server died during the tests\n{server.log_tail()}"
        assert server.stop() == 0, "SIGTERM ends the server with status 0"
    finally:
        server.discard(keep=request.session.testsfailed > failed_before)


@pytest.fixture(scope="session")
def server(account) -> Server:
    """The shared server's process."""
    return account.server


@pytest.fixture(scope="session")
def observers() -> list:
    """What judges each REST answer; the conformance suite adds its examiner."""
    return []


@pytest.fixture(scope="session")
def api(account, observers) -> Client:
    """A client with a full account key that names the owner in From."""
    return Client(account.server.url, account.key, account.owner_email, observers)


@pytest.fixture(scope="session")
def events(account) -> Events:
    """A sender of events."""
    return Events(account.server.url)


@pytest.fixture(scope="session")
def make(api, events) -> Factory:
    """Creates objects."""
    return Factory(api, events)


@pytest.fixture
def fresh_server(request):
    """A function that makes further servers, for tests that end or break theirs."""
    made = []

    def create(**options) -> Server:
        one = Server(**options)
        made.append(one)
        return one

    failed_before = request.session.testsfailed
    yield create
    for one in made:
        one.discard(keep=request.session.testsfailed > failed_before or getattr(request.node, "failed", False))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Lets fixtures know that their test failed, so that logs are kept."""
    outcome = yield
    if outcome.get_result().failed:
        item.failed = True
