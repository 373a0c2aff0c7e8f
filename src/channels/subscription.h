#pragma once
// Delivers one webhook of a subscription: signed as PagerDuty signs, so that receivers that check it work unmodified.
//
//   X-PagerDuty-Signature: v1=<hex of HMAC-SHA256 of the body, with the subscription's secret>
//   X-Webhook-Id: the event's id, the same for every attempt

#include "base/time.h"
#include "net/address.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace callboard::channels {

struct Delivery {
    std::string url;
    /// Empty: nothing is signed.
    std::string secret;
    std::string body;
    std::string id;
    std::string subscription;
    /// What goes into the Authorization header; empty: none.
    std::string authorization = {};
    std::vector<std::pair<std::string, std::string>> headers;
    seconds deadline{5};
    net::AddressRule addresses = net::AddressRule::public_only;
};

struct DeliveryOutcome {
    /// refused: the receiver does not want it, or can never be asked.
    enum class Kind { delivered, try_again, refused };
    Kind kind = Kind::delivered;
    std::string detail;
    std::optional<seconds> retry_after;
    /// The receiver asked for another authorization: 401.
    bool unauthorized = false;
};

/// 2xx: delivered. Nothing came back in time, 429 and 5xx: try again. Any other status, a certificate that is not to be
/// trusted, an address that is not allowed: refused. Source: PagerDuty's rules for webhooks of version 3.
DeliveryOutcome deliver(const Delivery& delivery, Timestamp now);

}  // namespace callboard::channels
