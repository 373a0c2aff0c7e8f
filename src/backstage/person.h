#pragma once
// Who the caller is in PagerDuty: changes of incidents are made in somebody's name.

#include "backstage/route.h"

#include <optional>
#include <string>

namespace callboard::backstage {

struct CallerEmail {
    /// Empty when it is not known, and for API keys, which know whom they belong to.
    std::string email;
    /// The catalog could not be asked.
    std::optional<Reply> failure;
};

/// The caller's e-mail: of the configuration, else of the catalog's entity.
CallerEmail email_of_caller(Call& call);

/// What to do about it when upstream refuses a change for want of somebody in whose name it is made; nothing when that
/// is not why.
std::optional<std::string> lacking_name(Call& call, const Account& account, const Answer& answer);

struct FoundUser {
    std::string id;
    std::optional<Reply> problem;
};

/// The caller's user there; 404 when there is none.
FoundUser user_of_caller(Call& call, const Account& account);

}  // namespace callboard::backstage
