"""What holds on every resource: credentials, sender, paging, bodies, addresses."""

from __future__ import annotations

import pytest

from support.client import unique
from support.factory import reference

CLASSIC_LISTS = {
    "/services": "services",
    "/users": "users",
    "/teams": "teams",
    "/escalation_policies": "escalation_policies",
    "/schedules": "schedules",
    "/incidents": "incidents",
    "/log_entries": "log_entries",
    "/vendors": "vendors",
    "/priorities": "priorities",
    "/maintenance_windows": "maintenance_windows",
    "/business_services": "business_services",
    "/change_events": "change_events",
    "/oncalls": "oncalls",
}

PLAIN_READS = ["/abilities", "/standards", "/licenses"]

SINGLE_READS = [
    "/services/{}", "/users/{}", "/teams/{}", "/escalation_policies/{}", "/schedules/{}", "/incidents/{}",
    "/log_entries/{}", "/vendors/{}", "/maintenance_windows/{}", "/business_services/{}", "/change_events/{}",
    "/incidents/{}/alerts", "/incidents/{}/notes", "/incidents/{}/log_entries", "/incidents/{}/related_change_events",
    "/users/{}/contact_methods", "/users/{}/notification_rules", "/users/{}/license", "/teams/{}/members",
    "/schedules/{}/users", "/services/{}/change_events",
]

UNKNOWN = "PZZZZZZZZZZZZ9"


@pytest.fixture(scope="module")
def populated(make, events):
    """At least two of everything that can be listed."""
    for _ in range(2):
        policy = make.policy()
        service = make.service(policy)
        key = make.routing_key(service)
        events.trigger(key)
        events.change(key)
        make.team()
        make.schedule()
        make.business_service()
        make.maintenance_window([make.service(policy)], *hours(24, 25))


def hours(start: int, end: int):
    """A range relative to now."""
    from datetime import timedelta

    return timedelta(hours=start), timedelta(hours=end)


# ---- credentials -------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", [
    None, "", "Token", "Token token=", "Token token=wrong-key-of-20-char", "Bearer wrong-key-of-20-char",
    "Basic b2xnYTpvbGdh", "Token token=" + "x" * 5000, "Token token=abc\tdef",
])
def test_a_caller_without_valid_credential_gets_401(nobody, header):
    headers = {} if header is None else {"Authorization": header}
    nobody.refused("GET", "/services", 401, code=2006, message="Authentication failed", headers=headers)


def test_credentials_are_checked_before_the_path_tells_what_exists(nobody, make):
    service = make.service()
    nobody.refused("GET", f"/services/{service['id']}", 401, code=2006)
    nobody.refused("GET", f"/services/{UNKNOWN}", 401, code=2006)


def test_an_integration_key_is_no_api_key(nobody, make):
    headers = {"Authorization": f"Token token={make.routing_key()}"}
    nobody.refused("GET", "/services", 401, code=2006, headers=headers)


@pytest.mark.parametrize("path", list(CLASSIC_LISTS) + PLAIN_READS)
def test_a_read_only_key_reads(reader, path):
    reader.get(path)


def test_a_read_only_key_writes_nothing(reader, api, make):
    """Every kind of write is refused with 403 and changes nothing."""
    service = make.service()
    incident = make.incident(service)
    user = make.user()
    writes = [
        ("POST", "/services", {"service": {"name": "x", "escalation_policy": service["escalation_policy"]}}),
        ("PUT", f"/services/{service['id']}", {"service": {"name": "changed by a reader"}}),
        ("DELETE", f"/services/{service['id']}", None),
        ("PUT", f"/incidents/{incident['id']}", {"incident": {"type": "incident", "status": "resolved"}}),
        ("PUT", "/incidents", {"incidents": [{"id": incident["id"], "type": "incident", "status": "resolved"}]}),
        ("POST", f"/incidents/{incident['id']}/notes", {"note": {"content": "hello"}}),
        ("POST", "/users", {"user": {"type": "user", "name": "N", "email": "n@callboard.test"}}),
        ("DELETE", f"/users/{user['id']}", None),
        ("POST", "/schedules/preview", {"schedule": {"type": "schedule", "time_zone": "UTC", "schedule_layers": []}}),
        ("POST", "/service_dependencies/associate", {"relationships": []}),
    ]
    for method, path, body in writes:
        reader.refused(method, path, 403, code=2010, message="Access Denied", json=body)
    assert api.get(f"/services/{service['id']}")["service"]["name"] == service["name"]
    assert make.reload(incident)["status"] == "triggered"


