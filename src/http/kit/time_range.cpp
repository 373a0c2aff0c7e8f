#include "http/kit/time_range.h"

#include "domain/schedule/render.h"

#include <fmt/format.h>

namespace callboard::http {

namespace {

/// The length of a date; a blank after it may stand between date and time.
constexpr std::size_t date_length = std::string_view{"2026-03-29"}.size();

Result<Window> ordered(Window window) {
    if (window.until < window.since) return invalid_date_range("Until must not be before since");
    return window;
}

}  // namespace

Error invalid_time_values() {
    return {ErrorKind::invalid, 2004, "Invalid time values in 'since' and/or 'until' parameters", {}};
}

Error invalid_date_range(std::string problem) {
    Error error{ErrorKind::invalid, 2005, "Invalid Query Date Range", {}};
    if (!problem.empty()) error.errors.push_back(std::move(problem));
    return error;
}

Error too_many_entries() {
    return invalid_date_range(
        fmt::format("The range makes more than {} entries: ask for a shorter time", render_entries_max));
}

Result<Zone> asked_zone(const Request& request, Zone otherwise) {
    auto name = request.query.text("time_zone");
    if (!name || name->empty()) return otherwise;
    auto zone = Zone::find(*name);
    if (!zone) return errors::invalid_input("Time zone is not a name of the tz database");
    return *zone;
}

std::optional<Timestamp> parse_query_time(std::string text, Zone zone) {
    if (auto blank = text.rfind(' '); blank != std::string::npos && blank > date_length) text[blank] = '+';
    auto parsed = parse_iso8601(text);
    if (!parsed) return std::nullopt;
    if (parsed->offset_given) return parsed->at;
    return zone.to_instant(LocalTime{parsed->at.time_since_epoch()});
}

Result<std::optional<Timestamp>> query_time(const Request& request, std::string_view name, Zone zone) {
    auto text = request.query.text(name);
    if (!text || text->empty()) return std::optional<Timestamp>{};
    auto time = parse_query_time(*text, zone);
    if (!time) return invalid_time_values();
    return time;
}

Result<SentRange> SentRange::of(const Request& request, Zone zone) {
    SentRange sent;
    TRY(sent.since, query_time(request, "since", zone));
    TRY(sent.until, query_time(request, "until", zone));
    return sent;
}

Result<Window> SentRange::window(Window otherwise) const {
    return ordered({since.value_or(otherwise.since), until.value_or(otherwise.until)});
}

Result<std::optional<Window>> SentRange::window_of(Duration length) const {
    if (empty()) return std::optional<Window>{};
    TRY(auto whole, ordered({since ? *since : *until - length, until ? *until : *since + length}));
    return std::optional{whole};
}

Result<Window> SentRange::both() const {
    std::vector<std::string> missing;
    if (!since) missing.emplace_back("Since can't be blank");
    if (!until) missing.emplace_back("Until can't be blank");
    if (!missing.empty()) return errors::invalid_input(std::move(missing));
    return ordered({*since, *until});
}

Result<void> check_span(Window window, Duration span_max) {
    if (window.until - window.since <= span_max) return {};
    return invalid_date_range(
        fmt::format("The range must not be longer than {} days", std::chrono::floor<days>(span_max).count()));
}

}  // namespace callboard::http
