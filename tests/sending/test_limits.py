"""How much a provider is given: what is over its limit waits its turn, is not lost, and says why it waits."""

from __future__ import annotations

import re
import time

import pytest
import requests

from support.fakes import Provider, body
from support.server import wait_until

from .stage import Stage

SMS = """
[[sms]]
kind = "gateway"
url = "{sms}/send"
"""
PUSH = """
[push]
server = "{push}"
"""


@pytest.fixture
def stage(tmp_path):
    opened = []

    def build(config: str, **providers: Provider) -> Stage:
        opened.append(Stage(tmp_path, config, **providers))
        return opened[-1]

    yield build
    for one in opened:
        one.close()


def gateway(*script: str) -> Provider:
    return Provider("http.py", "--kind", "gateway", *script)


def people(here: Stage, count: int) -> list:
    return [here.person("sms", f"55501230{number:02}") for number in range(count)]


def metric(here: Stage, name: str, kind: str = "sms") -> float:
    text = requests.get(here.server.url + "/metrics", timeout=10).text
    return float(re.search(rf'^{name}{{type="{kind}_contact_method"}} (\S+)$', text, re.MULTILINE).group(1))


def test_what_became_of_pages_is_counted_by_provider(stage):
    """An operator is woken by pages that fail, not by reading the log."""
    here = stage(SMS, sms=gateway("ok", "status:503:1", "ok", "status:400"))
    def tries() -> dict:
        text = requests.get(here.server.url + "/metrics", timeout=10).text
        lines = re.findall(r'^callboard_pages_total{(.*)} (\S+)$', text, re.MULTILINE)
        of_messages = [dict(re.findall(r'(\w+)="([^"]*)"', labels)) | {"count": float(count)} for labels, count in lines]
        return {(one["outcome"], one["provider"]): one["count"] for one in of_messages if one["type"] == "sms_contact_method"}

    assert tries() == {}
    one, another, third = people(here, 3)
    here.wait_told(here.trigger(here.key_for(one)))
    here.trigger(here.key_for(another))
    here.providers["sms"].wait(2)
    wait_until(lambda: (here.server.advance(1), len(here.providers["sms"].received) >= 3)[1], 20, "the second try")
    here.trigger(here.key_for(third))
    here.providers["sms"].wait(4)
    provider = "gateway"
    wait_until(lambda: sum(tries().values()) == 4, 10, "the last to be counted")
    assert tries() == {("sent", provider): 2, ("retried", provider): 1, ("failed", provider): 1}


def test_a_provider_is_given_no_more_than_its_limit_and_nobody_is_forgotten(stage):
    here = stage(SMS + "per-second = 4\n", sms=gateway())
    keys = [here.key_for(one) for one in people(here, 12)]
    start = time.time()
    for key in keys:
        here.make.events.trigger(key)
    received = here.providers["sms"].wait(12)
    assert {body(one)["to"] for one in received} == {f"+155501230{number:02}" for number in range(12)}
    assert len(received) == 12, "each once"
    # What began in time may arrive late, and then closer together; nothing may arrive before it may begin.
    for number, at in enumerate(sorted(one["at"] for one in received)):
        assert at >= start + number // 4, f"message {number + 1} came after {at - start:.2f} s"


def test_a_provider_that_refuses_what_comes_too_fast_gets_everything_in_the_end(stage):
    """It says 429 and when to come again: nobody hammers it meanwhile."""
    here = stage(SMS, sms=gateway("--per-second", "2"))
    keys = [here.key_for(one) for one in people(here, 6)]
    incidents = [here.trigger(key) for key in keys]

    def taken() -> list:
        return [one for one in here.providers["sms"].received if one["behaviour"] == "ok"]

    def all_taken() -> bool:
        here.server.advance(3)
        return len(taken()) >= 6

    wait_until(all_taken, 60, "every message to be taken", every=1.2)
    assert len({body(one)["to"] for one in taken()}) == 6 == len(taken())
    for incident in incidents:
        assert here.wait_told(incident)[0]["channel"]["notification"]["status"] == "sent"


def test_a_busy_provider_slows_nobody_elses(stage):
    here = stage(SMS + PUSH, sms=gateway("status:429:600"), push=Provider("http.py", "--kind", "ntfy"))
    slow = here.person("sms", "5550123456")
    quick = here.person("push_notification", "topic")
    here.trigger(here.key_for(slow))
    here.providers["sms"].wait(1)
    incident = here.trigger(here.key_for(quick))
    here.providers["push"].wait(1)
    assert here.wait_told(incident)[0]["channel"]["notification"]["provider"] == "ntfy"
    # Whoever is paged next by the busy one waits for it as well.
    here.trigger(here.key_for(here.person("sms", "5550123457")))
    wait_until(lambda: metric(here, "callboard_pages_waiting") == 1, 10, "a message to wait")
    assert len(here.providers["sms"].received) == 1


