#include "domain/schedule/shift_plan.h"

#include "domain/schedule/recurrence.h"
#include "domain/schedule/rotation.h"

#include <algorithm>
#include <limits>
#include <map>
#include <queue>
#include <tuple>
#include <utility>

namespace callboard {

namespace {

// The first look; each further one goes this much farther, up to a year.
constexpr Duration first_look = days{8};
constexpr int look_growth = 4;

Window intersection(Window a, Window b) {
    return {.since = std::max(a.since, b.since), .until = std::min(a.until, b.until)};
}

bool is_empty(Window window) { return window.since >= window.until; }

LocalTime on_the_wall(Timestamp written_as_utc) { return LocalTime{written_as_utc.time_since_epoch()}; }

Window lifetime_of(const ShiftEvent& event) {
    return {.since = event.effective_since, .until = event.effective_until.value_or(Timestamp::max())};
}

MemberKey member_of_shift(const ShiftEvent& event, std::size_t number) {
    auto turn = number / static_cast<std::size_t>(std::max(event.shifts_per_member, 1));
    return event.members[turn % event.members.size()];
}

/// What one rendering may look at: beginnings, and members' shifts.
struct Budget {
    std::size_t left = static_cast<std::size_t>(render_steps_max);
    bool is_spent = false;

    /// False from the step on that is one too many.
    bool take() {
        if (left == 0) is_spent = true;
        if (!is_spent) --left;
        return !is_spent;
    }
};

/// Who is on call is answered whatever it takes: what an event may have at one time is bounded when it is saved.
constexpr auto without_end = Budget{.left = std::numeric_limits<std::size_t>::max()};

/// The shifts of an event that touch `window`, whole but for the event's own ends.
void add_shifts(
    std::vector<AssignedShift>& out, ShiftRotationId rotation, const ShiftEvent& event, Window window, Budget& budget) {
    const auto lifetime = lifetime_of(event);
    const auto length = event.end_time - event.start_time;
    if (event.members.empty() || length <= Duration{0} || is_empty(intersection(window, lifetime))) return;
    const auto zone = Zone::find(event.time_zone).value_or(Zone{});
    const auto first = on_the_wall(event.start_time);
    // A day to spare on either side for nights in which clocks are moved.
    const auto since = std::max(zone.to_local(lifetime.since) - length - days{1}, first);
    const auto until = zone.to_local(std::min(window.until, lifetime.until)) + days{1};
    // Shifts that lie between the beginning and the window are only counted, by what the wall shows.
    const auto counted_from = zone.to_local(lifetime.since) + days{2};
    const auto shown_from = zone.to_local(std::max(window.since, lifetime.since)) - length - days{2};
    std::size_t number = 0;
    for (auto begin : beginnings(event.recurrence, zone, first, since, until)) {
        if (!budget.take()) return;
        if (begin > counted_from && begin < shown_from) {
            ++number;
            continue;
        }
        const auto whole = Window{.since = zone.to_instant(begin), .until = zone.to_instant(begin + length)};
        const auto shift = intersection(whole, lifetime);
        if (is_empty(shift)) {
            // One that the clocks skip has its number, wherever one looks from.
            if (is_empty(whole) && lifetime.since <= whole.since && whole.since < lifetime.until) ++number;
            continue;
        }
        const auto place = number++;
        if (is_empty(intersection(shift, window))) continue;
        const auto add = [&](MemberKey member) {
            if (!budget.take()) return;
            out.push_back({.start = shift.since,
                           .end = shift.until,
                           .member = member,
                           .scheduled = member,
                           .rotation = rotation,
                           .custom_shift = {},
                           .override_ = {}});
        };
        switch (event.strategy) {
        case ShiftStrategy::rotating_member: add(member_of_shift(event, place)); break;
        case ShiftStrategy::every_member:
            for (auto member : event.members) add(member);
            break;
        }
    }
}

/// How long the longest shift of any version is.
Duration longest_shift(const ShiftPlan& plan, Window window) {
    auto longest = Duration{0};
    for (const auto& stretch : plan.history.stretches(window))
        for (const auto& rotation : stretch.schedule->rotations)
            for (const auto& event : rotation.events) longest = std::max(longest, event.end_time - event.start_time);
    return std::min(longest, shift_length_max) + days{1};
}

/// A shift that runs on across a change of the schedule is one.
void join_at(std::vector<AssignedShift>& shifts, const std::vector<AssignedShift>& later, Timestamp boundary) {
    // Whose shifts end there, in their order.
    std::map<std::pair<std::optional<ShiftRotationId>, MemberKey>, std::queue<std::size_t>> open;
    for (std::size_t place = 0; place < shifts.size(); ++place)
        if (shifts[place].end == boundary) open[{shifts[place].rotation, shifts[place].member}].push(place);
    for (const auto& shift : later) {
        const auto goes_on = open.find({shift.rotation, shift.member});
        if (shift.start != boundary || goes_on == open.end() || goes_on->second.empty()) {
            shifts.push_back(shift);
            continue;
        }
        shifts[goes_on->second.front()].end = shift.end;
        goes_on->second.pop();
    }
}

std::vector<AssignedShift> shifts_of_rotations(const ShiftPlan& plan, Window window, Budget& budget) {
    const auto reach = longest_shift(plan, window);
    const auto wide = Window{.since = window.since - reach, .until = window.until + reach};
    std::vector<AssignedShift> all;
    for (const auto& stretch : plan.history.stretches(wide)) {
        std::vector<AssignedShift> found;
        for (const auto& rotation : stretch.schedule->rotations)
            for (const auto& event : rotation.events) add_shifts(found, rotation.id, event, stretch.window, budget);
        // Only the first and the last stretch end where nothing changed.
        for (auto& shift : found) {
            if (stretch.window.since != wide.since) shift.start = std::max(shift.start, stretch.window.since);
            if (stretch.window.until != wide.until) shift.end = std::min(shift.end, stretch.window.until);
        }
        join_at(all, found, stretch.window.since);
    }
    std::erase_if(all, [&](const AssignedShift& shift) {
        return is_empty(intersection({.since = shift.start, .until = shift.end}, window));
    });
    return all;
}

bool concerns(const ShiftOverride& override_, const AssignedShift& shift) {
    const bool source = (override_.rotation && override_.rotation == shift.rotation) ||
                        (override_.custom_shift && override_.custom_shift == shift.custom_shift);
    const bool member = override_.overridden_member == shift.scheduled || override_.overridden_member == shift.member;
    return source && member && override_.start_time < shift.end && shift.start < override_.end_time;
}

/// The parts of a shift before, under and after an override.
void split_by(const ShiftOverride& override_, const AssignedShift& shift, std::vector<AssignedShift>& out) {
    const auto part = [&](Timestamp start, Timestamp end) {
        auto piece = shift;
        piece.start = start;
        piece.end = end;
        return piece;
    };
    if (shift.start < override_.start_time) out.push_back(part(shift.start, override_.start_time));
    auto covered = part(std::max(shift.start, override_.start_time), std::min(shift.end, override_.end_time));
    covered.member = override_.overriding_member;
    covered.override_ = override_.id;
    out.push_back(covered);
    if (override_.end_time < shift.end) out.push_back(part(override_.end_time, shift.end));
}

/// Overrides by what they are about: a shift is held against the few that may concern it, not against all.
class OverrideFinder {
public:
    explicit OverrideFinder(std::span<const ShiftOverride> overrides) : overrides_(overrides) {
        for (std::size_t place = 0; place < overrides.size(); ++place) {
            const auto& one = overrides[place];
            lists_[key_of(one.rotation, one.custom_shift, one.overridden_member)].push_back(
                {one.start_time, place, {}});
        }
        for (auto& [key, list] : lists_) {
            std::ranges::stable_sort(list, {}, &Entry::start);
            auto latest = Timestamp::min();
            for (auto& entry : list) entry.latest_end = latest = std::max(latest, overrides[entry.place].end_time);
        }
    }

