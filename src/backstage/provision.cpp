// Routes: what software templates make. Each first looks whether it is there already, by its name, so that a template
// can be run again; `dry_run` only says what would be made.

#include "backstage/failure.h"
#include "backstage/handlers.h"
#include "backstage/integration_key.h"
#include "backstage/pages.h"
#include "backstage/person.h"
#include "backstage/service_directory.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr std::int64_t auto_pause_seconds = 300;
constexpr std::int64_t minutes_per_year = 525'600;
constexpr std::size_t list_max = 50;
/// 30 days, as upstream allows.
constexpr std::int64_t delay_minutes_max = 43'200;

/// The body of a request, and what is wrong with it by field.
class Form {
public:
    explicit Form(const json::value& body) : body_(body) {
        const auto* dry = member(body_, {"dry_run"});
        if (dry && !dry->is_bool()) problem("dry_run", "must be true or false");
    }

    std::string required(std::string_view name) {
        auto text = std::string{text_at(body_, name)};
        if (text.find_first_not_of(" \t\r\n") == std::string::npos) problem(name, "is needed");
        return text;
    }

    [[nodiscard]] std::string text(std::string_view name) const { return std::string{text_at(body_, name)}; }

    std::int64_t number(std::string_view name, std::int64_t unless_given, std::int64_t least, std::int64_t most) {
        const auto* sent = member(body_, {name});
        if (!sent || sent->is_null()) return unless_given;
        auto value = number_at(body_, name);
        if (value && *value >= least && *value <= most) return *value;
        problem(name, fmt::format("must be a number from {} to {}", least, most));
        return unless_given;
    }

    Timestamp time(std::string_view name, Timestamp unless_given) {
        auto sent = text_at(body_, name);
        if (sent.empty()) return unless_given;
        if (auto parsed = parse_iso8601(sent)) return parsed->at;
        problem(name, "must be a time, as 2026-01-31T09:00:00Z");
        return unless_given;
    }

    /// References to what a list of ids names; at least one unless `may_be_empty`.
    json::array
    references(const json::value& in, std::string_view name, std::string_view type, bool may_be_empty = false) {
        json::array out;
        const auto& ids = list_at(in, name);
        for (const auto& id : ids)
            if (id.is_string()) out.emplace_back(json::object{{"id", id}, {"type", type}});
        if (out.size() != ids.size() || out.size() > list_max || (out.empty() && !may_be_empty))
            problem(name, fmt::format("must be a list of ids, {} at most", list_max));
        return out;
    }

    /// [{"href": …, "text": …}], none unless given.
    json::array links(std::string_view name) {
        json::array out;
        const auto& sent = list_at(body_, name);
        for (const auto& link : sent) {
            auto href = text_at(link, "href");
            if (!href.starts_with("http://") && !href.starts_with("https://")) continue;
            json::object one{{"href", href}};
            if (auto text = text_at(link, "text"); !text.empty()) one["text"] = text;
            out.emplace_back(std::move(one));
        }
        if (out.size() != sent.size() || out.size() > list_max)
            problem(name,
                    fmt::format("must be a list of links, {} at most, each with an address as its href", list_max));
        return out;
    }

    void problem(std::string_view name, std::string_view what) {
        problems_.emplace_back(fmt::format("{}: {}", name, what));
    }

    [[nodiscard]] std::optional<Reply> refusal() const {
        if (problems_.empty()) return std::nullopt;
        return Reply{400, json::object{{"errors", problems_}}};
    }

private:
    const json::value& body_;
    json::array problems_;
};

/// What is to be there when all is done.
struct Plan {
    std::string_view plural;
    std::string_view singular;
    /// Lists what may be it already; has a query.
    std::string find;
    bool (*same)(const json::value& item, const json::object& wanted);
    std::string create;
    json::object object;
};

bool same_name(const json::value& item, const json::object& wanted) {
    return text_at(item, "name") == text_at(wanted, "name");
}

