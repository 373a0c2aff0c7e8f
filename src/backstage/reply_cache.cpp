#include "backstage/reply_cache.h"

namespace callboard::backstage {

namespace {

constexpr auto age_max = seconds{1};

}  // namespace

std::shared_ptr<const Response> ReplyCache::find(const std::string& key, Timestamp now, std::uint64_t changes) {
    std::lock_guard lock(mutex_);
    auto found = kept_.find(key);
    if (found == kept_.end()) return nullptr;
    const auto& kept = found->second;
    // The clock may have been set back.
    bool young = now >= kept.at && now - kept.at <= age_max;
    return young && kept.changes == changes ? kept.response : nullptr;
}

void ReplyCache::keep(const std::string& key, Response response, Timestamp now, std::uint64_t changes) {
    auto kept = std::make_shared<const Response>(std::move(response));
    std::lock_guard lock(mutex_);
    if (kept_.size() >= kept_max) kept_.clear();
    kept_.insert_or_assign(key, Kept{std::move(kept), now, changes});
}

}  // namespace callboard::backstage
