"""Alert events, version 2."""

from __future__ import annotations

import json
import re
import string

import pytest

from support.events import ENQUEUE, new_key, trigger_event

UNKNOWN_KEY = "0123456789abcdef0123456789abcdef"
LIMIT_BYTES = 512_000  # what clients cut at; the server must take at least this much
TOO_MUCH_BYTES = 512 * 1024 + 1


def invalid(events, body, *errors, path=ENQUEUE, headers=None):
    """The event is refused with exactly these sentences, in any order."""
    reply = events.post(path, body, headers=headers)
    assert reply.status_code == 400, reply.text[:500]
    assert reply.headers["Content-Type"].startswith("application/json")
    answer = reply.json()
    assert (answer["status"], answer["message"]) == ("invalid event", "Event object is invalid")
    assert sorted(answer["errors"]) == sorted(errors), answer


def unreadable(events, raw, path=ENQUEUE):
    """The body is refused because it is no JSON object."""
    reply = events.post(path, raw=raw)
    assert reply.status_code == 400, reply.text[:500]
    assert reply.headers["Content-Type"].startswith("application/json")
    assert reply.json() == {"status": "Unrecognized object", "message": "Event object format is unrecognized",
                            "errors": ["JSON parse error"]}


def log_kinds(make, incident):
    """The kinds of log entries of an incident, oldest first."""
    return [entry["type"].removesuffix("_log_entry") for entry in reversed(make.log(incident))]


# ---- what is accepted ---------------------------------------------------------------------------------


def test_an_accepted_trigger_answers_with_its_key(events, key, dedup):
    assert events.accepted(ENQUEUE, trigger_event(key, dedup)) == \
        {"status": "success", "message": "Event processed", "dedup_key": dedup}


@pytest.mark.parametrize("absent", [None, ""])
def test_a_trigger_without_key_gets_one(events, make, key, absent):
    answers = [events.accepted(ENQUEUE, trigger_event(key, absent))["dedup_key"] for _ in range(2)]
    assert answers[0] and answers[1] and answers[0] != answers[1]
    assert all(len(make.incidents_of_key(answer)) == 1 for answer in answers)


def test_a_trailing_slash_is_accepted(events, key, dedup):
    events.accepted("/v2/enqueue/", trigger_event(key, dedup))


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "application/json; charset=utf-8",
                                  "application/vnd.api+json", ""])
def test_the_content_type_does_not_matter(events, key, kind):
    assert events.post(ENQUEUE, trigger_event(key), headers={"Content-Type": kind}).status_code == 202


def test_the_whole_event_may_be_spelled_with_everything(events, make, key, dedup):
    body = {**trigger_event(key, dedup, timestamp="2026-01-02T03:04:05.678+0000", component="db", group="prod",
                            custom_details={"a": [1, {"b": None}], "c": "d"}, **{"class": "disk"}),
            "client": "Monitor", "client_url": "https://monitor.example.com/7", "images": [{"src": "https://example.com/i.png"}],
            "links": [{"href": "https://example.com/", "text": "Here"}]}
    events.accepted(ENQUEUE, body)
    alert = make.alerts(make.incidents_of_key(dedup)[0])[0]
    assert alert["body"]["details"] == {"a": [1, {"b": None}], "c": "d"}


def test_members_that_nobody_knows_are_ignored(events, key, dedup):
    body = {**trigger_event(key, dedup, invented={"x": 1}), "event_type": "", "extra": [1, 2, 3]}
    events.accepted(ENQUEUE, body)


@pytest.mark.parametrize("details", ["text", ["a", "list"], 7, None, {}, True])
def test_details_of_any_kind_are_kept(events, key, dedup, details):
    events.accepted(ENQUEUE, trigger_event(key, dedup, custom_details=details))


@pytest.mark.parametrize("member", ["component", "group", "class", "timestamp", "custom_details"])
def test_optional_members_may_be_null(events, key, dedup, member):
    events.accepted(ENQUEUE, trigger_event(key, dedup, **{member: None}))


