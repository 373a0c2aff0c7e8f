// Routes: the caller's own on-call and incidents, many services in one view, and whom an incident can go to.

#include "backstage/card_parts.h"
#include "backstage/failure.h"
#include "backstage/handlers.h"
#include "backstage/pages.h"
#include "backstage/parallel.h"
#include "backstage/permissions.h"
#include "backstage/person.h"
#include "backstage/selector.h"
#include "backstage/service_directory.h"

#include <algorithm>
#include <map>
#include <set>

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

json::array names_of(const Answer& answer, std::string_view plural) {
    json::array out;
    for (const auto& item : list_at(answer.body, plural)) out.emplace_back(id_and_name(item));
    return out;
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

    /// The worst comes first.
    [[nodiscard]] int rank() const {
        if (triggered > triggered_low) return 0;
        if (acknowledged + triggered_low > 0) return 1;
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
                               {"html_url", row.service->html_url}};
    return {{"entity_ref", row.entity_ref},
            {"state", row.state},
            {"service", std::move(service)},
            {"open",
             json::object{{"triggered", row.triggered},
                          {"triggered_low", row.triggered_low},
                          {"acknowledged", row.acknowledged}}},
            {"on_call", row.on_call_known ? json::value(std::move(names)) : json::value(nullptr)}};
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
        auto target = "/incidents?time_zone=UTC&date_range=all&statuses[]=triggered&statuses[]=acknowledged" + ids;
        auto found = collect(call_, account_, operations::get_incidents, target, "incidents", Freshness::moments);
        if (found.failure) return mark(rows, *found.failure);
        for (const auto& incident : found.items)
            for (auto* row : rows) {
                if (text_at(incident, {"service", "id"}) != row->service->id) continue;
                bool triggered = text_at(incident, "status") == "triggered";
                ++(triggered ? row->triggered : row->acknowledged);
                if (triggered && text_at(incident, "urgency") == "low") ++row->triggered_low;
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

/// Keys and mappings are looked up in the list of services: two hundred cards must not be two hundred questions.
Row row_of(Call& call, const json::value& sent, const ServiceList& services) {
    auto selector = selector_in(sent);
    Row row{.entity_ref = selector.entity_ref};
    auto id = selector.service_id;
    if (id.empty() && !selector.integration_key.empty()) row.service = services.with_key(selector.integration_key);
    if (id.empty() && !row.service && !selector.entity_ref.empty())
        if (auto mapping = call.room.store.mapping_of_entity(selector.entity_ref)) id = mapping->service_id;
    if (!id.empty()) row.service = services.with_id(id);
    row.account = row.service ? call.room.accounts.find(row.service->account) : nullptr;
    if (!row.service) row.state = id.empty() && selector.integration_key.empty() ? "not_configured" : "not_found";
    return row;
}

}  // namespace

Reply roll_up(Call& call) {
    const auto& selectors = list_at(call.body, "selectors");
    if (selectors.size() > selectors_max)
        return refused(400, fmt::format("selectors: may be {} at most", selectors_max));
    auto services = call.room.directory.services_of_all(call);
    if (services.failure) return *services.failure;
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
    return ok(json::object{{"as_of", read_at(call)}, {"rows", std::move(out)}});
}

Reply get_my_on_call(Call& call) {
    auto user = user_of_caller(call, call.account);
    if (user.problem) return *user.problem;
    // The same question for a minute, so that it is not asked by each page.
    auto since = std::chrono::floor<minutes>(call.now);
    auto target = fmt::format("/oncalls?time_zone=UTC&user_ids[]={}&since={}&until={}",
                              percent_encode(user.id),
                              format_iso8601(since),
                              format_iso8601(since + own_window));
    auto found = collect(call, call.account, operations::list_oncalls, target, "oncalls", Freshness::moments);
    if (found.failure) return *found.failure;
    json::array shifts;
    for (const auto& entry : found.items) {
        auto end = parse_iso8601(text_at(entry, "end"));
        if (end && end->at <= call.now) continue;
        shifts.emplace_back(
            json::object{{"level", value_at(entry, {"escalation_level"})},
                         {"escalation_policy", id_and_name(value_at(entry, {"escalation_policy"}))},
                         {"schedule",
                          member(entry, {"schedule", "id"}) ? json::value(id_and_name(value_at(entry, {"schedule"})))
                                                            : json::value(nullptr)},
                         {"from", value_at(entry, {"start"})},
                         {"until", value_at(entry, {"end"})}});
    }
    return ok(json::object{{"as_of", read_at(call)}, {"user_id", user.id}, {"shifts", std::move(shifts)}});
}

Reply get_my_incidents(Call& call) {
    auto user = user_of_caller(call, call.account);
    if (user.problem) return *user.problem;
    auto target = fmt::format("/incidents?time_zone=UTC&date_range=all&sort_by=created_at:desc&statuses[]=triggered"
                              "&statuses[]=acknowledged&user_ids[]={}",
                              percent_encode(user.id));
    auto found = collect(call, call.account, operations::get_incidents, target, "incidents", Freshness::moments);
    if (found.failure) return *found.failure;
    json::array incidents;
    for (const auto& incident : found.items) {
        auto item = incident_item(incident);
        item["service"] = id_and_name(value_at(incident, {"service"}));
        incidents.emplace_back(std::move(item));
    }
    return ok(json::object{{"as_of", read_at(call)},
                           {"user_id", user.id},
                           {"permissions", permissions_object(call.caller.may)},
                           {"incidents", std::move(incidents)}});
}

Reply list_assignees(Call& call) {
    auto wanted = call.query_text("query");
    auto query = wanted.empty() ? std::string{} : "&query=" + percent_encode(wanted);
    auto users = call.get("/users?limit=25" + query, Freshness::directory);
    if (auto failure = failure_of(users, operations::list_users, "users")) return *failure;
    auto policies = call.get("/escalation_policies?limit=25" + query, Freshness::directory);
    if (auto failure = failure_of(policies, operations::list_escalation_policies, "escalation_policies"))
        return *failure;
    // An account without priorities can be assigned in all the same.
    auto priorities = call.get("/priorities", Freshness::directory);
    json::array shown;
    for (const auto& priority : list_at(priorities.body, "priorities")) {
        auto item = id_and_name(priority);
        item["color"] = value_at(priority, {"color"});
        shown.emplace_back(std::move(item));
    }
    return ok(json::object{{"users", names_of(users, "users")},
                           {"escalation_policies", names_of(policies, "escalation_policies")},
                           {"priorities", std::move(shown)}});
}

}  // namespace callboard::backstage
