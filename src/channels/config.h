#pragma once
// By whom messages leave. Read from the configuration file by channels/config_file.h.

#include "net/address.h"
#include "net/smtp.h"

#include <optional>
#include <string>
#include <vector>

namespace callboard::channels {

/// How much a provider takes; 0: no limit of ours.
struct LimitConfig {
    int per_second = 0;
    int per_minute = 0;
    /// Messages that were handed over and are not answered yet.
    int at_once = 0;
};

struct EmailConfig {
    /// "smtp://mail.example.com:587" or "smtps://mail.example.com".
    std::string smtp_url;
    /// "pages@example.com" or "Callboard <pages@example.com>".
    std::string from;
    /// Empty: no authentication.
    std::string username;
    std::string password;
    net::Starttls starttls = net::Starttls::required;
    /// A file of certificates to trust instead of the system's, here and below; empty: the system's.
    std::string ca_file;
    LimitConfig limit = {};
};

/// Who sends text messages or calls.
struct TelephoneConfig {
    enum class Kind { twilio, gateway };
    Kind kind = Kind::gateway;
    /// Twilio's API, or where the gateway is asked.
    std::string url;
    /// Twilio: the account, and the number or messaging service that it is sent from.
    std::string account_sid;
    std::string from;
    /// Twilio's auth token; the gateway's bearer token, empty: none.
    std::string token;
    std::string ca_file;
    /// What the gateway signs its calls with; empty: it reports nothing, and nobody can reply.
    std::string secret = {};
    /// Twilio: it is asked to report what became of messages and what people reply. Needs a public URL.
    bool callbacks = true;
    /// Twilio's calls: it is asked to tell machines from people.
    bool detect_voicemail = true;
    LimitConfig limit = {};
};

/// A bot of a Slack workspace.
struct SlackConfig {
    /// Slack's API.
    std::string url;
    /// The bot's token, "xoxb-...".
    std::string token;
    /// What Slack signs its calls with; empty: buttons are left out, links stay.
    std::string signing_secret;
    std::string ca_file;
    LimitConfig limit = {};
};

struct TelegramConfig {
    std::string url;
    /// The bot's token, "123456:ABC...".
    std::string token;
    /// What the bot's webhook was set up with; empty: buttons are links.
    std::string secret;
    std::string ca_file;
    LimitConfig limit = {};
};

struct PushConfig {
    /// "https://ntfy.example.com"
    std::string server;
    /// Empty: none.
    std::string token;
    std::string ca_file;
    LimitConfig limit = {};
};

struct Config {
    // Each in the order in which they are tried.
    std::vector<EmailConfig> email;
    std::vector<TelephoneConfig> sms;
    std::vector<TelephoneConfig> phone;
    std::vector<PushConfig> push;
    std::optional<SlackConfig> slack;
    std::optional<TelegramConfig> telegram;
    /// Where the webhooks that people typed in may lead, those of subscriptions too: Teams and Mattermost need nothing
    /// else.
    net::AddressRule typed_addresses = net::AddressRule::public_only;
    /// What providers call back, "https://pages.example.com/callback"; empty: they are not asked to.
    std::string callback_url;
};

}  // namespace callboard::channels
