"""Answering at night: on a phone, with stale pages, with many at once, and with parts that fail."""

from __future__ import annotations

import time

import pytest

from support.client import unique
from support.factory import reference


def triggered(make, key: str, summary: str) -> dict:
    return make.alerted(key, summary=summary)


def status(api, incident) -> str:
    return api.get(f"/incidents/{incident['id']}")["incident"]["status"]


def test_on_a_phone_the_action_bar_acknowledges(open_page, make, api, ready):
    incident = triggered(make, ready["key"], "Checkout answers in 4.8 s")
    page = open_page(f"/console/incidents/{incident['id']}", width=390)
    page.see(".has", "Nobody has it yet.")
    assert page.count(".tabbar >> visible=true") == 0 and page.overflow() <= 0
    for target in range(page.count(".actionbar .btn")):
        height = page.call("evaluate", f"document.querySelectorAll('.actionbar .btn')[{target}].getBoundingClientRect().height")
        assert height >= 44
    page.button("Acknowledge", ".actionbar")
    page.see(".since", "You have it")
    assert status(api, incident) == "acknowledged"
    page.button("More actions")
    page.button("Snooze", "dialog")
    page.choose("For", "4 hours")
    page.button("Snooze", "dialog")
    page.see(".toast", "snoozed for 4 hours")


def test_the_countdown_follows_the_servers_clock_and_names_who_is_next(open_page, make):
    first, second = make.user(), make.user()
    rules = [{"escalation_delay_in_minutes": minutes, "targets": [reference("user", user)]} for minutes, user in ((5, first), (10, second))]
    incident = triggered(make, make.routing_key(make.service(make.policy(rules=rules))), "Relay")
    page = open_page(f"/console/incidents/{incident['id']}")
    page.see(".relay .station.now", first["name"])
    page.see(".hop", f"then {second['name']} is rung, if nobody acts")
    minutes, seconds = map(int, page.text("[role=timer]").split(":"))
    assert 200 < minutes * 60 + seconds <= 300
    time.sleep(2.5)
    later = page.text("[role=timer]").split(":")
    assert int(later[0]) * 60 + int(later[1]) < minutes * 60 + seconds
    page.button("Escalate now")
    page.see("dialog", f"Wake {second['name']}")
    page.button(f"Wake {second['name']}")
    page.see(".relay .station.now", second["name"])


def test_a_late_acknowledgement_does_not_reopen_what_was_resolved(open_page, account, make, api, ready):
    incident = triggered(make, ready["key"], "Over already")
    page = open_page(expected_problems=True)
    # The page hears of no change, as on a train. Loaded anew: a stream that is open already would go on.
    page.call("refuse", "**/console/live", 0, {})
    page.go(f"{account.server.url}/console/incidents/{incident['id']}")
    page.see(".has", "Nobody has it yet.")
    api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", "status": "resolved"}})
    assert page.count(".slab .btn.ack") == 1, "the page heard of the change in spite of all: the test would prove nothing"
    page.button("Acknowledge", ".slab")
    page.see(".toast", "resolved meanwhile")
    assert status(api, incident) == "resolved"
    page.see(".slab .st.resolved")


def test_several_are_selected_and_answered_together(open_page, make, api, ready):
    service = ready["service"]
    incidents = [triggered(make, ready["key"], f"Many {n}") for n in range(3)]
    page = open_page(f"/console/incidents?service={service['id']}")
    page.see(".title", "Many 2")
    page.click(f"[aria-label='Select #{incidents[2]['incident_number']}']")
    page.call("click", f"[aria-label='Select #{incidents[0]['incident_number']}']", {"modifiers": ["Shift"]})
    page.see(".bulk", "3 selected")
    page.button("Acknowledge", ".bulk")
    page.see(".toast", "You have 3 incidents.")
    assert {status(api, one) for one in incidents} == {"acknowledged"}
    for one in incidents[:2]:
        page.click(f"[aria-label='Select #{one['incident_number']}']")
    page.button("Merge", ".bulk")
    page.button("Cancel", "dialog")
    page.see(".bulk", "2 selected")
    page.button("Merge", ".bulk")
    page.button("Merge", "dialog")
    page.see(".toast", "Merged.")
    page.gone(".bulk")
    assert sorted(status(api, one) for one in incidents[:2]) == ["acknowledged", "resolved"]


