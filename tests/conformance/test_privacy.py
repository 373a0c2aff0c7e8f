"""Private teams behind every door: the Backstage routes, the console, histories, references."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests

from support.client import unique
from support.factory import reference

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
