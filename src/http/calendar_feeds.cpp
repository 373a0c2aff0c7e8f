#include "http/calendar_feeds.h"

namespace callboard::http {

namespace {

constexpr std::string_view path_end = "/feed";

FeedSite feed_site(const Site& site) { return {site.ids, site.hash_key, site.public_url}; }

Response plain(int status, std::string_view text) {
    Response response;
    response.status = status;
    response.body = text;
    response.content_type = "text/plain; charset=utf-8";
    return response;
}

/// The address is a secret: nobody keeps what it gave, and nobody learns of it from a link.
void keep_private(Response& response) {
    response.headers.insert(response.headers.end(),
                            {{"Cache-Control", "private, no-store"},
                             {"X-Robots-Tag", "noindex"},
                             {"Referrer-Policy", "no-referrer"},
                             {"X-Content-Type-Options", "nosniff"}});
}

Response answer(const Site& site, std::string_view key) {
    auto now = site.clock.now();
    auto is_too_large = false;
    auto text = site.store.read(now, [&](Tx& tx) -> std::optional<std::string> {
        auto owner = owner_of_feed(tx, feed_site(site), key);
        auto feed = owner ? calendar_feed(tx, feed_site(site), *owner) : std::nullopt;
        if (!feed) return std::nullopt;
        is_too_large = feed->is_too_large;
        if (is_too_large) return std::nullopt;
        return write_calendar(feed->name, feed->events, now);
    });
    if (is_too_large) return plain(400, "This calendar has more entries than can be shown\n");
    if (!text) return plain(404, "There is no such calendar\n");
    Response response;
    response.body = std::move(*text);
    response.content_type = "text/calendar; charset=utf-8";
    response.headers = {{"Content-Disposition", R"(inline; filename="on-call.ics")"}};
    return response;
}

}  // namespace

Response answer_calendar_feed(const Site& site, const Copied& request) {
    Response response;
    std::string_view path = request.target;
    path = path.substr(0, path.find('?'));
    path.remove_prefix(std::min(path.size(), calendar_feed_prefix.size() + 1));
    if (path.ends_with(".ics")) path.remove_suffix(4);
    if (request.method != "GET" && request.method != "HEAD") {
        response = plain(405, "Read it by GET or HEAD\n");
        response.headers.emplace_back("Allow", "GET, HEAD");
    } else if (!path.ends_with(path_end)) {
        response = plain(404, "There is no such calendar\n");
    } else {
        response = answer(site, path.substr(0, path.size() - path_end.size()));
    }
    keep_private(response);
    return response;
}

CalendarAddresses calendar_addresses(const Site& site, const std::string& key) {
    auto http = site.public_url + std::string{calendar_feed_prefix} + "/" + key + std::string{path_end};
    auto web = "webcal" + http.substr(std::min(http.size(), http.find(':')));
    return {std::move(http), std::move(web)};
}

void put_calendar_addresses(json::object& out, Request& request, const FeedOwner& owner) {
    auto addresses = calendar_addresses(request.site, feed_key(request.tx(), feed_site(request.site), owner));
    out["http_cal_url"] = addresses.http_cal_url;
    out["web_cal_url"] = addresses.web_cal_url;
}

Reply renewed_calendar_key(Request& request, const FeedOwner& owner) {
    auto key = renew_feed_key(request.tx(), feed_site(request.site), owner);
    return ok(json::object{{"private_url_key", key}});
}

}  // namespace callboard::http