def test_on_a_phone_several_are_selected_and_answered_together(open_page, make, api, ready):
    incidents = [triggered(make, ready["key"], f"On a phone {n}") for n in range(3)]
    page = open_page(f"/console/incidents?service={ready['service']['id']}", width=390)
    page.see(".title", "On a phone 2")
    box = lambda one: f"label:has([aria-label='Select #{one['incident_number']}'])"
    assert page.count(f"{box(incidents[0])} >> visible=true") == 0
    page.button("Select")
    for one in incidents[:2]:
        page.call("tap", box(one))
    page.see(".bulk", "2 selected")
    sizes = "[...document.querySelectorAll('.bulk button, .pickbox')].map((e) => e.getBoundingClientRect()).flatMap((box) => [box.width, box.height])"
    assert min(page.call("evaluate", sizes)) >= 44 and page.overflow() <= 0 and page.axe() == []
    # The bar with the acts lies above the places, not under them.
    assert page.call("evaluate", "document.querySelector('.bulk').getBoundingClientRect().bottom <= document.querySelector('.tabbar').getBoundingClientRect().top")
    page.button("Acknowledge", ".bulk")
    page.see(".toast", "You have 2 incidents.")
    assert [status(api, one) for one in incidents] == ["acknowledged", "acknowledged", "triggered"]
    page.button("Done")
    assert page.count(".pickbox >> visible=true") == 0


def test_a_slip_is_taken_back_by_a_key(open_page, make, api, ready, owner):
    incident = triggered(make, ready["key"], "Not mine")
    page = open_page(f"/console/incidents?service={ready['service']['id']}")
    page.press("j", "a")
    page.see(".toast", "You have it.")
    page.press("u")
    page.see(".toast", "Given back: it rings again.")
    page.see(".group", "Nobody has it yet")
    back = api.get(f"/incidents/{incident['id']}")["incident"]
    assert back["status"] == "triggered" and [one["assignee"]["id"] for one in back["assignments"]] == [ready["person"]["id"]]
    assert "escalate" in {action["type"] for action in back["pending_actions"]}
    page.visit(f"/console/incidents/{incident['id']}")
    page.see(".rail", f"{owner['name']} gave it back: it needs somebody again")
    page.button("Acknowledge", ".slab")
    page.see(".since", "You have it")
    page.press("u")
    page.see(".has", "Nobody has it yet.")


def test_on_a_phone_a_slip_with_many_is_taken_back_by_a_thumb(open_page, make, api, ready):
    incidents = [triggered(make, ready["key"], f"A slip {n}") for n in range(3)]
    had = incidents[2]
    api.put(f"/incidents/{had['id']}", {"incident": {"type": "incident_reference", "status": "acknowledged"}}, headers={"From": ready["person"]["email"]})
    page = open_page(f"/console/incidents?service={ready['service']['id']}", width=390)
    page.button("Select")
    for one in incidents:
        page.call("tap", f"label:has([aria-label='Select #{one['incident_number']}'])")
    page.button("Acknowledge", ".bulk")
    page.see(".toast", "You have 3 incidents.")
    sizes = "(([box]) => [box.width, box.height])([document.querySelector('.toast .btn').getBoundingClientRect()])"
    assert min(page.call("evaluate", sizes)) >= 44 and page.axe() == []
    page.button("Undo", ".toast")
    page.see(".toast", "Given back: 2 ring again.")
    # What somebody had before is not given away.
    assert [status(api, one) for one in incidents] == ["triggered", "triggered", "acknowledged"]