bool is_dry(const Call& call) {
    const auto* dry = member(call.body, {"dry_run"});
    return dry && dry->is_bool() && dry->get_bool();
}

const Account* account_of(Call& call) {
    auto named = text_at(call.body, "account");
    return named.empty() ? &call.account : call.room.accounts.find(named);
}

Reply outcome(const Account& account, std::string_view what, const json::value& object) {
    const auto* address = member(object, {"html_url"});
    return {what == "created" ? 201 : 200,
            json::object{{"outcome", what},
                         {"account", account.id},
                         {"id", text_at(object, "id")},
                         {"name", name_of(object)},
                         {"html_url", address ? *address : json::value(nullptr)}}};
}

Answer create(Call& call, const Account& account, const Plan& plan) {
    auto question = call.question("POST", plan.create);
    question.body = json::object{{plan.singular, plan.object}};
    question.from = email_of_caller(call).email;
    auto answer = call.ask(account, question);
    call.room.directory.outdate(account);
    return answer;
}

/// Upstream's own words come after ours.
Reply refused_by(Call& call, const Account& account, const Answer& answer, Reply failure) {
    if (auto what = lacking_name(call, account, answer)) return refused(failure.status, *what);
    auto& errors = failure.body.as_object()["errors"].as_array();
    for (const auto& problem : list_at(answer.body, {"error", "errors"}))
        if (problem.is_string()) errors.push_back(problem);
    return failure;
}

constexpr Operation operation_create{"Failed to create what was asked for."};
constexpr Operation operation_tell{"The change event was refused."};
constexpr Operation operation_find{"Failed to look whether it is there already."};

/// The thing that is there already.
struct Existing {
    json::value item{};
    std::optional<Reply> failure{};
};

Existing find(Call& call, const Account& account, const Plan& plan) {
    auto found = collect(call, account, operation_find, plan.find, plan.plural);
    if (found.failure) return {nullptr, std::move(found.failure)};
    auto at = std::ranges::find_if(found.items, [&](const auto& item) { return plan.same(item, plan.object); });
    if (at == found.items.end()) return {};
    return {std::move(*at), std::nullopt};
}

Reply carry_out(Call& call, const Account& account, const Plan& plan) {
    auto existing = find(call, account, plan);
    if (existing.failure) return *existing.failure;
    if (!existing.item.is_null()) return outcome(account, "found", existing.item);
    if (is_dry(call)) return outcome(account, "would_create", plan.object);
    auto answer = create(call, account, plan);
    if (auto failure = failure_of(answer, operation_create, plan.singular))
        return refused_by(call, account, answer, std::move(*failure));
    return outcome(account, "created", *member(answer.body, {plan.singular}));
}

Reply no_account(const Call& call) {
    return refused(404, fmt::format("There is no account {}.", text_at(call.body, "account")));
}

json::object reference(std::string_view id, std::string_view type) { return {{"id", id}, {"type", type}}; }

// --- Services ---

json::object service_to_make(Form& form) {
    json::object service{
        {"type", "service"},
        {"name", form.required("name")},
        {"description", form.text("description")},
        {"alert_creation", "create_alerts_and_incidents"},
        {"escalation_policy", reference(form.required("escalation_policy_id"), "escalation_policy_reference")},
        {"auto_pause_notifications_parameters", json::object{{"enabled", true}, {"timeout", auto_pause_seconds}}}};
    auto grouping = form.text("alert_grouping");
    if (grouping.empty()) return service;
    json::object config;
    if (grouping == "time")
        config["timeout"] = 0;
    else if (grouping == "content_based")
        config = json::object{{"aggregate", "all"}, {"fields", json::array{"summary"}}, {"time_window", 300}};
    else if (grouping != "intelligent")
        form.problem("alert_grouping", "must be time, intelligent or content_based");
    service["alert_grouping_parameters"] = json::object{{"type", grouping}, {"config", std::move(config)}};
    return service;
}

