"""Private teams behind every door: the Backstage routes, the console, histories, references."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
import requests

from support.client import unique
from support.factory import instant, reference

ANALYTICS = "/analytics/raw/incidents"


def card(person, method, path, **options):
    """A Backstage route, asked with a person's key."""
    headers = {"Authorization": f"Bearer {person.key}"}
    return requests.request(method, f"{person.base_url}/api/pagerduty{path}", headers=headers, timeout=20, **options)


@pytest.fixture
def private(make):
    """A private team with a policy, a service and an integration."""
    team = make.team(default_role="none")
    policy, service = make.owned(team)
    return team, policy, service, make.integration(service)


# ---- the Backstage routes -----------------------------------------------------------------------------------


def test_a_card_shows_a_private_service_to_those_only_who_see_it(api, make, private, someone):
    team, policy, service, integration = private
    _, stranger = someone("observer")
    _, member = someone("observer", team, "observer")
    _, stakeholder = someone("read_only_limited_user")
    hidden = [f"/services/{service['id']}", f"/services?integration_key={integration['integration_key']}",
              f"/services/{service['id']}/change-events", f"/dependencies/service/{service['id']}"]
    for path in hidden:
        assert card(stranger, "GET", path).status_code == 404, path
        assert card(member, "GET", path).status_code == 200, path
        assert card(api, "GET", path).status_code == 200, path
        assert card(stakeholder, "GET", path).status_code == 403, path
    make.incident(service)
    path = f"/services/{service['id']}/incidents"
    assert [len(card(who, "GET", path).json()["incidents"]) for who in (stranger, member, api)] == [0, 1, 1]
    # Standards come empty instead.
    path = f"/services/{service['id']}/standards"
    assert [bool(card(who, "GET", path).json()["standards"]) for who in (stranger, member, api)] == [False, True, True]
    for path in ("/services", "/teams", "/escalation_policies", f"/oncall-users?escalation_policy_ids[]={policy['id']}"):
        listed = card(stranger, "GET", path)
        assert listed.status_code == 200
        for thing in (team, policy, service, integration):
            assert thing["id"] not in listed.text, path
    assert service["id"] in card(member, "GET", "/services").text


def test_a_card_lets_nobody_do_what_rest_does_not(api, make, private, someone):
    team, _, service, _ = private
    path = f"/services/{service['id']}/integration/PRO19CT"
    _, stranger = someone("user")
    _, looker = someone("user", team, "observer")
    _, manager = someone("observer", team, "manager")
    _, observer = someone("observer")
    assert card(stranger, "POST", path).status_code == 404
    assert card(looker, "POST", path).status_code == 403
    assert card(manager, "POST", path).status_code == 200
    assert card(observer, "POST", f"/services/{make.service()['id']}/integration/PRO19CT").status_code == 403
    assert len(api.get(f"/services/{service['id']}")["service"]["integrations"]) == 2
    plain = make.service()
    edge = card(stranger, "POST", f"/dependencies/service/{plain['id']}", json=[service["id"]])
    assert edge.status_code == 404
    assert api.get(f"/service_dependencies/technical_services/{plain['id']}")["relationships"] == []


def test_a_mapping_of_a_private_service_is_changed_by_those_only_who_know_the_service(api, make, private, someone):
    team, _, service, _ = private
    ref = f"component:default/{unique('mapped').replace(' ', '-')}"
    _, stranger = someone("user")
    _, manager = someone("user", team, "manager")
    path, wanted = f"/mapping/entity/service/{service['id']}", {"serviceId": service["id"], "entityRef": ref, "integrationKey": "k"}
    assert card(stranger, "POST", "/mapping/entity", json=wanted).status_code == 404
    assert card(manager, "POST", "/mapping/entity", json=wanted).status_code == 200
    assert card(stranger, "GET", path).status_code == 404
    assert card(stranger, "POST", "/mapping/entity", json={**wanted, "entityRef": ""}).status_code == 404
    many = card(stranger, "POST", "/mapping/entities/bulk", json={"mappings": [wanted]})
    assert many.json()["errorCount"] == 1
    assert card(stranger, "DELETE", path).status_code == 404
    assert card(manager, "GET", path).json()["mapping"]["entityRef"] == ref
    assert card(manager, "DELETE", path).status_code == 204


