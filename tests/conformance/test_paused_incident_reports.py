"""Reports about alerts that were held before anybody was told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.factory import instant

PATH = "/paused_incident_reports"


@pytest.fixture
def paused(make, events):
    """A service that holds alerts, with one that cleared and one that is still held."""
    service = make.service(auto_pause_notifications_parameters={"enabled": True, "timeout": 900})
    key = make.routing_key(service)
    events.resolve(key, events.trigger(key))
    events.trigger(key)
    return service


def test_alerts_that_cleared_are_shown_and_counted(api, paused):
    asked = {"service_id": paused["id"], "suspended_by": "auto_pause",
             "since": instant(timedelta(days=-1)), "until": instant(timedelta(days=1))}
    counts = api.get(f"{PATH}/counts", params=asked)["paused_incident_reporting_counts"]
    assert (counts["paused_count"], counts["triggered_after_pause_count"], counts["resolved_after_pause_count"]) == (2, 0, 1)
    alerts = api.get(f"{PATH}/alerts", params=asked)["paused_incident_reporting_alerts"]
    assert alerts["triggered_after_pause_alerts"] == []
    assert [one["service_id"] for one in alerts["resolved_after_pause_alerts"]] == [paused["id"]]


def test_what_rules_held_is_counted_apart(api, paused):
    asked = {"service_id": paused["id"], "suspended_by": "rules"}
    assert api.get(f"{PATH}/counts", params=asked)["paused_incident_reporting_counts"]["paused_count"] == 0
    assert api.get(f"{PATH}/alerts", params=asked)["paused_incident_reporting_alerts"]["resolved_after_pause_alerts"] == []


@pytest.mark.parametrize("asked", [
    {"suspended_by": "luck"}, {"since": "soon"}, {"since": "2026-05-02T00:00:00Z", "until": "2026-05-01T00:00:00Z"},
    {"since": "2025-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
])
def test_what_cannot_be_asked_is_refused(api, asked):
    api.refused("GET", f"{PATH}/counts", 400, params=asked)
