"""An empty store, a telephone, and two minutes: from nobody to a page that rings and is answered."""

from __future__ import annotations

import json
import re
import time

import pytest
import requests

from support.fakes import Provider, body
from test_every_page import SMALL_TARGETS

PASSWORD = "a long password"


@pytest.fixture
def push():
    provider = Provider("http.py", "--kind", "ntfy")
    yield provider
    provider.close()


@pytest.fixture
def phone(chromium):
    page = chromium.open(viewport={"width": 390, "height": 844}, isMobile=True, hasTouch=True, colorScheme="dark")
    yield page
    page.close()


def fits(page):
    assert page.overflow() == 0
    assert page.call("evaluate", SMALL_TARGETS) == []
    assert page.axe() == []


@pytest.mark.usefixtures("owner_cookies")  # which are there only where the application is
def test_from_an_empty_store_to_an_answered_page_on_a_phone(phone, push, fresh_server, tmp_path):
    config = tmp_path / "callboard.toml"
    config.write_text(f'[push]\nserver = "{push.url}"\n')
    server = fresh_server(flags=("--config", str(config)))
    server.start()
    begun = time.monotonic()
    phone.call("goto", server.url + "/")
    code = re.search(r"first-run\?code=([0-9a-f]{20})", server.log_tail()).group(1)
    phone.call("goto", f"{server.url}/console/first-run?code={code}")
    for name, value in (("name", "Ana Ruiz"), ("email", "ana@example.com"), ("password", PASSWORD), ("again", PASSWORD)):
        phone.call("fill", f"input[name={name}]", value)
    fits(phone)
    phone.click("main form button")

    phone.see("#app h1", "First steps")
    phone.settled()
    fits(phone)
    phone.button("Add a contact method")
    phone.choose("By", "Push")
    phone.fill("Topic", "ana-at-night")
    phone.button("Save", "dialog")
    phone.see("section[aria-label='A way to wake you'] .st", "Done")
    phone.button("Send a test to Push")
    phone.button("Send a test", "dialog")
    phone.see("dialog .note", "The message was sent")
    phone.button("Done", "dialog")
    assert body(push.wait(1)[0])["topic"] == "ana-at-night"

    phone.button("Verify Push")
    phone.button("Send a code", "dialog")
    phone.see("dialog .note", "The message was sent")
    phone.fill("Code", re.search(r"\b\d{6}\b", body(push.wait(2)[1])["message"]).group(0))
    phone.button("Verify", "dialog")
    phone.see("section[aria-label='A test page'] .st", "Done")

    phone.fill("Name of the service", "Checkout")
    phone.button("Create the service")
    phone.see("section[aria-label='The first service'] .st", "Done")
    fits(phone)
    phone.button("Show")
    key = phone.text("section[aria-label='The first service'] .key code")
    sent = requests.post(server.url + "/v2/enqueue", timeout=10, json={
        "routing_key": key, "event_action": "trigger", "payload": {"summary": "Cards are refused", "source": "shop", "severity": "critical"}})
    assert sent.status_code == 202
    assert "Cards are refused" in json.dumps(body(push.wait(3)[2]))
    phone.click("text=To the incidents")
    phone.click("text=Cards are refused")
    phone.see("h1", "Cards are refused")
    phone.button("Acknowledge", ".actionbar")
    phone.see(".since", "You have it")
    assert time.monotonic() - begun < 60, "half of the two minutes that are promised, the other half is for reading"
    assert phone.problems() == []
