// Heartbeats: ours. The address to call is shown to those who may manage the service, since whoever has it can end an
// incident.

#include "app/heartbeats.h"

#include "app/respond.h"
#include "http/kit/fields.h"
#include "http/kit/page.h"
#include "http/kit/permit.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

namespace {

constexpr std::int64_t heartbeats_max = 250;

Error heartbeat_not_found() { return errors::not_found("Heartbeat Not Found", 5001); }

json::value call_url(Wire& wire, const Heartbeat& heartbeat) {
    auto integration = wire.tx().find<Integration>(heartbeat.integration);
    if (!integration || !wire.request.actor.may(Need::manage) || wire.request.actor.read_only) return nullptr;
    return json::value(wire.request.site.public_url + "/beat/" + integration->integration_key);
}

json::object heartbeat_object(Wire& wire, const Heartbeat& heartbeat) {
    auto id = wire.id(heartbeat.id);
    auto out = wire.head(id, "heartbeat", heartbeat.name, "/heartbeats/" + id, "");
    out["name"] = heartbeat.name;
    out["service"] = wire.service_ref(heartbeat.service);
    out["interval_seconds"] = heartbeat.interval_seconds;
    out["grace_seconds"] = heartbeat.grace_seconds;
    out["status"] = text_of(heartbeat.status);
    out["last_beat_at"] = wire.time(heartbeat.last_beat_at);
    out["due_at"] = wire.time(heartbeat.due_at);
    out["created_at"] = wire.time(heartbeat.created_at);
    out["call_url"] = call_url(wire, heartbeat);
    return out;
}

/// A heartbeat is its service's.
Result<Heartbeat> permitted_heartbeat(Request& request) {
    TRY(auto heartbeat, request.path_row<Heartbeat>("id", heartbeat_not_found()));
    auto service = request.tx().find<Service>(heartbeat.service);
    if (!service) return heartbeat_not_found();
    CHECK_OK(permit(request, teams_of(request.tx(), *service), heartbeat_not_found()));
    return heartbeat;
}

void read_heartbeat(Fields& fields, Heartbeat& heartbeat, bool create) {
    fields.text("name", heartbeat.name, {.required = create || fields.sent("name"), .max = 255});
    fields.number("interval_seconds",
                  heartbeat.interval_seconds,
                  {.required = create, .min = heartbeat_interval_min, .max = heartbeat_interval_max});
    fields.number("grace_seconds", heartbeat.grace_seconds, {.min = 0, .max = heartbeat_grace_max});
}

Result<Reply> list_heartbeats(Request& request) {
    Wire wire(request);
    CHECK_OK(wire.check());
    auto query = Query<Heartbeat>().order_by(&Heartbeat::id);
    if (request.query.has("service_ids"))
        query.where_in(&Heartbeat::service, request.query_ids<ServiceId>("service_ids"));
    auto rows = request.tx().list(query);
    // Also when there is none to ask about.
    request.permission_asked = true;
    std::erase_if(rows, [&](const Heartbeat& heartbeat) {
        const auto* service = wire.service(heartbeat.service);
        return !service || service->deleted_at || !sees(request, *service);
    });
    return page_of(request, "heartbeats", rows, [&](const Heartbeat& row) { return heartbeat_object(wire, row); });
}

Result<Reply> create(Request& request) {
    TRY(auto fields, Fields::of(request, "heartbeat"));
    Heartbeat heartbeat;
    read_heartbeat(fields, heartbeat, /*create=*/true);
    fields.reference<Service>("service", heartbeat.service, true);
    CHECK_OK(fields.check());
    auto service = request.tx().find<Service>(heartbeat.service);
    CHECK_OK(permit(request, teams_of(request.tx(), *service)));
    if (request.tx().count(Query<Heartbeat>().where(&Heartbeat::service, heartbeat.service)) >= heartbeats_max)
        return errors::invalid_input("A service may have at most 250 heartbeats");
    heartbeat = create_heartbeat(request.tx(), std::move(heartbeat));
    Wire wire(request);
    return created(json::object{{"heartbeat", heartbeat_object(wire, heartbeat)}});
}

Result<Reply> show(Request& request) {
    TRY(auto heartbeat, permitted_heartbeat(request));
    Wire wire(request);
    CHECK_OK(wire.check());
    return ok(json::object{{"heartbeat", heartbeat_object(wire, heartbeat)}});
}

Result<Reply> update(Request& request) {
    TRY(auto heartbeat, permitted_heartbeat(request));
    TRY(auto fields, Fields::of(request, "heartbeat"));
    read_heartbeat(fields, heartbeat, /*create=*/false);
    bool paused = heartbeat.status == HeartbeatStatus::paused;
    fields.flag("paused", paused);
    CHECK_OK(fields.check());
    update_heartbeat(request.tx(), request.site.desk, heartbeat, paused);
    Wire wire(request);
    return ok(json::object{{"heartbeat", heartbeat_object(wire, heartbeat)}});
}

Result<Reply> remove(Request& request) {
    TRY(auto heartbeat, permitted_heartbeat(request));
    delete_heartbeat(request.tx(), request.site.desk, heartbeat);
    return no_content();
}

constexpr Route table[] = {
    {Verb::get, "/heartbeats", "services.read", Need::view, list_heartbeats, Reach::team},
    {Verb::post, "/heartbeats", "services.write", Need::manage, create, Reach::team},
    {Verb::get, "/heartbeats/{id}", "services.read", Need::view, show, Reach::team},
    {Verb::put, "/heartbeats/{id}", "services.write", Need::manage, update, Reach::team},
    {Verb::del, "/heartbeats/{id}", "services.write", Need::manage, remove, Reach::team},
};

}  // namespace

std::span<const Route> heartbeat_routes() { return table; }

}  // namespace callboard::http
