// REST "Extensions" and "Extension Schemas": what is told elsewhere of the incidents of services, in a channel of a
// chat or to an address. Deliveries are those of webhooks (app/hooks.h).

#include "app/hooks.h"
#include "app/stored_json.h"
#include "domain/account/address.h"
#include "http/kit/fields.h"
#include "http/kit/page.h"
#include "http/kit/permit.h"
#include "http/rest_v2/hook_subject.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"
#include "http/rest_v2/typed_url.h"
#include "http/rest_v2/webhook_headers.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::http {

namespace {

constexpr std::size_t url_max = 2'048;
constexpr std::size_t config_bytes_max = 16'384;
constexpr std::size_t services_max = 100;

std::string schema_id(Wire& wire, const ExtensionSchema& schema) {
    return wire.id(ExtensionSchemaId{&schema - extension_schemas().data() + 1});
}

const ExtensionSchema* schema_with_id(const Request& request, std::string_view text) {
    auto id = request.site.ids.parse<ExtensionSchemaId>(text);
    bool is_one = id && id->value >= 1 && id->value <= std::ssize(extension_schemas());
    return is_one ? &extension_schemas()[static_cast<std::size_t>(id->value - 1)] : nullptr;
}

const ExtensionSchema& schema_of(const WebhookSubscription& extension) {
    auto found = std::ranges::find(extension_schemas(), extension.format, &ExtensionSchema::format);
    ASSERT(found != extension_schemas().end(), "every format but the subscriptions' has a schema");
    return *found;
}

json::object schema_object(Wire& wire, const ExtensionSchema& schema) {
    auto id = schema_id(wire, schema);
    auto out = wire.head(id, "extension_schema", schema.label, "/extension_schemas/" + id, "");
    out["key"] = schema.key;
    out["label"] = schema.label;
    out["description"] = schema.description;
    out["guide_url"] = nullptr;
    out["icon_url"] = nullptr;
    out["logo_url"] = nullptr;
    out["send_types"] =
        json::array{"trigger", "acknowledge", "resolve", "delegate", "escalate", "unacknowledge", "assign"};
    out["url"] = "";
    return out;
}

json::object schema_ref_or_full(Wire& wire, const ExtensionSchema& schema) {
    if (wire.includes("extension_schemas")) return schema_object(wire, schema);
    auto id = schema_id(wire, schema);
    return wire.head(id, "extension_schema_reference", schema.label, "/extension_schemas/" + id, "");
}

json::object service_of(Wire& wire, ServiceId id) {
    return reference_or_full(
        wire, "extension_objects", known(wire.request, wire.service(id)), wire.service_ref(id), service_object);
}

bool is_disabled(const Request& request, const WebhookSubscription& extension) {
    return extension.disabled_until && request.now < *extension.disabled_until;
}

/// A chat that knows its channels by id has it in `config`.
bool is_by_id(HookFormat format) { return format == HookFormat::slack || format == HookFormat::telegram; }

json::object extension_object(Wire& wire, const WebhookSubscription& extension) {
    auto id = wire.id(ExtensionId{extension.id.value});
    auto out = wire.head(id, "extension", extension.name, "/extensions/" + id, "");
    out["name"] = extension.name;
    out["endpoint_url"] = is_by_id(extension.format) ? json::value(nullptr) : json::value(extension.url);
    json::array services;
    for (auto service : extension.services) services.emplace_back(service_of(wire, service));
    out["extension_objects"] = std::move(services);
    out["extension_schema"] = schema_ref_or_full(wire, schema_of(extension));
    out["temporarily_disabled"] = is_disabled(wire.request, extension);
    out["config"] = parse_stored(extension.config, json::object{});
    return out;
}

Result<Reply> shown(Request& request, const WebhookSubscription& extension, int status = 200) {
    Wire wire(request);
    return Reply{status, json::object{{"extension", extension_object(wire, extension)}}, {}};
}

/// The channel's id in a chat: what a contact method of that chat would have as its address.
void read_channel(Fields& config, WebhookSubscription& extension) {
    config.text("channel", extension.url, {.required = true, .max = 64});
    ContactMethod method;
    method.address = extension.url;
    method.type = extension.format == HookFormat::slack ? ContactMethodType::slack_contact_method
                                                        : ContactMethodType::telegram_contact_method;
    auto wrong = extension.url.empty() ? std::nullopt : address_problem(method);
    if (wrong) config.problem("channel", *wrong);
}

void read_topics(Fields& config, WebhookSubscription& extension) {
    ExtensionTopics topics;
    if (auto types = config.nested("notify_types")) {
        types->flag("acknowledge", topics.acknowledge);
        types->flag("resolve", topics.resolve);
        types->flag("assignments", topics.assignments);
        config.adopt(*types);
    }
    extension.events = events_of(topics);
}

void read_config(Fields& fields, WebhookSubscription& extension, bool create) {
    const json::object nothing;
    const auto* sent = fields.object("config");
    if (!sent && !create) return;
    const auto& object = sent ? *sent : nothing;
    auto text = json::serialize(object);
    if (text.size() > config_bytes_max) return fields.problem("config", "is too long");
    extension.config = sent ? text : std::string{};
    Fields config(fields.request(), object, "Config ", "config.");
    read_topics(config, extension);
    if (is_by_id(extension.format)) read_channel(config, extension);
    if (extension.format == HookFormat::v2) read_webhook_headers(config, "headers", extension.custom_headers);
    fields.adopt(config);
}

void read_endpoint(Fields& fields, WebhookSubscription& extension, bool create) {
    if (is_by_id(extension.format)) return;
    read_typed_url(fields, "endpoint_url", extension.url, {.required = create, .max = url_max});
}

void read_schema(Fields& fields, WebhookSubscription& extension, bool create) {
    const auto* raw = fields.object("extension_schema");
    if (!raw) {
        if (create && !fields.sent("extension_schema")) fields.problem("extension_schema", "can't be blank");
        return;
    }
    auto id = Fields::id_of(*raw);
    const auto* schema = id ? schema_with_id(fields.request(), *id) : nullptr;
    if (!schema) return fields.problem("extension_schema", "was not found");
    if (!create && schema->format != extension.format) return fields.problem("extension_schema", "cannot be changed");
    extension.format = schema->format;
}

void read_services(Fields& fields, WebhookSubscription& extension, bool create) {
    bool listed = fields.references<Service>("extension_objects", extension.services);
    if (extension.services.empty() && (listed || (create && !fields.sent("extension_objects"))))
        fields.problem("extension_objects", "can't be blank");
    if (extension.services.size() > services_max) fields.problem("extension_objects", "may be at most 100");
}

Result<void> read_extension(Request& request, WebhookSubscription& extension, bool create) {
    TRY(auto fields, Fields::of(request, "extension"));
    fields.text("name", extension.name, {.required = true, .max = 255});
    read_schema(fields, extension, create);
    read_services(fields, extension, create);
    // What else is to be said depends on the schema.
    if (extension.format != HookFormat::v3) {
        read_endpoint(fields, extension, create);
        read_config(fields, extension, create);
    }
    return fields.check();
}

Result<Reply> list_schemas(Request& request) {
    Wire wire(request);
    return page_of(request, "extension_schemas", extension_schemas(), [&](const ExtensionSchema& schema) {
        return schema_object(wire, schema);
    });
}

Result<Reply> get_schema(Request& request) {
    const auto* schema = schema_with_id(request, request.parameter("id"));
    if (!schema) return errors::not_found("Extension Schema Not Found", 5001);
    Wire wire(request);
    return ok(json::object{{"extension_schema", schema_object(wire, *schema)}});
}

Result<Reply> list_extensions(Request& request) {
    auto rows = request.tx().list(Query<WebhookSubscription>()
                                      .where_not(&WebhookSubscription::format, HookFormat::v3)
                                      .contains(request.query.text("query").value_or(""), &WebhookSubscription::name)
                                      .order_by(&WebhookSubscription::name));
    std::erase_if(rows, [&](const WebhookSubscription& row) { return !knows_subject(request, row); });
    if (auto text = request.query.text("extension_object_id")) {
        auto service = request.site.ids.parse<ServiceId>(*text);
        std::erase_if(rows, [&](const WebhookSubscription& row) {
            return !service || std::ranges::find(row.services, *service) == row.services.end();
        });
    }
    if (auto text = request.query.text("extension_schema_id")) {
        const auto* schema = schema_with_id(request, *text);
        std::erase_if(rows, [&](const WebhookSubscription& row) { return !schema || row.format != schema->format; });
    }
    Wire wire(request);
    return page_of(
        request, "extensions", rows, [&](const WebhookSubscription& row) { return extension_object(wire, row); });
}

Result<Reply> create_extension(Request& request) {
    WebhookSubscription extension;
    CHECK_OK(read_extension(request, extension, /*create=*/true));
    auto others = Query<WebhookSubscription>().where_not(&WebhookSubscription::format, HookFormat::v3);
    if (request.tx().count(others) >= extensions_max)
        return errors::invalid_input(fmt::format("An account may have at most {} extensions", extensions_max));
    extension.id = request.tx().new_id<WebhookSubscriptionId>();
    extension.created_at = request.now;
    request.tx().insert(extension);
    return shown(request, extension, 201);
}

Result<Reply> get_extension(Request& request) {
    TRY(auto extension, extension_of_path(request));
    return shown(request, extension);
}

Result<Reply> update_extension(Request& request) {
    TRY(auto extension, extension_of_path(request));
    CHECK_OK(read_extension(request, extension, /*create=*/false));
    request.tx().update(extension);
    return shown(request, extension);
}

Result<Reply> delete_extension(Request& request) {
    TRY(auto extension, extension_of_path(request));
    delete_subscription(request.tx(), extension.id);
    return no_content();
}

Result<Reply> enable_extension(Request& request) {
    TRY(auto extension, extension_of_path(request));
    enable(extension);
    request.tx().update(extension);
    return shown(request, extension);
}

constexpr Route table[] = {
    {Verb::get, "/extension_schemas", "extension_schemas.read", Need::view, list_schemas},
    {Verb::get, "/extension_schemas/{id}", "extension_schemas.read", Need::view, get_schema},
    {Verb::get, "/extensions", "extensions.read", Need::manage, list_extensions},
    {Verb::post, "/extensions", "extensions.write", Need::manage, create_extension},
    {Verb::get, "/extensions/{id}", "extensions.read", Need::manage, get_extension},
    {Verb::put, "/extensions/{id}", "extensions.write", Need::manage, update_extension},
    {Verb::del, "/extensions/{id}", "extensions.write", Need::manage, delete_extension},
    {Verb::post, "/extensions/{id}/enable", "extensions.write", Need::manage, enable_extension},
};

}  // namespace

std::span<const Route> extension_routes() { return table; }

}  // namespace callboard::http
