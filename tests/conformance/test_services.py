"""Services and their integrations."""

from __future__ import annotations

import re

import pytest

from support.client import unique
from support.events import ENQUEUE, trigger_event
from support.factory import reference

UNKNOWN = "PZZZZZZZZZZZZ9"


def read(api, service, **params):
    """The service as it is now."""
    return api.get(f"/services/{service['id']}", params=params)["service"]


def ids(page, key="services"):
    """The ids on a page, in order."""
    return [entry["id"] for entry in page[key]]


# ---- making and reading ------------------------------------------------------------------------------


def test_a_new_service_has_the_documented_defaults(api, make):
    policy = make.policy()
    service = make.service(policy)
    assert service["summary"] == service["name"]
    assert service["status"] == "active"
    assert service["auto_resolve_timeout"] is None and service["acknowledgement_timeout"] is None
    assert service["alert_creation"] == "create_alerts_and_incidents"
    assert service["incident_urgency_rule"] == {"type": "constant", "urgency": "high"}
    assert service["teams"] == [] and service["integrations"] == [] and service["scheduled_actions"] == []
    assert service["support_hours"] is None and service["last_incident_timestamp"] is None
    assert service["escalation_policy"]["id"] == policy["id"]
    assert service["escalation_policy"]["type"] == "escalation_policy_reference"
    assert read(api, service) == service


def test_everything_that_is_set_is_read_back(make, api):
    service = make.service(
        description="Takes the money", auto_resolve_timeout=14400, acknowledgement_timeout=600,
        alert_creation="create_alerts_and_incidents",
        incident_urgency_rule={"type": "use_support_hours",
                               "during_support_hours": {"type": "constant", "urgency": "high"},
                               "outside_support_hours": {"type": "constant", "urgency": "low"}},
        support_hours={"type": "fixed_time_per_day", "time_zone": "Europe/Warsaw", "days_of_week": [1, 2, 3, 4, 5],
                       "start_time": "09:00:00", "end_time": "17:00:00"},
        scheduled_actions=[{"type": "urgency_change", "at": {"type": "named_time", "name": "support_hours_start"},
                            "to_urgency": "high"}])
    again = read(api, service)
    assert again["description"] == "Takes the money"
    assert (again["auto_resolve_timeout"], again["acknowledgement_timeout"]) == (14400, 600)
    assert again["incident_urgency_rule"]["outside_support_hours"] == {"type": "constant", "urgency": "low"}
    assert again["support_hours"]["days_of_week"] == [1, 2, 3, 4, 5]
    assert again["scheduled_actions"][0]["to_urgency"] == "high"


@pytest.mark.parametrize("change, named", [
    ({"to_urgency": "low"}, "to urgency must be high"),
    ({"type": "explode"}, "type must be urgency_change"),
    ({"at": {"type": "named_time", "name": "support_hours_end"}}, "name must be support_hours_start"),
    ({"at": {"type": "moon", "name": "support_hours_start"}}, "type must be named_time")])
def test_a_scheduled_action_that_nobody_would_carry_out_is_refused(api, make, change, named):
    action = {"type": "urgency_change", "at": {"type": "named_time", "name": "support_hours_start"}, "to_urgency": "high"}
    service = make.service()
    refused = api.refused("PUT", f"/services/{service['id']}", 400, json={"service": {"scheduled_actions": [{**action, **change}]}})
    assert named in str(refused["errors"]).lower(), refused


@pytest.mark.parametrize("off", [None, 0])
def test_null_and_zero_turn_a_timeout_off(api, make, off):
    service = make.service(auto_resolve_timeout=600, acknowledgement_timeout=600)
    api.put(f"/services/{service['id']}", {"service": {"auto_resolve_timeout": off, "acknowledgement_timeout": off}})
    again = read(api, service)
    assert again["auto_resolve_timeout"] is None and again["acknowledgement_timeout"] is None