# ---- histories ----------------------------------------------------------------------------------------------


def test_the_log_of_an_incident_of_a_private_policy_is_hidden_though_its_service_is_not(api, make, private, someone):
    team, policy, _, _ = private
    plain = make.service(make.policy(teams=[reference("team", make.team())]))
    incident = make.incident(plain, escalation_policy=reference("escalation_policy", policy))
    shown = make.incident(plain)
    entry = make.log(incident)[-1]
    _, stranger = someone("user")
    _, member = someone("observer", team, "observer")
    stranger.refused("GET", f"/incidents/{incident['id']}", 404)
    stranger.refused("GET", f"/incidents/{incident['id']}/log_entries", 404)
    stranger.refused("GET", f"/log_entries/{entry['id']}", 404)
    assert entry["id"] in {one["id"] for one in member.every("/log_entries", "log_entries")}
    seen = list(stranger.every("/log_entries", "log_entries"))
    assert incident["id"] not in {one["incident"]["id"] for one in seen}
    assert shown["id"] in {one["incident"]["id"] for one in seen}
    question = {"filters": {"service_ids": [plain["id"]]}}
    assert [one["id"] for one in stranger.post(ANALYTICS, question, expect=200)["data"]] == [shown["id"]]
    assert len(member.post(ANALYTICS, question, expect=200)["data"]) == 2
    counted = stranger.post("/analytics/metrics/incidents/services", question, expect=200)["data"]
    assert [one["total_incident_count"] for one in counted] == [1]


def test_an_assignee_finds_the_log_of_an_incident_of_a_hidden_service(private, make, someone):
    _, _, service, _ = private
    user, person = someone("observer")
    incident = make.incident(service, assignments=[{"assignee": reference("user", user)}])
    entries = person.get("/log_entries", params={"include[]": "services"})["log_entries"]
    own = [one for one in entries if one["incident"]["id"] == incident["id"]]
    assert own and all(one["service"]["type"] == "service_reference" for one in own)
    whole = person.get(f"/incidents/{incident['id']}", params={"include[]": ["services", "escalation_policies", "teams"]})
    for name in ("service", "escalation_policy"):
        assert whole["incident"][name]["type"] == f"{name}_reference"


def test_dependencies_on_what_is_hidden_are_left_out(api, make, private, someone):
    team, _, service, _ = private
    plain, other = make.service(), make.service()
    business = make.business_service(team={"id": team["id"]})

    def edge(supporting, kind="service"):
        return {"supporting_service": {"id": supporting["id"], "type": kind},
                "dependent_service": {"id": plain["id"], "type": "service"}}

    edges = [edge(service), edge(other), edge(business, "business_service")]
    api.post("/service_dependencies/associate", {"relationships": edges}, expect=200)
    path = f"/service_dependencies/technical_services/{plain['id']}"
    _, stranger = someone("user")
    _, member = someone("observer", team, "observer")
    assert [one["supporting_service"]["id"] for one in stranger.get(path)["relationships"]] == [other["id"]]
    assert len(member.get(path)["relationships"]) == len(api.get(path)["relationships"]) == 3


# ---- schedules on policies ----------------------------------------------------------------------------------


def test_a_policy_cannot_take_a_schedule_that_is_hidden_from_its_author(api, make, someone):
    team = make.team(default_role="none")
    schedule = make.schedule(teams=[reference("team", team)])
    _, stranger = someone("user")
    _, member = someone("user", team, "manager")

    def body(target):
        rules = [{"escalation_delay_in_minutes": 30, "targets": [target]}]
        return {"escalation_policy": {"type": "escalation_policy", "name": unique("Policy"), "escalation_rules": rules}}

    target = reference("schedule", schedule)
    error = stranger.refused("POST", "/escalation_policies", 400, code=2001, json=body(target))
    assert error["errors"] == [f"Escalation rules target {schedule['id']} not found"]
    own = stranger.post("/escalation_policies", body(reference("user", make.user())), expect=201)["escalation_policy"]
    stranger.refused("PUT", f"/escalation_policies/{own['id']}", 400, code=2001, errors=error["errors"], json=body(target))
    member.post("/escalation_policies", body(target), expect=201)


