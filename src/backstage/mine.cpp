// Routes: the caller's own on-call and incidents, many services in one view, and whom an incident can go to.

#include "backstage/card_parts.h"
#include "backstage/each_account.h"
#include "backstage/entity_of.h"
#include "backstage/failure.h"
#include "backstage/handlers.h"
#include "backstage/pages.h"
#include "backstage/parallel.h"
#include "backstage/permissions.h"
#include "backstage/person.h"
#include "backstage/selector.h"
#include "backstage/service_directory.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr auto own_window = days{30};
constexpr std::size_t selectors_max = 200;
/// So that an address stays short enough for everybody on the way.
constexpr std::size_t ids_per_question = 50;

json::object id_and_name(const json::value& object) {
    return {{"id", text_at(object, "id")}, {"name", name_of(object)}};
}

/// Of the oldest that was read for it.
std::string read_at(const Call& call) { return format_iso8601(call.as_of.value_or(call.now)); }

// --- Many services ---

struct Row {
    std::string entity_ref;
    const Account* account = nullptr;
    const ServiceRow* service = nullptr;
    std::string state = "ok";
    std::int64_t triggered = 0;
    /// Of these, those of low urgency: they can wait.
    std::int64_t triggered_low = 0;
    std::int64_t acknowledged = 0;
    std::set<std::string> on_call{};
    /// Whether that could be asked: nobody is something else than not known.
    bool on_call_known = true;
    /// The incident that needs somebody most, the newest of these; null when none is open.
    json::value worst{};
    int worst_rank = 0;
    json::value maintenance{};

    void take(const json::value& incident) {
        bool is_triggered = text_at(incident, "status") == "triggered";
        bool is_low = text_at(incident, "urgency") == "low";
        ++(is_triggered ? triggered : acknowledged);
        if (is_triggered && is_low) ++triggered_low;
        int need = !is_triggered ? 1 : is_low ? 2 : 0;
        if (!worst.is_null() && need >= worst_rank) return;
        worst = incident_item(incident);
        worst_rank = need;
    }

    /// The worst comes first.
    [[nodiscard]] int rank() const {
        if (triggered > triggered_low) return 0;
        if (acknowledged + triggered_low > 0) return 1;
        // An entity that nobody has linked is an offer, and no trouble.
        if (!service && state == "not_configured") return 5;
        if (state != "ok") return 2;
        return service && service->status == "maintenance" ? 3 : 4;
    }
};

json::object row_object(const Row& row) {
    json::array names;
    for (const auto& name : row.on_call) names.emplace_back(name);
    json::value service;
    if (row.service)
        service = json::object{{"id", row.service->id},
                               {"name", row.service->name},
                               {"status", row.service->status},
                               {"html_url", row.service->html_url},
                               {"last_incident_at",
                                row.service->last_incident_at.empty() ? json::value(nullptr)
                                                                      : json::value(row.service->last_incident_at)}};
    return {{"entity_ref", row.entity_ref},
            {"state", row.state},
            {"service", std::move(service)},
            {"open",
             json::object{{"triggered", row.triggered},
                          {"triggered_low", row.triggered_low},
                          {"acknowledged", row.acknowledged}}},
            {"on_call", row.on_call_known ? json::value(std::move(names)) : json::value(nullptr)},
            {"worst", row.worst},
            {"maintenance", row.maintenance}};
}

/// Asks for one account's rows, some ids at a time.
class RollUp {
public:
    RollUp(Call& call, const Account& account, std::vector<Row*> rows)
        : call_(call), account_(account), rows_(std::move(rows)) {}

    void read() {
        for (std::size_t begin = 0; begin < rows_.size(); begin += ids_per_question) {
            auto end = std::min(begin + ids_per_question, rows_.size());
            std::span<Row*> some{rows_.data() + begin, end - begin};
            read_incidents(some);
            read_on_call(some);
            read_maintenance(some);
        }
    }

private:
    template <class Id>
    static std::string joined(std::span<Row*> rows, std::string_view name, Id id) {
        std::set<std::string> ids;
        for (const auto* row : rows) ids.insert(id(*row));
        std::string out;
        for (const auto& one : ids)
            if (!one.empty()) out += fmt::format("&{}[]={}", name, percent_encode(one));
        return out;
    }

    void read_incidents(std::span<Row*> rows) {
        auto ids = joined(rows, "service_ids", [](const Row& row) { return row.service->id; });
        auto target = "/incidents?time_zone=UTC&date_range=all&sort_by=created_at:desc&statuses[]=triggered"
                      "&statuses[]=acknowledged" +
                      ids;
        auto found = collect(call_, account_, operations::get_incidents, target, "incidents", Freshness::moments);
        if (found.failure) return mark(rows, *found.failure);
        for (const auto& incident : found.items)
            for (auto* row : rows) {
                if (text_at(incident, {"service", "id"}) == row->service->id) row->take(incident);
            }
    }

