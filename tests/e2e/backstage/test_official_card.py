"""PagerDuty's own card on our backend, in a real Backstage in a real browser.

npm has the official backend but not the official frontend, so this needs a checkout of its source:

    git clone https://github.com/PagerDuty/backstage-plugins && cd backstage-plugins/plugins/backstage-plugin
    npm install --no-save --legacy-peer-deps --ignore-scripts validate-color@2.2.4    # all that the card needs and the sample app lacks
    CALLBOARD_OFFICIAL_CARD=$PWD python3 -m pytest tests/e2e/backstage/test_official_card.py
"""

import os

import pytest

SOURCE = "CALLBOARD_OFFICIAL_CARD"


@pytest.mark.skipif(SOURCE not in os.environ, reason=f"{SOURCE} does not say where the source of PagerDuty's own card is")
def test_the_official_card_works_with_our_backend(walker):
    walker.walk("the_official_card_shows_what_the_account_has_and_opens_an_incident")