    /// In their order, those of whom the shift was given to, and of all who may stand in for them meanwhile.
    [[nodiscard]] std::vector<const ShiftOverride*> touching(const AssignedShift& shift) const {
        std::vector<std::size_t> places;
        std::vector<MemberKey> members{shift.scheduled};
        for (std::size_t i = 0; i < members.size(); ++i) {
            const auto found = lists_.find(key_of(shift.rotation, shift.custom_shift, members[i]));
            if (found == lists_.end()) continue;
            const auto& list = found->second;
            auto entry = std::ranges::lower_bound(list, shift.end, {}, &Entry::start);
            while (entry != list.begin() && std::prev(entry)->latest_end > shift.start) {
                --entry;
                const auto& override_ = overrides_[entry->place];
                if (override_.end_time <= shift.start) continue;
                places.push_back(entry->place);
                if (std::ranges::find(members, override_.overriding_member) == members.end())
                    members.push_back(override_.overriding_member);
            }
        }
        std::ranges::sort(places);
        std::vector<const ShiftOverride*> found;
        for (auto place : places) found.push_back(&overrides_[place]);
        return found;
    }

private:
    struct Entry {
        Timestamp start;
        std::size_t place = 0;
        /// Of this one and all before it.
        Timestamp latest_end;
    };

    using Key = std::tuple<std::int64_t, std::int64_t, MemberKey>;

