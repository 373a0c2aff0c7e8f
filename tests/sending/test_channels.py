"""Channels of chats that hear of all incidents of a service, by extensions: what arrives there, and what is answered."""

from __future__ import annotations

import re

import pytest
import requests

from support.factory import reference
from support.fakes import Provider, body
from support.server import wait_until

from .stage import Stage
from .test_chat import CONFIG, slack_press, telegram_press


@pytest.fixture
def stage(tmp_path):
    opened = []

    def build(config: str = CONFIG, **scripts) -> Stage:
        providers = {kind: Provider("http.py", "--kind", kind, *scripts.get(kind, ()))
                     for kind in ("slack", "telegram", "teams", "mattermost", "plain")}
        opened.append(Stage(tmp_path, config, flags=("--private-webhooks",), **providers))
        return opened[-1]

    yield build
    for one in opened:
        one.close()


class Told:
    """A service of which a channel hears."""

    def __init__(self, here: Stage, schema: str, **members):
        self.here = here
        self.person = here.make.user()
        self.service = here.make.service(here.make.policy([self.person]))
        schemas = {one["key"]: one for one in here.api.get("/extension_schemas")["extension_schemas"]}
        self.extension = here.api.post("/extensions", {"extension": {
            "type": "extension", "name": "ops", "extension_schema": reference("extension_schema", schemas[schema]),
            "extension_objects": [reference("service", self.service)], **members}}, expect=201)["extension"]
        self.key = here.make.routing_key(self.service)

    def trigger(self) -> dict:
        return self.here.trigger(self.key)

    def acknowledger(self, incident: dict) -> dict:
        return self.here.make.reload(incident)["acknowledgements"][0]["acknowledger"]


def buttons(posted: dict) -> list:
    return [one["text"]["text"] for one in posted["blocks"][-1]["elements"]]


def test_a_channel_of_slack_hears_of_everything_in_order(stage):
    here = stage()
    told = Told(here, "slack", config={"channel": "C024BE91L"})
    incident = told.trigger()
    first = body(here.providers["slack"].wait(1)[0])
    assert first["channel"] == "C024BE91L" and first["text"].startswith(f"Triggered: #{incident['incident_number']} ")
    assert buttons(first) == ["Acknowledge", "Resolve", "Open"]
    assert told.person["name"] in str(first["blocks"])
    colleague = here.make.user()
    here.method(colleague, "slack", "U0COLLEAGUE")
    assert slack_press(here, first, "acknowledge", "U0COLLEAGUE")[0].status_code == 200
    assert told.acknowledger(incident)["id"] == colleague["id"]
    here.api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident", "status": "resolved"}})
    posted = lambda: [body(one) for one in here.providers["slack"].received if "thread_ts" not in body(one)]
    wait_until(lambda: len(posted()) == 3, 15, "three messages in the channel")
    assert [one["text"].partition(":")[0] for one in posted()] == [
        "Triggered", f"Acknowledged by {colleague['name']}", "Resolved by Olga Owner"]
    assert buttons(posted()[1]) == ["Resolve", "Open"] and buttons(posted()[2]) == ["Open"]


def test_a_stranger_in_the_channel_changes_nothing(stage):
    here = stage()
    told = Told(here, "slack", config={"channel": "C024BE91L"})
    incident = told.trigger()
    first = body(here.providers["slack"].wait(1)[0])
    assert slack_press(here, first, "acknowledge", "U0STRANGER")[0].status_code == 200
    assert "nothing was done" in body(here.providers["slack"].wait(2)[1])["text"]
    assert slack_press(here, first, "resolve", "U0STRANGER", secret="other")[0].status_code == 403
    assert here.status(incident) == "triggered"


