#include "app/rule_history.h"

#include "storage/reports.h"

#include <sstream>
#include <string>

#include <fmt/format.h>

namespace callboard {

ConfigUse keep_rules(Tx& tx, UserId user) {
    std::string text;
    for (const auto& method :
         tx.list(Query<ContactMethod>().where(&ContactMethod::user, user).order_by(&ContactMethod::id)))
        text += fmt::format("{} {}\n", text_of(method.type), method.id.value);
    for (const auto& rule :
         tx.list(Query<NotificationRule>().where(&NotificationRule::user, user).order_by(&NotificationRule::id)))
        text += fmt::format(
            "{} after {} min by {}\n", text_of(rule.urgency), rule.start_delay_in_minutes, rule.contact_method.value);
    return {ConfigKind::notification_rules, user.value, tx.keep_text(Kind::notification_rule, user.value, text)};
}

std::optional<RulesThen> rules_at(Tx& tx, UserId user, Timestamp at) {
    auto text = kept_text_at(tx, Kind::notification_rule, user.value, at);
    if (!text) return std::nullopt;
    RulesThen then;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string first;
        words >> first;
        if (auto type = parse_enum<ContactMethodType>(first)) {
            ContactMethodId id;
            words >> id.value;
            auto method = tx.find<ContactMethod>(id).value_or(ContactMethod{});
            method.id = id;
            method.user = user;
            method.type = *type;
            then.methods.push_back(std::move(method));
        } else if (auto urgency = parse_enum<Urgency>(first)) {
            NotificationRule rule;
            rule.user = user;
            rule.urgency = *urgency;
            std::string skipped;
            words >> skipped >> rule.start_delay_in_minutes >> skipped >> skipped >> rule.contact_method.value;
            then.rules.push_back(rule);
        }
    }
    return then;
}

}  // namespace callboard
