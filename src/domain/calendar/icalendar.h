#pragma once
// A calendar as programs for calendars read it: RFC 5545. Instants are written in UTC, so that no reader needs our time
// zones; text is escaped, and long lines are folded between characters.

#include "base/time.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

/// One stretch of time in a calendar.
struct CalendarEvent {
    /// Stays the same for the same event, so that a reader replaces what it has.
    std::string uid;
    Timestamp start;
    Timestamp end;
    std::string summary;
    std::string description;
    /// Empty: none.
    std::string url;
};

/// The text of a calendar, each line ended by CR LF. `written_at` is what readers take for the time of the last change.
std::string write_calendar(std::string_view name, std::span<const CalendarEvent> events, Timestamp written_at);

/// `text` with what RFC 5545 3.3.11 reserves escaped; control characters, which it forbids, are left out.
std::string calendar_text(std::string_view text);

/// A content line, folded so that no line has more than 75 octets (RFC 5545 3.1), with its line end.
std::string calendar_line(std::string_view name, std::string_view value);

/// "20260301T080000Z"; fractions of a second are cut off.
std::string calendar_instant(Timestamp at);

}  // namespace callboard
