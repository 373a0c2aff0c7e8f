#include "domain/calendar/zone.h"

#include <string>
#include <thread>
#include <vector>

// Debian builds the library on the system's database; without this the class layouts would differ.
#ifndef USE_OS_TZDB
#define USE_OS_TZDB 1
#endif
#include <date/tz.h>
#include <doctest/doctest.h>

namespace callboard {

namespace {

using namespace std::chrono_literals;
using std::chrono::day;
using std::chrono::month;
using std::chrono::year;

Zone zone_named(std::string_view name) {
    auto zone = Zone::find(name);
    REQUIRE_MESSAGE(zone.has_value(), "no zone ", std::string{name});
    return *zone;
}

LocalTime local(int y, unsigned m, unsigned d, Duration time_of_day) {
    return LocalTime{local_days{year{y} / month{m} / day{d}}} + time_of_day;
}

Timestamp utc(int y, unsigned m, unsigned d, Duration time_of_day) {
    return Timestamp{std::chrono::sys_days{year{y} / month{m} / day{d}}} + time_of_day;
}

}  // namespace

TEST_CASE("a zone is found by its name and keeps it") {
    CHECK(zone_named("Europe/Madrid").name() == "Europe/Madrid");
    CHECK(zone_named("US/Eastern").name() == "US/Eastern");
    CHECK(zone_named("UTC").name() == "UTC");
    CHECK(zone_named("UTC") == Zone{});
    CHECK(zone_named("Asia/Kathmandu").offset_at(utc(2026, 1, 1, 0h)) == 5h + 45min);
}

TEST_CASE("a name that is not a zone is absent, never an exception") {
    for (const auto* name : {"",
                             "Mars/Olympus",
                             "europe/madrid",
                             "Europe",
                             "Europe/",
                             "../etc/passwd",
                             "localtime",
                             "posixrules",
                             "right/Europe/Madrid",
                             "posix/UTC",
                             "zone.tab",
                             "tzdata.zi",
                             "Factory"}) {
        CAPTURE(name);
        CHECK_FALSE(Zone::find(name).has_value());
    }
    CHECK_FALSE(Zone::find(std::string(100'000, 'A')).has_value());
    CHECK_FALSE(Zone::find(std::string_view{"UTC\0", 4}).has_value());
}

TEST_CASE("a skipped local time means the first instant after the gap") {
    // Spain: 02:00 becomes 03:00 at 01:00 UTC.
    const auto madrid = zone_named("Europe/Madrid");
    CHECK(madrid.to_instant(local(2026, 3, 29, 1h + 59min)) == utc(2026, 3, 29, 0h + 59min));
    CHECK(madrid.to_instant(local(2026, 3, 29, 2h)) == utc(2026, 3, 29, 1h));
    CHECK(madrid.to_instant(local(2026, 3, 29, 2h + 30min)) == utc(2026, 3, 29, 1h));
    CHECK(madrid.to_instant(local(2026, 3, 29, 3h)) == utc(2026, 3, 29, 1h));
    CHECK(madrid.to_instant(local(2026, 3, 29, 3h + 1min)) == utc(2026, 3, 29, 1h + 1min));

    // Brazil moved its clocks at midnight, so that the day began at 01:00.
    const auto sao_paulo = zone_named("America/Sao_Paulo");
    CHECK(sao_paulo.to_instant(local(2018, 11, 4, 0h)) == utc(2018, 11, 4, 3h));
    CHECK(sao_paulo.local_day_of(utc(2018, 11, 4, 3h)) == local_days{year{2018} / 11 / 4});
    CHECK(sao_paulo.time_of_day(utc(2018, 11, 4, 3h)) == 1h);

    // Lord Howe Island moves its clocks by half an hour.
    const auto lord_howe = zone_named("Australia/Lord_Howe");
    CHECK(lord_howe.to_instant(local(2025, 10, 5, 2h + 10min)) == utc(2025, 10, 4, 15h + 30min));
    CHECK(lord_howe.to_instant(local(2025, 10, 5, 2h + 30min)) == utc(2025, 10, 4, 15h + 30min));

    // Samoa left out the whole of 30 December 2011.
    const auto apia = zone_named("Pacific/Apia");
    CHECK(apia.to_instant(local(2011, 12, 30, 9h)) == utc(2011, 12, 30, 10h));
    CHECK(apia.to_instant(local(2011, 12, 31, 0h)) == utc(2011, 12, 30, 10h));
}

TEST_CASE("a local time that occurs twice means its first occurrence") {
    // Spain: 03:00 becomes 02:00 at 01:00 UTC.
    const auto madrid = zone_named("Europe/Madrid");
    CHECK(madrid.to_instant(local(2026, 10, 25, 2h)) == utc(2026, 10, 25, 0h));
    CHECK(madrid.to_instant(local(2026, 10, 25, 2h + 59min)) == utc(2026, 10, 25, 0h + 59min));
    CHECK(madrid.to_instant(local(2026, 10, 25, 3h)) == utc(2026, 10, 25, 2h));

    const auto new_york = zone_named("America/New_York");
    CHECK(new_york.to_instant(local(2026, 11, 1, 1h + 30min)) == utc(2026, 11, 1, 5h + 30min));

    const auto lord_howe = zone_named("Australia/Lord_Howe");
    CHECK(lord_howe.to_instant(local(2026, 4, 5, 1h + 45min)) == utc(2026, 4, 4, 14h + 45min));
    CHECK(lord_howe.to_instant(local(2026, 4, 5, 2h)) == utc(2026, 4, 4, 15h + 30min));

    // Brazil: midnight became 23:00 of the day before; midnight itself occurs once, an hour later.
    const auto sao_paulo = zone_named("America/Sao_Paulo");
    CHECK(sao_paulo.to_instant(local(2018, 2, 17, 23h)) == utc(2018, 2, 18, 1h));
    CHECK(sao_paulo.to_instant(local(2018, 2, 18, 0h)) == utc(2018, 2, 18, 3h));
}

TEST_CASE("an instant before 1970 and a fraction of a second survive the way there and back") {
    const auto madrid = zone_named("Europe/Madrid");
    for (const auto t :
         {utc(1969, 7, 20, 20h + 17min + 40s), utc(2026, 6, 1, 1us), utc(2026, 6, 1, -1us)}) {
        CHECK(madrid.to_instant(madrid.to_local(t)) == t);
    }
}

TEST_CASE("summer time is still known in 2036") {
    // Guards against a database whose files hold only a rule in place of the transitions.
    CHECK(zone_named("Europe/Madrid").offset_at(utc(2036, 7, 1, 0h)) == 2h);
    CHECK(zone_named("America/New_York").offset_at(utc(2036, 7, 1, 0h)) == -4h);
}

TEST_CASE("a zone may be looked up and used from several threads at once") {
    std::vector<std::thread> threads;
    std::vector<int> right(4, 0);
    for (auto& count : right) {
        threads.emplace_back([&count] {
            for (const auto* name :
                 {"Asia/Tokyo", "Asia/Seoul", "Europe/Oslo", "Africa/Cairo", "No/Where"}) {
                const auto zone = Zone::find(name);
                if (zone &&
                    zone->to_instant(zone->to_local(utc(2026, 1, 1, 0h))) == utc(2026, 1, 1, 0h)) {
                    ++count;
                }
            }
        });
    }
    for (auto& thread : threads)
        thread.join();

    CHECK(right == std::vector<int>(4, 4));
}

TEST_CASE("every zone agrees with the library's own answer around each move of its clocks") {
    int moves = 0;
    for (const auto& library_zone : date::get_tzdb().zones) {
        const auto zone = Zone::find(library_zone.name());
        if (!zone || library_zone.name() == "UTC") continue;
        CAPTURE(library_zone.name());
        auto period = zone->period_at(utc(2014, 1, 1, 0h));
        while (period.end < utc(2028, 1, 1, 0h)) {
            ++moves;
            const auto around = date::local_seconds{
                std::chrono::floor<seconds>(period.end + period.utc_offset).time_since_epoch()};
            for (auto at = around - 3h; at <= around + 3h; at += 10min) {
                const auto info = library_zone.get_info(at);
                const auto expected = info.result == date::local_info::nonexistent
                                          ? Timestamp{info.second.begin}
                                          : Timestamp{at.time_since_epoch() - info.first.offset};
                REQUIRE(zone->to_instant(LocalTime{at.time_since_epoch()}) == expected);
            }
            period = zone->period_at(period.end);
        }
    }
    CHECK(moves > 1000);
}

}  // namespace callboard
