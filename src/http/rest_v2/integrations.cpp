// REST "Services": their integrations. The key is returned although the API's description leaves it out: every
// client reads it.

#include "base/secret.h"
#include "domain/service/vendor.h"
#include "http/kit/fields.h"
#include "http/kit/permit.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

namespace {

constexpr std::int64_t integrations_max = 250;  // Knowledge base: per service.

Error integration_not_found() { return errors::not_found("Integration Not Found", 5001); }

json::value vendor_ref(Wire& wire, const Integration& integration) {
    if (!integration.vendor) return nullptr;
    const auto* vendor = vendor_by_id(*integration.vendor);
    if (!vendor) return nullptr;
    auto path = "/vendors/" + std::string{vendor->id};
    auto out = wire.head(vendor->id, "vendor_reference", vendor->name, path, "");
    if (wire.includes("vendors")) {
        out["type"] = "vendor";
        out["name"] = vendor->name;
        out["description"] = vendor->description;
        out["generic_service_type"] = text_of(vendor->type);
    }
    return out;
}

/// The vendor decides the type where none is sent, as Backstage does.
void read_vendor(Fields& fields, Integration& integration) {
    if (fields.sent_null("vendor")) integration.vendor.reset();
    const auto* sent = fields.raw("vendor");
    auto id = sent ? Fields::id_of(*sent) : std::nullopt;
    if (!id) return;
    const auto* vendor = vendor_by_id(*id);
    if (!vendor) return fields.problem("vendor", "not found");
    integration.vendor = *id;
    if (!fields.sent("type")) integration.type = vendor->type;
    if (integration.name.empty()) integration.name = vendor->name;
}

void read_type(Fields& fields, Integration& integration) {
    std::string type;
    if (!fields.text("type", type)) return;
    if (type.ends_with("_reference")) type.resize(type.size() - std::string_view{"_reference"}.size());
    // What a generic reference says is nothing.
    if (type == "inbound_integration" || type == "integration") return;
    auto parsed = parse_enum<IntegrationType>(type);
    if (!parsed) return fields.problem("type", "must be one of: " + all_texts_of<IntegrationType>());
    integration.type = *parsed;
}

/// The integration of the path, which must belong to the path's service.
Result<Integration> integration_of_path(Request& request) {
    TRY(auto service, permitted_row<Service>(request, "id", errors::not_found("Service Not Found", 5002)));
    TRY(auto integration, request.path_row<Integration>("integration_id", integration_not_found()));
    if (integration.service != service.id) return integration_not_found();
    return integration;
}

Result<Reply> create_integration(Request& request) {
    TRY(auto service, permitted_row<Service>(request, "id", errors::not_found("Service Not Found", 5002)));
    TRY(auto fields, Fields::of(request, "integration"));
    Integration integration;
    integration.id = request.tx().new_id<IntegrationId>();
    integration.service = service.id;
    integration.created_at = request.now;
    fields.text("name", integration.name, {.max = 255});
    read_type(fields, integration);
    read_vendor(fields, integration);
    if (integration.type == IntegrationType::generic_email_inbound_integration)
        fields.text("integration_email", integration.integration_email, {.required = true, .max = 255});
    std::string key;
    if (fields.text("integration_key", key) && !key.empty()) {
        // A move from elsewhere keeps its key, as long as it is a key and nobody has it.
        if (routing_key_problem(key)) fields.problem("integration_key", "must be 32 letters and digits");
        if (request.tx().count(Query<Integration>().where(&Integration::integration_key, key).with_deleted()) > 0)
            fields.problem("integration_key", "has already been taken");
    }
    integration.integration_key = key.empty() ? random_alphanumeric(routing_key_length) : key;
    if (integration.name.empty()) integration.name = "Events API V2";
    if (request.tx().count(Query<Integration>().where(&Integration::service, service.id)) >= integrations_max)
        fields.sentence("A service may have at most 250 integrations");
    CHECK_OK(fields.check());
    request.tx().insert(integration);
    Wire wire(request);
    return created(json::object{{"integration", integration_object(wire, integration)}});
}

Result<Reply> get_integration(Request& request) {
    TRY(auto integration, integration_of_path(request));
    Wire wire(request);
    return ok(json::object{{"integration", integration_object(wire, integration)}});
}

Result<Reply> update_integration(Request& request) {
    TRY(auto integration, integration_of_path(request));
    TRY(auto fields, Fields::of(request, "integration"));
    fields.text("name", integration.name, {.min = 1, .max = 255});
    read_type(fields, integration);
    read_vendor(fields, integration);
    fields.text("integration_email", integration.integration_email, {.max = 255});
    CHECK_OK(fields.check());
    request.tx().update(integration);
    Wire wire(request);
    return ok(json::object{{"integration", integration_object(wire, integration)}});
}

/// Open incidents stay as they are.
Result<Reply> delete_integration(Request& request) {
    TRY(auto integration, integration_of_path(request));
    integration.deleted_at = request.now;
    request.tx().update(integration);
    return no_content();
}

constexpr Route table[] = {
    {Verb::post, "/services/{id}/integrations", "services.write", Need::manage, create_integration, Reach::team},
    {Verb::get,
     "/services/{id}/integrations/{integration_id}",
     "services.read",
     Need::view,
     get_integration,
     Reach::team},
    {Verb::put,
     "/services/{id}/integrations/{integration_id}",
     "services.write",
     Need::manage,
     update_integration,
     Reach::team},
    // Not in the documentation; Terraform and go-pagerduty use it.
    {Verb::del,
     "/services/{id}/integrations/{integration_id}",
     "services.write",
     Need::manage,
     delete_integration,
     Reach::team},
};

}  // namespace

json::object integration_object(Wire& wire, const Integration& integration) {
    auto out = wire.integration_ref(integration);
    out["type"] = text_of(integration.type);
    out["name"] = integration.name;
    out["service"] = service_ref_or_full(wire, integration.service);
    out["created_at"] = wire.time(integration.created_at);
    out["vendor"] = vendor_ref(wire, integration);
    out["integration_key"] = integration.integration_key;
    if (integration.integration_email) out["integration_email"] = *integration.integration_email;
    return out;
}

std::span<const Route> integration_routes() { return table; }

}  // namespace callboard::http
