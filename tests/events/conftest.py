"""Services and keys for events."""

from __future__ import annotations

import pytest

from support.events import new_key


@pytest.fixture(scope="session")
def service(make) -> dict:
    """A service that most event tests share."""
    return make.service()


@pytest.fixture(scope="session")
def integration(make, service) -> dict:
    """The way into that service."""
    return make.integration(service)


@pytest.fixture(scope="session")
def key(integration) -> str:
    """Its routing key."""
    return integration["integration_key"]


@pytest.fixture
def dedup() -> str:
    """A dedup key that was never used."""
    return new_key()
