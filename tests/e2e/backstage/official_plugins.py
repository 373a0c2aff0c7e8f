"""The source of PagerDuty's own packages, for tests that need more of them than npm has, which is the backend alone.

    git clone https://github.com/PagerDuty/backstage-plugins && cd backstage-plugins/plugins
    npm install --prefix . --no-save --legacy-peer-deps --ignore-scripts @backstage/backend-common@0.25.0 validate-color@2.2.4 \\
        material-react-table@2.13.3 @emotion/react@11.14.0 @emotion/styled@11.14.1 @mui/icons-material@5.18.0 @mui/material@5.18.0 \\
        @mui/x-date-pickers@7.29.4 @tanstack/react-query@5.90.2    # all that the packages need and the sample app lacks
    CALLBOARD_OFFICIAL_PLUGINS=$PWD python3 -m pytest tests/e2e/backstage -k official
"""

import os

import pytest

VARIABLE = "CALLBOARD_OFFICIAL_PLUGINS"
PLUGINS = os.environ.get(VARIABLE, "")

needs_official_plugins = pytest.mark.skipif(not PLUGINS, reason=f"{VARIABLE} does not say where the source of PagerDuty's own packages is")
