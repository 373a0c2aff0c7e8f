#include "http/console/forms.h"

#include "domain/service/vendor.h"

#include <algorithm>
#include <cctype>

namespace callboard::http {

namespace {

constexpr std::string_view keys_path = "/console/integrations/api-access-keys";

Html problems_of(const SentForm& sent) {
    Html out;
    for (const auto& problem : sent.problems)
        out.add(R"(<p class="note bad" role="alert">{}<span>{}</span></p>)", icon(Icon::triggered), problem);
    return out;
}

Html token_field(const View& view) {
    return html(R"(<input type="hidden" name="form_token" value="{}">)", view.form_token);
}

Html text_field(const SentForm& sent, std::string_view name, std::string_view label, bool required) {
    return html(R"(<label class="field"><span class="lbl">{}</span><input class="in" name="{}" value="{}"{}></label>)",
                label,
                name,
                sent.values.text(name).value_or(""),
                required ? html(" required") : Html{});
}

/// Who can do what the reader may not: asked by name.
Page ask_somebody(View& view, std::string_view title, std::string_view what, std::string_view place) {
    Page page;
    page.status = 403;
    page.title = title;
    page.place = place;
    std::vector<UserId> people;
    for (const auto& user : view.tx.list(Query<User>().where_in(&User::role, std::vector{Role::owner, Role::admin})))
        if (!user.deleted_at) people.push_back(user.id);
    page.main = html(R"(<h1>{}</h1><p class="lead">{} Ask a Global Admin or the Account Owner: {}.</p>)",
                     title,
                     what,
                     view.people(people));
    return page;
}

Page log_in_first(std::string_view title, std::string_view place) {
    Page page;
    page.status = 403;
    page.title = title;
    page.place = place;
    page.main =
        html(R"(<h1>{}</h1><p class="lead"><a href="/console/login">Log in</a> to change something.</p>)", title);
    return page;
}

bool administers(const View& view) { return view.viewer && callboard::may(view.viewer->role, Need::admin); }

// --- API access keys -------------------------------------------------------------------------------------------------

Page keys_refused(View& view) {
    if (!view.viewer) return log_in_first("API Access Keys", "integrations");
    return ask_somebody(view, "API Access Keys", "Keys of the account are made by its administrators.", "integrations");
}

Html key_row(View& view, const ApiKey& key) {
    auto one = fmt::format("{}/{}", keys_path, view.id(key.id));
    auto owner = key.user ? html("User key of {}", view.user_link(*key.user)) : html("General access key");
    auto used = key.last_used_at ? html("last used {}", view.time(*key.last_used_at)) : html("never used");
    auto buttons =
        button_form(view, one + (key.disabled ? "/enable" : "/disable"), key.disabled ? "Enable" : "Disable", "sm");
    buttons.add(button_form(view, one + "/delete", "Delete", "sm"));
    return html(
        R"(<li><div class="grow"><b>{}</b><small>{}, {}, ends in <span class="mono">{}</span>, made {}, {}{}</small></div>)"
        R"(<div class="row wrap">{}</div></li>)",
        key.description.empty() ? std::string{"Without a description"} : key.description,
        owner,
        key.read_only ? "read-only" : "full access",
        key.truncated_token,
        view.time(key.created_at),
        used,
        key.disabled ? html(", <b>disabled</b>") : Html{},
        buttons);
}

Page keys_page(View& view) {
    if (!administers(view)) return keys_refused(view);
    Page page;
    page.title = "API Access Keys";
    page.place = "integrations";
    page.main.add(R"(<div class="row wrap"><h1 class="grow">API Access Keys</h1>)"
                  R"(<a class="btn ink" href="{}/new">Create New API Key</a></div>)",
                  keys_path);
    page.main.add(
        R"(<p class="lead dim">Programs use them for the REST API. A key is shown once, when it is made.</p>)");
    Html rows;
    for (const auto& key : view.tx.list(Query<ApiKey>().order_by(&ApiKey::id, Order::descending)))
        rows.add(key_row(view, key));
    if (rows.empty()) rows.add(R"(<li class="dim">There is no key yet.</li>)");
    page.main.add(R"(<ul class="list">{}</ul>)", rows);
    return page;
}

Page new_key_page(View& view, const SentForm& sent) {
    if (!administers(view)) return keys_refused(view);
    Page page;
    page.status = sent.problems.empty() ? 200 : 422;
    page.title = "Create New API Key";
    page.place = "integrations";
    page.main.add(
        R"(<p class="crumbs"><a href="{}">API Access Keys</a></p><div class="narrow"><h1>Create New API Key</h1>{})",
        keys_path,
        problems_of(sent));
    page.main.add(R"(<form method="post" action="{}/new" class="stack-4">{}{})",
                  keys_path,
                  token_field(view),
                  text_field(sent, "description", "Description", true));
    page.main.add(
        R"(<label class="row"><input type="checkbox" name="read_only" value="true"{}><span>Read-only API Key</span></label>)",
        sent.values.flag("read_only") ? html(" checked") : Html{});
    page.main.add(
        R"(<p class="dim">Without it the key may do everything in the account. Backstage's card can read with a )"
        R"(read-only key; to create integrations and dependencies it needs full access.</p>)"
        R"(<div class="row"><button class="btn ink">Create Key</button><a class="btn" href="{}">Cancel</a></div></form></div>)",
        keys_path);
    return page;
}

Page made_key_page(std::string_view description, std::string_view key, bool read_only) {
    Page page;
    page.title = "The new API key";
    page.place = "integrations";
    page.main.add(
        R"(<div class="narrow"><h1>The new API key</h1><p class="note">{}<span>Copy it and store it now: it is not shown again.</span></p>)",
        icon(Icon::info));
    page.main.add(
        R"(<label class="field"><span class="lbl">{}</span><input class="in mono" readonly value="{}"></label>)",
        description,
        key);
    page.main.add(R"(<p class="dim">{}</p><a class="btn" href="{}">I have stored it</a></div>)",
                  read_only ? "It may read everything and change nothing." : "It may do everything in the account.",
                  keys_path);
    return page;
}

// --- Integrations ----------------------------------------------------------------------------------------------------

bool has_words(std::string_view text, std::string_view part) {
    auto equal = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
    };
    return !std::ranges::search(text, part, equal).empty() || part.empty();
}

Html vendor_row(View& view, const Service& service, const Vendor& vendor) {
    return html(
        R"(<li><div class="grow"><b>{}</b><small>{}</small></div><form method="post" action="/console/services/{}/integrations/new">{})"
        R"(<input type="hidden" name="vendor" value="{}"><button class="btn sm" aria-label="Add {}">Add</button></form></li>)",
        vendor.name,
        vendor.description,
        view.id(service.id),
        token_field(view),
        vendor.id,
        vendor.name);
}

Page new_integration_page(View& view, std::string_view service_id, const SentForm& sent) {
    auto service = row_of<Service>(view, service_id);
    if (!service) return nothing_here();
    if (!view.viewer) return log_in_first("Add an Integration", "services");
    if (!may(view, *service, Need::manage))
        return ask_somebody(view, "Add an Integration", "Your role does not let you change this service.", "services");
    Page page;
    page.status = sent.problems.empty() ? 200 : 422;
    page.title = "Add an Integration";
    page.place = "services";
    auto wanted = sent.values.text("query").value_or("");
    page.main.add(R"(<p class="crumbs">Service {}</p><h1>Add an Integration</h1>{})",
                  view.service_link(service->id),
                  problems_of(sent));
    page.main.add(
        R"(<form method="get" class="row lead"><label class="grow"><span class="lbl">Search</span>)"
        R"(<input class="in" type="search" name="query" value="{}" placeholder="Backstage, Prometheus …"></label>)"
        R"(<button class="btn">Search</button></form>)",
        wanted);
    Html rows;
    for (const auto& vendor : vendors())
        if (has_words(vendor.name, wanted) || has_words(vendor.description, wanted))
            rows.add(vendor_row(view, *service, vendor));
    if (rows.empty())
        rows.add(
            R"(<li class="dim">Nothing is called that. Events API V2 takes events of whatever can send JSON.</li>)");
    page.main.add(R"(<ul class="list">{}</ul>)", rows);
    return page;
}

// --- Services --------------------------------------------------------------------------------------------------------

Page new_service_page(View& view, const SentForm& sent) {
    if (!view.viewer) return log_in_first("New Service", "services");
    auto policies = seen_policies(view);
    Page page;
    page.status = sent.problems.empty() ? 200 : 422;
    page.title = "New Service";
    page.place = "services";
    page.main.add(
        R"(<p class="crumbs"><a href="/console/service-directory">Services</a></p><div class="narrow"><h1>New Service</h1>{})",
        problems_of(sent));
    if (policies.empty()) {
        page.main.add(
            R"(<p class="lead">A service follows an escalation policy, and there is none that you see.</p></div>)");
        return page;
    }
    page.main.add(R"(<form method="post" action="/console/service-directory/new" class="stack-4">{}{}{})",
                  token_field(view),
                  text_field(sent, "name", "Name", true),
                  text_field(sent, "description", "Description", false));
    Html options;
    auto chosen = sent.values.text("escalation_policy").value_or("");
    for (const auto& policy : policies)
        options.add(R"(<option value="{}"{}>{}</option>)",
                    view.id(policy.id),
                    view.id(policy.id) == chosen ? html(" selected") : Html{},
                    policy.name);
    page.main.add(
        R"(<label class="field"><span class="lbl">Escalation Policy</span><select class="in" name="escalation_policy">{}</select></label>)",
        options);
    Html boxes;
    auto ticked = sent.values.all("vendor");
    for (const auto& vendor : vendors())
        boxes.add(R"(<label class="row"><input type="checkbox" name="vendor" value="{}"{}><span>{}</span></label>)",
                  vendor.id,
                  std::ranges::find(ticked, vendor.id) != ticked.end() ? html(" checked") : Html{},
                  vendor.name);
    page.main.add(R"(<fieldset class="field"><legend class="lbl">Integrations</legend>{}</fieldset>)", boxes);
    page.main.add(
        R"(<div class="row"><button class="btn ink">Create Service</button><a class="btn" href="/console/service-directory">Cancel</a></div></form></div>)");
    return page;
}

using Segments = std::vector<std::string_view>;

/// "*" stands for any one.
bool is_at(const Segments& segments, std::initializer_list<std::string_view> pattern) {
    return std::ranges::equal(
        segments, pattern, [](std::string_view a, std::string_view b) { return b == "*" || a == b; });
}

std::string text_in(const json::value& body, std::string_view object, std::string_view member) {
    const auto* outer = body.if_object();
    const auto* inner = outer ? outer->if_contains(object) : nullptr;
    const auto* value = inner && inner->is_object() ? inner->get_object().if_contains(member) : nullptr;
    return value && value->is_string() ? std::string{value->get_string()} : std::string{};
}

/// Of an incident as REST shows it: nobody else has it.
bool is_had_only_by(std::string_view user, const json::value& body) {
    if (text_in(body, "incident", "status") != "acknowledged") return false;
    const auto& acknowledgements = body.at("incident").at("acknowledgements").as_array();
    auto is_theirs = [&](const json::value& one) { return text_in(one, "acknowledger", "id") == user; };
    return !acknowledgements.empty() && std::ranges::all_of(acknowledgements, is_theirs);
}

}  // namespace

