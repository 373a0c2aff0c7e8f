"""The owner's browser."""

from __future__ import annotations

import pytest

from support.browser import Browser
from support.server import OWNER_EMAIL, OWNER_PASSWORD


@pytest.fixture(scope="session")
def browser(account) -> Browser:
    """Logged in as the owner."""
    return Browser(account.server.url).log_in(OWNER_EMAIL, OWNER_PASSWORD)