/// The service, without what the account's plan does not have; that is named in `left_out`.
Reply make_service(Call& call, const Account& account, Plan plan) {
    auto reply = carry_out(call, account, plan);
    json::array left_out;
    for (auto* extra : {"alert_grouping_parameters", "auto_pause_notifications_parameters"}) {
        if (reply.status != 400 && reply.status != 402 && reply.status != 403) break;
        if (plan.object.erase(extra) == 0) continue;
        left_out.emplace_back(extra);
        reply = carry_out(call, account, plan);
    }
    if (reply.status < 300) reply.body.as_object()["left_out"] = std::move(left_out);
    return reply;
}

/// The account that is named, else the one that has the policy: a template's list of policies is of all accounts.
const Account* account_with_policy(Call& call, const json::object& service) {
    auto accounts = call.room.accounts.all();
    if (!text_at(call.body, "account").empty() || accounts.size() == 1) return account_of(call);
    auto policy = "/escalation_policies/" + percent_encode(text_at(service, {"escalation_policy", "id"}));
    for (const auto& account : accounts)
        if (call.ask(account, call.question("GET", policy, Freshness::directory)).ok()) return &account;
    return account_of(call);
}

// --- Integrations ---

/// The vendor of a name or id.
Existing vendor_of(Call& call, const Account& account, const std::string& named) {
    auto target = fmt::format("/vendors?query={}", percent_encode(named));
    auto found = collect(call, account, operation_find, target, "vendors", Freshness::directory);
    if (found.failure) return {nullptr, std::move(found.failure)};
    auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    for (auto& vendor : found.items)
        if (std::ranges::equal(text_at(vendor, "name"), named, {}, lower, lower)) return {std::move(vendor), {}};
    auto answer = call.ask(account, call.question("GET", "/vendors/" + percent_encode(named), Freshness::directory));
    auto failure = failure_of(answer, operation_find, "vendor");
    if (!failure) return {value_at(answer.body, {"vendor"}), {}};
    if (failure->status != 404) return {nullptr, std::move(failure)};
    return {nullptr, refused(400, fmt::format("vendor: there is none with the name or id {}", named))};
}

Reply integration_reply(const Account& account, std::string_view what, const json::value& integration) {
    auto reply = outcome(account, what, integration);
    auto& body = reply.body.as_object();
    body["integration_key"] = text_at(integration, "integration_key");
    body["events_url"] = account.events_url.empty() ? json::value(nullptr) : json::value(account.events_url);
    return reply;
}

}  // namespace

Reply provision_service(Call& call) {
    Form form(call.body);
    Plan plan{"services", "service", {}, same_name, "/services", service_to_make(form)};
    if (auto refusal = form.refusal()) return *refusal;
    const auto* account = account_with_policy(call, plan.object);
    if (!account) return no_account(call);
    plan.find = "/services?query=" + percent_encode(text_at(plan.object, "name"));
    auto reply = make_service(call, *account, std::move(plan));
    auto id = std::string{text_at(reply.body, "id")};
    if (reply.status >= 300 || id.empty()) return reply;
    if (is_dry(call)) return reply;
    auto key = backstage_key_of(call, *account, id);
    if (key.failure) return *key.failure;
    reply.body.as_object()["integration_key"] = key.key;
    return reply;
}

