"""Runs last: every operation that is served was seen to work in this session."""

from __future__ import annotations

import pytest

# Operations that cannot be driven with what the program offers so far, each with what is missing.
EXCUSED = {
    "GET /users/me": "needs a personal key: `callboard admin create-api-key --user EMAIL`",
}


@pytest.mark.coverage
def test_every_served_operation_was_seen_to_succeed(request, examiner, served, description):
    modules = {item.module.__name__.split(".")[-1] for item in request.session.items if "conformance" in str(item.fspath)}
    if len(modules) < 15:
        pytest.skip("only a part of the suite was selected")
    known = {str(operation) for operation in description.operations.values()}
    unseen = sorted(operation for operation in served if operation in known
                    and operation not in examiner.worked and operation not in EXCUSED)
    assert not unseen, "served, but no story saw a valid success:\n" + "\n".join(unseen)
