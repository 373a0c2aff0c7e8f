"""Services of both kinds: what they stand on, what hurts them, and what people note about them."""

from __future__ import annotations

from support.client import unique
from support.fakes import Provider


def test_a_business_service_shows_what_hurts_it(open_page, make, api, ready):
    page = open_page("/console/business-services")
    page.click("text=New business service")
    name = unique("Paying")
    page.fill("Name", name)
    page.fill("Whom to ask", "the cashier")
    page.button("Save", "dialog")
    page.see("h1", name)
    page.see(".sect", "Nobody has said what")
    page.button("Add a dependency")
    page.choose("Service", ready["service"]["name"])
    page.button("Add", "dialog")
    page.see(".graph text", ready["service"]["name"][:20])
    page.see(".sect", "No open incident")
    page.see(".head .st", "Well")
    incident = make.alerted(ready["key"], summary="Cards are refused")
    priority = api.get("/priorities")["priorities"][0]
    api.put(f"/incidents/{incident['id']}", {"incident": {"type": "incident_reference", "priority": {"id": priority["id"], "type": "priority_reference"}}})
    # Nobody reloads.
    page.see(".list a", "Cards are refused")
    page.see(".head .st", "Hurting")
    page.visit("/console/business-services")
    page.see(f"tr:has-text('{name}') .st", "Hurting")
    stored = next(one for one in api.every("/business_services", "business_services") if one["name"] == name)
    assert stored["point_of_contact"] == "the cashier"
    page.visit(f"/console/business-services/{stored['id']}")
    page.button("Delete")
    page.button("Delete it", "dialog")
    page.see("h1", "Business services")
    api.refused("GET", f"/business_services/{stored['id']}", 404)


def test_fields_are_made_filled_and_refused_at_their_place(open_page, make, api):
    service = make.service()
    page = open_page("/console/custom-fields", expected_problems=True)
    name = unique("Tier")
    page.button("New field")
    page.fill("Name", name)
    page.choose("Holds", "One of these options")
    page.fill("Options, one a line", "gold\nsilver")
    page.button("Save", "dialog")
    page.see("td", name)
    number = unique("Seats")
    page.button("New field")
    page.fill("Name", number)
    page.choose("Of what kind", "Whole number")
    page.button("Save", "dialog")
    page.see("td", number)
    page.visit(f"/console/service-directory/{service['id']}?tab=fields")
    page.button("Change the custom fields")
    page.choose(name, "gold")
    page.fill(number, "twelve")
    page.button("Save", "dialog")
    page.see("dialog .errmsg", "must be a whole number")
    assert page.call("inputValue", "dialog .field.err input") == "twelve"
    page.fill(number, "12")
    page.button("Save", "dialog")
    page.see(".facts dd", "gold")
    values = {one["display_name"]: one["value"] for one in api.get(f"/services/{service['id']}/custom_fields/values")["custom_fields"]}
    assert values[name] == "gold" and values[number] == 12


def test_support_hours_are_made_changed_and_taken_away(open_page, make, api):
    service = make.service()
    path = f"/console/service-directory/{service['id']}?tab=response"
    page = open_page(path)
    page.button("Change")
    page.choose("Urgency", "By support hours: other by day than by night")
    page.choose("Time zone", "Europe/Madrid")
    page.click("dialog >> text=Sat")
    page.fill("Until", "18:30")
    page.choose("In these hours", "By severity: critical and error ring, the rest waits")
    page.click("dialog >> text=ring for what is open and waits")
    assert page.axe() == []
    page.button("Save", "dialog")
    page.see("dd", "In support hours, Mon to Sat 09:00 to 18:30 (Europe/Madrid): critical and error ring, the rest waits")
    page.see("dd", "Outside: never wake anybody")
    stored = api.get(f"/services/{service['id']}")["service"]
    assert stored["support_hours"] == {"type": "fixed_time_per_day", "time_zone": "Europe/Madrid", "days_of_week": [1, 2, 3, 4, 5, 6], "start_time": "09:00:00", "end_time": "18:30:00"}
    assert stored["incident_urgency_rule"]["during_support_hours"]["urgency"] == "severity_based" and stored["scheduled_actions"][0]["to_urgency"] == "high"
    page.press("c")
    page.see(".drawer pre", "days_of_week = [1, 2, 3, 4, 5, 6]")
    page.press("c")
    page.button("Change")
    assert page.call("inputValue", "dialog input[type=time] >> nth=1") == "18:30"
    page.choose("Urgency", "High: always ring")
    page.button("Save", "dialog")
    page.see("dd", "High: always ring")
    stored = api.get(f"/services/{service['id']}")["service"]
    assert stored["support_hours"] is None and stored["scheduled_actions"] == [] and stored["incident_urgency_rule"]["urgency"] == "high"


