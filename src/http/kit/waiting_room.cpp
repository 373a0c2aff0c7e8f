#include "http/kit/waiting_room.h"

#include <algorithm>
#include <iterator>

namespace callboard::http {

namespace {

/// How soon after a change it is told.
constexpr auto look_every = std::chrono::milliseconds{250};
constexpr auto wait_max = std::chrono::seconds{25};
constexpr std::size_t waiters_max = 5'000;

}  // namespace

WaitingRoom::WaitingRoom(Count count) : count_(std::move(count)), thread_([this] { tell_until_stopped(); }) {}

void WaitingRoom::stop() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
    tell(/*everybody=*/true);
}

bool WaitingRoom::wait(std::uint64_t heard, std::shared_ptr<Responder> responder, Answer answer) {
    auto changes = count_();
    if (heard != changes) {
        responder->send(answer(changes));
        return true;
    }
    std::lock_guard lock(mutex_);
    if (stopping_ || waiters_.size() >= waiters_max) return false;
    waiters_.push_back({std::move(responder), std::move(answer), heard, std::chrono::steady_clock::now() + wait_max});
    wake_.notify_one();
    return true;
}

void WaitingRoom::tell_until_stopped() {
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

void WaitingRoom::tell(bool everybody) {
    auto changes = count_();
    auto now = std::chrono::steady_clock::now();
    std::vector<Waiter> told;
    {
        std::lock_guard lock(mutex_);
        auto stays = [&](const Waiter& waiter) { return !everybody && waiter.heard == changes && now < waiter.until; };
        auto gone = std::stable_partition(waiters_.begin(), waiters_.end(), stays);
        told.assign(std::make_move_iterator(gone), std::make_move_iterator(waiters_.end()));
        waiters_.erase(gone, waiters_.end());
    }
    for (auto& waiter : told) waiter.responder->send(waiter.answer(changes));
}

}  // namespace callboard::http
