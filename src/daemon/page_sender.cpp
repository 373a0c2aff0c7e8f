#include "daemon/page_sender.h"

#include "base/log.h"

#include <utility>

#include <fmt/format.h>

namespace callboard {

PageSender::PageSender(Store& store,
                       Desk& desk,
                       const Clock& clock,
                       PageLinks links,
                       Carrier carrier,
                       StopPoint stop_point,
                       Tallies& tallies)
    : store_(store), desk_(desk), clock_(clock), links_(std::move(links)), carrier_(std::move(carrier)),
      stop_point_(std::move(stop_point)), tallies_(tallies) {}

PageSender::Lane& PageSender::lane_of(const Page& page) { return lanes_.at(static_cast<std::size_t>(page.type)); }

void PageSender::send(Page page) {
    auto& lane = lane_of(page);
    put(lane, {std::move(page), clock_.now()});
}

void PageSender::put(Lane& lane, PageQueue::Waiting waiting) {
    std::optional<Page> without_room;
    {
        std::lock_guard lock(lane.mutex);
        if (lane.stopping) {
            without_room = std::move(waiting.page);
        } else {
            without_room = lane.queue.put(std::move(waiting));
            if (lane.idle < lane.queue.size() && lane.threads.size() < threads_per_type_max)
                lane.threads.emplace_back([this, &lane] { carry_until_stopped(lane); });
            lane.wake.notify_one();
        }
    }
    if (without_room) record(*without_room, {.kind = PageOutcome::Kind::not_begun});
}

std::vector<PageSender::Load> PageSender::load() {
    std::vector<Load> loads;
    for (std::size_t type = 0; type < lanes_.size(); ++type) {
        auto& lane = lanes_.at(type);
        std::lock_guard lock(lane.mutex);
        loads.push_back({static_cast<ContactMethodType>(type), lane.queue.size(), lane.throttled});
    }
    return loads;
}

void PageSender::settle(std::chrono::milliseconds at_most) {
    auto deadline = std::chrono::steady_clock::now() + at_most;
    for (auto& lane : lanes_) {
        std::unique_lock lock(lane.mutex);
        // What waits for its provider leaves when time has passed.
        lane.settled.wait_until(
            lock, deadline, [&] { return lane.idle == lane.threads.size() && !lane.queue.has(may_leave()); });
    }
}

void PageSender::stop() {
    for (auto& lane : lanes_) {
        {
            std::lock_guard lock(lane.mutex);
            lane.stopping = true;
        }
        lane.wake.notify_all();
    }
    for (auto& lane : lanes_)
        for (auto& thread : lane.threads)
            if (thread.joinable()) thread.join();
    for (auto& lane : lanes_)
        for (const auto& page : lane.queue.take_all()) record(page, {.kind = PageOutcome::Kind::not_begun});
}

PageQueue::MayLeave PageSender::may_leave() const {
    return [this, now = clock_.now()](const PageQueue::Waiting& waiting) {
        return now >= waiting.since + waits_unsaid_max || now > waiting.page.begin_before ||
               !carrier_.throttle(waiting.page);
    };
}

std::optional<PageQueue::Waiting> PageSender::wait_for_page(Lane& lane, std::unique_lock<std::mutex>& lock) {
    // Room comes by time, or when another kind of contact method is done with the same provider: nobody says so.
    constexpr auto look_again = std::chrono::milliseconds{100};
    while (!lane.stopping) {
        bool may_begin = !lane.tight || lane.beginning == 0;
        if (auto waiting = may_begin ? lane.queue.take(may_leave()) : std::nullopt) {
            ++lane.beginning;
            return waiting;
        }
        lane.tight = lane.queue.size() > 0;
        if (lane.tight)
            lane.wake.wait_for(lock, look_again);
        else
            lane.wake.wait(lock);
    }
    return std::nullopt;
}

void PageSender::Beginning::end() {
    if (!lane_) return;
    auto& lane = *std::exchange(lane_, nullptr);
    std::lock_guard lock(lane.mutex);
    --lane.beginning;
    lane.wake.notify_one();
}

void PageSender::carry_until_stopped(Lane& lane) {
    for (;;) {
        std::optional<PageQueue::Waiting> waiting;
        {
            std::unique_lock lock(lane.mutex);
            ++lane.idle;
            lane.settled.notify_all();
            waiting = wait_for_page(lane, lock);
            --lane.idle;
        }
        if (!waiting) return;
        try {
            carry(lane, *std::move(waiting));
        } catch (const std::exception& error) {
            // It stays claimed, and is claimed again in time.
            log::error("page.failed", {{"why", error.what()}});
        }
    }
}

void PageSender::wait_on(Lane& lane, PageQueue::Waiting waiting, PageOutcome throttled) {
    bool waits_unsaid = clock_.now() < waiting.since + waits_unsaid_max;
    {
        std::lock_guard lock(lane.mutex);
        lane.queue.give_turn_back(waiting);
        if (!waits_unsaid) ++lane.throttled;
    }
    if (waits_unsaid) return put(lane, std::move(waiting));
    throttled.detail = fmt::format("Throttled by its provider: {}.", throttled.detail);
    record(waiting.page, throttled);
}

void PageSender::carry(Lane& lane, PageQueue::Waiting waiting) {
    Beginning beginning(lane);
    auto now = clock_.now();
    if (auto throttle = carrier_.throttle(waiting.page)) {
        beginning.end();
        return wait_on(lane,
                       std::move(waiting),
                       {.kind = PageOutcome::Kind::not_begun,
                        .detail = std::move(throttle->why),
                        // Back before there is room: who is not here then has no turn.
                        .retry_after = std::chrono::floor<seconds>(throttle->until - now)});
    }
    auto page = waiting.page;
    if (now > page.begin_before) {
        beginning.end();
        return record(page, {.kind = PageOutcome::Kind::not_begun});
    }
    stop_point_("claimed");
    // It may have waited here: who acknowledged meanwhile is not called any more.
    auto message = store_.read(now, [&](Tx& tx) -> std::optional<PageMessage> {
        if (!gather_incidents(tx, page)) return std::nullopt;
        return message_of(tx, page, links_);
    });
    if (!message) {
        beginning.end();
        return record(page, {.kind = PageOutcome::Kind::not_needed});
    }
    auto outcome = carrier_.carry(page, *message, [&beginning] { beginning.end(); });
    beginning.end();
    // Somebody else took the room that there was.
    if (outcome.kind == PageOutcome::Kind::not_begun) return wait_on(lane, std::move(waiting), std::move(outcome));
    stop_point_("sent");
    record(page, outcome);
    stop_point_("recorded");
    auto type = text_of(page.type);
    switch (outcome.kind) {
    case PageOutcome::Kind::sent:
        log::info("page.sent", {{"by", std::string{type}}, {"provider", outcome.provider}});
        return;
    case PageOutcome::Kind::try_again:
        log::warn("page.tried_again_later",
                  {{"by", std::string{type}}, {"provider", outcome.provider}, {"why", outcome.detail}});
        return;
    case PageOutcome::Kind::not_begun:
    case PageOutcome::Kind::not_needed: return;
    case PageOutcome::Kind::refused:
        log::error("page.refused",
                   {{"by", std::string{type}}, {"provider", outcome.provider}, {"why", outcome.detail}});
        return;
    }
}

void PageSender::record(const Page& page, const PageOutcome& outcome) {
    auto state = store_.decide(clock_.now(), [&](Tx& tx) -> Result<std::optional<NotificationState>> {
        return record_outcome(tx, desk_, page, outcome);
    });
    ASSERT(state.ok(), "what happened is never refused");
    bool was_tried = outcome.kind != PageOutcome::Kind::not_begun && outcome.kind != PageOutcome::Kind::not_needed;
    if (*state && was_tried) tallies_.page(page.type, outcome.provider, **state);
}

}  // namespace callboard
