"""Heartbeats: ours. A job that does not call in time opens an incident; its next call ends it."""

from __future__ import annotations

import os
import subprocess
from datetime import timedelta

import pytest
import requests

from support.client import unique
from support.factory import reference
from support.server import binary


def described(of: dict, **members) -> dict:
    return {"heartbeat": {"name": "nightly backup", "service": reference("service", of), "interval_seconds": 600,
                          "grace_seconds": 60, **members}}


@pytest.fixture
def service(make):
    return make.service()


@pytest.fixture
def heartbeat(api, service):
    return api.post("/heartbeats", described(service))["heartbeat"]


def status(api, heartbeat) -> str:
    return api.get(f"/heartbeats/{heartbeat['id']}")["heartbeat"]["status"]


def incidents(api, service, **params) -> list:
    return api.get("/incidents", params={"service_ids[]": service["id"], **params})["incidents"]


def test_silence_opens_an_incident_and_a_call_resolves_it(api, server, service, heartbeat):
    server.advance(3600)
    assert status(api, heartbeat) == "waiting" and incidents(api, service) == []
    for call in (requests.get, requests.post, requests.head):
        assert call(heartbeat["call_url"], timeout=5).status_code == 200
    shown = api.get(f"/heartbeats/{heartbeat['id']}")["heartbeat"]
    assert shown["status"] == "healthy" and shown["last_beat_at"] and shown["due_at"]
    server.advance(650)
    assert status(api, heartbeat) == "healthy"
    server.advance(15)
    assert status(api, heartbeat) == "missing"
    opened = incidents(api, service)
    assert [one["status"] for one in opened] == ["triggered"] and "nightly backup" in opened[0]["title"]
    server.advance(1300)
    assert len(incidents(api, service)) == 1
    assert requests.get(heartbeat["call_url"], timeout=5).text == "ok\n"
    assert status(api, heartbeat) == "healthy"
    assert [one["status"] for one in incidents(api, service)] == ["resolved"]


def test_one_that_went_missing_in_maintenance_is_told_when_it_ends(api, make, server, service, heartbeat):
    requests.get(heartbeat["call_url"], timeout=5)
    window = make.maintenance_window([service], timedelta(), timedelta(days=300))
    server.advance(700)
    assert status(api, heartbeat) == "missing" and incidents(api, service) == []
    api.delete(f"/maintenance_windows/{window['id']}")
    server.advance(700)
    assert len(incidents(api, service)) == 1


def test_a_paused_one_expects_nothing_and_ends_what_it_began(api, server, service, heartbeat):
    requests.get(heartbeat["call_url"], timeout=5)
    server.advance(700)
    assert len(incidents(api, service, **{"statuses[]": "triggered"})) == 1
    paused = api.put(f"/heartbeats/{heartbeat['id']}", {"heartbeat": {"paused": True}})["heartbeat"]
    assert paused["status"] == "paused" and paused["due_at"] is None
    assert incidents(api, service, **{"statuses[]": "triggered"}) == []
    requests.get(heartbeat["call_url"], timeout=5)
    assert status(api, heartbeat) == "paused"
    again = api.put(f"/heartbeats/{heartbeat['id']}", {"heartbeat": {"paused": False}})["heartbeat"]
    assert again["status"] == "healthy"
    server.advance(650)
    assert status(api, heartbeat) == "healthy"


def test_a_longer_interval_counts_from_the_last_call(api, server, heartbeat):
    requests.get(heartbeat["call_url"], timeout=5)
    changed = api.put(f"/heartbeats/{heartbeat['id']}", {"heartbeat": {"name": "weekly", "interval_seconds": 7200}})["heartbeat"]
    assert changed["name"] == "weekly" and changed["interval_seconds"] == 7200 and changed["grace_seconds"] == 60
    server.advance(3600)
    assert status(api, heartbeat) == "healthy"


def test_they_are_listed_by_service_and_deleted_with_their_incident(api, make, server, service, heartbeat):
    other = api.post("/heartbeats", described(make.service()))["heartbeat"]
    listed = api.get("/heartbeats", params={"service_ids[]": service["id"]})["heartbeats"]
    assert [one["id"] for one in listed] == [heartbeat["id"]]
    assert {heartbeat["id"], other["id"]} <= {one["id"] for one in api.get("/heartbeats", params={"limit": 100})["heartbeats"]}
    requests.get(heartbeat["call_url"], timeout=5)
    server.advance(700)
    api.delete(f"/heartbeats/{heartbeat['id']}")
    assert incidents(api, service, **{"statuses[]": "triggered"}) == []
    assert requests.get(heartbeat["call_url"], timeout=5).status_code == 404
    api.refused("GET", f"/heartbeats/{heartbeat['id']}", 404)


def test_strange_calls_change_nothing(account):
    for path, expected in (("/beat/", 404), ("/beat", 404), ("/beat/" + "x" * 32, 404), ("/beat/" + "y" * 500, 404)):
        assert requests.get(account.server.url + path, timeout=5).status_code == expected
    assert requests.delete(account.server.url + "/beat/" + "x" * 32, timeout=5).status_code == 405


def test_the_command_line_does_the_same(account, api, server, service):
    def run(*arguments, expect=0):
        environment = {**os.environ, "CALLBOARD_URL": account.server.url, "CALLBOARD_API_KEY": account.key}
        done = subprocess.run([binary(), "heartbeat", *arguments], capture_output=True, text=True, timeout=20, env=environment)
        assert done.returncode == expect, done.stderr
        return done.stdout if expect == 0 else done.stderr

    name = unique("backup")
    url = run("create", name, "--service", service["name"], "--every", "10m", "--grace", "2m").strip()
    made = api.get("/heartbeats", params={"service_ids[]": service["id"]})["heartbeats"][0]
    assert (made["name"], made["interval_seconds"], made["grace_seconds"], made["call_url"]) == (name, 600, 120, url)
    assert run("url", name).strip() == url and requests.get(url, timeout=5).status_code == 200
    assert "healthy" in run("list", "--service", service["id"]) and "every 10m" in run("list")
    run("pause", made["id"])
    assert status(api, made) == "paused"
    run("resume", name)
    assert status(api, made) != "paused"
    run("create", name, "--service", service["id"], "--every", "1d")
    assert "several" in run("delete", name, expect=1)
    run("delete", made["id"])
    api.refused("GET", f"/heartbeats/{made['id']}", 404)
    assert "nothing called" in run("url", "there is none", expect=1)
    assert "not a length of time" in run("create", "x", "--service", service["id"], "--every", "soon", expect=2)
    assert "greater than or equal to 10" in run("create", "x", "--service", service["id"], "--every", "1s", expect=1)
    assert "Authentication failed" in run("list", "--key", "wrong", expect=1)
