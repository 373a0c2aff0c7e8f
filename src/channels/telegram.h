#pragma once
// Telegram by a bot: sendMessage to a chat by number, with buttons under the message.
// https://core.telegram.org/bots/api#sendmessage

#include "channels/channel.h"
#include "channels/config.h"
#include "net/http_client.h"

#include <memory>
#include <string>

namespace callboard::channels {

/// The buttons call us back when the bot's webhook leads here and the secret is known; else they are links.
std::unique_ptr<Channel> make_telegram(TelegramConfig config, bool is_called_back);

/// The JSON that is posted. The message must have been cleaned.
std::string telegram_body(const Message& message, bool has_buttons);

/// By `ok`, the status and what Telegram says about the chat; `retry_after` is inside the answer.
Outcome telegram_outcome(const net::HttpResponse& response, Timestamp now);

}  // namespace callboard::channels