def test_what_one_has_is_given_back_when_the_message_is_gone(open_page, make, api, ready):
    incident = triggered(make, ready["key"], "On second thoughts")
    api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", "status": "acknowledged"}})
    page = open_page(f"/console/incidents/{incident['id']}", width=390)
    page.see(".since", "You have it")
    page.button("More actions")
    page.button("Give back", "dialog")
    page.see("dialog", f"{ready['person']['name']} is rung at once")
    page.button("Give back", "dialog")
    page.see(".has", "Nobody has it yet.")
    assert status(api, incident) == "triggered"
    # Of what somebody else has it is not offered.
    api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", "status": "acknowledged"}}, headers={"From": ready["person"]["email"]})
    page.see(".since", ready["person"]["name"])
    page.button("More actions")
    page.see("dialog", "Snooze")
    assert page.count("dialog >> text=Give back") == 0


def test_what_somebody_else_has_by_now_is_not_given_back(open_page, make, api, ready):
    incident = triggered(make, ready["key"], "Both of us")
    page = open_page(f"/console/incidents/{incident['id']}", width=390)
    page.button("Acknowledge", ".actionbar")
    page.see(".toast", "You have it.")
    api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", "status": "acknowledged"}}, headers={"From": ready["person"]["email"]})
    page.button("Undo", ".toast")
    page.see(".toast", "It is over, or somebody else has it: nothing was changed.")
    assert status(api, incident) == "acknowledged"


def test_a_timeline_names_who_did_it(open_page, make, api, ready, owner):
    incident = triggered(make, ready["key"], "Who was it")
    other = make.user()
    path = f"/incidents/{incident['id']}"
    api.put(path, {"incident": {"type": "incident_reference", "status": "acknowledged"}})
    api.put(path, {"incident": {"type": "incident_reference", "assignments": [{"assignee": reference("user", other)}]}})
    api.put(path, {"incident": {"type": "incident_reference", "urgency": "low"}})
    page = open_page(f"/console/incidents/{incident['id']}")
    for words in (f"{owner['name']} acknowledged", f"{owner['name']} assigned it to {other['name']}", f"{owner['name']} changed the urgency"):
        page.see(".sect:has(h2:text-is('Timeline')) .rail", words)


def test_new_ones_wait_while_rows_are_selected(open_page, make, ready):
    first = triggered(make, ready["key"], "The first one")
    page = open_page(f"/console/incidents?service={ready['service']['id']}")
    page.click(f"[aria-label='Select #{first['incident_number']}']")
    triggered(make, ready["key"], "The second one")
    page.see("button", "1 new")
    assert page.count(".title:has-text('The second one')") == 0
    page.button("1 new")
    page.see(".title", "The second one")


def test_what_rings_stands_above_what_can_wait(open_page, make, ready):
    triggered(make, ready["key"], "It rings")
    make.alerted(ready["key"], summary="It came later, and rings")
    quiet = make.service(make.policy([ready["person"]]), incident_urgency_rule={"type": "constant", "urgency": "low"})
    triggered(make, make.routing_key(quiet), "It can wait")
    page = open_page(f"/console/incidents?service={ready['service']['id']},{quiet['id']}")
    page.see(".title", "It can wait")
    titles = [page.text(f".app-inc .title >> nth={n}") for n in range(3)]
    assert titles == ["It came later, and rings", "It rings", "It can wait"]


def test_a_storm_is_one_row_with_its_course(open_page, make, ready):
    make.grouping([ready["service"]])
    for n in range(24):
        make.events.trigger(ready["key"], dedup_key=f"{ready['key']}-{n}", summary="Rack fra-07 lost its uplink", source=f"host-{n % 5}")
    page = open_page(f"/console/incidents?service={ready['service']['id']}")
    page.see(".count", "24")
    page.see(".sub", "from 5 hosts")
    page.click(".title")
    page.see(".sect", "host-3, 5 open")


