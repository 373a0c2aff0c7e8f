#include "domain/incident/kinship.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

const auto start = parse_iso8601("2026-03-02T09:00:00Z") -> at;

Incident incident(std::int64_t id, std::string title, Duration begins = {}, std::optional<Duration> ends = {}) {
    Incident out;
    out.id = IncidentId{id};
    out.title = std::move(title);
    out.created_at = start + begins;
    if (ends) {
        out.status = IncidentStatus::resolved;
        out.resolved_at = start + *ends;
    }
    return out;
}

std::vector<std::size_t> indexes(const std::vector<PastIncident>& found) {
    std::vector<std::size_t> out;
    for (const auto& one : found) out.push_back(one.index);
    return out;
}

}  // namespace

TEST_CASE("the past of an incident is what is over and had a title like its own, the likest and newest first") {
    auto now = incident(10, "Disk 7 of web is full");
    std::vector others{
        incident(1, "Disk 3 of web is full", {}, hours{1}),
        incident(2, "Disk of web is almost full", {}, hours{1}),
        incident(3, "Certificate expires", {}, hours{1}),
        incident(4, "Disk 7 of web is full"),
        incident(5, "DISK 9 of web is full", {}, hours{1}),
        incident(10, "Disk 7 of web is full", {}, hours{1}),
        incident(11, "Disk 7 of web is full", {}, hours{1}),
    };
    auto found = past_incidents(now, others);
    CHECK(indexes(found) == std::vector<std::size_t>{4, 0, 1});
    CHECK(found[0].score == 100);
    CHECK(found[2].score == doctest::Approx(500.0 / 6));
}

TEST_CASE("titles without words are alike only when they are the same") {
    auto now = incident(10, "500");
    std::vector others{incident(1, "500", {}, hours{1}), incident(2, "502", {}, hours{1})};
    CHECK(indexes(past_incidents(now, others)) == std::vector<std::size_t>{0});
}

TEST_CASE("incidents went on together when both were open at one time, and began within a day") {
    auto one = incident(1, "", hours{0}, hours{2});
    auto now = start + days{3};
    CHECK(went_on_together(one, incident(2, "", hours{1}), now));
    CHECK(went_on_together(incident(2, "", hours{1}), one, now));
    CHECK(went_on_together(one, incident(2, "", hours{2}, hours{3}), now));
    CHECK_FALSE(went_on_together(one, incident(2, "", hours{2} + seconds{1}), now));
    auto open = incident(3, "", hours{0});
    CHECK(went_on_together(open, incident(4, "", hours{24}), now));
    CHECK_FALSE(went_on_together(open, incident(4, "", hours{25}), now));
}

TEST_CASE("a pattern leaves out what says which one") {
    CHECK(title_pattern("Disk 7 of  web-12 is full") == "Disk <*> of <*> is full");
    CHECK(title_pattern("Full") == "Full");
    CHECK(title_pattern("") == "");
}

TEST_CASE("an incident is an anomaly the first time, then rare, and frequent from one in ten") {
    auto now = incident(100, "Disk 7 is full");
    CHECK(outlier_verdict(now, {}).category == Occurrence::anomaly);
    std::vector<Incident> others{now};
    for (std::int64_t id = 1; id <= 25; ++id) others.push_back(incident(id, "Slow"));
    CHECK(outlier_verdict(now, others).category == Occurrence::anomaly);
    others.push_back(incident(50, "Disk 8 is full"));
    auto verdict = outlier_verdict(now, others);
    CHECK(verdict.category == Occurrence::rare);
    CHECK(verdict.count == 2);
    CHECK(verdict.frequency == doctest::Approx(2.0 / 27));
    others.push_back(incident(51, "Disk 9 is full"));
    CHECK(outlier_verdict(now, others).category == Occurrence::frequent);
}

}  // namespace callboard
