"""Hand-off notification rules; and ours: codes, tests and readiness. What arrives is told in tests/sending."""

from __future__ import annotations

import pytest

from .test_users import UNKNOWN, add_method

RULES = "oncall_handoff_notification_rules"


def body(method, **members):
    """A hand-off rule that uses a contact method."""
    return {"oncall_handoff_notification_rule": {
        "contact_method": {"id": method["id"], "type": method["type"]}, **members}}


@pytest.fixture
def person(make):
    return make.user()


@pytest.fixture
def method(api, person):
    return add_method(api, person)


@pytest.fixture
def rule(api, person, method):
    return api.post(f"/users/{person['id']}/{RULES}", body(method, handoff_type="oncall", notify_advance_in_minutes=60),
                    expect=201)["oncall_handoff_notification_rule"]


def test_a_handoff_rule_is_made_read_changed_and_deleted(api, person, method, rule):
    assert (rule["handoff_type"], rule["notify_advance_in_minutes"]) == ("oncall", 60)
    assert rule["contact_method"]["id"] == method["id"]
    assert rule["contact_method"]["type"] == "email_contact_method_reference"
    path = f"/users/{person['id']}/{RULES}"
    assert api.get(f"{path}/{rule['id']}")["oncall_handoff_notification_rule"] == rule
    assert api.get(path)[RULES] == [rule]
    other = add_method(api, person)
    changed = api.put(f"{path}/{rule['id']}", body(other, handoff_type="both", notify_advance_in_minutes=0), expect=200)
    changed = changed["oncall_handoff_notification_rule"]
    assert (changed["handoff_type"], changed["notify_advance_in_minutes"]) == ("both", 0)
    assert changed["contact_method"]["id"] == other["id"]
    api.delete(f"{path}/{rule['id']}")
    api.refused("GET", f"{path}/{rule['id']}", 404)
    assert api.get(path)[RULES] == []


def test_a_handoff_rule_is_for_both_ends_and_at_once_unless_it_says_more(api, person, method):
    made = api.post(f"/users/{person['id']}/{RULES}", body(method), expect=201)["oncall_handoff_notification_rule"]
    assert (made["handoff_type"], made["notify_advance_in_minutes"]) == ("both", 0)


@pytest.mark.parametrize("wrong", [{"handoff_type": "never"}, {"notify_advance_in_minutes": -1},
                                   {"notify_advance_in_minutes": 2881}, {"contact_method": {"id": UNKNOWN}},
                                   {"contact_method": None}])
def test_what_is_wrong_with_a_handoff_rule_is_said(api, person, method, wrong):
    sent = body(method, handoff_type="both")
    sent["oncall_handoff_notification_rule"].update(wrong)
    assert api.refused("POST", f"/users/{person['id']}/{RULES}", 400, json=sent)["errors"]


def test_the_same_handoff_rule_twice_or_by_anothers_contact_method_is_refused(api, make, person, method, rule):
    same = body(method, handoff_type="oncall", notify_advance_in_minutes=60)
    api.refused("POST", f"/users/{person['id']}/{RULES}", 400, json=same)
    stranger = make.user()
    api.refused("POST", f"/users/{stranger['id']}/{RULES}", 400, json=same)
    api.refused("GET", f"/users/{stranger['id']}/{RULES}/{rule['id']}", 404)


def test_handoff_rules_are_their_persons(person, rule, someone):
    _, responder = someone("limited_user")
    path = f"/users/{person['id']}/{RULES}"
    responder.get(path)
    responder.refused("DELETE", f"{path}/{rule['id']}", 403)


def test_everybody_may_prove_their_own_and_no_other(api, someone, person, method):
    me, mine = someone("observer")
    my_method = add_method(mine, me)
    path = f"/users/{me['id']}/contact_methods/{my_method['id']}"
    assert mine.get(path + "/verification")["verification"]["status"] == "unverified"
    assert mine.post(path + "/verification", expect=201)["verification"]["status"] == "pending"
    wrong = mine.refused("PUT", path + "/verification", 400, json={"verification": {"code": "not a code"}})
    assert wrong["errors"] == ["Code is wrong; 4 more attempts are left"]
    mine.refused("PUT", path + "/verification", 400, json={"verification": {}})
    mine.post(path + "/test", expect=201)
    theirs = f"/users/{person['id']}/contact_methods/{method['id']}"
    for verb, what in (("POST", "/verification"), ("PUT", "/verification"), ("POST", "/test")):
        mine.refused(verb, theirs + what, 403, json={"verification": {"code": "123456"}})
    api.refused("POST", f"/users/{me['id']}/contact_methods/{method['id']}/test", 404)


def test_nobody_is_ready_whom_nothing_was_shown_to_reach(api, reader, person):
    readiness = reader.get(f"/users/{person['id']}/readiness")["readiness"]
    assert readiness["verdict"] == "not known to be reachable" and readiness["user"]["id"] == person["id"]
    assert [one["contact_method"]["type"] for one in readiness["ways"]] == ["email_contact_method_reference"]
    assert not readiness["ways"][0]["ready"] and readiness["ways"][0]["proven_at"] is None and readiness["ways"][0]["reason"]
    api.refused("GET", f"/users/{UNKNOWN}/readiness", 404)


def test_one_message_can_be_read(api, person, method):
    sent = api.post(f"/users/{person['id']}/contact_methods/{method['id']}/test", expect=201)["notification"]
    again = api.get(f"/notifications/{sent['id']}", params={"include[]": "users"})["notification"]
    assert again["purpose"] == "test" and again["user"]["email"] == person["email"]
    api.refused("GET", f"/notifications/{UNKNOWN}", 404)


def test_whoever_sees_little_can_read_what_was_sent_to_them(api, someone, person, method):
    me, mine = someone("restricted_access")
    methods = f"/users/{me['id']}/contact_methods"
    sent = mine.post(f"{methods}/{mine.get(methods)['contact_methods'][0]['id']}/test", expect=201)["notification"]
    assert mine.get(f"/notifications/{sent['id']}")["notification"]["id"] == sent["id"]
    others = api.post(f"/users/{person['id']}/contact_methods/{method['id']}/test", expect=201)["notification"]
    mine.refused("GET", f"/notifications/{others['id']}", 403)


def test_a_topic_of_push_messages_is_a_contact_method(api, person):
    push = add_method(api, person, "push_notification_contact_method", "my-topic")
    assert push["device_type"] and push["last_proven_at"] is None
