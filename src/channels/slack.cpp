#include "channels/slack.h"

#include "channels/outcome.h"
#include "channels/text.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::channels {

namespace json = boost::json;

namespace {

constexpr std::string_view provider = "slack";
/// A text of a block holds 3000 characters; escaped, one can take five.
constexpr std::size_t text_bytes_max = 2'500;
constexpr std::size_t header_bytes_max = 140;

enum class Verdict { address, provider, try_again };

struct Rule {
    std::string_view error;
    Verdict verdict;
};

// Other errors are taken for the provider's fault: the request is of our making.
constexpr Rule rules[] = {
    {"account_inactive", Verdict::provider},     {"cannot_dm_bot", Verdict::address},
    {"channel_not_found", Verdict::address},     {"fatal_error", Verdict::try_again},
    {"internal_error", Verdict::try_again},      {"invalid_auth", Verdict::provider},
    {"is_archived", Verdict::address},           {"messages_tab_disabled", Verdict::provider},
    {"missing_scope", Verdict::provider},        {"not_authed", Verdict::provider},
    {"not_in_channel", Verdict::address},        {"org_login_required", Verdict::provider},
    {"ratelimited", Verdict::try_again},         {"rate_limited", Verdict::try_again},
    {"request_timeout", Verdict::try_again},     {"restricted_action", Verdict::address},
    {"service_unavailable", Verdict::try_again}, {"team_added_to_org", Verdict::try_again},
    {"token_expired", Verdict::provider},        {"token_revoked", Verdict::provider},
    {"user_disabled", Verdict::address},         {"user_not_found", Verdict::address},
};

class Slack final : public Channel {
public:
    Slack(SlackConfig config, bool has_buttons) : config_(std::move(config)), has_buttons_(has_buttons) {}

    [[nodiscard]] std::string_view name() const override { return provider; }

    Outcome send(const Message& message, Timestamp now) override {
        auto request = post_request(config_.url + "/chat.postMessage", config_.ca_file);
        request.headers = {{"Content-Type", "application/json; charset=utf-8"},
                           {"Authorization", "Bearer " + config_.token}};
        request.body = slack_body(cleaned(message), has_buttons_);
        auto result = net::send_http(request);
        if (const auto* failure = std::get_if<net::Failure>(&result)) return outcome_of(provider, *failure);
        return slack_outcome(std::get<net::HttpResponse>(result), now);
    }

private:
    SlackConfig config_;
    bool has_buttons_;
};

json::object plain_text(std::string_view text) { return {{"type", "plain_text"}, {"text", text}}; }

/// Slack refuses a message in which two buttons have the same action_id, so links are numbered.
json::object button(const Message& message, const Action& action, std::size_t number, bool calls_back) {
    json::object out{{"type", "button"}, {"text", plain_text(cut_bytes(action.label, 75))}};
    if (calls_back) {
        out["action_id"] = text_of(action.kind);
        out["value"] = message.id;
    } else {
        out["action_id"] = fmt::format("link_{}", number);
        out["url"] = action.url;
    }
    if (action.kind == ActionKind::acknowledge) out["style"] = "primary";
    return out;
}

}  // namespace

std::unique_ptr<Channel> make_slack(SlackConfig config, bool is_called_back) {
    bool has_buttons = is_called_back && !config.signing_secret.empty();
    return std::make_unique<Slack>(std::move(config), has_buttons);
}

std::string slack_escaped(std::string_view text) {
    std::string out;
    for (char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else
            out += c;
    }
    return out;
}

std::string slack_body(const Message& message, bool has_buttons) {
    auto text = message.text.empty() ? message.subject : message.text;
    if (message.may_be_a_repeat) text = "May be a repeat.\n" + text;
    json::array blocks;
    blocks.push_back(
        json::object{{"type", "header"}, {"text", plain_text(cut_bytes(message.subject, header_bytes_max))}});
    blocks.push_back(json::object{
        {"type", "section"},
        {"text", json::object{{"type", "mrkdwn"}, {"text", slack_escaped(cut_bytes(text, text_bytes_max))}}}});
    json::array buttons;
    for (const auto& action : message.actions)
        buttons.push_back(button(message, action, buttons.size(), has_buttons && action.kind != ActionKind::open));
    if (!buttons.empty()) blocks.push_back(json::object{{"type", "actions"}, {"elements", std::move(buttons)}});
    return json::serialize(json::object{{"channel", message.to},
                                        {"text", slack_escaped(cut_bytes(message.subject, text_bytes_max))},
                                        {"blocks", std::move(blocks)},
                                        {"unfurl_links", false}});
}

Outcome slack_outcome(const net::HttpResponse& response, Timestamp now) {
    if (response.status < 200 || response.status >= 300) {
        auto outcome = outcome_of(provider, response, now);
        if (outcome.kind == Outcome::Kind::refused) outcome.provider_fault = true;
        return outcome;
    }
    auto answer = read_object(response);
    const auto* well = answer.if_contains("ok");
    if (!well || !well->is_bool()) return not_understood(provider, response);
    if (well->get_bool())
        return sent(provider, fmt::format("{}/{}", text_in(answer, "channel"), text_in(answer, "ts")));
    auto error = text_in(answer, "error");
    auto detail = fmt::format("answered {}", error);
    const auto* rule =
        std::find_if(std::begin(rules), std::end(rules), [&](const Rule& r) { return r.error == error; });
    auto verdict = rule == std::end(rules) ? Verdict::provider : rule->verdict;
    if (verdict == Verdict::address) return refused(provider, detail);
    if (verdict == Verdict::provider) return provider_at_fault(provider, detail);
    auto outcome = try_again(provider, detail);
    outcome.retry_after = net::read_retry_after(response, now);
    // "Some aspect of the operation may have succeeded."
    outcome.may_have_arrived = error == "fatal_error" || error == "internal_error";
    return outcome;
}

}  // namespace callboard::channels
