#pragma once
// Changes of the account's that are made in the caller's name.

#include "backstage/failure.h"
#include "backstage/route.h"

#include <optional>
#include <string_view>

namespace callboard::backstage {

/// The account that the body names, else the query's; null when there is none of that name.
const Account* account_of_body(Call& call);
Reply no_account(const Call& call);

Answer change(Call& call, const Account& account, std::string_view method, std::string_view target, json::value body);

/// Upstream's own words come after ours: what is wrong with a change is known there alone. A refusal that names no
/// fields, as of what an incident's state does not allow, says it in the message.
std::optional<Reply> failure_to_change(
    Call& call, const Account& account, const Answer& answer, const Operation& operation, std::string_view member = {});

}  // namespace callboard::backstage
