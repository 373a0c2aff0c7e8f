#include "http/kit/time_range.h"

#include <doctest/doctest.h>

namespace callboard::http {

namespace {

const Timestamp midnight = std::chrono::sys_days{std::chrono::year{2026} / 3 / 2};
const Zone warsaw = *Zone::find("Europe/Warsaw");

}  // namespace

TEST_CASE("a time of a query is read with its offset, or else in the zone") {
    CHECK(parse_query_time("2026-03-02T00:00:00Z", warsaw) == midnight);
    CHECK(parse_query_time("2026-03-02T02:00:00+02:00", warsaw) == midnight);
    CHECK(parse_query_time("2026-03-02T01:00:00", warsaw) == midnight);
    CHECK(parse_query_time("2026-03-02 01:00", warsaw) == midnight);
    CHECK(parse_query_time("2026-03-02", warsaw) == midnight - hours{1});
    CHECK(parse_query_time("2026-03-02", Zone{}) == midnight);
}

TEST_CASE("a plus that became a blank on its way is understood") {
    CHECK(parse_query_time("2026-03-02T02:00:00 02:00", warsaw) == midnight);
    CHECK(parse_query_time("2026-03-02 02:00:00 0200", warsaw) == midnight);
}

TEST_CASE("what is no time is not read") {
    CHECK(!parse_query_time("yesterday", Zone{}));
    CHECK(!parse_query_time("2026-02-30", Zone{}));
    CHECK(!parse_query_time("2026-03-02T00:00:00 ", Zone{}));
}

TEST_CASE("the end of a range that was not sent follows from the other") {
    SentRange sent;
    CHECK(!*sent.window_of(days{14}));
    sent.since = midnight;
    CHECK(**sent.window_of(days{14}) == Window{midnight, midnight + days{14}});
    sent = {.since = {}, .until = midnight};
    CHECK(**sent.window_of(days{14}) == Window{midnight - days{14}, midnight});
}

TEST_CASE("a range that ends before it begins is refused, one of no length is not") {
    SentRange sent{.since = midnight, .until = midnight - hours{1}};
    CHECK(sent.both().error().code == 2005);
    CHECK(sent.window_of(days{1}).error().code == 2005);
    sent.until = midnight;
    CHECK(*sent.both() == Window{midnight, midnight});
}

TEST_CASE("both ends of a range can be required") {
    auto refused = SentRange{}.both();
    CHECK(refused.error().errors == std::vector<std::string>{"Since can't be blank", "Until can't be blank"});
}

}  // namespace callboard::http