bool may(View& view, const Service& service, Need need) {
    if (!view.viewer) return false;
    auto before = std::exchange(view.request.need, need);
    bool allowed = permit(view.request, teams_of(view.tx, service)).ok();
    view.request.need = before;
    return allowed;
}

Html button_form(View& view, const std::string& action, std::string_view word, std::string_view style) {
    if (view.form_token.empty()) return {};
    return html(R"(<form method="post" action="{}">{}<button class="btn {}">{}</button></form>)",
                action,
                token_field(view),
                style,
                word);
}

std::optional<Page> form_page(View& view, const Segments& segments, const QueryString& query) {
    if (is_at(segments, {"integrations"}) || is_at(segments, {"integrations", "api-access-keys"}))
        return keys_page(view);
    if (is_at(segments, {"integrations", "api-access-keys", "new"})) return new_key_page(view, {});
    if (is_at(segments, {"service-directory", "new"})) return new_service_page(view, {});
    if (is_at(segments, {"services", "*", "integrations", "new"}))
        return new_integration_page(view, segments[1], {query, {}});
    return std::nullopt;
}

std::optional<Acted> Acts::act(const User& user, const Segments& segments, const QueryString& form) {
    if (is_at(segments, {"integrations", "api-access-keys", "new"})) return create_key(user, form);
    for (auto what : {"enable", "disable", "delete"})
        if (is_at(segments, {"integrations", "api-access-keys", "*", what})) return change_key(user, segments[2], what);
    if (is_at(segments, {"service-directory", "new"})) return create_service(user, form);
    if (is_at(segments, {"services", "*", "integrations", "new"})) return add_integration(user, segments[1], form);
    if (is_at(segments, {"services", "*", "integrations", "*", "rename"}))
        return rename_integration(user, segments[1], segments[3], form);
    if (is_at(segments, {"services", "*", "test"})) return page_as_a_test(user, segments[1]);
    if (is_at(segments, {"users", "*", "invite"})) return invite(user, segments[1]);
    for (auto what : {"acknowledge", "resolve", "give-back"})
        if (is_at(segments, {"incidents", "*", what})) return answer_incident(user, segments[1], what);
    return std::nullopt;
}

