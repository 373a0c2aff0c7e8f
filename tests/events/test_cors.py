"""Browsers may send events: Backstage's dialog posts from the page."""

from __future__ import annotations

import pytest

from support.events import CHANGE, ENQUEUE, VERSION_1, trigger_event

ORIGIN = "https://backstage.example.com"


@pytest.mark.parametrize("path", [ENQUEUE, CHANGE, VERSION_1, ENQUEUE + "/"])
@pytest.mark.parametrize("wanted", ["content-type", "content-type, accept", "Content-Type,Accept"])
def test_a_preflight_allows_what_the_dialog_sends(events, path, wanted):
    reply = events.session.options(events.base_url + path, timeout=10, headers={
        "Origin": ORIGIN, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": wanted})
    assert reply.status_code in (200, 204), reply.text[:300]
    assert reply.headers["Access-Control-Allow-Origin"] in ("*", ORIGIN)
    assert "POST" in [method.strip() for method in reply.headers["Access-Control-Allow-Methods"].split(",")]
    allowed = {name.strip().lower() for name in reply.headers["Access-Control-Allow-Headers"].split(",")}
    assert {"content-type", "accept"} <= allowed or "*" in allowed


def test_answers_may_be_read_by_the_page(events, key):
    for body, status in ((trigger_event(key), 202), (trigger_event("short"), 400), ("text", 400)):
        reply = events.post(ENQUEUE, body, headers={"Origin": ORIGIN})
        assert reply.status_code == status
        assert reply.headers["Access-Control-Allow-Origin"] in ("*", ORIGIN)


def test_no_cookie_may_travel_with_an_event(events, key):
    reply = events.post(ENQUEUE, trigger_event(key), headers={"Origin": ORIGIN})
    if reply.headers["Access-Control-Allow-Origin"] == "*":
        assert "Access-Control-Allow-Credentials" not in reply.headers


def test_a_request_without_origin_needs_none_of_this(events, key):
    assert events.post(ENQUEUE, trigger_event(key)).status_code == 202
