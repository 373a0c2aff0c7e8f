#include "backstage/on_call.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace callboard::backstage {

namespace {

struct Entry {
    std::int64_t level = 0;
    const json::object* user = nullptr;
};

std::string_view text(const json::object& object, std::string_view member) {
    const auto* value = object.if_contains(member);
    if (!value || !value->is_string()) return {};
    return {value->get_string().data(), value->get_string().size()};
}

std::vector<Entry> entries_of(const json::array& oncalls) {
    std::vector<Entry> entries;
    for (const auto& oncall : oncalls) {
        const auto* object = oncall.if_object();
        const auto* level = object ? object->if_contains("escalation_level") : nullptr;
        const auto* user = object ? object->if_contains("user") : nullptr;
        if (!level || !level->is_int64() || !user || !user->is_object()) continue;
        entries.push_back({level->get_int64(), &user->get_object()});
    }
    return entries;
}

}  // namespace

json::array users_on_call(const json::array& oncalls) {
    auto entries = entries_of(oncalls);
    auto lowest = std::numeric_limits<std::int64_t>::max();
    for (const auto& entry : entries) lowest = std::min(lowest, entry.level);
    std::erase_if(entries, [&](const Entry& entry) { return entry.level != lowest; });
    // Of two people with one name the plugin's own backend shows the later entry first.
    std::ranges::reverse(entries);
    std::ranges::stable_sort(entries, {}, [](const Entry& entry) { return text(*entry.user, "name"); });
    json::array users;
    for (const auto& entry : entries) {
        auto same = [&](const json::value& user) { return text(user.get_object(), "id") == text(*entry.user, "id"); };
        auto known = std::ranges::find_if(users, same);
        if (known == users.end())
            users.emplace_back(*entry.user);
        else
            *known = *entry.user;
    }
    return users;
}

}  // namespace callboard::backstage