Acts::Done Acts::rest(const User& user, std::string method, const std::string& target, json::value body) {
    Actor actor{.kind = Actor::Kind::session, .user = user};
    auto answer = rest_.dispatch(std::move(actor), std::move(method), target, std::move(body), user.email);
    Done done;
    done.body = std::move(answer.body);
    if (answer.status < 400) return done;
    const auto* outer = done.body.if_object();
    const auto* error = outer ? outer->if_contains("error") : nullptr;
    const auto* object = error ? error->if_object() : nullptr;
    const auto* list = object ? object->if_contains("errors") : nullptr;
    if (list && list->is_array())
        for (const auto& one : list->get_array())
            if (one.is_string()) done.problems.emplace_back(one.get_string());
    if (done.problems.empty()) done.problems.push_back(text_in(done.body, "error", "message"));
    return done;
}

Acted Acts::create_key(const User& user, const QueryString& form) {
    if (!callboard::may(user.role, Need::admin)) return {{}, [](View& view) { return keys_refused(view); }};
    json::object key{{"description", form.text("description").value_or("")}, {"read_only", form.flag("read_only")}};
    auto done = rest(user, "POST", "/console/api_keys", json::object{{"api_key", std::move(key)}});
    if (!done.problems.empty())
        return {{}, [sent = SentForm{form, done.problems}](View& view) { return new_key_page(view, sent); }};
    auto description = text_in(done.body, "api_key", "description");
    return {{}, [description, key = text_in(done.body, "api_key", "key"), read_only = form.flag("read_only")](View&) {
                return made_key_page(description, key, read_only);
            }};
}

