#pragma once
// Text messages and calls by Twilio's REST API, 2010-04-01.

#include "channels/channel.h"
#include "channels/config.h"
#include "net/http_client.h"

#include <memory>
#include <string>

namespace callboard::channels {

/// https://www.twilio.com/docs/messaging/api/message-resource
/// `callback_url` as in Config.
std::unique_ptr<Channel> make_twilio_sms(TelephoneConfig config, std::string callback_url);
/// https://www.twilio.com/docs/voice/api/call-resource
std::unique_ptr<Channel> make_twilio_phone(TelephoneConfig config, std::string callback_url);

/// By Twilio's error code where there is one (https://www.twilio.com/docs/api/errors), else by the status.
Outcome twilio_outcome(const net::HttpResponse& response, Timestamp now);

/// Twilio's error code says that the number is to blame: another provider would have no more luck.
bool is_address_fault(int code);

/// What is said, as TwiML, at most Twilio's 4000 characters. With `keys_url`, where the keys are reported that are
/// pressed meanwhile.
std::string twiml(const Message& message, const std::string& keys_url = {});

/// What is said to somebody who picks up: who calls, to whom, and about what. The message must have been cleaned.
std::string speech(const Message& message);

/// Which keys do what.
std::string_view key_hint(const Message& message);

}  // namespace callboard::channels
