#include "channels/subscription.h"

#include "channels/webhook.h"
#include "net/http_client.h"

#include <fmt/format.h>

namespace callboard::channels {

namespace {

constexpr std::size_t answer_bytes_max = 64 * 1'024;

DeliveryOutcome outcome_of(const net::HttpResponse& response, Timestamp now) {
    auto detail = fmt::format("The receiver answered {}.", response.status);
    if (response.status >= 200 && response.status < 300) return {DeliveryOutcome::Kind::delivered, detail, {}};
    if (response.status == 429 || response.status >= 500)
        return {DeliveryOutcome::Kind::try_again, detail, net::read_retry_after(response, now)};
    return {DeliveryOutcome::Kind::refused, detail, {}, response.status == 401};
}

/// Whether another try would end the same way.
bool is_final(const net::Failure& failure) {
    switch (failure.kind) {
    case net::FailureKind::invalid_request:
    case net::FailureKind::forbidden_address:
    case net::FailureKind::tls:
    case net::FailureKind::too_large: return true;
    case net::FailureKind::dns:
    case net::FailureKind::connect:
    case net::FailureKind::timeout:
    case net::FailureKind::broken: return false;
    }
    return false;
}

}  // namespace

DeliveryOutcome deliver(const Delivery& delivery, Timestamp now) {
    net::HttpRequest request;
    request.method = "POST";
    request.url = delivery.url;
    request.body = delivery.body;
    request.headers = {{"Content-Type", "application/json"},
                       {"User-Agent", "PagerDuty-Webhook/V3.0"},
                       {"X-Webhook-Id", delivery.id},
                       {"X-Webhook-Subscription", delivery.subscription}};
    if (!delivery.secret.empty())
        request.headers.emplace_back("X-PagerDuty-Signature", webhook_signature(delivery.secret, delivery.body));
    request.headers.insert(request.headers.end(), delivery.headers.begin(), delivery.headers.end());
    if (!delivery.authorization.empty()) request.headers.emplace_back("Authorization", delivery.authorization);
    request.deadline = delivery.deadline;
    request.connect_deadline = delivery.deadline;
    request.answer_bytes_max = answer_bytes_max;
    // By the status alone the receiver has it or not; what it says beside that is read by nobody.
    request.longer_answer = net::LongerAnswer::cut;
    request.addresses = delivery.addresses;
    auto result = net::send_http(request);
    if (const auto* response = std::get_if<net::HttpResponse>(&result)) return outcome_of(*response, now);
    const auto& failure = std::get<net::Failure>(result);
    return {is_final(failure) ? DeliveryOutcome::Kind::refused : DeliveryOutcome::Kind::try_again, failure.detail, {}};
}

}  // namespace callboard::channels
