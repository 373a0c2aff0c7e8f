#pragma once
// Push to phones by ntfy (https://docs.ntfy.sh/publish/), published as JSON so that titles may be any text: headers
// carry ASCII only.

#include "channels/channel.h"
#include "channels/config.h"
#include "net/http_client.h"

#include <memory>
#include <string>
#include <string_view>

namespace callboard::channels {

std::unique_ptr<Channel> make_ntfy(PushConfig config);

/// ntfy allows letters, digits, "_" and "-", at most 64.
bool is_topic(std::string_view text);

/// The JSON that is published. The message must have been cleaned.
std::string ntfy_body(const Message& message);

/// By status; of ntfy's own codes, 40009 and 40010 (the topic) are the address's fault, other bad requests ours.
Outcome ntfy_outcome(const net::HttpResponse& response, Timestamp now);

}  // namespace callboard::channels
