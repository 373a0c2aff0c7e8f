#include "domain/notify/notification.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard {

std::vector<Way> ways_of(const User& user,
                         std::span<const NotificationRule> rules,
                         std::span<const ContactMethod> methods,
                         Urgency urgency) {
    std::vector<Way> ways;
    for (const auto& rule : rules) {
        if (rule.urgency != urgency) continue;
        auto method = std::ranges::find(methods, rule.contact_method, &ContactMethod::id);
        if (method != methods.end()) ways.push_back({*method, minutes{rule.start_delay_in_minutes}});
    }
    if (ways.empty() && urgency == Urgency::high) {
        ContactMethod address;
        address.user = user.id;
        address.address = user.email;
        ways.push_back({std::move(address), Duration{0}});
    }
    std::ranges::stable_sort(ways, {}, &Way::delay);
    return ways;
}

WaysDue ways_due(std::span<const Way> ways, Timestamp from, Timestamp looked, Timestamp now) {
    WaysDue found;
    for (const auto& way : ways) {
        auto at = from + way.delay;
        if (at < looked) continue;
        if (at > now) {
            if (!found.next || at < *found.next) found.next = at;
            continue;
        }
        auto same = [&](const Way* other) { return other->method.id == way.method.id; };
        if (std::ranges::none_of(found.due, same)) found.due.push_back(&way);
    }
    return found;
}

Duration pause_after(int attempts) {
    Duration pause = seconds{5};
    constexpr Duration longest = minutes{5};
    for (int i = 1; i < attempts && pause < longest; ++i) pause *= 3;
    return std::min(pause, longest);
}

std::string destination_of(const Notification& notification) {
    if (!has_number(notification.type)) return notification.address;
    return fmt::format("+{}{}", notification.country_code, notification.address);
}

bool is_good_news(Receipt receipt) { return receipt == Receipt::delivered || receipt == Receipt::answered; }

bool is_news(const std::optional<Receipt>& known, Receipt news) {
    if (!known) return true;
    if (*known == Receipt::answered) return false;
    if (news == Receipt::answered) return true;
    return *known == Receipt::delivered && news == Receipt::voicemail;
}

std::string_view receipt_in_words(Receipt receipt) {
    switch (receipt) {
    case Receipt::delivered: return "was delivered";
    case Receipt::answered: return "was answered";
    case Receipt::undelivered: return "could not be delivered";
    case Receipt::no_answer: return "was not picked up";
    case Receipt::busy: return "found the line busy";
    case Receipt::voicemail: return "was picked up by a machine";
    }
    return {};
}

}  // namespace callboard
