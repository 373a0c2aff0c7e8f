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

bool has_number(ContactMethodType type) {
    return type == ContactMethodType::phone_contact_method || type == ContactMethodType::sms_contact_method ||
           type == ContactMethodType::whatsapp_contact_method;
}

namespace {

bool is_web_address(std::string_view address) {
    auto host = address.starts_with("https://") ? 8U : address.starts_with("http://") ? 7U : address.size();
    return host < address.size() && address[host] != '/' &&
           std::ranges::all_of(address, [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>'; });
}

bool is_made_of(std::string_view address, std::string_view allowed) {
    return !address.empty() && address.find_first_not_of(allowed) == std::string_view::npos;
}

constexpr std::string_view digits = "0123456789";
constexpr std::string_view upper_and_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr std::string_view topic_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

}  // namespace

std::optional<std::string_view> address_problem(const ContactMethod& method) {
    const auto& address = method.address;
    switch (method.type) {
    case ContactMethodType::email_contact_method:
        if (is_email(address)) return std::nullopt;
        return "is invalid";
    case ContactMethodType::phone_contact_method:
    case ContactMethodType::sms_contact_method:
    case ContactMethodType::whatsapp_contact_method: return phone_problem(method.type, method.country_code, address);
    case ContactMethodType::push_notification_contact_method:
        if (is_made_of(address, topic_characters) && address.size() <= 64) return std::nullopt;
        return "must be a topic of at most 64 letters, digits, _ and -";
    case ContactMethodType::slack_contact_method:
        if (is_made_of(address, upper_and_digits) && address.size() <= 32 &&
            std::string_view("UWCGD").find(address.front()) != std::string_view::npos)
            return std::nullopt;
        return "must be the id of a member or a channel, as U024BE7LH";
    case ContactMethodType::telegram_contact_method:
        if (address.size() <= 20 && is_made_of(address.starts_with('-') ? address.substr(1) : address, digits))
            return std::nullopt;
        return "must be the number of a chat, as 123456789";
    case ContactMethodType::teams_contact_method:
    case ContactMethodType::mattermost_contact_method:
    case ContactMethodType::webhook_contact_method:
        if (is_web_address(address) && address.size() <= 2'000) return std::nullopt;
        return "must be the address of a webhook, https://...";
    }
    return std::nullopt;
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
