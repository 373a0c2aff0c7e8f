"""What Twilio calls back: receipts, replies by text message, keys in a call; and what only pretends to come from there."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

import pytest
import requests

from support.fakes import Provider, form
from support.server import OWNER_EMAIL

from .stage import Stage

TWILIO = """
[[sms]]
kind = "twilio"
account-sid = "AC1"
from = "+15550100000"
token = "sms-secret"
url = "{sms}"

[[phone]]
kind = "twilio"
account-sid = "AC2"
from = "+15550100001"
token = "phone-secret"
url = "{phone}"
"""
SECOND_SMS = """
[[sms]]
kind = "gateway"
url = "{gateway}/send"
"""
NUMBER = {"address": "5550123456", "country_code": 1}


@pytest.fixture
def stage(tmp_path):
    opened = []

    def build(second: bool = False) -> Stage:
        providers = {"sms": Provider("http.py", "--kind", "twilio"), "phone": Provider("http.py", "--kind", "twilio")}
        if second:
            providers["gateway"] = Provider("http.py", "--kind", "gateway")
        opened.append(Stage(tmp_path, TWILIO + (SECOND_SMS if second else ""), **providers))
        return opened[-1]

    yield build
    for one in opened:
        one.close()


def signature(url: str, fields: dict, token: str) -> str:
    """As Twilio's description says it: the address, then names and values in the order of names."""
    text = url + "".join(name + value for name, value in sorted(fields.items()))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def call(url: str, fields: dict, token: str, **headers) -> requests.Response:
    return requests.post(url, data=fields, timeout=10,
                         headers={"X-Twilio-Signature": signature(url, fields, token), **headers})


class Phone:
    """A person with a phone, one incident, and what Twilio was given for it."""

    def __init__(self, here: Stage, kind: str = "sms"):
        self.here, self.kind = here, kind
        self.token = "sms-secret" if kind == "sms" else "phone-secret"
        self.account = "AC1" if kind == "sms" else "AC2"
        self.person = here.person(kind, **NUMBER)
        self.key = here.key_for(self.person)
        self.incident, self.sent = self.trigger()
        self.message_id = self.here.wait_told(self.incident)[0]["channel"]["notification"]["id"]

    def trigger(self):
        before = len(self.here.providers[self.kind].received)
        incident = self.here.trigger(self.key)
        return incident, form(self.here.providers[self.kind].wait(before + 1)[before])

    @property
    def sid(self) -> str:
        return f"{'SM' if self.kind == 'sms' else 'CA'}{1:032x}"

    def report(self, **fields) -> requests.Response:
        name = "MessageSid" if self.kind == "sms" else "CallSid"
        return call(self.sent["StatusCallback"], {"AccountSid": self.account, name: self.sid, **fields}, self.token)

    def press(self, digits: str) -> requests.Response:
        url = re.search(r'action="([^"]+)"', self.sent["Twiml"]).group(1)
        return call(url, {"AccountSid": self.account, "CallSid": self.sid, "Digits": digits}, self.token)

    def reply(self, text: str, sid: str = "SMreply1", sender: str = "+15550123456") -> requests.Response:
        fields = {"AccountSid": "AC1", "MessageSid": sid, "From": sender, "To": "+15550100000", "Body": text}
        return call(self.here.server.url + "/callback/twilio/message", fields, "sms-secret")


def number_of(sent: dict) -> str:
    return re.search(r"Reply 4 (\d+): ack, 6 \1: resolve", sent["Body"]).group(1)


def test_a_delivered_message_says_so_everywhere(stage):
    phone = Phone(stage())
    assert phone.here.message(phone.message_id)["receipt"] is None
    for status in ("queued", "sent", "delivered", "delivered"):
        assert phone.report(MessageStatus=status).status_code == 204
    message = phone.here.message(phone.message_id)
    assert (message["status"], message["receipt"], message["provider"]) == ("sent", "delivered", "twilio")
    assert message["receipt_at"] and message["purpose"] == "page"
    entry = phone.here.told(phone.incident)
    assert len(entry) == 1 and entry[0]["channel"]["notification"]["receipt"] == "delivered"
    assert "It was delivered" in phone.here.why(phone.incident)
    method = phone.here.api.get(f"/users/{phone.person['id']}/contact_methods/{phone.person['method']['id']}")
    assert method["contact_method"]["last_proven_by"] == "receipt"


def test_an_undelivered_message_goes_to_the_next_provider_once(stage):
    phone = Phone(stage(second=True))
    assert phone.report(MessageStatus="undelivered", ErrorCode="30003").status_code == 204
    phone.here.providers["gateway"].wait(1)
    assert phone.report(MessageStatus="undelivered", ErrorCode="30003").status_code in (204, 403)
    entries = phone.here.wait_told(phone.incident, 3)
    assert "could not be delivered: error 30003" in entries[1]["note"] and "Another provider" in entries[1]["note"]
    assert phone.here.message(phone.message_id)["provider"] == "gateway"
    phone.here.server.advance(20)
    assert len(phone.here.providers["gateway"].received) == 1 and len(phone.here.providers["sms"].received) == 1


