#pragma once
// Answers to what many open pages ask at once, ready to be sent again, for a second at most and only while nothing has
// changed that is known of. How old what they say is stands in the answers themselves.

#include "backstage/message.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace callboard::backstage {

class ReplyCache {
public:
    /// Null when there is none. `changes` counts what may have changed the answer.
    std::shared_ptr<const Response> find(const std::string& key, Timestamp now, std::uint64_t changes);
    void keep(const std::string& key, Response response, Timestamp now, std::uint64_t changes);

private:
    struct Kept {
        std::shared_ptr<const Response> response;
        Timestamp at;
        std::uint64_t changes = 0;
    };

    static constexpr std::size_t kept_max = 2'000;

    std::mutex mutex_;
    std::unordered_map<std::string, Kept> kept_;
};

}  // namespace callboard::backstage
