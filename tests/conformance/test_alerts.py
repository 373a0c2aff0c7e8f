"""Alerts of incidents, seen over REST."""

from __future__ import annotations

import pytest

from support.events import new_key

UNKNOWN = "PZZZZZZZZZZZZ9"


@pytest.fixture
def grouped(make, api):
    """One incident with three alerts, made by merging."""
    key = make.routing_key()
    incidents = [make.alerted(key) for _ in range(3)]
    api.put(f"/incidents/{incidents[0]['id']}/merge", {"source_incidents": [
        {"id": one["id"], "type": "incident_reference"} for one in incidents[1:]]}, expect=200)
    return make.reload(incidents[0])


def test_an_alert_shows_its_event(api, make):
    service = make.service()
    integration = make.integration(service)
    dedup = new_key()
    incident = make.alerted(integration["integration_key"], dedup, summary="Disk is full", severity="warning",
                            custom_details={"free": "0 B", "deep": {"list": [1, 2.5, None, True]}},
                            component="db", **{"group": "prod", "class": "disk"})
    assert incident["title"] == "Disk is full" and incident["alert_counts"] == {"all": 1, "triggered": 1, "resolved": 0}
    assert not incident["incident_key"], "an incident of an alert has no key of its own"
    assert incident["last_status_change_by"]["type"] in ("service_reference", "integration_reference",
                                                         "events_api_v2_inbound_integration_reference")
    alert = make.alerts(incident)[0]
    assert alert["alert_key"] == dedup and alert["summary"] == "Disk is full" and alert["severity"] == "warning"
    assert alert["status"] == "triggered" and alert["suppressed"] is False and alert["resolved_at"] is None
    assert alert["service"]["id"] == service["id"] and alert["incident"]["id"] == incident["id"]
    assert alert["integration"]["id"] == integration["id"]
    assert alert["body"]["type"] == "alert_body" and alert["body"]["details"]["deep"] == {"list": [1, 2.5, None, True]}
    event = alert["body"]["cef_details"]
    assert event["source_origin"] == "db1.example.com"
    assert api.get(f"/incidents/{incident['id']}/alerts/{alert['id']}")["alert"] == alert


def test_an_alert_has_an_address_of_its_own_with_the_reason_of_its_place(api, make, events):
    alert = make.alerts(make.alerted(make.routing_key()))[0]
    shown = api.get(f"/alerts/{alert['id']}")["alert"]
    assert (shown["placement"], shown["placement_note"]) == ("opened_incident", None) and shown == alert
    held = make.service(auto_pause_notifications_parameters={"enabled": True, "timeout": 300})
    dedup = new_key()
    events.trigger(make.routing_key(held), dedup_key=dedup, summary="Held")
    found = api.get("/alerts", params={"service_ids[]": held["id"], "alert_key": dedup})["alerts"][0]
    shown = api.get(f"/alerts/{found['id']}")["alert"]
    assert shown["incident"] is None and shown["placement"] == "paused"
    api.refused("GET", f"/alerts/{UNKNOWN}", 404)


def test_what_came_by_one_integration(api, make, events):
    service = make.service()
    one, other = make.integration(service), make.integration(service)
    for integration in (one, other, other):
        events.trigger(integration["integration_key"])
    found = api.get("/alerts", params={"integration_ids[]": one["id"]})["alerts"]
    assert [alert["integration"]["id"] for alert in found] == [one["id"]]
    assert len(api.get("/alerts", params={"integration_ids[]": [one["id"], other["id"]]})["alerts"]) == 3
    assert api.get("/alerts", params={"integration_ids[]": UNKNOWN})["alerts"] == []
    events.resolve(other["integration_key"], new_key())
    path = f"/services/{service['id']}/event_receipts"
    assert [row["reason"] for row in api.get(path, params={"integration_ids[]": other["id"]})["event_receipts"]] == ["no_open_alert"]
    assert api.get(path, params={"integration_ids[]": one["id"]})["event_receipts"] == []


def test_links_and_images_become_contexts(make, events):
    key, dedup = make.routing_key(), new_key()
    body = {"routing_key": key, "event_action": "trigger", "dedup_key": dedup,
            "payload": {"summary": "s", "source": "x", "severity": "error"},
            "links": [{"href": "https://example.com/runbook", "text": "Runbook"}],
            "images": [{"src": "https://example.com/graph.png", "href": "https://example.com/graph", "alt": "Graph"}]}
    events.accepted("/v2/enqueue", body)
    contexts = make.alerts(make.incidents_of_key(dedup)[0])[0]["body"]["contexts"]
    assert {"type": "link", "href": "https://example.com/runbook", "text": "Runbook"}.items() <= contexts[0].items()
    assert contexts[1]["type"] == "image" and contexts[1]["src"] == "https://example.com/graph.png"


def test_an_alert_of_another_incident_is_not_found(api, make):
    key = make.routing_key()
    one, two = make.alerted(key), make.alerted(key)
    alert = make.alerts(one)[0]
    api.refused("GET", f"/incidents/{two['id']}/alerts/{alert['id']}", 404)
    api.refused("GET", f"/incidents/{one['id']}/alerts/{UNKNOWN}", 404)