def test_a_storm_of_which_not_all_is_read_says_so(open_page, make, ready):
    make.grouping([ready["service"]])
    # Another host took part in the beginning: what is read first does not know of it.
    for n in range(510):
        make.events.trigger(ready["key"], dedup_key=f"{ready['key']}-{n}", summary="Rack fra-07 lost its uplink", source="old" if n < 5 else f"host-{n % 2}")
    page = open_page(f"/console/incidents?service={ready['service']['id']}")
    page.see(".count", "510")
    page.see(".sub", "the newest 500 of 510 are from 2 hosts")
    page.click(".title")
    page.see(".sect", "These are the newest 500 of 510 alerts.")
    assert page.count("summary:has-text('old,')") == 0
    page.click("summary:has-text('host-1')")
    page.button("150 more")
    page.button("Show all alerts")
    page.see("summary", "old, 5 open")
    page.gone("text=These are the newest 500 of 510 alerts.")


def team_with_storm(make, count: int) -> dict:
    """A team of which one service has a storm of incidents and another has one."""
    person, team = make.user(), make.team()
    policy = make.policy([person], teams=[reference("team", team)])
    loud, quiet = make.service(policy), make.service(policy)
    key = make.routing_key(loud)
    for n in range(count):
        make.events.trigger(key, dedup_key=f"{key}-{n}", summary=f"Disk {n} is full")
    other = make.alerted(make.routing_key(quiet), summary="Beside the storm")
    return {"team": team, "loud": loud, "other": other, "key": key}


def statuses(api, service) -> list:
    count = lambda state: api.get("/incidents", params={"service_ids[]": service["id"], "statuses[]": state, "total": "true", "limit": 1})["total"]
    return [count(state) for state in ("triggered", "acknowledged", "resolved")]


def test_a_storm_of_incidents_is_one_line_that_is_unfolded_and_answered_by_keys(open_page, make, api):
    storm = team_with_storm(make, 24)
    page = open_page(f"/console/incidents?team={storm['team']['id']}")
    page.see(".fold .title", f"{storm['loud']['name']}: 24 incidents")
    assert page.text(".fold .sub").endswith("“Disk … is full”")
    page.see(".group h2", "25")
    assert page.count("[data-id]") == 2
    page.press("j", "j")
    assert "24 incidents" in page.text(".cursor .title")
    page.press("Enter")
    page.until(lambda: page.count("[data-id]") == 26)
    assert page.axe() == []
    page.press("j")
    page.see(".cursor .title", "Disk 23 is full")
    page.press("k", "Enter")
    page.until(lambda: page.count("[data-id]") == 2)
    inside = "((row, button) => button.right <= row.right)(...['.fold', '.fold .acts .btn'].map((one) => document.querySelector(one).getBoundingClientRect()))"
    assert page.call("evaluate", inside), "the button lies in its row"
    page.press("x")
    page.see(".bulk", "24 selected")
    page.press("a")
    page.see(".toast", "You have 24 incidents.")
    page.see(".group:has-text('Someone has it') .fold .title", "24 incidents")
    page.see(".fold .acts", "Resolve all")
    assert statuses(api, storm["loud"]) == [0, 24, 0]
    page.press("u")
    page.see(".toast", "Given back: 24 ring again.")
    assert statuses(api, storm["loud"]) == [24, 0, 0] and status(api, storm["other"]) == "triggered"


def test_a_storm_beyond_what_is_read_is_counted_and_answered_whole_by_a_thumb(open_page, make, api):
    storm = team_with_storm(make, 1_030)
    page = open_page(f"/console/incidents?team={storm['team']['id']}", width=390)
    page.see(".fold .title", f"{storm['loud']['name']}: 1030 incidents")
    page.see(".dim", "These are the newest 1000 of 1031.")
    assert page.overflow() <= 0 and page.axe() == []
    assert page.call("evaluate", "document.querySelector('.fold .acts .btn').getBoundingClientRect().right <= innerWidth")
    assert min(page.call("evaluate", "(({ width, height }) => [width, height])(document.querySelector('.fold .acts .btn').getBoundingClientRect())")) >= 44
    page.button("Select")
    page.call("tap", ".fold label")
    page.see(".bulk", "1030 selected")
    page.button("Resolve", ".bulk")
    page.see("dialog", "Resolve 1030 incidents?")
    page.button("Cancel", "dialog")
    page.button("Acknowledge", ".bulk")
    page.see(".toast", "You have 1030 incidents.")
    assert statuses(api, storm["loud"]) == [0, 1_030, 0]
    # Others look at the same account.
    for n in range(1_030):
        make.events.resolve(storm["key"], dedup_key=f"{storm['key']}-{n}")


