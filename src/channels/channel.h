#pragma once
// What carries a page to a person. A channel makes a Message its own (cuts it, escapes it, gives it buttons), hands it
// to one provider and says what became of it. Channels block, never throw, keep a deadline of their own of at most 20
// seconds, keep no state and may be used by several threads at once.

#include "base/describe.h"
#include "base/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::channels {

/// What a button does when the provider calls us back.
enum class ActionKind { acknowledge, resolve, decline, open };
DESCRIBE_ENUM(ActionKind, acknowledge, resolve, decline, open)

/// Acknowledge, Join, Resolve, Decline, Open. Followed by a GET, without a login and without scripts.
struct Action {
    std::string label;
    std::string url;
    ActionKind kind = ActionKind::open;
    /// Of all but open: what shows that we made the link, to be given back by a provider that signs nothing.
    std::string proof = {};
};

/// What a program is told of an incident.
struct Incident {
    std::string id;
    std::int64_t number = 0;
    std::string title;
    std::string service;
    std::string url;
};

/// What a person is told, before a channel makes it its own.
struct Message {
    /// Idempotency key: the same for every attempt, at most 128 characters.
    std::string id;
    /// E-mail address; phone number in E.164 (+491701234567); push topic; URL of a webhook.
    std::string to;
    /// How the person is called, for channels that greet; may be empty.
    std::string to_name;
    /// One line.
    std::string subject;
    /// Plain text, several lines, without the actions.
    std::string text;
    /// What fits into a text message, without links; the channel cuts it by the GSM and UCS-2 rules.
    std::string short_text;
    /// The most wanted first: a text message may have room for that one only. "Open" is where a tap on a push
    /// notification leads.
    std::vector<Action> actions;
    /// Said to the person in every channel.
    bool may_be_a_repeat = false;
    bool urgent = true;
    /// What a reply by text message names this one by; 0: nothing can be replied.
    int reply_number = 0;
    /// For programs: the oldest of the incidents, and how many there are.
    std::vector<Incident> incidents = {};
    std::size_t incident_count = 0;
    /// What a webhook is signed with.
    std::string signing_secret = {};
};

/// What became of a message.
struct Outcome {
    enum class Kind {
        /// The provider has taken responsibility for it.
        sent,
        /// Nobody is to blame for good: the same message may go through later.
        try_again,
        /// Like this it will never work.
        refused,
        /// Nobody was asked: no provider takes more now (channels/limit.h). Said by Providers alone.
        throttled,
    };
    Kind kind = Kind::try_again;
    /// Who did it: "twilio".
    std::string provider;
    /// How the provider calls the message; what its receipts refer to.
    std::string provider_id;
    /// For the log, no secrets.
    std::string detail;
    std::optional<seconds> retry_after;
    /// Refused because of the provider, its settings or its account (a wrong token, no credit), not because of the
    /// address: another provider may well succeed, and an operator should hear of it.
    bool provider_fault = false;
    /// Not known to have been sent, but it may have been: the next attempt should say that it may be a repeat.
    bool may_have_arrived = false;
    /// 429: it is given too much.
    bool is_too_much = false;
    /// The provider did not answer before the deadline.
    bool timed_out = false;
    /// Which of the providers of its medium answered, from 0.
    int place = 0;
};

class Channel {
public:
    virtual ~Channel() = default;

    [[nodiscard]] virtual std::string_view name() const = 0;
    virtual Outcome send(const Message& message, Timestamp now) = 0;
};

}  // namespace callboard::channels
