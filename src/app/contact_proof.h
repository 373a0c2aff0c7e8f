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

/// How long a code may be entered, how often a wrong one, and how soon and how often another may be asked for.
constexpr Duration code_lifetime = minutes{10};
constexpr int code_attempts_max = 5;
constexpr Duration code_pause = minutes{1};
constexpr int codes_per_day_max = 10;
/// A test message, the same.
constexpr Duration test_pause = seconds{30};
/// A message that is no page and could not leave for that long is of no use.
constexpr Duration notice_lifetime = hours{1};
/// What has shown nothing for longer counts as unproven.
constexpr Duration proof_lifetime = days{180};

/// Six digits. Made from the message's id and never stored.
std::string verification_code(const std::string& hash_key, NotificationId id);

/// Sends a code; an earlier one is void. Error: too_many_requests.
Result<ContactProof> send_code(Tx& tx, const ContactMethod& method);

/// none: no code is waiting. expired: too late, or too many wrong ones.
enum class CodeVerdict { verified, wrong, none, expired };

/// Counts a wrong one. Whoever calls keeps what it wrote whatever the verdict.
CodeVerdict enter_code(Tx& tx, const ContactMethod& method, const std::string& hash_key, const std::string& code);

/// Sends a message that says it is a test. Error: too_many_requests.
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
