#pragma once
// Text messages and calls by Twilio's REST API, 2010-04-01.

#include "channels/channel.h"
#include "channels/config.h"
#include "net/http_client.h"

#include <memory>
#include <string>

namespace callboard::channels {

/// https://www.twilio.com/docs/messaging/api/message-resource
std::unique_ptr<Channel> make_twilio_sms(TelephoneConfig config);
/// https://www.twilio.com/docs/voice/api/call-resource
std::unique_ptr<Channel> make_twilio_phone(TelephoneConfig config);

/// By Twilio's error code where there is one (https://www.twilio.com/docs/api/errors), else by the status.
Outcome twilio_outcome(const net::HttpResponse& response, Timestamp now);

/// What is said, as TwiML, at most Twilio's 4000 characters.
std::string twiml(const Message& message);

/// What is said to somebody who picks up: who calls, to whom, and about what. The message must have been cleaned.
std::string speech(const Message& message);

}  // namespace callboard::channels
