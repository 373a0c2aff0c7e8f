#pragma once
// A list of all accounts. One account that does not answer must not take away what the others gave, and what it lacks
// must not look as if it did not exist: it is named.

#include "backstage/route.h"

#include <functional>
#include <optional>

namespace callboard::backstage {

/// Gives back why there is nothing of this account. Runs beside the others: `own` is a call for it alone, `place` the
/// account's in the configuration.
using AskAccount = std::function<std::optional<Reply>(Call& own, const Account& account, std::size_t place)>;

/// Asks all accounts at once. Those that fail are named in `call.missing` and in the log; only when all of them do is
/// there a failure, the first one's.
std::optional<Reply> ask_each_account(Call& call, const AskAccount& ask);

/// ["eu"]: of the accounts that could not be asked.
json::array missing_accounts(const Call& call);

/// The first sentence of a refusal.
std::string sentence_of(const Reply& refusal);

}  // namespace callboard::backstage
