"""What happens to an accepted trigger before anybody is told: grouping, pauses, suppression, maintenance."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.client import Client
from support.events import Events
from support.factory import Factory


def alert_of(api, service, dedup):
    """The service's alert with this key, in an incident or not."""
    found = api.get("/alerts", params={"service_ids[]": service["id"], "alert_key": dedup})["alerts"]
    assert len(found) == 1, found
    return found[0]


def incidents(api, service):
    """All incidents of the service."""
    return api.get("/incidents", params={"service_ids[]": service["id"], "date_range": "all"})["incidents"]


def counts(api, service, **params):
    """What became of held alerts of the service."""
    page = api.get("/paused_incident_reports/counts", params={"service_id": service["id"], **params})
    return tuple(page["paused_incident_reporting_counts"][name]
                 for name in ("paused_count", "triggered_after_pause_count", "resolved_after_pause_count"))


@pytest.fixture
def paused(make):
    """A service that holds new alerts for five minutes, and a key of it."""
    service = make.service(auto_pause_notifications_parameters={"enabled": True, "timeout": 300})
    return service, make.routing_key(service)


def test_alerts_of_one_service_meet_in_one_incident(api, make, events, server):
    service = make.service()
    make.grouping([service], "time", {"timeout": 600})
    key = make.routing_key(service)
    first = make.alerted(key, summary="Disk is full")
    dedup = events.trigger(key, summary="Load is high")
    again = make.reload(first)
    assert again["alert_counts"] == {"all": 2, "triggered": 2, "resolved": 0} and again["title"] == "Disk is full"
    assert alert_of(api, service, dedup)["incident"]["id"] == first["id"]
    kinds = [entry["type"] for entry in make.log(first)]
    assert kinds.count("trigger_log_entry") == 2 and kinds.count("assign_log_entry") == 1
    server.advance(601)
    events.trigger(key, summary="Load is high again")
    assert len(incidents(api, service)) == 2


def test_alerts_with_the_same_content_meet_whatever_their_service(api, make, events):
    one, two = make.service(), make.service()
    make.grouping([one, two], "content_based",
                  {"aggregate": "all", "fields": ["component", "custom_details.host.name"], "time_window": 300})
    payload = {"component": "db", "custom_details": {"host": {"name": "h7"}}}
    first = make.alerted(make.routing_key(one), **payload)
    key = make.routing_key(two)
    dedup = events.trigger(key, **payload)
    alert = alert_of(api, two, dedup)
    assert alert["incident"]["id"] == first["id"] and alert["service"]["id"] == two["id"]
    assert alert["body"]["details"] == payload["custom_details"]
    events.trigger(key, component="db", custom_details={"host": {"name": "h8"}})
    assert len(incidents(api, two)) == 1


def test_alerts_that_say_the_same_meet(api, make, events):
    service = make.service(alert_grouping_parameters={"type": "intelligent", "config": {"time_window": 300}})
    key = make.routing_key(service)
    make.alerted(key, summary="Disk almost full on db1 (91%)")
    events.trigger(key, summary="Disk almost full on db2 (95%)")
    events.trigger(key, summary="Certificate has expired")
    assert sorted(one["alert_counts"]["all"] for one in incidents(api, service)) == [1, 2]


class World:
    """A server of its own, for stories in which it ends: the shared one's clock would go back."""

    def __init__(self, server):
        self.server = server
        owner = server.create_owner()
        server.start()
        self.api = Client(server.url, server.create_api_key("full"), owner, [])
        self.events = Events(server.url)
        self.make = Factory(self.api, self.events)


def test_groups_are_known_after_a_restart(fresh_server):
    world = World(fresh_server())
    make, events, server = world.make, world.events, world.server
    service = make.service()
    make.grouping([service], "content_based", {"aggregate": "any", "fields": ["class"], "time_window": 3600})
    key = make.routing_key(service)
    first = make.alerted(key, **{"class": "disk"})
    events.trigger(key, **{"class": "disk"})
    server.stop()
    server.start()
    events.trigger(key, **{"class": "disk"})
    assert make.reload(first)["alert_counts"]["all"] == 3


