"""Our cards and pages in a real Backstage in a real browser: each test is one walk of walks/*.mjs.

Callboard, a proxy before it that can fail on request, `callboard backstage`, and the sample app with its two frontends. Needs
/usr/bin/chromium and npm; skips, saying so, without them. CALLBOARD_SHOTS=FOLDER keeps pictures of what the walks see.
"""

import pytest

from walker import walk_names


@pytest.mark.parametrize("name", walk_names())
def test_walk(walker, name):
    walker.walk(name)