def test_alerts_are_found_by_key_and_state(api, make, events, grouped):
    base = f"/incidents/{grouped['id']}/alerts"
    alerts = make.alerts(grouped)
    assert len(alerts) == 3
    assert [one["id"] for one in api.get(base, params={"alert_key": alerts[1]["alert_key"]})["alerts"]] == [alerts[1]["id"]]
    api.put(f"{base}/{alerts[0]['id']}", {"alert": {"type": "alert", "status": "resolved"}}, expect=200)
    assert [one["id"] for one in api.get(base, params={"statuses[]": "resolved"})["alerts"]] == [alerts[0]["id"]]
    assert len(api.get(base, params={"statuses[]": "triggered"})["alerts"]) == 2
    assert make.reload(grouped)["alert_counts"] == {"all": 3, "triggered": 2, "resolved": 1}
    api.refused("GET", base, 400, params={"statuses[]": "acknowledged"})


@pytest.mark.parametrize("order", ["created_at", "created_at:asc", "created_at:desc", "resolved_at", "resolved_at:asc",
                                   "resolved_at:desc"])
def test_alerts_are_sorted_and_paged(api, grouped, order):
    base = f"/incidents/{grouped['id']}/alerts"
    page = api.get(base, params={"sort_by": order, "limit": 2, "total": "true"})
    assert (len(page["alerts"]), page["more"], page["total"]) == (2, True, 3)
    rest = api.get(base, params={"sort_by": order, "limit": 2, "offset": 2})
    assert (len(rest["alerts"]), rest["more"]) == (1, False)
    times = [one["created_at"] for one in page["alerts"] + rest["alerts"]]
    if order.startswith("created_at"):
        assert times == sorted(times, reverse=order.endswith("desc"))


def test_references_become_whole_objects_on_request(api, grouped):
    everything = [("include[]", name) for name in ("services", "first_trigger_log_entries", "incidents")]
    alert = api.get(f"/incidents/{grouped['id']}/alerts", params=everything)["alerts"][0]
    assert alert["service"]["type"] == "service" and alert["service"]["name"]
    assert alert["incident"]["type"] == "incident" and alert["incident"]["title"]
    assert alert["first_trigger_log_entry"]["type"] == "trigger_log_entry"


def test_resolving_the_last_alert_resolves_the_incident(api, make, grouped):
    base = f"/incidents/{grouped['id']}/alerts"
    alerts = make.alerts(grouped)
    answer = api.put(base, {"alerts": [{"id": one["id"], "type": "alert", "status": "resolved"} for one in alerts[:2]]})
    assert {one["status"] for one in answer["alerts"]} == {"resolved"}
    assert make.reload(grouped)["status"] == "triggered"
    done = api.put(f"{base}/{alerts[2]['id']}", {"alert": {"type": "alert", "status": "resolved"}}, expect=200)["alert"]
    assert done["status"] == "resolved" and done["resolved_at"]
    assert make.reload(grouped)["status"] == "resolved"


def test_an_alert_moves_to_another_incident(api, make, grouped):
    target = make.alerted(make.routing_key())
    alert = make.alerts(grouped)[0]
    api.put(f"/incidents/{grouped['id']}/alerts", {"alerts": [
        {"id": alert["id"], "type": "alert", "incident": {"id": target["id"], "type": "incident_reference"}}]})
    assert alert["id"] in {one["id"] for one in make.alerts(target)}
    assert alert["id"] not in {one["id"] for one in make.alerts(grouped)}
    one_more = make.alerts(grouped)[0]
    moved = api.put(f"/incidents/{grouped['id']}/alerts/{one_more['id']}", {"alert": {
        "type": "alert", "incident": {"id": target["id"], "type": "incident_reference"}}}, expect=200)["alert"]
    assert moved["incident"]["id"] == target["id"]
    assert make.reload(target)["alert_counts"]["all"] == 3


def test_moving_the_last_open_alert_away_leaves_the_counts_right(api, make, grouped):
    first, *others = make.alerts(grouped)
    target = make.alerted(make.routing_key())
    for alert in others:
        api.put(f"/incidents/{grouped['id']}/alerts/{alert['id']}",
                {"alert": {"type": "alert", "status": "resolved"}}, expect=200)
    api.put(f"/incidents/{grouped['id']}/alerts/{first['id']}", {"alert": {"type": "alert", "incident": {
        "id": target["id"], "type": "incident_reference"}}}, expect=200)
    assert make.reload(grouped)["alert_counts"] == {"all": 2, "triggered": 0, "resolved": 2}
    assert make.reload(grouped)["status"] == "resolved"
    assert make.reload(target)["alert_counts"] == {"all": 2, "triggered": 2, "resolved": 0}


def test_more_than_two_hundred_and_fifty_at_once_are_too_many(api, make, grouped):
    one = {"id": make.alerts(grouped)[0]["id"], "type": "alert", "status": "resolved"}
    api.refused("PUT", f"/incidents/{grouped['id']}/alerts", 413, json={"alerts": [one] * 251})


def test_many_alerts_change_all_or_none(api, make, grouped):
    alert = make.alerts(grouped)[0]
    api.call("PUT", f"/incidents/{grouped['id']}/alerts", expect=(400, 404), json={"alerts": [
        {"id": alert["id"], "type": "alert", "status": "resolved"}, {"id": UNKNOWN, "type": "alert", "status": "resolved"}]})
    assert make.reload(grouped)["alert_counts"]["resolved"] == 0


@pytest.mark.parametrize("status", ["acknowledged", "", 7, None])
def test_a_status_that_is_none_is_refused(api, make, grouped, status):
    alert = make.alerts(grouped)[0]
    api.refused("PUT", f"/incidents/{grouped['id']}/alerts/{alert['id']}", 400,
                json={"alert": {"type": "alert", "status": status}})
