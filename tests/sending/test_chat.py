"""Chats as contact methods: what arrives there, and what their buttons do."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time

import pytest
import requests

from support.fakes import Provider, body
from support.server import wait_until

from .stage import Stage

CONFIG = """
[slack]
token = "xoxb-token"
signing-secret = "slack-secret"
url = "{slack}"

[telegram]
token = "123:bot-token"
secret = "telegram-secret"
url = "{telegram}"
"""


@pytest.fixture
def stage(tmp_path):
    opened = []

    def build(config: str = CONFIG, flags=("--private-webhooks",), **scripts) -> Stage:
        providers = {kind: Provider("http.py", "--kind", kind, *scripts.get(kind, ()))
                     for kind in ("slack", "telegram", "teams", "mattermost")}
        opened.append(Stage(tmp_path, config, flags=flags, **providers))
        return opened[-1]

    yield build
    for one in opened:
        one.close()


def told(here: Stage, kind: str, address: str):
    person = here.person(kind, address)
    incident = here.trigger(here.key_for(person))
    return person, incident, here.providers[kind].wait(1)[0]


# ---- Slack ----------------------------------------------------------------------------------------------------------


def slack_press(here: Stage, posted: dict, action: str, user: str, at: float = 0, secret: str = "slack-secret"):
    buttons = {one["action_id"]: one for one in posted["blocks"][-1]["elements"]}
    payload = {"type": "block_actions", "user": {"id": user}, "container": {"channel_id": "D024BE91L", "message_ts": "1.2"},
               "actions": [{"action_id": action, "value": buttons[action].get("value", "")}]}
    raw = requests.models.RequestEncodingMixin._encode_params({"payload": json.dumps(payload)})
    stamp = str(int(at or time.time()))
    signature = "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:{raw}".encode(), hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Slack-Request-Timestamp": stamp,
               "X-Slack-Signature": signature}
    return requests.post(here.server.url + "/callback/slack", data=raw, headers=headers, timeout=10), raw, headers


def test_a_button_in_slack_acknowledges_once_in_the_name_of_who_pressed(stage):
    here = stage()
    person, incident, request = told(here, "slack", "U024BE7LH")
    posted = body(request)
    assert request["path"] == "/chat.postMessage" and request["headers"]["authorization"] == "Bearer xoxb-token"
    assert posted["channel"] == "U024BE7LH" and "Disk is full" in posted["text"]
    assert [one["text"]["text"] for one in posted["blocks"][-1]["elements"]] == ["Acknowledge", "Resolve", "Open"]

    answer, raw, headers = slack_press(here, posted, "acknowledge", "U024BE7LH")
    assert answer.status_code == 200 and answer.text == ""
    reloaded = here.make.reload(incident)
    assert reloaded["status"] == "acknowledged"
    assert reloaded["acknowledgements"][0]["acknowledger"]["id"] == person["id"]
    followed = body(here.providers["slack"].wait(2)[1])
    assert followed["thread_ts"] == "1.2" and "Acknowledged" in followed["text"]
    method = here.api.get(f"/users/{person['id']}/contact_methods/{person['method']['id']}")["contact_method"]
    assert method["type"] == "slack_contact_method" and method["last_proven_by"] == "answer"

    assert requests.post(here.server.url + "/callback/slack", data=raw, headers=headers, timeout=10).status_code == 409
    assert slack_press(here, posted, "resolve", "U024BE7LH")[0].status_code == 200
    assert here.status(incident) == "resolved"


def test_a_button_in_a_channel_needs_a_person_of_the_account(stage):
    here = stage()
    _, incident, request = told(here, "slack", "C024BE91L")
    colleague = here.make.user()
    here.method(colleague, "slack", "U0COLLEAGUE")
    observer = here.make.user(role="observer")
    here.method(observer, "slack", "U0OBSERVER")
    for stranger in ("U0STRANGER", "U0OBSERVER"):
        before = len(here.providers["slack"].received)
        assert slack_press(here, body(request), "acknowledge", stranger)[0].status_code == 200
        assert "nothing was done" in body(here.providers["slack"].wait(before + 1)[-1])["text"]
        assert here.status(incident) == "triggered"
    slack_press(here, body(request), "acknowledge", "U0COLLEAGUE")
    assert here.make.reload(incident)["acknowledgements"][0]["acknowledger"]["id"] == colleague["id"]


def test_a_button_does_what_the_role_of_its_person_allows_now(stage):
    here = stage()
    person, incident, request = told(here, "slack", "U024BE7LH")
    here.api.put(f"/users/{person['id']}", {"user": {"role": "observer"}})
    other = {"assignments": [{"assignee": {"id": here.make.user()["id"], "type": "user_reference"}}]}
    here.api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", **other}})
    assert slack_press(here, body(request), "acknowledge", "U024BE7LH")[0].status_code == 200
    assert "nothing was done" in body(here.providers["slack"].wait(2)[-1])["text"]
    assert here.status(incident) == "triggered"
    # What is theirs again they may answer, as by REST.
    own = {"assignments": [{"assignee": {"id": person["id"], "type": "user_reference"}}]}
    here.api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", **own}})
    assert slack_press(here, body(request), "acknowledge", "U024BE7LH", at=time.time() + 1)[0].status_code == 200
    assert here.status(incident) == "acknowledged"


def test_what_slack_did_not_sign_within_five_minutes_is_refused(stage):
    here = stage()
    _, incident, request = told(here, "slack", "U024BE7LH")
    posted = body(request)
    assert slack_press(here, posted, "acknowledge", "U024BE7LH", secret="other")[0].status_code == 403
    for away in (-301, 301):
        assert slack_press(here, posted, "acknowledge", "U024BE7LH", at=time.time() + away)[0].status_code == 403
    assert requests.post(here.server.url + "/callback/slack", data="payload={}", timeout=10).status_code == 403
    assert here.status(incident) == "triggered"
    # A button that is a link is reported as well, and does nothing.
    assert slack_press(here, posted, "link_2", "U024BE7LH")[0].status_code == 200
    assert here.status(incident) == "triggered"


def test_slack_is_asked_again_or_not_by_its_error(stage):
    here = stage(slack=("error:ratelimited:200", "ok"))
    _, incident, _ = told(here, "slack", "U024BE7LH")
    wait_until(lambda: "page.tried_again_later" in here.server.log_path.read_text(), 15, "the first try")
    here.server.advance(10)
    here.providers["slack"].wait(2)
    assert here.wait_told(incident)[0]["channel"]["notification"]["status"] == "sent"


def test_a_member_who_is_unknown_to_slack_cannot_be_told(stage):
    here = stage(slack=("error:channel_not_found:200",))
    _, incident, _ = told(here, "slack", "U024BE7LH")
    entry = here.wait_told(incident)[0]
    assert entry["channel"]["notification"]["status"] == "failed" and "channel_not_found" in entry["note"]
    assert entry["channel"]["notification"]["type"] == "slack_notification"


# ---- Telegram -------------------------------------------------------------------------------------------------------


def telegram_press(here: Stage, data: str, user: int, update: int, secret: str = "telegram-secret"):
    update = {"update_id": update, "callback_query": {"id": "77", "from": {"id": user}, "data": data}}
    return requests.post(here.server.url + "/callback/telegram", json=update, timeout=10,
                         headers={"X-Telegram-Bot-Api-Secret-Token": secret})


def test_a_button_in_telegram_acts_once(stage):
    here = stage()
    person, incident, request = told(here, "telegram", "4711")
    assert request["path"] == "/bot123:bot-token/sendMessage"
    posted = body(request)
    assert posted["chat_id"] == "4711" and "Disk is full" in posted["text"]
    buttons = {one["text"]: one["callback_data"] for one in posted["reply_markup"]["inline_keyboard"][0]}
    assert set(buttons) == {"Acknowledge", "Resolve"}
    for wrong in ("", "other"):
        assert telegram_press(here, buttons["Acknowledge"], 4711, 1, wrong).status_code == 403
    assert "nothing was done" in telegram_press(here, buttons["Acknowledge"], 4712, 2).json()["text"]
    assert here.status(incident) == "triggered"
    done = telegram_press(here, buttons["Acknowledge"], 4711, 3).json()
    assert done["method"] == "answerCallbackQuery" and done["callback_query_id"] == "77" and "Acknowledged" in done["text"]
    assert here.make.reload(incident)["acknowledgements"][0]["acknowledger"]["id"] == person["id"]
    assert telegram_press(here, buttons["Acknowledge"], 4711, 3).status_code == 409
    telegram_press(here, buttons["Resolve"], 4711, 4)
    assert here.status(incident) == "resolved"


def test_who_blocked_the_bot_cannot_be_told_and_no_token_is_written_down(stage):
    here = stage(telegram=("error:bot_was_blocked_by_the_user:403",))
    _, incident, _ = told(here, "telegram", "4711")
    entry = here.wait_told(incident)[0]
    assert entry["channel"]["notification"]["status"] == "failed" and "blocked" in entry["note"]
    assert "bot-token" not in here.server.log_path.read_text()


# ---- Teams, Mattermost ----------------------------------------------------------------------------------------------


def webhook_of(here: Stage, kind: str) -> str:
    return here.providers[kind].url + "/hooks/abc"


def test_a_card_in_teams_has_the_links(stage):
    here = stage()
    person, incident, request = told(here, "teams", webhook_of(here, "teams"))
    card = body(request)["attachments"][0]["content"]
    assert request["path"] == "/hooks/abc" and card["type"] == "AdaptiveCard"
    links = {one["title"]: one["url"] for one in card["actions"]}
    assert requests.post(links["Acknowledge"], timeout=10).status_code == 200
    assert here.make.reload(incident)["acknowledgements"][0]["acknowledger"]["id"] == person["id"]
    entry = here.wait_told(incident)[0]
    assert "hooks/abc" not in json.dumps(entry), "whoever has the address can write there"


def test_buttons_in_mattermost_act_by_what_we_signed(stage):
    here = stage()
    person, incident, request = told(here, "mattermost", webhook_of(here, "mattermost"))
    actions = {one["id"]: one["integration"]["url"] for one in body(request)["attachments"][0]["actions"]}
    assert set(actions) == {"acknowledge", "resolve"}
    wrong = actions["acknowledge"].replace("/acknowledge?", "/resolve?")
    assert requests.post(wrong, json={"user_id": "x"}, timeout=10).status_code == 403
    assert here.status(incident) == "triggered"
    press = {"user_id": "x", "trigger_id": "dHJpZ2dlcjE="}
    done = requests.post(actions["acknowledge"], json=press, timeout=10)
    assert done.status_code == 200 and "Acknowledged" in done.json()["ephemeral_text"]
    assert here.make.reload(incident)["acknowledgements"][0]["acknowledger"]["id"] == person["id"]
    here.api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident", "status": "triggered"}})
    assert requests.post(actions["acknowledge"], json=press, timeout=10).status_code == 409, "the same press acts once"
    assert here.status(incident) == "triggered"
    assert requests.post(actions["acknowledge"], json={**press, "trigger_id": "dHJpZ2dlcjI="}, timeout=10).status_code == 200
    assert here.status(incident) == "acknowledged"
    here.server.advance(8 * 86_400)
    assert requests.post(actions["resolve"], json={}, timeout=10).status_code == 403


def test_webhooks_that_people_typed_lead_to_public_addresses_only(stage):
    here = stage(flags=())
    person = here.person("mattermost", "https://127.0.0.1:1/hooks/abc")
    incident = here.trigger(here.key_for(person))
    entry = here.wait_told(incident)[0]
    assert entry["channel"]["notification"]["status"] == "failed"
    assert here.providers["mattermost"].received == []


@pytest.mark.parametrize("kind, address", [
    ("slack", "#general"), ("slack", "u024be7lh"), ("telegram", "@somebody"), ("telegram", "-"), ("teams", "ftp://x.example"),
    ("mattermost", "https://"), ("webhook", "example.com/hook"), ("push_notification", "a topic")])
def test_an_address_that_cannot_be_one_is_refused(stage, kind, address):
    here = stage()
    person = here.make.user()
    error = here.api.refused("POST", f"/users/{person['id']}/contact_methods", 400, json={"contact_method": {
        "type": f"{kind}_contact_method", "label": "x", "address": address}})
    assert error["errors"] and error["errors"][0].startswith("Address must be")


def test_without_secrets_every_button_is_a_link(stage):
    here = stage(config=re.sub(r"\n(signing-)?secret = .*", "", CONFIG))
    _, _, request = told(here, "slack", "U024BE7LH")
    assert all(one["url"] for one in body(request)["blocks"][-1]["elements"])
    _, _, request = told(here, "telegram", "4711")
    assert "callback_data" not in request["body"]
    assert requests.post(here.server.url + "/callback/slack", timeout=10).status_code == 404
    assert requests.post(here.server.url + "/callback/telegram", timeout=10).status_code == 404


# ---- ntfy -----------------------------------------------------------------------------------------------------------


def test_a_button_of_a_push_message_acts_without_a_browser(tmp_path):
    here = Stage(tmp_path, '[push]\nserver = "{push}"\n', push=Provider("http.py", "--kind", "ntfy"))
    try:
        person = here.person("push_notification", "callboard-ann")
        incident = here.trigger(here.key_for(person))
        sent = body(here.providers["push"].wait(1)[0])
        buttons = {one["label"]: one for one in sent["actions"]}
        assert {label: (one["action"], one.get("method")) for label, one in buttons.items()} == {
            "Acknowledge": ("http", "POST"), "Resolve": ("http", "POST"), "Open": ("view", None)}
        assert sent["click"] == buttons["Open"]["url"], "a tap on the message itself acknowledges nothing"
        pressed = buttons["Acknowledge"]
        assert requests.request(pressed["method"], pressed["url"], timeout=10).status_code == 200
        assert here.make.reload(incident)["acknowledgements"][0]["acknowledger"]["id"] == person["id"]
    finally:
        here.close()
