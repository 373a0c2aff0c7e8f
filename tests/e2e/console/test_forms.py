"""Every form: what the server refuses stands beside the field, and what was typed stays."""

from __future__ import annotations

import pytest

from conftest import shift_schedule
from support.client import unique

LONG = "x" * 300


class Form:
    """A form on the page. Its checks by the browser are switched off: the server is the one that is examined."""

    def __init__(self, page, within: str):
        self.page, self.within = page, within

    def field(self, label: str) -> str:
        return f'{self.within} >> internal:label="{label}"i >> internal:and="input, textarea, select" >> visible=true >> nth=0'

    def fill(self, **fields):
        """Labels have _ for blanks; a value that is a list is chosen."""
        self.page.call("evaluate", "document.querySelectorAll('[maxlength]').forEach((field) => field.removeAttribute('maxlength'))")
        for label, value in fields.items():
            where = self.field(label.replace("_", " "))
            if isinstance(value, list):
                self.page.call("locator:selectOption", where, {"label": value[0]} if value else {"index": 1})
            else:
                self.page.call("locator:fill", where, value)

    def send(self, button: str, footer: bool = True):
        self.page.call("evaluate", "document.querySelectorAll('form').forEach((form) => (form.noValidate = true))")
        self.page.button(button, "dialog" if footer and self.within == "dialog" else self.within)

    def refuses(self, label: str, words: str):
        """The sentence is in the field of this label, and the field points at it."""
        place = f'.err:has(:text("{words}"))'
        self.page.see(f"{self.within} {place}" if self.within != "dialog" else f"dialog {place}")
        wrong = self.field(label)
        assert self.page.call("locator:getAttribute", wrong, "aria-invalid") == "true", label
        described = self.page.call("locator:getAttribute", wrong, "aria-describedby")
        texts = [self.page.text(f"[id='{one}']") for one in described.split()]
        assert any(words in text for text in texts), texts

    def holds(self, label: str, value: str):
        assert self.page.call("locator:inputValue", self.field(label)) == value, label


@pytest.fixture
def form(open_page):
    """form(path, *clicks): the form that is open after these buttons or links were pressed."""

    def opened(path: str, *clicks: str, within: str = "dialog") -> Form:
        page = open_page(path, expected_problems=True)
        for one in clicks:
            page.call("click", f'#app >> internal:text="{one}"i >> visible=true >> nth=0' if not one.startswith("role=") else f"{one} >> visible=true >> nth=0")
        if within == "dialog":
            page.see("dialog[open]")
        return Form(page, within)

    return opened


# --- incidents -------------------------------------------------------------------------------------------------------


def test_a_new_incident(form, ready):
    new = form("/console/incidents/new", within="form")
    new.fill(What_is_wrong="y" * 1_100, Service=[ready["service"]["name"]], Details="It hurts")
    new.send("Open it on " + ready["service"]["name"])
    new.refuses("What is wrong", "Title is too long")
    new.holds("Details", "It hurts")
    new.fill(What_is_wrong="Short")
    new.page.call("locator:selectOption", new.field("Service"), "")
    new.send("Open it")
    new.refuses("Service", "Service not found")


@pytest.mark.parametrize("button, label, sent, said", [
    ("Add note", "Note", {"Note": "   "}, "Content can't be blank"),
    ("Resolve", "What helped", {"What_helped": "z" * 70_000}, "Resolution is too long"),
])
def test_acts_on_an_incident(form, make, ready, button, label, sent, said):
    incident = make.alerted(ready["key"])
    act = form(f"/console/incidents/{incident['id']}", f"role=button[name='{button}'i]")
    act.fill(**sent)
    act.send("Add Note" if button == "Add note" else button)
    act.refuses(label, said)
    act.holds(label, next(iter(sent.values())))


def test_asking_for_help(form, make, ready):
    incident = make.alerted(ready["key"])
    ask = form(f"/console/incidents/{incident['id']}", "Ask for help")
    ask.page.call("locator:selectOption", ask.field("Person or policy"), {"index": 1})
    ask.fill(What_they_are_told="")
    ask.page.call("evaluate", "document.querySelectorAll('form').forEach((form) => (form.noValidate = true))")
    ask.page.click("dialog footer .trig")
    ask.refuses("What they are told", "Message can't be blank")


# --- services --------------------------------------------------------------------------------------------------------


