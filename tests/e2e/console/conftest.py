"""A browser, and pages for the owner. Without the application in the program, or without Chromium, nothing runs."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta

import pytest

from chromium import CONSOLE, Chromium
from support.browser import Browser
from support.factory import reference
from support.fakes import Provider
from support.server import OWNER_EMAIL, OWNER_PASSWORD


def cookies_of(browser: Browser, account) -> list:
    """A session's cookies, as Playwright takes them."""
    return [{"name": cookie.name, "value": cookie.value, "url": account.server.url} for cookie in browser.session.cookies]


def log_in(account) -> list:
    """The cookies of a new session of the owner."""
    browser = Browser(account.server.url).log_in(OWNER_EMAIL, OWNER_PASSWORD)
    if "/console/app/" not in browser.get("/console/"):
        pytest.skip("this program was built without the console's application: run ui/console/build, then build again")
    return cookies_of(browser, account)


def invited(account, api, person, expect: int = 200) -> Browser:
    """A browser in which the person has chosen a password; expect: how the first page answers then."""
    invitation = api.post("/console/invitations", {"invitation": {"user": {"id": person["id"], "type": "user_reference"}}}, expect=201)["invitation"]
    browser = Browser(account.server.url)
    path = invitation["url"].removeprefix(account.server.url)
    browser.post(path, form=path, password="a long password", again="a long password", expect=expect)
    return browser


@pytest.fixture(scope="session")
def owner_cookies(account) -> list:
    """The session that most pages share."""
    return log_in(account)


@pytest.fixture(scope="session")
def chromium():
    if not shutil.which(os.environ.get("CALLBOARD_CHROMIUM", "/usr/bin/chromium")):
        pytest.skip("there is no Chromium: ./dev setup installs it, or name one in CALLBOARD_CHROMIUM")
    if not (CONSOLE / "node_modules/playwright-core").exists():
        pytest.skip("the console's packages are not installed: run ui/console/build --install-only")
    browser = Chromium()
    yield browser
    browser.close()


@pytest.fixture
def open_page(chromium, account, owner_cookies):
    """open_page(path, **options of a browser's context): a page of the owner; what the console complains of fails the test."""
    pages = []

    def opened(path: str = "/console/", width: int = 1280, theme: str = "dark", expected_problems: bool = False, cookies=None, **options):
        phone = {"hasTouch": True, "isMobile": True} if width < 600 else {}
        page = chromium.open(cookies=cookies or owner_cookies, viewport={"width": width, "height": 844}, colorScheme=theme, **phone, **options)
        pages.append((page, expected_problems))
        page.go(account.server.url + path)
        page.settled()
        return page

    yield opened
    complaints = [problem for page, expected in pages if not expected for problem in page.problems()]
    for page, _ in pages:
        page.close()
    assert complaints == []


@pytest.fixture(scope="session")
def owner(api) -> dict:
    """The account's owner, whose pages these are."""
    return next(user for user in api.get("/users", params={"query": OWNER_EMAIL})["users"])


@pytest.fixture
def ready(make):
    """A service with a person on call, and the key that events for it carry."""
    person = make.user()
    service = make.service(make.policy([person]))
    return {"person": person, "service": service, "key": make.routing_key(service)}


def shift_schedule(api, *people, name: str = "Days in turns") -> dict:
    """A schedule made of shifts: days in turns, around the clock."""
    schedule = api.post("/v3/schedules", {"schedule": {"name": name, "time_zone": "Europe/Madrid"}}, expect=201)["schedule"]
    rotation = api.post(f"/v3/schedules/{schedule['id']}/rotations", {}, expect=201)["rotation"]
    wall = lambda day: {"date_time": f"2026-01-{day:02}T09:00:00Z", "time_zone": "Europe/Madrid"}
    api.post(f"/v3/schedules/{schedule['id']}/rotations/{rotation['id']}/events", {"event": {
        "name": "Days", "start_time": wall(5), "end_time": wall(6), "effective_since": "2026-01-05T09:00:00Z", "recurrence": ["RRULE:FREQ=DAILY"],
        "assignment_strategy": {"type": "rotating_member_assignment_strategy", "shifts_per_member": 1, "members": [
            {"type": "user_member", "user_id": one["id"]} for one in people]}}}, expect=201)
    return schedule


