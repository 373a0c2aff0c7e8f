#include "domain/account/address.h"

#include <algorithm>
#include <array>

namespace callboard {

namespace {

constexpr std::size_t phone_max = 40;  // Terraform provider.
constexpr int north_america = 1;
constexpr int mexico = 52;
/// Countries whose numbers begin with 0 at home only.
constexpr std::array trunk_zero_countries{33, 40, 44, 45, 49, 61, 66, 91};

bool is_phone_character(char c) { return (c >= '0' && c <= '9') || c == ',' || c == '*' || c == '#'; }

bool breaks_mail(char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f' || c == ',' || c == ';'; }

}  // namespace

bool is_email(std::string_view address) {
    auto at = address.find('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == address.size()) return false;
    if (address.find('@', at + 1) != std::string_view::npos) return false;
    return std::ranges::none_of(address, breaks_mail);
}

std::optional<std::string_view> phone_problem(ContactMethodType type, int country_code, std::string_view address) {
    if (address.empty() || address.size() > phone_max || !std::ranges::all_of(address, is_phone_character))
        return "must be at most 40 digits, commas, stars and hashes";
    bool zero_first = address.front() == '0';
    bool one_first = address.front() == '1';
    if (zero_first && std::ranges::find(trunk_zero_countries, country_code) != trunk_zero_countries.end())
        return "must not begin with 0 in this country";
    if (one_first && country_code == north_america) return "must not begin with 1 in this country";
    if (one_first && country_code == mexico && type == ContactMethodType::sms_contact_method)
        return "must not begin with 1 in this country";
    return std::nullopt;
}

}  // namespace callboard
