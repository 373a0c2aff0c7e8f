#pragma once
// The address that programs for calendars subscribe to: GET or HEAD /private/{key}/feed. The key is all it takes.

#include "app/calendar_feed.h"
#include "http/front.h"
#include "http/kit/request.h"

namespace callboard::http {

/// 200 text/calendar, 404 for a key that is none (any more), 405. Runs on a worker's thread.
Response answer_calendar_feed(const Site& site, const Copied& request);

constexpr std::string_view calendar_feed_prefix = "/private";

/// The two addresses of one feed: for browsers, and for programs that open calendars.
struct CalendarAddresses {
    std::string http_cal_url;
    std::string web_cal_url;
};

CalendarAddresses calendar_addresses(const Site& site, const std::string& key);

/// http_cal_url and web_cal_url of a schedule or a person.
void put_calendar_addresses(json::object& out, Request& request, const FeedOwner& owner);

/// Reply 200 {"private_url_key": "…"}: the owner's next key; the one before is worth nothing any more.
Reply renewed_calendar_key(Request& request, const FeedOwner& owner);

}  // namespace callboard::http
