"""Contact methods that are shown to work: by a code, by a test, by an answer; and whether a person can be reached."""

from __future__ import annotations

import re

import pytest
import requests

from support.fakes import Provider, form
from support.server import wait_until

from .stage import Stage

CONFIG = """
[[sms]]
kind = "twilio"
account-sid = "AC1"
from = "+15550100000"
token = "sms-secret"
url = "{sms}"

[[phone]]
kind = "gateway"
url = "{phone}/send"
"""


@pytest.fixture
def here(tmp_path):
    stage = Stage(tmp_path, CONFIG, sms=Provider("http.py", "--kind", "twilio"), phone=Provider("http.py", "--kind", "gateway"))
    yield stage
    stage.close()


@pytest.fixture
def person(here):
    return here.person("sms", "5550123456", country_code=1)


def path_of(person: dict, method=None) -> str:
    return f"/users/{person['id']}/contact_methods/{(method or person['method'])['id']}"


def code_in(text: str) -> str:
    return re.search(r"code is ([\d ]+)\.", text).group(1).replace(" ", "")


def ask(here, path: str) -> str:
    """Asks for a code and returns it."""
    before = len(here.providers["sms"].received)
    begun = here.api.post(path + "/verification", expect=201)["verification"]
    assert begun["status"] == "pending" and begun["attempts_left"] == 5 and begun["expires_at"]
    assert begun["notification"]["purpose"] == "verification"
    return code_in(form(here.providers["sms"].wait(before + 1)[before])["Body"])


def enter(here, path: str, code: str):
    return here.api.call("PUT", path + "/verification", json={"verification": {"code": code}})


def test_the_right_code_verifies_and_is_used_up(here, person):
    path = path_of(person)
    assert here.api.get(path + "/verification")["verification"]["status"] == "unverified"
    code = ask(here, path)
    assert len(code) == 6
    done = enter(here, path, code)
    assert done.status == 200 and done.body["verification"]["status"] == "verified"
    assert done.body["verification"]["last_proven_by"] == "code"
    assert here.api.get(path)["contact_method"]["last_proven_at"]
    assert enter(here, path, code).status == 400


def test_five_wrong_codes_end_it_and_the_right_one_comes_too_late(here, person):
    path = path_of(person)
    code = ask(here, path)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for left in (4, 3, 2, 1, 0):
        error = enter(here, path, wrong).body["error"]
        assert error["errors"] == [f"Code is wrong; {left} more attempts are left"]
    assert enter(here, path, code).body["error"]["errors"] == ["The code is not valid any more: ask for another"]
    assert here.api.get(path)["contact_method"]["last_proven_at"] is None


def test_a_code_expires_and_a_new_one_voids_the_old(here, person):
    path = path_of(person)
    old = ask(here, path)
    here.api.refused("POST", path + "/verification", 429)
    here.server.advance(61)
    new = ask(here, path)
    assert new != old and enter(here, path, old).status == 400
    here.server.advance(601)
    assert "not valid any more" in enter(here, path, new).body["error"]["errors"][0]
    here.server.advance(61)
    for _ in range(8):
        ask(here, path)
        here.server.advance(61)
    here.api.refused("POST", path + "/verification", 429)


def test_an_address_is_not_flooded_by_several_people_or_by_contact_methods_made_anew(here, person):
    other = here.person("sms", "5550123456", country_code=1)

    def refused(path: str) -> int:
        answer = here.api.call("POST", path, expect=429)
        return int(answer.response.headers["Retry-After"])

    ask(here, path_of(person))
    assert 1 <= refused(path_of(other) + "/verification") <= 60
    here.api.post(path_of(person) + "/test", expect=201)
    assert 1 <= refused(path_of(other) + "/test") <= 30
    for _ in range(9):
        here.server.advance(61)
        here.api.delete(path_of(person))
        person["method"] = here.method(person, "sms", "5550123456", country_code=1)
        here.api.post(path_of(person) + "/verification", expect=201)
    here.server.advance(61)
    for one in (person, other):
        assert 80_000 < refused(path_of(one) + "/verification") <= 86_400
    here.api.post(path_of(person, here.method(person, "sms", "5550123457", country_code=1)) + "/verification", expect=201)


def test_a_code_is_spoken_digit_by_digit(here, person):
    call = here.method(person, "phone", "5550123456", country_code=1)
    here.api.post(path_of(person, call) + "/verification", expect=201)
    spoken = here.providers["phone"].wait(1)[0]["body"]
    assert re.search(r"Your code is (\d ){5}\d\.", spoken) and "page" not in spoken
    assert enter(here, path_of(person, call), code_in(spoken)).status == 200


