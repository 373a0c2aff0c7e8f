"""Pages as people get them: from an event to a mail, its links, its repeats after a crash."""

from __future__ import annotations

import email
import email.policy
import email.utils
import json
import re
import subprocess
import sys
import threading
from html import escape
from pathlib import Path

import pytest
import requests

from support.client import Client
from support.events import Events, new_key
from support.factory import Factory
from support.server import OWNER_EMAIL, Server, wait_until

FAKES = Path(__file__).resolve().parents[2] / "tools/fakes"
FAR_AWAY = {"since": "2020-01-01T00:00:00Z", "until": "2020-01-02T00:00:00Z"}


class MailServer:
    """The fake of tools/fakes, with what it received."""

    def __init__(self, *script: str, port: int = 0):
        self.process = subprocess.Popen([sys.executable, FAKES / "smtp.py", "--port", str(port), *script],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = json.loads(self.process.stdout.readline())["port"]
        self.mails = []
        threading.Thread(target=self._collect, daemon=True).start()

    def _collect(self):
        for line in self.process.stdout:
            message = email.message_from_string(json.loads(line)["message"], policy=email.policy.default)
            self.mails.append(message)

    def wait(self, count: int):
        wait_until(lambda: len(self.mails) >= count, 15, f"{count} mails")
        return self.mails[:count]

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


class Stage:
    """A server that sends its mail to a fake, with a service to page for."""

    def __init__(self, tmp_path, *script: str):
        self.mail = MailServer(*script)
        self.config = tmp_path / "callboard.toml"
        self.config.write_text(f'[email]\nsmtp-url = "smtp://127.0.0.1:{self.mail.port}"\n'
                               'from = "Callboard <pages@example.com>"\nstarttls = "none"\n')
        self.server = Server(flags=("--clock-control", "--config", str(self.config)))
        self.server.create_owner()
        key = self.server.create_api_key("pages")
        self.server.start()
        self.api = Client(self.server.url, key, OWNER_EMAIL)
        self.make = Factory(self.api, Events(self.server.url))
        self.key = self.make.routing_key()

    def trigger(self) -> dict:
        dedup = new_key()
        return self.make.alerted(self.key, dedup)

    def notified(self, incident: dict):
        entries = self.api.get(f"/incidents/{incident['id']}/log_entries",
                               params={"include[]": "channels"})["log_entries"]
        return [one for one in entries if one["type"] == "notify_log_entry"]

    def close(self):
        self.server.stop()
        self.server.discard()
        self.mail.close()


@pytest.fixture
def stage(tmp_path):
    opened = []

    def build(*script: str) -> Stage:
        opened.append(Stage(tmp_path, *script))
        return opened[-1]

    yield build
    for one in opened:
        one.close()


def text_of(mail) -> str:
    return mail.get_body(("plain",)).get_content()


def link(mail, action: str) -> str:
    return re.search(rf"http\S+/p/\S+/{action}\?\S+", text_of(mail)).group(0)


def test_an_event_becomes_a_mail_whose_link_acknowledges(stage):
    here = stage()
    incident = here.trigger()
    mail = here.mail.wait(1)[0]
    assert f"#{incident['incident_number']}" in mail["Subject"] and "Disk is full" in mail["Subject"]
    assert mail["Message-ID"]
    wait_until(lambda: here.notified(incident), 10, "the log entry")
    entry = here.notified(incident)[0]
    assert entry["channel"]["notification"]["type"] == "email_notification"
    assert entry["channel"]["notification"]["status"] == "sent"

    # Looking changes nothing: filters of mail look too.
    address = link(mail, "acknowledge")
    page = requests.get(address, timeout=10)
    assert page.status_code == 200 and "Disk is full" in page.text and "<script" not in page.text
    assert here.make.reload(incident)["status"] == "triggered"

    # A text message has the first link alone: the other action is on its page.
    assert escape(link(mail, "resolve").removeprefix(here.server.url)) in page.text

    done = requests.post(address, timeout=10)
    assert done.status_code == 200 and "Acknowledged" in done.text
    acknowledged = here.make.reload(incident)
    assert acknowledged["status"] == "acknowledged"
    assert acknowledged["acknowledgements"][0]["acknowledger"]["type"] == "user_reference"
    assert requests.post(link(mail, "resolve"), timeout=10).status_code == 200
    assert here.make.reload(incident)["status"] == "resolved"
    assert "Nothing was left to do" in requests.post(address, timeout=10).text


def press_of(page: requests.Response) -> dict:
    """What the form on the page sends along."""
    return {"press": re.search(r'name="press" value="(\w+)"', page.text).group(1)}


def test_a_link_acts_whenever_it_is_pressed_and_not_when_a_browser_repeats_a_press(stage):
    here = stage()
    incident = here.trigger()
    address = link(here.mail.wait(1)[0], "acknowledge")
    press = press_of(requests.get(address, timeout=10))
    assert "Acknowledged" in requests.post(address, data=press, timeout=10).text
    here.api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", "escalation_level": 1}})
    assert here.make.reload(incident)["status"] == "triggered"

    # A telephone brings back the tab, and sends the form again.
    repeated = requests.post(address, data=press, timeout=10)
    assert repeated.status_code == 409 and "nothing was done now" in repeated.text
    assert here.make.reload(incident)["status"] == "triggered"

    # Its person presses again, in the message that they have open.
    again = press_of(repeated)
    assert again != press
    assert "Acknowledged" in requests.post(address, data=again, timeout=10).text
    assert here.make.reload(incident)["status"] == "acknowledged"


def test_a_link_does_what_the_role_of_its_person_allows_now(stage):
    here = stage()
    person = here.make.user()
    here.key = here.make.routing_key(here.make.service(here.make.policy([person])))
    incident = here.trigger()
    mail = here.mail.wait(1)[0]
    here.api.put(f"/users/{person['id']}", {"user": {"role": "observer"}})
    other = {"assignments": [{"assignee": {"id": here.make.user()["id"], "type": "user_reference"}}]}
    here.api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", **other}})
    for action in ("acknowledge", "resolve"):
        refused = requests.post(link(mail, action), timeout=10)
        assert refused.status_code == 403 and "Your role does not let you act on this" in refused.text
        assert here.make.reload(incident)["status"] == "triggered"


def test_a_link_is_worth_nothing_once_changed_or_old(stage):
    here = stage()
    incident = here.trigger()
    address = link(here.mail.wait(1)[0], "acknowledge")
    changed = address[:-1] + ("0" if address[-1] != "0" else "1")
    for wrong in (changed, address.replace("/acknowledge?", "/resolve?"), address.split("&")[0],
                  here.server.url + "/p/", here.server.url + "/p/PXXXXXXXXXXXXX/acknowledge"):
        assert requests.post(wrong, timeout=10).status_code == 403, wrong
    here.server.advance(8 * 86_400)
    assert requests.post(address, timeout=10).status_code == 403
    assert here.make.reload(incident)["status"] == "triggered"


def test_a_mail_server_that_is_busy_gets_the_mail_later(stage):
    here = stage("rcpt=451_4.3.0_later", "ok")
    incident = here.trigger()
    wait_until(lambda: "page.tried_again_later" in here.server.log_path.read_text(), 15, "the first try")
    here.server.advance(10)
    here.mail.wait(1)
    wait_until(lambda: len(here.notified(incident)) == 1, 10, "the log entry")


def test_a_mail_that_a_crash_interrupted_is_sent_again_and_says_so(stage):
    here = stage("message=slow", "ok")
    incident = here.trigger()
    here.mail.wait(1)  # It has the mail, but has not said so.
    here.server.kill()
    here.server.start()
    repeat = here.mail.wait(2)[1]
    assert "You may have been told this before." in text_of(repeat)
    assert repeat["Message-ID"] == here.mail.mails[0]["Message-ID"]
    wait_until(lambda: len(here.notified(incident)) == 1, 10, "the log entry")


def test_a_storm_is_told_in_one_mail(stage):
    here = stage()
    first = here.trigger()
    here.mail.wait(1)
    later = [here.trigger() for _ in range(5)]
    here.api.put(f"/incidents/{later[0]['id']}", {"incident": {"type": "incident_reference", "status": "resolved"}})
    here.server.advance(31)
    mail = here.mail.wait(2)[1]
    text = text_of(mail)
    assert mail["Subject"].startswith("4 incidents")
    for one in later[1:]:
        assert f"#{one['incident_number']} " in text
    assert f"#{later[0]['incident_number']} " not in text and f"#{first['incident_number']} " not in text
    assert requests.post(link(mail, "acknowledge"), timeout=10).status_code == 200
    assert {here.make.reload(one)["status"] for one in later[1:]} == {"acknowledged"}


def test_a_great_storm_is_counted_told_and_acknowledged_as_one(stage):
    """More incidents than one decision sees to."""
    here = stage()
    here.trigger()
    here.mail.wait(1)
    storm = [here.trigger() for _ in range(230)]
    here.server.advance(31)
    mail = here.mail.wait(2)[1]
    assert mail["Subject"].startswith("230 incidents") and "and 210 more." in text_of(mail)
    for one in (storm[0], storm[99], storm[100], storm[229]):
        wait_until(lambda: len(here.notified(one)) == 1, 10, "the log entry")
    assert requests.post(link(mail, "acknowledge"), timeout=10).status_code == 200
    listed = here.api.get("/incidents", params={"statuses[]": "acknowledged", "limit": 100, "total": "true"})
    assert listed["total"] == 230
    here.server.advance(3600)
    assert len(here.mail.wait(2)) == 2


def test_messages_are_listed(stage):
    here = stage()
    here.trigger()
    here.mail.wait(1)
    day = email.utils.parsedate_to_datetime(requests.get(here.server.url + "/healthz", timeout=5).headers["Date"])
    today = {"since": f"{day:%Y-%m-%d}T00:00:00Z", "until": f"{day:%Y-%m-%d}T23:59:59Z"}
    listed = here.api.get("/notifications", params={**today, "include[]": "users"})["notifications"]
    assert len(listed) == 1 and listed[0]["type"] == "email_notification"
    assert listed[0]["address"] == listed[0]["user"]["email"]
    assert here.api.get("/notifications", params={**today, "filter": "sms_notification"})["notifications"] == []
    assert here.api.get("/notifications", params=FAR_AWAY)["notifications"] == []
    here.api.refused("GET", "/notifications", 400)
    here.api.refused("GET", f"/notifications?filter=letter&since={today['since']}&until={today['until']}", 400)


def ask_for_help(here, incident, message):
    """A person who was asked to help with the incident."""
    owner = here.api.get("/users", params={"query": OWNER_EMAIL})["users"][0]
    helper = here.make.user()
    here.api.post(f"/incidents/{incident['id']}/responder_requests", {
        "requester_id": owner["id"], "message": message, "responder_request_targets": [
            {"responder_request_target": {"type": "user_reference", "id": helper["id"]}}]})
    return helper


def state_of(here, incident, helper):
    responders = here.make.reload(incident)["incidents_responders"]
    return next(one["state"] for one in responders if one["user"]["id"] == helper["id"])


@pytest.mark.parametrize("action, state, status", [("join", "joined", "acknowledged"), ("decline", "declined", "triggered")])
def test_a_mail_asks_for_help_and_its_links_answer(stage, action, state, status):
    here = stage()
    incident = here.trigger()
    here.mail.wait(1)
    helper = ask_for_help(here, incident, "Bring coffee")
    mail = here.mail.wait(2)[1]
    assert helper["email"] in mail["To"] and "asks you to help" in mail["Subject"]
    assert "Bring coffee" in text_of(mail) and "/acknowledge?" not in text_of(mail) and "/resolve?" not in text_of(mail)
    address = link(mail, action)
    page = requests.get(address, timeout=10)
    assert page.status_code == 200 and state_of(here, incident, helper) == "pending", "looking answers nothing"
    assert requests.post(address, timeout=10).status_code == 200
    assert state_of(here, incident, helper) == state and here.make.reload(incident)["status"] == status


def test_why_names_what_made_a_message_wait_and_what_was_left_out_of_it(stage):
    here = stage()
    here.trigger()
    here.mail.wait(1)
    incident = here.trigger()
    decisions = lambda: {one["reason"]: one for one in here.api.get(f"/incidents/{incident['id']}/why")["why"]["decisions"]}
    waits = decisions()["throttled"]
    assert "a moment before" in waits["sentence"] and waits["user"]["id"] == waits["users"][0]["id"]
    here.api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", "status": "acknowledged"}})
    here.server.advance(60)
    wait_until(lambda: "suppressed" in decisions(), 10, "the message that left without it")
    assert decisions()["suppressed"]["users"] == waits["users"] and len(here.mail.mails) == 1
