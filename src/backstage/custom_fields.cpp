// Routes: fields of services that are filled from entities, and the log of what became of the values.

#include "backstage/failure.h"
#include "backstage/handlers.h"
#include "backstage/sync_desk.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr std::size_t text_bytes_max = 2'000;
constexpr std::size_t values_max = 100;
constexpr std::int64_t logs_limit_default = 100;
constexpr std::int64_t logs_limit_max = 10'000;

/// Fields and logs are kept for each account: by its name, or where none has one by what it is called in the request.
std::string account_of(const Call& call) {
    if (call.room.accounts.named()) return call.account.id;
    auto account = call.query_text("account");
    return account.empty() ? std::string{default_account} : account;
}

std::string trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return std::string{text.substr(first, text.find_last_not_of(blanks) - first + 1)};
}

/// To what is kept of a text, without cutting a letter in two.
void cut(std::string& text) {
    if (text.size() <= text_bytes_max) return;
    auto end = text_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text.resize(end);
}

/// As PagerDuty wants names: small letters, digits and "_".
std::string upstream_name(std::string_view name) {
    std::string out;
    bool blank = false;
    for (char c : name) {
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            if (!blank) out += '_';
            blank = true;
            continue;
        }
        blank = false;
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_') out += c;
    }
    return out;
}

json::object field_object(const CustomField& field) {
    return {{"id", field.id},
            {"pagerdutyCustomFieldId", field.upstream_id},
            {"pagerdutyCustomFieldDisplayName", field.name},
            {"pagerdutyCustomFieldEnabled", field.enabled},
            {"backstageEntityMappingPath", field.entity_path},
            {"pagerdutySubdomain", field.account},
            {"description", field.description},
            {"createdAt", format_iso8601(field.created_at)},
            {"updatedAt", format_iso8601(field.updated_at)}};
}

Reply with_field(int status, const CustomField& field) {
    return {status, json::object{{"customField", field_object(field)}}};
}

Reply duplicate() { return refused(409, "A custom field with this name or entity path already exists."); }

/// PagerDuty's reasons that people can do something about, in words that say what.
std::optional<Reply> failure_to_change(const Answer& answer, const Operation& operation, std::string_view member = {}) {
    auto failure = failure_of(answer, operation, member);
    if (!failure) return std::nullopt;
    auto message = text_at(answer.body, {"error", "message"});
    bool limit = message.find("limit") != std::string_view::npos;
    for (const auto& problem : list_at(answer.body, {"error", "errors"}))
        limit = limit || (problem.is_string() && view_of(problem.get_string()).find("limit") != std::string_view::npos);
    if (failure->status == 400 && limit)
        return refused(400, "PagerDuty's limit of custom fields is reached: 15 or 30 of them, by plan.");
    if (failure->status == 403)
        return refused(403, "The credentials of this account may not change custom fields of services.");
    if (failure->status == 409) return refused(409, "PagerDuty has a custom field of this name already.");
    return failure;
}

struct Sent {
    std::string name;
    std::string entity_path;
    std::string description;
    std::optional<Reply> problem;
};

Sent read_field(const Call& call) {
    Sent sent{trimmed(text_at(call.body, "name")),
              trimmed(text_at(call.body, "entityPath")),
              trimmed(text_at(call.body, "description")),
              {}};
    if (sent.name.empty() || sent.entity_path.empty())
        sent.problem = refused(400, "Bad Request: 'name' and 'entityPath' are required");
    else if (std::max({sent.name.size(), sent.entity_path.size(), sent.description.size()}) > text_bytes_max)
        sent.problem = refused(400, fmt::format("Bad Request: texts may have at most {} characters", text_bytes_max));
    else if (!is_entity_path(sent.entity_path))
        sent.problem = refused(400,
                               "Bad Request: 'entityPath' must be names with dots between them, as spec.owner or "
                               "metadata.labels['example.com/tier']");
    else if (upstream_name(sent.name).find_first_not_of('_') == std::string::npos)
        sent.problem = refused(400, "Bad Request: 'name' must contain at least one letter or digit");
    else if (sent.description.empty())
        sent.description = "Backstage custom field: " + sent.entity_path;
    return sent;
}

struct Found {
    CustomField field;
    std::optional<Reply> problem;
};

Found find_field(Call& call) {
    const auto& text = call.parameters[0];
    std::int64_t id = 0;
    auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (failed != std::errc{} || end != text.data() + text.size() || id <= 0)
        return {{}, refused(400, "Bad Request: the id of a custom field is a number")};
    auto field = call.room.store.custom_field(id, account_of(call));
    if (!field) return {{}, refused(404, "There is no such custom field.")};
    return {*std::move(field), std::nullopt};
}

