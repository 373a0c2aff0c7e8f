#pragma once
// Hands one message to a mail server, by smtp:// or smtps://, and says at which command it was refused if it was.
// A connection per message: pages are rare, and mail servers close what idles.

#include "net/failure.h"
#include "net/http_client.h"

#include <optional>
#include <string>

namespace callboard::net {

enum class Starttls {
    /// The connection stays as it is; for a relay on the same machine.
    none,
    /// Encrypted if the server offers it. A certificate that does not hold is still a failure.
    optional,
    /// No message and no password over a connection that is not encrypted.
    required,
};

struct SmtpRequest {
    /// "smtp://mail.example.com:587", "smtps://mail.example.com"; a path is the name said in EHLO.
    std::string url;
    Starttls starttls = Starttls::required;
    /// No authentication without a user name.
    std::string username;
    std::string password;
    /// Bare addresses: "pages@example.com".
    std::string from;
    std::string to;
    /// Headers and body, lines ended by CR LF.
    std::string message;
    milliseconds deadline = seconds{18};
    milliseconds connect_deadline = seconds{6};
    std::string ca_file;
};

struct SmtpAnswer {
    /// The server has taken responsibility for the message.
    bool accepted = false;
    /// The last reply, "550" and "5.1.1 no such user"; 0 when there was none.
    int code = 0;
    std::string reply;
    /// The command that the reply is to: "RCPT", "AUTH"; "." for the message itself, "CONNECT" for the greeting.
    std::string command;
    /// What went wrong when the server did not refuse.
    std::optional<Failure> failure;
};

/// Blocks, at most until the deadline and a second.
SmtpAnswer send_smtp(const SmtpRequest& request);

/// Something that can stand in MAIL FROM and RCPT TO without changing what these say: one address, ASCII, no blanks,
/// no angle brackets, at most 254 characters.
bool is_mail_address(std::string_view text);

}  // namespace callboard::net
