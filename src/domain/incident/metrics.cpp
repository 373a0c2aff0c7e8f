#include "domain/incident/metrics.h"

#include <algorithm>
#include <cmath>

namespace callboard {

namespace {

std::int64_t whole_seconds(Duration duration) { return std::chrono::floor<seconds>(duration).count(); }

void add_once(std::vector<UserId>& users, UserId user) {
    if (std::ranges::find(users, user) == users.end()) users.push_back(user);
}

/// Walks through a log once and keeps what later lines depend on.
class Reader {
public:
    Reader(const IncidentFacts& facts, const Interruptible& interruptible, Timestamp now)
        : facts_(facts), interruptible_(interruptible), end_(facts.resolved_at.value_or(now)) {}

    IncidentMetrics read() {
        for (const auto& entry : facts_.log) {
            end_snooze(entry);
            take(entry);
        }
        if (snooze_) metrics_.snoozed_seconds += whole_seconds(std::min(snooze_->until, end_) - snooze_->since);
        finish();
        return std::move(metrics_);
    }

private:
    struct Snooze {
        Timestamp since;
        Timestamp until;
    };

    void take(const LogFact& entry) {
        bool by_user = entry.agent.type == AgentType::user;
        switch (entry.type) {
        case LogEntryType::acknowledge: acknowledged(entry); return;
        case LogEntryType::assign: assigned(entry); return;
        case LogEntryType::delegate: ++metrics_.reassignment_count; return;
        case LogEntryType::escalate:
            // Without users it only tells that a level was passed over.
            if (!entry.users.empty())
                ++(by_user ? metrics_.manual_escalation_count : metrics_.timeout_escalation_count);
            return;
        case LogEntryType::snooze:
            if (entry.until) snooze_ = {entry.at, *entry.until};
            return;
        case LogEntryType::resolve:
            metrics_.auto_resolved = !by_user;
            metrics_.resolved_by.reset();
            if (by_user) metrics_.resolved_by = UserId{entry.agent.id};
            return;
        case LogEntryType::reopen:
            metrics_.auto_resolved = false;
            metrics_.resolved_by.reset();
            return;
        case LogEntryType::trigger:
        case LogEntryType::unacknowledge:
        case LogEntryType::exhaust_escalation_path:
        case LogEntryType::repeat_escalation_path:
        case LogEntryType::notify:
        case LogEntryType::responder_request:
        case LogEntryType::responder_reply:
        case LogEntryType::responder_cancel:
        case LogEntryType::annotate:
        case LogEntryType::urgency_change:
        case LogEntryType::reach_ack_limit:
        case LogEntryType::reach_trigger_limit:
        case LogEntryType::field_value_change:
        case LogEntryType::custom_field_value_change:
        case LogEntryType::merge: return;
        }
    }

    /// A snooze lasts until its time, or until somebody changes the incident's state before.
    void end_snooze(const LogFact& entry) {
        if (!snooze_) return;
        bool ends = entry.type == LogEntryType::acknowledge || entry.type == LogEntryType::unacknowledge ||
                    entry.type == LogEntryType::resolve || entry.type == LogEntryType::snooze;
        if (!ends) return;
        metrics_.snoozed_seconds += whole_seconds(std::min(snooze_->until, entry.at) - snooze_->since);
        snooze_.reset();
    }

    void acknowledged(const LogFact& entry) {
        ++metrics_.acknowledgement_count;
        if (!metrics_.seconds_to_first_ack) metrics_.seconds_to_first_ack = whole_seconds(entry.at - facts_.created_at);
        if (entry.agent.type != AgentType::user) return;
        UserId user{entry.agent.id};
        if (std::ranges::find(metrics_.acknowledged_users, user) != metrics_.acknowledged_users.end()) return;
        metrics_.acknowledged_users.push_back(user);
        if (!first_engaged_) first_engaged_ = entry.at;
        last_engaged_ = entry.at;
        metrics_.engaged_seconds += std::max<std::int64_t>(0, whole_seconds(end_ - entry.at));
    }

    void assigned(const LogFact& entry) {
        // By hand, after somebody had it already: several people at one instant are one change.
        bool by_hand = entry.agent.type == AgentType::user && entry.at != facts_.created_at;
        if (by_hand && metrics_.assignment_count > 0 && last_reassigned_ != entry.at) {
            ++metrics_.reassignment_count;
            last_reassigned_ = entry.at;
        }
        ++metrics_.assignment_count;
        for (auto user : entry.users) {
            add_once(metrics_.assigned_users, user);
            if (facts_.urgency != Urgency::high) continue;
            if (auto found = interruptible_.find(user); found != interruptible_.end())
                metrics_.interruptions.push_back({user, entry.at, hour_class(found->second, entry.at)});
        }
    }