def test_a_new_service_goes_back_to_the_step_that_was_refused(form, make):
    taken, policy = make.service(), make.policy([make.user()])
    new = form("/console/service-directory/new", within="form")
    new.fill(Name=taken["name"], Description="Ours")
    new.send("Next")
    new.fill(Escalation_Policy=[policy["name"]])
    for _ in range(3):
        new.send("Next")
    new.send("Create Service")
    new.refuses("Name", "Name has already been taken")
    new.holds("Name", taken["name"])
    new.holds("Description", "Ours")


def test_settings_of_a_service(form, make):
    taken, service = make.service(), make.service()
    settings = form(f"/console/service-directory/{service['id']}", "role=button[name='Settings']")
    settings.fill(Name=taken["name"], Description="z" * 70_000)
    settings.send("Save")
    settings.refuses("Name", "Name has already been taken")
    settings.refuses("Description", "Description is too long")
    settings.holds("Name", taken["name"])


def test_the_name_of_an_integration(form, make):
    service = make.service()
    integration = make.integration(service)
    rename = form(f"/console/services/{service['id']}/integrations/{integration['id']}", "role=button[name='Rename']")
    rename.fill(Name=LONG)
    rename.send("Save")
    rename.refuses("Name", "Name is too long")
    rename.holds("Name", LONG)


def test_a_dependency_that_closes_a_circle(form, make):
    below, above = make.service(), make.service()
    make.api.post("/service_dependencies/associate", {"relationships": [{
        "supporting_service": {"id": below["id"], "type": "service"}, "dependent_service": {"id": above["id"], "type": "service"}}]}, expect=200)
    add = form(f"/console/service-directory/{below['id']}?tab=dependencies", "Add a dependency")
    add.fill(Service=[above["name"]])
    add.send("Add")
    add.page.see("dialog .note.bad", "Not added.")
    assert add.page.text("dialog select >> nth=1") and add.page.call("locator:inputValue", add.field("Service")) == above["id"]


def test_business_services(form):
    new = form("/console/business-services/new")
    new.fill(Name=LONG, Description="What customers pay with", Whom_to_ask="the cashier")
    new.send("Save")
    new.refuses("Name", "Name is too long")
    new.holds("Whom to ask", "the cashier")


@pytest.mark.parametrize("subject", ["services", "incidents"])
def test_custom_fields(form, subject):
    new = form(f"/console/custom-fields?of={subject}", "New field")
    new.fill(Name="!!!", Description="z" * 1_001)
    new.send("Save")
    new.refuses("Name", "Name can't be blank")
    new.refuses("Description", "Description is too long")
    new.fill(Name="Tier", Holds=["One of these options"])
    new.fill(Options="gold\ngold")
    new.send("Save")
    new.refuses("Options", "Field options must differ from each other")
    new.holds("Options", "gold\ngold")


def test_a_default_of_a_field_of_incidents(form):
    new = form("/console/custom-fields?of=incidents", "New field")
    new.fill(Name=unique("Seats"), Of_what_kind=["Whole number"], New_incidents_begin_with="twelve")
    new.send("Save")
    new.refuses("New incidents begin with", "Default value must be a whole number")
    new.holds("New incidents begin with", "twelve")


def test_values_of_an_incident(form, make, ready, api):
    field = api.post("/incidents/custom_fields", {"field": {"name": unique("seats").lower().replace("-", "_").replace(" ", "_"), "display_name": unique("Seats"),
                                                            "data_type": "integer", "field_type": "single_value"}}, expect=201)["field"]
    incident = make.alerted(ready["key"])
    try:
        edit = form(f"/console/incidents/{incident['id']}", "role=button[name='Change the custom fields']")
        edit.page.call("locator:fill", edit.field(field["display_name"]), "twelve")
        edit.send("Save")
        edit.refuses(field["display_name"], "must be a whole number")
        edit.holds(field["display_name"], "twelve")
        edit.page.call("locator:fill", edit.field(field["display_name"]), "12")
        edit.send("Save")
        edit.page.see(".facts dd", "12")
        edit.page.see(".rail", f"{field['display_name']}: 12")
    finally:
        api.delete(f"/incidents/custom_fields/{field['id']}")


def test_maintenance_windows(form, make):
    service = make.service()
    new = form("/console/service-directory/maintenance-windows/new")
    new.fill(Why="New disks", Add_a_service=[service["name"]], From="2030-01-02T10:00", Until="2030-01-02T09:00")
    new.send("Plan it")
    new.refuses("Until", "End time must be after the start time")
    new.holds("Why", "New disks")
    new.holds("From", "2030-01-02T10:00")
    new.fill(Until="2030-01-02T12:00")
    new.page.button(f"Leave out {service['name']}", "dialog")
    new.send("Plan it")
    new.refuses("Add a service", "Services can't be blank")