def extensions_of(api, service) -> list:
    return api.get("/extensions", params={"extension_object_id": service["id"]})["extensions"]


def test_a_channel_of_a_chat_is_added_changed_and_deleted(open_page, make, api):
    service, other = make.service(), make.service()
    page = open_page(f"/console/service-directory/{service['id']}?tab=integrations")
    page.see(".empty", "Its incidents are told to people only.")
    page.button("Add an extension")
    page.choose("Tell it to", "Slack")
    page.fill("Name", "Shop channel")
    page.fill("Channel", " C024BE91L ")
    page.click("dialog >> text=Given to others")
    page.choose("Add a service", other["name"])
    page.button("Add it", "dialog")
    page.see(".list li", f"Slack, channel C024BE91L; for {other['name']} too; not of: given to others")
    made = extensions_of(api, service)[0]
    assert made["config"] == {"channel": "C024BE91L", "notify_types": {"acknowledge": True, "resolve": True, "assignments": False}}
    assert {one["id"] for one in made["extension_objects"]} == {service["id"], other["id"]}
    # What the form does not show stays.
    api.put(f"/extensions/{made['id']}", {"extension": {"name": made["name"], "config": {**made["config"], "restrict": "any"}}})
    page.visit(f"/console/service-directory/{other['id']}?tab=integrations")
    page.button("Change Shop channel")
    assert page.call("locator:isChecked", "dialog >> text=Given to others") is False
    page.fill("Name", "Channel of the shop")
    page.button("Save", "dialog")
    page.see(".list li", "Channel of the shop")
    changed = extensions_of(api, other)[0]
    assert changed["name"] == "Channel of the shop" and changed["config"] == {**made["config"], "restrict": "any"}
    page.button("Delete Channel of the shop")
    page.see("dialog", "of the other service neither")
    page.button("Delete it", "dialog")
    page.see(".empty", "Its incidents are told to people only.")
    assert extensions_of(api, service) == []


def test_a_webhook_that_refused_is_enabled_again(open_page, make, api):
    receiver = Provider("http.py", "status:404", "status:404", "status:404", "ok")
    service = make.service()
    page = open_page(f"/console/service-directory/{service['id']}?tab=integrations")
    page.button("Add an extension")
    page.choose("Tell it to", "Generic V2 Webhook")
    page.fill("Name", "Tickets")
    page.fill("Address", receiver.url + "/tickets/secret")
    page.fill("Headers", "X-Token: a:b")
    page.button("Add it", "dialog")
    page.see(".list li", "Tickets")
    assert "secret" not in page.text(".sect:has-text('Extensions')"), "whoever looks over a shoulder could send there"
    assert extensions_of(api, service)[0]["config"]["headers"] == [{"name": "X-Token", "value": "a:b"}]
    for count in range(1, 4):
        make.alerted(make.routing_key(service))
        receiver.wait(count)
    page.until(lambda: extensions_of(api, service)[0]["temporarily_disabled"])
    page.visit(f"/console/service-directory/{service['id']}")
    page.visit(f"/console/service-directory/{service['id']}?tab=integrations")
    page.see(".list li", "It refused three messages one after the other")
    page.see(".list .st", "Disabled")
    page.button("Enable Tickets")
    page.see(".toast", "Tickets hears of incidents again.")
    page.gone(".list .st:has-text('Disabled')")
    assert extensions_of(api, service)[0]["temporarily_disabled"] is False
    receiver.close()


