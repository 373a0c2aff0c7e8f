#include "http/console/live.h"

#include "http/kit/auth.h"
#include "http/kit/error_reply.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace callboard::http {

namespace {

/// How soon after a change it is told.
constexpr auto look_every = std::chrono::milliseconds{250};
/// When to come back after an answer: the shortest time between two events to one page.
constexpr int retry_milliseconds = 1'000;
constexpr auto wait_max = std::chrono::seconds{25};
constexpr std::size_t waiters_max = 5'000;

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
      thread_([this] { tell_until_stopped(); }) {}

Live::~Live() { stop(); }

void Live::stop() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
    tell(/*everybody=*/true);
}

void Live::wait(const Copied& request, std::shared_ptr<Responder> responder) {
    auto actor = site_.store.read(site_.clock.now(), [&](Tx& tx) {
        return authenticate_session(tx, site_, cookie_value(request.cookie, session_cookie));
    });
    if (!actor) return responder->send(error_response(actor.error()));
    auto heard = number_in(request.last_event_id);
    auto change = changes_.load();
    if (heard != change) return responder->send(event(change));
    {
        std::lock_guard lock(mutex_);
        if (!stopping_ && waiters_.size() < waiters_max) {
            waiters_.push_back({std::move(responder), heard, std::chrono::steady_clock::now() + wait_max});
            wake_.notify_one();
            return;
        }
    }
    responder->send(error_response({ErrorKind::unavailable, 0, "Too many pages wait for changes", {}}));
}

void Live::tell_until_stopped() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (waiters_.empty())
            wake_.wait(lock);
        else
            wake_.wait_for(lock, look_every);
        lock.unlock();
        tell(/*everybody=*/false);
        lock.lock();
    }
}

void Live::tell(bool everybody) {
    auto change = changes_.load();
    auto now = std::chrono::steady_clock::now();
    std::vector<Waiter> told;
    {
        std::lock_guard lock(mutex_);
        auto stays = [&](const Waiter& waiter) { return !everybody && waiter.heard == change && now < waiter.until; };
        auto gone = std::stable_partition(waiters_.begin(), waiters_.end(), stays);
        told.assign(std::make_move_iterator(gone), std::make_move_iterator(waiters_.end()));
        waiters_.erase(gone, waiters_.end());
    }
    for (auto& waiter : told)
        waiter.responder->send(waiter.heard == change ? stream(": nothing new\n") : event(change));
}

Response Live::event(std::uint64_t change) const {
    return stream(
        fmt::format("id: {}\nevent: changed\ndata: {{\"at\":\"{}\"}}\n", change, format_iso8601(site_.clock.now())));
}

}  // namespace callboard::http
