// Route: the mapping page's table. Entities with the service each has, filtered, sorted and cut into pages; everything
// is looked up in lists that are in memory already, so that thousands of either cost no questions.

#include "backstage/each_account.h"
#include "backstage/failure.h"
#include "backstage/handlers.h"
#include "backstage/mapping_refresh.h"
#include "backstage/mapping_status.h"
#include "backstage/name_order.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr std::int64_t limit_default = 10;
constexpr std::int64_t limit_max = 10'000;

struct PageQuery {
    std::int64_t offset = 0;
    std::int64_t limit = limit_default;
    std::string name;
    std::string service_name;
    std::string status;
    std::string team_name;
    std::string service_team_name;
    std::string account;
    std::string sort_column;
    bool descending = false;
    /// Our own frontend says how old the lists are.
    bool wants_age = false;
};

/// One line of the table; what it points to outlives it.
struct Line {
    const Entity* entity = nullptr;
    const ServiceRow* service = nullptr;
    const Mapping* stored = nullptr;
    MappingStatus status = MappingStatus::NotMapped;
};

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> allowed) {
    return std::ranges::find(allowed, text) != allowed.end();
}

std::optional<Reply>
read_number(const json::value& body, std::string_view name, std::int64_t least, std::int64_t& into) {
    const auto* sent = member(body, {name});
    if (!sent || sent->is_null()) return std::nullopt;
    auto value = number_at(body, name);
    if (!value || *value < least)
        return refused(400, fmt::format("Bad Request: '{}' must be a number of at least {}", name, least));
    into = *value;
    return std::nullopt;
}

