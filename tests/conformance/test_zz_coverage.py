"""Runs last: every operation that is served, and every query parameter of it, was seen to work in this session."""

from __future__ import annotations

import pytest

# Parameters that the description gives to an operation although they make no sense there.
SENSELESS = {
    ("PUT /incidents", "limit"), ("PUT /incidents", "offset"), ("PUT /incidents", "total"),
    ("PUT /incidents/{id}/alerts", "limit"), ("PUT /incidents/{id}/alerts", "offset"), ("PUT /incidents/{id}/alerts", "total"),
}

MODULES_OF_THE_SUITE = 15


@pytest.fixture
def driven(request, served, description) -> list:
    """The served operations of the description; skipped when only a part of the suite was selected."""
    modules = {item.module.__name__ for item in request.session.items if "conformance" in str(item.fspath)}
    if len(modules) < MODULES_OF_THE_SUITE or request.config.option.keyword:
        pytest.skip("only a part of the suite was selected")
    return [operation for operation in description.operations.values()
            if str(operation) in served]


@pytest.mark.coverage
def test_every_served_operation_was_seen_to_succeed(driven, examiner):
    unseen = sorted(str(operation) for operation in driven if str(operation) not in examiner.worked)
    assert not unseen, "served, but no story saw a valid success:\n" + "\n".join(unseen)


@pytest.mark.coverage
def test_every_query_parameter_was_seen_to_be_accepted(driven, examiner, description):
    """Each documented parameter, and each value where the values are listed."""
    unseen = []
    for operation in driven:
        asked = examiner.asked.get(str(operation), set())
        for parameter in map(description.resolve, operation.definition.get("parameters", [])):
            name = parameter["name"]
            if parameter["in"] != "query" or (str(operation), name) in SENSELESS:
                continue
            wanted = [f"{name}={value}" for value in listed_values(description, parameter)] or [name]
            unseen += [f"{operation}: {one}" for one in wanted if one not in asked]
    assert not unseen, "no story used:\n" + "\n".join(unseen)


def listed_values(description, parameter) -> list:
    """The values that a parameter may have, when they are written down."""
    schema = description.resolve(parameter.get("schema", {}))
    return schema.get("enum") or description.resolve(schema.get("items", {})).get("enum") or []
