#pragma once
// Who carries what: for each way to reach a person an ordered list of channels. The first that takes a message has it.
// One that let two attempts in a row run out is asked last for a while, so that not everybody waits for it. One that
// has as much as it takes is passed over; when that is all of them, nobody is asked.

#include "base/clock.h"
#include "channels/channel.h"
#include "channels/config.h"
#include "channels/limit.h"

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <vector>

namespace callboard::channels {

enum class Medium { email, sms, phone, push, slack, teams, telegram, mattermost, webhook };

class Providers {
public:
    /// Whom a provider means that answers 429: a chat has limits for each channel and webhook, and says Retry-After of
    /// that one.
    enum class Asks { everybody_to_wait, one_address_to_wait };

    /// Behind those that are there already.
    void add(Medium medium,
             std::unique_ptr<Channel> channel,
             const LimitConfig& limit = {},
             Asks asks = Asks::everybody_to_wait);

    [[nodiscard]] bool has(Medium medium) const { return !of(medium).empty(); }

    /// The names in the order in which they are tried.
    [[nodiscard]] std::vector<std::string_view> names(Medium medium) const;

    /// Absent when one of them takes a message now, also when there is none to ask; else who has room first.
    [[nodiscard]] std::optional<Throttle> throttle(Medium medium, Timestamp now, int passed = 0) const;

    /// Blocks at most 20 seconds per channel; never throws. A channel that says try_again, or refuses through its own
    /// fault, is followed by the next one, which says that it may be a repeat if the message may have arrived. An
    /// address that one refuses is not tried with others.
    ///
    /// Outcome::provider is who sent it, or whose answer counts: when all failed, that is try_again if one of them may
    /// work later, with the shortest retry_after. `detail` has what each of them said, also those that failed before
    /// one sent it. Without any channel: refused, provider_fault. When none takes more now: throttled. Threads may call
    /// it at the same time. The first `passed` channels are left out: they have had the message in vain. The clock is
    /// read for each that is asked: the one before may have taken its time. `begun` is called once one has made room
    /// for the message, before it has it.
    Outcome send(Medium medium,
                 const Message& message,
                 const Clock& clock,
                 int passed = 0,
                 const std::function<void()>& begun = {}) const;

private:
    struct Provider {
        Provider(std::unique_ptr<Channel> carrier, const LimitConfig& most, Asks whom)
            : channel(std::move(carrier)), limit(most), asks(whom) {}

        std::unique_ptr<Channel> channel;
        Limit limit;
        Asks asks;
        /// Attempts in a row that ran out of time, whoever they were for.
        std::atomic<int> timeouts = 0;
        /// Asked last until then.
        std::atomic<Timestamp> late_until = Timestamp::min();
    };

    using List = std::vector<std::unique_ptr<Provider>>;

    [[nodiscard]] const List& of(Medium medium) const { return providers_[static_cast<std::size_t>(medium)]; }

    static bool is_late(Provider& provider, Timestamp now);
    static void learn(Provider& provider, const Outcome& outcome, Timestamp now);
    /// The places of those to ask, in order.
    [[nodiscard]] std::vector<int> turns(Medium medium, Timestamp now, int passed) const;

    std::array<List, 9> providers_;
};

/// The configuration as channels. What read_config accepted makes no trouble here.
Providers make_providers(const Config& config);

}  // namespace callboard::channels
