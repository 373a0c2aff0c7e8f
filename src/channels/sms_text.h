#pragma once
// How long a text message is, by the rules of GSM 03.38 / 3GPP TS 23.038: 160 characters of the default alphabet, or
// 70 units of UTF-16 as soon as one character is outside of it; 153 or 67 in each part of a longer one.

#include "channels/channel.h"

#include <string>
#include <string_view>

namespace callboard::channels {

/// Longer than this, phones show pieces and bills grow.
constexpr int sms_parts_max = 3;

/// Every character is in the default alphabet or its extension table.
bool is_gsm_text(std::string_view text);

/// Parts that a text takes; 1 for an empty one.
int sms_parts(std::string_view text);

/// The text message: that it may be a repeat, the short text, how to reply if that is possible, and links. The first
/// action's link has room before the words, which are cut for it; it is left out when it leaves none for them. Others
/// that act come along where no word is lost for them. Typographic quotes and dashes are replaced by plain ones, which
/// say the same and double the room.
std::string sms_text(const Message& message);

}  // namespace callboard::channels
