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
    switch (notification.type) {
    case ContactMethodType::phone_contact_method:
    case ContactMethodType::sms_contact_method:
    case ContactMethodType::whatsapp_contact_method:
        return fmt::format("+{}{}", notification.country_code, notification.address);
    case ContactMethodType::email_contact_method:
    case ContactMethodType::push_notification_contact_method: break;
    }
    return notification.address;
}

}  // namespace callboard
