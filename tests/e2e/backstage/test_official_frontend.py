"""PagerDuty's own card and page on our backend, in a real Backstage in a real browser."""

import pytest

from official_plugins import needs_official_plugins

pytestmark = needs_official_plugins

WALKS = [
    "the_official_card_shows_what_the_account_has_and_opens_an_incident",
    "the_official_page_maps_and_unmaps_services_and_keeps_the_chosen_strategy",
]


@pytest.mark.parametrize("name", WALKS)
def test_walk(walker, name):
    walker.walk(name)