def test_the_timeline_is_shown_whole_when_it_is_asked_for(open_page, make, api, ready):
    incident = triggered(make, ready["key"], "Much is written")
    for n in range(505):
        api.post(f"/incidents/{incident['id']}/notes", {"note": {"content": f"Note {n}"}}, expect=200)
    page = open_page(f"/console/incidents/{incident['id']}")
    timeline = ".sect:has(h2:text-is('Timeline'))"
    total = api.get(f"/incidents/{incident['id']}/log_entries", params={"total": "true", "limit": 1})["total"]
    page.call("click", f"{timeline} >> button:has-text('earlier')")
    page.see(timeline, f"These are the newest 500 of {total} entries.")
    assert page.count(f"{timeline} .rail li") == 500
    page.button("Show all entries")
    page.gone(f"{timeline} >> text=These are the newest 500")
    page.until(lambda: page.count(f"{timeline} .rail li") == total)
    assert "Triggered" in page.text(f"{timeline} .rail li >> nth=-1")


def test_a_part_that_fails_does_not_take_the_page_down(open_page, make, ready):
    incident = triggered(make, ready["key"], "Parts")
    page = open_page(expected_problems=True)
    page.call("refuse", "**/why?**", 404, {"error": {"message": "Not Found", "code": 2100}})
    page.call("refuse", "**/related_change_events", 429, {"error": {"message": "Rate Limit Exceeded", "code": 2020}})
    page.visit(f"/console/incidents/{incident['id']}")
    page.see("h1", "Parts")
    page.see(".note.bad", "The reasons cannot be shown. Not Found")
    page.see(".note.bad", "Changes cannot be shown. Rate Limit Exceeded")
    page.button("Acknowledge", ".slab")
    page.see(".since", "You have it")


def test_what_others_wrote_is_text(open_page, make, ready, api):
    wrong = "<img src=x onerror=\"document.title='taken'\">"
    incident = make.alerted(ready["key"], summary=wrong, custom_details={"<b>k</b>": wrong, "link": "javascript:alert(1)", "graph": "https://graphs.example.com/1"})
    api.post(f"/incidents/{incident['id']}/notes", {"note": {"content": wrong}}, expect=200)
    page = open_page(f"/console/incidents/{incident['id']}")
    page.see("h1", wrong)
    page.click(".sect summary")
    page.see("dd", "javascript:alert(1)")
    assert page.count("#app img") == 0 and page.count("a[href^='javascript']") == 0
    assert page.count("a[href='https://graphs.example.com/1'][rel~=noreferrer]") == 1
    assert page.call("title").startswith("#")


def test_the_reasons_name_everybody(open_page, make, ready, owner):
    incident = triggered(make, ready["key"], "Whom, and why?")
    page = open_page(f"/console/incidents/{incident['id']}")
    page.press("w")
    page.see("h1", "Who was told, and why?")
    page.see(".person", ready["person"]["name"])
    page.choose("Ask about anybody", owner["name"])
    page.see("h1", f"Why {owner['name']}, or why not?")
    page.see(".person", owner["name"])


