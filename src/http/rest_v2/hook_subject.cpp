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

}  // namespace callboard::http
