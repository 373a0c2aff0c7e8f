#include "app/on_call.h"

#include "domain/schedule/render.h"
#include "storage/reports.h"
#include "storage/unreadable.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

namespace callboard {

namespace {

/// An answer without schedules still is asked again now and then.
constexpr auto answer_valid_max = hours{24};
/// What cannot be read may have been repaired since.
constexpr auto unreadable_again_after = minutes{1};
constexpr auto end_of_time = Timestamp::max();

void add_once(std::vector<UserId>& users, UserId user) {
    if (std::ranges::find(users, user) == users.end()) users.push_back(user);
}

/// The rule's targets, each once.
std::vector<EscalationTarget> targets_of(const EscalationRule& rule) {
    std::vector<EscalationTarget> targets;
    for (const auto& target : rule.targets)
        if (std::ranges::find(targets, target) == targets.end()) targets.push_back(target);
    return targets;
}

/// Puts an answer together, target by target; one that cannot be read takes nobody else's place.
class LevelReader {
public:
    LevelReader(Tx& tx, Timestamp at) : tx_(tx), at_(at), answer_{{}, at + answer_valid_max} {}

    void add_level(const EscalationRule& rule) {
        answer_.levels.emplace_back();
        for (const auto& target : rule.targets) {
            if (target.type == TargetType::user)
                add_person(UserId{target.id});
            else
                add_schedule(ScheduleId{target.id});
        }
    }

    OnCallAnswer take() { return std::move(answer_); }

private:
    void add_person(UserId id) {
        if (tx_.find<User>(id)) add_once(answer_.levels.back(), id);
    }

    void add_schedule(ScheduleId id) {
        try {
            auto loaded = load_schedule(tx_, id, at_);
            if (!loaded) return;
            for (auto user : loaded->users_on_call_at(at_)) add_person(UserId{user});
            if (auto change = loaded->next_change_after(at_)) hold_until(*change);
        } catch (const UnreadableRow&) {
            auto kept = if_readable([&] { return tx_.as_of<Schedule>(id, at_); });
            answer_.unreadable.emplace(static_cast<int>(answer_.levels.size()),
                                       fmt::format("{} cannot be read: nobody is on call by it.",
                                                   kept ? fmt::format("The schedule {}", kept->name) : "A schedule"));
            hold_until(at_ + unreadable_again_after);
        }
    }

    void hold_until(Timestamp until) { answer_.valid_until = std::min(answer_.valid_until, until); }

