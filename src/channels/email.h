#pragma once
// Mail through one SMTP server.

#include "channels/channel.h"
#include "channels/config.h"
#include "net/smtp.h"

#include <memory>

namespace callboard::channels {

/// The sender in the configuration must be one that read_sender understands.
std::unique_ptr<Channel> make_email(EmailConfig config);

/// 2xx to the message is sent; 4xx and a lost connection try again; 5xx is refused. Whose fault a 5xx is depends on
/// what it answers: RCPT and the message speak of this mail, everything else (AUTH, MAIL, the greeting) of the server
/// and us.
Outcome outcome_of(const net::SmtpAnswer& answer);

}  // namespace callboard::channels