std::string upstream_target(const CustomField& field) {
    return "/services/custom_fields/" + percent_encode(field.upstream_id);
}

}  // namespace

/// Here first, so that a name cannot be taken twice; taken back when upstream refuses.
Reply create_custom_field(Call& call) {
    auto sent = read_field(call);
    if (sent.problem) return *sent.problem;
    CustomField wanted{.name = sent.name,
                       .entity_path = sent.entity_path,
                       .account = account_of(call),
                       .description = sent.description,
                       .created_at = call.now,
                       .updated_at = call.now};
    auto field = call.room.store.add_custom_field(std::move(wanted));
    if (!field) return duplicate();
    auto answer = call.post("/services/custom_fields",
                            json::object{{"field",
                                          json::object{{"data_type", "string"},
                                                       {"description", field->description},
                                                       {"display_name", field->name},
                                                       {"enabled", true},
                                                       {"field_type", "single_value"},
                                                       {"name", upstream_name(field->name)}}}});
    auto id = text_at(answer.body, {"field", "id"});
    auto failure = failure_to_change(answer, operations::create_custom_field, "field");
    if (!failure && id.empty()) failure = refused(502, "PagerDuty made the field, but did not say its id.");
    if (failure) {
        call.room.store.remove_custom_field(field->id);
        return *failure;
    }
    field->upstream_id = id;
    call.room.store.update_custom_field(*field);
    call.room.sync.ask();
    return with_field(201, *field);
}

Reply list_custom_fields(Call& call) {
    auto enabled = call.query.text("enabled");
    json::array fields;
    for (const auto& field : call.room.store.custom_fields(account_of(call))) {
        // One that is being made has no id yet.
        if (field.upstream_id.empty()) continue;
        if (enabled && (*enabled == "true") != field.enabled) continue;
        fields.emplace_back(field_object(field));
    }
    return ok(json::object{{"customFields", std::move(fields)}});
}

Reply update_custom_field(Call& call) {
    auto found = find_field(call);
    if (found.problem) return *found.problem;
    auto sent = read_field(call);
    if (sent.problem) return *sent.problem;
    auto field = found.field;
    field.name = sent.name;
    field.entity_path = sent.entity_path;
    field.description = sent.description;
    field.updated_at = call.now;
    if (!call.room.store.update_custom_field(field)) return duplicate();
    auto changed = json::object{{"display_name", field.name}, {"description", field.description}};
    auto answer = call.send("PUT", upstream_target(field), json::object{{"field", std::move(changed)}});
    if (auto failure = failure_to_change(answer, operations::update_custom_field, "field")) {
        call.room.store.update_custom_field(found.field);
        return *failure;
    }
    call.room.sync.ask();
    return with_field(200, field);
}

Reply enable_custom_field(Call& call) {
    auto found = find_field(call);
    if (found.problem) return *found.problem;
    const auto* enabled = member(call.body, {"enabled"});
    if (!enabled || !enabled->is_bool()) return refused(400, "Bad Request: 'enabled' must be true or false");
    auto field = found.field;
    if (field.enabled == enabled->get_bool()) return with_field(200, field);
    field.enabled = enabled->get_bool();
    field.updated_at = call.now;
    call.room.store.update_custom_field(field);
    auto changed = json::object{{"display_name", field.name}, {"enabled", field.enabled}};
    auto answer = call.send("PUT", upstream_target(field), json::object{{"field", std::move(changed)}});
    if (auto failure = failure_to_change(answer, operations::update_custom_field, "field")) {
        call.room.store.update_custom_field(found.field);
        return *failure;
    }
    call.room.sync.ask();
    return with_field(200, field);
}

Reply delete_custom_field(Call& call) {
    auto found = find_field(call);
    if (found.problem) return *found.problem;
    auto answer = call.send("DELETE", upstream_target(found.field), nullptr);
    auto failure = failure_to_change(answer, operations::delete_custom_field);
    // One that is gone on the other side is gone.
    if (failure && failure->status != 404) return *failure;
    call.room.store.remove_custom_field(found.field.id);
    return {204};
}

Reply sync_custom_fields(Call& call) {
    auto service = text_at(call.body, "serviceId");
    if (service.empty()) return refused(400, "Bad Request: 'serviceId' is required");
    const auto& values = list_at(call.body, "values");
    if (values.empty()) return {204};
    if (values.size() > values_max) return refused(400, fmt::format("Bad Request: at most {} values", values_max));
    json::array sent;
    for (const auto& value : values)
        sent.emplace_back(json::object{{"id", value_at(value, {"id"})}, {"value", value_at(value, {"value"})}});
    auto target = fmt::format("/services/{}/custom_fields/values", percent_encode(service));
    auto answer = call.send("PUT", target, json::object{{"custom_fields", std::move(sent)}});
    if (auto failure = failure_to_change(answer, operations::set_custom_fields, "custom_fields")) return *failure;
    return ok(std::move(answer.body));
}