def test_a_read_only_key_may_use_the_analytics_reads_that_are_posts(reader):
    reader.post("/analytics/metrics/incidents/all", {"filters": {}}, expect=200)


def test_a_read_only_key_learns_nothing_from_an_unknown_object(reader):
    reader.refused("DELETE", f"/services/{UNKNOWN}", 403, code=2010)


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/vnd.pagerduty+json;version=2", "text/html",
                                    "application/vnd.pagerduty+json;version=1"])
def test_every_accept_header_is_answered_with_json(api, accept):
    api.get("/abilities", headers={"Accept": accept})


def test_answers_carry_a_request_id_and_the_rate_limit_headers(api):
    headers = api.call("GET", "/abilities", expect=200).response.headers
    assert headers.get("x-request-id")
    for name in ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"):
        assert headers.get(name, "").isdigit(), f"{name} is a number"


def test_request_ids_differ(api):
    seen = {api.call("GET", "/abilities").response.headers["x-request-id"] for _ in range(3)}
    assert len(seen) == 3


def test_browsers_may_call(nobody):
    """A preflight carries no credential and asks for the headers that browser clients send."""
    reply = nobody.session.options(nobody.base_url + "/incidents", timeout=10, headers={
        "Origin": "https://app.example.com", "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization,content-type,from,accept"})
    assert reply.status_code in (200, 204) and reply.headers["Access-Control-Allow-Origin"] in ("*", "https://app.example.com")
    methods = {method.strip() for method in reply.headers["Access-Control-Allow-Methods"].split(",")}
    assert {"GET", "POST", "PUT", "DELETE"} <= methods
    allowed = {name.strip().lower() for name in reply.headers["Access-Control-Allow-Headers"].split(",")}
    assert {"authorization", "content-type", "from", "accept"} <= allowed


# ---- who sends ---------------------------------------------------------------------------------------


def writes_that_need_a_sender(make):
    """(method, path, body) of the operations that must name a person."""
    service = make.service()
    key = make.routing_key(service)
    incident = make.alerted(key)
    other = make.alerted(key)
    alert = make.alerts(incident)[0]
    note = make.api.post(f"/incidents/{incident['id']}/notes", {"note": {"content": "first"}}, expect=200)["note"]
    base = f"/incidents/{incident['id']}"
    return [
        ("POST", "/incidents", {"incident": {"type": "incident", "title": "t", "service": reference("service", service)}}),
        ("PUT", "/incidents", {"incidents": [{"id": incident["id"], "type": "incident_reference", "title": "t"}]}),
        ("PUT", base, {"incident": {"type": "incident", "title": "t"}}),
        ("PUT", f"{base}/alerts", {"alerts": [{"id": alert["id"], "type": "alert", "status": "resolved"}]}),
        ("PUT", f"{base}/alerts/{alert['id']}", {"alert": {"type": "alert", "status": "resolved"}}),
        ("PUT", f"{base}/merge", {"source_incidents": [{"id": other["id"], "type": "incident_reference"}]}),
        ("POST", f"{base}/notes", {"note": {"content": "x"}}),
        ("PUT", f"{base}/notes/{note['id']}", {"note": {"content": "x"}}),
        ("POST", f"{base}/snooze", {"duration": 3600}),
        ("POST", "/maintenance_windows", {"maintenance_window": {
            "type": "maintenance_window", "start_time": "2100-01-01T00:00:00Z", "end_time": "2100-01-01T01:00:00Z",
            "services": [reference("service", service)]}}),
    ]


def test_writes_with_an_account_key_must_name_a_person(senderless, make):
    for method, path, body in writes_that_need_a_sender(make):
        senderless.refused(method, path, 400, code=2016, json=body,
                           message="You must specify a user's email address in the \"From\" header to perform this action")