def test_a_hidden_schedule_on_a_policy_stays_and_stays_hidden(api, make, someone):
    team, public = make.team(default_role="none"), make.team()
    schedule = make.schedule(teams=[reference("team", team)])
    rules = [{"escalation_delay_in_minutes": 30, "targets": [reference("schedule", schedule)]}]
    policy = make.policy(rules=rules)
    path = f"/escalation_policies/{policy['id']}"
    _, stranger = someone("user")
    included = stranger.get(path, params={"include[]": "targets"})["escalation_policy"]
    assert included["escalation_rules"][0]["targets"][0]["type"] == "schedule_reference"
    stranger.put(path, {"escalation_policy": {"description": "Mine", "escalation_rules": included["escalation_rules"]}})
    stranger.refused("PUT", path, 400, json={"escalation_policy": {"teams": [reference("team", public)]}})
    stranger.refused("PUT", f"/teams/{public['id']}/escalation_policies/{policy['id']}", 403, code=2010)
    assert [one["id"] for one in api.get(f"/schedules/{schedule['id']}")["schedule"]["teams"]] == [team["id"]]


# ---- the past -----------------------------------------------------------------------------------------------


def moment_that_passes() -> str:
    """A whole second of which what is done next is no part."""
    time.sleep(1.1)
    moment = instant()
    time.sleep(1.1)
    return moment


def on_call_then(person, moment: str, policy: dict) -> list:
    asked = {"since": moment, "until": moment, "escalation_policy_ids[]": policy["id"]}
    return [one["user"]["id"] for one in person.get("/oncalls", params=asked)["oncalls"]]


def test_who_was_on_call_for_a_private_team_stays_hidden_when_its_policy_becomes_everybodys(api, make, private, someone):
    team, policy, service, _ = private
    _, stranger = someone("user")
    _, member = someone("user", team, "responder")
    moment = moment_that_passes()
    assert on_call_then(api, moment, policy)
    api.put(f"/escalation_policies/{policy['id']}", {"escalation_policy": {"teams": []}})

    assert on_call_then(stranger, moment, policy) == []
    since = moment_that_passes()
    assert on_call_then(stranger, since, policy) == on_call_then(member, moment, policy) == on_call_then(api, moment, policy)
    asked = {"simulation": {"service": reference("service", service), "at": moment}}
    refused = stranger.refused("POST", "/console/simulations", 403, json=asked)
    assert policy["name"] not in str(refused)
    assert api.post("/console/simulations", asked, expect=200)["simulation"]["notifications"]
    now = {"simulation": {"service": reference("service", service)}}
    assert stranger.post("/console/simulations", now, expect=200)["simulation"]["notifications"]


def test_what_a_private_team_had_is_not_everybodys_when_all_of_it_was_deleted(api, make, someone):
    team = make.team(default_role="none")
    policy = make.policy(teams=[reference("team", team)])
    _, stranger = someone("user")
    moment = moment_that_passes()
    api.delete(f"/escalation_policies/{policy['id']}")
    api.delete(f"/teams/{team['id']}")

    assert on_call_then(api, moment, policy)
    assert on_call_then(stranger, moment, policy) == []


# ---- the console --------------------------------------------------------------------------------------------


def page(person, path):
    """A page of the console, read with a person's key."""
    return requests.get(f"{person.base_url}/console{path}", headers=person.headers(), timeout=20, allow_redirects=False)


@pytest.fixture
def hidden(api, make, private, events):
    """Everything that a private team can own, by the path of its page; the names are on the pages of lists, too."""
    team, policy, service, integration = private
    incident = make.alerted(make.routing_key(service), summary=unique("Disk is full"))
    alert = make.alerts(incident)[0]
    schedule = make.schedule(teams=[reference("team", team)])
    window = make.maintenance_window([service], timedelta(hours=1), timedelta(hours=2))
    pages = {
        f"/teams/{team['id']}": team["name"],
        f"/escalation_policies/{policy['id']}": policy["name"],
        f"/service-directory/{service['id']}": service["name"],
        f"/services/{service['id']}/integrations/{integration['id']}": integration["name"],
        f"/service-directory/maintenance-windows/{window['id']}": window["description"],
        f"/incidents/{incident['id']}": incident["title"],
        f"/incidents/{incident['id']}/log_entries/{make.log(incident)[0]['id']}": incident["title"],
        f"/alerts/{alert['id']}": alert["summary"],
        f"/schedules/{schedule['id']}": schedule["name"],
    }
    return team, pages