@pytest.mark.parametrize("extra", [{"client": None}, {"client_url": None}, {"links": None}, {"images": None}, {"links": []},
                                   {"images": []}])
def test_optional_members_of_the_event_may_be_null_or_empty(events, key, dedup, extra):
    events.accepted(ENQUEUE, {**trigger_event(key, dedup), **extra})


@pytest.mark.parametrize("text", ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.123456Z", "2026-01-02T03:04:05+0200",
                                  "2026-01-02T03:04:05-07:00", "2026-01-02T03:04:05.1+00:00"])
def test_times_of_all_usual_spellings_are_accepted(events, key, text):
    events.accepted(ENQUEUE, trigger_event(key, timestamp=text))


def test_the_key_in_the_header_serves_when_the_body_has_none(events, make, key, dedup):
    body = trigger_event(key, dedup)
    del body["routing_key"]
    reply = events.post(ENQUEUE, body, headers={"X-Routing-Key": key})
    assert reply.status_code == 202 and len(make.incidents_of_key(dedup)) == 1


def test_the_key_in_the_body_wins_over_the_header(events, make, key, dedup):
    reply = events.post(ENQUEUE, trigger_event(key, dedup), headers={"X-Routing-Key": UNKNOWN_KEY})
    assert reply.status_code == 202 and len(make.incidents_of_key(dedup)) == 1


def test_a_generic_key_of_version_one_is_good_here_too(events, make):
    key = make.integration(make.service(), "generic_events_api_inbound_integration")["integration_key"]
    assert len(make.incidents_of_key(events.trigger(key, new_key()))) == 1


def test_no_credential_is_needed_and_a_wrong_one_does_no_harm(events, key, dedup):
    reply = events.post(ENQUEUE, trigger_event(key, dedup), headers={"Authorization": "Token token=wrong"})
    assert reply.status_code == 202


# ---- what is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", [
    b"", b" ", b"{", b"[]", b"null", b"7", b"\"text\"", b"nonsense", b"{\"routing_key\":}", b"{'a': 1}", b"{} {}",
    b"{\"a\": 1,}", b"\xff\xfe{}", b"{\"a\": \"\xff\xfe\"}", b"\x00", b"{}\x00", b"{}}",
], ids=range(17))
def test_what_is_no_json_object_is_unreadable(events, raw):
    unreadable(events, raw)


@pytest.mark.parametrize("raw", [
    b"01", b"NaN", b"Infinity", b".5", b"+1", b"0x10", b"tru", b"[1,]", b"{\"b\"}", b"{b: 1}", b"'text'",
    b"\"line\nbreak\"", b"\"\\x41\"", b"\"\\u12\"", b"\"\xff\"", b"\"\xc0\xaf\"", b"\"\xed\xa0\x80\"", b"\"\xf8\x88\x80\x80\x80\"",
], ids=range(18))
def test_broken_json_deep_inside_is_unreadable_too(events, make, key, dedup, raw):
    """What is kept without being looked at would otherwise break every later answer."""
    body = json.dumps(trigger_event(key, dedup, custom_details={"a": "@"})).encode().replace(b'"@"', raw)
    unreadable(events, body)
    assert make.incidents_of_key(dedup) == []


@pytest.mark.parametrize("text", ["\\ud800", "\\udc00\\ud800", "\\ud83d x"])
def test_half_characters_are_refused_or_replaced(events, make, key, dedup, text):
    raw = json.dumps(trigger_event(key, dedup, summary="@S", custom_details={"a": "@D"})).replace("@S", text).replace("@D", text)
    reply = events.post(ENQUEUE, raw=raw)
    assert reply.status_code in (202, 400)
    if reply.status_code == 202:
        incident = make.incidents_of_key(dedup)[0]
        incident["title"].encode("utf-8")
        json.dumps(make.alerts(incident), ensure_ascii=False).encode("utf-8")


def test_all_problems_are_told_at_once(events):
    invalid(events, {"event_action": "trigger", "routing_key": "short", "payload": {
        "summary": "x" * 1025, "severity": "fatal", "source": " "}},
        "Length of 'routing_key' is incorrect (should be 32 characters)",
        "'payload.source' is missing or blank",
        "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')",
        "'summary' is too long (maiximum is 1024 characters)")