def test_an_alert_that_clears_in_its_pause_pages_nobody(api, events, paused, server):
    service, key = paused
    dedup = events.trigger(key)
    alert = alert_of(api, service, dedup)
    assert alert["status"] == "triggered" and alert["suppressed"] is True and alert["incident"] is None
    assert alert["body"]["cef_details"]["source_origin"] == "db1.example.com"
    events.resolve(key, dedup)
    assert alert_of(api, service, dedup)["status"] == "resolved"
    server.advance(600)
    assert incidents(api, service) == [] and counts(api, service) == (1, 0, 1)


def test_an_alert_that_outlasts_its_pause_makes_its_incident(api, make, events, paused, server):
    service, key = paused
    dedup = events.trigger(key, summary="Disk is full")
    server.advance(299)
    events.trigger(key, dedup, summary="Disk is still full")
    assert incidents(api, service) == []
    server.advance(2)
    incident = incidents(api, service)[0]
    assert incident["title"] == "Disk is full" and incident["assignments"]
    alert = alert_of(api, service, dedup)
    assert alert["suppressed"] is False and alert["incident"]["id"] == incident["id"]
    assert alert["first_trigger_log_entry"]["id"] == incident["first_trigger_log_entry"]["id"]
    assert counts(api, service) == (1, 1, 0)
    events.resolve(key, dedup)
    assert make.reload(incident)["status"] == "resolved"


def test_a_pause_survives_the_end_of_the_process(fresh_server):
    world = World(fresh_server())
    service = world.make.service(auto_pause_notifications_parameters={"enabled": True, "timeout": 300})
    world.events.trigger(world.make.routing_key(service))
    world.server.kill()
    world.server.start()
    assert incidents(world.api, service) == []
    world.server.advance(301)
    assert len(incidents(world.api, service)) == 1


def test_a_suppressed_alert_can_be_put_into_an_incident(api, make, events, paused, server):
    service, key = paused
    dedup = events.trigger(key, summary="Held")
    target = make.incident(service)
    alert = alert_of(api, service, dedup)
    base = f"/incidents/{target['id']}/alerts"
    moved = api.put(f"{base}/{alert['id']}", {"alert": {"type": "alert", "incident": {
        "id": target["id"], "type": "incident_reference"}}}, expect=200)["alert"]
    assert moved["incident"]["id"] == target["id"] and moved["suppressed"] is False
    assert moved["first_trigger_log_entry"]["id"]
    server.advance(600)
    assert [one["id"] for one in incidents(api, service)] == [target["id"]]
    assert make.reload(target)["alert_counts"]["all"] == 1


def test_suppressed_alerts_are_listed_apart(api, make, events, paused):
    service, key = paused
    held = events.trigger(key)
    asked = {"service_ids[]": service["id"]}
    api.put(f"/services/{service['id']}", {"service": {"auto_pause_notifications_parameters": {"enabled": False}}})
    shown = events.trigger(key)
    assert [one["alert_key"] for one in api.get("/alerts", params={**asked, "suppressed": "true"})["alerts"]] == [held]
    assert [one["alert_key"] for one in api.get("/alerts", params={**asked, "suppressed": "false"})["alerts"]] == [shown]
    both = api.get("/alerts", params={**asked, "sort_by": "created_at:desc", "statuses[]": "triggered", "total": "true"})
    assert both["total"] == 2 and [one["alert_key"] for one in both["alerts"]] == [shown, held]
    assert api.get("/alerts", params={**asked, "until": "2020-01-01T00:00:00Z", "since": "2019-01-01"})["alerts"] == []


def test_maintenance_drops_events_and_keeps_ended_pauses_quiet(api, make, events, paused, server):
    service, key = paused
    dedup = events.trigger(key)
    make.maintenance_window([service], timedelta(), timedelta(days=30))
    events.trigger(key)
    server.advance(301)
    assert incidents(api, service) == []
    assert alert_of(api, service, dedup)["suppressed"] is True
    receipts = api.get(f"/services/{service['id']}/event_receipts")["event_receipts"]
    assert [one["reason"] for one in receipts] == ["in_maintenance"]
