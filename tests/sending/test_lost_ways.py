"""Somebody whose contact method goes while a message for it still waits is told by what they have instead."""

from __future__ import annotations

import time

import pytest

from support.fakes import Provider, body
from support.server import wait_until

from .stage import Stage

CONFIG = """
[[sms]]
kind = "gateway"
url = "{{sms}}/send"
[email]
smtp-url = "smtp://127.0.0.1:{mail_port}"
from = "Callboard <pages@example.com>"
starttls = "none"
"""


@pytest.fixture
def here(tmp_path):
    mail = Provider("smtp.py")
    sms = Provider("http.py", "--kind", "gateway", "status:503", "ok")
    stage = Stage(tmp_path, CONFIG.format(mail_port=mail.port), sms=sms, mail=mail)
    yield stage
    stage.close()


def waiting(here):
    """A person, and an incident whose message was refused for now; their number is gone since."""
    person = here.person("sms", "5550123001")
    incident = here.trigger(here.key_for(person))
    here.providers["sms"].wait(1)
    return person, incident


def test_a_new_number_is_told_at_once(here):
    person, incident = waiting(here)
    number = here.method(person, "sms", "5550123002")
    here.rule(person, number)
    here.api.delete(f"/users/{person['id']}/contact_methods/{person['method']['id']}")
    wait_until(lambda: (here.server.advance(5), len(here.providers["sms"].received) >= 2)[1], 30, "the new number")
    assert body(here.providers["sms"].received[1])["to"] == "+15550123002"
    lost, told = here.wait_told(incident, 2)
    assert "The contact method was deleted" in lost["channel"]["notification"]["detail"]
    assert (lost["channel"]["notification"]["status"], told["channel"]["notification"]["status"]) == ("failed", "sent")
    here.server.advance(600)
    assert len(here.providers["sms"].received) == 2, "once"


def test_whoever_has_no_other_way_is_told_at_the_address_they_log_in_with(here):
    person, incident = waiting(here)
    here.api.delete(f"/users/{person['id']}/contact_methods/{person['method']['id']}")

    wait_until(lambda: (here.server.advance(5), here.providers["mail"].received)[1], 30, "a mail")
    assert here.providers["mail"].received[0]["recipients"] == [f"TO:<{person['email']}>"]
    assert [one["channel"]["notification"]["status"] for one in here.wait_told(incident, 2)] == ["failed", "sent"]


def test_an_incident_that_came_to_a_waiting_message_is_not_told_again_by_a_way_that_has_had_it(tmp_path):
    mail = Provider("smtp.py")
    sms = Provider("http.py", "--kind", "gateway", "ok", "status:400")
    here = Stage(tmp_path, CONFIG.format(mail_port=mail.port), sms=sms, mail=mail)
    try:
        person = here.person("sms", "5550123001")
        here.rule(person, here.method(person, "email", "second@example.com"))
        key = here.key_for(person)
        here.trigger(key)
        mail.wait(1), sms.wait(1)
        # The second makes a message of each kind, which waits for a while; the third comes to it.
        here.trigger(key)
        here.server.advance(5)
        third = here.trigger(key)
        wait_until(lambda: (here.server.advance(5), len(mail.received) >= 2 and len(sms.received) >= 2)[1], 30, "the second messages")
        outcomes = [one["channel"]["notification"]["status"] for one in here.wait_told(third, 2)]
        assert sorted(outcomes) == ["failed", "sent"]
        for _ in range(20):
            here.server.advance(20)
            time.sleep(0.05)
        assert (len(mail.received), len(sms.received), len(here.told(third))) == (2, 2, 2)
    finally:
        here.close()