@pytest.mark.parametrize("grouping", [
    {"type": "time", "config": {"timeout": 5}},
    {"type": "intelligent", "config": {"time_window": 300}},
    {"type": "content_based", "config": {"aggregate": "all", "fields": ["source", "custom_details.host"], "time_window": 600}},
])
def test_alert_grouping_is_read_back(api, make, grouping):
    service = make.service(alert_grouping_parameters=grouping)
    kept = read(api, service)["alert_grouping_parameters"]
    assert kept["type"] == grouping["type"]
    for name, value in grouping["config"].items():
        assert kept["config"][name] == value


def test_pausing_of_notifications_is_read_back(api, make):
    service = make.service(auto_pause_notifications_parameters={"enabled": True, "timeout": 300})
    kept = read(api, service, **{"include[]": "auto_pause_notifications_parameters"})["auto_pause_notifications_parameters"]
    assert kept["enabled"] is True and kept["timeout"] == 300


def test_a_second_service_of_the_same_name_is_refused(api, make):
    service = make.service()
    body = {"service": {"type": "service", "name": service["name"], "escalation_policy": service["escalation_policy"]}}
    api.refused("POST", "/services", 400, code=2001, message="Invalid Input Provided",
                errors=["Name has already been taken"], json=body)
    other = make.service()
    api.refused("PUT", f"/services/{other['id']}", 400, code=2001, message="Invalid Input Provided",
                errors=["Name has already been taken"], json={"service": {"name": service["name"]}})


@pytest.mark.parametrize("change", [
    {"name": None}, {"name": ""}, {"name": 7}, {"escalation_policy": None}, {"escalation_policy": "x"},
    {"auto_resolve_timeout": -1}, {"acknowledgement_timeout": -5}, {"auto_resolve_timeout": "soon"},
    {"incident_urgency_rule": {"type": "constant", "urgency": "medium"}},
    {"incident_urgency_rule": {"type": "use_support_hours"}},
    {"alert_creation": "create_chaos"},
    {"support_hours": {"type": "fixed_time_per_day", "time_zone": "Mars/Olympus", "days_of_week": [1],
                       "start_time": "09:00:00", "end_time": "17:00:00"}},
    {"support_hours": {"type": "fixed_time_per_day", "time_zone": "UTC", "days_of_week": [8],
                       "start_time": "09:00:00", "end_time": "17:00:00"}},
    {"auto_pause_notifications_parameters": {"enabled": True, "timeout": 7}},
])
def test_what_a_service_cannot_be_is_refused_with_sentences(api, make, change):
    body = {"type": "service", "name": unique("Service"), "escalation_policy": reference("escalation_policy", make.policy())}
    body.update(change)
    error = api.refused("POST", "/services", 400, code=2001, message="Invalid Input Provided", json={"service": body})
    assert error["errors"]


def test_a_service_needs_a_policy_that_exists(api):
    body = {"type": "service", "name": unique("Service"),
            "escalation_policy": {"id": UNKNOWN, "type": "escalation_policy_reference"}}
    api.call("POST", "/services", json={"service": body}, expect=(400, 404))


# ---- changing and deleting ---------------------------------------------------------------------------


def test_a_put_changes_only_what_it_names(api, make):
    service = make.service(description="old", auto_resolve_timeout=600)
    api.put(f"/services/{service['id']}", {"service": {"description": "new"}})
    again = read(api, service)
    assert (again["description"], again["name"], again["auto_resolve_timeout"]) == ("new", service["name"], 600)


def test_a_service_moves_to_another_policy(api, make):
    service, policy = make.service(), make.policy()
    changed = api.put(f"/services/{service['id']}",
                      {"service": {"escalation_policy": reference("escalation_policy", policy)}})["service"]
    assert changed["escalation_policy"]["id"] == policy["id"]


def test_the_status_tells_what_is_open(api, make, events):
    service = make.service()
    key = make.routing_key(service)
    dedup = events.trigger(key)
    assert read(api, service)["status"] == "critical"
    assert read(api, service)["last_incident_timestamp"] is not None
    events.acknowledge(key, dedup)
    assert read(api, service)["status"] == "warning"
    events.trigger(key)
    assert read(api, service)["status"] == "critical"
    for incident in api.get("/incidents", params={"service_ids[]": service["id"]})["incidents"]:
        api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident", "status": "resolved"}})
    assert read(api, service)["status"] == "active"