@pytest.mark.parametrize("role", ["user", "observer", "read_only_user", "restricted_access"])
def test_pages_of_a_private_team_do_not_exist_for_strangers(api, hidden, someone, role):
    team, pages = hidden
    user, stranger = someone(role)
    _, member = someone("restricted_access", team, "observer")
    for path, name in pages.items():
        assert page(stranger, path).status_code == 404, path
        for who in (member, api):
            seen = page(who, path)
            assert seen.status_code == 200 and name in seen.text, path
    person = api.get("/users", params={"query": user["email"]})["users"][0]
    for path in ("/", "/incidents", "/service-directory", "/on-call", "/users", f"/users/{person['id']}"):
        text = page(stranger, path).text
        assert page(stranger, path).status_code == 200
        for name in pages.values():
            assert name not in text, path
    listed = "".join(page(member, path).text for path in ("/", "/service-directory", "/on-call", "/users"))
    for path in ("team", "escalation_pol", "service-directory/P", "incidents/"):
        shown = [name for where, name in pages.items() if where.startswith("/" + path)]
        assert all(name in listed for name in shown), path


def test_pages_that_are_shown_do_not_name_what_is_hidden(api, make, private, someone):
    team, policy, service, _ = private
    schedule = make.schedule(teams=[reference("team", team)])
    rules = [{"escalation_delay_in_minutes": 30, "targets": [reference("schedule", schedule)]}]
    plain = make.service(make.policy(rules=rules))
    edge = {"supporting_service": {"id": service["id"], "type": "service"},
            "dependent_service": {"id": plain["id"], "type": "service"}}
    api.post("/service_dependencies/associate", {"relationships": [edge]}, expect=200)
    foreign = make.incident(plain, escalation_policy=reference("escalation_policy", policy))
    window = make.maintenance_window([plain, service], timedelta(hours=1), timedelta(hours=2))
    user, person = someone("observer")
    given = make.incident(service, assignments=[{"assignee": reference("user", user)}])
    api.put(f"/teams/{team['id']}/users/{make.user()['id']}", {"role": "observer"}, expect=204)
    secrets = [team["name"], policy["name"], service["name"], schedule["name"], foreign["title"]]
    for path in (f"/service-directory/{plain['id']}", f"/escalation_policies/{plain['escalation_policy']['id']}",
                 f"/service-directory/maintenance-windows/{window['id']}", f"/incidents/{given['id']}", "/"):
        seen = page(person, path)
        assert seen.status_code == 200, path
        for name in secrets:
            assert name not in seen.text, (path, name)
    assert page(person, f"/incidents/{foreign['id']}").status_code == 404


def test_who_sees_nothing_by_their_role_sees_no_other_people(make, someone):
    other = make.user()
    user, person = someone("restricted_access", make.team(), "observer")
    assert page(person, f"/users/{other['id']}").status_code == 404
    assert page(person, f"/users/{user['id']}").status_code == 200
    assert other["name"] not in page(person, "/users").text
    _, stakeholder = someone("read_only_limited_user")
    assert page(stakeholder, "/").status_code == 403


# ---- what is told elsewhere ---------------------------------------------------------------------------------


def webhook_of(api, services):
    schemas = api.get("/extension_schemas", params={"limit": 100})["extension_schemas"]
    schema = next(one for one in schemas if one["key"] == "generic_v2_webhook")
    return {"extension": {"type": "extension", "name": unique("Extension"), "endpoint_url": "https://hooks.example.com/x",
                          "extension_schema": reference("extension_schema", schema),
                          "extension_objects": [reference("service", one) for one in services]}}


def subscription_to(kind, thing=None):
    about = {"type": f"{kind}_reference", **({"id": thing["id"]} if thing else {})}
    return {"webhook_subscription": {
        "type": "webhook_subscription", "events": ["incident.triggered"], "filter": about,
        "delivery_method": {"type": "http_delivery_method", "url": "https://hooks.example.com/x"}}}


