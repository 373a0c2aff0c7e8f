#include "http/rest_v2/hook_subject.h"

#include "http/kit/permit.h"

#include <algorithm>

namespace callboard::http {

namespace {

/// What is gone without a trace hides nothing.
template <class T>
bool is_hidden(Request& request, decltype(T::id) id) {
    auto row = request.tx().find_even_deleted<T>(id);
    return row && !knows(request, *row);
}

}  // namespace

bool knows_subject(Request& request, const WebhookSubscription& subscription) {
    if (std::ranges::any_of(subscription.services, [&](ServiceId id) { return is_hidden<Service>(request, id); }))
        return false;
    switch (subscription.filter) {
    case WebhookFilter::account_reference: break;
    case WebhookFilter::service_reference: return !is_hidden<Service>(request, ServiceId{subscription.filter_id});
    case WebhookFilter::team_reference: return !is_hidden<Team>(request, TeamId{subscription.filter_id});
    }
    return true;
}

Result<void> permit_filter(Request& request, const WebhookSubscription& subscription) {
    if (subscription.filter != WebhookFilter::account_reference || !sees_part(request)) return {};
    return errors::forbidden("Only who sees every team may subscribe to the whole account");
}

Result<WebhookSubscription> subscription_of_path(Request& request) {
    auto absent = errors::not_found("Webhook Subscription Not Found", 5001);
    TRY(auto subscription, request.path_row<WebhookSubscription>("id", absent));
    if (!knows_subject(request, subscription)) return absent;
    return subscription;
}

Result<WebhookSubscription> extension_of_path(Request& request) {
    auto id = request.site.ids.parse<ExtensionId>(request.parameter("id"));
    auto row = id ? request.tx().find<WebhookSubscription>(WebhookSubscriptionId{id->value}) : std::nullopt;
    if (!row || row->format == HookFormat::v3 || !knows_subject(request, *row))
        return errors::not_found("Extension Not Found", 5001);
    return std::move(*row);
}

Result<WebhookSubscription> subscription_to_change(Request& request) {
    TRY(auto subscription, subscription_of_path(request));
    CHECK_OK(permit_filter(request, subscription));
    return subscription;
}

}  // namespace callboard::http
