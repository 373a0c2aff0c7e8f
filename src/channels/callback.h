#pragma once
// What providers call back: who it is, and what it says, before anybody acts on it. A call is believed when it carries
// what only the provider can know; everything else is refused, and nothing of it is looked at.
//
//   POST /callback/twilio/message              a text message came to one of our numbers
//   POST /callback/twilio/status/<message>     what became of a text message or a call
//   POST /callback/twilio/keys/<message>       keys that were pressed in a call
//   POST /callback/gateway                     any of these, by a gateway of one's own
//   POST /callback/slack                       a button was pressed
//   POST /callback/telegram                    the same
//
// Mattermost signs nothing: its calls carry a link of ours, which app/page_message.h reads.

#include "base/describe.h"
#include "base/result.h"
#include "base/time.h"
#include "channels/config.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace callboard::channels {

struct Call {
    /// Behind "/callback": "/twilio/message".
    std::string path;
    /// The whole address as the provider was told it; Twilio signs it.
    std::string url;
    std::string body;
    std::function<std::string_view(std::string_view name)> header;
};

/// "v1=<hex>": HMAC-SHA256 of the body with the gateway's secret.
constexpr std::string_view gateway_signature_header = "X-Callboard-Signature";

/// The headers that are looked at.
constexpr std::string_view callback_headers[] = {"X-Twilio-Signature",
                                                 gateway_signature_header,
                                                 "X-Slack-Signature",
                                                 "X-Slack-Request-Timestamp",
                                                 "X-Telegram-Bot-Api-Secret-Token"};

/// As in domain/notify/notification.h.
enum class News { delivered, answered, undelivered, no_answer, busy, voicemail };
DESCRIBE_ENUM(News, delivered, answered, undelivered, no_answer, busy, voicemail)

/// Acknowledging joins those who ask for help.
enum class Verb { acknowledge, resolve, decline };
DESCRIBE_ENUM(Verb, acknowledge, resolve, decline)

/// What a call says once it is known who calls.
struct Said {
    /// nothing: it is of no interest, or was not understood. key: in a call. reply: by text message. button: in a chat.
    enum class Kind { nothing, receipt, key, reply, button };
    Kind kind = Kind::nothing;
    std::string provider;
    /// Our message; empty in a reply, which may name it by a number.
    std::string message;
    std::string provider_id;
    std::optional<News> news;
    /// Why it was not delivered.
    std::string detail;
    bool another_may_succeed = false;
    /// Absent: the key or the words mean nothing.
    std::optional<Verb> verb;
    std::optional<int> reply_number;
    /// Who replied or pressed: a number in E.164, a member's id.
    std::string from;
    /// What no other call carries: acts once. Empty where acting twice changes nothing.
    std::string once;
    /// For the answer: the call of a button, the message it is under.
    std::string context;
};

/// What the provider is told.
struct CallAnswer {
    int status = 200;
    std::string content_type;
    std::string body;
};

class Callbacks {
public:
    explicit Callbacks(const Config& config) : config_(config) {}

    /// Errors: not_found for a path that is none; forbidden for a call that is not the provider's or is old.
    Result<Said> read(const Call& call, Timestamp now) const;

    /// Tells the person, in the provider's words, what became of it: one sentence. A key that means nothing is asked
    /// for again.
    CallAnswer answer(const Said& said, std::string_view sentence) const;

    /// In a chat, writes under the message what became of it, so that nobody presses again. Blocks for two seconds at
    /// most; that it fails does not matter.
    void follow_up(const Said& said, std::string_view sentence) const;

private:
    Result<Said> read_twilio(const Call& call) const;
    Result<Said> read_gateway(const Call& call) const;
    Result<Said> read_slack(const Call& call, Timestamp now) const;
    Result<Said> read_telegram(const Call& call) const;

    Config config_;
};

/// The words of a reply by text message: "ACK 12", "4", "resolve 3", "decline 7".
void read_reply(std::string_view text, Said& said);

/// "POST" parameters, sorted by name and joined behind the address, under HMAC-SHA1 with the account's token.
/// https://www.twilio.com/docs/usage/security
std::string twilio_signature(std::string_view token,
                             const std::string& url,
                             std::vector<std::pair<std::string, std::string>> fields);

/// "v0=<hex>" over "v0:<timestamp>:<body>". https://docs.slack.dev/authentication/verifying-requests-from-slack
std::string slack_signature(std::string_view secret, std::string_view timestamp, std::string_view body);

std::vector<std::pair<std::string, std::string>> form_decode(std::string_view body);

/// A call of Slack that was signed longer ago is not believed.
constexpr seconds slack_window{300};

}  // namespace callboard::channels