def test_a_number_that_does_not_exist_is_not_tried_with_another_provider(stage):
    phone = Phone(stage(second=True))
    assert phone.report(MessageStatus="undelivered", ErrorCode="30005").status_code == 204
    assert phone.here.message(phone.message_id)["status"] == "failed"
    phone.here.server.advance(20)
    assert phone.here.providers["gateway"].received == []


def test_whoever_cannot_be_told_is_told_by_the_next_rule_at_once(stage):
    here = stage()
    person = here.person("sms", **NUMBER)
    here.rule(person, here.method(person, "phone", "5550123456"), delay=15)
    incident = here.trigger(here.key_for(person))
    sent = form(here.providers["sms"].wait(1)[0])
    here.wait_told(incident)
    fields = {"AccountSid": "AC1", "MessageSid": f"SM{1:032x}", "MessageStatus": "undelivered", "ErrorCode": "30006"}
    assert call(sent["StatusCallback"], fields, "sms-secret").status_code == 204
    assert "#" in form(here.providers["phone"].wait(1)[0])["Twiml"]
    here.wait_told(incident, 3)


@pytest.mark.parametrize("status, receipt", [("busy", "busy"), ("no-answer", "no_answer"), ("failed", "undelivered")])
def test_a_call_that_nobody_took_failed(stage, status, receipt):
    phone = Phone(stage(), "phone")
    assert phone.report(CallStatus=status).status_code == 204
    message = phone.here.wait_message(phone.message_id, status="failed")
    if status != "failed":  # which another provider might have put through
        assert message["receipt"] == receipt
    assert "Could not be told by telephone call" in phone.here.told(phone.incident)[-1]["note"]
    assert "not_reached" in phone.here.why(phone.incident)


def test_a_machine_that_picks_up_is_nobody(stage):
    phone = Phone(stage(), "phone")
    assert phone.sent["MachineDetection"] == "Enable" and phone.sent["AsyncAmdStatusCallback"] == phone.sent["StatusCallback"]
    assert phone.report(AnsweredBy="machine_start").status_code == 204
    assert phone.report(CallStatus="completed").status_code == 204
    message = phone.here.message(phone.message_id)
    assert (message["status"], message["receipt"]) == ("failed", "voicemail")
    method = phone.here.api.get(f"/users/{phone.person['id']}/contact_methods/{phone.person['method']['id']}")
    assert method["contact_method"]["last_proven_at"] is None


def test_keys_in_a_call_acknowledge_and_resolve(stage):
    phone = Phone(stage(), "phone")
    again = phone.press("9")
    assert again.status_code == 200 and "<Gather" in again.text and phone.here.status(phone.incident) == "triggered"
    done = phone.press("4")
    assert done.status_code == 200 and "Acknowledged" in done.text and "xml" in done.headers["Content-Type"]
    reloaded = phone.here.make.reload(phone.incident)
    assert reloaded["status"] == "acknowledged"
    assert reloaded["acknowledgements"][0]["acknowledger"]["id"] == phone.person["id"]
    assert phone.here.message(phone.message_id)["receipt"] == "answered"
    assert phone.press("4").status_code == 409, "seen before"
    assert "Resolved" in phone.press("6").text and phone.here.status(phone.incident) == "resolved"


def test_replies_by_text_message_name_the_message(stage):
    phone = Phone(stage())
    first = number_of(phone.sent)
    phone.here.server.advance(40)
    second_incident, second = phone.trigger()
    assert number_of(second) != first
    which = phone.reply("4", "SMa")
    assert "Several messages are open" in which.text
    assert "no open message" in phone.reply("4 998", "SMb").text
    assert "Reply 4 and the number" in phone.reply("what is this?", "SMc").text
    assert phone.here.status(phone.incident) == phone.here.status(second_incident) == "triggered"
    assert "Acknowledged" in phone.reply(f"Ack {number_of(second)}", "SMd").text
    assert phone.here.status(second_incident) == "acknowledged" and phone.here.status(phone.incident) == "triggered"
    assert "Resolved" in phone.reply(f" 6  {first}", "SMe").text and phone.here.status(phone.incident) == "resolved"
    assert "Resolved" in phone.reply("RES", "SMf").text, "only one is left"
    assert phone.here.status(second_incident) == "resolved"


def test_strangers_get_no_reply(stage):
    phone = Phone(stage())
    done = phone.reply("4 1", sender="+4917000000")
    assert done.status_code == 200 and "<Message>" not in done.text
    assert phone.here.status(phone.incident) == "triggered"


def test_a_reply_acts_once(stage):
    phone = Phone(stage())
    assert phone.reply("4 " + number_of(phone.sent)).status_code == 200
    incident = f"/incidents/{phone.incident['id']}"
    phone.here.api.put(incident, {"incident": {"type": "incident_reference", "escalation_level": 1}})
    assert phone.here.status(phone.incident) == "triggered"
    assert phone.reply("4 " + number_of(phone.sent)).status_code == 409
    assert phone.here.status(phone.incident) == "triggered"


