#include "app/handoffs.h"

#include "app/on_call.h"
#include "app/pager.h"
#include "domain/notify/text.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace callboard {

namespace {

constexpr const char* next_look = "handoffs.next";
/// A hand-off that is longer ago is no news any more: the server was down.
constexpr Duration grace = minutes{10};
constexpr Duration notices_kept = days{2};
constexpr int notices_forgotten_max = 500;

void schedule_look(Tx& tx, Timestamp at) {
    tx.schedule({at, DueKind::handoff, 0});
    tx.set_setting(next_look, std::to_string(to_micros(at)));
}

struct Span {
    std::optional<Timestamp> start;
    std::optional<Timestamp> end;
    int level = 1;
};

/// Without overlaps and without seams, in order.
std::vector<Span> merged(std::vector<Span> spans) {
    std::ranges::sort(spans, {}, [](const Span& span) { return span.start.value_or(Timestamp::min()); });
    std::vector<Span> out;
    for (auto& span : spans) {
        bool touches = !out.empty() && (!out.back().end || span.start.value_or(Timestamp::min()) <= *out.back().end);
        if (!touches) {
            out.push_back(span);
            continue;
        }
        auto& last = out.back();
        last.level = std::min(last.level, span.level);
        if (last.end && (!span.end || *span.end > *last.end)) last.end = span.end;
    }
    return out;
}

struct Handoff {
    EscalationPolicyId policy;
    std::string name;
    int level = 1;
    bool begins = false;
    Timestamp at;
};

bool counts(Tx& tx, const EscalationPolicy& policy) {
    if (policy.on_call_handoff_notifications == HandoffNotifications::always) return true;
    return tx.count(Query<Service>().where(&Service::escalation_policy, policy.id)) > 0;
}

/// Who goes on or off call within the window, by person.
std::map<UserId, std::vector<Handoff>> handoffs_within(Tx& tx, Window window) {
    std::map<UserId, std::vector<Handoff>> found;
    OnCallReader reader(tx, window);
    for (const auto& policy : tx.list(Query<EscalationPolicy>())) {
        if (!counts(tx, policy)) continue;
        std::map<UserId, std::vector<Span>> spans;
        for (const auto& entry : reader.entries_in_time(
                 policy, [](const EscalationTarget&) { return true; }, [](const EscalationPolicy&) { return true; }))
            spans[entry.user].push_back({entry.start, entry.end, entry.escalation_level});
        auto is_within = [&](const std::optional<Timestamp>& at) {
            return at && *at > window.since && *at <= window.until && *at >= policy.created_at;
        };
        for (auto& [user, of_user] : spans) {
            for (const auto& span : merged(std::move(of_user))) {
                if (is_within(span.start))
                    found[user].push_back({policy.id, policy.name, span.level, true, *span.start});
                if (is_within(span.end)) found[user].push_back({policy.id, policy.name, span.level, false, *span.end});
            }
        }
    }
    return found;
}

bool is_wanted(const HandoffRule& rule, const Handoff& handoff) {
    switch (rule.handoff_type) {
    case HandoffType::both: return true;
    case HandoffType::oncall: return handoff.begins;
    case HandoffType::offcall: return !handoff.begins;
    }
    return false;
}

bool was_told(Tx& tx, const HandoffRule& rule, const Handoff& handoff) {
    return tx.count(Query<HandoffNotice>()
                        .where(&HandoffNotice::rule, rule.id)
                        .where(&HandoffNotice::escalation_policy, handoff.policy)
                        .where(&HandoffNotice::begins, handoff.begins)
                        .where(&HandoffNotice::at, handoff.at)) > 0;
}

/// Sends what is due by this rule; returns when the next notice is.
std::optional<Timestamp> tell(Tx& tx, const User& user, const HandoffRule& rule, const std::vector<Handoff>& handoffs) {
    auto method = tx.find<ContactMethod>(rule.contact_method);
    if (!method) return std::nullopt;
    std::optional<Timestamp> next;
    std::map<std::tuple<Timestamp, bool>, std::vector<HandoffDuty>> due;
    for (const auto& handoff : handoffs) {
        if (!is_wanted(rule, handoff) || handoff.at < rule.created_at) continue;
        auto notice_at = handoff.at - minutes{rule.notify_advance_in_minutes};
        if (notice_at > tx.now()) {
            if (!next || notice_at < *next) next = notice_at;
            continue;
        }
        if (was_told(tx, rule, handoff)) continue;
        tx.insert(HandoffNotice{tx.new_id<HandoffNoticeId>(), rule.id, handoff.policy, handoff.begins, handoff.at});
        due[{handoff.at, handoff.begins}].push_back({handoff.name, handoff.level});
    }
    for (const auto& [when, duties] : due)
        send_notice(tx,
                    *method,
                    NotificationPurpose::handoff,
                    text_of_handoff(std::get<1>(when), std::get<0>(when), duties, user.time_zone.value_or("")));
    return next;
}

void forget_old_notices(Tx& tx) {
    auto old = Query<HandoffNotice>().below(&HandoffNotice::at, tx.now() - notices_kept).page(notices_forgotten_max);
    for (const auto& notice : tx.list(old)) tx.erase<HandoffNotice>(notice.id);
}

}  // namespace

void look_at_handoffs_now(Tx& tx) {
    auto planned = tx.setting(next_look);
    if (planned && !planned->empty()) tx.cancel({from_micros(std::stoll(*planned)), DueKind::handoff, 0});
    schedule_look(tx, tx.now());
}

void pass_handoffs(Tx& tx) {
    auto rules = tx.list(Query<HandoffRule>().order_by(&HandoffRule::id));
    // The next rule wakes it again.
    if (rules.empty()) return tx.set_setting(next_look, "");
    minutes longest{0};
    for (const auto& rule : rules) longest = std::max(longest, minutes{rule.notify_advance_in_minutes});
    // As far as the next look needs to know.
    auto handoffs = handoffs_within(tx, {tx.now() - grace, tx.now() + longest + handoff_look_every});
    auto next = tx.now() + handoff_look_every;
    for (const auto& rule : rules) {
        auto user = tx.find<User>(rule.user);
        auto of_user = handoffs.find(rule.user);
        if (!user || of_user == handoffs.end()) continue;
        if (auto notice = tell(tx, *user, rule, of_user->second)) next = std::min(next, *notice);
    }
    forget_old_notices(tx);
    schedule_look(tx, next);
}

}  // namespace callboard