@pytest.mark.parametrize("kind, label, wrong, said", [
    ("Slack", "Channel", "#shop", "Config Channel must be the id of a member or a channel"),
    ("Telegram", "Channel", "shop", "Config Channel must be the number of a chat"),
    ("Microsoft Teams", "Address", "ftp://example.com", "Endpoint url must be an http or https URL"),
    ("Mattermost", "Address", "", "Endpoint url can't be blank"),
])
def test_extensions(form, make, kind, label, wrong, said):
    service = make.service()
    add = form(f"/console/service-directory/{service['id']}?tab=integrations", "Add an extension")
    add.fill(Tell_it_to=[kind], Name="")
    add.page.call("locator:fill", add.field(label), wrong)
    add.page.button(f"Leave out {service['name']}", "dialog")
    add.send("Add it")
    add.refuses(label, said)
    add.refuses("Name", "Name can't be blank")
    add.refuses("Add a service", "Extension objects can't be blank")
    add.holds(label, wrong)


def test_headers_of_a_webhook(form, make):
    add = form(f"/console/service-directory/{make.service()['id']}?tab=integrations", "Add an extension")
    add.fill(Tell_it_to=["Generic V2 Webhook"], Name="Tickets", Address="https://tickets.example.com", Headers="Host: elsewhere")
    add.send("Add it")
    add.refuses("Headers", 'Config Headers cannot have')
    add.holds("Headers", "Host: elsewhere")


def test_webhooks(form):
    new = form("/console/integrations/extensions", "New Webhook")
    new.fill(Webhook_URL="ftp://example.com", Headers="Host: elsewhere")
    for topic in ("Opened, or open again", "Acknowledged, or ringing again", "Resolved", "Given to others"):
        new.page.click(f"dialog >> text={topic}")
    new.send("Add Webhook")
    new.refuses("Webhook URL", "Delivery method Url must be an http or https URL")
    new.refuses("Headers", "Delivery method Custom headers")
    new.page.see("dialog fieldset .err", "Events can't be blank")
    new.holds("Webhook URL", "ftp://example.com")


def test_oauth_clients(form):
    new = form("/console/integrations/extensions", "New OAuth client")
    new.fill(Name="z" * 300, Token_URL="ftp://id.example.com", Client_ID="bot", Scope="hooks")
    new.send("Add it")
    new.refuses("Name", "Name is too long")
    new.refuses("Token URL", "Token url must be an http or https URL")
    new.refuses("Client Secret", "Client secret can't be blank")
    new.holds("Scope", "hooks")


# --- on call ---------------------------------------------------------------------------------------------------------


def test_a_policy(form, make):
    taken = make.policy([make.user()])
    new = form("/console/escalation_policies/new", within="form.stack-4")
    new.fill(Name=taken["name"], Description="z" * 70_000)
    new.page.call("locator:selectOption", new.field("Add a person or a schedule"), {"index": 1})
    new.page.call("locator:fill", new.field("Minutes to answer"), "0")
    new.page.call("locator:fill", new.field("If nobody answers"), "77")
    new.send("Save")
    new.refuses("Name", "Name has already been taken")
    new.refuses("Description", "Description is too long")
    new.refuses("If nobody answers", "Num loops must be")
    new.page.see("form .err", "Escalation rules escalation delay in minutes must be")
    new.holds("Minutes to answer", "0")


def test_a_schedule_of_layers(form, make):
    taken, person = make.schedule(), make.user()
    new = form("/console/schedules/new", within="form")
    new.fill(Name=taken["name"], Description="Nights")
    new.page.call("locator:selectOption", new.field("Add a person"), {"label": person["name"]})
    new.page.until(lambda: new.page.count("text=I know; it is meant to be so") or new.page.count("button:text-is('Save'):not([disabled])"))
    if new.page.count("text=I know; it is meant to be so"):
        new.page.click("text=I know; it is meant to be so")
    new.send("Save")
    new.refuses("Name", "Name has already been taken")
    new.holds("Name", taken["name"])
    new.holds("Description", "Nights")


def test_an_override(form, make):
    schedule = make.schedule([make.user()], time_zone="Etc/UTC")
    override = form(f"/console/schedules/{schedule['id']}", "New override")
    override.fill(From="2030-01-02T10:00", To="2030-01-02T09:00")
    override.send("Save override")
    override.refuses("To", "must end after its start")
    override.holds("From", "2030-01-02T10:00")