def test_an_empty_payload_lacks_everything(events, key):
    invalid(events, {"routing_key": key, "event_action": "trigger", "payload": {}},
            "'payload.summary' is missing or blank", "'payload.source' is missing or blank",
            "'payload.severity' is missing or blank")


@pytest.mark.parametrize("payload", [None, "text", [], 7])
def test_a_trigger_needs_a_payload_that_is_an_object(events, key, payload):
    reply = events.post(ENQUEUE, {"routing_key": key, "event_action": "trigger", "payload": payload})
    assert reply.status_code == 400 and reply.json()["status"] == "invalid event" and reply.json()["errors"]


@pytest.mark.parametrize("value,error", [
    ("", "Length of 'routing_key' is incorrect (should be 32 characters)"),
    ("a" * 31, "Length of 'routing_key' is incorrect (should be 32 characters)"),
    ("a" * 33, "Length of 'routing_key' is incorrect (should be 32 characters)"),
    ("a" * 31 + "-", "'routing_key' cannot contain non-alphanumeric characters."),
    ("a" * 31 + " ", "'routing_key' cannot contain non-alphanumeric characters."),
    ("a" * 31 + "ą", "'routing_key' cannot contain non-alphanumeric characters."),
    (UNKNOWN_KEY, "Invalid routing key"),
])
def test_a_routing_key_has_thirty_two_letters_and_digits_and_exists(events, value, error):
    invalid(events, trigger_event(value), error)


@pytest.mark.parametrize("value", [None, 7, [], {}, True])
def test_a_routing_key_is_a_text(events, value):
    reply = events.post(ENQUEUE, trigger_event(value))
    assert reply.status_code == 400 and reply.json()["status"] == "invalid event"


def test_a_rest_key_is_no_routing_key(events, account):
    invalid(events, trigger_event(account.key), "Length of 'routing_key' is incorrect (should be 32 characters)")


@pytest.mark.parametrize("member,value", [("summary", None), ("summary", ""), ("summary", "   "), ("source", None),
                                          ("source", ""), ("source", " \t"), ("severity", None), ("severity", "")])
def test_a_trigger_needs_summary_source_and_severity(events, key, member, value):
    invalid(events, trigger_event(key, **{member: value}), f"'payload.{member}' is missing or blank")


@pytest.mark.parametrize("value", ["Critical", "CRITICAL", "fatal", "high", "critical "])
def test_a_severity_is_one_of_four_words(events, key, value):
    invalid(events, trigger_event(key, severity=value),
            "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')")


@pytest.mark.parametrize("value", [None, ""])
def test_an_event_needs_an_action(events, key, value):
    invalid(events, {**trigger_event(key), "event_action": value}, "'event_action' is missing or blank")


@pytest.mark.parametrize("value", ["Trigger", "ack", "close", "trigger "])
def test_an_action_is_one_of_three_words(events, key, value):
    invalid(events, {**trigger_event(key), "event_action": value},
            "'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge', or 'resolve')")


@pytest.mark.parametrize("action", ["acknowledge", "resolve"])
@pytest.mark.parametrize("value", [None, ""])
def test_acknowledge_and_resolve_need_a_key(events, key, action, value):
    invalid(events, {"routing_key": key, "event_action": action, "dedup_key": value}, "'dedup_key' is missing or blank")


def test_lengths_are_counted_in_characters_up_to_the_limit(events, make, key):
    events.trigger(key, summary="ż" * 1024)
    invalid(events, trigger_event(key, summary="ż" * 1025), "'summary' is too long (maiximum is 1024 characters)")
    long = "\U0001F6A8" * 255
    assert events.trigger(key, long) == long
    invalid(events, trigger_event(key, "k" * 256), "'dedup_key' is too long (maximum is 255 characters)")


