#pragma once
// What the resources about people share: users, their contact methods and notification rules, licenses, teams.

#include "http/kit/permit.h"
#include "http/kit/wire.h"

#include <string>

namespace callboard::http {

Error user_not_found();
Error team_not_found();

/// The user of the path, when it is the requester or the requester may `on_others`.
Result<User> person_of_path(Request& request, Need on_others);

/// The contact method of the path, which must be the path's user's.
Result<ContactMethod> contact_method_of_path(Request& request, Need on_others);

json::object contact_method_ref(Wire& wire, const ContactMethod& method);
json::object notification_rule_ref(Wire& wire, const NotificationRule& rule);

/// The one license that every account has.
std::string license_id(const Site& site);

}  // namespace callboard::http
