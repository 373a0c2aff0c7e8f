#include "http/rest_v2/schedule_audit.h"

#include "domain/schedule/audit.h"
#include "http/kit/permit.h"
#include "http/kit/time_range.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"
#include "http/rest_v2/schedule_v3.h"

#include <algorithm>

namespace callboard::http {

namespace {

constexpr Duration range_default = days{1};
constexpr Duration range_max = days{31};
constexpr std::int64_t page_usual = 25;
constexpr std::int64_t page_max = 100;

/// Every object has these, and they say nothing of what it is.
constexpr std::string_view not_audited[] = {"id", "type", "self", "html_url", "summary"};

const json::object& members_of(const json::value& object) {
    static const json::object none;
    return object.is_object() ? object.get_object() : none;
}

std::optional<std::string> text_of_member(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    if (!value || value->is_null()) return std::nullopt;
    if (value->is_string()) return std::string{value->get_string()};
    return json::serialize(*value);
}

std::vector<AuditField> differences(const json::object& before, const json::object& after) {
    std::vector<AuditField> fields;
    for (const auto& member : after.empty() ? before : after) {
        std::string_view name = member.key();
        if (std::ranges::find(not_audited, name) != std::end(not_audited)) continue;
        AuditField field{std::string{name}, text_of_member(before, name), text_of_member(after, name)};
        if (field.before_value != field.value) fields.push_back(std::move(field));
    }
    return fields;
}

AuditMethod method_of_actor(const Actor& actor) {
    switch (actor.kind) {
    case Actor::Kind::account_key:
    case Actor::Kind::user_key: return AuditMethod::api_token;
    case Actor::Kind::session: return AuditMethod::browser;
    case Actor::Kind::oauth_app: return AuditMethod::oauth;
    case Actor::Kind::in_process: break;
    }
    return AuditMethod::other;
}

json::object resource_object(Wire& wire, const AuditRecord& record) {
    if (record.resource_type == "schedule_reference") return wire.schedule_ref(record.schedule);
    return {{"id", record.resource_id},
            {"type", record.resource_type},
            {"summary", nullptr},
            {"self", nullptr},
            {"html_url", nullptr}};
}

json::object field_object(const AuditField& field) {
    return {{"name", field.name},
            {"description", nullptr},
            {"value", text_or_null(field.value)},
            {"before_value", text_or_null(field.before_value)}};
}

json::object record_object(Wire& wire, const AuditRecord& record) {
    json::array actors;
    if (record.actor) actors.emplace_back(wire.user_ref(*record.actor));
    json::array fields;
    for (const auto& field : record.fields) fields.emplace_back(field_object(field));
    json::object out;
    out["id"] = wire.id(record.id);
    out["self"] = nullptr;
    out["execution_time"] = wire.time(record.execution_time);
    out["execution_context"] = nullptr;
    out["actors"] = std::move(actors);
    out["method"] = json::object{{"type", text_of(record.method)},
                                 {"description", nullptr},
                                 {"truncated_token", text_or_null(record.truncated_token)}};
    out["root_resource"] = wire.schedule_ref(record.schedule);
    out["action"] = text_of(record.action);
    out["details"] = json::object{
        {"resource", resource_object(wire, record)}, {"fields", std::move(fields)}, {"references", nullptr}};
    return out;
}

Result<std::int64_t> asked_limit(const Request& request) {
    TRY(auto limit, request.query.number("limit"));
    if (limit.value_or(page_usual) < 1) return errors::invalid_input("limit must be greater than 0");
    return std::min(limit.value_or(page_usual), page_max);
}

/// The newest first. A cursor is the id of the last record that was shown.
Result<Reply> list_records(Request& request) {
    TRY(auto schedule, shift_based_schedule(request));
    TRY(auto limit, asked_limit(request));
    Wire wire(request, zone_of(schedule));
    TRY(auto sent, SentRange::of(request, wire.zone()));
    TRY(auto window, sent.window({request.now - range_default, request.now + Duration{1}}));
    CHECK_OK(check_span(window, range_max));
    auto before = AuditRecordId{IdSource::first_of(window.until)};
    if (auto text = request.query.text("cursor")) {
        auto cursor = request.site.ids.parse<AuditRecordId>(*text);
        if (!cursor) return errors::invalid_input("Cursor is not a cursor of this list");
        before = std::min(before, *cursor);
    }
    auto rows = request.tx().list(Query<AuditRecord>()
                                      .where(&AuditRecord::schedule, schedule.id)
                                      .at_least(&AuditRecord::id, AuditRecordId{IdSource::first_of(window.since)})
                                      .below(&AuditRecord::id, before)
                                      .order_by(&AuditRecord::id, Order::descending)
                                      .page(limit + 1));
    bool more = static_cast<std::int64_t>(rows.size()) > limit;
    if (more) rows.pop_back();
    json::array records;
    for (const auto& row : rows) records.emplace_back(record_object(wire, row));
    return ok(json::object{{"records", std::move(records)},
                           {"response_metadata", nullptr},
                           {"limit", limit},
                           {"next_cursor", more ? json::value(wire.id(rows.back().id)) : json::value(nullptr)}});
}

constexpr Route table[] = {
    {Verb::get, "/v3/schedules/{id}/audit/records", "audit_records.read", Need::manage, list_records, Reach::team},
};

}  // namespace

void write_audit(Request& request, ScheduleId schedule, const json::value& before, const json::value& after) {
    AuditRecord record;
    record.fields = differences(members_of(before), members_of(after));
    if (before.is_null()) record.action = AuditAction::create;
    if (after.is_null()) record.action = AuditAction::delete_;
    if (record.action == AuditAction::update && record.fields.empty()) return;
    const auto& resource = members_of(after.is_null() ? before : after);
    record.resource_id = std::string{resource.at("id").get_string()};
    record.resource_type = std::string{resource.at("type").get_string()} + "_reference";
    record.schedule = schedule;
    record.method = method_of_actor(request.actor);
    record.truncated_token = request.actor.truncated_token;
    auto agent = acting_agent(request);
    if (agent.type == AgentType::user) record.actor = UserId{agent.id};
    record.execution_time = request.now;
    record.id = request.tx().new_id<AuditRecordId>();
    request.tx().insert(record);
}

json::value audited(Wire& wire, const Schedule& schedule) {
    json::array teams;
    for (auto team : schedule.teams) teams.emplace_back(wire.id(team));
    return json::object{{"id", wire.id(schedule.id)},
                        {"type", "schedule"},
                        {"name", schedule.name},
                        {"description", text_or_null(schedule.description)},
                        {"time_zone", schedule.time_zone},
                        {"teams", std::move(teams)}};
}

std::span<const Route> schedule_audit_routes() { return table; }

}  // namespace callboard::http