    void finish() {
        if (facts_.resolved_at) metrics_.seconds_to_resolve = whole_seconds(*facts_.resolved_at - facts_.created_at);
        bool several = metrics_.acknowledged_users.size() > 1;
        if (several) {
            metrics_.seconds_to_mobilize = whole_seconds(*last_engaged_ - facts_.created_at);
            metrics_.seconds_to_engage = whole_seconds(*last_engaged_ - *first_engaged_);
        }
        metrics_.major = facts_.top_priority || several;
    }

    const IncidentFacts& facts_;
    const Interruptible& interruptible_;
    Timestamp end_;
    IncidentMetrics metrics_;
    std::optional<Snooze> snooze_;
    std::optional<Timestamp> first_engaged_;
    std::optional<Timestamp> last_engaged_;
    std::optional<Timestamp> last_reassigned_;
};

/// Adds up values that some incidents do not have.
class Mean {
public:
    void add(const std::optional<std::int64_t>& value) {
        if (!value) return;
        sum_ += *value;
        ++count_;
    }

    [[nodiscard]] std::int64_t sum() const { return sum_; }

    [[nodiscard]] std::optional<std::int64_t> rounded() const {
        if (count_ == 0) return std::nullopt;
        return (sum_ + count_ / 2) / count_;
    }

private:
    std::int64_t sum_ = 0;
    std::int64_t count_ = 0;
};

/// How much of the period had at least one major incident.
Duration down_time(const std::vector<const MeasuredIncident*>& incidents, Period period, Timestamp now) {
    std::vector<Period> outages;
    for (const auto* incident : incidents)
        if (incident->metrics.major)
            outages.push_back({std::max(incident->facts.created_at, period.begin),
                               std::min(incident->facts.resolved_at.value_or(now), period.end)});
    std::ranges::sort(outages, {}, &Period::begin);
    Duration down{0};
    auto counted_until = period.begin;
    for (const auto& outage : outages) {
        auto begin = std::max(outage.begin, counted_until);
        if (outage.end <= begin) continue;
        down += outage.end - begin;
        counted_until = outage.end;
    }
    return down;
}

void count_incident(MetricRow& row, const MeasuredIncident& incident) {
    const auto& metrics = incident.metrics;
    ++row.total_incident_count;
    ++(incident.facts.urgency == Urgency::high ? row.total_high_urgency_incidents : row.total_low_urgency_incidents);
    if (metrics.major) ++row.total_major_incidents;
    if (metrics.acknowledgement_count > 0) ++row.total_incidents_acknowledged;
    if (metrics.auto_resolved) ++row.total_incidents_auto_resolved;
    if (metrics.manual_escalation_count > 0) ++row.total_incidents_manual_escalated;
    if (metrics.timeout_escalation_count > 0) ++row.total_incidents_timeout_escalated;
    if (metrics.reassignment_count > 0) ++row.total_incidents_reassigned;
    row.total_escalation_count += metrics.manual_escalation_count + metrics.timeout_escalation_count;
    row.total_snoozed_seconds += metrics.snoozed_seconds;
}

std::optional<std::int64_t> percentile(const std::vector<std::int64_t>& sorted, std::size_t percent) {
    if (sorted.empty()) return std::nullopt;
    auto rank = (sorted.size() * percent + 99) / 100;
    return sorted[rank - 1];
}

}  // namespace

HourClass hour_class(Zone zone, Timestamp at) {
    auto hour = std::chrono::floor<hours>(zone.time_of_day(at)).count();
    if (hour < 8 || hour >= 22) return HourClass::sleep;
    auto weekday = std::chrono::weekday{zone.local_day_of(at)}.iso_encoding();
    return weekday <= 5 && hour < 18 ? HourClass::business : HourClass::off;
}

IncidentMetrics measure(const IncidentFacts& facts, const Interruptible& interruptible, Timestamp now) {
    return Reader(facts, interruptible, now).read();
}

InterruptionCounts count_interruptions(std::vector<Interruption> interruptions) {
    std::ranges::sort(interruptions, [](const Interruption& a, const Interruption& b) {
        return a.user != b.user ? a.user < b.user : a.at < b.at;
    });
    InterruptionCounts counts;
    const Interruption* counted = nullptr;
    for (const auto& interruption : interruptions) {
        bool same = counted && counted->user == interruption.user && interruption.at - counted->at < seconds{60};
        if (same) continue;
        counted = &interruption;
        ++counts.total;
        switch (interruption.hours) {
        case HourClass::business: ++counts.business; break;
        case HourClass::off: ++counts.off; break;
        case HourClass::sleep: ++counts.sleep; break;
        }
    }
    return counts;
}

Period unit_around(Timestamp at, AggregateUnit unit, Zone zone) {
    using namespace std::chrono;
    auto today = zone.local_day_of(at);
    auto first = today;
    auto next = today + days{1};
    if (unit == AggregateUnit::week) {
        first = today - days{weekday{today}.iso_encoding() - 1};
        next = first + days{7};
    }
    if (unit == AggregateUnit::month) {
        auto month_of_year = year_month_day{today}.year() / year_month_day{today}.month();
        first = local_days{month_of_year / 1};
        next = local_days{(month_of_year + months{1}) / 1};
    }
    return {zone.to_instant(LocalTime{first}), zone.to_instant(LocalTime{next})};
}

MetricRow summarize(const std::vector<const MeasuredIncident*>& incidents, Period period, Timestamp now) {
    MetricRow row;
    Mean assignments, engaged, engaged_users, to_engage, to_first_ack, to_mobilize, to_resolve;
    std::vector<Interruption> interruptions;
    for (const auto* incident : incidents) {
        const auto& metrics = incident->metrics;
        count_incident(row, *incident);
        assignments.add(metrics.assignment_count);
        engaged.add(metrics.engaged_seconds);
        engaged_users.add(static_cast<std::int64_t>(metrics.acknowledged_users.size()));
        to_engage.add(metrics.seconds_to_engage);
        to_first_ack.add(metrics.seconds_to_first_ack);
        to_mobilize.add(metrics.seconds_to_mobilize);
        to_resolve.add(metrics.seconds_to_resolve);
        interruptions.insert(interruptions.end(), metrics.interruptions.begin(), metrics.interruptions.end());
    }
    row.mean_assignment_count = assignments.rounded();
    row.mean_engaged_seconds = engaged.rounded();
    row.mean_engaged_user_count = engaged_users.rounded();
    row.mean_seconds_to_engage = to_engage.rounded();
    row.mean_seconds_to_first_ack = to_first_ack.rounded();
    row.mean_seconds_to_mobilize = to_mobilize.rounded();
    row.mean_seconds_to_resolve = to_resolve.rounded();
    row.total_engaged_seconds = engaged.sum();
    // Nobody can define another effort than the one that was measured.
    row.mean_user_defined_engaged_seconds = row.mean_engaged_seconds;
    row.total_user_defined_engaged_seconds = row.total_engaged_seconds;
    auto counts = count_interruptions(std::move(interruptions));
    row.total_interruptions = counts.total;
    row.total_business_hour_interruptions = counts.business;
    row.total_off_hour_interruptions = counts.off;
    row.total_sleep_hour_interruptions = counts.sleep;
    auto down = down_time(incidents, period, now);
    row.total_down_time_minutes = std::chrono::floor<minutes>(down).count();
    if (period.end > period.begin) {
        auto share = static_cast<double>(down.count()) / static_cast<double>((period.end - period.begin).count());
        row.up_time_pct = std::round((1 - share) * 10'000) / 100;
    }
    return row;
}

Percentiles percentiles_of(const std::vector<const MeasuredIncident*>& incidents) {
    std::vector<std::int64_t> first_acks;
    std::vector<std::int64_t> resolves;
    for (const auto* incident : incidents) {
        if (auto value = incident->metrics.seconds_to_first_ack) first_acks.push_back(*value);
        if (auto value = incident->metrics.seconds_to_resolve) resolves.push_back(*value);
    }
    std::ranges::sort(first_acks);
    std::ranges::sort(resolves);
    return {percentile(first_acks, 50),
            percentile(first_acks, 75),
            percentile(first_acks, 90),
            percentile(first_acks, 95),
            percentile(resolves, 50),
            percentile(resolves, 75),
            percentile(resolves, 90),
            percentile(resolves, 95)};
}

}  // namespace callboard
