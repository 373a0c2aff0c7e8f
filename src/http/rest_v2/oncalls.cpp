// REST "On-Calls": who is on call, by which policy, at which level, for how long. Entries are ordered by the policy's
// name, then level, then start (people who are always on call first), then the user's name.

#include "app/on_call.h"
#include "domain/schedule/render.h"
#include "http/kit/page.h"
#include "http/kit/permit.h"
#include "http/kit/time_range.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace callboard::http {

namespace {

/// REST: listOnCalls.
constexpr Duration ahead_max = days{90};
/// How long a range may be: a year of hand-offs in one answer is already thousands.
constexpr Duration range_max = days{366};

/// Without since and until: now. With one of them, the other is now, or the same moment where now is out of order.
Result<Window> asked_window(Request& request) {
    TRY(auto zone, asked_zone(request, account_zone(request.tx())));
    TRY(auto sent, SentRange::of(request, zone));
    auto now = request.now;
    TRY(auto window, sent.window({.since = now, .until = std::max(now, sent.since.value_or(now))}));
    if (window.until > now + ahead_max) return invalid_date_range("Until must not be more than 90 days from now");
    CHECK_OK(check_span(window, range_max));
    return window;
}

struct Filter {
    std::optional<std::set<EscalationPolicyId>> policies;
    std::optional<std::set<UserId>> users;
    std::optional<std::set<ScheduleId>> schedules;
    /// schedule_ids[] holds "null" or nothing: people who are always on call.
    bool permanent = true;

    [[nodiscard]] bool takes(const EscalationTarget& target) const {
        if (target.type == TargetType::user) return permanent && (!users || users->contains(UserId{target.id}));
        return !schedules || schedules->contains(ScheduleId{target.id});
    }
};

template <class AnyId>
std::optional<std::set<AnyId>> ids_of(const Request& request, std::string_view name) {
    if (!request.query.has(name)) return std::nullopt;
    auto ids = request.query_ids<AnyId>(name);
    return std::set<AnyId>(ids.begin(), ids.end());
}

Filter asked_filter(const Request& request) {
    Filter filter;
    filter.policies = ids_of<EscalationPolicyId>(request, "escalation_policy_ids");
    filter.users = ids_of<UserId>(request, "user_ids");
    filter.schedules = ids_of<ScheduleId>(request, "schedule_ids");
    auto texts = request.query.all("schedule_ids");
    filter.permanent =
        texts.empty() || std::ranges::any_of(texts, [](const auto& text) { return text.empty() || text == "null"; });
    return filter;
}

/// Those that were there at some moment of the window: what was true then stays true when they are deleted.
std::vector<EscalationPolicy> asked_policies(Request& request, const Filter& filter, Window window) {
    auto query = Query<EscalationPolicy>().order_by(&EscalationPolicy::name);
    if (window.since < request.now) query.with_deleted();
    if (filter.policies)
        query.where_in(&EscalationPolicy::id,
                       std::vector<EscalationPolicyId>(filter.policies->begin(), filter.policies->end()));
    only_seen(request, query);
    auto policies = request.tx().list(query);
    std::erase_if(policies, [&](const EscalationPolicy& policy) {
        return policy.deleted_at && *policy.deleted_at <= window.since;
    });
    return policies;
}

void keep_earliest(std::vector<OnCallEntry>& entries) {
    std::set<std::pair<int, UserId>> seen;
    std::erase_if(entries,
                  [&](const OnCallEntry& entry) { return !seen.emplace(entry.escalation_level, entry.user).second; });
}

/// The entries of one policy in the order of the answer.
std::vector<OnCallEntry>
entries_of(Wire& wire, OnCallReader& reader, const EscalationPolicy& policy, const Filter& filter) {
    auto entries = reader.entries_in_time(
        policy,
        [&](const EscalationTarget& target) { return filter.takes(target); },
        [&](const EscalationPolicy& then) { return sees(wire.request, then); });
    if (filter.users) std::erase_if(entries, [&](const auto& entry) { return !filter.users->contains(entry.user); });
    auto key = [&](const OnCallEntry& entry) {
        return std::tuple(entry.escalation_level, entry.start, wire.user(entry.user)->name, entry.user, entry.schedule);
    };
    std::ranges::sort(entries, {}, key);
    if (wire.request.query.flag("earliest")) keep_earliest(entries);
    return entries;
}

class OnCallWriter {
public:
    explicit OnCallWriter(Wire& wire) : wire_(wire) {}

    json::object write(const OnCallEntry& entry) {
        json::object out;
        out["escalation_policy"] = once(
            policies_, entry.escalation_policy, [&] { return policy_ref_or_full(wire_, entry.escalation_policy); });
        out["escalation_level"] = entry.escalation_level;
        out["schedule"] = entry.schedule
                              ? once(schedules_,
                                     *entry.schedule,
                                     [&] { return schedule_ref_or_full(wire_, *entry.schedule, "schedules"); })
                              : json::value(nullptr);
        out["user"] = once(users_, entry.user, [&] { return user_ref_or_full(wire_, entry.user); });
        out["start"] = wire_.time(entry.start);
        out["end"] = wire_.time(entry.end);
        if (entry.schedule) put_horizons(out, entry);
        return out;
    }

private:
    /// Without times stand those who are always on call, and clients count on times for everybody else: a shift whose
    /// beginning or end is out of sight is shown up to where we look. REST: shifts are limited to 90 days ahead.
    void put_horizons(json::object& out, const OnCallEntry& entry) {
        auto now = wire_.request.now;
        if (!entry.start) out["start"] = wire_.time(now - render_reach_max);
        if (!entry.end) out["end"] = wire_.time(now + ahead_max);
    }

    /// The same few objects come back in many entries: each is written once.
    template <class AnyId, class Write>
    const json::value& once(std::map<AnyId, json::value>& written, AnyId id, Write write) {
        auto [found, added] = written.try_emplace(id);
        if (added) found->second = write();
        return found->second;
    }

    Wire& wire_;
    std::map<EscalationPolicyId, json::value> policies_;
    std::map<ScheduleId, json::value> schedules_;
    std::map<UserId, json::value> users_;
};

Result<Reply> list_oncalls(Request& request) {
    Wire wire(request, account_zone(request.tx()));
    TRY(auto window, asked_window(request));
    auto filter = asked_filter(request);
    OnCallReader reader(request.tx(), window);
    std::vector<OnCallEntry> entries;
    for (const auto& policy : asked_policies(request, filter, window)) {
        auto more = entries_of(wire, reader, policy, filter);
        entries.insert(entries.end(), more.begin(), more.end());
        if (entries.size() > render_entries_max) return too_many_entries();
    }
    OnCallWriter writer(wire);
    return page_of(request, "oncalls", entries, [&](const OnCallEntry& entry) { return writer.write(entry); });
}

constexpr Route table[] = {
    {Verb::get, "/oncalls", "oncalls.read", Need::view, list_oncalls, Reach::team},
};

}  // namespace

std::span<const Route> oncall_routes() { return table; }

}  // namespace callboard::http
