#include "backstage/sync_desk.h"

namespace callboard::backstage {

namespace {

constexpr std::size_t problems_max = 10;

}  // namespace

void SyncReport::fails(std::string problem) {
    ++failures;
    if (problems.size() < problems_max) problems.push_back(std::move(problem));
}

void SyncReport::add(const SyncReport& other) {
    dependencies_added += other.dependencies_added;
    dependencies_removed += other.dependencies_removed;
    values_written += other.values_written;
    failures += other.failures;
    for (const auto& problem : other.problems)
        if (problems.size() < problems_max) problems.push_back(problem);
}

void SyncDesk::ask(bool again) {
    std::lock_guard lock(mutex_);
    asked_ = true;
    again_ = again_ || again;
    wake_.notify_all();
}

void SyncDesk::stop() {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
}

std::optional<bool> SyncDesk::wait(std::chrono::milliseconds every) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, every, [&] { return asked_ || stopping_; });
    if (stopping_) return std::nullopt;
    bool again = again_;
    asked_ = again_ = false;
    return again;
}

bool SyncDesk::pause(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return !wake_.wait_for(lock, time, [&] { return stopping_; });
}

bool SyncDesk::stopping() {
    std::lock_guard lock(mutex_);
    return stopping_;
}

void SyncDesk::begins(Timestamp now) {
    std::lock_guard lock(mutex_);
    state_.running_since = now;
}

void SyncDesk::ends(SyncReport report) {
    std::lock_guard lock(mutex_);
    state_.running_since.reset();
    state_.last = std::move(report);
}

SyncDesk::State SyncDesk::state() {
    std::lock_guard lock(mutex_);
    return state_;
}

std::shared_ptr<const Relations> SyncDesk::relations(const std::shared_ptr<const Synced>& synced) {
    std::lock_guard lock(mutex_);
    if (synced_ != synced) {
        relations_ = std::make_shared<const Relations>(*synced);
        synced_ = synced;
    }
    return relations_;
}

}  // namespace callboard::backstage