def test_a_group_of_telegram_answers_by_button(stage):
    here = stage()
    told = Told(here, "telegram", config={"channel": "-100123"})
    incident = told.trigger()
    sent = body(here.providers["telegram"].wait(1)[0])
    assert sent["chat_id"] == "-100123"
    here.method(told.person, "telegram", "4711")
    data = sent["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    assert telegram_press(here, data, 4711, 1).status_code == 200
    assert told.acknowledger(incident)["id"] == told.person["id"]


def test_links_in_a_channel_act_in_the_name_of_the_service_and_say_where(stage):
    here = stage()
    told = Told(here, "microsoft_teams", endpoint_url=here.providers["teams"].url + "/hook")
    incident = told.trigger()
    said = here.providers["teams"].wait(1)[0]["body"]
    link = re.search(r"(http[^\s\"\\)]*/p/\w+/acknowledge\?until=\d+&signature=[0-9a-f]+)", said).group(1)
    assert requests.get(link, timeout=10).status_code == 200 and here.status(incident) == "triggered", "a look changes nothing"
    assert requests.post(link[:-1] + ("1" if link[-1] == "0" else "0"), timeout=10).status_code == 403
    assert requests.post(link, timeout=10).status_code == 200
    assert told.acknowledger(incident)["id"] == told.service["id"]
    assert "Somebody acknowledged by a link in ops: the escalation stopped." in here.why(incident)
    assert requests.post(link, timeout=10).status_code == 200 and here.status(incident) == "acknowledged"


def test_a_button_in_mattermost_acts_like_a_link(stage):
    here = stage()
    told = Told(here, "mattermost", endpoint_url=here.providers["mattermost"].url + "/hook")
    incident = told.trigger()
    message = body(here.providers["mattermost"].wait(1)[0])
    buttons = {one["name"]: one["integration"]["url"] for one in message["attachments"][0]["actions"]}
    assert requests.post(buttons["Acknowledge"] + "0", timeout=10, json={"user_name": "ann"}).status_code == 403
    pressed = requests.post(buttons["Acknowledge"], timeout=10, json={"user_name": "ann"})
    assert pressed.status_code == 200 and "Acknowledged" in pressed.json()["ephemeral_text"]
    assert told.acknowledger(incident)["id"] == told.service["id"]
    assert "Somebody acknowledged by a link in ops: the escalation stopped." in here.why(incident)


def test_a_channel_hears_only_of_what_it_asked_for_and_of_its_services(stage):
    here = stage()
    told = Told(here, "slack", config={"channel": "C024BE91L", "notify_types": {"acknowledge": False, "assignments": False}})
    here.trigger(here.key_for(here.make.user()))
    incident = told.trigger()
    for status in ("acknowledged", "resolved"):
        here.api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident", "status": status}})
    texts = [body(one)["text"].partition(" ")[0] for one in here.providers["slack"].wait(2)]
    assert texts == ["Triggered:", "Resolved"]


def test_a_chat_that_is_down_is_told_later_in_order(stage):
    here = stage(slack=("error:ratelimited:200", "error:internal_error:200", "ok"))
    told = Told(here, "slack", config={"channel": "C024BE91L"})
    incident = told.trigger()
    here.api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident", "status": "resolved"}})
    here.providers["slack"].wait(1)
    for count in (2, 3, 4):
        wait_until(lambda: here.server.advance(20) or len(here.providers["slack"].received) >= count, 15, f"{count} tries")
    texts = [body(one)["text"].partition(":")[0] for one in here.providers["slack"].received]
    assert texts[:3] == ["Triggered"] * 3 and texts[3].startswith("Resolved")


def test_a_channel_that_is_gone_is_left_alone_until_it_is_enabled(stage):
    here = stage(slack=("error:channel_not_found:200",) * 3 + ("ok",))
    told = Told(here, "slack", config={"channel": "C024BE91L"})
    path = f"/extensions/{told.extension['id']}"
    for _ in range(3):
        told.trigger()
    here.providers["slack"].wait(3)
    disabled = lambda: here.api.get(path)["extension"]["temporarily_disabled"]
    wait_until(disabled, 10, "it is disabled")
    told.trigger()
    assert here.api.post(path + "/enable", expect=200)["extension"]["temporarily_disabled"] is False
    told.trigger()
    here.providers["slack"].wait(4)
    assert len(here.providers["slack"].received) == 4


def test_a_generic_webhook_has_the_older_form(stage):
    here = stage()
    url = here.providers["plain"].url + "/v2"
    told = Told(here, "generic_v2_webhook", endpoint_url=url, config={"headers": [{"name": "X-Token", "value": "hush"}]})
    incident = told.trigger()
    here.api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident", "status": "resolved"}})
    calls = here.providers["plain"].wait(2)
    assert all(one["path"] == "/v2" and one["headers"]["x-token"] == "hush" for one in calls)
    messages = [body(one)["messages"][0] for one in calls]
    assert [one["event"] for one in messages] == ["incident.trigger", "incident.resolve"]
    assert messages[0]["incident"]["id"] == incident["id"] and messages[0]["incident"]["status"] == "triggered"
    assert [one["type"] for one in messages[1]["log_entries"]] == ["resolve_log_entry"]
    assert messages[0]["webhook"]["name"] == "ops" and messages[0]["webhook"]["endpoint_url"] == url


def test_what_waits_survives_a_crash(stage):
    here = stage(slack=("error:ratelimited:200", "ok"))
    told = Told(here, "slack", config={"channel": "C024BE91L"})
    told.trigger()
    here.providers["slack"].wait(1)
    here.server.kill()
    here.server.start()
    wait_until(lambda: here.server.advance(20) or len(here.providers["slack"].received) >= 2, 15, "the second try")
    assert body(here.providers["slack"].received[1])["text"].startswith("Triggered")