Reply provision_integration(Call& call) {
    const auto* account = account_of(call);
    if (!account) return no_account(call);
    Form form(call.body);
    auto service_id = form.required("service_id");
    auto vendor_name = form.required("vendor");
    if (auto refusal = form.refusal()) return *refusal;
    auto vendor = vendor_of(call, *account, vendor_name);
    if (vendor.failure) return *vendor.failure;
    auto vendor_id = text_at(vendor.item, "id");
    auto name = form.text("name").empty() ? std::string{name_of(vendor.item)} : form.text("name");
    auto target = fmt::format("/services/{}?include[]=integrations", percent_encode(service_id));
    auto service = call.ask(*account, call.question("GET", target));
    if (auto failure = failure_of(service, operations::get_service, "service")) return *failure;
    for (const auto& one : list_at(service.body, {"service", "integrations"}))
        if (text_at(one, {"vendor", "id"}) == vendor_id && (form.text("name").empty() || name_of(one) == name))
            return integration_reply(*account, "found", one);
    json::object integration{{"type", "generic_events_api_inbound_integration"},
                             {"name", name},
                             {"service", reference(service_id, "service_reference")},
                             {"vendor", reference(vendor_id, "vendor_reference")}};
    if (is_dry(call)) return integration_reply(*account, "would_create", integration);
    Plan plan{"integrations",
              "integration",
              {},
              same_name,
              fmt::format("/services/{}/integrations", percent_encode(service_id)),
              std::move(integration)};
    auto answer = create(call, *account, plan);
    if (auto failure = failure_of(answer, operations::create_integration, "integration"))
        return refused_by(call, *account, answer, std::move(*failure));
    return integration_reply(*account, "created", *member(answer.body, {"integration"}));
}

