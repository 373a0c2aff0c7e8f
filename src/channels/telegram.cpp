#include "channels/telegram.h"

#include "channels/outcome.h"
#include "channels/text.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::channels {

namespace json = boost::json;

namespace {

constexpr std::string_view provider = "telegram";
/// Telegram allows 4096 characters.
constexpr std::size_t text_bytes_max = 3'900;

/// What Telegram says when the chat is to blame: with these words in a 400 or 403.
constexpr std::string_view about_the_chat[] = {"chat not found",
                                               "bot was blocked",
                                               "user is deactivated",
                                               "bot was kicked",
                                               "bot can't initiate conversation",
                                               "group chat was upgraded",
                                               "have no rights to send",
                                               "not enough rights"};

class Telegram final : public Channel {
public:
    Telegram(TelegramConfig config, bool has_buttons) : config_(std::move(config)), has_buttons_(has_buttons) {}

    [[nodiscard]] std::string_view name() const override { return provider; }

    Outcome send(const Message& message, Timestamp now) override {
        auto request = post_request(fmt::format("{}/bot{}/sendMessage", config_.url, config_.token), config_.ca_file);
        request.headers = {{"Content-Type", "application/json"}};
        request.body = telegram_body(cleaned(message), has_buttons_);
        auto result = net::send_http(request);
        const auto* failure = std::get_if<net::Failure>(&result);
        auto outcome =
            failure ? outcome_of(provider, *failure) : telegram_outcome(std::get<net::HttpResponse>(result), now);
        // The token is part of the address, which a failure may name.
        for (auto at = outcome.detail.find(config_.token); at != std::string::npos;
             at = outcome.detail.find(config_.token))
            outcome.detail.replace(at, config_.token.size(), "...");
        return outcome;
    }

private:
    TelegramConfig config_;
    bool has_buttons_;
};

/// Links to this machine or without a domain are refused by Telegram, with the whole message.
bool is_public_link(std::string_view url) {
    auto host = url.substr(url.find("//") + 2);
    host = host.substr(0, host.find_first_of(":/?"));
    return host.find('.') != std::string_view::npos && host.find_first_not_of("0123456789.") != std::string_view::npos;
}

}  // namespace

std::unique_ptr<Channel> make_telegram(TelegramConfig config, bool is_called_back) {
    bool has_buttons = is_called_back && !config.secret.empty();
    return std::make_unique<Telegram>(std::move(config), has_buttons);
}

std::string telegram_body(const Message& message, bool has_buttons) {
    auto text = message.text.empty() || message.text == message.subject ? message.subject
                                                                        : message.subject + "\n\n" + message.text;
    if (message.may_be_a_repeat) text = "May be a repeat.\n" + text;
    json::array first_row;
    json::array second_row;
    for (const auto& action : message.actions) {
        if (has_buttons && action.kind != ActionKind::open)
            first_row.push_back(json::object{
                {"text", action.label}, {"callback_data", fmt::format("{}:{}", text_of(action.kind), message.id)}});
        else if (is_public_link(action.url))
            second_row.push_back(json::object{{"text", action.label}, {"url", action.url}});
    }
    json::object body{{"chat_id", message.to},
                      {"text", cut_bytes(text, text_bytes_max)},
                      {"disable_notification", false},
                      {"link_preview_options", json::object{{"is_disabled", true}}}};
    json::array rows;
    if (!first_row.empty()) rows.emplace_back(std::move(first_row));
    if (!second_row.empty()) rows.emplace_back(std::move(second_row));
    if (!rows.empty()) body["reply_markup"] = json::object{{"inline_keyboard", std::move(rows)}};
    return json::serialize(body);
}

Outcome telegram_outcome(const net::HttpResponse& response, Timestamp now) {
    auto answer = read_object(response);
    bool accepted = response.status >= 200 && response.status < 300;
    if (accepted) {
        const auto* result = answer.if_contains("result");
        const auto* message = result ? result->if_object() : nullptr;
        auto id = message ? text_in(*message, "message_id") : std::string{};
        return id.empty() ? not_understood(provider, response) : sent(provider, id);
    }
    auto said = text_in(answer, "description");
    auto detail = fmt::format("answered {}: {}", response.status, said.empty() ? response.body : said);
    std::transform(said.begin(), said.end(), said.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    bool is_chat = std::any_of(std::begin(about_the_chat), std::end(about_the_chat), [&](std::string_view words) {
        return said.find(words) != std::string::npos;
    });
    if ((response.status == 400 || response.status == 403) && is_chat) return refused(provider, detail);
    if (response.status >= 400 && response.status < 500 && response.status != 408 && response.status != 429)
        return provider_at_fault(provider, detail);
    auto outcome = outcome_of(provider, response, now);
    const auto* parameters = answer.if_contains("parameters");
    const auto* wait =
        parameters && parameters->is_object() ? parameters->get_object().if_contains("retry_after") : nullptr;
    if (wait && wait->is_int64() && wait->get_int64() >= 0)
        outcome.retry_after = seconds{std::min<std::int64_t>(wait->get_int64(), 3'600)};
    return outcome;
}

}  // namespace callboard::channels