def test_a_schedule_of_shifts_and_what_is_done_to_it(form, make, api, new_shifts):
    person = make.user()
    schedule = new_shifts(person)
    new = form("/console/schedules/new?kind=shifts", within="form")
    new.fill(Name=schedule["name"], Description="z" * 2_000)
    new.page.call("locator:selectOption", new.field("Add a member"), {"label": person["name"]})
    new.page.see(".note.bad", "It would be refused.")
    new.send("Save")
    new.refuses("Name", "Name has already been taken")
    new.refuses("Description", "Description is too long")
    at = f"/console/schedules/{schedule['id']}"
    settings = form(at, "role=button[name='Settings']")
    settings.fill(Name="", Description="z" * 2_000)
    settings.send("Save")
    settings.refuses("Name", "Name can't be blank")
    settings.refuses("Description", "Description is too long")
    rotation = form(at, "Add a rotation")
    rotation.fill(Name_of_the_rotation="Days")
    rotation.page.call("locator:selectOption", rotation.field("Add a member"), {"label": person["name"]})
    rotation.page.call("locator:fill", rotation.field("and ends"), "2020-01-01T00:00")
    rotation.page.see("dialog .note.bad", "It would be refused.")
    rotation.send("Save rotation")
    rotation.refuses("and ends", "End time must be after start time")
    shift = form(at, "Add a shift")
    shift.page.call("locator:selectOption", shift.field("Who"), {"label": person["name"]})
    shift.fill(From="2030-01-02T10:00", To="2030-01-02T09:00")
    shift.page.see("dialog .note.bad", "It would be refused.")
    shift.send("Save shift")
    shift.refuses("To", "End time must be after start time")
    shift.holds("From", "2030-01-02T10:00")


@pytest.fixture
def new_shifts(api):
    """new_shifts(*people): a schedule made of shifts, whose name is its own."""
    def create(*people):
        return shift_schedule(api, *people, name=unique("Shifts"))

    return create


# --- people and integrations -----------------------------------------------------------------------------------------


def test_users_and_teams(form, make):
    taken, team = make.user(), make.team()
    new = form("/console/users", "Add a user")
    new.fill(Name=LONG, **{"E-mail": taken["email"]})
    new.send("Add")
    new.refuses("E-mail", "Email has already been taken")
    new.refuses("Name", "Name is too long")
    new.holds("E-mail", taken["email"])
    other = form("/console/teams", "New team")
    other.fill(Name=team["name"], Description="Ours")
    other.send("Save")
    other.refuses("Name", "Name has already been taken")
    other.holds("Description", "Ours")
    change = form(f"/console/users/{taken['id']}", "role=button[name='Change']")
    change.fill(Name="", Job_title="z" * 300)
    change.send("Save")
    change.refuses("Name", "Name can't be blank")
    change.refuses("Job title", "Job title is too long")


def test_contact_methods(form, make):
    add = form(f"/console/users/{make.user()['id']}", "Add a contact method")
    add.fill(By=["SMS"], Country_code="99999", Number="12 ab", Label=LONG)
    add.send("Save")
    add.refuses("Number", "Address must be")
    add.refuses("Country code", "Country code must be")
    add.refuses("Label", "Label is too long")
    add.holds("Number", "12 ab")


def test_keys_and_apps(form):
    key = form("/console/integrations/api-access-keys/new")
    key.fill(Description=" " * 3)
    key.send("Create Key")
    key.refuses("Description", "Description can't be blank")
    app = form("/console/integrations/app-registration", "+ New App")
    app.fill(App_name=LONG, Description="Ours")
    app.send("Next")
    app.send("Register App")
    app.refuses("App name", "Name is too long")
    app.holds("App name", LONG)
    app.holds("Description", "Ours")
    app.fill(App_name=unique("App"))
    app.send("Next")
    app.send("Register App")
    app.page.see("dialog .err", "Scopes must name at least one")


def test_orchestrations(form, api):
    new = form("/console/event-orchestrations", "New event orchestration")
    new.fill(Name=LONG, Description="All of the shop")
    new.send("Save")
    new.refuses("Name", "Name is too long")
    new.holds("Description", "All of the shop")
    orchestration = api.post("/event_orchestrations", {"orchestration": {"name": unique("All")}}, expect=201)["orchestration"]
    add = form(f"/console/event-orchestrations/{orchestration['id']}?tab=integrations", "Add an integration")
    add.fill(Label=LONG)
    add.send("Add")
    add.refuses("Label", "Label is too long")


def test_first_steps(form, make):
    make.service()
    add = form("/console/setup", "Add a contact method")
    add.fill(By=["Push"], Topic="no blanks please")
    add.send("Save")
    add.refuses("Topic", "Address")
    add.holds("Topic", "no blanks please")
