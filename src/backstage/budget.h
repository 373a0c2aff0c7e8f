#pragma once
// How many requests an account may be asked: half of a minute's share at once, and the other half spread over the
// minute, so that no minute has more than the configuration says; none at all while the other side has said "later".
// A bucket of tokens.

#include "base/time.h"

#include <algorithm>
#include <mutex>
#include <optional>

namespace callboard::backstage {

class Budget {
public:
    explicit Budget(int per_minute) : per_minute_(per_minute), tokens_(burst()) {}

    /// Takes one request out of the budget; otherwise how long until there is one.
    std::optional<seconds> take(Timestamp now);
    /// More than half of what may be asked at once is gone: what can wait should.
    [[nodiscard]] bool is_scarce(Timestamp now);
    /// The other side wants to be left alone until then.
    void wait_until(Timestamp at);

private:
    /// One at least: of less than one nothing could ever be taken.
    [[nodiscard]] double burst() const { return std::max(per_minute_ / 2.0, 1.0); }

    [[nodiscard]] double per_micro() const { return per_minute_ / 2.0 / 60e6; }

    void fill(Timestamp now);

    const int per_minute_;
    std::mutex mutex_;
    double tokens_;
    Timestamp filled_at_{};
    Timestamp closed_until_{};
};

}  // namespace callboard::backstage
