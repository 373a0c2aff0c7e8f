"""People, how they are reached, and what reaches them when."""

from __future__ import annotations

import pytest

from support.client import unique
from support.factory import reference

UNKNOWN = "PZZZZZZZZZZZZ9"


def read(api, user, **params):
    """The user as it is now."""
    return api.get(f"/users/{user['id']}", params=params)["user"]


def address(stem="mail"):
    """An e-mail address that nobody has."""
    return unique(stem).replace(" ", ".").lower() + "@callboard.test"


def add_method(api, user, kind="email_contact_method", value=None, **members):
    """A new contact method of a user."""
    body = {"type": kind, "label": "Work", "address": value or address(), **members}
    return api.post(f"/users/{user['id']}/contact_methods", {"contact_method": body}, expect=201)["contact_method"]


def rule_body(method, delay=5, urgency="high"):
    """A notification rule that uses a contact method."""
    return {"notification_rule": {"type": "assignment_notification_rule", "start_delay_in_minutes": delay,
                                  "contact_method": {"id": method["id"], "type": method["type"]}, "urgency": urgency}}


# ---- people ------------------------------------------------------------------------------------------


def test_a_new_user_has_the_documented_defaults(api, make):
    user = make.user()
    assert user["summary"] == user["name"] and user["role"] == "user"
    assert user["color"] and "avatar_url" in user
    assert user["description"] is None and user["job_title"] is None
    assert user["teams"] == [] and isinstance(user["invitation_sent"], bool)
    assert read(api, user)["email"] == user["email"]


def test_everything_that_is_set_is_read_back(api, make):
    user = make.user(time_zone="Europe/Warsaw", color="green", job_title="Gardener", description="Waters", role="limited_user")
    again = read(api, user)
    for name, value in {"time_zone": "Europe/Warsaw", "color": "green", "job_title": "Gardener", "description": "Waters",
                        "role": "limited_user"}.items():
        assert again[name] == value


def test_a_new_user_gets_an_email_method_and_a_rule_for_each_urgency(api, make):
    user = make.user()
    methods = api.get(f"/users/{user['id']}/contact_methods")["contact_methods"]
    assert [(method["type"], method["address"], method["label"]) for method in methods] == \
        [("email_contact_method", user["email"], "Default")]
    rules = api.get(f"/users/{user['id']}/notification_rules", params={"urgency": "all"})["notification_rules"]
    assert sorted((rule["urgency"], rule["start_delay_in_minutes"]) for rule in rules) == [("high", 0), ("low", 0)]
    assert {rule["contact_method"]["id"] for rule in rules} == {methods[0]["id"]}


def test_an_email_address_belongs_to_one_user(api, make):
    user = make.user()
    for taken in (user["email"], user["email"].upper()):
        api.refused("POST", "/users", 400, code=2001, message="Invalid Input Provided",
                    errors=["Email has already been taken"],
                    json={"user": {"type": "user", "name": "Twin", "email": taken}})
    other = make.user()
    api.refused("PUT", f"/users/{other['id']}", 400, errors=["Email has already been taken"],
                json={"user": {"email": user["email"]}})


@pytest.mark.parametrize("change", [
    {"name": None}, {"name": ""}, {"name": "x" * 101}, {"email": None}, {"email": "no-at-sign"}, {"email": "a@" + "b" * 100},
    {"role": "emperor"}, {"role": "owner"}, {"time_zone": "Mars/Olympus"}, {"job_title": "x" * 101},
])
def test_what_a_user_cannot_be_is_refused(api, change):
    body = {"type": "user", "name": "Someone", "email": address(), **change}
    assert api.refused("POST", "/users", 400, code=2001, json={"user": body})["errors"]


def test_a_put_changes_only_what_it_names(api, make):
    user = make.user(job_title="Baker")
    changed = api.put(f"/users/{user['id']}", {"user": {"name": "New Name"}})["user"]
    assert (changed["name"], changed["job_title"], changed["email"]) == ("New Name", "Baker", user["email"])
    assert read(api, user)["summary"] == "New Name"