Acted Acts::change_key(const User& user, std::string_view id, std::string_view what) {
    if (!callboard::may(user.role, Need::admin)) return {{}, [](View& view) { return keys_refused(view); }};
    auto target = fmt::format("/console/api_keys/{}", id);
    auto done =
        what == "delete"
            ? rest(user, "DELETE", target, nullptr)
            : rest(user, "PUT", target, json::object{{"api_key", json::object{{"disabled", what == "disable"}}}});
    if (!done.problems.empty()) return {{}, [](View&) { return nothing_here(); }};
    return {std::string{keys_path}, {}};
}

Acted Acts::add_integration(const User& user, std::string_view service, const QueryString& form) {
    auto vendor = form.text("vendor").value_or("");
    auto done =
        rest(user,
             "POST",
             fmt::format("/services/{}/integrations", service),
             json::object{{"integration",
                           json::object{{"vendor", json::object{{"id", vendor}, {"type", "vendor_reference"}}}}}});
    if (done.problems.empty())
        return {fmt::format("/console/services/{}/integrations/{}", service, text_in(done.body, "integration", "id")),
                {}};
    return {{}, [sent = SentForm{form, done.problems}, id = std::string{service}](View& view) {
                return new_integration_page(view, id, sent);
            }};
}

Acted Acts::rename_integration(const User& user,
                               std::string_view service,
                               std::string_view id,
                               const QueryString& form) {
    auto done = rest(user,
                     "PUT",
                     fmt::format("/services/{}/integrations/{}", service, id),
                     json::object{{"integration", json::object{{"name", form.text("name").value_or("")}}}});
    if (done.problems.empty()) return {fmt::format("/console/services/{}/integrations/{}", service, id), {}};
    return {{}, [problems = done.problems, service = std::string{service}, id = std::string{id}](View& view) {
                auto page = integration_page(view, service, id);
                auto whole = problems_of({{}, problems});
                page.status = 422;
                page.main = whole.add(page.main);
                return page;
            }};
}

