#include "domain/service/service.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

Timestamp utc(int month, int day, int hour) {
    return std::chrono::sys_days{std::chrono::year{2026} / month / day} + hours{hour};
}

Service with_support_hours() {
    Service service;
    service.incident_urgency_rule.type = UrgencyRuleType::use_support_hours;
    service.support_hours = SupportHours{"Europe/Berlin", {1, 2, 3, 4, 5}, 9 * 3'600, 17 * 3'600};
    service.scheduled_actions = {ScheduledAction{}};
    return service;
}

/// Whether an incident is of high urgency at this hour of this ISO weekday.
bool is_high(const Service& service, int weekday, int hour) {
    return urgency_for(service, Severity::critical, {weekday, hour * 3'600}) == Urgency::high;
}

}  // namespace

TEST_CASE("support hours over midnight belong to the day on which they begin") {
    auto service = with_support_hours();
    service.support_hours = SupportHours{"Europe/Berlin", {5, 7}, 21 * 3'600, 4 * 3'600};
    CHECK_FALSE(is_high(service, 5, 3));  // Thursday has none.
    CHECK_FALSE(is_high(service, 5, 20));
    CHECK(is_high(service, 5, 21));
    CHECK(is_high(service, 6, 3));
    CHECK_FALSE(is_high(service, 6, 4));
    CHECK_FALSE(is_high(service, 6, 22));
    CHECK(is_high(service, 1, 3));  // From Sunday into Monday.
}

TEST_CASE("support hours from a time to the same time are a whole day") {
    auto service = with_support_hours();
    service.support_hours = SupportHours{"Europe/Berlin", {2}, 9 * 3'600, 9 * 3'600};
    CHECK_FALSE(is_high(service, 2, 8));
    CHECK(is_high(service, 2, 9));
    CHECK(is_high(service, 3, 8));
    CHECK_FALSE(is_high(service, 3, 9));
}

TEST_CASE("urgency rises at the next local start of the support hours") {
    auto service = with_support_hours();
    CHECK(urgency_rises_at(service, utc(3, 25, 3)) == utc(3, 25, 8));   // A Wednesday night, winter time.
    CHECK(urgency_rises_at(service, utc(3, 25, 8)) == utc(3, 26, 8));   // They have just begun.
    CHECK(urgency_rises_at(service, utc(3, 27, 20)) == utc(3, 30, 7));  // Over the weekend on which summer time begins.
}

TEST_CASE("urgency does not rise without a scheduled action or support hours") {
    auto service = with_support_hours();
    service.scheduled_actions.clear();
    CHECK_FALSE(urgency_rises_at(service, utc(3, 25, 3)));
    service = with_support_hours();
    service.support_hours.reset();
    CHECK_FALSE(urgency_rises_at(service, utc(3, 25, 3)));
}

}  // namespace callboard
