"""The route table of the program, PagerDuty's description and not_yet.txt tell one consistent story."""

from __future__ import annotations

import re
from pathlib import Path
from typing import List

import pytest

from . import deviations

NOT_YET = Path(__file__).with_name("not_yet.txt")

# The list may only shrink. Serving an operation removes its line and lowers this number (and the one in the file) by
# one, in the same commit; a commit that raises it takes something away from users and says so for every reviewer to see.
NOT_YET_CEILING = 176

ROLES = {"-", "owner", "admin", "manager", "user", "responder", "limited_user", "observer", "restricted_access",
         "read_only_user", "read_only_limited_user", "none", "any"}


def not_yet() -> List[str]:
    """The operations that are known to be missing."""
    return [line for line in NOT_YET.read_text().splitlines() if line and not line.startswith("#")]


def test_the_list_of_missing_operations_is_sorted_and_free_of_repeats():
    assert not_yet() == sorted(set(not_yet()))


def test_the_list_of_missing_operations_only_shrinks():
    stated = int(re.search(r"^# left: (\d+)$", NOT_YET.read_text(), re.M).group(1))
    assert stated == len(not_yet()), f"the head of {NOT_YET.name} says {stated}, the file has {len(not_yet())} lines"
    assert len(not_yet()) <= NOT_YET_CEILING, "the list of missing operations has grown"
    assert len(not_yet()) == NOT_YET_CEILING, f"well done: now lower NOT_YET_CEILING to {len(not_yet())}"


def test_the_list_of_missing_operations_holds_only_operations_that_exist(description):
    known = {str(operation) for operation in description.operations.values()}
    assert not set(not_yet()) - known


def test_every_operation_of_the_description_is_served_or_listed_as_missing(description, served):
    known = {str(operation) for operation in description.operations.values()}
    neither = sorted(known - set(served) - set(not_yet()))
    both = sorted(set(served) & set(not_yet()))
    assert not neither, "neither served nor in not_yet.txt:\n" + "\n".join(neither)
    assert not both, "served, so take it out of not_yet.txt:\n" + "\n".join(both)


def test_operations_beyond_the_description_have_a_reason(description, served):
    first_segments = {operation.path.split("/")[1] for operation in description.operations.values()} - {"{entity_type}"}
    known = {str(operation) for operation in description.operations.values()} | set(deviations.UNDOCUMENTED_OPERATIONS)
    strangers = [row.operation for row in served.values()
                 if row.operation not in known and row.path.split("/")[1] in first_segments]
    assert not strangers, "add a reason to deviations.UNDOCUMENTED_OPERATIONS, or spell as the description does:\n" \
        + "\n".join(strangers)


def test_undocumented_operations_that_clients_need_are_served(served):
    assert not set(deviations.UNDOCUMENTED_OPERATIONS) - set(served)


def test_no_operation_is_in_the_table_twice(rows):
    operations = [row.operation for row in rows]
    assert len(operations) == len(set(operations))


def test_every_served_operation_requires_the_documented_scope(description, served):
    wrong = []
    for operation in description.operations.values():
        row = served.get(str(operation))
        if row is None:
            continue
        accepted = deviations.SCOPE_TRAPS.get(operation.scope, [operation.scope])
        if operation.scope == "-":
            accepted = [f"{scope}.{'read' if operation.method == 'GET' else 'write'}"
                        for path, scope in deviations.UNSCOPED_PATHS.items() if operation.path.startswith(path)] or accepted
        if row.scope not in accepted:
            wrong.append(f"{operation}: {row.scope} instead of {operation.scope}")
    assert not wrong, "\n".join(wrong)


def test_every_served_operation_names_a_minimum_role(rows):
    strange = [f"{row.operation}: {row.role!r}" for row in rows if row.role not in ROLES]
    assert not strange, "\n".join(strange)


def test_every_served_operation_refuses_strangers(served, description, nobody):
    """Each REST operation answers 401 in the envelope when no credential comes with it."""
    for operation in description.operations.values():
        if str(operation) in served:
            path = re.sub(r"\{[^}]*\}", "PABCDEFGHIJKLM", operation.path)
            nobody.refused(operation.method, path, 401, code=2006, message="Authentication failed")


def sample_of_missing() -> List[str]:
    """Every seventh missing operation: a spread over all resources that costs little."""
    return not_yet()[::7]


@pytest.mark.parametrize("operation", sample_of_missing())
def test_a_missing_operation_says_that_it_is_not_served(operation, api, rows):
    method, template = operation.split(" ")
    path = re.sub(r"\{[^}]*\}", "PABCDEFGHIJKLM", template.replace("{entity_type}", "users"))
    body = None if method == "GET" else {}
    if any(re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", row.operation), f"{method} {path}") for row in rows):
        # Its last word stands where a served operation has an id.
        api.refused(method, path, 404, json=body)
        return
    error = api.refused(method, path, 404, code=2100, message="Not Found", json=body)
    assert error.get("errors") and any("not served" in text for text in error["errors"]), error
