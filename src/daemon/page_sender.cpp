#include "daemon/page_sender.h"

#include "base/log.h"

#include <utility>

namespace callboard {

PageSender::PageSender(
    Store& store, Desk& desk, const Clock& clock, PageLinks links, Carrier carrier, StopPoint stop_point)
    : store_(store), desk_(desk), clock_(clock), links_(std::move(links)), carrier_(std::move(carrier)),
      stop_point_(std::move(stop_point)) {}

PageSender::Lane& PageSender::lane_of(const Page& page) { return lanes_.at(static_cast<std::size_t>(page.type)); }

void PageSender::send(Page page) {
    auto& lane = lane_of(page);
    {
        std::lock_guard lock(lane.mutex);
        if (!lane.stopping && lane.queue.size() < queue_max) {
            lane.queue.push_back(std::move(page));
            if (lane.idle < lane.queue.size() && lane.threads.size() < threads_per_type_max)
                lane.threads.emplace_back([this, &lane] { carry_until_stopped(lane); });
            lane.wake.notify_one();
            return;
        }
    }
    record(page, {.kind = PageOutcome::Kind::not_begun});
}

void PageSender::settle(std::chrono::milliseconds at_most) {
    auto deadline = std::chrono::steady_clock::now() + at_most;
    for (auto& lane : lanes_) {
        std::unique_lock lock(lane.mutex);
        lane.settled.wait_until(lock, deadline, [&] { return lane.queue.empty() && lane.idle == lane.threads.size(); });
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
        for (const auto& page : std::exchange(lane.queue, {})) record(page, {.kind = PageOutcome::Kind::not_begun});
}

void PageSender::carry_until_stopped(Lane& lane) {
    for (;;) {
        Page page;
        {
            std::unique_lock lock(lane.mutex);
            ++lane.idle;
            lane.settled.notify_all();
            lane.wake.wait(lock, [&] { return lane.stopping || !lane.queue.empty(); });
            --lane.idle;
            if (lane.stopping) return;
            page = std::move(lane.queue.front());
            lane.queue.pop_front();
        }
        try {
            carry(std::move(page));
        } catch (const std::exception& error) {
            // It stays claimed, and is claimed again in time.
            log::error("page.failed", {{"why", error.what()}});
        }
    }
}

void PageSender::carry(Page page) {
    auto now = clock_.now();
    if (now > page.begin_before) return record(page, {.kind = PageOutcome::Kind::not_begun});
    stop_point_("claimed");
    // It may have waited here: who acknowledged meanwhile is not called any more.
    auto message = store_.read(now, [&](Tx& tx) -> std::optional<PageMessage> {
        if (!gather_incidents(tx, page)) return std::nullopt;
        return message_of(tx, page, links_);
    });
    if (!message) return record(page, {.kind = PageOutcome::Kind::not_needed});
    auto outcome = carrier_(page, *message);
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
    auto done = store_.decide(clock_.now(), [&](Tx& tx) -> Result<void> {
        record_outcome(tx, desk_, page, outcome);
        return {};
    });
    ASSERT(done.ok(), "what happened is never refused");
}

}  // namespace callboard