def test_the_reasons_name_the_versions_of_what_decided(open_page, make, api):
    policy = make.policy([make.user()])
    service = make.service(policy)
    api.put(f"/services/{service['id']}", {"service": {"description": "Changed once"}})
    incident = triggered(make, make.routing_key(service), "By which rules?")
    # The policy is changed later: that had no say.
    api.put(f"/escalation_policies/{policy['id']}", {"escalation_policy": {"description": "Changed later"}})
    config = {one["kind"]: one for one in api.get(f"/incidents/{incident['id']}/why")["why"]["config"]}
    assert config["service"]["version"] == 2 and config["escalation_policy"]["version"] == 1
    page = open_page(f"/console/incidents/{incident['id']}/why")
    settings = ".sect:has-text('Settings that decided')"
    page.see(f"{settings} li:has-text('{service['name']}')", "Service, version 2, since")
    page.see(f"{settings} li:has-text('{policy['name']}')", "Escalation policy, version 1, since")
    page.see(".rail li:has-text('Opened by') small", f"{service['name']}, version 2")
    # Named once, not at every decision.
    assert page.count(f".rail small:has-text('{service['name']}, version 2')") == 1
    page.click(f"{settings} a >> text={service['name']}")
    page.see("h1", service["name"])


def test_a_session_that_ended_leads_to_the_login_and_back(open_page, account):
    page = open_page("/console/users", expected_problems=True)
    page.call("refuse", "**/analytics/**", 401, {"error": {"message": "Unauthorized", "code": 2006}})
    page.call("follow", "/console/insights")
    page.call("waitForURL", "**/console/login?next=%2Fconsole%2Finsights")


def test_people_are_asked_to_help_and_answer(open_page, make, api, ready, owner):
    incident = triggered(make, ready["key"], "All hands")
    other = make.user()
    page = open_page(f"/console/incidents/{incident['id']}")
    page.button("Ask for help")
    page.choose("Person or policy", other["name"])
    page.choose("Person or policy", owner["name"])
    page.button(f"Wake {other['name']}, {owner['name']}", "dialog")
    page.see(".sect", "0 of 2 joined")
    page.see(".note.warn", f"{owner['name']} asks you to help.")
    page.button("Join")
    page.see(".sect", "1 of 2 joined")
    page.gone(".note.warn")
    states = {one["user"]["id"]: one["state"] for one in api.get(f"/incidents/{incident['id']}")["incident"]["incidents_responders"]}
    assert states == {owner["id"]: "joined", other["id"]: "pending"}
    page.button(f"Take back the request to {other['name']}")
    page.see(".sect .st", "Taken back")


def test_what_is_open_around_it_is_shown(open_page, make, api, ready):
    below = make.service(make.policy([make.user()]))
    api.post("/service_dependencies/associate", {"relationships": [{"supporting_service": {"id": below["id"], "type": "technical_service"},
             "dependent_service": {"id": ready["service"]["id"], "type": "technical_service"}}]}, expect=200)
    triggered(make, make.routing_key(below), "The disk under it")
    incident = triggered(make, ready["key"], "The shop")
    page = open_page(f"/console/incidents/{incident['id']}")
    page.see(".sect:has-text('Related') li", "The disk under it")
    page.see(".sect:has-text('Related') small", "this stands on it")


def test_an_alert_has_a_page_where_it_can_be_resolved(open_page, make, api, ready):
    incident = make.alerted(ready["key"], summary="Disk <b>7</b> is full", custom_details={"free": "0 B"})
    alert = make.alerts(incident)[0]
    page = open_page(f"/console/alerts/{alert['id']}")
    page.see("h1", "Disk <b>7</b> is full")
    page.see("dd", "0 B")
    page.button("Resolve this alert")
    page.see(".st.resolved", "Resolved")
    assert api.get(f"/alerts/{alert['id']}")["alert"]["status"] == "resolved"


def test_a_view_is_kept_under_a_name(open_page, ready):
    page = open_page("/console/incidents?urgency=low")
    page.button("Save this view")
    page.fill("Name", "Quiet ones")
    page.button("Save", "dialog")
    page.visit("/console/incidents")
    page.click("text=Quiet ones")
    page.until(lambda: page.call("evaluate", "location.search") == "?urgency=low")
    assert page.count(".views [aria-current=page]") == 1
    page.button("Delete the view Quiet ones")
    page.gone(".views a")