@pytest.mark.parametrize("value", [7, [], {}, True])
@pytest.mark.parametrize("member", ["summary", "source", "severity"])
def test_summary_source_and_severity_are_texts(events, key, member, value):
    reply = events.post(ENQUEUE, trigger_event(key, **{member: value}))
    assert reply.status_code == 400 and reply.json()["status"] == "invalid event"
    assert any(member in error for error in reply.json()["errors"])


@pytest.mark.parametrize("member,value", [("event_action", 7), ("event_action", []), ("dedup_key", 7), ("dedup_key", {})])
def test_action_and_key_are_texts(events, key, member, value):
    reply = events.post(ENQUEUE, {**trigger_event(key), member: value})
    assert reply.status_code == 400 and reply.json()["status"] == "invalid event"
    assert any(member in error for error in reply.json()["errors"])


def refused_by_name_or_kept(events, make, body, dedup, member):
    """A page is worth more than a tidy ornament: an odd optional member is dropped or refused by name, never a fault."""
    reply = events.post(ENQUEUE, body)
    assert reply.status_code in (202, 400), reply.text[:300]
    if reply.status_code == 400:
        assert any(member in error or member.rstrip("s") in error for error in reply.json()["errors"])
    else:
        alert = make.alerts(make.incidents_of_key(dedup)[0])[0]
        assert isinstance(alert["body"]["contexts"], list)


@pytest.mark.parametrize("member,value", [
    ("timestamp", "yesterday"), ("timestamp", 7), ("timestamp", {}), ("timestamp", "2026-99-99T99:99:99Z"),
    ("timestamp", "9999999999-01-01T00:00:00Z"), ("component", []), ("group", {}), ("class", [1]), ("component", 7),
])
def test_optional_members_of_a_wrong_kind_do_no_harm(events, make, key, dedup, member, value):
    refused_by_name_or_kept(events, make, trigger_event(key, dedup, **{member: value}), dedup, member)


@pytest.mark.parametrize("member,value", [
    ("client", []), ("client_url", {}), ("links", "text"), ("links", {}), ("links", ["text"]), ("links", [{"text": "no href"}]),
    ("links", [{"href": "javascript:alert(1)", "text": "x"}]), ("links", [None]), ("links", [{"href": 7}]),
    ("images", "text"), ("images", [{"alt": "no src"}]), ("images", [{"src": "http://example.com/not-secure.png"}]),
    ("images", [{"src": "data:text/html,x"}]),
])
def test_optional_members_of_the_event_of_a_wrong_kind_do_no_harm(events, make, key, dedup, member, value):
    refused_by_name_or_kept(events, make, {**trigger_event(key, dedup), member: value}, dedup, member)


# ---- dedup: action by state of the last alert --------------------------------------------------------------


@pytest.fixture
def state(request, events, make, key, dedup):
    """The incident of a key, brought into a state; None when the key was never used."""
    if request.param == "never used":
        return None
    incident = make.alerted(key, dedup)
    if request.param in ("acknowledged", "acknowledged, resolved"):
        events.acknowledge(key, dedup)
    if request.param in ("resolved", "acknowledged, resolved"):
        events.resolve(key, dedup)
    return incident


OPEN = ["triggered", "acknowledged"]
CLOSED = ["never used", "resolved", "acknowledged, resolved"]


@pytest.mark.parametrize("state", CLOSED, indirect=True)
def test_a_trigger_without_open_alert_opens_a_new_incident(events, make, key, dedup, state):
    events.trigger(key, dedup)
    found = make.incidents_of_key(dedup, sort_by="incident_number:desc")
    assert len(found) == (1 if state is None else 2)
    assert found[0]["status"] == "triggered" and found[0]["alert_counts"] == {"all": 1, "triggered": 1, "resolved": 0}
    if state is not None:
        assert make.reload(state)["status"] == "resolved", "the old one stays closed"