    void read_on_call(std::span<Row*> rows) {
        auto ids = joined(rows, "escalation_policy_ids", [](const Row& row) { return row.service->policy_id; });
        if (ids.empty()) return;
        auto target = "/oncalls?time_zone=UTC" + ids;
        auto found = collect(call_, account_, operations::list_oncalls, target, "oncalls", Freshness::moments);
        // Incidents matter more: who is on call is left out alone.
        if (found.failure) {
            for (auto* row : rows) row->on_call_known = false;
            return;
        }
        std::map<std::string, std::int64_t, std::less<>> lowest;
        for (const auto& entry : found.items) {
            auto level = number_at(entry, "escalation_level").value_or(0);
            auto [known, added] = lowest.emplace(text_at(entry, {"escalation_policy", "id"}), level);
            if (!added) known->second = std::min(known->second, level);
        }
        for (const auto& entry : found.items) {
            auto policy = text_at(entry, {"escalation_policy", "id"});
            if (number_at(entry, "escalation_level").value_or(0) != lowest.find(policy)->second) continue;
            const auto* user = member(entry, {"user"});
            if (!user) continue;
            for (auto* row : rows)
                if (row->service->policy_id == policy) row->on_call.emplace(name_of(*user));
        }
        for (auto* row : rows) add_next(*row, found.items);
    }

    /// Whom the worst incident of a row goes to next.
    void add_next(Row& row, const json::array& oncalls) const {
        if (row.worst.is_null()) return;
        json::array own;
        for (const auto& entry : oncalls)
            if (text_at(entry, {"escalation_policy", "id"}) == row.service->policy_id) own.push_back(entry);
        json::object open{{"open", json::array{std::move(row.worst)}}};
        add_next_people(open, on_call_part(own, call_.now));
        row.worst = std::move(open["open"].as_array().front());
    }

    /// Until when, and whose it is; what cannot be asked is left out alone.
    void read_maintenance(std::span<Row*> rows) {
        auto ids = joined(rows, "service_ids", [](const Row& row) {
            return row.service->status == "maintenance" ? row.service->id : std::string{};
        });
        if (ids.empty()) return;
        auto answer = call_.ask(
            account_, call_.question("GET", "/maintenance_windows?filter=ongoing&limit=100" + ids, Freshness::moments));
        for (auto* row : rows) {
            std::string_view until;
            for (const auto& window : list_at(answer.body, "maintenance_windows")) {
                auto is_own = [&](const json::value& one) { return text_at(one, "id") == row->service->id; };
                auto ends = text_at(window, "end_time");
                if (std::ranges::none_of(list_at(window, "services"), is_own) || ends <= until) continue;
                until = ends;
                const auto* by = member(window, {"created_by"});
                row->maintenance = json::object{
                    {"until", ends}, {"by", by && by->is_object() ? json::value(name_of(*by)) : json::value(nullptr)}};
            }
        }
    }

    static void mark(std::span<Row*> rows, const Reply& failure) {
        auto state = failure.status == 429   ? "throttled"
                     : failure.status == 403 ? "no_permission"
                     : failure.status == 401 ? "not_configured"
                                             : "upstream_down";
        for (auto* row : rows) row->state = state;
    }

    Call& call_;
    const Account& account_;
    std::vector<Row*> rows_;
};

/// The service of a row, in the account that is named: by the selector, else by the mapping.
const ServiceRow* service_of(Call& call, const Selector& selector, const ServiceList& services, std::string& account) {
    const auto* of = account.empty() ? nullptr : call.room.accounts.find(account);
    if (!account.empty() && !of) return nullptr;
    auto with_id = [&](const std::string& id) { return of ? services.with_id(id, of->id) : services.with_id(id); };
    if (!selector.service_id.empty()) return with_id(selector.service_id);
    if (!selector.integration_key.empty()) {
        const auto* row = services.with_key(selector.integration_key);
        if (row && (!of || row->account == of->id)) return row;
    }
    auto mapping = call.room.store.mapping_of_entity(selector.entity_ref);
    if (selector.entity_ref.empty() || !mapping) return nullptr;
    if (account.empty() && !mapping->account.empty()) {
        account = mapping->account;
        of = call.room.accounts.find(account);
        if (!of) return nullptr;
    }
    return with_id(mapping->service_id);
}

