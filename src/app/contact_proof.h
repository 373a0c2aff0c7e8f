#pragma once
// Whether a contact method reaches its person, and how that is known: a code that was sent there and entered, an answer
// that came from there, a provider's receipt. Ours, beside PagerDuty's API.

#include "base/result.h"
#include "domain/account/user.h"
#include "storage/tx.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace callboard {

/// How long a code may be entered, and how often a wrong one.
constexpr Duration code_lifetime = minutes{10};
constexpr int code_attempts_max = 5;

/// How soon and how often a code, or a test, may be asked for. Counted by address, whoever has it as a contact method
/// and however often it is made anew, so that nobody floods somebody else's; and by person, so that nobody goes from
/// address to address.
struct AskingLimits {
    /// After another to the same address by the same way.
    Duration pause;
    /// In a day: to one address by all ways, and for one person to all addresses.
    int per_address_max = 0;
    int per_person_max = 0;
};

constexpr AskingLimits code_limits{minutes{1}, 10, 30};
constexpr AskingLimits test_limits{seconds{30}, 50, 150};

/// A message that is no page and could not leave for that long is of no use.
constexpr Duration notice_lifetime = hours{1};
/// What has shown nothing for longer counts as unproven.
constexpr Duration proof_lifetime = days{180};

/// Six digits. Made from the message's id and never stored.
std::string verification_code(const std::string& hash_key, NotificationId id);

/// Sends a code; an earlier one is void. Error: too_many_requests, past `code_limits`.
Result<ContactProof> send_code(Tx& tx, const ContactMethod& method);

/// none: no code is waiting. expired: too late, or too many wrong ones.
enum class CodeVerdict { verified, wrong, none, expired };

/// Counts a wrong one. Whoever calls keeps what it wrote whatever the verdict.
CodeVerdict enter_code(Tx& tx, const ContactMethod& method, const std::string& hash_key, const std::string& code);

/// Sends a message that says it is a test. Error: too_many_requests, past `test_limits`.
Result<NotificationId> send_test(Tx& tx, const ContactMethod& method);

void note_proof(Tx& tx, ContactMethodId id, ProvenBy by);
/// Its address changed, or it is gone.
void forget_proof(Tx& tx, ContactMethodId id);

/// What is known of it; with nothing known, the id alone.
ContactProof proof_of(Tx& tx, ContactMethodId id);

/// One way to a person, and whether it counts.
struct ReadyWay {
    ContactMethod method;
    bool ready = false;
    std::optional<Timestamp> proven_at;
    /// One sentence.
    std::string reason;
};

struct Readiness {
    /// "reachable in 2 ways", "not known to be reachable".
    std::string verdict;
    std::vector<ReadyWay> ways;
};

/// A way counts when a rule for high urgency uses it, a provider carries its kind, and something has shown within
/// `proof_lifetime` that it works.
Readiness readiness_of(Tx& tx, const User& user, const std::function<bool(ContactMethodType)>& is_carried);

}  // namespace callboard
