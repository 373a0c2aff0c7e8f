#pragma once
// Mattermost by an incoming webhook, whose address users type in; the buttons under the message call us back with what
// shows that we made them, since Mattermost signs nothing.
// https://developers.mattermost.com/integrate/plugins/interactive-messages/

#include "channels/channel.h"
#include "net/address.h"
#include "net/http_client.h"

#include <memory>
#include <string>

namespace callboard::channels {

/// Without a callback_url the buttons are links.
std::unique_ptr<Channel> make_mattermost(net::AddressRule addresses, std::string callback_url);

/// The JSON that is posted. The message must have been cleaned.
std::string mattermost_body(const Message& message, const std::string& callback_url);

/// 200 and "ok"; by the status otherwise.
Outcome mattermost_outcome(const net::HttpResponse& response, Timestamp now);

}  // namespace callboard::channels
