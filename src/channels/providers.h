#pragma once
// Who carries what: for each way to reach a person an ordered list of channels. The first that takes a message has it.

#include "channels/channel.h"
#include "channels/config.h"

#include <array>
#include <memory>
#include <vector>

namespace callboard::channels {

enum class Medium { email, sms, phone, push, slack, teams, telegram, mattermost };

class Providers {
public:
    /// Behind those that are there already.
    void add(Medium medium, std::unique_ptr<Channel> channel);

    [[nodiscard]] bool has(Medium medium) const { return !of(medium).empty(); }

    /// The names in the order in which they are tried.
    [[nodiscard]] std::vector<std::string_view> names(Medium medium) const;

    /// Blocks at most 20 seconds per channel; never throws. A channel that says try_again, or refuses through its own
    /// fault, is followed by the next one, which says that it may be a repeat if the message may have arrived. An
    /// address that one refuses is not tried with others.
    ///
    /// Outcome::provider is who sent it, or whose answer counts: when all failed, that is try_again if one of them may
    /// work later, with the shortest retry_after. `detail` has what each of them said, also those that failed before
    /// one sent it. Without any channel: refused, provider_fault. Threads may call it at the same time. The first
    /// `passed` channels are left out: they have had the message in vain.
    Outcome send(Medium medium, const Message& message, Timestamp now, int passed = 0) const;

private:
    using Channels = std::vector<std::unique_ptr<Channel>>;

    [[nodiscard]] const Channels& of(Medium medium) const { return channels_[static_cast<std::size_t>(medium)]; }

    std::array<Channels, 8> channels_;
};

/// The configuration as channels. What read_config accepted makes no trouble here.
Providers make_providers(const Config& config);

}  // namespace callboard::channels