def test_extensions_by_api_and_terraform(open_page, make, api):
    service = make.service()
    schema = next(one for one in api.get("/extension_schemas")["extension_schemas"] if one["key"] == "slack")
    made = api.post("/extensions", {"extension": {"name": "Shop channel", "extension_schema": {"id": schema["id"], "type": "extension_schema_reference"},
                                                  "extension_objects": [{"id": service["id"], "type": "service_reference"}], "config": {"channel": "C024BE91L"}}}, expect=201)["extension"]
    page = open_page(f"/console/service-directory/{service['id']}?tab=integrations")
    page.press("c")
    page.see(".drawer .codebox:has-text('Read extensions') pre", f"/extensions?extension_object_id={service['id']}")
    page.see(".drawer pre", 'resource "pagerduty_extension" "shop_channel"')
    page.see(".drawer pre", f"terraform import pagerduty_extension.shop_channel {made['id']}")


def test_extensions_of_all_services_stand_on_one_page(open_page, make, api):
    service, name = make.service(), unique("Channel")
    schema = next(one for one in api.get("/extension_schemas")["extension_schemas"] if one["key"] == "slack")
    page = open_page("/console/integrations/extensions")
    page.button("Add an extension")
    page.choose("Tell it to", "Slack")
    page.fill("Name", name)
    page.fill("Channel", "C024BE91L")
    page.choose("Add a service", service["name"])
    page.button("Add it", "dialog")
    page.see(f".list li:has-text('{name}')", f"Slack, channel C024BE91L; for {service['name']}")
    assert [one["extension_schema"]["id"] for one in extensions_of(api, service)] == [schema["id"]]
    page.button(f"Delete {name}")
    page.button("Delete it", "dialog")
    page.gone(f".list li:has-text('{name}')")


def test_a_webhook_is_added_tried_changed_and_deleted(open_page, make, api):
    receiver = Provider("http.py")
    service, name = make.service(), unique("Bot")
    page = open_page("/console/integrations/extensions")
    page.button("New Webhook")
    page.fill("Webhook URL", receiver.url + "/hidden")
    page.fill("Description", name)
    page.choose("Scope", service["name"])
    page.click("dialog >> text=Given to others")
    page.button("Add Webhook", "dialog")
    page.see("dialog", "Copy the secret now")
    secret = page.text("dialog .key code")
    assert len(secret) == 64
    page.click("dialog >> text=I have stored it")
    page.button("Done", "dialog")
    row = f".list li:has-text('{name}')"
    page.see(row, f"of {service['name']}: opened, or open again; acknowledged, or ringing again; resolved")
    assert "hidden" not in page.text("main"), "whoever looks over a shoulder could send there"
    page.button(f"Send a test {name}")
    page.see(".toast", "A test is on its way")
    assert "pagey.ping" in receiver.wait(1)[0]["body"]
    made = next(one for one in api.get("/webhook_subscriptions")["webhook_subscriptions"] if one["description"] == name)
    # What the form does not show stays.
    api.put(f"/webhook_subscriptions/{made['id']}", {"webhook_subscription": {"events": [*made["events"], "incident.workflow.started"]}}, expect=200)
    page.visit("/console/integrations/app-registration")
    page.visit("/console/integrations/extensions")
    page.button(f"Change {name}")
    page.click("dialog >> text=Active")
    page.button("Save", "dialog")
    page.see(f"{row} .st", "Not active")
    changed = api.get(f"/webhook_subscriptions/{made['id']}")["webhook_subscription"]
    assert changed["active"] is False and set(changed["events"]) == {*made["events"], "incident.workflow.started"}
    page.button(f"Delete {name}")
    page.button("Delete it", "dialog")
    page.gone(row)
    receiver.close()
