#pragma once
// Times of day in bodies, as a clock on the wall shows them: "09:00:00".

#include "http/kit/fields.h"

#include <optional>
#include <string>
#include <string_view>

namespace callboard::http {

std::string time_of_day_text(seconds since_midnight);

/// A required member; absent, with a problem noted, when it is no such time. "24:00:00" is the end of the day.
std::optional<seconds> read_time_of_day(Fields& fields, std::string_view name);

}  // namespace callboard::http
