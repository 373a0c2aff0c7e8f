"""Events as PagerDuty's own description shows them, and answers as it describes them."""

from __future__ import annotations

import copy

import pytest

from conformance import openapi
from support.events import CHANGE, ENQUEUE, new_key, trigger_event

pytestmark = pytest.mark.skipif(not (openapi.folder() / "events-v2.json").is_file(), reason=openapi.HOW_TO_GET_IT)

PATHS = {"/enqueue": ENQUEUE, "/change/enqueue": CHANGE}


@pytest.fixture(scope="module")
def published() -> openapi.Description:
    """The description of the Events API."""
    return openapi.load("events-v2.json")


def examples(published, path):
    """The example events of one path."""
    content = published.document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    found = [published.resolve(example).get("value") for example in content.get("examples", {}).values()]
    if "example" in content:
        found.append(content["example"])
    return [copy.deepcopy(value) for value in found if isinstance(value, dict)]


def differences(published, name: str, body) -> list:
    """Where an answer differs from the response of that name."""
    schema = published.document["components"]["responses"][name]["content"]["application/json"]["schema"]
    return [error.message for error in openapi.compile_schema(published, schema).iter_errors(body)]


@pytest.mark.parametrize("path", list(PATHS))
def test_the_example_events_are_accepted(events, published, key, path):
    found = examples(published, path)
    assert found, "the description shows examples"
    for example in found:
        example["routing_key"] = key
        if "dedup_key" in example:
            example["dedup_key"] = new_key()
        events.accepted(PATHS[path], example)


def test_answers_have_the_described_shape(events, published, key):
    assert differences(published, "Success", events.accepted(ENQUEUE, trigger_event(key))) == []
    for body in (trigger_event("short"), [], {}):
        reply = events.post(ENQUEUE, body)
        assert reply.status_code == 400 and differences(published, "Error", reply.json()) == []
