#include "domain/calendar/icalendar.h"

#include <algorithm>

#include <doctest/doctest.h>

using namespace callboard;

namespace {

/// The content lines of a text, unfolded as RFC 5545 3.1 says.
std::vector<std::string> unfolded(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        auto end = text.find("\r\n", at);
        REQUIRE(end != std::string::npos);
        CHECK_MESSAGE(end - at <= 75, "a line has at most 75 octets");
        auto line = text.substr(at, end - at);
        if (line.starts_with(' '))
            lines.back() += line.substr(1);
        else
            lines.push_back(line);
        at = end + 2;
    }
    return lines;
}

Timestamp at(std::string_view text) { return parse_iso8601(text)->at; }

}  // namespace

TEST_CASE("calendar text escapes what separates and drops what is forbidden") {
    CHECK(calendar_text("a,b;c\\d\ne\r\x01") == "a\\,b\\;c\\\\d\\ne");
    CHECK(calendar_text("Grüße") == "Grüße");
}

TEST_CASE("instants of a calendar are in UTC and have whole seconds") {
    CHECK(calendar_instant(at("2026-03-29T01:50:07.9Z")) == "20260329T015007Z");
}

TEST_CASE("a long line is folded between characters, and unfolds to what it was") {
    std::string value;
    for (int i = 0; i < 60; ++i) value += i % 2 ? "é" : "€";
    auto line = calendar_line("SUMMARY", value);
    CHECK(unfolded(line) == std::vector<std::string>{"SUMMARY:" + value});
    for (std::size_t i = 0; i + 3 < line.size(); ++i)
        if (line.compare(i, 3, "\r\n ") == 0)
            CHECK_MESSAGE((static_cast<unsigned char>(line[i + 3]) & 0xC0U) != 0x80U, "a character was cut");
}

TEST_CASE("a line of exactly 75 octets is not folded, one more is") {
    CHECK(calendar_line("X", std::string(73, 'a')) == "X:" + std::string(73, 'a') + "\r\n");
    CHECK(calendar_line("X", std::string(74, 'a')) == "X:" + std::string(73, 'a') + "\r\n a\r\n");
}

TEST_CASE("a calendar has its events in order, each with a uid and both ends") {
    std::vector<CalendarEvent> events{
        {"one@example", at("2026-03-01T08:00:00Z"), at("2026-03-02T08:00:00Z"), "On call: A, B", "", ""},
        {"two@example", at("2026-03-02T08:00:00Z"), at("2026-03-03T08:00:00Z"), "On call", "More", "https://x/y"}};

    auto lines = unfolded(write_calendar("Primary; west", events, at("2026-03-01T00:00:00Z")));

    CHECK(lines.front() == "BEGIN:VCALENDAR");
    CHECK(lines.back() == "END:VCALENDAR");
    auto has = [&](std::string_view line) { return std::ranges::count(lines, line); };
    CHECK(has("VERSION:2.0") == 1);
    CHECK(has("NAME:Primary\\; west") == 1);
    CHECK(has("BEGIN:VEVENT") == 2);
    CHECK(has("UID:one@example") == 1);
    CHECK(has("DTSTART:20260301T080000Z") == 1);
    CHECK(has("DTEND:20260302T080000Z") == 1);
    CHECK(has("SUMMARY:On call: A\\, B") == 1);
    CHECK(has("DESCRIPTION:More") == 1);
    CHECK(has("URL:https://x/y") == 1);
    CHECK(has("DTSTAMP:20260301T000000Z") == 2);
}
