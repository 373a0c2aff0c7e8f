"""Heartbeats: ours. A job that does not call in time opens an incident; its next call ends it."""

from __future__ import annotations

import pytest

from support.factory import reference


def described(of: dict, **members) -> dict:
    return {"heartbeat": {"name": "nightly backup", "service": reference("service", of), "interval_seconds": 600,
                          "grace_seconds": 60, **members}}


@pytest.fixture
def service(make):
    return make.service()


@pytest.fixture
def heartbeat(api, service):
    return api.post("/heartbeats", described(service))["heartbeat"]


@pytest.mark.parametrize("wrong", [
    {"name": ""}, {"interval_seconds": 5}, {"interval_seconds": None}, {"grace_seconds": -1}, {"service": {"id": "PNOBODY", "type": "service_reference"}}])
def test_what_is_wrong_is_refused(api, service, wrong):
    api.refused("POST", "/heartbeats", 400, json=described(service, **wrong))


def test_a_list_of_none_is_a_list(api, reader, make, someone):
    _, person = someone("observer")
    for client in (api, reader, person):
        assert client.get("/heartbeats", params={"service_ids[]": make.service()["id"]})["heartbeats"] == []


def test_the_address_is_for_those_who_may_manage(reader, heartbeat, someone):
    assert reader.get(f"/heartbeats/{heartbeat['id']}")["heartbeat"]["call_url"] is None
    reader.refused("POST", "/heartbeats", 403, json={})
    _, responder = someone("limited_user")
    assert responder.get(f"/heartbeats/{heartbeat['id']}")["heartbeat"]["call_url"] is None