def test_what_is_not_signed_by_the_account_is_refused(stage):
    phone = Phone(stage())
    url = phone.sent["StatusCallback"]
    fields = {"AccountSid": "AC1", "MessageSid": phone.sid, "MessageStatus": "undelivered"}
    good = signature(url, fields, "sms-secret")
    refused = [
        requests.post(url, data=fields, timeout=10),
        call(url, fields, "wrong"),
        call(url, {**fields, "AccountSid": "AC2"}, "sms-secret"),
        call(url, {**fields, "AccountSid": "AC3"}, "sms-secret"),
        requests.post(url, data={**fields, "MessageStatus": "failed"}, headers={"X-Twilio-Signature": good}, timeout=10),
        requests.post(url + "x", data=fields, headers={"X-Twilio-Signature": good}, timeout=10),
        call(url, {**fields, "MessageSid": "SMother"}, "sms-secret"),
        call(url.rsplit("/", 1)[0] + "/PXXXXXXXXXXXXX", fields, "sms-secret"),
        call(url, {"AccountSid": "AC1", "MessageStatus": "undelivered"}, "sms-secret"),
    ]
    assert {one.status_code for one in refused} == {403}
    assert requests.get(url, timeout=10).status_code == 405
    assert requests.post(phone.here.server.url + "/callback/nobody", timeout=10).status_code == 404
    assert phone.here.message(phone.message_id)["receipt"] is None


def test_a_receipt_that_comes_before_the_answer_counts(tmp_path):
    """The provider calls back while it has not answered yet, and the server dies in between: nobody is told twice."""
    providers = {"sms": Provider("http.py", "--kind", "twilio", "slow"), "phone": Provider("http.py", "--kind", "twilio")}
    here = Stage(tmp_path, TWILIO, **providers)
    try:
        person = here.person("sms", **NUMBER)
        incident = here.trigger(here.key_for(person))
        sent = form(here.providers["sms"].wait(1)[0])
        fields = {"AccountSid": "AC1", "MessageSid": "SMearly", "MessageStatus": "delivered"}
        assert call(sent["StatusCallback"], fields, "sms-secret").status_code == 204
        here.server.kill()
        here.server.start()
        here.server.advance(600)
        assert here.wait_told(incident)[0]["channel"]["notification"]["status"] == "sent"
        assert len(here.providers["sms"].received) == 1
    finally:
        here.close()


def test_without_callbacks_nothing_is_asked_for(tmp_path):
    providers = {"sms": Provider("http.py", "--kind", "twilio"), "phone": Provider("http.py", "--kind", "twilio")}
    config = TWILIO.replace('token = "sms-secret"', 'token = "sms-secret"\ncallbacks = false')
    here = Stage(tmp_path, config, **providers)
    try:
        here.trigger(here.key_for(here.person("sms", **NUMBER)))
        sent = form(here.providers["sms"].wait(1)[0])
        assert "StatusCallback" not in sent and "Reply 4" not in sent["Body"]
    finally:
        here.close()


def ask(phone: Phone):
    """A request for help with an incident of somebody else; what Twilio was given for it."""
    here = phone.here
    other = here.make.incident()
    owner = here.api.get("/users", params={"query": OWNER_EMAIL})["users"][0]
    before = len(here.providers[phone.kind].received)
    here.api.post(f"/incidents/{other['id']}/responder_requests", {
        "requester_id": owner["id"], "message": "Please", "responder_request_targets": [
            {"responder_request_target": {"id": phone.person["id"], "type": "user_reference"}}]})
    # Another has left the same way a moment before.
    here.server.advance(60)
    sent = form(here.providers[phone.kind].wait(before + 1)[before])
    return other, sent


def state_of(phone: Phone, incident: dict) -> str:
    return phone.here.api.get(f"/incidents/{incident['id']}")["incident"]["incidents_responders"][0]["state"]


def test_a_request_for_help_is_declined_by_text_message(stage):
    phone = Phone(stage())
    incident, sent = ask(phone)
    number = re.search(r"Reply 4 (\d+): join, 5 \1: decline", sent["Body"]).group(1)
    assert "Declined" in phone.reply(f"5 {number}", "SMdecline").text
    assert state_of(phone, incident) == "declined"
    assert "Nothing was left" in phone.reply(f"decline {number}", "SMagain").text


def test_a_request_for_help_is_declined_by_a_key(stage):
    phone = Phone(stage(), "phone")
    incident, sent = ask(phone)
    assert "Press 4 to join, 5 to decline." in sent["Twiml"]
    url = re.search(r'action="([^"]+)"', sent["Twiml"]).group(1)
    answered = call(url, {"AccountSid": "AC2", "CallSid": f"CA{2:032x}", "Digits": "5"}, "phone-secret")
    assert "Declined" in answered.text and state_of(phone, incident) == "declined"


def test_a_page_that_asks_for_no_help_cannot_be_declined(stage):
    phone = Phone(stage())
    assert "Nothing was left" in phone.reply(f"5 {number_of(phone.sent)}", "SMno").text
    assert phone.here.api.get(f"/incidents/{phone.incident['id']}")["incident"]["status"] == "triggered"
