#include "channels/teams.h"

#include "channels/outcome.h"
#include "channels/text.h"

#include <fmt/format.h>

namespace callboard::channels {

namespace json = boost::json;

namespace {

constexpr std::string_view provider = "teams";
/// A message may have 28 KB.
constexpr std::size_t text_bytes_max = 8'000;

class Teams final : public Channel {
public:
    explicit Teams(net::AddressRule addresses) : addresses_(addresses) {}

    [[nodiscard]] std::string_view name() const override { return provider; }

    Outcome send(const Message& message, Timestamp now) override {
        auto request = post_request(message.to, {});
        request.addresses = addresses_;
        request.headers = {{"Content-Type", "application/json"}};
        request.body = teams_body(cleaned(message));
        auto result = net::send_http(request);
        const auto* failure = std::get_if<net::Failure>(&result);
        auto outcome =
            failure ? outcome_of(provider, *failure) : teams_outcome(std::get<net::HttpResponse>(result), now);
        // Here the address and the provider are one.
        outcome.provider_fault = false;
        return outcome;
    }

private:
    net::AddressRule addresses_;
};

/// Text blocks read Markdown: what others wrote stays what it is.
std::string markdown_escaped(std::string_view text) {
    std::string out;
    for (char c : text) {
        if (std::string_view("\\`*_[]()#<>~|").find(c) != std::string_view::npos) out += '\\';
        out += c;
        // A single line break is none in Markdown.
        if (c == '\n') out += '\n';
    }
    return out;
}

json::object block(std::string_view text) { return {{"type", "TextBlock"}, {"text", text}, {"wrap", true}}; }

}  // namespace

std::unique_ptr<Channel> make_teams(net::AddressRule addresses) { return std::make_unique<Teams>(addresses); }

std::string teams_body(const Message& message) {
    auto title = block(markdown_escaped(cut_bytes(message.subject, text_bytes_max)));
    title["weight"] = "Bolder";
    title["size"] = "Medium";
    json::array body{std::move(title)};
    if (message.may_be_a_repeat) body.emplace_back(block("May be a repeat."));
    if (!message.text.empty() && message.text != message.subject)
        body.emplace_back(block(markdown_escaped(cut_bytes(message.text, text_bytes_max))));
    json::array actions;
    for (const auto& action : message.actions)
        actions.push_back(json::object{{"type", "Action.OpenUrl"}, {"title", action.label}, {"url", action.url}});
    json::object card{{"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
                      {"type", "AdaptiveCard"},
                      {"version", "1.4"},
                      {"body", std::move(body)},
                      {"actions", std::move(actions)}};
    json::object attachment{{"contentType", "application/vnd.microsoft.card.adaptive"},
                            {"contentUrl", nullptr},
                            {"content", std::move(card)}};
    return json::serialize(json::object{{"type", "message"}, {"attachments", json::array{std::move(attachment)}}});
}

Outcome teams_outcome(const net::HttpResponse& response, Timestamp now) {
    constexpr std::string_view failed = "Webhook message delivery failed";
    if (response.status == 200 && response.body.find(failed) != std::string::npos) {
        bool is_later =
            response.body.find("error 429") != std::string::npos || response.body.find("error 5") != std::string::npos;
        auto detail = fmt::format("answered 200: {}", response.body);
        return is_later ? try_again(provider, detail) : refused(provider, detail);
    }
    bool is_page = response.body.find("<html") != std::string::npos;
    if (response.status >= 200 && response.status < 300 && is_page) return not_understood(provider, response);
    return outcome_of(provider, response, now);
}

}  // namespace callboard::channels
