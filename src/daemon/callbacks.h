#pragma once
// What providers call back, under /callback: channels/callback.h says what it means, app/page_replies.h what follows.

#include "app/page_message.h"
#include "channels/callback.h"
#include "http/front.h"

namespace callboard {

class ProviderCalls {
public:
    ProviderCalls(const http::Site& site, PageLinks links, const channels::Config& config)
        : site_(site), links_(std::move(links)), callbacks_(config) {}

    /// Blocks: runs on a thread of its own pool.
    http::Response answer(const http::Copied& request);

    static constexpr std::string_view prefix = "/callback";

private:
    http::Response act(const channels::Said& said);
    Result<std::string> record(const channels::Said& said);
    Result<std::string> reply(const channels::Said& said);
    Result<std::string> press(const channels::Said& said);
    http::Response answer_mattermost(std::string_view proof, std::string_view press);

    const http::Site& site_;
    PageLinks links_;
    channels::Callbacks callbacks_;
};

}  // namespace callboard
