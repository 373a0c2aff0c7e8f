#include "app/on_call.h"

#include "domain/schedule/render.h"

#include <algorithm>

namespace callboard {

namespace {

/// An answer without schedules still is asked again now and then.
constexpr auto answer_valid_max = hours{24};

bool add_user(std::vector<UserId>& users, UserId user) {
    if (std::ranges::find(users, user) != users.end()) return false;
    users.push_back(user);
    return true;
}

void append_shifts(std::vector<OnCallEntry>& entries,
                   const OnCallEntry& like,
                   const ScheduleWithOverrides& loaded,
                   Window window) {
    auto add = [&](const Shift& shift) {
        auto& entry = entries.emplace_back(like);
        entry.user = UserId{shift.user};
        entry.schedule = loaded.schedule.id;
        entry.start = shift.start;
        entry.end = shift.end;
    };
    if (window.since >= window.until) {
        if (auto shift = shift_at(loaded.schedule, loaded.overrides, window.since)) add(*shift);
        return;
    }
    for (const auto& shift : shifts(loaded.schedule, loaded.overrides, window)) add(shift);
}

}  // namespace

std::optional<ScheduleWithOverrides> load_schedule(Tx& tx, ScheduleId id, Timestamp since) {
    auto schedule = tx.find<Schedule>(id);
    if (!schedule) return std::nullopt;
    ScheduleWithOverrides loaded{std::move(*schedule), {}};
    auto query = Query<ScheduleOverride>()
                     .where(&ScheduleOverride::schedule, id)
                     .above(&ScheduleOverride::end, since)
                     .order_by(&ScheduleOverride::id);
    for (const auto& row : tx.list(query))
        loaded.overrides.push_back({row.id.value, row.start, row.end, row.user.value, row.id.value});
    return loaded;
}

OnCallAnswer on_call_by_level(Tx& tx, const EscalationPolicy& policy, Timestamp at) {
    OnCallAnswer answer{{}, at + answer_valid_max};
    for (const auto& rule : policy.escalation_rules) {
        auto& users = answer.levels.emplace_back();
        for (const auto& target : rule.targets) {
            if (target.type == TargetType::user) {
                if (tx.find<User>(UserId{target.id})) add_user(users, UserId{target.id});
                continue;
            }
            auto loaded = load_schedule(tx, ScheduleId{target.id}, at);
            if (!loaded) continue;
            auto user = on_call_at(loaded->schedule, loaded->overrides, at);
            if (user && tx.find<User>(UserId{*user})) add_user(users, UserId{*user});
            auto change = next_change_after(loaded->schedule, loaded->overrides, at);
            if (change) answer.valid_until = std::min(answer.valid_until, *change);
        }
    }
    return answer;
}

std::vector<OnCallEntry> on_call_entries(Tx& tx, const EscalationPolicy& policy, Window window) {
    std::vector<OnCallEntry> entries;
    int level = 0;
    for (const auto& rule : policy.escalation_rules) {
        OnCallEntry like{policy.id, ++level, {}, std::nullopt, std::nullopt, std::nullopt};
        for (const auto& target : rule.targets) {
            if (target.type == TargetType::user) {
                like.user = UserId{target.id};
                if (tx.find<User>(like.user)) entries.push_back(like);
                continue;
            }
            // A year back: the shift that runs now may have begun long ago, by an override since ended.
            auto loaded = load_schedule(tx, ScheduleId{target.id}, window.since - render_reach_max);
            if (loaded) append_shifts(entries, like, *loaded, window);
        }
    }
    return entries;
}

}  // namespace callboard
