#pragma once
// Mappings are kept here, and services in their account: whether a caller may know of a service is for the account to
// say.

#include "backstage/route.h"

#include <string>

namespace callboard::backstage {

/// There is such a service in the account, but not for the caller. One that is gone is hidden from nobody, so that what
/// is kept of it can be forgotten. Only the account in this process knows callers apart. Null: no account, nothing
/// hidden.
bool is_hidden_service(Call& call, const Account* account, const std::string& service_id);

}  // namespace callboard::backstage