def test_the_named_person_must_exist(api, make):
    stranger = api.clone(sender="nobody.knows.me@callboard.test")
    for method, path, body in writes_that_need_a_sender(make):
        stranger.refused(method, path, 400, code=1008, message="Requester User Not Found", errors=[], json=body)


def test_the_name_of_the_sender_header_and_its_value_ignore_case(senderless, account, make):
    incident = make.incident()
    body = {"note": {"content": "from a client that writes lower case"}}
    for headers in ({"from": account.owner_email}, {"FROM": account.owner_email.upper()}):
        senderless.post(f"/incidents/{incident['id']}/notes", body, expect=200, headers=headers)


def test_a_user_can_be_made_without_naming_a_sender(senderless):
    """go-pagerduty and Terraform send no From here."""
    name = unique("Person")
    body = {"user": {"type": "user", "name": name, "email": name.lower().replace(" ", ".") + "@callboard.test"}}
    senderless.post("/users", body, expect=201)


# ---- paging ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", list(CLASSIC_LISTS))
def test_a_list_has_twenty_five_per_page_unless_asked(api, populated, path):
    page = api.get(path)
    assert (page["limit"], page["offset"], page["total"]) == (25, 0, None)
    assert len(page[CLASSIC_LISTS[path]]) <= 25


@pytest.mark.parametrize("path", list(CLASSIC_LISTS))
def test_pages_follow_each_other_without_gap_or_repeat(api, populated, path):
    key = CLASSIC_LISTS[path]
    first = api.get(path, params={"limit": 1, "offset": 0, "total": "true"})
    second = api.get(path, params={"limit": 1, "offset": 1, "total": "true"})
    both = api.get(path, params={"limit": 2, "offset": 0})
    assert first["more"] is True and first["total"] >= 2
    assert (first["limit"], first["offset"], second["offset"]) == (1, 0, 1)
    assert first[key] + second[key] == both[key]


@pytest.mark.parametrize("path", list(CLASSIC_LISTS))
def test_a_page_beyond_the_end_is_empty(api, populated, path):
    page = api.get(path, params={"limit": 100, "offset": 9900, "total": "1"})
    assert page[CLASSIC_LISTS[path]] == [] and page["more"] is False and page["offset"] == 9900


@pytest.mark.parametrize("path", list(CLASSIC_LISTS))
def test_reading_deeper_than_ten_thousand_is_an_error(api, path):
    """Exporters stop at this error; an empty page would be wrong."""
    api.refused("GET", path, 400, code=2001, params={"limit": 100, "offset": 9901})
    api.get(path, params={"limit": 100, "offset": 9900})


@pytest.mark.parametrize("path", list(CLASSIC_LISTS))
def test_a_limit_above_one_hundred_is_capped(api, path):
    assert api.get(path, params={"limit": 500})["limit"] == 100


@pytest.mark.parametrize("name,value", [("limit", "-1"), ("limit", "ten"), ("offset", "-1"), ("offset", "x"),
                                        ("offset", "99999999999999999999999")])
def test_nonsense_in_paging_is_refused(api, name, value):
    api.refused("GET", "/services", 400, code=2001, params={name: value})


def test_total_accepts_the_spellings_of_true(api):
    for spelling in ("true", "1"):
        assert isinstance(api.get("/services", params={"total": spelling})["total"], int)
    for spelling in ("false", "0"):
        assert api.get("/services", params={"total": spelling})["total"] is None


def test_lists_inside_objects_are_paged_too(api, make):
    team, incident = make.team(), make.incident()
    for user in (make.user(), make.user()):
        api.put(f"/teams/{team['id']}/users/{user['id']}", expect=204)
    for path, key in ((f"/teams/{team['id']}/members", "members"), (f"/incidents/{incident['id']}/log_entries", "log_entries")):
        page = api.get(path, params={"limit": 1, "offset": 1, "total": "true"})
        assert len(page[key]) == 1 and page["total"] >= 2 and page["more"] == (page["total"] > 2)


@pytest.mark.parametrize("path", ["/abilities", "/standards", "/licenses"])
def test_lists_without_pages_ignore_paging(api, path):
    assert api.get(path, params={"limit": 1, "offset": 0}) == api.get(path)


