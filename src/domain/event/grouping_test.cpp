#include "domain/event/grouping.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

const Timestamp start = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};

AlertGroupingSetting setting_of(AlertGroupingType type, int length) {
    AlertGroupingSetting setting;
    setting.type = type;
    setting.criteria_changed_at = start;
    (type == AlertGroupingType::time ? setting.timeout : setting.time_window) = length;
    return setting;
}

OpenGroup group_of(AlertTraits first, Timestamp at = start) {
    OpenGroup group;
    group.incident = IncidentId{1};
    group.incident_number = 7;
    group.first_at = at;
    group.last_at = at;
    group.alert_count = 1;
    group.first = std::move(first);
    return group;
}

bool joins(const AlertGroupingSetting& setting, const OpenGroup& group, const AlertTraits& traits, Duration after) {
    return choose_group(setting, std::span{&group, 1}, traits, start + after).has_value();
}

bool similar(std::string_view one, std::string_view other) {
    return joins(setting_of(AlertGroupingType::intelligent, 300),
                 group_of({{}, words_of(one)}),
                 {{}, words_of(other)},
                 seconds{1});
}

}  // namespace

TEST_CASE("words are taken without regard to case, once, and without what has a digit in it") {
    CHECK(words_of("Disk FULL disk on db-17 (93%)") == words_of("on db disk full"));
    CHECK(words_of("4711 0x3f 2026-01-01").empty());
    CHECK(words_of("Füllstand").size() == 1);
}

TEST_CASE("two of three words in common make summaries similar") {
    CHECK(similar("Disk almost full on db1", "Disk almost full on db2"));
    CHECK(similar("disk full", "disk full again"));
    CHECK_FALSE(similar("CPU high on web1", "Memory high on web1"));
    CHECK_FALSE(similar("Disk full on /var", "Disk full on /tmp"));
    CHECK_FALSE(similar("4711", "4712"));
}

TEST_CASE("time grouping takes alerts from the first one up to its time-out, or without end") {
    auto ten_minutes = setting_of(AlertGroupingType::time, 600);
    auto group = group_of({});

    CHECK(joins(ten_minutes, group, {}, seconds{599}));
    CHECK_FALSE(joins(ten_minutes, group, {}, seconds{600}));
    CHECK(joins(setting_of(AlertGroupingType::time, 0), group, {}, days{30}));
}

TEST_CASE("other windows roll on from the newest alert, at most for a day") {
    auto setting = setting_of(AlertGroupingType::content_based, 300);
    setting.fields = {"source"};
    AlertTraits traits{{1}, {}};
    auto group = group_of(traits);

    CHECK(joins(setting, group, traits, seconds{300}));
    CHECK_FALSE(joins(setting, group, traits, seconds{301}));
    group.last_at = start + hours{24};
    CHECK(joins(setting, group, traits, hours{24}));
    CHECK_FALSE(joins(setting, group, traits, hours{24} + seconds{1}));
}

TEST_CASE("a window of 0 is the recommended one") {
    CHECK(joins(setting_of(AlertGroupingType::intelligent, 0), group_of({{}, {1}}), {{}, {1}}, seconds{300}));
    CHECK_FALSE(joins(setting_of(AlertGroupingType::intelligent, 0), group_of({{}, {1}}), {{}, {1}}, seconds{301}));
}

TEST_CASE("content must agree in all fields, or in any; what is absent agrees with nothing") {
    auto setting = setting_of(AlertGroupingType::content_based, 300);
    setting.fields = {"source", "class"};
    auto group = group_of({{1, 2}, {}});

    CHECK(joins(setting, group, {{1, 2}, {}}, seconds{1}));
    CHECK_FALSE(joins(setting, group, {{1, 3}, {}}, seconds{1}));
    CHECK_FALSE(joins(setting, group_of({{1, std::nullopt}, {}}), {{1, std::nullopt}, {}}, seconds{1}));
    setting.aggregate = GroupingAggregate::any;
    CHECK(joins(setting, group, {{1, 3}, {}}, seconds{1}));
    CHECK_FALSE(joins(setting, group, {{2, 1}, {}}, seconds{1}));
    CHECK_FALSE(joins(setting, group_of({{std::nullopt}, {}}), {{std::nullopt}, {}}, seconds{1}));
}

TEST_CASE("content and words must both agree where both are compared") {
    auto setting = setting_of(AlertGroupingType::content_based_intelligent, 300);
    setting.fields = {"source"};
    auto group = group_of({{1}, {10, 11}});

    CHECK(joins(setting, group, {{1}, {10, 11}}, seconds{1}));
    CHECK_FALSE(joins(setting, group, {{2}, {10, 11}}, seconds{1}));
    CHECK_FALSE(joins(setting, group, {{1}, {20, 21}}, seconds{1}));
}

TEST_CASE("the newest incident that fits is chosen, and a full or outdated one never") {
    auto setting = setting_of(AlertGroupingType::time, 0);
    std::vector<OpenGroup> groups{group_of({}), group_of({}), group_of({})};

    CHECK(choose_group(setting, groups, {}, start)->index == 2);
    groups[2].alert_count = alerts_per_incident_max;
    CHECK(choose_group(setting, groups, {}, start)->index == 1);
    setting.criteria_changed_at = start + seconds{1};
    CHECK_FALSE(choose_group(setting, groups, {}, start + seconds{2}));
}

TEST_CASE("why an alert joined is a sentence") {
    auto setting = setting_of(AlertGroupingType::content_based_intelligent, 300);
    setting.name = "Databases";
    setting.fields = {"source", "class"};
    auto group = group_of({{1, 2}, {10, 11}});
    auto choice = choose_group(setting, std::span{&group, 1}, {{1, 2}, {10, 11}}, start + seconds{9});

    REQUIRE(choice);
    CHECK(explain(setting, group, *choice, start + seconds{9}) ==
          "Joined incident #7 by the alert grouping setting \"Databases\": source, class are the same as in its first "
          "alert, 2 of 2 words are the same as in its first alert, 9 seconds after its newest alert, within 300 "
          "seconds.");
}

}  // namespace callboard