@pytest.fixture(scope="session")
def addresses(make, owner) -> dict:
    """Of the shared account."""
    return every_page(make, owner)


def every_page(make, owner) -> dict:
    """The address of every kind of page, with something on it."""
    person = make.user()
    team = make.team()
    schedule = make.schedule([person, make.user()], time_zone="Europe/Madrid")
    rules = [{"escalation_delay_in_minutes": 5, "targets": [{"id": schedule["id"], "type": "schedule_reference"}]},
             {"escalation_delay_in_minutes": 10, "targets": [{"id": owner["id"], "type": "user_reference"}]}]
    policy = make.policy(rules=rules, teams=[reference("team", team)])
    service = make.service(policy)
    other = make.service(policy)
    make.api.post("/service_dependencies/associate", {"relationships": [{
        "supporting_service": {"id": other["id"], "type": "technical_service"}, "dependent_service": {"id": service["id"], "type": "technical_service"}}]}, expect=200)
    integration = make.integration(service)
    incident = make.alerted(integration["integration_key"], summary="Checkout answers in 4.8 s, limit is 2 s")
    held = make.alerted(integration["integration_key"], summary="Somebody has this one")
    make.api.put(f"/incidents/{held['id']}", {"incident": {"type": "incident_reference", "status": "acknowledged"}})
    over = make.alerted(integration["integration_key"], summary="This one is over")
    make.api.put(f"/incidents/{over['id']}", {"incident": {"type": "incident_reference", "status": "resolved"}})
    business = make.api.post("/business_services", {"business_service": {"name": "Paying", "point_of_contact": "the cashier"}}, expect=200)["business_service"]
    make.api.post("/service_dependencies/associate", {"relationships": [{
        "supporting_service": {"id": service["id"], "type": "technical_service"}, "dependent_service": {"id": business["id"], "type": "business_service"}}]}, expect=200)
    field = make.api.post("/services/custom_fields", {"field": {
        "name": "runbook", "display_name": "Runbook", "data_type": "url", "field_type": "single_value"}}, expect=201)["field"]
    make.api.put(f"/services/{service['id']}/custom_fields/values", {"custom_fields": [{"id": field["id"], "value": "https://runbooks.example.com/1"}]}, expect=201)
    shifts = shift_schedule(make.api, person, owner)
    make.api.post(f"/incidents/{incident['id']}/responder_requests", {"requester_id": owner["id"], "message": "Please look", "responder_request_targets": [
        {"responder_request_target": {"id": person["id"], "type": "user_reference"}}, {"responder_request_target": {"id": owner["id"], "type": "user_reference"}}]}, expect=200)
    orchestration = make.api.post("/event_orchestrations", {"orchestration": {"name": "All of the shop"}}, expect=201)["orchestration"]
    rule = {"label": "Databases", "conditions": [{"expression": "event.source matches part 'db'"}], "actions": {"route_to": service["id"]}}
    make.api.put(f"/event_orchestrations/{orchestration['id']}/router", {"orchestration_path": {
        "sets": [{"id": "start", "rules": [rule]}], "catch_all": {"actions": {"route_to": "unrouted"}}}}, expect=200)
    schemas = {one["key"]: one for one in make.api.get("/extension_schemas")["extension_schemas"]}
    extension = make.api.post("/extensions", {"extension": {"name": "Shop channel", "extension_schema": {"id": schemas["slack"]["id"], "type": "extension_schema_reference"},
                                                "extension_objects": [{"id": service["id"], "type": "service_reference"}], "config": {"channel": "C024BE91L"}}}, expect=201)["extension"]
    make.api.post("/webhook_subscriptions", {"webhook_subscription": {
        "type": "webhook_subscription", "description": "The bot of the shop", "events": ["incident.triggered"], "filter": {"type": "service_reference", "id": service["id"]},
        "delivery_method": {"type": "http_delivery_method", "url": "https://bot.example.com/hook"}}}, expect=200)
    unheard = make.api.post("/webhook_subscriptions", {"webhook_subscription": {
        "type": "webhook_subscription", "description": "Nobody listens", "events": ["service.updated"], "filter": {"type": "service_reference", "id": other["id"]},
        "delivery_method": {"type": "http_delivery_method", "url": "http://127.0.0.1:9/hook"}}}, expect=200)["webhook_subscription"]
    make.api.post(f"/webhook_subscriptions/{unheard['id']}/ping", {}, expect=202)
    tokens = Provider("http.py", "--kind", "tokens")
    make.api.post("/webhook_subscriptions/oauth_clients", {"oauth_client": {
        "name": "The gateway", "client_id": "shop", "client_secret": "hush", "token_url": f"{tokens.url}/token", "grant_type": "client_credentials"}}, expect=201)
    tokens.close()
    window = make.maintenance_window([other], timedelta(days=1), timedelta(days=1, hours=2), description="New disks")
    make.maintenance_window([make.service()], timedelta(), timedelta(hours=4), description="Going on")
    environment = make.api.post("/incidents/custom_fields", {"field": {
        "name": "environment", "display_name": "Environment", "data_type": "string", "field_type": "single_value_fixed",
        "field_options": [{"data": {"data_type": "string", "value": value}} for value in ("production", "staging")]}}, expect=201)["field"]
    make.api.call("PUT", f"/incidents/{incident['id']}/custom_fields/values", json={"custom_fields": [{"id": environment["id"], "value": "staging"}]}, expect=201)
    rules = f"/console/event-orchestrations/{orchestration['id']}"
    at = f"/console/service-directory/{service['id']}"
    return {
        "incidents": "/console/incidents", "resolved": "/console/incidents?status=resolved", "incident": f"/console/incidents/{incident['id']}",
        "held": f"/console/incidents/{held['id']}", "over": f"/console/incidents/{over['id']}",
        "why": f"/console/incidents/{incident['id']}/why", "new incident": "/console/incidents/new",
        "services": "/console/service-directory", "service": at, "service integrations": f"{at}?tab=integrations", "service response": f"{at}?tab=response",
        "dependencies": f"{at}?tab=dependencies", "standards": f"{at}?tab=standards", "new service": "/console/service-directory/new",
        "add integration": f"/console/services/{service['id']}/integrations/new", "integration": f"/console/services/{service['id']}/integrations/{integration['id']}",
        "integrations": "/console/integrations", "keys": "/console/integrations/api-access-keys", "new key": "/console/integrations/api-access-keys/new", "apps": "/console/integrations/app-registration",
        "extensions": "/console/integrations/extensions", "deliveries": f"/console/integrations/webhooks/{unheard['id']}",
        "deliveries to an extension": f"/console/integrations/extensions/{extension['id']}",
        "on call": "/console/on-call", "mine": "/console/on-call/mine", "policy": f"/console/escalation_policies/{policy['id']}",
        "edit policy": f"/console/escalation_policies/{policy['id']}/edit", "schedule": f"/console/schedules/{schedule['id']}",
        "edit schedule": f"/console/schedules/{schedule['id']}/edit", "users": "/console/users", "user": f"/console/users/{person['id']}",
        "rules": f"/console/users/{person['id']}?tab=rules", "teams": "/console/teams", "team": f"/console/teams/{team['id']}",
        "insights": "/console/insights", "health": "/console/health", "setup": "/console/setup", "alert": f"/console/alerts/{make.alerts(incident)[0]['id']}",
        "business services": "/console/business-services", "business service": f"/console/business-services/{business['id']}",
        "new business service": "/console/business-services/new", "custom fields": "/console/custom-fields", "fields of a service": f"{at}?tab=fields",
        "shifts": f"/console/schedules/{shifts['id']}", "new shifts": "/console/schedules/new?kind=shifts", "new schedule": "/console/schedules/new",
        "orchestrations": "/console/event-orchestrations", "routes": rules, "global rules": f"{rules}?tab=global", "keys of an orchestration": f"{rules}?tab=integrations",
        "events of an orchestration": f"{rules}?tab=events", "rules of a service": f"{at}?tab=orchestration",
        "maintenance": "/console/service-directory/maintenance-windows", "past maintenance": "/console/service-directory/maintenance-windows?filter=past",
        "new maintenance": "/console/service-directory/maintenance-windows/new", "maintenance window": f"/console/service-directory/maintenance-windows/{window['id']}",
        "fields of incidents": "/console/custom-fields?of=incidents", "sessions of a user": f"/console/users/{owner['id']}?tab=sessions",
        "new policy": "/console/escalation_policies/new", "unrouted rules": f"{rules}?tab=unrouted",
        "shifts of a user": f"/console/users/{person['id']}?tab=shifts",
    }
