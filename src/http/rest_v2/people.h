#pragma once
// What the resources about people share: users, their contact methods and notification rules, licenses, teams.

#include "http/kit/fields.h"
#include "http/kit/permit.h"
#include "http/kit/wire.h"

#include <optional>
#include <string>
#include <string_view>

namespace callboard::http {

Error user_not_found();
Error team_not_found();

/// The user of the path, when it is the requester or the requester may `on_others`.
Result<User> person_of_path(Request& request, Need on_others);

/// The contact method of the path, which must be the path's user's.
Result<ContactMethod> contact_method_of_path(Request& request, Need on_others);

json::object contact_method_ref(Wire& wire, const ContactMethod& method);
json::object notification_rule_ref(Wire& wire, const NotificationRule& rule);

/// "cannot be on call: their role is read_only_user"; absent when they can.
std::optional<std::string> why_not_on_call(Tx& tx, UserId user);

/// A problem of the field when this person's role cannot be on call.
void refuse_stakeholder(Fields& fields, std::string_view name, UserId user);

/// The one license that every account has.
std::string license_id(const Site& site);

}  // namespace callboard::http