def test_extensions_of_a_private_service_do_not_exist_for_strangers(api, make, private, someone):
    team, _, service, _ = private
    _, stranger = someone("user")
    _, member = someone("user", team, "manager")
    plain = make.service()
    for services in ([service], [plain, service]):
        made = api.post("/extensions", webhook_of(api, services), expect=201)["extension"]
        path = f"/extensions/{made['id']}"
        redirected = {"extension": {"name": made["name"], "endpoint_url": "https://elsewhere.example.com/x"}}
        stranger.refused("GET", path, 404)
        stranger.refused("PUT", path, 404, json=redirected)
        stranger.refused("POST", f"{path}/enable", 404)
        stranger.refused("DELETE", path, 404)
        assert made["id"] not in {one["id"] for one in stranger.every("/extensions", "extensions")}
        assert made["id"] in {one["id"] for one in member.every("/extensions", "extensions")}
        assert member.get(path)["extension"]["endpoint_url"] == "https://hooks.example.com/x"
        member.put(path, redirected)
        stranger.refused("POST", "/extensions", 400, json=webhook_of(api, services))
        member.delete(path)
    own = stranger.post("/extensions", webhook_of(api, [plain]), expect=201)["extension"]
    widened = {"extension": {"name": own["name"], "extension_objects": [reference("service", service)]}}
    stranger.refused("PUT", f"/extensions/{own['id']}", 400, json=widened)
    stranger.delete(f"/extensions/{own['id']}")


def test_webhooks_of_a_private_team_do_not_exist_for_strangers(api, private, someone):
    team, _, service, _ = private
    _, stranger = someone("user")
    _, member = someone("user", team, "manager")
    for kind, thing in (("service", service), ("team", team)):
        made = api.post("/webhook_subscriptions", subscription_to(kind, thing), expect=200)["webhook_subscription"]
        path = f"/webhook_subscriptions/{made['id']}"
        stranger.refused("GET", path, 404)
        stranger.refused("PUT", path, 404, json={"webhook_subscription": {"active": False}})
        stranger.refused("POST", f"{path}/enable", 404)
        stranger.refused("POST", f"{path}/ping", 404)
        stranger.refused("DELETE", path, 404)
        listed = "/webhook_subscriptions"
        assert made["id"] not in {one["id"] for one in stranger.every(listed, "webhook_subscriptions")}
        narrowed = {"filter_type": kind, "filter_id": thing["id"]}
        assert stranger.get(listed, params=narrowed)["webhook_subscriptions"] == []
        assert [one["id"] for one in member.get(listed, params=narrowed)["webhook_subscriptions"]] == [made["id"]]
        stranger.refused("POST", listed, 400, json=subscription_to(kind, thing))
        member.delete(path)


def test_only_who_sees_every_team_subscribes_to_the_account(api, make, private, someone):
    _, stranger = someone("user")
    _, admin = someone("admin")
    stranger.refused("POST", "/webhook_subscriptions", 403, json=subscription_to("account"))
    own = stranger.post("/webhook_subscriptions", subscription_to("service", make.service()), expect=200)["webhook_subscription"]
    widened = {"webhook_subscription": {"filter": {"type": "account_reference"}}}
    stranger.refused("PUT", f"/webhook_subscriptions/{own['id']}", 403, json=widened)
    stranger.delete(f"/webhook_subscriptions/{own['id']}")
    whole = admin.post("/webhook_subscriptions", subscription_to("account"), expect=200)["webhook_subscription"]
    path = f"/webhook_subscriptions/{whole['id']}"
    stranger.refused("PUT", path, 403, json={"webhook_subscription": {"active": False}})
    stranger.refused("DELETE", path, 403)
    admin.put(path, {"webhook_subscription": {"active": False}})
    admin.delete(path)


# ---- rules of events ----------------------------------------------------------------------------------------


def routed(api, orchestration, **actions):
    body = {"orchestration_path": {"sets": [{"id": "start", "rules": [{"label": "Lead on", "conditions": [], "actions": actions}]}],
                                   "catch_all": {"actions": {}}}}
    api.put(f"/event_orchestrations/{orchestration['id']}/router", body)