def test_a_screen_reader_hears_of_new_incidents(open_page, make, ready):
    page = open_page(f"/console/incidents?service={ready['service']['id']}")
    page.see(".empty")
    triggered(make, ready["key"], "The cellar is wet")
    page.call("waitForSelector", "[role=status]:has-text('New incident: The cellar is wet, high urgency')", {"state": "attached"})


def test_what_customers_feel_is_said_by_hand(open_page, make, api, ready):
    name = unique("Paying")
    business = api.post("/business_services", {"business_service": {"name": name}}, expect=200)["business_service"]
    incident = triggered(make, ready["key"], "Cards are slow")
    page = open_page(f"/console/incidents/{incident['id']}")
    page.choose("Also impacted", name)
    page.see(".sect:has-text('Business impact') li", name)
    assert [one["id"] for one in api.get(f"/incidents/{incident['id']}/business_services/impacts")["services"]] == [business["id"]]
    page.button(f"Not impacted {name}")
    page.gone(f".sect li:has-text('{name}')")


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_reasons_and_timeline_come_before_what_can_wait(open_page, chromium, account, owner_cookies, make, ready, scripts):
    incident = make.alerted(ready["key"])
    path = f"/console/incidents/{incident['id']}"
    if scripts:
        page = open_page(path, width=390)
        first, later = ["Alerts", "Why?", "Timeline"], ["Notes", "Responders", "Recent changes", "Facts"]
    else:
        page = chromium.open(cookies=owner_cookies, viewport={"width": 390, "height": 844}, isMobile=True, javaScriptEnabled=False)
        page.call("goto", account.server.url + path)
        first, later = ["What happens next", "Alerts", "Timeline"], ["Facts"]
    shown = page.call("evaluate", "[...document.querySelectorAll('main h2')].sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top).map((one) => one.innerText)")
    places = [next(i for i, heading in enumerate(shown) if heading.startswith(word)) for word in first]
    assert places == sorted(places) and max(places) < min(shown.index(word) for word in later), shown
    if not scripts:
        page.close()


def test_a_long_timeline_begins_with_its_newest_entries(open_page, make, ready, api):
    incident = make.alerted(ready["key"])
    for n in range(16):
        api.post(f"/incidents/{incident['id']}/notes", {"note": {"content": f"Look number {n}"}}, expect=200)
    page = open_page(f"/console/incidents/{incident['id']}")
    timeline = ".sect:has(h2:text-is('Timeline'))"
    page.see(f"{timeline} li", "Look number 15")
    assert page.count(f"{timeline} li") == 15
    page.call("click", f"{timeline} button:has-text('earlier')")
    page.see(f"{timeline} li", "Triggered")
    page.see(f"{timeline} li", "Look number 0")


def test_of_many_those_that_were_not_snoozed_are_named_and_tried_again(open_page, make, api, ready):
    several = [triggered(make, ready["key"], f"Till {n}") for n in range(5)]
    page = open_page(f"/console/incidents?service={ready['service']['id']}", expected_problems=True)
    stubborn = several[3]
    page.call("refuse", f"**/incidents/{stubborn['id']}/snooze", 429, {"error": {"message": "Rate Limit Exceeded", "code": 2020}})
    for one in several:
        page.call("check", f"role=checkbox[name='Select #{one['incident_number']}']")
    page.button("Snooze", ".bulk")
    page.button("Snooze", "dialog")
    page.see("dialog .note.bad", "4 of 5 were snoozed.")
    page.see("dialog .note.bad li", f"#{stubborn['incident_number']}: Rate Limit Exceeded")
    snoozes = lambda one: sum(entry["type"] == "snooze_log_entry" for entry in api.get(f"/incidents/{one['id']}/log_entries")["log_entries"])
    assert [snoozes(one) for one in several] == [1, 1, 1, 0, 1]
    page.call("unroute", f"**/incidents/{stubborn['id']}/snooze")
    page.button("Snooze", "dialog")
    page.see(".toast", "5 incidents snoozed for 1 hour.")
    assert [snoozes(one) for one in several] == [1, 1, 1, 1, 1], "none is snoozed twice"
