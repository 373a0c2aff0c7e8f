"""A person who was just added is paged through Debian's own mail server, and answers from the mail."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin

import pytest
import requests

from support.mail_server import PASSWORD, PROGRAM, USER, MailServer
from support.server import wait_until

from .stage import Stage

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="Debian's exim4-daemon-light is not installed: ./dev setup")

CONFIG = """
[email]
smtp-url = "{mail}"
from = "Callboard <pages@callboard.test>"
username = "%(user)s"
password = "%(password)s"
starttls = "required"
ca-file = "%(ca_file)s"
"""


@pytest.fixture
def stage(tmp_path):
    mail = MailServer()
    try:
        config = CONFIG % {"user": USER, "password": PASSWORD, "ca_file": mail.ca_file}
        here = Stage(tmp_path, config, mail=mail)
    except BaseException:
        mail.close()
        raise
    yield here
    here.close()


def entries(here: Stage, incident: dict, kind: str) -> list:
    found = here.api.get(f"/incidents/{incident['id']}/log_entries", params={"include[]": "channels"})["log_entries"]
    return [one for one in found if one["type"] == kind]


def test_the_mail_arrives_its_link_acknowledges_and_the_log_says_how(stage):
    mail = stage.providers["mail"]
    person = stage.api.post("/users", {"user": {"type": "user", "name": "Ann Awake", "email": "ann@callboard.test"}},
                            expect=201)["user"]
    incident = stage.trigger(stage.key_for(person))

    page = mail.wait(lambda one: f"#{incident['incident_number']}" in one["Subject"], "the page")
    assert page["Envelope-to"] == "ann@callboard.test" and page["To"].addresses[0].addr_spec == "ann@callboard.test"
    assert "esmtpsa" in str(page["Received"]), "it came encrypted and authenticated"
    text = page.get_body(("plain",)).get_content()
    address = re.search(r"http\S+/p/\S+/acknowledge\?\S+", text).group(0)

    shown = requests.get(address, timeout=10)
    form = re.search(r'<form[^>]*method="post"[^>]*>', shown.text, re.I).group(0)
    action = re.search(r'action="([^"]*)"', form)
    pressed = requests.post(urljoin(address, unescape(action.group(1))) if action else address, timeout=10)
    assert pressed.status_code == 200 and "Acknowledged" in pressed.text

    assert stage.status(incident) == "acknowledged"
    entry = entries(stage, incident, "acknowledge_log_entry")[0]
    assert entry["agent"]["id"] == person["id"] and entry["channel"]["type"] == "email"
    told = wait_until(lambda: entries(stage, incident, "notify_log_entry"), 10, "the log of the mail")[0]
    assert told["channel"]["notification"]["status"] == "sent"


def test_a_wrong_password_is_no_mail_and_is_said(tmp_path):
    mail = MailServer()
    config = CONFIG % {"user": USER, "password": "wrong", "ca_file": mail.ca_file}
    here = Stage(tmp_path, config, mail=mail)
    try:
        person = here.api.post("/users", {"user": {"type": "user", "name": "Bob", "email": "bob@callboard.test"}},
                               expect=201)["user"]
        incident = here.trigger(here.key_for(person))
        wait_until(lambda: "authenticator failed" in mail.log(), 15, "exim to be asked")
        assert mail.mails == []
        waiting = lambda: here.api.get(f"/incidents/{incident['id']}/why", params={"user": person["id"]})["why"]["people"][0]
        wait_until(lambda: "on its way" in waiting()["sentence"] and waiting()["reason"] == "will_be_told", 10, "the reason")
    finally:
        here.close()