/// Whether a service that is in no list may be one of an account that could not be asked.
bool may_be_missing(const Call& call, const std::string& account) {
    const auto* of = account.empty() ? nullptr : call.room.accounts.find(account);
    if (!of) return account.empty() && !call.missing.empty();
    return std::ranges::find(call.missing, of->id) != call.missing.end();
}

/// Keys and mappings are looked up in the list of services: two hundred cards must not be two hundred questions.
Row row_of(Call& call, const json::value& sent, const ServiceList& services) {
    auto selector = selector_in(sent);
    Row row{.entity_ref = selector.entity_ref};
    auto account = selector.account;
    row.service = service_of(call, selector, services, account);
    row.account = row.service ? call.room.accounts.find(row.service->account) : nullptr;
    if (row.service) return row;
    bool names_one = !selector.service_id.empty() || !selector.integration_key.empty() ||
                     call.room.store.mapping_of_entity(selector.entity_ref).has_value();
    row.state = !names_one ? "not_configured" : may_be_missing(call, account) ? "upstream_down" : "not_found";
    return row;
}

// --- What is the caller's own ---

struct Mine {
    /// In the account that is named, or the first that knows them.
    std::string user_id{};
    /// Each with the account that it is of.
    std::vector<std::pair<std::string, json::value>> items{};
    std::optional<Reply> problem{};
};

using ListMine = std::function<Collected(Call& own, const Account& account, const std::string& user_id)>;

/// Of the account that is named, else of all: somebody who is on call in two has one day all the same. Who is not known
/// in one of several is so in none of its lists.
Mine mine_of(Call& call, const ListMine& list) {
    auto accounts = call.room.accounts.all();
    auto only = call.query_text("account").empty() ? std::string{} : call.account.id;
    std::vector<std::string> users(accounts.size());
    std::vector<Collected> parts(accounts.size());
    std::vector<std::optional<Reply>> strangers(accounts.size());
    auto ask = [&](Call& own, const Account& account, std::size_t place) -> std::optional<Reply> {
        if (!only.empty() && account.id != only) return std::nullopt;
        // A key of the account in this process is nobody's elsewhere.
        bool elsewhere = own.caller.identity && !account.upstream->near();
        auto user = elsewhere ? FoundUser{{}, refused(404, "These credentials are not of this account.")}
                              : user_of_caller(own, account);
        if (user.problem && user.problem->status != 404) return std::move(user.problem);
        strangers[place] = std::move(user.problem);
        users[place] = std::move(user.id);
        if (strangers[place]) return std::nullopt;
        parts[place] = list(own, account, users[place]);
        return std::move(parts[place].failure);
    };
    Mine mine;
    if (!only.empty()) {
        auto place = static_cast<std::size_t>(&call.account - accounts.data());
        mine.problem = ask(call, call.account, place);
    } else {
        mine.problem = ask_each_account(call, ask);
    }
    for (std::size_t i = 0; i < accounts.size() && !mine.problem; ++i) {
        if (mine.user_id.empty()) mine.user_id = users[i];
        for (auto& item : parts[i].items) mine.items.emplace_back(accounts[i].id, std::move(item));
    }
    if (!mine.problem && mine.user_id.empty())
        for (auto& stranger : strangers)
            if (stranger && !mine.problem) mine.problem = std::move(stranger);
    return mine;
}

json::object about_mine(const Call& call, const Mine& mine) {
    return {{"now", format_iso8601(call.now)},
            {"as_of", read_at(call)},
            {"user_id", mine.user_id},
            {"missing_accounts", missing_accounts(call)}};
}

}  // namespace

Reply roll_up(Call& call) {
    const auto& selectors = list_at(call.body, "selectors");
    if (selectors.size() > selectors_max)
        return refused(400, fmt::format("selectors: may be {} at most", selectors_max));
    auto services = call.room.directory.services_of_all(call);
    if (services.failure) return *services.failure;
    // The list of services is kept for longer than what is open, and has an age of its own.
    auto services_read_at = std::exchange(call.as_of, std::nullopt).value_or(call.now);
    std::vector<Row> rows;
    for (const auto& sent : selectors) rows.push_back(row_of(call, sent, *services.list));
    for (const auto& account : call.room.accounts.all()) {
        std::vector<Row*> own;
        for (auto& row : rows)
            if (row.account == &account) own.push_back(&row);
        RollUp(call, account, std::move(own)).read();
    }
    std::ranges::stable_sort(rows, {}, &Row::rank);
    json::array out;
    for (const auto& row : rows) out.emplace_back(row_object(row));
    auto open_read_at = read_at(call);
    call.read_at(services_read_at);
    return ok(json::object{{"now", format_iso8601(call.now)},
                           {"as_of", std::move(open_read_at)},
                           {"services_as_of", format_iso8601(services_read_at)},
                           {"missing_accounts", missing_accounts(call)},
                           {"rows", std::move(out)}});
}

