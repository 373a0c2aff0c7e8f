// REST "Business Services": what customers see, standing on technical services.

#include "app/status_updates.h"
#include "http/kit/fields.h"
#include "http/kit/page.h"
#include "http/kit/permit.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

namespace {

constexpr std::int64_t business_services_max = 5'000;  // REST: per account.

Result<BusinessService> service_of_path(Request& request) {
    return permitted_row<BusinessService>(request, "id", errors::not_found("Business Service Not Found", 5001));
}

json::value team_value(Wire& wire, const BusinessService& service) {
    if (!service.team) return nullptr;
    auto id = wire.id(*service.team);
    return json::object{{"id", id}, {"type", "team_reference"}, {"self", wire.request.site.api("/teams/" + id)}};
}

json::object business_service_object(Wire& wire, const BusinessService& service) {
    auto id = wire.id(service.id);
    auto out = wire.head(id, "business_service", service.name, "/business_services/" + id, "");
    out["name"] = service.name;
    out["description"] = text_or_null(service.description);
    out["point_of_contact"] = text_or_null(service.point_of_contact);
    out["team"] = team_value(wire, service);
    return out;
}

Reply reply_with(Request& request, const BusinessService& service) {
    Wire wire(request);
    return ok(json::object{{"business_service", business_service_object(wire, service)}});
}

Result<void> read_business_service(Request& request, BusinessService& service, bool create) {
    TRY(auto fields, Fields::of(request, "business_service"));
    fields.text("name", service.name, {.required = create, .min = 1, .max = 255});
    fields.text("description", service.description);
    fields.text("point_of_contact", service.point_of_contact);
    fields.reference<Team>("team", service.team);
    CHECK_OK(fields.check());
    return permit(request, teams_of(request.tx(), service));
}

Result<Reply> list_business_services(Request& request) {
    Wire wire(request);
    auto query = Query<BusinessService>().order_by(&BusinessService::name);
    only_seen(request, query);
    auto write = [&](const BusinessService& service) { return business_service_object(wire, service); };
    return page_of(request, "business_services", std::move(query), write);
}

/// REST: answers 200, not 201.
Result<Reply> create_business_service(Request& request) {
    BusinessService service;
    service.id = request.tx().new_id<BusinessServiceId>();
    service.created_at = request.now;
    CHECK_OK(read_business_service(request, service, /*create=*/true));
    if (request.tx().count(Query<BusinessService>()) >= business_services_max)
        return errors::invalid_input("An account may have at most 5000 business services");
    request.tx().insert(service);
    return reply_with(request, service);
}

Result<Reply> get_business_service(Request& request) {
    TRY(auto service, service_of_path(request));
    return reply_with(request, service);
}

Result<Reply> update_business_service(Request& request) {
    TRY(auto service, service_of_path(request));
    CHECK_OK(read_business_service(request, service, /*create=*/false));
    request.tx().update(service);
    return reply_with(request, service);
}

Result<Reply> delete_business_service(Request& request) {
    TRY(auto service, service_of_path(request));
    erase_dependencies(request.tx(), service.id.value);
    forget_subscriptions(request.tx(), service.id.value);
    service.deleted_at = request.now;
    request.tx().update(service);
    return no_content();
}

constexpr Route table[] = {
    {Verb::get, "/business_services", "services.read", Need::view, list_business_services, Reach::team},
    {Verb::post, "/business_services", "services.write", Need::manage, create_business_service, Reach::team},
    {Verb::get, "/business_services/{id}", "services.read", Need::view, get_business_service, Reach::team},
    {Verb::put, "/business_services/{id}", "services.write", Need::manage, update_business_service, Reach::team},
    {Verb::patch, "/business_services/{id}", "services.write", Need::manage, update_business_service, Reach::team},
    {Verb::del, "/business_services/{id}", "services.write", Need::manage, delete_business_service, Reach::team},
};

}  // namespace

std::span<const Route> business_service_routes() { return table; }

}  // namespace callboard::http
