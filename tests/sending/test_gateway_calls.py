"""What a gateway of one's own calls back: receipts, replies by text message, keys in a call; and what is not signed."""

from __future__ import annotations

import hashlib
import hmac
import json
import re

import pytest
import requests

from support.fakes import Provider, body

from .stage import Stage

CONFIG = """
[[sms]]
kind = "gateway"
url = "{sms}/send"
secret = "sms-secret"

[[phone]]
kind = "gateway"
url = "{phone}/call"
secret = "phone-secret"
"""
SECOND_SMS = """
[[sms]]
kind = "gateway"
url = "{second}/send"
"""
NUMBER = {"address": "5550123456", "country_code": 1}


@pytest.fixture
def stage(tmp_path):
    opened = []

    def build(config: str = CONFIG, **more: Provider) -> Stage:
        gateways = {kind: Provider("http.py", "--kind", "gateway") for kind in ("sms", "phone")}
        opened.append(Stage(tmp_path, config, **gateways, **more))
        return opened[-1]

    yield build
    for one in opened:
        one.close()


class Told:
    """A person who was told of one incident by a gateway, and what the gateway can say of it."""

    def __init__(self, here: Stage, kind: str = "sms"):
        self.here, self.secret = here, f"{kind}-secret"
        self.person = here.person(kind, **NUMBER)
        self.incident = here.trigger(here.key_for(self.person))
        self.sent = body(here.providers[kind].wait(1)[0])
        self.message_id = here.wait_told(self.incident)[0]["channel"]["notification"]["id"]

    def call(self, secret: str = "", **members) -> requests.Response:
        text = json.dumps(members)
        signature = "v1=" + hmac.new((secret or self.secret).encode(), text.encode(), hashlib.sha256).hexdigest()
        return requests.post(self.sent["callback_url"], data=text, timeout=10,
                             headers={"Content-Type": "application/json", "X-Callboard-Signature": signature})

    def report(self, status: str, **members) -> requests.Response:
        return self.call(event="status", message=self.sent["id"], id="gateway-1", status=status, **members)

    def reply(self, text: str, id_: str, sender: str = "+15550123456") -> requests.Response:
        return self.call(event="reply", id=id_, **{"from": sender}, text=text)

    def press(self, keys: str) -> requests.Response:
        return self.call(event="keys", message=self.sent["id"], id="gateway-1", keys=keys)


def test_a_receipt_is_believed_and_shown(stage):
    told = Told(stage())
    assert told.sent["callback_url"] == told.here.server.url + "/callback/gateway"
    assert told.report("delivered").status_code == 204
    message = told.here.message(told.message_id)
    assert (message["receipt"], message["provider"]) == ("delivered", "gateway")
    assert told.report("sent to the carrier").status_code == 204, "what says nothing new is ignored"


def test_what_was_not_delivered_goes_to_the_next_provider(stage):
    here = stage(CONFIG + SECOND_SMS, second=Provider("http.py", "--kind", "gateway"))
    told = Told(here)
    assert told.report("undelivered", detail="switched off").status_code == 204
    second = body(here.providers["second"].wait(1)[0])
    assert second["id"] == told.sent["id"] and "callback_url" not in second and "Reply 4" not in second["text"]
    assert "switched off" in here.wait_told(told.incident, 3)[1]["note"]


def test_a_wrong_number_is_tried_with_nobody_else(stage):
    here = stage(CONFIG + SECOND_SMS, second=Provider("http.py", "--kind", "gateway"))
    told = Told(here)
    assert told.report("undelivered", wrong_number=True).status_code == 204
    assert here.message(told.message_id)["status"] == "failed"
    here.server.advance(20)
    assert here.providers["second"].received == []


def test_replies_acknowledge_and_resolve_once(stage):
    told = Told(stage())
    number = re.search(r"Reply 4 (\d+): ack, 6 \1: resolve", told.sent["text"]).group(1)
    done = told.reply(f"4 {number}", "in-1")
    assert done.status_code == 200 and "Acknowledged" in done.json()["text"]
    acknowledger = told.here.make.reload(told.incident)["acknowledgements"][0]["acknowledger"]
    assert acknowledger["id"] == told.person["id"]
    assert told.reply(f"6 {number}", "in-1").status_code == 409, "seen before"
    assert told.here.status(told.incident) == "acknowledged"
    assert "Resolved" in told.reply(f"6 {number}", "in-2").json()["text"]
    assert told.here.status(told.incident) == "resolved"
    stranger = told.reply(f"6 {number}", "in-3", sender="+4917000000")
    assert stranger.status_code == 204 and stranger.text == ""


def test_keys_in_a_call_acknowledge_and_resolve(stage):
    told = Told(stage(), "phone")
    assert told.sent["keys"] == ["4", "6"] and "Press 4 to acknowledge, 6 to resolve." in told.sent["speech"]
    assert "Press 4" in told.press("9").json()["speech"] and told.here.status(told.incident) == "triggered"
    assert "Acknowledged" in told.press("4").json()["speech"]
    assert told.here.status(told.incident) == "acknowledged"
    assert told.here.message(told.message_id)["receipt"] == "answered"
    assert told.press("4").status_code == 409
    assert "Resolved" in told.press("6").json()["speech"]


def test_a_call_that_nobody_took_failed(stage):
    told = Told(stage(), "phone")
    assert told.report("no_answer").status_code == 204
    assert told.here.wait_message(told.message_id, status="failed")["receipt"] == "no_answer"


def test_what_is_not_signed_by_a_gateway_is_refused(stage):
    told = Told(stage())
    assert told.report("undelivered", secret="wrong").status_code == 403
    assert requests.post(told.sent["callback_url"], json={"event": "reply"}, timeout=10).status_code == 403
    assert told.call(event="status", message=told.sent["id"], id="another", status="undelivered").status_code == 403
    assert told.call(event="status", message="PXXXXXXXXXXXXX", id="gateway-1", status="undelivered").status_code == 403
    assert told.here.message(told.message_id)["receipt"] is None


def test_without_a_secret_nothing_comes_back(stage):
    here = stage(CONFIG.replace('secret = "sms-secret"\n', ""))
    here.trigger(here.key_for(here.person("sms", **NUMBER)))
    sent = body(here.providers["sms"].wait(1)[0])
    assert "callback_url" not in sent and "Reply 4" not in sent["text"]
    answered = requests.post(here.server.url + "/callback/gateway", json={}, timeout=10)
    assert answered.status_code == 403