Reply provision_schedule(Call& call) {
    const auto* account = account_of(call);
    if (!account) return no_account(call);
    Form form(call.body);
    auto name = form.required("name");
    // A rotation begins on a whole minute.
    auto start = format_iso8601(std::chrono::floor<std::chrono::minutes>(form.time("start", call.now)));
    json::array users;
    for (auto& user : form.references(call.body, "user_ids", "user_reference"))
        users.emplace_back(json::object{{"user", std::move(user)}});
    json::object layer{{"name", "Rotation"},
                       {"start", start},
                       {"rotation_virtual_start", start},
                       {"rotation_turn_length_seconds", form.number("rotation_days", 7, 1, 365) * 86'400},
                       {"users", std::move(users)}};
    json::object schedule{{"type", "schedule"},
                          {"name", name},
                          {"description", form.text("description")},
                          {"time_zone", form.required("time_zone")},
                          {"schedule_layers", json::array{std::move(layer)}}};
    if (auto refusal = form.refusal()) return *refusal;
    auto find = "/schedules?query=" + percent_encode(name);
    return carry_out(call, *account, {"schedules", "schedule", find, same_name, "/schedules", std::move(schedule)});
}

Reply provision_escalation_policy(Call& call) {
    const auto* account = account_of(call);
    if (!account) return no_account(call);
    Form form(call.body);
    auto name = form.required("name");
    json::array rules;
    for (const auto& level : list_at(call.body, "levels")) {
        auto targets = form.references(level, "schedule_ids", "schedule_reference", true);
        for (auto& user : form.references(level, "user_ids", "user_reference", true)) targets.push_back(user);
        if (targets.empty()) form.problem("levels", "each needs a schedule or a person");
        auto delay = number_at(level, "delay_minutes").value_or(member(level, {"delay_minutes"}) ? 0 : 30);
        if (delay < 1 || delay > delay_minutes_max)
            form.problem("levels", fmt::format("delay_minutes must be a number from 1 to {}", delay_minutes_max));
        rules.emplace_back(json::object{{"escalation_delay_in_minutes", delay}, {"targets", std::move(targets)}});
    }
    if (rules.empty()) form.problem("levels", "at least one is needed");
    json::object policy{{"type", "escalation_policy"},
                        {"name", name},
                        {"description", form.text("description")},
                        {"num_loops", form.number("repeats", 0, 0, 9)},
                        {"escalation_rules", std::move(rules)}};
    if (auto refusal = form.refusal()) return *refusal;
    auto find = "/escalation_policies?query=" + percent_encode(name);
    return carry_out(
        call,
        *account,
        {"escalation_policies", "escalation_policy", find, same_name, "/escalation_policies", std::move(policy)});
}

/// The same one is one that is not over, with the same description.
Reply provision_maintenance_window(Call& call) {
    const auto* account = account_of(call);
    if (!account) return no_account(call);
    Form form(call.body);
    auto services = form.references(call.body, "service_ids", "service_reference");
    auto description = form.required("description");
    auto start = form.time("start", call.now);
    auto length = std::chrono::minutes{form.number("minutes", 60, 1, minutes_per_year)};
    if (auto refusal = form.refusal()) return *refusal;
    std::string find = "/maintenance_windows?filter=open";
    for (const auto& one : services) find += "&service_ids[]=" + percent_encode(text_at(one, "id"));
    json::object window{{"type", "maintenance_window"},
                        {"start_time", format_iso8601(start)},
                        {"end_time", format_iso8601(start + length)},
                        {"description", description},
                        {"services", std::move(services)}};
    auto same = [](const json::value& item, const json::object& wanted) {
        return text_at(item, "description") == text_at(wanted, "description");
    };
    return carry_out(
        call,
        *account,
        {"maintenance_windows", "maintenance_window", find, same, "/maintenance_windows", std::move(window)});
}

/// The same one is an open one with the same key; without a key, with the same title.
Reply provision_incident(Call& call) {
    const auto* account = account_of(call);
    if (!account) return no_account(call);
    Form form(call.body);
    auto service_id = form.required("service_id");
    json::object incident{{"type", "incident"},
                          {"title", form.required("title")},
                          {"service", reference(service_id, "service_reference")},
                          {"body", json::object{{"type", "incident_body"}, {"details", form.text("details")}}}};
    if (auto urgency = form.text("urgency"); urgency == "high" || urgency == "low")
        incident["urgency"] = urgency;
    else if (!urgency.empty())
        form.problem("urgency", "must be high or low");
    if (auto key = form.text("dedup_key"); !key.empty()) incident["incident_key"] = key;
    if (auto refusal = form.refusal()) return *refusal;
    auto find = fmt::format("/incidents?date_range=all&statuses[]=triggered&statuses[]=acknowledged&service_ids[]={}",
                            percent_encode(service_id));
    auto same = [](const json::value& item, const json::object& wanted) {
        auto key = text_at(wanted, "incident_key");
        return key.empty() ? text_at(item, "title") == text_at(wanted, "title") : text_at(item, "incident_key") == key;
    };
    return carry_out(call, *account, {"incidents", "incident", find, same, "/incidents", std::move(incident)});
}

/// Told by the service's integration for Backstage. A change has no name, so that a template that is run again tells of
/// it again.
Reply provision_change_event(Call& call) {
    const auto* account = account_of(call);
    if (!account) return no_account(call);
    Form form(call.body);
    auto service_id = form.required("service_id");
    json::object payload{{"summary", form.required("summary")},
                         {"source", form.text("source").empty() ? "Backstage" : form.text("source")},
                         {"timestamp", format_iso8601(form.time("timestamp", call.now))}};
    if (!call.caller.ref.empty()) payload["custom_details"] = json::object{{"user", call.caller.ref}};
    auto links = form.links("links");
    if (auto refusal = form.refusal()) return *refusal;
    auto told = json::object{{"id", ""}, {"name", payload["summary"]}};
    if (is_dry(call)) {
        auto service = call.ask(*account, call.question("GET", "/services/" + percent_encode(service_id)));
        if (auto failure = failure_of(service, operations::get_service, "service")) return *failure;
        return outcome(*account, "would_create", told);
    }
    auto key = backstage_key_of(call, *account, service_id);
    if (key.failure) return *key.failure;
    if (key.key.empty())
        return refused(403, "The service's integration for Backstage has no key that these credentials may read.");
    json::object event{{"routing_key", key.key}, {"payload", std::move(payload)}, {"links", std::move(links)}};
    auto answer = account->upstream->send_change(event, call.deadline);
    if (auto failure = failure_of(answer, operation_tell)) {
        auto& errors = failure->body.as_object()["errors"].as_array();
        for (const auto& problem : list_at(answer.body, "errors"))
            if (problem.is_string()) errors.push_back(problem);
        return *failure;
    }
    account->upstream->outdate(service_id);
    return outcome(*account, "created", told);
}

}  // namespace callboard::backstage