def test_a_service_can_be_disabled_and_enabled(api, make, events):
    service = make.service()
    key = make.routing_key(service)
    assert api.put(f"/services/{service['id']}", {"service": {"status": "disabled"}})["service"]["status"] == "disabled"
    dropped = events.trigger(key)
    assert make.incidents_of_key(dropped) == []
    assert api.put(f"/services/{service['id']}", {"service": {"status": "active"}})["service"]["status"] == "active"
    assert len(make.incidents_of_key(events.trigger(key))) == 1


def test_a_deleted_service_is_gone(api, make, events):
    service = make.service()
    key = make.routing_key(service)
    api.delete(f"/services/{service['id']}")
    api.refused("GET", f"/services/{service['id']}", 404)
    api.refused("PUT", f"/services/{service['id']}", 404, json={"service": {"name": "x"}})
    api.refused("DELETE", f"/services/{service['id']}", 404)
    assert api.get("/services", params={"query": service["name"]})["services"] == []
    reply = events.post(ENQUEUE, trigger_event(key))
    assert reply.status_code == 400 and reply.json()["errors"] == ["Invalid routing key"]


# ---- listing -----------------------------------------------------------------------------------------


def test_services_are_found_by_a_part_of_their_name_in_any_case(api, make):
    service = make.service()
    assert ids(api.get("/services", params={"query": service["name"][2:].upper()})) == [service["id"]]


def test_services_are_found_by_their_exact_name(api, make):
    service = make.service()
    assert ids(api.get("/services", params={"name": service["name"]})) == [service["id"]]
    assert api.get("/services", params={"name": service["name"][:-1]})["services"] == []


def test_services_are_found_by_an_integration_key(api, make):
    """Backstage looks a service up by its key and takes the first."""
    service = make.service()
    integration = make.integration(service, vendor={"id": "PRO19CT", "type": "vendor_reference"})
    found = api.get("/services", params={"query": integration["integration_key"], "include[]": "integrations"})["services"]
    assert found[0]["id"] == service["id"]
    assert found[0]["integrations"][0]["integration_key"] == integration["integration_key"]
    assert found[0]["integrations"][0]["vendor"]["id"] == "PRO19CT"


def test_services_are_found_by_ids(api, make):
    one, two = make.service(), make.service()
    found = api.get("/services", params=[("id[]", one["id"]), ("id[]", two["id"]), ("limit", 50)])
    assert set(ids(found)) == {one["id"], two["id"]}


def test_services_are_found_by_team(api, make):
    team = make.team()
    service = make.service(make.policy(teams=[reference("team", team)]))
    found = api.get("/services", params={"team_ids[]": team["id"]})
    assert ids(found) == [service["id"]]
    assert [one["id"] for one in found["services"][0]["teams"]] == [team["id"]]


def test_services_are_sorted_by_name(api, make):
    stem = unique("Sorted")
    policy = make.policy()
    made = [make.service(policy, name=f"{stem} {letter}")["id"] for letter in "bca"]
    ascending = [made[2], made[0], made[1]]
    assert ids(api.get("/services", params={"query": stem})) == ascending
    assert ids(api.get("/services", params={"query": stem, "sort_by": "name"})) == ascending
    assert ids(api.get("/services", params={"query": stem, "sort_by": "name:asc"})) == ascending
    assert ids(api.get("/services", params={"query": stem, "sort_by": "name:desc"})) == ascending[::-1]


def test_an_unknown_order_is_refused(api):
    api.refused("GET", "/services", 400, params={"sort_by": "luck"})


def test_references_become_whole_objects_on_request(api, make):
    team = make.team()
    service = make.service(make.policy(teams=[reference("team", team)]))
    make.integration(service)
    everything = [("include[]", name) for name in
                  ("escalation_policies", "teams", "integrations", "auto_pause_notifications_parameters", "unknown")]
    listed = api.get("/services", params=everything + [("query", service["name"])])["services"][0]
    single = api.get(f"/services/{service['id']}", params=everything)["service"]
    for whole in (listed, single):
        assert whole["escalation_policy"]["type"] == "escalation_policy" and whole["escalation_policy"]["escalation_rules"]
        assert whole["teams"][0]["type"] == "team" and whole["teams"][0]["name"] == team["name"]
        assert whole["integrations"][0]["type"] == "events_api_v2_inbound_integration"
        assert "auto_pause_notifications_parameters" in whole


