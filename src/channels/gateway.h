#pragma once
// Anybody's gateway to the telephone network, by a contract of ours (docs/operate/sending.md): POST of
//   {"id": "...", "to": "+491701234567", "text": "..."}     for a text message,
//   {"id": "...", "to": "+491701234567", "speech": "..."}   for a call,
// with a bearer token. The id is the same for every attempt and stands in Idempotency-Key as well. A gateway that has a
// secret to sign with is told where it can report what became of the message, and what people reply or press:
//   "callback_url": "https://pages.example.com/callback/gateway", and "keys": ["4", "6"] of a call

#include "channels/channel.h"
#include "channels/config.h"

#include <memory>
#include <string>

namespace callboard::channels {

std::unique_ptr<Channel> make_gateway_sms(TelephoneConfig config, const std::string& callback_url);
std::unique_ptr<Channel> make_gateway_phone(TelephoneConfig config, const std::string& callback_url);

}  // namespace callboard::channels
