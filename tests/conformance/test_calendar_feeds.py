"""Calendar feeds: the addresses that calendars subscribe to, read by a parser that is not ours."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import icalendar
import requests

from support.client import unique
from support.factory import instant, layer, parse, reference

def calendar_at(address: str):
    """The calendar behind an address, and the answer that carried it."""
    response = requests.get(address, timeout=10)
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in response.headers["Cache-Control"]
    assert response.content.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in response.content.split(b"\r\n")), "lines are folded"
    return icalendar.Calendar.from_ical(response.content)


def events(calendar):
    return list(calendar.walk("VEVENT"))


def feed_of(api, schedule):
    return api.get(f"/schedules/{schedule['id']}")["schedule"]["http_cal_url"]


def days(users, **members):
    """A layer of daily turns that began ten days ago at noon."""
    begin = instant(timedelta(days=-10))[:11] + "12:00:00Z"
    return layer(users, start=begin, **members)


def test_a_schedules_feed_has_its_shifts(api, make):
    ada, bob = make.user(name=unique("Ada, of \\ the; Harbour")), make.user(name=unique("Bøb " + "ü" * 60))
    schedule = make.schedule(schedule_layers=[days([ada, bob])])
    calendar = calendar_at(feed_of(api, schedule))
    assert calendar["VERSION"] == "2.0" and schedule["name"] in calendar["NAME"]
    found = events(calendar)
    assert 180 <= len(found) <= 200, "a day each, ten days back and half a year ahead"
    assert [str(one["SUMMARY"]) for one in found[:3]] == [f"On call: {who['name']}" for who in (ada, bob, ada)]
    for one, after in zip(found, found[1:]):
        assert one["DTEND"].dt == after["DTSTART"].dt, "shifts follow each other"
        assert one["DTSTART"].dt.tzinfo is not None and one["DTSTART"].dt.utcoffset() == timedelta(0)
    assert found[0]["DTSTART"].dt == parse(schedule["schedule_layers"][0]["start"])
    assert len({str(one["UID"]) for one in found}) == len(found)
    assert all(one["TRANSP"] == "TRANSPARENT" and schedule["name"] in one["DESCRIPTION"] for one in found)


def test_a_shift_keeps_its_uid_when_it_gets_longer_or_somebody_stands_in_later(api, make):
    ada, bob = make.user(), make.user()
    schedule = make.schedule(schedule_layers=[days([ada, bob])])
    before = {one["DTSTART"].dt: str(one["UID"]) for one in events(calendar_at(feed_of(api, schedule)))}
    tomorrow = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=3)
    api.post(f"/schedules/{schedule['id']}/overrides", {"overrides": [
        {"start": tomorrow.isoformat(), "end": (tomorrow + timedelta(hours=1)).isoformat(),
         "user": reference("user", make.user())}]}, expect=201)
    after = {one["DTSTART"].dt: str(one["UID"]) for one in events(calendar_at(feed_of(api, schedule)))}
    assert set(before) <= set(after) and all(after[start] == uid for start, uid in before.items())
    assert len(after) == len(before) + 2, "the override, and what is left of the shift behind it"


def test_a_person_sees_their_shifts_on_every_schedule(api, make, someone):
    user, client = someone("limited_user")
    first, second = make.schedule([user]), make.schedule(schedule_layers=[days([user, make.user()])])
    address = client.get("/users/me")["user"]["http_cal_url"]
    summaries = {str(one["SUMMARY"]) for one in events(calendar_at(address))}
    assert summaries == {f"On call: {first['name']}", f"On call: {second['name']}"}
    assert client.get(f"/users/{user['id']}")["user"]["http_cal_url"] == address


def test_addresses_are_for_oneself_and_for_administrators_who_ask(api, reader, make, someone):
    user, client = someone("limited_user")
    path = f"/users/{user['id']}"
    assert client.get(path)["user"]["web_cal_url"].startswith("webcal://")
    assert api.get(path)["user"]["http_cal_url"] is None
    assert api.get(path, params={"include[]": "calendar_urls"})["user"]["http_cal_url"]
    assert reader.get(path, params={"include[]": "calendar_urls"})["user"]["http_cal_url"] is None
    _, other = someone("user")
    assert other.get(path, params={"include[]": "calendar_urls"})["user"]["http_cal_url"] is None
    listed = [one for one in api.every("/users", "users", {"include[]": "calendar_urls"}) if one["id"] == user["id"]]
    assert listed[0]["http_cal_url"] is None
    schedule = make.schedule()
    assert "http_cal_url" not in reader.get(f"/schedules/{schedule['id']}")["schedule"]


def test_a_new_key_ends_the_old_address(api, make, someone):
    user, client = someone("limited_user")
    old = client.get("/users/me")["user"]["http_cal_url"]
    key = client.post(f"/users/{user['id']}/regenerate_private_url_key", expect=200)["private_url_key"]
    new = client.get("/users/me")["user"]["http_cal_url"]
    assert key in new and new != old
    assert requests.get(old, timeout=10).status_code == 404 and calendar_at(new)
    _, other = someone("user")
    other.refused("POST", f"/users/{user['id']}/regenerate_private_url_key", 403)
    again = api.post(f"/users/{user['id']}/regenerate_private_url_key", expect=200)["private_url_key"]
    assert again != key

    schedule = make.schedule()
    old = feed_of(api, schedule)
    api.post(f"/schedules/{schedule['id']}/regenerate_private_url_key", expect=200)
    assert requests.get(old, timeout=10).status_code == 404 and calendar_at(feed_of(api, schedule))
    client.refused("POST", f"/schedules/{schedule['id']}/regenerate_private_url_key", 403)


def test_what_is_gone_or_guessed_has_no_calendar(api, account, make):
    user, schedule = make.user(), make.schedule([make.user()])
    address = feed_of(api, schedule)
    personal = api.get(f"/users/{user['id']}", params={"include[]": "calendar_urls"})["user"]["http_cal_url"]
    assert calendar_at(personal) and not events(calendar_at(personal))
    api.delete(f"/schedules/{schedule['id']}")
    api.delete(f"/users/{user['id']}")
    swapped = address.replace(address.split("/")[-2][:14], make.schedule()["id"])
    base = account.server.url
    for wrong in (address, personal, swapped, f"{base}/private/x/feed", f"{base}/private", f"{base}/private//feed"):
        assert requests.get(wrong, timeout=10).status_code == 404, wrong
    assert requests.post(address, timeout=10).status_code == 405
    head = requests.head(feed_of(api, make.schedule()), timeout=10)
    assert head.status_code == 200 and not head.content


def test_every_schedule_finds_its_calendar(api, make):
    """The text of an id may be that of a person as well as that of a schedule."""
    user = make.user()
    for _ in range(20):
        schedule = make.schedule([user])
        assert schedule["name"] in calendar_at(feed_of(api, schedule))["NAME"]