def orchestration_of(api, **members):
    return api.post("/event_orchestrations", {"orchestration": {"name": unique("Orchestration"), **members}}, expect=201)["orchestration"]


def key_of(orchestration):
    return orchestration["integrations"][0]["parameters"]["routing_key"]


def tried(person, orchestration, **details):
    event = {"event_action": "trigger", "payload": {
        "summary": "Disk full", "source": "db-1", "severity": "critical", "custom_details": details}}
    body = {"orchestration": {"id": orchestration["id"]}, "event": event}
    return person.call("POST", "/console/orchestration_trials", json=body, expect=200).body["trial"]


@pytest.mark.parametrize("lookup, member", [("service_name", "name"), ("service_id", "id")])
def test_an_event_names_a_service_of_a_private_team_only_to_that_team(api, make, private, events, lookup, member):
    team, _, service, _ = private
    own, foreign, nobodys = (orchestration_of(api, **({"team": reference("team", one)} if one else {}))
                             for one in (team, make.team(), None))
    for orchestration, found in ((own, True), (foreign, False), (nobodys, False)):
        routed(api, orchestration, dynamic_route_to={"source": "event.custom_details.to", "regex": ".+", "lookup_by": lookup})
        outcome = tried(api, orchestration, to=service[member])["outcome"]
        assert (outcome["route_to"] is not None) == found
        key = events.trigger(key_of(orchestration), custom_details={"to": service[member]})
        led = api.get("/alerts", params={"alert_key": key})["alerts"][0]["service"]
        assert (led["id"] if led else None) == (service["id"] if found else None)
    plain = make.service()
    assert tried(api, nobodys, to=plain[member])["outcome"]["route_to"]["id"] == plain["id"]


def test_a_trial_and_its_history_end_where_an_event_enters_a_private_team(api, make, private, someone, events):
    team, _, service, _ = private
    plain, orchestration = make.service(), orchestration_of(api)
    own_rule = {"label": "A secret rule", "conditions": [], "actions": {"severity": "info", "annotate": "A secret note"}}
    path = {"orchestration_path": {"sets": [{"id": "start", "rules": [own_rule]}], "catch_all": {"actions": {}}}}
    api.put(f"/event_orchestrations/services/{service['id']}", path)
    api.put(f"/event_orchestrations/services/{service['id']}/active", {"active": True})
    _, stranger = someone("user")
    _, member = someone("user", team, "observer")
    events.trigger(key_of(orchestration), summary="Of nobody")
    routed(api, orchestration, route_to=service["id"])
    shown, hidden = tried(member, orchestration), tried(stranger, orchestration)
    assert [one["path"] for one in shown["steps"] if one["rule"]] == ["router", "service"]
    assert shown["outcome"]["route_to"]["id"] == service["id"] and shown["outcome"]["route_to_hidden"] is False
    assert (shown["outcome"]["severity"], shown["outcome"]["notes"]) == ("info", ["A secret note"])
    assert [one["path"] for one in hidden["steps"] if one["rule"]] == ["router"]
    assert "service" not in {one["path"] for one in hidden["steps"]}
    assert hidden["outcome"]["route_to"] is None and hidden["outcome"]["route_to_hidden"] is True
    assert hidden["outcome"]["severity"] == "critical"
    for secret in (service["id"], service["name"], "secret"):
        assert secret not in str(hidden)
    events.trigger(key_of(orchestration), summary="Of the team")
    routed(api, orchestration, route_to=plain["id"])
    events.trigger(key_of(orchestration), summary="Of everybody")
    kept = f"/event_orchestrations/{orchestration['id']}/orchestrated_events"
    recent = {"orchestration_id": orchestration["id"]}
    everything, seen = ["Of everybody", "Of the team", "Of nobody"], ["Of everybody", "Of nobody"]
    for person, summaries in ((stranger, seen), (member, everything), (api, everything)):
        assert [one["summary"] for one in person.get(kept)["orchestrated_events"]] == summaries
        assert [one["summary"] for one in person.get("/console/recent_events", params=recent)["events"]] == summaries
    assert stranger.get(kept, params={"total": "true"})["total"] == 2