def test_times_are_shown_in_the_zone_that_was_asked_for(api, make):
    service = make.service()
    shown = api.get("/services", params={"query": service["name"], "time_zone": "Asia/Kolkata"})["services"][0]
    assert shown["created_at"].endswith("+05:30")


def test_an_unknown_time_zone_is_refused(api):
    api.refused("GET", "/services", 400, params={"time_zone": "Mars/Olympus"})


# ---- integrations --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["events_api_v2_inbound_integration", "generic_events_api_inbound_integration"])
def test_an_integration_has_a_key_of_thirty_two_characters(api, make, kind):
    service = make.service()
    integration = make.integration(service, kind)
    assert integration["type"] == kind and integration["service"]["id"] == service["id"]
    assert re.fullmatch(r"[0-9A-Za-z]{32}", integration["integration_key"])
    again = api.get(f"/services/{service['id']}/integrations/{integration['id']}")["integration"]
    assert again == integration
    assert [one["id"] for one in read(api, service)["integrations"]] == [integration["id"]]


def test_an_integration_takes_its_kind_from_the_vendor(api, make):
    """Backstage names only the vendor."""
    service = make.service()
    body = {"integration": {"name": "Backstage", "service": reference("service", service),
                            "vendor": {"id": "PRO19CT", "type": "vendor_reference"}}}
    integration = api.post(f"/services/{service['id']}/integrations", body, expect=201)["integration"]
    assert integration["type"] == "events_api_v2_inbound_integration" and integration["vendor"]["id"] == "PRO19CT"


def test_an_integration_is_renamed(api, make):
    service = make.service()
    integration = make.integration(service)
    path = f"/services/{service['id']}/integrations/{integration['id']}"
    changed = api.put(path, {"integration": {"type": integration["type"], "name": "Renamed"}})["integration"]
    assert changed["name"] == "Renamed" and changed["integration_key"] == integration["integration_key"]
    assert api.get(path)["integration"]["summary"] == "Renamed"


def test_an_integration_shows_service_and_vendor_whole_on_request(api, make):
    service = make.service()
    integration = make.integration(service, vendor={"id": "PRO19CT", "type": "vendor_reference"})
    whole = api.get(f"/services/{service['id']}/integrations/{integration['id']}",
                    params=[("include[]", "services"), ("include[]", "vendors")])["integration"]
    assert whole["service"]["type"] == "service" and whole["service"]["name"] == service["name"]
    assert whole["vendor"]["type"] == "vendor"


def test_a_deleted_integration_takes_no_more_events(api, make, events):
    service = make.service()
    integration = make.integration(service)
    kept = make.alerted(integration["integration_key"])
    api.delete(f"/services/{service['id']}/integrations/{integration['id']}")
    api.refused("GET", f"/services/{service['id']}/integrations/{integration['id']}", 404)
    assert events.post(ENQUEUE, trigger_event(integration["integration_key"])).status_code == 400
    assert make.reload(kept)["status"] == "triggered", "existing incidents are untouched"


def test_an_integration_is_not_found_below_another_service(api, make):
    integration = make.integration(make.service())
    stranger = make.service()
    api.refused("GET", f"/services/{stranger['id']}/integrations/{integration['id']}", 404)
    api.refused("DELETE", f"/services/{stranger['id']}/integrations/{integration['id']}", 404)


@pytest.mark.parametrize("body", [{"type": "invented_inbound_integration", "name": "x"}, {"vendor": {"id": UNKNOWN}, "name": "x"}])
def test_an_integration_of_no_known_kind_is_refused(api, make, body):
    service = make.service()
    api.call("POST", f"/services/{service['id']}/integrations", json={"integration": body}, expect=(400, 404))
