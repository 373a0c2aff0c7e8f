#include "http/kit/time_of_day.h"

#include <fmt/format.h>

namespace callboard::http {

std::string time_of_day_text(seconds since_midnight) {
    auto count = since_midnight.count();
    return fmt::format("{:02}:{:02}:{:02}", count / 3600, count / 60 % 60, count % 60);
}

std::optional<seconds> read_time_of_day(Fields& fields, std::string_view name) {
    std::string text;
    if (!fields.text(name, text, {.required = true})) return std::nullopt;
    auto parsed = parse_iso8601("2000-01-01T" + text);
    if (!parsed || parsed->offset_given) {
        fields.problem(name, "must be a time such as 09:00:00");
        return std::nullopt;
    }
    auto since_midnight = parsed->at - std::chrono::sys_days{std::chrono::year{2000} / 1 / 1};
    return std::chrono::floor<seconds>(since_midnight);
}

}  // namespace callboard::http
