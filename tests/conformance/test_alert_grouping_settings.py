"""Alert grouping settings as objects; what they do to alerts is in the folder events."""

from __future__ import annotations

import pytest

from support.client import unique

PATH = "/alert_grouping_settings"
UNKNOWN = "PZZZZZZZZZZZZ9"
CONTENT = {"aggregate": "all", "fields": ["source", "custom_details.host"], "time_window": 900}


def body(service_list, kind, settings, **members):
    """A setting as a client sends it."""
    return {"alert_grouping_setting": {"name": unique("Grouping"), "type": kind, "config": settings,
                                       "services": [{"id": one["id"]} for one in service_list], **members}}


def read(api, setting):
    """The setting as it is now."""
    return api.get(f"{PATH}/{setting['id']}")["alert_grouping_setting"]


def put(api, setting, **members):
    """The setting after a change."""
    return api.put(f"{PATH}/{setting['id']}", {"alert_grouping_setting": members}, expect=200)["alert_grouping_setting"]


def old_fields(api, service):
    """The grouping as the service's older fields show it."""
    return api.get(f"/services/{service['id']}")["service"]["alert_grouping_parameters"]


@pytest.mark.parametrize("kind, config", [
    ("time", {"timeout": 0}), ("time", {"timeout": 60}), ("time", {"timeout": 86400}),
    ("content_based", CONTENT), ("content_based", {**CONTENT, "aggregate": "any", "time_window": 86400}),
    ("content_based_intelligent", {**CONTENT, "time_window": 3600, "iag_fields": ["summary"]}),
    ("intelligent", {"time_window": 300, "iag_fields": ["summary", "class"]}), ("intelligent", {"time_window": 0}),
])
def test_every_kind_is_made_and_read_back(api, make, kind, config):
    service = make.service()
    setting = make.grouping([service], kind, config, description="Why")
    assert setting["type"] == kind and setting["description"] == "Why" and setting["created_at"] == setting["updated_at"]
    assert [(one["id"], one["name"]) for one in setting["services"]] == [(service["id"], service["name"])]
    assert config.items() <= setting["config"].items()
    assert read(api, setting) == setting


def test_words_are_taken_from_the_summary_unless_told_otherwise(make):
    setting = make.grouping([make.service()], "intelligent", {"time_window": 0})
    assert setting["config"]["iag_fields"] == ["summary"] and setting["config"]["recommended_time_window"] > 0


def test_name_and_description_may_be_absent(api, make):
    sent = body([make.service()], "time", {"timeout": 0}, name=None)
    setting = api.post(PATH, sent, expect=201)["alert_grouping_setting"]
    assert setting["name"] is None and setting["description"] is None


@pytest.mark.parametrize("members", [
    {"type": None}, {"type": "luck"}, {"config": {"timeout": 59}}, {"config": {"timeout": 86401}},
    {"config": {"timeout": -1}}, {"config": {"timeout": "soon"}}, {"services": []}, {"services": None},
    {"services": [{"id": UNKNOWN}]}, {"services": "all"}, {"name": 7}, {"config": []},
    {"type": "content_based", "config": {"fields": []}}, {"type": "content_based", "config": {}},
    {"type": "content_based", "config": {"fields": ["weather"]}}, {"type": "content_based", "config": {"fields": [7]}},
    {"type": "content_based", "config": {**CONTENT, "aggregate": "some"}},
    {"type": "content_based", "config": {**CONTENT, "time_window": 299}},
    {"type": "content_based_intelligent", "config": {**CONTENT, "time_window": 3601}},
    {"type": "intelligent", "config": {"time_window": 3601}},
    {"type": "intelligent", "config": {"time_window": 600, "iag_fields": ["luck"]}},
])
def test_what_a_setting_cannot_be_is_refused_with_sentences(api, make, members):
    sent = body([make.service()], "time", {"timeout": 600}, **members)
    error = api.refused("POST", PATH, 400, code=2001, message="Invalid Input Provided", json=sent)
    assert error["errors"]


def test_a_setting_needs_a_type_and_services(api):
    api.refused("POST", PATH, 400, json={"alert_grouping_setting": {"name": "x"}})
    api.refused("POST", PATH, 400, json={})


def test_content_and_words_together_are_for_one_service(api, make):
    services = [make.service(), make.service()]
    api.refused("POST", PATH, 400, json=body(services, "content_based_intelligent", {**CONTENT, "time_window": 600}))
    shared = make.grouping(services)
    api.refused("PUT", f"{PATH}/{shared['id']}", 400, json={"alert_grouping_setting": {
        "type": "content_based_intelligent", "config": {**CONTENT, "time_window": 600}}})


def test_a_put_changes_only_what_it_names(api, make):
    services = [make.service(), make.service()]
    setting = make.grouping(services, "content_based", CONTENT)
    changed = put(api, setting, description="new")
    assert changed["description"] == "new" and changed["config"] == setting["config"]
    assert changed["services"] == setting["services"] and changed["name"] == setting["name"]
    changed = put(api, setting, config={"timeout": 120}, type="time")
    assert (changed["type"], changed["config"]) == ("time", {"timeout": 120})
    assert [one["id"] for one in put(api, setting, services=[{"id": services[1]["id"]}])["services"]] == [services[1]["id"]]
    assert old_fields(api, services[0]) == {"type": None}
    api.refused("PUT", f"{PATH}/{setting['id']}", 400, json={"alert_grouping_setting": {"config": {"timeout": 1}}})