    Tx& tx_;
    Timestamp at_;
    OnCallAnswer answer_;
};

}  // namespace

std::vector<UserKey> ScheduleInTime::users_on_call_at(Timestamp t) const {
    if (t >= schedule().deleted_at.value_or(end_of_time)) return {};
    if (is_shift_based()) return callboard::users_on_call_at(plan(), t);
    auto user = on_call_at(history(), overrides, t);
    if (!user) return {};
    return {*user};
}

std::vector<Shift> ScheduleInTime::shifts(Window window) const {
    auto found = shifts_of_kind(window);
    auto deleted_at = schedule().deleted_at;
    if (!deleted_at) return found;
    for (auto& shift : found) shift.end = std::min(shift.end.value_or(end_of_time), *deleted_at);
    std::erase_if(found, [&](const Shift& shift) {
        return *shift.end <= window.since || shift.start.value_or(Timestamp::min()) >= *shift.end;
    });
    return found;
}

std::vector<Shift> ScheduleInTime::shifts_of_kind(Window window) const {
    if (is_shift_based()) return callboard::shifts(plan(), window);
    if (window.since < window.until) return callboard::shifts(history(), overrides, window);
    auto shift = shift_at(history(), overrides, window.since);
    if (!shift) return {};
    return {*shift};
}

std::optional<Timestamp> ScheduleInTime::next_change_after(Timestamp t) const {
    auto change = is_shift_based() ? callboard::next_change_after(plan(), t)
                                   : callboard::next_change_after(history(), overrides, t);
    auto deleted_at = schedule().deleted_at;
    if (!deleted_at) return change;
    if (t >= *deleted_at) return std::nullopt;
    return std::min(change.value_or(end_of_time), *deleted_at);
}

ScheduleInTime load_schedule(Tx& tx, Schedule schedule, Timestamp since) {
    ScheduleInTime loaded{tx.versions_between<Schedule>(schedule.id, since, end_of_time), {}};
    if (loaded.versions.empty()) loaded.versions.push_back({schedule.created_at, std::move(schedule)});
    if (loaded.is_shift_based()) {
        loaded.custom_shifts = tx.list(Query<CustomShift>()
                                           .where(&CustomShift::schedule, loaded.schedule().id)
                                           .above(&CustomShift::end_time, since)
                                           .order_by(&CustomShift::id));
        loaded.shift_overrides = tx.list(Query<ShiftOverride>()
                                             .where(&ShiftOverride::schedule, loaded.schedule().id)
                                             .above(&ShiftOverride::end_time, since)
                                             .order_by(&ShiftOverride::id));
        return loaded;
    }
    auto query = Query<ScheduleOverride>()
                     .where(&ScheduleOverride::schedule, loaded.schedule().id)
                     .above(&ScheduleOverride::end, since)
                     .order_by(&ScheduleOverride::id);
    for (const auto& row : tx.list(query))
        loaded.overrides.push_back({row.id.value, row.start, row.end, row.user.value, row.id.value});
    return loaded;
}

std::optional<ScheduleInTime> load_schedule(Tx& tx, ScheduleId id, Timestamp since) {
    auto schedule = tx.find_even_deleted<Schedule>(id);
    if (!schedule || schedule->deleted_at.value_or(end_of_time) <= since) return std::nullopt;
    return load_schedule(tx, std::move(*schedule), since);
}

std::string turns_of(EscalationRuleId rule) { return fmt::format("round_robin.{}", rule.value); }

std::int64_t take_turn(Tx& tx, EscalationRuleId rule) {
    auto taken = tx.next_number(turns_of(rule));
    tx.keep_number(Kind::escalation_rule, rule.value, taken);
    return taken - 1;
}

std::optional<std::int64_t> turns_taken_at(Tx& tx, EscalationRuleId rule, Timestamp at) {
    if (auto taken = kept_text_at(tx, Kind::escalation_rule, rule.value, at)) return std::stoll(*taken);
    bool none_then = tx.last_number(turns_of(rule)) == 0 || tx.version_begin(Kind::escalation_rule, rule.value, 1);
    return none_then ? std::optional<std::int64_t>{0} : std::nullopt;
}

OnCallAnswer on_call_by_level(Tx& tx, const EscalationPolicy& policy, Timestamp at) {
    LevelReader reader(tx, at);
    for (const auto& rule : policy.escalation_rules) reader.add_level(rule);
    return reader.take();
}

std::vector<OnCallEntry> OnCallReader::entries(const EscalationPolicy& policy, const Wanted& wanted) {
    std::vector<OnCallEntry> found;
    int level = 0;
    for (const auto& rule : policy.escalation_rules) {
        ++level;
        for (const auto& target : targets_of(rule)) {
            if (!wanted(target)) continue;
            if (target.type == TargetType::user) {
                UserId user{target.id};
                if (exists(user)) found.push_back({policy.id, level, user, {}, {}, {}});
                continue;
            }
            ScheduleId schedule{target.id};
            for (const auto& shift : shifts_of(schedule)) {
                UserId user{shift.user};
                if (exists(user)) found.push_back({policy.id, level, user, schedule, shift.start, shift.end});
            }
        }
    }
    return found;
}

std::vector<OnCallEntry>
OnCallReader::entries_in_time(const EscalationPolicy& policy, const Wanted& wanted, const Shown& shown) {
    if (window_.since >= tx_.now()) return entries(policy, wanted);
    auto versions = tx_.versions_between<EscalationPolicy>(
        policy.id, window_.since, std::max(window_.until, window_.since + Duration{1}));

    struct Found {
        OnCallEntry entry;
        std::size_t first = 0;
        std::size_t last = 0;
    };

    std::vector<Found> found;
    for (std::size_t i = 0; i < versions.size(); ++i) {
        auto since = i == 0 ? Timestamp::min() : versions[i].valid_from;
        auto until = i + 1 == versions.size() ? end_of_time : versions[i + 1].valid_from;
        if (versions[i].object.deleted_at || !shown(versions[i].object)) continue;
        for (auto& entry : entries(versions[i].object, wanted)) {
            if (entry.start.value_or(Timestamp::min()) >= until || entry.end.value_or(end_of_time) <= since) continue;
            auto goes_on =
                std::ranges::find_if(found, [&](const Found& one) { return one.last + 1 == i && one.entry == entry; });
            if (goes_on == found.end())
                found.push_back({std::move(entry), i, i});
            else
                goes_on->last = i;
        }
    }
    std::vector<OnCallEntry> all;
    for (auto& [entry, first, last] : found) {
        if (first > 0) entry.start = std::max(entry.start.value_or(Timestamp::min()), versions[first].valid_from);
        if (last + 1 < versions.size())
            entry.end = std::min(entry.end.value_or(end_of_time), versions[last + 1].valid_from);
        all.push_back(std::move(entry));
    }
    return all;
}

const std::vector<Shift>& OnCallReader::shifts_of(ScheduleId id) {
    auto [found, added] = shifts_.try_emplace(id);
    if (!added) return found->second;
    // A year back: the shift that runs now may have begun long ago, by an override since ended.
    auto loaded = if_readable([&] { return load_schedule(tx_, id, window_.since - render_reach_max); });
    if (!loaded) return found->second;
    found->second = loaded->shifts(window_);
    return found->second;
}

bool OnCallReader::exists(UserId id) {
    auto [found, added] = users_.try_emplace(id);
    if (!added) return found->second;
    auto user = tx_.find_even_deleted<User>(id);
    found->second = user && user->deleted_at.value_or(end_of_time) > std::min(window_.since, tx_.now());
    return found->second;
}

}  // namespace callboard