@pytest.mark.parametrize("state", OPEN, indirect=True)
def test_a_trigger_with_open_alert_adds_an_entry_to_it(events, make, key, dedup, state):
    before = make.reload(state)
    events.trigger(key, dedup, summary="Disk is fuller", custom_details={"newest": True})
    after = make.reload(state)
    assert len(make.incidents_of_key(dedup)) == 1 and after["alert_counts"] == {"all": 1, "triggered": 1, "resolved": 0}
    assert (after["status"], after["title"]) == (before["status"], before["title"])
    assert after["assignments"] == before["assignments"] and after["acknowledgements"] == before["acknowledgements"]
    assert log_kinds(make, state).count("trigger") == 2
    alert = make.alerts(state)[0]
    assert alert["body"]["details"] == {"newest": True}, "the newest event is the body"


@pytest.mark.parametrize("state", ["triggered"], indirect=True)
def test_an_acknowledge_acknowledges_the_incident_but_not_the_alert(events, make, key, dedup, state):
    events.acknowledge(key, dedup)
    after = make.reload(state)
    assert after["status"] == "acknowledged" and make.alerts(state)[0]["status"] == "triggered"
    assert not any(action["type"] == "escalate" for action in after["pending_actions"])
    assert "acknowledge" in log_kinds(make, state)
    assert after["assignments"] == state["assignments"]


@pytest.mark.parametrize("state", ["acknowledged"], indirect=True)
def test_a_second_acknowledge_changes_nothing(events, make, key, dedup, state):
    before = make.reload(state)
    events.acknowledge(key, dedup)
    after = make.reload(state)
    assert (after["status"], after["acknowledgements"]) == ("acknowledged", before["acknowledgements"])


@pytest.mark.parametrize("state", OPEN, indirect=True)
def test_a_resolve_resolves_alert_and_incident(events, make, key, dedup, state):
    events.resolve(key, dedup)
    after = make.reload(state)
    assert after["status"] == "resolved" and after["assignments"] == [] and after["pending_actions"] == []
    assert [alert["status"] for alert in make.alerts(state)] == ["resolved"]
    assert after["alert_counts"] == {"all": 1, "triggered": 0, "resolved": 1}
    assert "resolve" in log_kinds(make, state)


@pytest.mark.parametrize("state", CLOSED, indirect=True)
@pytest.mark.parametrize("action", ["acknowledge", "resolve"])
def test_acknowledge_and_resolve_without_open_alert_are_accepted_and_change_nothing(events, make, key, dedup, state, action):
    before = make.reload(state) if state else None
    getattr(events, action)(key, dedup)
    found = make.incidents_of_key(dedup)
    if state is None:
        assert found == []
    else:
        assert len(found) == 1 and make.reload(state) == before


def test_a_key_belongs_to_its_routing_key(events, make, service, key, dedup):
    other = make.integration(service)["integration_key"]
    incident = make.alerted(key, dedup)
    events.trigger(other, dedup)
    assert len(make.incidents_of_key(dedup)) == 2, "the same key through another integration is another alert"
    stranger = make.routing_key()
    events.acknowledge(stranger, dedup)
    events.resolve(stranger, dedup)
    assert make.reload(incident)["status"] == "triggered"


def test_keys_tell_upper_from_lower_case(events, make, key, dedup):
    incident = make.alerted(key, dedup + "a")
    events.resolve(key, dedup + "A")
    assert make.reload(incident)["status"] == "triggered"


@pytest.mark.parametrize("text", ["  spaces  ", "ż\U0001F6A8", "a/b?c=d&e#f", "'\"; DROP TABLE incidents; --", "%00%2f", "\t",
                                  string.punctuation])
def test_keys_of_strange_characters_work(events, make, key, dedup, text):
    strange = text + dedup
    assert events.trigger(key, strange) == strange
    assert len(make.incidents_of_key(strange)) == 1
    events.resolve(key, strange)
    assert make.incidents_of_key(strange)[0]["status"] == "resolved"


@pytest.mark.parametrize("action", ["acknowledge", "resolve"])
@pytest.mark.parametrize("payload", [None, {}, "text", 7, [], {"summary": "x" * 5000, "severity": "purple", "source": 7},
                                     {"summary": "Disk is full", "source": "db1", "severity": "critical"}])