Acted Acts::create_service(const User& user, const QueryString& form) {
    auto done = rest(user,
                     "POST",
                     "/services",
                     json::object{{"service",
                                   json::object{{"name", form.text("name").value_or("")},
                                                {"description", form.text("description").value_or("")},
                                                {"escalation_policy",
                                                 json::object{{"id", form.text("escalation_policy").value_or("")},
                                                              {"type", "escalation_policy_reference"}}}}}});
    if (!done.problems.empty())
        return {{}, [sent = SentForm{form, done.problems}](View& view) { return new_service_page(view, sent); }};
    auto id = text_in(done.body, "service", "id");
    for (const auto& vendor : form.all("vendor")) {
        auto added =
            rest(user,
                 "POST",
                 fmt::format("/services/{}/integrations", id),
                 json::object{{"integration",
                               json::object{{"vendor", json::object{{"id", vendor}, {"type", "vendor_reference"}}}}}});
        if (!added.problems.empty())
            return {{}, [sent = SentForm{{}, added.problems}, id](View& view) {
                        return new_integration_page(view, id, sent);
                    }};
    }
    return {"/console/service-directory/" + id, {}};
}

Acted Acts::page_as_a_test(const User& user, std::string_view service) {
    json::object incident{{"type", "incident"},
                          {"title", fmt::format("Test page, started by {}", user.name)},
                          {"service", json::object{{"id", service}, {"type", "service_reference"}}}};
    auto done = rest(user, "POST", "/incidents", json::object{{"incident", std::move(incident)}});
    if (done.problems.empty()) return {"/console/incidents/" + text_in(done.body, "incident", "id"), {}};
    return {{}, [problems = done.problems, id = std::string{service}](View& view) {
                auto page = service_page(view, id);
                auto whole = problems_of({{}, problems});
                page.status = page.status == 200 ? 422 : page.status;
                page.main = whole.add(page.main);
                return page;
            }};
}

Acted Acts::invite(const User& user, std::string_view id) {
    auto done = rest(
        user,
        "POST",
        "/console/invitations",
        json::object{{"invitation", json::object{{"user", json::object{{"id", id}, {"type", "user_reference"}}}}}});
    return {
        {},
        [problems = done.problems, id = std::string{id}, url = text_in(done.body, "invitation", "url")](View& view) {
            auto page = user_page(view, id);
            if (!problems.empty()) page.status = page.status == 200 ? 422 : page.status;
            auto whole = problems_of({{}, problems});
            if (problems.empty())
                whole.add(
                    R"(<p class="note">{}<span>Send this address to the person. It works once, for a week.</span></p>)"
                    R"(<label class="field"><span class="lbl">Invitation</span><input class="in mono" readonly value="{}"></label>)",
                    icon(Icon::info),
                    url);
            page.main = whole.add(page.main);
            return page;
        }};
}

Acted Acts::answer_incident(const User& user, std::string_view id, std::string_view what) {
    // REST reopens what is resolved when it is acknowledged; nobody who looks at an old page wants that.
    auto seen = rest(user, "GET", fmt::format("/incidents/{}", id), nullptr);
    if (what == "acknowledge" && text_in(seen.body, "incident", "status") == "resolved")
        return {fmt::format("/console/incidents/{}", id), {}};
    // What is over, or somebody else has by now, is not the reader's to give.
    if (what == "give-back" && !is_had_only_by(site_.ids.text(user.id), seen.body))
        return {fmt::format("/console/incidents/{}", id), {}};
    constexpr auto status_of = [](std::string_view act) {
        return act == "resolve" ? "resolved" : act == "give-back" ? "triggered" : "acknowledged";
    };
    auto done =
        rest(user,
             "PUT",
             fmt::format("/incidents/{}", id),
             json::object{{"incident", json::object{{"type", "incident_reference"}, {"status", status_of(what)}}}});
    if (done.problems.empty()) return {fmt::format("/console/incidents/{}", id), {}};
    return {{}, [problems = done.problems, id = std::string{id}](View& view) {
                auto page = incident_page(view, id);
                auto whole = problems_of({{}, problems});
                page.status = page.status == 200 ? 422 : page.status;
                page.main = whole.add(page.main);
                return page;
            }};
}

}  // namespace callboard::http
