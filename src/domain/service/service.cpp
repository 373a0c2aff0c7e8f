#include "domain/service/service.h"

#include "domain/calendar/zone.h"

#include <algorithm>

namespace callboard {

ServiceStatus service_status(const ServiceLoad& load) {
    if (load.disabled) return ServiceStatus::disabled;
    if (load.in_maintenance) return ServiceStatus::maintenance;
    if (load.triggered > 0) return ServiceStatus::critical;
    if (load.acknowledged > 0) return ServiceStatus::warning;
    return ServiceStatus::active;
}

std::optional<seconds> pause_of(const AutoPauseNotificationsParameters& parameters) {
    if (!parameters.enabled) return std::nullopt;
    auto timeout = seconds{parameters.timeout.value_or(0)};
    return timeout == seconds{0} ? pause_recommended : timeout;
}

namespace {

Urgency resolve(RuleUrgency rule, Severity severity) {
    switch (rule) {
    case RuleUrgency::high: return Urgency::high;
    case RuleUrgency::low: return Urgency::low;
    case RuleUrgency::severity_based: return severity >= Severity::error ? Urgency::high : Urgency::low;
    }
    return Urgency::high;
}

bool within(const SupportHours& hours, LocalMoment moment) {
    auto begin_on = [&](int weekday) {
        return std::ranges::find(hours.days_of_week, weekday) != hours.days_of_week.end();
    };
    bool has_begun = begin_on(moment.weekday) && moment.second_of_day >= hours.start_time;
    if (hours.start_time < hours.end_time) return has_begun && moment.second_of_day < hours.end_time;
    // Over midnight they belong to the day on which they begin; from a time to the same time is a whole day.
    int yesterday = moment.weekday == 1 ? 7 : moment.weekday - 1;
    return has_begun || (begin_on(yesterday) && moment.second_of_day < hours.end_time);
}

}  // namespace

std::optional<Timestamp> urgency_rises_at(const Service& service, Timestamp now) {
    auto to_high = [](const ScheduledAction& action) { return action.to_urgency == Urgency::high; };
    bool rises = service.incident_urgency_rule.type == UrgencyRuleType::use_support_hours && service.support_hours &&
                 std::ranges::any_of(service.scheduled_actions, to_high);
    if (!rises) return std::nullopt;
    const auto& hours = *service.support_hours;
    auto zone = Zone::find(hours.time_zone).value_or(Zone{});
    auto today = zone.local_day_of(now);
    // Today's may have begun already; the eighth day is today's weekday again.
    for (int ahead = 0; ahead <= 7; ++ahead) {
        auto day = today + days{ahead};
        auto weekday = static_cast<int>(std::chrono::weekday{day}.iso_encoding());
        if (std::ranges::find(hours.days_of_week, weekday) == hours.days_of_week.end()) continue;
        auto begin = zone.to_instant(LocalTime{day} + seconds{hours.start_time});
        if (begin > now) return begin;
    }
    return std::nullopt;
}

Urgency urgency_for(const Service& service, Severity severity, LocalMoment moment) {
    const auto& rule = service.incident_urgency_rule;
    if (rule.type == UrgencyRuleType::constant || !service.support_hours) return resolve(rule.urgency, severity);
    bool during = within(*service.support_hours, moment);
    return resolve(during ? rule.during_support_hours : rule.outside_support_hours, severity);
}

}  // namespace callboard
