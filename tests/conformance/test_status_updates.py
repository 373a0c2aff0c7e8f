"""Status updates of incidents: who hears of them, and by which contact methods."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.factory import instant
from support.server import wait_until


def subscriber(kind: str, thing: dict) -> dict:
    return {"subscriber_id": thing["id"], "subscriber_type": kind}


def subscribable(kind: str, thing: dict) -> dict:
    return {"subscribable_id": thing["id"], "subscribable_type": kind}


@pytest.fixture(params=["incidents", "business_services"])
def about(request, make):
    """The paths of subscribers and of unsubscribing, and what is subscribed to."""
    if request.param == "incidents":
        made = make.incident()
        return f"/incidents/{made['id']}/status_updates", "incident", made
    made = make.business_service()
    return f"/business_services/{made['id']}", "business_service", made


@pytest.fixture(params=["users", "teams"])
def who(request, make):
    made = make.user() if request.param == "users" else make.team()
    return f"/{request.param}/{made['id']}/notification_subscriptions", request.param[:-1], made


NOBODY = {"id": "PNOBODY0000000"}


def test_people_and_teams_subscribe_and_leave(api, make, about):
    path, kind, made = about
    person, team = make.user(), make.team()
    wanted = [subscriber("user", person), subscriber("team", team), subscriber("user", NOBODY)]
    done = api.post(f"{path}/subscribers", {"subscribers": wanted}, expect=200)["subscriptions"]
    assert [(one["subscriber_id"], one["result"]) for one in done] == [
        (person["id"], "success"), (team["id"], "success"), (NOBODY["id"], "unauthorized")]
    assert all(one["subscribable_id"] == made["id"] and one["subscribable_type"] == kind for one in done)
    again = api.post(f"{path}/subscribers", {"subscribers": wanted[:1]}, expect=200)["subscriptions"]
    assert [one["result"] for one in again] == ["duplicate"]
    listed = api.get(f"{path}/subscribers")
    assert [(one["subscriber_id"], one["subscriber_type"]) for one in listed["subscribers"]] == [
        (person["id"], "user"), (team["id"], "team")]
    assert listed["account_id"]
    gone = api.post(f"{path}/unsubscribe", {"subscribers": wanted}, expect=200)
    assert gone == {"deleted_count": 2, "unauthorized_count": 0, "non_existent_count": 1}
    assert api.get(f"{path}/subscribers")["subscribers"] == []


def test_a_person_or_a_team_subscribes_to_several_things(api, make, who):
    path, kind, made = who
    incident, service = make.incident(), make.business_service()
    wanted = [subscribable("incident", incident), subscribable("business_service", service), subscribable("incident", NOBODY)]
    done = api.post(path, {"subscribables": wanted}, expect=200)["subscriptions"]
    assert [one["result"] for one in done] == ["success", "success", "unauthorized"]
    assert all(one["subscriber_id"] == made["id"] and one["subscriber_type"] == kind for one in done)
    listed = api.get(path)["subscriptions"]
    assert [one["subscribable_name"] for one in listed] == [incident["title"], service["name"]]
    assert listed[0]["subscription"]["subscribable_id"] == incident["id"]
    gone = api.post(f"{path}/unsubscribe", {"subscribables": wanted}, expect=200)
    assert (gone["deleted_count"], gone["non_existent_count"]) == (2, 1)
    assert api.get(path)["subscriptions"] == []


def test_an_account_subscribes_to_a_business_service(api, make):
    path = f"/business_services/{make.business_service()['id']}"
    for _ in range(2):
        assert api.post(f"{path}/account_subscription", expect=200) == {"account_is_subscribed": True}
    assert api.get(f"{path}/subscribers")["subscribers"] == []
    api.delete(f"{path}/account_subscription")
    api.refused("POST", "/business_services/PNOBODY0000000/account_subscription", 404)


@pytest.mark.parametrize("wrong", [{}, {"subscribers": []}, {"subscribers": [{"subscriber_id": "PX"}]}, {"subscribers": "all"},
                                   {"subscribers": [{"subscriber_id": "PX", "subscriber_type": "planet"}]},
                                   {"subscribers": [{"subscriber_type": "user"}]},
                                   {"subscribers": [{"subscriber_id": "PX", "subscriber_type": "user"}] * 101}])
def test_a_list_of_subscribers_that_is_none_is_refused(api, about, wrong):
    path, _, _ = about
    api.refused("POST", f"{path}/subscribers", 400, json=wrong)
    api.refused("POST", f"{path}/unsubscribe", 400, json=wrong)


def test_a_status_update_is_told_once_to_everybody_who_subscribed(api, make, owner):
    person, member, by_service, team = make.user(), make.user(), make.user(), make.team()
    for one in (member, person):
        api.call("PUT", f"/teams/{team['id']}/users/{one['id']}", json={"role": "responder"}, expect=204)
    priority = api.get("/priorities")["priorities"][0]
    service, business = make.service(), make.business_service()
    api.post("/service_dependencies/associate", {"relationships": [{
        "supporting_service": {"id": service["id"], "type": "service"},
        "dependent_service": {"id": business["id"], "type": "business_service"}}]}, expect=200)
    api.post(f"/business_services/{business['id']}/subscribers", {"subscribers": [subscriber("user", by_service)]}, expect=200)
    incident = make.incident(service, priority={"id": priority["id"], "type": "priority_reference"})
    path = f"/incidents/{incident['id']}/status_updates"
    api.post(f"{path}/subscribers", {"subscribers": [subscriber("user", person), subscriber("team", team)]}, expect=200)
    made = api.post(path, {"message": "We are on it"}, expect=200)["status_update"]
    assert made["message"] == "We are on it" and made["sender"]["id"] == owner["id"]

    def told() -> list:
        rows = api.every("/notifications", "notifications", hours())
        return sorted(one["user"]["id"] for one in rows if one.get("purpose") == "status_update"
                      and one["user"]["id"] in {person["id"], member["id"], by_service["id"]})
    wait_until(lambda: told() == sorted([person["id"], member["id"], by_service["id"]]), 10, "three messages")


def test_a_status_update_of_a_private_team_is_told_to_nobody_outside_it(api, make, someone):
    team, business = make.team(default_role="none"), make.business_service()
    _, service = make.owned(team)
    member, _ = someone("observer", team, "observer")
    stranger, _ = someone("user")
    asked, _ = someone("observer")
    api.post("/service_dependencies/associate", {"relationships": [{
        "supporting_service": {"id": service["id"], "type": "service"},
        "dependent_service": {"id": business["id"], "type": "business_service"}}]}, expect=200)
    people = [stranger, asked, member]
    api.post(f"/business_services/{business['id']}/subscribers",
             {"subscribers": [subscriber("user", one) for one in people]}, expect=200)
    priority = api.get("/priorities")["priorities"][0]
    incident = make.incident(service, priority={"id": priority["id"], "type": "priority_reference"},
                             assignments=[{"assignee": {"id": asked["id"], "type": "user_reference"}}])
    api.post(f"/incidents/{incident['id']}/status_updates", {"message": "Nobody's business"}, expect=200)

    def told() -> set:
        rows = api.every("/notifications", "notifications", hours())
        return {one["user"]["id"] for one in rows if one.get("purpose") == "status_update"
                and one["user"]["id"] in {each["id"] for each in people}}
    wait_until(lambda: len(told()) >= 2, 10, "two messages")
    assert told() == {member["id"], asked["id"]}


def hours() -> dict:
    return {"since": instant(timedelta(hours=-1)), "until": instant(timedelta(hours=1))}


def test_a_status_update_has_its_own_mail_or_none(api, make):
    path = f"/incidents/{make.incident()['id']}/status_updates"
    made = api.post(path, {"message": "Soon", "subject": "All well", "html_message": "<b>Soon</b>"}, expect=200)["status_update"]
    assert (made["subject"], made["html_message"]) == ("All well", "<b>Soon</b>")
    for wrong in ({"message": ""}, {}, {"message": "x", "subject": "y"}, {"message": "x", "html_message": "y"}, {"message": 5},
                  {"message": "x" * 10_001}):
        api.refused("POST", path, 400, json=wrong)
    api.refused("POST", "/incidents/PNOBODY0000000/status_updates", 404, json={"message": "x"})


def test_people_choose_by_which_contact_methods_they_hear(api, make):
    person, other = make.user(), make.user()
    path = f"/users/{person['id']}/status_update_notification_rules"
    method = api.get(f"/users/{person['id']}/contact_methods")["contact_methods"][0]
    rule = {"status_update_notification_rule": {"contact_method": {"id": method["id"], "type": method["type"]}}}
    made = api.post(path, rule, expect=201)["status_update_notification_rule"]
    assert made["contact_method"]["id"] == method["id"]
    assert api.get(path)["status_update_notification_rules"] == [made]
    assert api.get(f"{path}/{made['id']}")["notification_rule"] == made
    full = api.get(path, params={"include[]": "contact_methods"})["status_update_notification_rules"][0]
    assert full["contact_method"]["address"] == method["address"]
    assert api.get(f"{path}/{made['id']}", params={"include[]": "contact_methods"})["notification_rule"]["contact_method"]["address"]
    assert "Contact method has already been taken" in api.refused("POST", path, 400, json=rule)["errors"]
    assert api.put(f"{path}/{made['id']}", rule)["notification_rule"]["id"] == made["id"]
    foreign = api.get(f"/users/{other['id']}/contact_methods")["contact_methods"][0]
    wrong = {"status_update_notification_rule": {"contact_method": {"id": foreign["id"], "type": foreign["type"]}}}
    api.refused("POST", path, 400, json=wrong)
    api.refused("PUT", f"{path}/{made['id']}", 400, json=wrong)
    api.refused("GET", f"/users/{other['id']}/status_update_notification_rules/{made['id']}", 404)
    api.delete(f"{path}/{made['id']}")
    api.refused("GET", f"{path}/{made['id']}", 404)


def test_subscriptions_end_with_whom_they_are_of(api, make):
    person, incident = make.user(), make.incident()
    path = f"/incidents/{incident['id']}/status_updates/subscribers"
    api.post(path, {"subscribers": [subscriber("user", person)]}, expect=200)
    api.delete(f"/users/{person['id']}")
    assert api.get(path)["subscribers"] == []