def test_the_payload_of_acknowledge_and_resolve_is_ignored(events, make, key, dedup, action, payload):
    incident = make.alerted(key, dedup)
    events.accepted(ENQUEUE, {"routing_key": key, "event_action": action, "dedup_key": dedup, "payload": payload})
    assert make.reload(incident)["status"] == action + "d"
    assert make.reload(incident)["title"] == incident["title"]


# ---- severity and urgency -----------------------------------------------------------------------------------


@pytest.mark.parametrize("severity,urgency", [("critical", "high"), ("error", "high"), ("warning", "low"), ("info", "low")])
def test_severity_decides_urgency_where_the_service_says_so(make, severity, urgency):
    service = make.service(incident_urgency_rule={"type": "constant", "urgency": "severity_based"})
    incident = make.alerted(make.routing_key(service), severity=severity)
    assert incident["urgency"] == urgency and make.alerts(incident)[0]["severity"] == severity


@pytest.mark.parametrize("urgency", ["high", "low"])
@pytest.mark.parametrize("severity", ["critical", "info"])
def test_a_constant_urgency_does_not_look_at_severity(make, urgency, severity):
    service = make.service(incident_urgency_rule={"type": "constant", "urgency": urgency})
    assert make.alerted(make.routing_key(service), severity=severity)["urgency"] == urgency


def test_severity_and_urgency_only_rise(events, make):
    service = make.service(incident_urgency_rule={"type": "constant", "urgency": "severity_based"})
    key, dedup = make.routing_key(service), new_key()
    incident = make.alerted(key, dedup, severity="info")
    for severity, expected, urgency in (("warning", "warning", "low"), ("critical", "critical", "high"), ("info", "critical", "high")):
        events.trigger(key, dedup, severity=severity)
        assert make.alerts(incident)[0]["severity"] == expected
        assert make.reload(incident)["urgency"] == urgency


def test_a_service_without_alerts_gets_incidents_with_a_key(events, make, dedup):
    key = make.routing_key(make.service(alert_creation="create_incidents"))
    incident = make.alerted(key, dedup)
    assert incident["incident_key"] == dedup and make.alerts(incident) == []
    events.trigger(key, dedup)
    assert len(make.incidents_of_key(dedup)) == 1
    events.resolve(key, dedup)
    assert make.reload(incident)["status"] == "resolved"


def test_triggers_beyond_one_hundred_are_counted_no_more(events, make, dedup):
    key = make.routing_key()
    incident = make.alerted(key, dedup)
    for _ in range(104):
        events.trigger(key, dedup)
    kinds = log_kinds(make, incident)
    assert kinds.count("trigger") == 100 and kinds.count("reach_trigger_limit") == 1


# ---- sizes and monsters ---------------------------------------------------------------------------------------


def test_a_body_of_the_allowed_size_is_accepted(events, key):
    body = trigger_event(key, custom_details={"text": ""})
    body["payload"]["custom_details"]["text"] = "x" * (LIMIT_BYTES - len(json.dumps(body)))
    assert events.post(ENQUEUE, raw=json.dumps(body)).status_code == 202


@pytest.mark.parametrize("size", [TOO_MUCH_BYTES, 2 * 1024 * 1024])
def test_a_body_that_is_too_big_is_refused(events, key, size):
    body = trigger_event(key, custom_details={"text": "x" * size})
    reply = events.post(ENQUEUE, body)
    assert reply.status_code in (400, 413)
    assert set(reply.json()) >= {"status", "message", "errors"} and reply.json()["errors"]


@pytest.mark.parametrize("depth", [64, 500])
def test_details_of_moderate_depth_are_kept(events, make, key, dedup, depth):
    raw = json.dumps(trigger_event(key, dedup, custom_details="@")).replace('"@"', '{"a":' * depth + "1" + "}" * depth)
    reply = events.post(ENQUEUE, raw=raw)
    assert reply.status_code in ((202,) if depth <= 64 else (202, 400)), reply.text[:300]
    if reply.status_code == 202:
        make.alerts(make.incidents_of_key(dedup)[0])