Reply add_sync_log(Call& call) {
    SyncLog log;
    log.at = call.now;
    log.account = account_of(call);
    const std::pair<std::string_view, std::string*> texts[] = {{"errorCode", &log.error_code},
                                                               {"customFieldId", &log.custom_field_id},
                                                               {"customFieldName", &log.custom_field_name},
                                                               {"entityPath", &log.entity_path},
                                                               {"serviceId", &log.service_id},
                                                               {"serviceName", &log.service_name},
                                                               {"errorMessage", &log.error_message}};
    for (const auto& [name, target] : texts) {
        const auto* sent = member(call.body, {name});
        if (sent && sent->is_number())
            *target = json::serialize(*sent);
        else
            *target = text_at(call.body, name);
        if (target->empty()) return refused(400, fmt::format("Bad Request: '{}' is required", name));
        cut(*target);
    }
    call.room.store.add_sync_log(log, call.room.options.sync_log_retention);
    return {201};
}

namespace {

json::object log_object(const SyncLog& log) {
    return {{"id", log.id},
            {"timestamp", format_iso8601(log.at)},
            {"errorCode", log.error_code},
            {"customFieldId", log.custom_field_id},
            {"customFieldName", log.custom_field_name},
            {"entityPath", log.entity_path},
            {"serviceId", log.service_id},
            {"serviceName", log.service_name},
            {"errorMessage", log.error_message},
            {"subdomain", log.account}};
}

/// RFC 4180; a text that a spreadsheet would take for a formula is shown as text.
std::string csv_cell(std::string_view text) {
    std::string out = "\"";
    if (!text.empty() && std::string_view{"=+-@\t\r"}.find(text.front()) != std::string_view::npos) out += '\'';
    for (char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out += '"';
}

Reply as_csv(const SyncLogPage& page) {
    std::string out = "timestamp,errorCode,customFieldName,entityPath,serviceId,serviceName,errorMessage\r\n";
    for (const auto& log : page.logs) {
        auto at = format_iso8601(log.at);
        const std::string_view cells[] = {at,
                                          log.error_code,
                                          log.custom_field_name,
                                          log.entity_path,
                                          log.service_id,
                                          log.service_name,
                                          log.error_message};
        for (const auto& cell : cells) (out += csv_cell(cell)) += ',';
        out.pop_back();
        out += "\r\n";
    }
    Reply reply{200, nullptr, std::move(out), {{"Content-Disposition", "attachment; filename=\"sync-logs.csv\""}}};
    reply.text_type = "text/csv; charset=utf-8";
    return reply;
}

}  // namespace

/// With format=csv the rows as a file instead.
Reply list_sync_logs(Call& call) {
    SyncLogFilter filter;
    filter.account = account_of(call);
    auto limit = call.query.number("limit");
    auto offset = call.query.number("offset");
    if (!limit || !offset) return refused(400, "Bad Request: 'limit' and 'offset' must be numbers");
    filter.limit = std::clamp(limit->value_or(logs_limit_default), std::int64_t{1}, logs_limit_max);
    filter.offset = std::max(offset->value_or(0), std::int64_t{0});
    auto severity = call.query_text("severity");
    if (severity == "error") filter.severity = Severity::error;
    if (severity == "warning") filter.severity = Severity::warning;
    if (severity == "info") filter.severity = Severity::info;
    if (!severity.empty() && !filter.severity)
        return refused(400, "Bad Request: 'severity' must be error, warning or info");
    filter.search = call.query_text("search");
    filter.custom_field_name = call.query_text("customFieldName");
    filter.entity_path = call.query_text("entityPath");
    filter.service_name = call.query_text("serviceName");
    auto page = call.room.store.sync_logs(filter);
    if (call.query_text("format") == "csv") return as_csv(page);
    json::array logs;
    for (const auto& log : page.logs) logs.emplace_back(log_object(log));
    auto texts = [](const std::vector<std::string>& all) {
        json::array out;
        for (const auto& text : all) out.emplace_back(text);
        return out;
    };
    return ok(json::object{{"logs", std::move(logs)},
                           {"total", page.total},
                           {"customFieldNames", texts(page.custom_field_names)},
                           {"entityPaths", texts(page.entity_paths)},
                           {"serviceNames", texts(page.service_names)}});
}

}  // namespace callboard::backstage