Reply get_my_on_call(Call& call) {
    // The same question for a minute, so that it is not asked by each page.
    auto since = std::chrono::floor<minutes>(call.now);
    auto list = [&](Call& own, const Account& account, const std::string& user_id) {
        auto target = fmt::format("/oncalls?time_zone=UTC&user_ids[]={}&since={}&until={}",
                                  percent_encode(user_id),
                                  format_iso8601(since),
                                  format_iso8601(since + own_window));
        return collect(own, account, operations::list_oncalls, target, "oncalls", Freshness::moments);
    };
    auto mine = mine_of(call, list);
    if (mine.problem) return *mine.problem;
    json::array shifts;
    for (const auto& [account, entry] : mine.items) {
        auto end = parse_iso8601(text_at(entry, "end"));
        if (end && end->at <= call.now) continue;
        shifts.emplace_back(
            json::object{{"account", account},
                         {"level", value_at(entry, {"escalation_level"})},
                         {"escalation_policy", id_and_name(value_at(entry, {"escalation_policy"}))},
                         {"schedule",
                          member(entry, {"schedule", "id"}) ? json::value(id_and_name(value_at(entry, {"schedule"})))
                                                            : json::value(nullptr)},
                         {"from", value_at(entry, {"start"})},
                         {"until", value_at(entry, {"end"})}});
    }
    auto body = about_mine(call, mine);
    body["shifts"] = std::move(shifts);
    return ok(std::move(body));
}

Reply get_my_incidents(Call& call) {
    auto list = [](Call& own, const Account& account, const std::string& user_id) {
        auto target = fmt::format("/incidents?time_zone=UTC&date_range=all&sort_by=created_at:desc&statuses[]=triggered"
                                  "&statuses[]=acknowledged&user_ids[]={}",
                                  percent_encode(user_id));
        return collect(own, account, operations::get_incidents, target, "incidents", Freshness::moments);
    };
    auto mine = mine_of(call, list);
    if (mine.problem) return *mine.problem;
    json::array incidents;
    EntityOf entities(call);
    for (const auto& [account, incident] : mine.items) {
        auto item = incident_item(incident);
        auto service = id_and_name(value_at(incident, {"service"}));
        service["entity_ref"] = entities.of(text_at(incident, {"service", "id"}));
        item["service"] = std::move(service);
        item["account"] = account;
        incidents.emplace_back(std::move(item));
    }
    auto body = about_mine(call, mine);
    body["permissions"] = offered_permissions(call.caller);
    body["incidents"] = std::move(incidents);
    return ok(std::move(body));
}

/// Each list for itself: credentials may lack the scope of one. `problems` says which are missing and why.
Reply list_assignees(Call& call) {
    auto wanted = call.query_text("query");
    auto query = wanted.empty() ? std::string{} : "&query=" + percent_encode(wanted);
    json::object body;
    json::object problems;
    std::optional<Reply> first;
    auto list = [&](std::string_view name, const std::string& target, const Operation& operation, auto shape) {
        auto answer = call.get(target, Freshness::directory);
        json::array items;
        for (const auto& item : list_at(answer.body, name)) items.emplace_back(shape(item));
        body[name] = std::move(items);
        // An account whose plan has no priorities can be assigned in all the same.
        bool not_in_plan = answer.end == Answer::End::answered && (answer.status == 402 || answer.status == 404);
        auto failure = failure_of(answer, operation, name);
        if (!failure || (not_in_plan && name == "priorities")) return;
        auto scope = lacking_scope(answer);
        problems[name] =
            scope.empty() ? sentence_of(*failure) : fmt::format("{} The app lacks {}.", sentence_of(*failure), scope);
        if (!first) first = std::move(failure);
    };
    list("users", "/users?limit=25" + query, operations::list_users, id_and_name);
    list("escalation_policies",
         "/escalation_policies?limit=25" + query,
         operations::list_escalation_policies,
         id_and_name);
    list("priorities", "/priorities", operations::list_priorities, [](const json::value& priority) {
        auto item = id_and_name(priority);
        item["color"] = value_at(priority, {"color"});
        return item;
    });
    if (problems.size() == 3) return *first;
    body["problems"] = std::move(problems);
    return ok(std::move(body));
}

}  // namespace callboard::backstage
