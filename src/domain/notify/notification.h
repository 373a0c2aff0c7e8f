#pragma once
// Pages: who is told of an incident, by which way, when, and what became of it. The rules that decide are here;
// app/pager.h carries them out.

#include "base/describe.h"
#include "base/time.h"
#include "domain/account/user.h"
#include "domain/ids.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace callboard {

/// `queued` waits for its time, for more incidents, or for another try. `sending` was handed to a channel, and the
/// channel has not said yet what became of it.
enum class NotificationState { queued, sending, sent, failed, cancelled };
DESCRIBE_ENUM(NotificationState, queued, sending, sent, failed, cancelled)

/// A page tells of incidents; the others carry their own text.
enum class NotificationPurpose { page, verification, test, handoff, status_update };
DESCRIBE_ENUM(NotificationPurpose, page, verification, test, handoff, status_update)

/// What the provider said later of a message that it had taken. The first two are good news.
enum class Receipt { delivered, answered, undelivered, no_answer, busy, voicemail };
DESCRIBE_ENUM(Receipt, delivered, answered, undelivered, no_answer, busy, voicemail)

bool is_good_news(Receipt receipt);

/// Whether `news` says more than what is known. A person's answer is the last word; a machine that picked up takes back
/// that somebody did; of others the first counts.
bool is_news(const std::optional<Receipt>& known, Receipt news);

/// "was delivered", "was picked up by a machine".
std::string_view receipt_in_words(Receipt receipt);

/// One message to one person by one of their contact methods. Its id is what providers are given to recognise a
/// repeat by. Address and type are copies: history shows where it went then.
struct Notification {
    NotificationId id;
    UserId user;
    /// Absent for the fallback to the address a user logs in with.
    std::optional<ContactMethodId> contact_method;
    ContactMethodType type = ContactMethodType::email_contact_method;
    std::string address;
    int country_code = 1;
    Urgency urgency = Urgency::high;
    NotificationState state = NotificationState::queued;
    /// When it is looked at next; the last time once it has ended.
    Timestamp at;
    int attempts = 0;
    NotificationPurpose purpose = NotificationPurpose::page;
    /// What it says; absent where that is made from the incidents or the code when it leaves.
    std::optional<std::string> text;
    /// A channel was interrupted, so the person may have it already.
    bool may_be_a_repeat = false;
    /// Who carried it, once sent.
    std::optional<std::string> provider;
    /// How the provider calls it: what receipts name.
    std::optional<std::string> provider_id;
    /// How many of the configured providers stand before the one that is asked, or was.
    int providers_passed = 0;
    /// It was made to wait until then, because another had left by the same way a moment before.
    std::optional<Timestamp> held_until;
    /// What a reply by text message names it by, from 1; 0: it has none.
    int reply_number = 0;
    std::optional<Receipt> receipt;
    std::optional<Timestamp> receipt_at;
    /// Why it failed, waits or was cancelled: one sentence.
    std::optional<std::string> detail;
    /// It has ended, and what that means is still to be written for its incidents from this one on.
    std::optional<NotifiedIncidentId> fate_from;
    /// The person's notification rules that planned it; 0 where none did.
    int rules_version = 0;
    Timestamp created_at;
    std::optional<Timestamp> ended_at;

    bool operator==(const Notification&) const = default;
};
DESCRIBE(Notification,
         id,
         user,
         contact_method,
         type,
         address,
         country_code,
         urgency,
         state,
         at,
         attempts,
         purpose,
         text,
         may_be_a_repeat,
         provider,
         provider_id,
         providers_passed,
         held_until,
         reply_number,
         receipt,
         receipt_at,
         detail,
         fate_from,
         rules_version,
         created_at,
         ended_at)

/// An incident that a notification tells of.
struct NotifiedIncident {
    NotifiedIncidentId id;
    NotificationId notification;
    IncidentId incident;
    /// It needed nobody any more when the message left, or the person had lost it.
    bool left_out = false;

    bool operator==(const NotifiedIncident&) const = default;
};
DESCRIBE(NotifiedIncident, id, notification, incident, left_out)

/// A hand-off that a rule's person was told of, so that they are told once.
struct HandoffNotice {
    HandoffNoticeId id;
    HandoffRuleId rule;
    EscalationPolicyId escalation_policy;
    bool begins = false;
    Timestamp at;

    bool operator==(const HandoffNotice&) const = default;
};
DESCRIBE(HandoffNotice, id, rule, escalation_policy, begins, at)

/// A provider's call that was acted on, by what only it carries: it acts once.
struct SeenCallback {
    SeenCallbackId id;
    std::string token;
    Timestamp seen_at;

    bool operator==(const SeenCallback&) const = default;
};
DESCRIBE(SeenCallback, id, token, seen_at)

/// One way to reach a person, this long after the incident came to them.
struct Way {
    ContactMethod method;
    Duration delay{0};
};

/// The ways in the order of their delays that `rules` make for `urgency`. Rules of a contact method that no longer
/// exists make none. A person without any way for high urgency is reached at the address they log in with, so that no
/// page is lost to a missing rule; docs/compatibility.md.
std::vector<Way> ways_of(const User& user,
                         std::span<const NotificationRule> rules,
                         std::span<const ContactMethod> methods,
                         Urgency urgency);

/// What a look at an incident at `now` finds.
struct WaysDue {
    std::vector<const Way*> due;
    /// When to look again.
    std::optional<Timestamp> next;
};

/// A round of telling began at `from`; everything before `looked` has been done. What fell due while the server was
/// down is due now, each contact method once.
WaysDue ways_due(std::span<const Way> ways, Timestamp from, Timestamp looked, Timestamp now);

/// Incidents that come to one person by one way so shortly after another are told together.
constexpr Duration bundle_window = seconds{30};
/// Incidents of one message. Those beyond it go into the next.
constexpr int bundle_max = 10'000;
/// Incidents of a message that one decision sees to: events wait behind it.
constexpr int told_at_once = 100;
/// A channel that has not answered by then was interrupted.
constexpr Duration sending_max = minutes{3};
/// After this many tries a message is given up; with the pauses below that is after more than an hour.
constexpr int attempts_max = 20;

/// The pause before the next try: 5, 15, 45, 135 seconds, then 5 minutes.
Duration pause_after(int attempts);

/// Reply numbers go round, so that they stay short.
constexpr int reply_numbers = 999;

/// Where the message goes: an e-mail address, a number in E.164 form, a push topic, what a chat knows somebody by.
std::string destination_of(const Notification& notification);

}  // namespace callboard
