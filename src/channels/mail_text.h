#pragma once
// A message as a mail: headers and two bodies, RFC 5322 and MIME. Every header is made of parts that cannot end it, and
// both bodies are quoted-printable, so that nothing in them is mistaken for structure.

#include "channels/channel.h"

#include <optional>
#include <string>
#include <string_view>

namespace callboard::channels {

/// "Callboard <pages@example.com>" taken apart.
struct Sender {
    std::string name;
    std::string address;
};

/// Absent when there is no address in it that mail can come from.
std::optional<Sender> read_sender(std::string_view text);

/// The Message-ID, without angle brackets: from the id alone, so that every attempt has the same one and a mailbox that
/// gets two shows one.
std::string message_id(const Message& message, const Sender& sender);

/// The whole mail, lines ended by CR LF. The message must have been cleaned.
std::string mail_text(const Message& message, const Sender& sender, Timestamp now);

/// A header's value by RFC 2047: as it is when it is plain and short, else encoded words of at most 75 characters,
/// folded.
std::string encode_header_text(std::string_view text);

std::string quoted_printable(std::string_view text);

}  // namespace callboard::channels
