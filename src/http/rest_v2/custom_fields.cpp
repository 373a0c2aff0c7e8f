// REST "Custom Fields" of services and of incidents: the fields, their options, and the values of each service or
// incident. The path says which: /services/custom_fields, /incidents/custom_fields, whose fields all incidents have,
// and /incidents/types/{type_id_or_name}/custom_fields.

#include "app/custom_fields.h"

#include "app/field_rules.h"
#include "app/incident_types.h"
#include "app/stored_json.h"
#include "domain/account/custom_field.h"
#include "domain/event/event.h"
#include "http/kit/fields.h"
#include "http/kit/permit.h"
#include "http/rest_v2/incident_lookup.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::http {

namespace {

Error field_not_found() { return errors::not_found("Field Not Found", 5001); }

FieldSubject subject_of(const Request& request) {
    return request.path.starts_with("/services/") ? FieldSubject::service : FieldSubject::incident;
}

bool is_of_type(const Request& request) { return !request.parameter("type_id_or_name").empty(); }

/// The type of incidents that the path names, or means.
Result<IncidentType> type_of_path(Request& request) {
    auto name = is_of_type(request) ? request.parameter("type_id_or_name") : base_incident_type;
    auto type = find_incident_type(request, name);
    if (!type) return errors::not_found();
    return *type;
}

/// What a field keeps of its type.
std::optional<IncidentTypeId> kept(const IncidentType& type) {
    return type.name == base_incident_type ? std::nullopt : std::optional(type.id);
}

/// The public id of the type that a field belongs to.
std::string type_id_of(Wire& wire, const CustomField& field) {
    return wire.id(field.incident_type.value_or(find_incident_type(wire.request, base_incident_type)->id));
}

std::string address_of(Wire& wire, const CustomField& field) {
    if (is_of_type(wire.request)) return "/incidents/types/" + type_id_of(wire, field) + "/custom_fields/";
    return field.subject == FieldSubject::service ? "/services/custom_fields/" : "/incidents/custom_fields/";
}

Query<CustomField> fields_of(FieldSubject subject) {
    return Query<CustomField>().where(&CustomField::subject, subject).order_by(&CustomField::id);
}

std::vector<CustomField> fields_of_incidents(Tx& tx, std::string_view incident_type) {
    auto lineage = lineage_of(tx, incident_type);
    auto fields = tx.list(fields_of(FieldSubject::incident));
    std::erase_if(fields, [&](const CustomField& field) { return !is_field_of(lineage, field); });
    return fields;
}

std::vector<FieldValue> kept_values(Tx& tx, std::int64_t subject_id) {
    std::vector<FieldValue> values;
    for (auto& row : tx.list(Query<CustomFieldValue>().where(&CustomFieldValue::subject_id, subject_id)))
        values.push_back({row.field, std::move(row.value)});
    return values;
}

std::string_view plural_of(FieldSubject subject) { return subject == FieldSubject::service ? "services" : "incidents"; }

json::object option_object(Wire& wire, const FieldOption& option) {
    return {{"id", wire.id(option.id)},
            {"type", "field_option"},
            {"data", {{"data_type", "string"}, {"value", option.value}}},
            {"created_at", wire.time(option.created_at)},
            {"updated_at", wire.time(option.updated_at)}};
}

json::array options_array(Wire& wire, const CustomField& field) {
    json::array out;
    for (const auto& option : field.field_options) out.emplace_back(option_object(wire, option));
    return out;
}

enum class Options { as_included, always };

json::object field_object(Wire& wire, const CustomField& field, Options options) {
    auto id = wire.id(field.id);
    json::object out{{"id", id},
                     {"type", "field"},
                     {"summary", field.display_name},
                     {"self", wire.request.site.api(address_of(wire, field) + id)},
                     {"name", field.name},
                     {"display_name", field.display_name},
                     {"data_type", text_of(field.data_type)},
                     {"field_type", text_of(field.field_type)},
                     {"description", text_or_null(field.description)},
                     {"enabled", field.enabled},
                     {"created_at", wire.time(field.created_at)},
                     {"updated_at", wire.time(field.updated_at)}};
    if (field.subject == FieldSubject::incident) {
        out["namespace"] = "incidents";
        out["default_value"] = field.default_value ? parse_stored(*field.default_value) : json::value(nullptr);
    }
    if (is_of_type(wire.request)) out["incident_type"] = type_id_of(wire, field);
    if (options == Options::always || wire.includes("field_options")) out["field_options"] = options_array(wire, field);
    return out;
}

Reply reply_with(Request& request, int status, const CustomField& field) {
    Wire wire(request);
    return {status, json::object{{"field", field_object(wire, field, Options::always)}}, {}};
}

// --- fields ----------------------------------------------------------------------------------------------------------

/// Clients take 409 for "it is there already" and go on.
Result<void> check_unique(Request& request, const CustomField& field) {
    for (const auto& other : request.tx().list(fields_of(field.subject))) {
        if (other.id == field.id) continue;
        if (other.name == field.name)
            return Error{ErrorKind::conflict, 2001, "Conflict", {"Name has already been taken"}};
        if (other.display_name == field.display_name)
            return Error{ErrorKind::conflict, 2001, "Conflict", {"Display name has already been taken"}};
    }
    return {};
}

std::optional<std::string> read_option_value(Fields& option) {
    auto data = option.nested("data");
    std::string type = "string";
    std::string value;
    if (!data) {
        if (!option.sent("data")) option.problem("data", "can't be blank");
        return std::nullopt;
    }
    data->text("data_type", type, {.required = true});
    if (type != "string") data->problem("data_type", "must be string");
    data->text("value", value, {.required = true, .max = field_text_max});
    option.adopt(*data);
    return value;
}

void check_options(Fields& fields, const CustomField& field) {
    if (!field.field_options.empty() && !is_fixed(field.field_type))
        fields.problem("field_options", "are only for single_value_fixed and multi_value_fixed");
    if (field.field_options.size() > field_options_max) fields.problem("field_options", "are too many, at most 10");
    for (auto one = field.field_options.begin(); one != field.field_options.end(); ++one)
        if (std::ranges::find(one + 1, field.field_options.end(), one->value, &FieldOption::value) !=
            field.field_options.end())
            return fields.problem("field_options", "must differ from each other");
}

/// With an id an option changes, without one it is new; one that is not listed goes.
void read_options(Fields& fields, CustomField& field) {
    if (!fields.sent("field_options")) return;
    auto& request = fields.request();
    std::vector<FieldOption> options;
    for (auto& sent : fields.elements("field_options")) {
        auto value = read_option_value(sent);
        std::optional<std::string> id_text;
        sent.text("id", id_text);
        auto id = id_text ? request.site.ids.parse<FieldOptionId>(*id_text) : std::nullopt;
        auto known = id ? std::ranges::find(field.field_options, *id, &FieldOption::id) : field.field_options.end();
        if (id_text && known == field.field_options.end()) sent.problem("id", "is not one of the field's options");
        fields.adopt(sent);
        if (!value) continue;
        auto option = known == field.field_options.end()
                          ? FieldOption{request.tx().new_id<FieldOptionId>(), {}, request.now, request.now}
                          : *known;
        if (option.value != *value) option.updated_at = request.now;
        option.value = *value;
        options.push_back(std::move(option));
    }
    field.field_options = std::move(options);
}

/// After the options: it is one of them.
void read_default(Fields& fields, CustomField& field) {
    if (field.subject != FieldSubject::incident) return;
    if (const auto* sent = fields.raw("default_value")) {
        field.default_value.reset();
        if (!sent->is_null()) field.default_value = json::serialize(*sent);
    }
    if (!field.default_value || !fields.problems().empty()) return;
    if (auto problem = problem_of(field, parse_stored(*field.default_value)); !problem.empty())
        fields.problem("default_value", problem);
}

void read_field(Fields& fields, CustomField& field, bool create) {
    if (create) {
        fields.text("name", field.name, {.required = true, .max = 50});
        if (!field.name.empty() && !is_field_name(field.name))
            fields.problem("name", "may have lower-case letters, digits and underscores only");
        for (auto name : {"data_type", "field_type"})
            if (!fields.sent(name)) fields.problem(name, "can't be blank");
        fields.choice("data_type", field.data_type);
        fields.choice("field_type", field.field_type);
        if (field.field_type != FieldType::single_value && field.data_type != FieldDataType::string)
            fields.problem("data_type", "must be string for fields of options or of several values");
    }
    fields.text("display_name", field.display_name, {.required = create || fields.sent("display_name"), .max = 50});
    fields.text("description", field.description, {.max = 1'000});
    fields.flag("enabled", field.enabled);
    read_options(fields, field);
    check_options(fields, field);
    read_default(fields, field);
}

Result<Reply> list_fields(Request& request) {
    TRY(auto type, type_of_path(request));
    Wire wire(request);
    auto fields = subject_of(request) == FieldSubject::service ? request.tx().list(fields_of(FieldSubject::service))
                                                               : fields_of_incidents(request.tx(), type.name);
    json::array out;
    for (const auto& field : fields) out.emplace_back(field_object(wire, field, Options::as_included));
    return ok(json::object{{"fields", std::move(out)}});
}

Result<Reply> create_field(Request& request) {
    TRY(auto type, type_of_path(request));
    TRY(auto fields, Fields::of(request, "field"));
    CustomField field;
    field.subject = subject_of(request);
    field.incident_type = kept(type);
    field.created_at = field.updated_at = request.now;
    read_field(fields, field, /*create=*/true);
    CHECK_OK(fields.check());
    CHECK_OK(check_unique(request, field));
    auto most = custom_fields_max(field.subject);
    auto of_same = [&](const CustomField& other) { return other.incident_type == field.incident_type; };
    auto there = request.tx().list(fields_of(field.subject));
    if (std::ranges::count_if(there, of_same) >= static_cast<std::ptrdiff_t>(most))
        return errors::invalid_input(fmt::format(
            "Product limit reached: an account may have at most {} fields of {}", most, plural_of(field.subject)));
    field.id = request.tx().new_id<CustomFieldId>();
    request.tx().insert(field);
    return reply_with(request, 201, field);
}

Result<CustomField> field_of_path(Request& request) {
    TRY(auto type, type_of_path(request));
    TRY(auto field, request.path_row<CustomField>("field_id", field_not_found()));
    if (field.subject != subject_of(request)) return field_not_found();
    if (field.subject == FieldSubject::service) return field;
    if (!is_field_of(lineage_of(request.tx(), type.name), field)) return field_not_found();
    if (request.need != Need::view && field.incident_type != kept(type))
        return errors::invalid_input(
            fmt::format("{} belongs to a type above {}: change it there", field.name, type.name));
    return field;
}

Result<Reply> show_field(Request& request) {
    TRY(auto field, field_of_path(request));
    Wire wire(request);
    return ok(json::object{{"field", field_object(wire, field, Options::as_included)}});
}

Result<Reply> update_field(Request& request) {
    TRY(auto field, field_of_path(request));
    TRY(auto fields, Fields::of(request, "field"));
    read_field(fields, field, /*create=*/false);
    CHECK_OK(fields.check());
    CHECK_OK(check_unique(request, field));
    field.updated_at = request.now;
    request.tx().update(field);
    return reply_with(request, 200, field);
}

Result<Reply> delete_field(Request& request) {
    TRY(auto field, field_of_path(request));
    auto& tx = request.tx();
    for (const auto& value : tx.list(Query<CustomFieldValue>().where(&CustomFieldValue::field, field.id)))
        tx.erase<CustomFieldValue>(value.id);
    tx.erase<CustomField>(field.id);
    return no_content();
}

// --- options ---------------------------------------------------------------------------------------------------------

struct FoundOption {
    CustomField field;
    std::size_t index = 0;

    FieldOption& option() { return field.field_options[index]; }
};

Result<FoundOption> option_of_path(Request& request) {
    TRY(auto field, field_of_path(request));
    TRY(auto id, request.path_id<FieldOptionId>("field_option_id"));
    auto found = std::ranges::find(field.field_options, id, &FieldOption::id);
    if (found == field.field_options.end()) return errors::not_found();
    auto index = static_cast<std::size_t>(found - field.field_options.begin());
    return FoundOption{std::move(field), index};
}

Reply option_reply(Request& request, int status, const FieldOption& option) {
    Wire wire(request);
    return {status, json::object{{"field_option", option_object(wire, option)}}, {}};
}

Result<Reply> list_options(Request& request) {
    TRY(auto field, field_of_path(request));
    Wire wire(request);
    return ok(json::object{{"field_options", options_array(wire, field)}});
}

Result<Reply> create_option(Request& request) {
    TRY(auto field, field_of_path(request));
    TRY(auto fields, Fields::of(request, "field_option"));
    auto value = read_option_value(fields);
    CHECK_OK(fields.check());
    field.field_options.push_back({request.tx().new_id<FieldOptionId>(), *value, request.now, request.now});
    check_options(fields, field);
    CHECK_OK(fields.check());
    request.tx().update(field);
    return option_reply(request, 201, field.field_options.back());
}

Result<Reply> show_option(Request& request) {
    TRY(auto found, option_of_path(request));
    return option_reply(request, 200, found.option());
}

Result<Reply> update_option(Request& request) {
    TRY(auto found, option_of_path(request));
    TRY(auto fields, Fields::of(request, "field_option"));
    auto value = read_option_value(fields);
    CHECK_OK(fields.check());
    found.option().value = *value;
    found.option().updated_at = request.now;
    check_options(fields, found.field);
    CHECK_OK(fields.check());
    request.tx().update(found.field);
    return option_reply(request, 200, found.option());
}

Result<Reply> delete_option(Request& request) {
    TRY(auto found, option_of_path(request));
    found.field.field_options.erase(found.field.field_options.begin() + static_cast<std::ptrdiff_t>(found.index));
    request.tx().update(found.field);
    return no_content();
}

// --- values ----------------------------------------------------------------------------------------------------------

Result<Reply> show_service_values(Request& request) {
    TRY(auto service, permitted_row<Service>(request));
    Wire wire(request);
    auto values = custom_field_values(wire, service);
    return ok(json::object{{"custom_fields", std::move(values)}});
}

Result<Reply> show_incident_values(Request& request) {
    TRY(auto incident, find_incident(request, request.parameter("id")));
    Wire wire(request);
    auto values = custom_field_values(wire, incident);
    return ok(json::object{{"custom_fields", std::move(values)}});
}

/// One of `fields`, by its id or its name.
const CustomField* field_named_by(Fields& sent, const std::vector<CustomField>& fields) {
    const auto& ids = sent.request().site.ids;
    std::optional<std::string> id_text;
    std::optional<std::string> name;
    sent.text("id", id_text);
    sent.text("name", name);
    if (!id_text && !name) return nullptr;
    auto found =
        id_text
            ? std::ranges::find(fields, ids.parse<CustomFieldId>(*id_text).value_or(CustomFieldId{}), &CustomField::id)
            : std::ranges::find(fields, *name, &CustomField::name);
    return found == fields.end() ? nullptr : &*found;
}

struct SentValues {
    std::vector<FieldValue> values;
    /// "Environment: production. Customer: nothing".
    std::string words;
};

Result<SentValues> read_values(Request& request, const std::vector<CustomField>& known, std::string_view whose) {
    TRY(auto fields, Fields::of(request, ""));
    SentValues out;
    for (auto& sent : fields.elements("custom_fields", /*required=*/true)) {
        const auto* field = field_named_by(sent, known);
        const auto* value = sent.raw("value");
        if (!field)
            fields.sentence(fmt::format("Custom fields has one that is no field of {}", whose));
        else if (!value)
            fields.sentence(fmt::format("Value of {} can't be left out", field->name));
        else if (auto problem = problem_of(*field, *value); !problem.empty())
            fields.sentence(fmt::format("Value of {} {}", field->name, problem));
        else {
            out.values.push_back({field->id, value->is_null() ? std::nullopt : std::optional{json::serialize(*value)}});
            out.words += fmt::format("{}{}: {}", out.words.empty() ? "" : ". ", field->display_name, words_of(*value));
        }
        fields.adopt(sent);
    }
    CHECK_OK(fields.check());
    return out;
}

Result<Reply> set_service_values(Request& request) {
    TRY(auto service, permitted_row<Service>(request));
    TRY(auto sent, read_values(request, enabled_fields_of_services(request.tx()), "services"));
    set_service_fields(request.tx(), request.site.desk, service, sent.values, acting_agent(request));
    Wire wire(request);
    auto values = custom_field_values(wire, service);
    return created(json::object{{"custom_fields", std::move(values)}});
}

Result<Reply> set_incident_values(Request& request) {
    TRY(auto incident, find_incident(request, request.parameter("id")));
    auto known = enabled_fields_of_incidents(request.tx(), incident.incident_type);
    TRY(auto sent, read_values(request, known, "this incident's type"));
    Act act{acting_agent(request), Channel::website, request.now};
    CHECK_OK(
        set_incident_fields(request.tx(), request.site.desk, incident.id, sent.values, std::move(sent.words), act));
    Wire wire(request);
    auto values = custom_field_values(wire, incident);
    return created(json::object{{"custom_fields", std::move(values)}});
}

// clang-format off
constexpr Scope reads{"custom_fields.read"};
constexpr Scope edits{"custom_fields.write"};

constexpr Route table[] = {
    {Verb::get, "/services/custom_fields", reads, Need::view, list_fields},
    {Verb::post, "/services/custom_fields", edits, Need::manage, create_field},
    {Verb::get, "/services/custom_fields/{field_id}", reads, Need::view, show_field},
    {Verb::put, "/services/custom_fields/{field_id}", edits, Need::manage, update_field},
    {Verb::del, "/services/custom_fields/{field_id}", edits, Need::manage, delete_field},
    {Verb::get, "/services/custom_fields/{field_id}/field_options", reads, Need::view, list_options},
    {Verb::post, "/services/custom_fields/{field_id}/field_options", edits, Need::manage, create_option},
    {Verb::get, "/services/custom_fields/{field_id}/field_options/{field_option_id}", reads, Need::view, show_option},
    {Verb::put, "/services/custom_fields/{field_id}/field_options/{field_option_id}", edits, Need::manage, update_option},
    {Verb::del, "/services/custom_fields/{field_id}/field_options/{field_option_id}", edits, Need::manage, delete_option},
    {Verb::get, "/services/{id}/custom_fields/values", "services.read", Need::view, show_service_values, Reach::team},
    {Verb::put, "/services/{id}/custom_fields/values", "services.write", Need::manage, set_service_values, Reach::team},

    {Verb::get, "/incidents/custom_fields", reads, Need::view, list_fields},
    {Verb::post, "/incidents/custom_fields", edits, Need::manage, create_field},
    {Verb::get, "/incidents/custom_fields/{field_id}", reads, Need::view, show_field},
    {Verb::put, "/incidents/custom_fields/{field_id}", edits, Need::manage, update_field},
    {Verb::del, "/incidents/custom_fields/{field_id}", edits, Need::manage, delete_field},
    {Verb::get, "/incidents/custom_fields/{field_id}/field_options", reads, Need::view, list_options},
    {Verb::post, "/incidents/custom_fields/{field_id}/field_options", edits, Need::manage, create_option},
    {Verb::put, "/incidents/custom_fields/{field_id}/field_options/{field_option_id}", edits, Need::manage, update_option},
    {Verb::del, "/incidents/custom_fields/{field_id}/field_options/{field_option_id}", edits, Need::manage, delete_option},
    {Verb::get, "/incidents/{id}/custom_fields/values", "incidents.read", Need::view, show_incident_values, Reach::team},
    {Verb::put, "/incidents/{id}/custom_fields/values", "incidents.write", Need::respond, set_incident_values, Reach::team},

    {Verb::get, "/incidents/types/{type_id_or_name}/custom_fields", reads, Need::view, list_fields},
    {Verb::post, "/incidents/types/{type_id_or_name}/custom_fields", edits, Need::manage, create_field},
    {Verb::get, "/incidents/types/{type_id_or_name}/custom_fields/{field_id}", reads, Need::view, show_field},
    {Verb::put, "/incidents/types/{type_id_or_name}/custom_fields/{field_id}", edits, Need::manage, update_field},
    {Verb::del, "/incidents/types/{type_id_or_name}/custom_fields/{field_id}", edits, Need::manage, delete_field},
    {Verb::get, "/incidents/types/{type_id_or_name}/custom_fields/{field_id}/field_options", reads, Need::view, list_options},
    {Verb::post, "/incidents/types/{type_id_or_name}/custom_fields/{field_id}/field_options", edits, Need::manage, create_option},
    {Verb::get, "/incidents/types/{type_id_or_name}/custom_fields/{field_id}/field_options/{field_option_id}", reads, Need::view, show_option},
    {Verb::put, "/incidents/types/{type_id_or_name}/custom_fields/{field_id}/field_options/{field_option_id}", edits, Need::manage, update_option},
    {Verb::del, "/incidents/types/{type_id_or_name}/custom_fields/{field_id}/field_options/{field_option_id}", edits, Need::manage, delete_option},
};
// clang-format on

}  // namespace

std::vector<CustomField> enabled_fields_of_services(Tx& tx) {
    return tx.list(fields_of(FieldSubject::service).where(&CustomField::enabled, true));
}

std::vector<CustomField> enabled_fields_of_incidents(Tx& tx, std::string_view incident_type) {
    auto fields = fields_of_incidents(tx, incident_type);
    std::erase_if(fields, [](const CustomField& field) { return !field.enabled; });
    return fields;
}

json::array custom_field_values(Wire& wire, const Service& service) {
    return field_values_array(wire, enabled_fields_of_services(wire.tx()), kept_values(wire.tx(), service.id.value));
}

json::array custom_field_values(Wire& wire, const Incident& incident) {
    return field_values_array(wire,
                              enabled_fields_of_incidents(wire.tx(), incident.incident_type),
                              kept_values(wire.tx(), incident.id.value));
}

json::array field_values_array(Wire& wire, const std::vector<CustomField>& fields, std::span<const FieldValue> values) {
    json::array out;
    for (const auto& field : fields) {
        auto found = std::ranges::find(values, field.id, &FieldValue::field);
        out.emplace_back(field_value_object(wire, field, found == values.end() ? std::nullopt : found->value));
    }
    return out;
}

json::object field_value_object(Wire& wire, const CustomField& field, const std::optional<std::string>& value) {
    json::object out{{"id", wire.id(field.id)},
                     {"type", "field_value"},
                     {"name", field.name},
                     {"display_name", field.display_name},
                     {"data_type", text_of(field.data_type)},
                     {"field_type", text_of(field.field_type)},
                     {"description", text_or_null(field.description)}};
    out["value"] = value ? parse_stored(*value) : json::value(nullptr);
    return out;
}

std::span<const Route> custom_field_routes() { return table; }

}  // namespace callboard::http
