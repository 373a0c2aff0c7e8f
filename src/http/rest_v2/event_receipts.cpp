// Our own: what became of events that were accepted and changed nothing. PagerDuty drops them without a trace.

#include "http/kit/page.h"
#include "http/kit/permit.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

namespace {

json::object receipt_object(Wire& wire, const EventReceipt& receipt) {
    json::object out;
    out["id"] = wire.id(receipt.id);
    out["type"] = "event_receipt";
    out["service"] = wire.service_ref(receipt.service);
    out["integration"] =
        receipt.integration ? json::value(wire.integration_ref(*receipt.integration)) : json::value(nullptr);
    out["event_action"] = text_of(receipt.action);
    out["dedup_key"] = receipt.dedup_key;
    out["reason"] = text_of(receipt.reason);
    out["created_at"] = wire.time(receipt.created_at);
    return out;
}

/// Newest first; `dedup_key` and `integration_ids[]` narrow it.
Result<Reply> list_receipts(Request& request) {
    TRY(auto service, permitted_row<Service>(request, "id", errors::not_found("Service Not Found", 5002)));
    Wire wire(request);
    auto query =
        Query<EventReceipt>().where(&EventReceipt::service, service.id).order_by(&EventReceipt::id, Order::descending);
    if (auto key = request.query.text("dedup_key")) query.where(&EventReceipt::dedup_key, *key);
    if (request.query.has("integration_ids"))
        query.where_in(&EventReceipt::integration, request.query_ids<IntegrationId>("integration_ids"));
    return page_of(request, "event_receipts", std::move(query), [&](const EventReceipt& receipt) {
        return receipt_object(wire, receipt);
    });
}

constexpr Route table[] = {
    {Verb::get, "/services/{id}/event_receipts", "services.read", Need::view, list_receipts, Reach::team},
};

}  // namespace

std::span<const Route> event_receipt_routes() { return table; }

}  // namespace callboard::http