def test_a_changed_address_is_unproven(here, person):
    path = path_of(person)
    assert enter(here, path, ask(here, path)).status == 200
    changed = {"type": "sms_contact_method", "label": "x", "address": "5550199999"}
    answer = here.api.put(path, {"contact_method": changed})["contact_method"]
    assert answer["last_proven_at"] is None
    assert enter(here, path, "123456").status == 400


def test_a_test_message_says_that_it_is_one_and_its_fate_can_be_read(here, person):
    begun = here.api.post(path_of(person) + "/test", expect=201)["notification"]
    assert begun["purpose"] == "test" and begun["status"] == "queued"
    text = form(here.providers["sms"].wait(1)[0])["Body"]
    assert "test" in text and "http" not in text and "Reply" not in text
    assert here.wait_message(begun["id"], status="sent")["provider"] == "twilio"
    here.api.refused("POST", path_of(person) + "/test", 429)
    assert here.api.get("/incidents")["incidents"] == []


def test_a_test_that_nobody_carries_fails_and_says_why(here, person):
    push = here.method(person, "push_notification", "my-topic")
    begun = here.api.post(path_of(person, push) + "/test", expect=201)["notification"]
    assert "this server has no provider for push messages" in here.wait_message(begun["id"], status="failed")["detail"]


def test_readiness_counts_ways_that_have_a_rule_a_provider_and_a_proof(here, person):
    spare = here.method(person, "phone", "5550199999", country_code=1)
    push = here.method(person, "push_notification", "my-topic")
    here.rule(person, push)

    def readiness():
        return here.api.get(f"/users/{person['id']}/readiness")["readiness"]

    first = readiness()
    assert first["verdict"] == "not known to be reachable"
    reasons = {one["contact_method"]["id"]: one["reason"] for one in first["ways"]}
    assert "Nothing has shown" in reasons[person["method"]["id"]]
    assert "No notification rule" in reasons[spare["id"]]
    assert "This server has no provider for push messages." == reasons[push["id"]]

    path = path_of(person)
    assert enter(here, path, ask(here, path)).status == 200
    assert readiness()["verdict"] == "reachable in 1 way"
    here.rule(person, spare, delay=5)
    begun = here.api.post(path_of(person, spare) + "/verification", expect=201)
    assert begun and enter(here, path_of(person, spare), code_in(here.providers["phone"].wait(1)[0]["body"])).status == 200
    second = readiness()
    assert second["verdict"] == "reachable in 2 ways"
    way = next(one for one in second["ways"] if one["contact_method"]["id"] == spare["id"])
    assert way["ready"] and way["proven_at"] and way["reason"].startswith("A code that was sent there was entered on ")

    here.server.advance(181 * 86_400)
    last = readiness()
    assert last["verdict"] == "not known to be reachable" and "Nothing has shown since" in str(last["ways"])


def test_an_answer_by_link_proves_the_way_it_came_by(here, person):
    here.trigger(here.key_for(person))
    text = form(here.providers["sms"].wait(1)[0])["Body"]
    link = re.search(r"http\S+", text).group(0)
    assert requests.get(link, timeout=10).status_code == 200
    assert here.api.get(path_of(person))["contact_method"]["last_proven_at"] is None, "filters of mail look too"
    requests.post(link, timeout=10)
    assert here.api.get(path_of(person))["contact_method"]["last_proven_by"] == "answer"


def test_a_code_does_not_leave_after_it_has_expired(tmp_path):
    sms = Provider("http.py", "--kind", "twilio", "status:503:700", "ok")
    stage = Stage(tmp_path, CONFIG, sms=sms, phone=Provider("http.py", "--kind", "gateway"))
    try:
        someone = stage.person("sms", "5550123456", country_code=1)
        begun = stage.api.post(path_of(someone) + "/verification", expect=201)["verification"]["notification"]
        sms.wait(1)
        wait_until(lambda: "page.tried_again_later" in stage.server.log_path.read_text(), 15, "the first try")
        # In one jump: five minutes on, the second try would be in time.
        stage.server.advance(720, jump=True)
        assert "expired" in stage.wait_message(begun["id"], status="cancelled")["detail"]
        assert len(sms.received) == 1
    finally:
        stage.close()