def test_sets_can_be_written_with_and_without_brackets(api, make):
    one, two = make.service(), make.service()
    incidents = {make.incident(one)["id"], make.incident(two)["id"]}
    plain = api.get("/incidents", params=[("service_ids", one["id"])])["incidents"]
    assert [incident["service"]["id"] for incident in plain] == [one["id"]]
    both = api.get("/incidents", params=[("service_ids[]", one["id"]), ("service_ids[]", two["id"])])["incidents"]
    assert {incident["id"] for incident in both} == incidents
    escaped = api.call("GET", f"/incidents?service_ids%5B%5D={one['id']}", expect=200).body["incidents"]
    assert escaped == plain


# ---- bodies and paths ----------------------------------------------------------------------------------


@pytest.mark.parametrize("data", ["", "{", "[]", "\"text\"", "null", "7", "{\"service\":", "\x00", "{\"service\": []}",
                                  "{\"service\": \"x\"}", "{\"service\": null}", "{}"])
def test_a_body_that_is_no_object_of_the_right_kind_is_refused(api, data):
    api.refused("POST", "/services", 400, code=2001, data=data.encode(), headers={"Content-Type": "application/json"})


@pytest.mark.parametrize("data", ["{", "[]", "nonsense"])
def test_a_body_that_is_no_json_object_is_named(api, data):
    api.refused("POST", "/teams", 400, code=2001, errors=["params must be a Hash"], data=data,
                headers={"Content-Type": "application/json"})


def test_a_body_without_json_type_is_refused(api):
    body = "{\"team\": {\"type\": \"team\", \"name\": \"N\"}}"
    api.refused("POST", "/teams", 400, code=2001, errors=["params must be a Hash"], data=body)


def test_members_that_nobody_knows_and_read_only_members_are_ignored(api, make):
    team = make.team(invented="x", id="PMINE123", self="http://elsewhere/", html_url="http://elsewhere/", summary="other")
    assert team["id"] != "PMINE123" and team["summary"] == team["name"] and "invented" not in team


def test_texts_keep_every_character(api, make):
    text = "Zażółć gęślą jaźń \U0001F6A8 \"quoted\" \\ back / slash\nnew line\ttab \u2028 end"
    team = make.team(description=text)
    assert api.get(f"/teams/{team['id']}")["team"]["description"] == text


def test_paths_with_a_trailing_slash_are_the_same(api, make):
    service = make.service()
    incident = make.incident(service)
    assert api.get(f"/services/{service['id']}/")["service"]["id"] == service["id"]
    api.get(f"/incidents/{incident['id']}/alerts/")
    api.get("/services/")


@pytest.mark.parametrize("template", SINGLE_READS)
def test_an_unknown_id_is_not_found(api, template):
    error = api.refused("GET", template.format(UNKNOWN), 404)
    assert error["code"] in (2100, 5001, 5002, 3004, 6001, 2013) and error["message"].lower().endswith("not found")


@pytest.mark.parametrize("wrong", ["%00", "..%2f..", "a" * 300, "%F0%9F%9A%A8", "0", "-1", "PABC%20DEF", "%ff%fe"])
def test_an_id_of_impossible_shape_is_not_found(api, wrong):
    error = api.refused("GET", f"/services/{wrong}", 404)
    assert "message" in error


def test_a_path_that_nobody_knows_is_not_found(api):
    api.refused("GET", "/no/such/thing", 404, code=2100, message="Not Found")


def test_own_addresses_lead_back_to_the_object(api, make):
    """`self` can be followed with the same credential; `html_url` belongs to the console."""
    for thing in (make.service(), make.user(), make.team(), make.policy(), make.schedule(), make.incident()):
        again = api.get(thing["self"].removeprefix(api.base_url))
        assert list(again.values())[0]["id"] == thing["id"]
        assert thing["html_url"].startswith(api.base_url + "/console/")


def test_ids_are_not_used_again(api, make):
    seen = set()
    for _ in range(3):
        team = make.team()
        assert team["id"] not in seen
        seen.add(team["id"])
        api.delete(f"/teams/{team['id']}")
        api.refused("GET", f"/teams/{team['id']}", 404)