std::optional<Reply> read_query(const Call& call, PageQuery& query) {
    const auto& body = call.body;
    if (auto problem = read_number(body, "offset", 0, query.offset)) return problem;
    if (auto problem = read_number(body, "limit", 1, query.limit)) return problem;
    query.limit = std::min(query.limit, limit_max);
    query.name = text_at(body, {"filters", "name"});
    query.service_name = text_at(body, {"filters", "serviceName"});
    query.status = text_at(body, {"filters", "status"});
    query.team_name = text_at(body, {"filters", "teamName"});
    query.service_team_name = text_at(body, {"filters", "serviceTeamName"});
    query.account = text_at(body, "account");
    const auto* age = member(body, {"as_of"});
    query.wants_age = age && age->is_bool() && age->get_bool();
    const auto* sort = member(body, {"sort"});
    if (!sort || sort->is_null()) return std::nullopt;
    query.sort_column = text_at(*sort, "column");
    auto direction = text_at(*sort, "direction");
    if (!is_one_of(query.sort_column, {"name", "team", "serviceName", "status"}))
        return refused(400, "Bad Request: 'sort.column' must be one of name, team, serviceName, status");
    if (!is_one_of(direction, {"ascending", "descending"}))
        return refused(400, "Bad Request: 'sort.direction' must be ascending or descending");
    query.descending = direction == "descending";
    return std::nullopt;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool contains(std::string_view text, std::string_view part) {
    if (part.empty()) return true;
    return !std::ranges::search(text, part, {}, lower, lower).empty();
}

/// The rows of the table, before any filter.
class Table {
public:
    /// `whole`: no account is missing from the services.
    Table(const Components& components, const ServiceList& services, bool whole, const PluginStore::Mappings& stored)
        : services_(services), whole_(whole), stored_(stored), annotated_(annotated_services(components, services)) {
        for (const auto& [_, mapping] : stored)
            if (!mapping.entity_ref.empty()) by_entity_[mapping.entity_ref] = &mapping;
        for (const auto& entity : components.rows) lines_.push_back(line_of(entity));
    }

    std::vector<Line>& lines() { return lines_; }

private:
    const ServiceRow* service_of(const Entity& entity) const {
        if (!entity.service_id.empty()) return services_.with_id(entity.service_id);
        if (!entity.integration_key.empty())
            if (const auto* service = services_.with_key(entity.integration_key)) return service;
        auto stored = by_entity_.find(entity.ref);
        return stored == by_entity_.end() ? nullptr : services_.with_id(stored->second->service_id);
    }

    bool names_service(const Entity& entity) const {
        return !entity.service_id.empty() || !entity.integration_key.empty() || by_entity_.contains(entity.ref);
    }

    Line line_of(const Entity& entity) const {
        Line line{&entity, service_of(entity), nullptr, MappingStatus::NotMapped};
        if (!line.service) {
            // It may well be a service of the account that could not be asked.
            if (!whole_ && names_service(entity)) line.status = MappingStatus::ErrorWhenFetchingService;
            return line;
        }
        auto stored = stored_.find(line.service->id);
        if (stored != stored_.end()) line.stored = &stored->second;
        auto named = annotated_.find(line.service->id);
        auto state = state_of(line.stored, named == annotated_.end() ? std::string_view{} : named->second->ref);
        // The service may be another entity's by now.
        if (state.entity_ref == entity.ref) line.status = state.status;
        return line;
    }

    const ServiceList& services_;
    bool whole_;
    const PluginStore::Mappings& stored_;
    Annotated annotated_;
    std::unordered_map<std::string, const Mapping*> by_entity_;
    std::vector<Line> lines_;
};

bool passes(const Line& line, const PageQuery& query) {
    if (!query.status.empty() && name_of(line.status) != query.status) return false;
    if (!contains(line.entity->name, query.name) && !contains(line.entity->title, query.name)) return false;
    if (!contains(line.entity->owner, query.team_name)) return false;
    if (!query.service_name.empty() && (!line.service || !contains(line.service->name, query.service_name)))
        return false;
    if (!query.service_team_name.empty() && (!line.service || !contains(line.service->team, query.service_team_name)))
        return false;
    return query.account.empty() || !line.service || line.service->account == query.account;
}

std::string_view sort_text(const Line& line, std::string_view column) {
    if (column == "team") return line.service ? std::string_view{line.service->team} : "";
    if (column == "serviceName") return line.service ? std::string_view{line.service->name} : "";
    return line.entity->name;
}

void sort_lines(std::vector<Line>& lines, const PageQuery& query) {
    if (query.sort_column == "status") {
        std::ranges::stable_sort(lines, [&](const Line& a, const Line& b) {
            return query.descending ? b.status < a.status : a.status < b.status;
        });
        return;
    }
    auto column = query.sort_column.empty() ? std::string_view{"name"} : std::string_view{query.sort_column};
    // What a comparison needs is worked out once for each line.
    std::vector<std::pair<NameKey, Line>> keyed;
    keyed.reserve(lines.size());
    for (const auto& line : lines) keyed.emplace_back(NameKey(sort_text(line, column)), line);
    std::ranges::stable_sort(
        keyed, [&](const auto& a, const auto& b) { return query.descending ? b.first < a.first : a.first < b.first; });
    std::ranges::transform(keyed, lines.begin(), [](auto& pair) { return pair.second; });
}

/// The plugin's own backend gives these as JSON within JSON, quotes included, and its frontend shows them so; what is
/// not said is empty.
std::string quoted(const std::string& text) {
    return text.empty() ? std::string{} : json::serialize(json::value(json::string{text}));
}

json::object entity_object(const Line& line, bool keys) {
    const auto& entity = *line.entity;
    const auto* service = line.service;
    auto of_service = [&](std::string ServiceRow::*member) { return service ? service->*member : std::string{}; };
    auto account =
        line.stored && !line.stored->account.empty() ? line.stored->account : of_service(&ServiceRow::account);
    return {{"name", entity.name},
            {"id", entity.uid},
            {"namespace", entity.namespace_},
            {"type", entity.kind},
            {"system", quoted(entity.system)},
            {"owner", quoted(entity.owner)},
            {"lifecycle", quoted(entity.lifecycle)},
            {"annotations",
             json::object{{"pagerduty.com/integration-key", keys ? entity.integration_key : std::string{}},
                          {"pagerduty.com/service-id", entity.service_id}}},
            {"status", name_of(line.status)},
            {"serviceId", of_service(&ServiceRow::id)},
            {"serviceName", of_service(&ServiceRow::name)},
            {"serviceUrl", of_service(&ServiceRow::html_url)},
            {"team", of_service(&ServiceRow::team)},
            {"escalationPolicy", of_service(&ServiceRow::escalation_policy)},
            {"account", account}};
}

}  // namespace

Reply list_mapped_entities(Call& call) {
    PageQuery query;
    if (auto problem = read_query(call, query)) return *problem;
    auto services = call.room.directory.services_of_all(call);
    if (services.failure) return *services.failure;
    auto catalog = call.room.catalog.components(call.now, call.deadline);
    if (!catalog.components) return refused(catalog.failure.status, catalog.failure.why);
    call.read_at(catalog.as_of);
    auto stored = call.room.store.mappings();
    Table table(*catalog.components, *services.list, call.missing.empty(), *stored);
    auto& lines = table.lines();
    std::erase_if(lines, [&](const Line& line) { return !passes(line, query); });
    sort_lines(lines, query);
    json::array entities;
    auto end = std::min(query.offset + query.limit, static_cast<std::int64_t>(lines.size()));
    for (auto i = query.offset; i < end; ++i)
        entities.emplace_back(entity_object(lines[static_cast<std::size_t>(i)], shows_keys(call)));
    json::object page{{"entities", std::move(entities)}, {"totalCount", static_cast<std::int64_t>(lines.size())}};
    if (query.wants_age) page["as_of"] = format_iso8601(call.as_of.value_or(call.now));
    if (!call.missing.empty()) page["missing_accounts"] = missing_accounts(call);
    return ok(std::move(page));
}

}  // namespace callboard::backstage
