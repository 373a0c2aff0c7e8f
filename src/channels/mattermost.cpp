#include "channels/mattermost.h"

#include "channels/outcome.h"
#include "channels/text.h"

#include <fmt/format.h>

namespace callboard::channels {

namespace json = boost::json;

namespace {

constexpr std::string_view provider = "mattermost";
/// A post may have 16383 characters.
constexpr std::size_t text_bytes_max = 12'000;

class Mattermost final : public Channel {
public:
    Mattermost(net::AddressRule addresses, std::string callback_url)
        : addresses_(addresses), callback_url_(std::move(callback_url)) {}

    [[nodiscard]] std::string_view name() const override { return provider; }

    Outcome send(const Message& message, Timestamp now) override {
        auto request = post_request(message.to, {});
        request.addresses = addresses_;
        request.headers = {{"Content-Type", "application/json"}};
        request.body = mattermost_body(cleaned(message), callback_url_);
        auto result = net::send_http(request);
        const auto* failure = std::get_if<net::Failure>(&result);
        auto outcome =
            failure ? outcome_of(provider, *failure) : mattermost_outcome(std::get<net::HttpResponse>(result), now);
        // Here the address and the provider are one.
        outcome.provider_fault = false;
        return outcome;
    }

private:
    net::AddressRule addresses_;
    std::string callback_url_;
};

/// What others wrote is no mark-up and calls nobody by "@".
std::string escaped(std::string_view text) {
    std::string out;
    for (char c : text) {
        if (std::string_view("\\`*_[]()#<>~|").find(c) != std::string_view::npos) out += '\\';
        out += c;
        if (c == '@') out += "\u200b";
    }
    return out;
}

}  // namespace

std::unique_ptr<Channel> make_mattermost(net::AddressRule addresses, std::string callback_url) {
    return std::make_unique<Mattermost>(addresses, std::move(callback_url));
}

std::string mattermost_body(const Message& message, const std::string& callback_url) {
    auto text = escaped(cut_bytes(message.text, text_bytes_max));
    std::string links;
    json::array actions;
    for (const auto& action : message.actions) {
        if (callback_url.empty() || action.proof.empty()) {
            links += fmt::format("{}[{}]({})", links.empty() ? "\n\n" : " · ", escaped(action.label), action.url);
            continue;
        }
        auto url = fmt::format("{}/mattermost/{}", callback_url, action.proof);
        actions.push_back(json::object{{"id", text_of(action.kind)},
                                       {"type", "button"},
                                       {"name", action.label},
                                       {"integration", json::object{{"url", std::move(url)}}}});
    }
    json::object attachment{{"fallback", message.subject}, {"text", text + links}, {"actions", std::move(actions)}};
    if (message.urgent) attachment["color"] = "#c62828";
    auto head = fmt::format("{}**{}**", message.may_be_a_repeat ? "May be a repeat. " : "", escaped(message.subject));
    return json::serialize(
        json::object{{"text", cut_bytes(head, text_bytes_max)}, {"attachments", json::array{std::move(attachment)}}});
}

Outcome mattermost_outcome(const net::HttpResponse& response, Timestamp now) {
    bool accepted = response.status >= 200 && response.status < 300;
    if (accepted && one_line(response.body) != "ok") return not_understood(provider, response);
    return outcome_of(provider, response, now);
}

}  // namespace callboard::channels