    static Key key_of(const std::optional<ShiftRotationId>& rotation,
                      const std::optional<CustomShiftId>& shift,
                      MemberKey member) {
        return {rotation ? rotation->value : 0, shift ? shift->value : 0, member};
    }

    std::span<const ShiftOverride> overrides_;
    std::map<Key, std::vector<Entry>> lists_;
};

std::vector<AssignedShift> with_overrides(std::vector<AssignedShift> shifts, std::span<const ShiftOverride> overrides) {
    if (overrides.empty()) return shifts;
    const OverrideFinder finder(overrides);
    std::vector<AssignedShift> all;
    all.reserve(shifts.size());
    for (const auto& shift : shifts) {
        std::vector<AssignedShift> pieces{shift};
        for (const auto* override_ : finder.touching(shift)) {
            std::vector<AssignedShift> next;
            for (const auto& piece : pieces) {
                if (concerns(*override_, piece))
                    split_by(*override_, piece, next);
                else
                    next.push_back(piece);
            }
            pieces = std::move(next);
        }
        all.insert(all.end(), pieces.begin(), pieces.end());
    }
    return all;
}

std::vector<AssignedShift> assigned_within(const ShiftPlan& plan, Window window, Overflow overflow, Budget& budget) {
    const auto wanted = intersection(
        {.since = std::max(window.since, schedule_instant_min), .until = std::min(window.until, schedule_instant_max)},
        {.since = window.since, .until = window.since + render_span_max});
    if (is_empty(wanted)) return {};
    auto shifts = shifts_of_rotations(plan, wanted, budget);
    for (const auto& custom : plan.custom_shifts) {
        if (is_empty(intersection({.since = custom.start_time, .until = custom.end_time}, wanted))) continue;
        shifts.push_back({.start = custom.start_time,
                          .end = custom.end_time,
                          .member = custom.member,
                          .scheduled = custom.member,
                          .rotation = {},
                          .custom_shift = custom.id,
                          .override_ = {}});
    }
    shifts = with_overrides(std::move(shifts), plan.overrides);
    std::erase_if(shifts, [&](const AssignedShift& shift) {
        return is_empty(intersection({.since = shift.start, .until = shift.end}, wanted));
    });
    if (overflow == Overflow::cut)
        for (auto& shift : shifts) {
            shift.start = std::max(shift.start, wanted.since);
            shift.end = std::min(shift.end, wanted.until);
        }
    std::ranges::stable_sort(shifts, {}, &AssignedShift::start);
    return shifts;
}

/// Each person's unbroken stretches on call, in order.
using StretchesByUser = std::map<UserKey, std::vector<Window>>;

StretchesByUser stretches_by_user(const ShiftPlan& plan, Window window, Budget& budget) {
    StretchesByUser by_user;
    for (const auto& shift : assigned_within(plan, window, Overflow::cut, budget)) {
        if (shift.member == nobody) continue;
        auto& list = by_user[shift.member];
        if (!list.empty() && shift.start <= list.back().until)
            list.back().until = std::max(list.back().until, shift.end);
        else
            list.push_back({.since = shift.start, .until = shift.end});
    }
    return by_user;
}

bool touches(Window inner, Window window) {
    return inner.since < window.until && window.since < std::max(inner.until, inner.since + Duration{1});
}

/// No stretch that reaches into `window` goes on beyond `wide`.
bool all_end_within(const StretchesByUser& by_user, Window window, Window wide) {
    for (const auto& [user, list] : by_user)
        for (const auto& stretch : list)
            if (touches(window, stretch) && (stretch.since <= wide.since || stretch.until >= wide.until)) return false;
    return true;
}

/// How many shifts begin before the first one ends, each member's counted where everybody has them.
std::size_t slots_at_once(const ShiftEvent& event) {
    const auto zone = Zone::find(event.time_zone).value_or(Zone{});
    const auto first = on_the_wall(event.start_time);
    const auto length = std::min<Duration>(event.end_time - event.start_time, shift_length_max);
    const auto begun = beginnings(event.recurrence, zone, first, first, first + length).size();
    return event.strategy == ShiftStrategy::every_member ? begun * event.members.size() : begun;
}

bool may_be_asked(Timestamp t) { return t >= schedule_instant_min && t < schedule_instant_max; }

}  // namespace

std::vector<AssignedShift> assigned_shifts(const ShiftPlan& plan, Window window, Overflow overflow) {
    auto budget = without_end;
    return assigned_within(plan, window, overflow, budget);
}

std::optional<std::vector<AssignedShift>> shown_shifts(const ShiftPlan& plan, Window window, Overflow overflow) {
    Budget budget;
    auto shifts = assigned_within(plan, window, overflow, budget);
    if (budget.is_spent || shifts.size() > render_entries_max) return std::nullopt;
    return shifts;
}

double coverage_of(std::span<const AssignedShift> shifts, Window window) {
    RenderedEntries covered;
    for (const auto& shift : shifts) {
        if (shift.member == nobody) continue;
        if (!covered.empty() && shift.start <= covered.back().end)
            covered.back().end = std::max(covered.back().end, shift.end);
        else
            covered.push_back({shift.start, shift.end, 0});
    }
    return coverage_percentage(covered, window);
}

std::vector<UserKey> users_on_call_at(const ShiftPlan& plan, Timestamp t) {
    std::vector<UserKey> users;
    if (!may_be_asked(t)) return users;
    for (const auto& shift : assigned_shifts(plan, {.since = t, .until = t + Duration{1}}, Overflow::whole))
        if (shift.member != nobody && shift.start <= t && t < shift.end &&
            std::ranges::find(users, shift.member) == users.end())
            users.push_back(shift.member);
    return users;
}

std::vector<Shift> shifts(const ShiftPlan& plan, Window window) {
    std::vector<Shift> result;
    if (!may_be_asked(window.since)) return result;
    if (window.until <= window.since) window.until = window.since + Duration{1};
    const auto around = [&](Duration reach) {
        return Window{.since = window.since - reach, .until = window.until + reach};
    };
    auto wide = around(first_look);
    auto first_budget = without_end;
    auto by_user = stretches_by_user(plan, wide, first_budget);
    for (auto reach = first_look; reach < render_reach_max && !all_end_within(by_user, window, wide);) {
        reach = std::min<Duration>(reach * look_growth, render_reach_max);
        Budget budget;
        auto farther = stretches_by_user(plan, around(reach), budget);
        // Where there is too much to look at, what was found nearer by is the answer.
        if (budget.is_spent) break;
        by_user = std::move(farther);
        wide = around(reach);
    }
    for (const auto& [user, list] : by_user)
        for (const auto& stretch : list) {
            if (!touches(window, stretch)) continue;
            auto& shift = result.emplace_back();
            shift.user = user;
            if (stretch.since > wide.since) shift.start = stretch.since;
            if (stretch.until < wide.until) shift.end = stretch.until;
        }
    std::ranges::stable_sort(result, {}, [](const Shift& shift) { return shift.start.value_or(Timestamp::min()); });
    return result;
}

std::optional<Timestamp> next_change_after(const ShiftPlan& plan, Timestamp t) {
    if (!may_be_asked(t)) return std::nullopt;
    for (Duration reach = first_look;; reach *= look_growth) {
        reach = std::min(reach, render_reach_max);
        const auto until = t + reach;
        std::optional<Timestamp> next;
        auto budget = reach == first_look ? without_end : Budget{};
        const auto by_user = stretches_by_user(plan, {.since = t, .until = until}, budget);
        if (budget.is_spent) return std::nullopt;
        for (const auto& [user, list] : by_user)
            for (const auto& stretch : list)
                for (auto edge : {stretch.since, stretch.until})
                    if (edge > t && edge < until && (!next || edge < *next)) next = edge;
        if (next || reach == render_reach_max) return next;
    }
}

std::vector<EventProblem> validate(const ShiftEvent& event) {
    std::vector<EventProblem> problems;
    const auto require = [&](bool condition, std::string_view member, std::string_view message) {
        if (!condition) problems.push_back({std::string{member}, std::string{message}});
    };
    require(event.end_time > event.start_time, "end_time", "must be after start time");
    require(
        event.end_time - event.start_time <= shift_length_max, "end_time", "must be at most a year after start time");
    require(Zone::find(event.time_zone).has_value(), "start_time.time_zone", "is not a known time zone");
    require(!event.effective_until || *event.effective_until > event.effective_since,
            "effective_until",
            "must be after effective since");
    require(slots_at_once(event) <= event_slots_at_once_max,
            "recurrence",
            "must not make more than 1000 shifts, counted by member, begin before the first one ends");
    for (auto& message : validate_recurrence(event.recurrence)) problems.push_back({"recurrence", std::move(message)});
    require(!event.members.empty(), "assignment_strategy.members", "must have at least one member");
    require(event.members.size() <= event_members_max, "assignment_strategy.members", "may hold at most 20 members");
    require(event.shifts_per_member >= 1 && event.shifts_per_member <= shifts_per_member_max,
            "assignment_strategy.shifts_per_member",
            "must be between 1 and 10000");
    return problems;
}

bool overlap(const ShiftEvent& a, const ShiftEvent& b) {
    return !is_empty(intersection(lifetime_of(a), lifetime_of(b)));
}

}  // namespace callboard
