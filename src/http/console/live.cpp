#include "http/console/live.h"

#include "http/kit/auth.h"
#include "http/kit/error_reply.h"

#include <charconv>

#include <fmt/format.h>

namespace callboard::http {

namespace {

/// When to come back after an answer: the shortest time between two events to one page.
constexpr int retry_milliseconds = 1'000;

Response stream(std::string body) {
    Response response;
    response.content_type = "text/event-stream; charset=utf-8";
    response.headers = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}};
    response.body = fmt::format("retry: {}\n", retry_milliseconds) + body + "\n";
    return response;
}

std::uint64_t number_in(std::string_view text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

Live::Live(const Site& site)
    : site_(site), changes_(static_cast<std::uint64_t>(to_micros(site.clock.now()))),
      room_([this] { return changes_.load(); }) {}

void Live::wait(const Copied& request, std::shared_ptr<Responder> responder) {
    auto actor = site_.store.read(site_.clock.now(), [&](Tx& tx) {
        return authenticate_session(tx, site_, cookie_value(request.cookie, session_cookie));
    });
    if (!actor) return responder->send(error_response(actor.error()));
    auto heard = number_in(request.last_event_id);
    auto answer = [this, heard](std::uint64_t change) {
        return heard == change ? stream(": nothing new\n") : event(change);
    };
    if (!room_.wait(heard, responder, answer))
        responder->send(error_response({ErrorKind::unavailable, 0, "Too many pages wait for changes", {}}));
}

Response Live::event(std::uint64_t change) const {
    return stream(
        fmt::format("id: {}\nevent: changed\ndata: {{\"at\":\"{}\"}}\n", change, format_iso8601(site_.clock.now())));
}

}  // namespace callboard::http
