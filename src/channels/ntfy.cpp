#include "channels/ntfy.h"

#include "channels/outcome.h"
#include "channels/text.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::channels {

namespace json = boost::json;

namespace {

constexpr std::string_view provider = "ntfy";
/// Past 4096 bytes ntfy makes an attachment of the text.
constexpr std::size_t message_bytes_max = 4'000;
constexpr std::size_t title_bytes_max = 250;
/// ntfy shows three buttons.
constexpr std::size_t actions_max = 3;

class Ntfy final : public Channel {
public:
    explicit Ntfy(PushConfig config) : config_(std::move(config)) {}

    [[nodiscard]] std::string_view name() const override { return provider; }

    Outcome send(const Message& message, Timestamp now) override {
        if (!is_topic(message.to)) return refused(provider, "not a topic: letters, digits, _ and -, at most 64");
        auto request = post_request(config_.server + "/", config_.ca_file);
        request.headers = {{"Content-Type", "application/json"}};
        if (!config_.token.empty()) request.headers.emplace_back("Authorization", "Bearer " + config_.token);
        request.body = ntfy_body(cleaned(message));
        auto result = net::send_http(request);
        if (const auto* failure = std::get_if<net::Failure>(&result)) return outcome_of(provider, *failure);
        return ntfy_outcome(std::get<net::HttpResponse>(result), now);
    }

private:
    PushConfig config_;
};

}  // namespace

std::unique_ptr<Channel> make_ntfy(PushConfig config) { return std::make_unique<Ntfy>(std::move(config)); }

bool is_topic(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
    });
}

std::string ntfy_body(const Message& message) {
    auto text = message.text.empty() ? message.subject : message.text;
    if (message.may_be_a_repeat) text = "May be a repeat.\n" + text;
    auto body = json::object{{"topic", message.to},
                             {"title", cut_bytes(message.subject, title_bytes_max)},
                             {"message", cut_bytes(text, message_bytes_max)},
                             // 5 rings until somebody looks, 3 is the default.
                             {"priority", message.urgent ? 5 : 3},
                             {"tags", json::array{message.urgent ? "rotating_light" : "bell"}}};
    json::array actions;
    for (const auto& action : message.actions) {
        if (actions.size() == actions_max) break;
        bool only_looks = action.label == "Open";
        // What acts is done by the phone itself, without a browser; the notification goes when that has worked.
        json::object button{{"action", only_looks ? "view" : "http"}, {"label", action.label}, {"url", action.url}};
        if (!only_looks) button["method"] = "POST";
        button["clear"] = true;
        actions.push_back(std::move(button));
        // A tap on the notification itself must not acknowledge anything: it opens the page to look at.
        if (only_looks) body["click"] = action.url;
    }
    body["actions"] = std::move(actions);
    return json::serialize(body);
}

Outcome ntfy_outcome(const net::HttpResponse& response, Timestamp now) {
    auto answer = read_object(response);
    if (response.status >= 200 && response.status < 300) {
        auto id = text_in(answer, "id");
        return id.empty() ? not_understood(provider, response) : sent(provider, id);
    }
    auto code = text_in(answer, "code");
    auto outcome = outcome_of(provider, response, now);
    bool is_topic_wrong = code == "40009" || code == "40010";
    // The request is of our making: that its form is wrong says nothing about the person's topic.
    if (outcome.kind == Outcome::Kind::refused && !is_topic_wrong) outcome.provider_fault = true;
    return outcome;
}

}  // namespace callboard::channels
