#include "backstage/permissions.h"

#include <algorithm>

namespace callboard::backstage {

bool fits_pattern(std::string_view pattern, std::string_view text) {
    auto star = pattern.find('*');
    if (star == std::string_view::npos) return pattern == text;
    if (!text.starts_with(pattern.substr(0, star))) return false;
    for (auto rest = text.substr(star);; rest.remove_prefix(1)) {
        if (fits_pattern(pattern.substr(star + 1), rest)) return true;
        if (rest.empty()) return false;
    }
}

Permissions permissions_of(const PermissionRules& rules, std::string_view ref, const std::vector<std::string>& groups) {
    Permissions granted;
    for (std::size_t action = 0; action < action_names.size(); ++action)
        granted.granted[action] = std::ranges::any_of(rules.patterns[action], [&](const auto& pattern) {
            return fits_pattern(pattern, ref) ||
                   std::ranges::any_of(groups, [&](const auto& group) { return fits_pattern(pattern, group); });
        });
    return granted;
}

json::object permissions_object(const Permissions& permissions) {
    json::object out;
    for (std::size_t i = 0; i < action_names.size(); ++i) out[action_names[i]] = permissions.granted[i];
    return out;
}

json::object offered_permissions(const Caller& caller) {
    return permissions_object(caller.groups_unknown ? Permissions::all() : caller.may);
}

bool needs_groups(const PermissionRules& rules) {
    return std::ranges::any_of(rules.patterns, [](const auto& patterns) {
        return std::ranges::any_of(patterns, [](const auto& pattern) { return pattern.starts_with("group:"); });
    });
}

}  // namespace callboard::backstage