def test_a_provider_that_wants_to_be_asked_in_an_hour_is_asked_sooner(stage):
    here = stage(SMS, sms=gateway("status:503:3600", "ok"))
    incident = here.trigger(here.key_for(people(here, 1)[0]))
    here.providers["sms"].wait(1)
    wait_until(lambda: "503" in here.why(incident), 10, "the refusal to be written down")
    here.server.advance(301)
    here.providers["sms"].wait(2)
    assert here.wait_told(incident)[0]["channel"]["notification"]["status"] == "sent"


def test_what_waits_says_so_and_high_urgency_goes_first(stage):
    here = stage(SMS + "per-minute = 1\n", sms=gateway())
    first, low, high = people(here, 3)
    here.without_rules(low)
    here.rule(low, low["method"], urgency="low")
    here.trigger(here.key_for(first))
    here.providers["sms"].wait(1)
    calm = here.make.routing_key(here.make.service(
        here.make.policy([low]), incident_urgency_rule={"type": "constant", "urgency": "low"}))
    waits = here.trigger(calm)
    later = here.trigger(here.key_for(high))
    wait_until(lambda: metric(here, "callboard_pages_waiting") == 2, 10, "both to wait")
    here.server.advance(11)
    wait_until(lambda: "takes no more than 1 a minute" in here.why(waits), 10, "why to say what it waits for")
    wait_until(lambda: "takes no more than 1 a minute" in here.why(later), 10, "the same of the other")
    assert metric(here, "callboard_pages_throttled_total") >= 2
    # Both are back in the queue before there is room again.
    here.server.advance(20)
    wait_until(lambda: metric(here, "callboard_pages_waiting") == 2, 10, "both to wait again")
    here.server.advance(30)
    assert body(here.providers["sms"].wait(2)[1])["to"] == "+15550123002"
    here.server.advance(61)
    assert body(here.providers["sms"].wait(3)[2])["to"] == "+15550123001"
    wait_until(lambda: "Told by" in here.why(waits), 10, "why to say that it left")


def test_what_comes_while_a_message_waits_is_told_in_it(stage):
    here = stage(SMS + "per-minute = 1\n", sms=gateway())
    first, second = people(here, 2)
    key = here.key_for(second)
    here.trigger(here.key_for(first))
    here.providers["sms"].wait(1)
    waits = here.trigger(key)
    wait_until(lambda: metric(here, "callboard_pages_waiting") == 1, 10, "the second to wait")
    here.server.advance(11)
    wait_until(lambda: "takes no more than 1 a minute" in here.why(waits), 10, "it to be put off")
    here.trigger(key)
    here.server.advance(61)
    assert "2 incidents" in body(here.providers["sms"].wait(2)[1])["text"]
    here.server.advance(120)
    assert len(here.providers["sms"].received) == 2


def test_a_provider_over_its_limit_is_passed_over_for_the_next(stage):
    second = SMS.replace("{sms}", "{second}")
    here = stage(SMS + "per-minute = 1\n" + second, sms=gateway(), second=gateway())
    for one in people(here, 3):
        here.trigger(here.key_for(one))
    here.providers["second"].wait(2)
    assert len(here.providers["sms"].received) == 1


def test_no_more_are_on_their_way_than_a_provider_takes_at_once(stage):
    here = stage(SMS + "at-once = 1\n", sms=gateway("slow", "ok"))
    first, second = people(here, 2)
    here.trigger(here.key_for(first))
    here.providers["sms"].wait(1)
    here.trigger(here.key_for(second))
    wait_until(lambda: metric(here, "callboard_pages_waiting") == 1, 5, "the second to wait")
    assert len(here.providers["sms"].received) == 1
    # The first runs out of time, and makes room.
    here.providers["sms"].wait(2, seconds=40)


@pytest.mark.parametrize("kind, address, config, provider", [
    ("email", "ann@example.com", """
[[email]]
smtp-url = "smtp://127.0.0.1:1"
from = "pages@example.com"
starttls = "none"

[[email]]
smtp-url = "smtp://{second_address}"
from = "pages@example.com"
starttls = "none"
""", ("smtp.py",)),
    ("push_notification", "topic", """
[[push]]
server = "http://127.0.0.1:1"

[[push]]
server = "{second}"
""", ("http.py", "--kind", "ntfy")),
])
def test_mail_and_push_have_a_second_provider_too(stage, kind, address, config, provider):
    second = Provider(*provider)
    here = stage(config.replace("{second_address}", f"127.0.0.1:{second.port}"), second=second)
    person = here.person(kind, address)
    incident = here.trigger(here.key_for(person))
    second.wait(1)
    assert here.wait_told(incident)[0]["channel"]["notification"]["status"] == "sent"
