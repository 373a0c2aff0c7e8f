#include "app/group_book.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

const Timestamp start = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};
constexpr ServiceId service{5};

AlertGroupingSetting setting_of(std::int64_t id) {
    AlertGroupingSetting setting;
    setting.id = AlertGroupingSettingId{id};
    setting.criteria_changed_at = start;
    return setting;
}

OpenGroup group_of(std::int64_t incident) {
    OpenGroup group;
    group.incident = IncidentId{incident};
    group.service = service;
    group.first_at = start;
    group.last_at = start;
    group.alert_count = 1;
    return group;
}

Incident incident_of(std::int64_t id, IncidentStatus status, int alert_count) {
    Incident incident;
    incident.id = IncidentId{id};
    incident.service = service;
    incident.status = status;
    incident.alert_count = alert_count;
    return incident;
}

std::vector<OpenGroup> all(GroupBook& book, const AlertGroupingSetting& setting) {
    auto groups = book.groups_of(setting, start);
    return {groups.begin(), groups.end()};
}

}  // namespace

TEST_CASE("what a failed decision did to the groups is undone, step by step") {
    GroupBook book;
    auto setting = setting_of(1);
    for (std::int64_t incident : {11, 12, 13}) book.open(setting.id, group_of(incident));
    book.forget_undo();
    auto before = all(book, setting);
    auto mark = book.mark();

    book.join(setting.id, 1, Severity::critical, start + seconds{5});
    book.follow(incident_of(11, IncidentStatus::resolved, 1));
    book.open(setting.id, group_of(14));
    book.follow(incident_of(12, IncidentStatus::triggered, 9));
    book.follow(incident_of(14, IncidentStatus::resolved, 1));
    CHECK(all(book, setting).size() == 2);
    book.undo_to(mark);

    CHECK(all(book, setting) == before);
    CHECK(book.size() == 3);
    book.follow(incident_of(11, IncidentStatus::resolved, 1));
    CHECK(all(book, setting).size() == 2);
}

TEST_CASE("a resolved incident, and one that went to another service, take no more alerts") {
    GroupBook book;
    auto setting = setting_of(1);
    book.open(setting.id, group_of(11));
    book.open(setting.id, group_of(12));

    book.follow(incident_of(11, IncidentStatus::resolved, 1));
    auto moved = incident_of(12, IncidentStatus::triggered, 1);
    moved.service = ServiceId{6};
    book.follow(moved);

    CHECK(all(book, setting).empty());
    CHECK(book.size() == 0);
}

TEST_CASE("an alert is compared with a bounded number of incidents") {
    GroupBook book;
    auto setting = setting_of(1);
    for (std::size_t i = 0; i < GroupBook::groups_max + 3; ++i)
        book.open(setting.id, group_of(static_cast<std::int64_t>(100 + i)));

    CHECK(all(book, setting).size() == GroupBook::groups_max);
    CHECK(all(book, setting).front().incident == IncidentId{103});
}

TEST_CASE("groups whose window has ended are forgotten") {
    GroupBook book;
    auto setting = setting_of(1);
    setting.timeout = 60;
    book.open(setting.id, group_of(11));

    CHECK(book.groups_of(setting, start + seconds{59}).size() == 1);
    CHECK(book.groups_of(setting, start + seconds{60}).empty());
    CHECK(book.size() == 0);
}

}  // namespace callboard
