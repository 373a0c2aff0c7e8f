#pragma once
// What a page says. The same facts for every channel; a channel makes them its own.

#include "base/time.h"
#include "domain/account/user.h"

#include <span>
#include <string>
#include <vector>

namespace callboard {

/// What is told of one incident.
struct PagedIncident {
    std::int64_t number = 0;
    std::string title;
    std::string service;
    Timestamp created_at;
    /// It is nobody's; who reads this administers the account.
    bool nobody_on_call = false;
    /// Who asks the reader to help with it, and in what words. Both empty: it is the reader's own.
    std::string asked_by = {};
    std::string asked_with = {};
};

struct PageText {
    /// One line.
    std::string subject;
    /// Several lines.
    std::string text;
    /// For a text message or to be spoken.
    std::string short_text;
};

/// What somebody goes on or off call for.
struct HandoffDuty {
    std::string policy;
    /// Of the policy, from 1: the lowest one.
    int level = 1;
};

/// "You go on call at ... for ...". At least one duty; the time is shown in `zone`, UTC when it is unknown.
std::string text_of_handoff(bool begins, Timestamp at, std::span<const HandoffDuty> duties, const std::string& zone);

/// Incidents of a message that are named one by one; a storm is counted.
constexpr std::size_t named_max = 20;

/// `incidents` are the oldest of `total`, the oldest first: all of them or at least `named_max`. Times are shown in
/// `zone`, UTC when it is unknown.
PageText
text_of_page(std::span<const PagedIncident> incidents, std::size_t total, Urgency urgency, const std::string& zone);

}  // namespace callboard