@pytest.mark.parametrize("opening,closing", [("[", "]"), ("{\"a\":", "}")])
def test_details_of_absurd_depth_do_no_harm(events, server, key, opening, closing):
    depth = 80_000
    raw = json.dumps(trigger_event(key, custom_details="@")).replace('"@"', opening * depth + "1" + closing * depth)
    assert events.post(ENQUEUE, raw=raw).status_code in (202, 400)
    assert events.post(ENQUEUE, raw=opening * depth).status_code == 400
    assert server.alive()


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" * 400, "0." + "1" * 400, "123456789012345678901234567890",
                                    "1e-400", "-0", "9007199254740993"])
def test_absurd_numbers_do_no_harm(events, make, api, key, dedup, number):
    raw = json.dumps(trigger_event(key, dedup, custom_details={"n": "@"})).replace('"@"', number)
    reply = events.post(ENQUEUE, raw=raw)
    assert reply.status_code in (202, 400)
    if reply.status_code == 202:
        incident = make.incidents_of_key(dedup)[0]
        api.call("GET", f"/incidents/{incident['id']}/alerts", expect=200).body


def test_whole_numbers_keep_every_digit(events, api, make, key, dedup):
    number = 9007199254740993
    events.trigger(key, dedup, custom_details={"n": number})
    assert make.alerts(make.incidents_of_key(dedup)[0])[0]["body"]["details"] == {"n": number}


def test_of_repeated_members_one_counts(events, make, key, dedup):
    raw = json.dumps(trigger_event(key, dedup)).replace('"summary": "Disk is full"', '"summary": "first", "summary": "second"')
    reply = events.post(ENQUEUE, raw=raw)
    assert reply.status_code in (202, 400)
    if reply.status_code == 202:
        assert make.incidents_of_key(dedup)[0]["title"] in ("first", "second")


def test_repeated_routing_keys_do_not_smuggle(events, make, key, dedup):
    """Whichever of the two counts, it counts for checking and for routing alike."""
    raw = json.dumps(trigger_event(key, dedup)).replace('"routing_key": ', f'"routing_key": "{UNKNOWN_KEY}", "routing_key": ')
    reply = events.post(ENQUEUE, raw=raw)
    found = make.incidents_of_key(dedup)
    assert (reply.status_code, len(found)) in ((202, 1), (400, 0))


def test_nul_characters_inside_texts_are_left_out_or_refused(events, make, key, dedup):
    reply = events.post(ENQUEUE, trigger_event(key, dedup, summary="a\u0000b", source="c\u0000d", custom_details={"\u0000": "\u0000"}))
    assert reply.status_code in (202, 400)
    if reply.status_code == 202:
        incident = make.incidents_of_key(dedup)[0]
        assert incident["title"] == "ab"
        assert make.alerts(incident)[0]["body"]["details"] == {"\u0000": "\u0000"}


def test_every_character_survives(events, make, key, dedup):
    text = "Zażółć \U0001F6A8 \u2028 <script>alert('&')</script> \\ \" \x7f \ufeff \ufffd e\u0301"
    incident = make.alerted(key, dedup, summary=text, custom_details={text: text})
    assert incident["title"] == text
    assert make.alerts(incident)[0]["body"]["details"] == {text: text}


def test_a_byte_order_mark_is_either_skipped_or_unreadable(events, key):
    reply = events.post(ENQUEUE, raw=b"\xef\xbb\xbf" + json.dumps(trigger_event(key)).encode())
    assert reply.status_code in (202, 400)


def test_a_thousand_members_are_fine(events, make, key, dedup):
    details = {f"member {number}": number for number in range(1000)}
    incident = make.alerted(key, dedup, custom_details=details)
    assert make.alerts(incident)[0]["body"]["details"] == details


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_post_is_an_event(events, method):
    reply = events.session.request(method, events.base_url + ENQUEUE, timeout=10)
    assert reply.status_code in (404, 405)
    assert reply.headers["Content-Type"].startswith("application/json")


def test_generated_keys_have_the_shape_of_a_uuid_or_of_hexadecimal_digits(events, key):
    assert re.fullmatch(r"[0-9a-fA-F-]{32,36}|[0-9A-Za-z-]{20,64}", events.trigger(key))
