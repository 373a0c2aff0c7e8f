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

}  // namespace

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
