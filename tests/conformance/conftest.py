"""Every REST answer of this suite goes through the examiner."""

from __future__ import annotations

from typing import Dict, List

import pytest

from support.client import Client
from support.factory import Factory

from . import openapi
from .rules import Examiner
from .table import Row, read_table


def pytest_collection_modifyitems(items):
    """Without PagerDuty's description there is nothing to examine by; the reason says how to get it."""
    if openapi.available():
        return
    skip = pytest.mark.skip(reason=openapi.HOW_TO_GET_IT)
    for item in items:
        if "conformance" in str(item.fspath):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def description() -> openapi.Description:
    """PagerDuty's description of its REST API."""
    return openapi.load()


@pytest.fixture(scope="session")
def rows() -> List[Row]:
    """What the program says that it serves."""
    return read_table()


@pytest.fixture(scope="session")
def served(rows) -> Dict[str, Row]:
    """The route table by operation."""
    return {row.operation: row for row in rows}


@pytest.fixture(scope="session")
def examiner(account, description) -> Examiner:
    """The judge of all answers in this session."""
    return Examiner(account.server.url, description)


@pytest.fixture(scope="session")
def observers(examiner) -> list:
    """Shows every answer to the examiner."""
    return [examiner]


@pytest.fixture(scope="session")
def api(account, observers) -> Client:
    """A full account key; the owner is named in From."""
    return Client(account.server.url, account.key, account.owner_email, observers)


@pytest.fixture(scope="session")
def reader(api, account) -> Client:
    """A read-only account key."""
    return api.clone(key=account.read_only_key)


@pytest.fixture(scope="session")
def nobody(api) -> Client:
    """A caller without credential."""
    return api.clone(key=None, sender=None)


@pytest.fixture(scope="session")
def senderless(api) -> Client:
    """A full account key that names nobody in From."""
    return api.clone(sender=None)


@pytest.fixture(scope="session")
def make(api, events):
    """Creates objects; its calls are examined too."""
    return Factory(api, events)


@pytest.fixture(scope="session")
def owner(api, account) -> dict:
    """The account's owner as a user object."""
    found = api.get("/users", params={"query": account.owner_email})["users"]
    assert len(found) == 1, "the query finds the owner by e-mail"
    return found[0]


@pytest.fixture
def someone(api, account, make):
    """A function: a new person of a base role, in a team with a team role, and a client that acts as them."""

    def create(base, team=None, role=None):
        user = make.user(role=base)
        if team:
            api.put(f"/teams/{team['id']}/users/{user['id']}", {"role": role} if role else None, expect=204)
        key = account.server.create_user_key(user["email"])
        if key is None:
            pytest.skip("`callboard admin create-api-key` has no --user yet")
        return user, api.clone(key=key, sender=None)

    return create