def test_a_new_address_of_the_user_leaves_the_contact_methods_alone(api, make):
    user = make.user()
    api.put(f"/users/{user['id']}", {"user": {"email": address()}})
    methods = api.get(f"/users/{user['id']}/contact_methods")["contact_methods"]
    assert [method["address"] for method in methods] == [user["email"]]


def test_a_deleted_user_is_gone_but_history_keeps_the_name(api, make):
    author, service = make.user(), make.service()
    incident = make.incident(service)
    api.clone(sender=author["email"]).post(f"/incidents/{incident['id']}/notes", {"note": {"content": "was here"}}, expect=200)
    api.delete(f"/users/{author['id']}")
    api.refused("GET", f"/users/{author['id']}", 404)
    api.refused("DELETE", f"/users/{author['id']}", 404)
    note = api.get(f"/incidents/{incident['id']}/notes")["notes"][0]
    assert note["user"]["id"] == author["id"] and note["user"]["summary"] == author["name"]


def test_a_user_with_open_incidents_cannot_be_deleted(api, make):
    user = make.user()
    incident = make.incident(make.service(make.policy([user])))
    assert incident["assignments"][0]["assignee"]["id"] == user["id"]
    api.refused("DELETE", f"/users/{user['id']}", 400)
    read(api, user)


def test_a_user_whom_an_open_incident_will_reach_cannot_be_deleted(api, make):
    first, second = make.user(), make.user()
    levels = [{"escalation_delay_in_minutes": 5, "targets": [reference("user", one)]} for one in (first, second)]
    policy = make.policy(rules=levels)
    incident = make.incident(make.service(policy))
    levels[1]["targets"] = [reference("user", make.user())]
    api.put(f"/escalation_policies/{policy['id']}", {"escalation_policy": {"escalation_rules": levels}})
    api.refused("DELETE", f"/users/{second['id']}", 400, errors=[
        "User can't be deleted because they are on an escalation policy snapshot with open incidents"])
    api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", "status": "resolved"}})
    api.delete(f"/users/{second['id']}")


def test_the_owner_cannot_be_deleted(api, owner):
    api.refused("DELETE", f"/users/{owner['id']}", 400)


def test_users_are_found_by_a_part_of_name_or_address(api, make):
    user = make.user()
    for query in (user["name"].upper(), user["email"][2:-3]):
        assert [one["id"] for one in api.get("/users", params={"query": query})["users"]] == [user["id"]]
    assert api.get("/users", params={"query": "nobody is called this"})["users"] == []


def test_users_are_found_by_team(api, make):
    team, user = make.team(), make.user()
    api.put(f"/teams/{team['id']}/users/{user['id']}", expect=204)
    found = api.get("/users", params={"team_ids[]": team["id"]})["users"]
    assert [one["id"] for one in found] == [user["id"]]
    assert [one["id"] for one in found[0]["teams"]] == [team["id"]]


def test_references_become_whole_objects_on_request(api, make):
    team, user = make.team(), make.user()
    api.put(f"/teams/{team['id']}/users/{user['id']}", expect=204)
    everything = [("include[]", name) for name in ("contact_methods", "notification_rules", "teams", "subdomains")]
    for whole in (api.get("/users", params=everything + [("query", user["email"])])["users"][0],
                  api.get(f"/users/{user['id']}", params=everything + [("include[]", "calendar_urls")])["user"]):
        assert whole["contact_methods"][0]["address"] == user["email"]
        assert whole["notification_rules"][0]["urgency"] in ("high", "low")
        assert whole["teams"][0]["name"] == team["name"]
    plain = read(api, user)
    assert plain["contact_methods"][0]["type"] == "email_contact_method_reference"
    assert plain["notification_rules"][0]["type"] == "assignment_notification_rule_reference"


def test_an_account_key_is_nobody(api):
    """The text is what clients look for."""
    error = api.call("GET", "/users/me", expect=400).body["error"]
    assert "account-level access token" in error


