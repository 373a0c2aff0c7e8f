#pragma once
// When the shifts of an event begin: RFC 5545 recurrence on a wall clock. The lines are those of REST v3: exactly one
// RRULE, any number of EXDATE and RDATE. libical reckons the rule; what is here are the lines around it, and limits.

#include "domain/calendar/zone.h"

#include <span>
#include <string>
#include <vector>

namespace callboard {

/// What is wrong with the lines, one sentence each; empty when they can be reckoned with. HOURLY rules may have
/// INTERVAL, COUNT and UNTIL only; nothing shorter than an hour comes back.
std::vector<std::string> validate_recurrence(std::span<const std::string> lines);

/// What the clock in `zone` shows when shifts begin, in order and each once, of those that begin in [since, until).
/// `first` is the first shift the rule counts from. Lines that validate_recurrence() refuses give nothing. Cost: one
/// step for each beginning from `since` on, from `first` on where the rule has COUNT; at most `recurrence_steps_max`.
std::vector<LocalTime>
beginnings(std::span<const std::string> lines, const Zone& zone, LocalTime first, LocalTime since, LocalTime until);

inline constexpr std::size_t recurrence_lines_max = 200;
inline constexpr std::size_t recurrence_line_characters_max = 4'000;
inline constexpr int recurrence_steps_max = 200'000;

}  // namespace callboard
