#include "http/heartbeat_calls.h"

#include "app/heartbeats.h"
#include "domain/event/event.h"

namespace callboard::http {

namespace {

Response plain(int status, std::string_view text) {
    Response response;
    response.status = status;
    response.body = text;
    response.content_type = "text/plain; charset=utf-8";
    response.headers = {{"Cache-Control", "no-store"}};
    return response;
}

}  // namespace

Response answer_heartbeat(const Site& site, const Copied& request) {
    if (request.method != "GET" && request.method != "POST" && request.method != "HEAD") {
        auto response = plain(405, "Call it by GET, HEAD or POST\n");
        response.headers.emplace_back("Allow", "GET, HEAD, POST");
        return response;
    }
    std::string_view path = request.target;
    path = path.substr(0, path.find('?'));
    path.remove_prefix(std::min(path.size(), heartbeat_prefix.size() + 1));
    // A key that cannot be one costs no decision.
    if (path.size() != routing_key_length) return plain(404, "There is no such heartbeat\n");
    try {
        auto done = site.store.decide(site.clock.now(), [&](Tx& tx) { return beat(tx, site.desk, path); });
        return done ? plain(200, "ok\n") : plain(404, "There is no such heartbeat\n");
    } catch (const StoreUnavailable&) {
        auto response = plain(503, "It could not be kept; call again\n");
        response.headers.emplace_back("Retry-After", "1");
        return response;
    }
}

}  // namespace callboard::http