def test_a_personal_key_is_its_owner(api, account, owner):
    personal = api.clone(key=account.server.create_user_key(account.owner_email), sender=None)
    everything = [("include[]", name) for name in ("contact_methods", "notification_rules", "teams", "subdomains",
                                                    "calendar_urls")]
    me = personal.get("/users/me", params=everything)["user"]
    assert me["id"] == owner["id"] and me["role"] == "owner"
    assert me["contact_methods"][0]["address"]


# ---- contact methods -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind,value,extra", [
    ("email_contact_method", None, {"send_short_email": False}),
    ("phone_contact_method", "5555550101", {"country_code": 48}),
    ("sms_contact_method", "5555550102", {"country_code": 1}),
])
def test_a_contact_method_lives_its_life(api, make, kind, value, extra):
    user = make.user()
    method = add_method(api, user, kind, value, **extra)
    assert method["type"] == kind and method["summary"] == "Work"
    for name, given in extra.items():
        assert method[name] == given
    path = f"/users/{user['id']}/contact_methods/{method['id']}"
    assert api.get(path)["contact_method"] == method
    assert method["id"] in {one["id"] for one in api.get(f"/users/{user['id']}/contact_methods")["contact_methods"]}
    changed = api.put(path, {"contact_method": {"type": kind, "label": "Home"}})["contact_method"]
    assert changed["label"] == "Home" and changed["address"] == method["address"]
    api.delete(path)
    api.refused("GET", path, 404)


@pytest.mark.parametrize("kind", ["phone_contact_method", "sms_contact_method"])
def test_a_number_without_country_is_in_country_one(api, make, kind):
    assert add_method(api, make.user(), kind, "5555550103")["country_code"] == 1


def test_the_same_contact_method_twice_is_refused(api, make):
    """Terraform reads this text and adopts the existing one."""
    user = make.user()
    method = add_method(api, user, "phone_contact_method", "5555550104", country_code=1)
    api.refused("POST", f"/users/{user['id']}/contact_methods", 400, code=2001,
                errors=["User Contact method must be unique"],
                json={"contact_method": {"type": method["type"], "label": "Again", "address": "5555550104", "country_code": 1}})


@pytest.mark.parametrize("body", [
    {"type": "pigeon_contact_method", "label": "x", "address": "y"},
    {"type": "email_contact_method", "label": "x", "address": "no-at-sign"},
    {"type": "email_contact_method", "label": "x"},
    {"type": "phone_contact_method", "label": "x", "address": "call me maybe", "country_code": 1},
    {"type": "phone_contact_method", "label": "x", "address": "5" * 41, "country_code": 1},
])
def test_what_a_contact_method_cannot_be_is_refused(api, make, body):
    user = make.user()
    api.refused("POST", f"/users/{user['id']}/contact_methods", 400, code=2001, json={"contact_method": body})


def test_deleting_a_contact_method_removes_its_rules(api, make):
    user = make.user()
    method = add_method(api, user)
    rule = api.post(f"/users/{user['id']}/notification_rules", rule_body(method), expect=201)["notification_rule"]
    api.delete(f"/users/{user['id']}/contact_methods/{method['id']}")
    api.refused("GET", f"/users/{user['id']}/notification_rules/{rule['id']}", 404)


def test_adding_a_contact_method_adds_no_rule(api, make):
    """Terraform makes its own rules and would collide."""
    user = make.user()
    before = api.get(f"/users/{user['id']}/notification_rules", params={"urgency": "all"})
    add_method(api, user)
    assert api.get(f"/users/{user['id']}/notification_rules", params={"urgency": "all"}) == before


def test_contact_methods_of_another_user_are_not_found(api, make):
    method = add_method(api, make.user())
    api.refused("GET", f"/users/{make.user()['id']}/contact_methods/{method['id']}", 404)


# ---- notification rules --------------------------------------------------------------------------------


