#pragma once
// Anybody's gateway to the telephone network, by a contract of ours (docs/operate/sending.md): POST of
//   {"id": "...", "to": "+491701234567", "text": "..."}     for a text message,
//   {"id": "...", "to": "+491701234567", "speech": "..."}   for a call,
// with a bearer token. The id is the same for every attempt and stands in Idempotency-Key as well.

#include "channels/channel.h"
#include "channels/config.h"

#include <memory>

namespace callboard::channels {

std::unique_ptr<Channel> make_gateway_sms(TelephoneConfig config);
std::unique_ptr<Channel> make_gateway_phone(TelephoneConfig config);

}  // namespace callboard::channels