def test_a_deleted_setting_is_gone_and_its_services_group_no_more(api, make):
    service = make.service()
    setting = make.grouping([service])
    api.delete(f"{PATH}/{setting['id']}")
    api.refused("GET", f"{PATH}/{setting['id']}", 404)
    api.refused("PUT", f"{PATH}/{setting['id']}", 404, json={"alert_grouping_setting": {"name": "x"}})
    api.refused("DELETE", f"{PATH}/{setting['id']}", 404)
    assert old_fields(api, service) == {"type": None}


@pytest.mark.parametrize("kind", ["GET", "DELETE"])
def test_an_unknown_setting_is_not_found(api, kind):
    api.refused(kind, f"{PATH}/{UNKNOWN}", 404)


def test_a_service_has_one_setting(api, make):
    service, other = make.service(), make.service()
    first = make.grouping([service, other])
    second = make.grouping([service])
    assert [one["id"] for one in read(api, first)["services"]] == [other["id"]]
    assert [one["id"] for one in read(api, second)["services"]] == [service["id"]]


# ---- the older fields of a service ---------------------------------------------------------------------


def test_the_older_fields_of_a_service_are_a_view_of_its_setting(api, make):
    service = make.service()
    setting = make.grouping([service], "time", {"timeout": 90})
    assert old_fields(api, service) == {"type": "time", "config": {"timeout": 2}}, "minutes, rounded up"
    put(api, setting, type="content_based", config=CONTENT)
    shown = old_fields(api, service)
    assert shown["type"] == "content_based" and CONTENT.items() <= shown["config"].items()


def test_the_older_fields_make_and_change_a_setting(api, make):
    service = make.service(alert_grouping_parameters={"type": "time", "config": {"timeout": 5}})
    asked = {"service_ids[]": service["id"]}
    setting = api.get(PATH, params=asked)["alert_grouping_settings"][0]
    assert setting["type"] == "time" and setting["config"] == {"timeout": 300}
    grouping = {"type": "intelligent", "config": {"time_window": 600}}
    api.put(f"/services/{service['id']}", {"service": {"alert_grouping_parameters": grouping}})
    changed = api.get(PATH, params=asked)["alert_grouping_settings"]
    assert [(one["id"], one["type"], one["config"]["time_window"]) for one in changed] == [(setting["id"], "intelligent", 600)]
    api.put(f"/services/{service['id']}", {"service": {"alert_grouping_parameters": {"type": None}}})
    assert api.get(PATH, params=asked)["alert_grouping_settings"] == []
    api.refused("GET", f"{PATH}/{setting['id']}", 404)


def test_a_change_through_the_older_fields_pulls_the_service_out_of_a_shared_setting(api, make):
    services = [make.service(), make.service()]
    setting = make.grouping(services, "time", {"timeout": 600})
    path = f"/services/{services[0]['id']}"
    api.put(path, {"service": api.get(path)["service"]})
    assert len(read(api, setting)["services"]) == 2, "what says nothing new changes nothing"
    api.put(path, {"service": {"alert_grouping_parameters": {"type": "time", "config": {"timeout": 1}}}})
    assert [one["id"] for one in read(api, setting)["services"]] == [services[1]["id"]]
    assert read(api, setting)["config"] == {"timeout": 600}
    assert old_fields(api, services[0])["config"] == {"timeout": 1}


def test_a_deleted_service_leaves_its_setting(api, make):
    services = [make.service(), make.service()]
    setting = make.grouping(services)
    api.delete(f"/services/{services[0]['id']}")
    assert [one["id"] for one in read(api, setting)["services"]] == [services[1]["id"]]


# ---- lists ---------------------------------------------------------------------------------------------


def test_settings_are_read_page_by_page_in_both_directions(api, make):
    made = [make.grouping([make.service()])["id"] for _ in range(3)]
    everything = []
    page = api.get(PATH, params={"limit": 2, "total": "true"})
    assert page["total"] >= 3 and page["limit"] == 2 and "before" not in page
    while True:
        everything += [one["id"] for one in page["alert_grouping_settings"]]
        if "after" not in page:
            break
        last = page
        page = api.get(PATH, params={"limit": 2, "after": page["after"]})
        assert page["total"] is None
    assert len(everything) == len(set(everything)) and [one for one in everything if one in made] == made
    back = api.get(PATH, params={"limit": 2, "before": page["before"]})
    assert back["alert_grouping_settings"] == last["alert_grouping_settings"]


def test_a_cursor_that_is_none_is_refused(api):
    api.refused("GET", PATH, 400, params={"after": "luck"})


def test_settings_are_found_by_services(api, make):
    one, two, other = make.service(), make.service(), make.service()
    settings = [make.grouping([one])["id"], make.grouping([two])["id"]]
    make.grouping([other])
    found = api.get(PATH, params=[("service_ids[]", one["id"]), ("service_ids[]", two["id"])])
    assert [setting["id"] for setting in found["alert_grouping_settings"]] == settings
    assert api.get(PATH, params={"service_ids[]": UNKNOWN})["alert_grouping_settings"] == []


def test_services_become_whole_objects_on_request(api, make):
    service = make.service()
    setting = make.grouping([service])
    whole = api.get(f"{PATH}/{setting['id']}", params={"include[]": "services"})["alert_grouping_setting"]
    assert whole["services"][0]["type"] == "service" and "escalation_policy" in whole["services"][0]


def test_a_reader_may_look_and_not_touch(api, make, reader):
    setting = make.grouping([make.service()])
    assert reader.get(f"{PATH}/{setting['id']}")["alert_grouping_setting"]["id"] == setting["id"]
    reader.refused("DELETE", f"{PATH}/{setting['id']}", 403)
    reader.refused("POST", PATH, 403, json=body([make.service()], "time", {"timeout": 0}))