def test_a_notification_rule_lives_its_life(api, make):
    user = make.user()
    method = add_method(api, user)
    rule = api.post(f"/users/{user['id']}/notification_rules", rule_body(method, 10, "low"), expect=201)["notification_rule"]
    assert (rule["start_delay_in_minutes"], rule["urgency"], rule["contact_method"]["id"]) == (10, "low", method["id"])
    path = f"/users/{user['id']}/notification_rules/{rule['id']}"
    assert api.get(path)["notification_rule"] == rule
    whole = api.get(path, params={"include[]": "contact_methods"})["notification_rule"]
    assert whole["contact_method"]["address"] == method["address"]
    changed = api.put(path, rule_body(method, 15, "low"))["notification_rule"]
    assert changed["start_delay_in_minutes"] == 15 and changed["id"] == rule["id"]
    api.delete(path)
    api.refused("GET", path, 404)


def test_rules_are_listed_by_urgency(api, make):
    user = make.user()
    method = add_method(api, user)
    low = api.post(f"/users/{user['id']}/notification_rules", rule_body(method, 7, "low"), expect=201)["notification_rule"]
    high = api.post(f"/users/{user['id']}/notification_rules", rule_body(method, 7, "high"), expect=201)["notification_rule"]

    def listed(**params):
        rules = api.get(f"/users/{user['id']}/notification_rules", params=params)["notification_rules"]
        return {rule["id"] for rule in rules}

    assert high["id"] in listed() and low["id"] not in listed(), "without urgency only the high ones"
    assert high["id"] in listed(urgency="high") and low["id"] not in listed(urgency="high")
    assert low["id"] in listed(urgency="low") and high["id"] not in listed(urgency="low")
    assert {high["id"], low["id"]} <= listed(urgency="all")
    whole = api.get(f"/users/{user['id']}/notification_rules", params={"include[]": "contact_methods"})
    assert all(rule["contact_method"]["address"] for rule in whole["notification_rules"])


def test_the_same_rule_twice_is_refused(api, make):
    user = make.user()
    method = add_method(api, user)
    api.post(f"/users/{user['id']}/notification_rules", rule_body(method), expect=201)
    api.refused("POST", f"/users/{user['id']}/notification_rules", 400, code=2001,
                errors=["Channel Start delay must be unique for a given contact method"], json=rule_body(method))
    api.post(f"/users/{user['id']}/notification_rules", rule_body(method, urgency="low"), expect=201)


@pytest.mark.parametrize("delay,urgency", [(-1, "high"), ("soon", "high"), (5, "medium"), (None, "high")])
def test_what_a_rule_cannot_be_is_refused(api, make, delay, urgency):
    user = make.user()
    method = add_method(api, user)
    api.refused("POST", f"/users/{user['id']}/notification_rules", 400, code=2001, json=rule_body(method, delay, urgency))


def test_a_rule_uses_only_the_users_own_contact_methods(api, make):
    foreign = add_method(api, make.user())
    user = make.user()
    api.call("POST", f"/users/{user['id']}/notification_rules", json=rule_body(foreign), expect=(400, 404))


# ---- licenses --------------------------------------------------------------------------------------------


def test_one_license_covers_everybody(api, make):
    """Terraform reads it with every user, and names it when it makes one."""
    licenses = api.get("/licenses")["licenses"]
    assert len(licenses) == 1 and licenses[0]["allocations_available"] is None and licenses[0]["current_value"] >= 1
    assert "observer" in licenses[0]["valid_roles"] and "owner" not in licenses[0]["valid_roles"]
    user = make.user(role="observer", license={"id": licenses[0]["id"], "type": "license_reference"})
    assert api.get(f"/users/{user['id']}/license")["license"]["id"] == licenses[0]["id"]
    allocated = {one["user"]["id"]: one["license"]["id"] for one in api.every("/license_allocations", "license_allocations")}
    assert allocated[user["id"]] == licenses[0]["id"]
    page = api.get("/license_allocations", params={"limit": 1, "offset": 1})
    assert len(page["license_allocations"]) == 1


def test_an_unknown_license_is_not_available(api):
    body = {"type": "user", "name": "Someone", "email": address(), "license": {"id": UNKNOWN, "type": "license_reference"}}
    assert api.refused("POST", "/users", 400, code=2001, json={"user": body})["errors"] == ["License is not available"]
