#pragma once
// Times in the query of a request: since, until and time_zone, read the same way by every list.
//
//   TRY(auto zone, asked_zone(request, account_zone(request.tx())));
//   TRY(auto sent, SentRange::of(request, zone));
//   TRY(auto window, sent.window({.since = request.now - days{30}, .until = request.now}));
//   CHECK_OK(check_span(window, days{184}));

#include "app/account.h"
#include "domain/calendar/zone.h"
#include "domain/schedule/schedule.h"
#include "http/kit/request.h"

#include <optional>
#include <string_view>

namespace callboard::http {

/// 400, code 2004: a time that is none.
Error invalid_time_values();
/// 400, code 2005: a range that ends before it begins, or is longer than the operation allows.
Error invalid_date_range(std::string problem = {});
/// The same for what would be rendered: more than render_entries_max.
Error too_many_entries();

/// The zone that `time_zone` names, `otherwise` without it. Error 2001 for an unknown one.
Result<Zone> asked_zone(const Request& request, Zone otherwise = {});

/// A time as it stands in a query, absent when it is none. Without an offset it is what a clock in `zone` shows. A "+"
/// that was not escaped arrives as a blank and is understood.
std::optional<Timestamp> parse_query_time(std::string text, Zone zone);

/// The same of a parameter; absent when it was not sent or is empty. Error 2004.
Result<std::optional<Timestamp>> query_time(const Request& request, std::string_view name, Zone zone);

/// `since` and `until` as they were sent.
struct SentRange {
    std::optional<Timestamp> since;
    std::optional<Timestamp> until;

    /// Error 2004.
    static Result<SentRange> of(const Request& request, Zone zone);

    [[nodiscard]] bool empty() const { return !since && !until; }

    /// What was sent, and of `otherwise` what was not. Error 2005 when it ends before it begins.
    [[nodiscard]] Result<Window> window(Window otherwise) const;

    /// The end that was not sent is `length` away from the one that was; absent when neither was. Error 2005.
    [[nodiscard]] Result<std::optional<Window>> window_of(Duration length) const;

    /// Both are required. Errors 2001, 2005.
    [[nodiscard]] Result<Window> both() const;
};

/// Error 2005 when the window is longer than `span_max`.
Result<void> check_span(Window window, Duration span_max);

}  // namespace callboard::http
