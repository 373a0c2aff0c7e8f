#include "http/kit/time_range.h"

namespace callboard::http {

namespace {

Error invalid_times() {
    return {ErrorKind::invalid, 2004, "Invalid time values in 'since' and/or 'until' parameters", {}};
}

Result<TimeRange> in_order(TimeRange range) {
    if (range.since && range.until && *range.until < *range.since)
        return Error{ErrorKind::invalid, 2005, "Invalid Query Date Range", {}};
    return range;
}

Result<std::optional<Timestamp>> time_parameter(const Request& request, std::string_view name, Zone zone) {
    auto text = request.query.text(name);
    if (!text || text->empty()) return std::optional<Timestamp>{};
    // A plus sign that was not encoded arrives as a blank; the first blank may stand between date and time.
    constexpr std::size_t date_and_separator = 11;
    if (auto blank = text->rfind(' '); blank != std::string::npos && blank >= date_and_separator) (*text)[blank] = '+';
    auto parsed = parse_iso8601(*text);
    if (!parsed) return invalid_times();
    if (parsed->offset_given) return std::optional{parsed->at};
    return std::optional{zone.to_instant(LocalTime{parsed->at.time_since_epoch()})};
}

Result<std::optional<Timestamp>> utc_parameter(const Request& request, std::string_view name) {
    auto text = request.query.text(name);
    if (!text || text->empty()) return std::optional<Timestamp>{};
    auto parsed = parse_iso8601(*text);
    if (!parsed || !parsed->offset_given || !text->ends_with('Z')) return invalid_times();
    return std::optional{parsed->at};
}

}  // namespace

Result<TimeRange> time_range_of(const Request& request, Zone zone) {
    TimeRange range;
    TRY(range.since, time_parameter(request, "since", zone));
    TRY(range.until, time_parameter(request, "until", zone));
    return in_order(range);
}

Result<TimeRange> utc_time_range_of(const Request& request) {
    TimeRange range;
    TRY(range.since, utc_parameter(request, "since"));
    TRY(range.until, utc_parameter(request, "until"));
    return in_order(range);
}

}  // namespace callboard::http
