// REST "Custom Fields" of services: the fields, their options, and each service's values.

#include "domain/event/event.h"
#include "domain/service/custom_field.h"
#include "http/kit/fields.h"
#include "http/kit/permit.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::http {

namespace {

Error field_not_found() { return errors::not_found("Field Not Found", 5001); }

json::object option_object(Wire& wire, const FieldOption& option) {
    return {{"id", wire.id(option.id)},
            {"type", "field_option"},
            {"data", {{"data_type", "string"}, {"value", option.value}}},
            {"created_at", wire.time(option.created_at)},
            {"updated_at", wire.time(option.updated_at)}};
}

json::array options_array(Wire& wire, const ServiceCustomField& field) {
    json::array out;
    for (const auto& option : field.field_options) out.emplace_back(option_object(wire, option));
    return out;
}

enum class Options { as_included, always };

json::object field_object(Wire& wire, const ServiceCustomField& field, Options options) {
    auto id = wire.id(field.id);
    json::object out{{"id", id},
                     {"type", "field"},
                     {"summary", field.display_name},
                     {"self", wire.request.site.api("/services/custom_fields/" + id)},
                     {"name", field.name},
                     {"display_name", field.display_name},
                     {"data_type", text_of(field.data_type)},
                     {"field_type", text_of(field.field_type)},
                     {"description", text_or_null(field.description)},
                     {"enabled", field.enabled},
                     {"created_at", wire.time(field.created_at)},
                     {"updated_at", wire.time(field.updated_at)}};
    if (options == Options::always || wire.includes("field_options")) out["field_options"] = options_array(wire, field);
    return out;
}

Reply reply_with(Request& request, int status, const ServiceCustomField& field) {
    Wire wire(request);
    return {status, json::object{{"field", field_object(wire, field, Options::always)}}, {}};
}

// --- fields ----------------------------------------------------------------------------------------------------------

/// Clients take 409 for "it is there already" and go on.
Result<void> check_unique(Request& request, const ServiceCustomField& field) {
    for (const auto& other : request.tx().list(Query<ServiceCustomField>())) {
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

void check_options(Fields& fields, const ServiceCustomField& field) {
    if (!field.field_options.empty() && !is_fixed(field.field_type))
        fields.problem("field_options", "are only for single_value_fixed and multi_value_fixed");
    if (field.field_options.size() > field_options_max) fields.problem("field_options", "are too many, at most 10");
    for (auto one = field.field_options.begin(); one != field.field_options.end(); ++one)
        if (std::ranges::find(one + 1, field.field_options.end(), one->value, &FieldOption::value) !=
            field.field_options.end())
            return fields.problem("field_options", "must differ from each other");
}

/// With an id an option changes, without one it is new; one that is not listed goes.
void read_options(Fields& fields, ServiceCustomField& field) {
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

void read_field(Fields& fields, ServiceCustomField& field, bool create) {
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
}

Result<Reply> list_fields(Request& request) {
    Wire wire(request);
    json::array out;
    for (const auto& field : request.tx().list(Query<ServiceCustomField>().order_by(&ServiceCustomField::id)))
        out.emplace_back(field_object(wire, field, Options::as_included));
    return ok(json::object{{"fields", std::move(out)}});
}

Result<Reply> create_field(Request& request) {
    TRY(auto fields, Fields::of(request, "field"));
    ServiceCustomField field;
    field.created_at = field.updated_at = request.now;
    read_field(fields, field, /*create=*/true);
    CHECK_OK(fields.check());
    CHECK_OK(check_unique(request, field));
    if (request.tx().count(Query<ServiceCustomField>()) >= static_cast<std::int64_t>(custom_fields_max))
        return errors::invalid_input("Product limit reached: an account may have at most 15 fields of services");
    field.id = request.tx().new_id<ServiceCustomFieldId>();
    request.tx().insert(field);
    return reply_with(request, 201, field);
}

Result<ServiceCustomField> field_of_path(Request& request) {
    return request.path_row<ServiceCustomField>("field_id", field_not_found());
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
    for (const auto& value : tx.list(Query<ServiceCustomFieldValue>().where(&ServiceCustomFieldValue::field, field.id)))
        tx.erase<ServiceCustomFieldValue>(value.id);
    tx.erase<ServiceCustomField>(field.id);
    return no_content();
}

// --- options ---------------------------------------------------------------------------------------------------------

struct FoundOption {
    ServiceCustomField field;
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

bool is_url(std::string_view text) {
    return text.starts_with("http://") || text.starts_with("https://") || text.starts_with("tel:");
}

bool is_option(const ServiceCustomField& field, std::string_view text) {
    return !is_fixed(field.field_type) ||
           std::ranges::find(field.field_options, text, &FieldOption::value) != field.field_options.end();
}

/// What is wrong with one text; empty when nothing is.
std::string problem_of_text(const ServiceCustomField& field, const json::value& value) {
    if (!value.is_string()) return "must be a text";
    std::string_view text = value.get_string();
    if (count_chars(text) > field_text_max) return "is too long, at most 200 characters";
    if (field.data_type == FieldDataType::url && !is_url(text)) return "must begin with http://, https:// or tel:";
    if (field.data_type == FieldDataType::datetime && !parse_iso8601(text))
        return "must be a date and time of ISO 8601";
    return is_option(field, text) ? "" : "is not one of the field's options";
}

std::string problem_of_list(const ServiceCustomField& field, const json::value& value) {
    const auto* list = value.if_array();
    if (!list) return "must be a list of texts";
    if (list->size() > field_values_max) return "has too many values, at most 10";
    for (std::size_t i = 0; i < list->size(); ++i) {
        if (auto problem = problem_of_text(field, (*list)[i]); !problem.empty()) return problem;
        if (std::find(list->begin(), list->begin() + static_cast<std::ptrdiff_t>(i), (*list)[i]) !=
            list->begin() + static_cast<std::ptrdiff_t>(i))
            return "has a value twice";
    }
    return {};
}

std::string problem_of(const ServiceCustomField& field, const json::value& value) {
    if (value.is_null()) return {};
    if (is_multi(field.field_type)) return problem_of_list(field, value);
    switch (field.data_type) {
    case FieldDataType::boolean: return value.is_bool() ? "" : "must be true or false";
    case FieldDataType::integer: return value.is_int64() ? "" : "must be a whole number";
    case FieldDataType::float_: return value.is_number() ? "" : "must be a number";
    case FieldDataType::string:
    case FieldDataType::datetime:
    case FieldDataType::url: return problem_of_text(field, value);
    }
    return {};
}

/// Every enabled field, null where the service has no value.
json::array values_array(Wire& wire, ServiceId service) {
    auto values = wire.tx().list(Query<ServiceCustomFieldValue>().where(&ServiceCustomFieldValue::service, service));
    json::array out;
    for (const auto& field : wire.tx().list(
             Query<ServiceCustomField>().where(&ServiceCustomField::enabled, true).order_by(&ServiceCustomField::id))) {
        auto found = std::ranges::find(values, field.id, &ServiceCustomFieldValue::field);
        out.emplace_back(
            json::object{{"id", wire.id(field.id)},
                         {"type", "field_value"},
                         {"name", field.name},
                         {"display_name", field.display_name},
                         {"data_type", text_of(field.data_type)},
                         {"field_type", text_of(field.field_type)},
                         {"description", text_or_null(field.description)},
                         {"value", found == values.end() ? json::value(nullptr) : json::parse(found->value)}});
    }
    return out;
}

Result<Reply> show_values(Request& request) {
    TRY(auto service, permitted_row<Service>(request));
    Wire wire(request);
    return ok(json::object{{"custom_fields", values_array(wire, service.id)}});
}

std::optional<ServiceCustomField> field_named_by(Fields& sent) {
    auto& request = sent.request();
    std::optional<std::string> id_text;
    std::optional<std::string> name;
    sent.text("id", id_text);
    sent.text("name", name);
    if (id_text) {
        auto id = request.site.ids.parse<ServiceCustomFieldId>(*id_text);
        return id ? request.tx().find<ServiceCustomField>(*id) : std::nullopt;
    }
    if (!name) return std::nullopt;
    return request.tx().first(Query<ServiceCustomField>().where(&ServiceCustomField::name, *name));
}

void keep_value(Tx& tx, ServiceId service, ServiceCustomFieldId field, const json::value& value) {
    auto row = tx.first(Query<ServiceCustomFieldValue>()
                            .where(&ServiceCustomFieldValue::service, service)
                            .where(&ServiceCustomFieldValue::field, field));
    if (row) tx.erase<ServiceCustomFieldValue>(row->id);
    if (value.is_null()) return;
    tx.insert(ServiceCustomFieldValue{
        row ? row->id : tx.new_id<ServiceCustomFieldValueId>(), service, field, json::serialize(value)});
}

/// All of them or none: an error undoes what was written before it.
Result<Reply> set_values(Request& request) {
    TRY(auto service, permitted_row<Service>(request));
    TRY(auto fields, Fields::of(request, ""));
    for (auto& sent : fields.elements("custom_fields", /*required=*/true)) {
        auto field = field_named_by(sent);
        const auto* value = sent.raw("value");
        if (!field || !field->enabled)
            fields.sentence("Custom fields has one that is no field of services");
        else if (!value)
            fields.sentence(fmt::format("Value of {} can't be left out", field->name));
        else if (auto problem = problem_of(*field, *value); !problem.empty())
            fields.sentence(fmt::format("Value of {} {}", field->name, problem));
        else
            keep_value(request.tx(), service.id, field->id, *value);
        fields.adopt(sent);
    }
    CHECK_OK(fields.check());
    Wire wire(request);
    return created(json::object{{"custom_fields", values_array(wire, service.id)}});
}

constexpr Route table[] = {
    {Verb::get, "/services/custom_fields", "custom_fields.read", Need::view, list_fields},
    {Verb::post, "/services/custom_fields", "custom_fields.write", Need::manage, create_field},
    {Verb::get, "/services/custom_fields/{field_id}", "custom_fields.read", Need::view, show_field},
    {Verb::put, "/services/custom_fields/{field_id}", "custom_fields.write", Need::manage, update_field},
    {Verb::del, "/services/custom_fields/{field_id}", "custom_fields.write", Need::manage, delete_field},
    {Verb::get, "/services/custom_fields/{field_id}/field_options", "custom_fields.read", Need::view, list_options},
    {Verb::post,
     "/services/custom_fields/{field_id}/field_options",
     "custom_fields.write",
     Need::manage,
     create_option},
    {Verb::get,
     "/services/custom_fields/{field_id}/field_options/{field_option_id}",
     "custom_fields.read",
     Need::view,
     show_option},
    {Verb::put,
     "/services/custom_fields/{field_id}/field_options/{field_option_id}",
     "custom_fields.write",
     Need::manage,
     update_option},
    {Verb::del,
     "/services/custom_fields/{field_id}/field_options/{field_option_id}",
     "custom_fields.write",
     Need::manage,
     delete_option},
    {Verb::get, "/services/{id}/custom_fields/values", "services.read", Need::view, show_values, Reach::team},
    {Verb::put, "/services/{id}/custom_fields/values", "services.write", Need::manage, set_values, Reach::team},
};

}  // namespace

std::span<const Route> service_custom_field_routes() { return table; }

}  // namespace callboard::http
