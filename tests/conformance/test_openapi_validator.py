"""The examiner itself: it accepts what PagerDuty shows as examples and refuses what is wrong in small ways."""

from __future__ import annotations

import copy

import pytest

from . import deviations, openapi

# Examples that break their own schema; each is a slip of the description, none is a reason to be lenient.
BROKEN_EXAMPLES = {
    "GET /incidents/types": "its times have milliseconds",
    "GET /incidents/types/{type_id_or_name}": "its times have milliseconds",
    **{f"{operation}": "times with milliseconds, services without a type in the example" for operation in (
        "GET /alert_grouping_settings", "POST /alert_grouping_settings", "GET /alert_grouping_settings/{id}",
        "PUT /alert_grouping_settings/{id}")},
    "GET /schedules/{id}": "next_oncall_for_user.user is a list in the example",
    "GET /users/me": "created_via_sso is a text in the example",
    **{f"{method} /v3/schedules/{{id}}{part}": "the example has types of an earlier draft, and lacks required members"
       for method, part in (
           ("GET", "/overrides/{override_id}"), ("PUT", "/overrides/{override_id}"), ("GET", "/rotations"),
           ("GET", "/rotations/{rotation_id}"), ("GET", "/rotations/{rotation_id}/events/{event_id}"),
           ("PUT", "/rotations/{rotation_id}/events/{event_id}"))},
    **{operation: "the example calls a field \"custom_fields_field\", the schema \"field\"" for operation in (
        "GET /services/custom_fields", "POST /services/custom_fields", "GET /services/custom_fields/{field_id}",
        "PUT /services/custom_fields/{field_id}")},
    **{f"{method} /event_orchestrations/{owner}/cache_variables{variable}": "a list of one in the example; clients read an object"
       for owner in ("{id}", "services/{service_id}")
       for method, variable in (("POST", ""), ("GET", "/{cache_variable_id}"), ("PUT", "/{cache_variable_id}"))},
    **{operation: "the example lacks a member that its own schema demands" for operation in (
        "GET /incidents/custom_fields", "POST /incidents/custom_fields", "GET /incidents/custom_fields/{field_id}",
        "PUT /incidents/custom_fields/{field_id}", "POST /incidents/types/{type_id_or_name}/custom_fields")},
    "PUT /event_orchestrations/{id}/enablements/{feature_name}": "a list of one in the example, an object in the schema",
    "GET /v3/schedules/{id}/audit/records": "its times have milliseconds",
    "GET /vendors/{id}": "the example shows the list that the schema shows, the answer is one vendor",
}


def not_examined() -> set:
    """Operations that no story drives yet; their examples are not our business yet either."""
    path = openapi.Path(__file__).with_name("not_yet.txt")
    return {line for line in path.read_text().splitlines() if line and not line.startswith("#")}


def examples(description, operation):
    """Every example of a success, with its status."""
    for code, response in operation.definition["responses"].items():
        content = description.resolve(response).get("content", {}).get("application/json", {})
        if code.startswith("2"):
            for example in content.get("examples", {}).values():
                yield int(code), description.resolve(example).get("value")


def test_the_description_has_all_operations(description):
    assert len(description.operations) == 465


def test_the_examples_of_examined_operations_pass(description):
    refused = {}
    for operation in description.operations.values():
        if str(operation) in not_examined() or str(operation) in BROKEN_EXAMPLES:
            continue
        for status, value in examples(description, operation):
            problems = description.problems(operation, status, value, expanded=True)
            if problems:
                refused[f"{operation} {status}"] = problems
    assert not refused


@pytest.mark.parametrize("method,path,template", [
    ("GET", "/users/me", "/users/me"),
    ("GET", "/users/PABC123", "/users/{id}"),
    ("POST", "/schedules/preview", "/schedules/preview"),
    ("GET", "/incidents/PABC123/alerts/", "/incidents/{id}/alerts"),
    ("GET", "/standards/scores/technical_services/PABC123", "/standards/scores/{resource_type}/{id}"),
    ("GET", "/users/PABC123/tags", "/{entity_type}/{id}/tags"),
])
def test_requests_find_their_operation(description, method, path, template):
    assert description.match(method, path).path == template


def test_unknown_requests_find_none(description):
    assert description.match("PATCH", "/incidents") is None
    assert description.match("GET", "/incidents/count") is None or \
        description.match("GET", "/incidents/count").path == "/incidents/{id}"


@pytest.fixture
def incident(description) -> dict:
    """A valid answer of GET /incidents/{id}."""
    operation = description.operations["GET", "/incidents/{id}"]
    return copy.deepcopy(next(value for _, value in examples(description, operation)))


def judge(description, body, expanded=False):
    """The problems of an answer of GET /incidents/{id}."""
    return description.problems(description.operations["GET", "/incidents/{id}"], 200, body, expanded)


def test_missing_values_may_be_null(description, incident):
    incident["incident"].update(priority=None, resolved_at=None, resolve_reason=None, alert_grouping=None)
    assert not judge(description, incident)


@pytest.mark.parametrize("change", [
    {"status": "open"},
    {"status": None},
    {"urgency": "medium"},
    {"incident_number": "7"},
    {"created_at": "2026-01-01T10:00:00.123Z"},
    {"created_at": "yesterday"},
    {"assignments": None},
    {"assignments": [{"at": "2026-01-01T10:00:00Z"}]},
    {"teams": None},
    {"pending_actions": [{"type": "explode", "at": "2026-01-01T10:00:00Z"}]},
    {"id": None},
])
def test_small_wrongs_are_found(description, incident, change):
    incident["incident"].update(change)
    assert judge(description, incident)


def test_a_missing_wrapper_is_found(description, incident):
    assert judge(description, incident["incident"])


def test_whole_objects_pass_only_when_they_were_asked_for(description):
    operation = description.operations["GET", "/services/{id}"]
    body = copy.deepcopy(next(value for _, value in examples(description, operation)))
    policy = copy.deepcopy(next(value for _, value in
                                examples(description, description.operations["GET", "/escalation_policies/{id}"])))
    body["service"]["escalation_policy"] = policy["escalation_policy"]
    assert description.problems(operation, 200, body, expanded=True) == []
    assert description.problems(operation, 200, body, expanded=False)


def test_an_answer_without_documented_body_has_none(description):
    operation = description.operations["DELETE", "/teams/{id}"]
    assert description.problems(operation, 204, None) == []
    assert description.problems(operation, 204, {"team": {}})


def test_every_deviation_belongs_to_something(description):
    known = {str(operation) for operation in description.operations.values()}
    assert set(deviations.EXTRA_SUCCESS) <= known
    assert {operation for operation, _ in deviations.REPLACED_SCHEMA} <= known
    assert not set(deviations.UNDOCUMENTED_OPERATIONS) & known
    schemas = description.document["components"]["schemas"]
    for short, whole in deviations.EXPANDS_TO.items():
        assert short in schemas and all(name in schemas for name in whole)
