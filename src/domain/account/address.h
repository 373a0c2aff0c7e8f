#pragma once
// What can be an address: of mail, of a telephone.

#include "domain/account/user.h"

#include <optional>
#include <string_view>

namespace callboard {

/// Whether mail could be sent there: something, one "@", something, no blanks. Only a message that arrives proves more.
bool is_email(std::string_view address);

/// What is wrong with a contact method's address, as the end of a sentence; absent: nothing.
std::optional<std::string_view> address_problem(const ContactMethod& method);

/// What is wrong with a telephone number for this way of reaching somebody, as the end of a sentence; absent: nothing.
/// `,` waits, `*` and `#` are keys. Numbers are national, without the trunk prefix that is dialled only at home.
std::optional<std::string_view> phone_problem(ContactMethodType type, int country_code, std::string_view address);

}  // namespace callboard
