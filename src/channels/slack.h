#pragma once
// Slack by a bot of the workspace: chat.postMessage to a member or a channel by id, with buttons that call us back.
// https://docs.slack.dev/reference/methods/chat.postMessage

#include "channels/channel.h"
#include "channels/config.h"
#include "net/http_client.h"

#include <memory>
#include <string>

namespace callboard::channels {

/// With `has_buttons` acknowledge and resolve call us back; else they are links.
std::unique_ptr<Channel> make_slack(SlackConfig config, bool is_called_back);

/// The JSON that is posted. The message must have been cleaned.
std::string slack_body(const Message& message, bool has_buttons);

/// Slack answers 200 also to what it refuses: by its `error`, else by the status.
Outcome slack_outcome(const net::HttpResponse& response, Timestamp now);

/// For Slack's mark-up, where "<" begins a link or a mention.
std::string slack_escaped(std::string_view text);

}  // namespace callboard::channels
