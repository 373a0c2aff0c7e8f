#include "channels/webhook.h"

#include "base/secret.h"
#include "channels/outcome.h"
#include "channels/text.h"

namespace callboard::channels {

namespace json = boost::json;

namespace {

constexpr std::string_view provider = "webhook";

std::string webhook_body(const Message& message, const std::string& id, Timestamp now) {
    json::array actions;
    for (const auto& action : message.actions)
        actions.push_back(json::object{{"label", action.label}, {"url", action.url}});
    return json::serialize(json::object{{"id", id},
                                        {"sent_at", format_iso8601(now)},
                                        {"subject", message.subject},
                                        {"text", message.text},
                                        {"urgent", message.urgent},
                                        {"may_be_a_repeat", message.may_be_a_repeat},
                                        {"actions", std::move(actions)}});
}

class Webhook final : public Channel {
public:
    explicit Webhook(WebhookConfig config) : config_(std::move(config)) {}

    [[nodiscard]] std::string_view name() const override { return provider; }

    Outcome send(const Message& message, Timestamp now) override {
        auto id = one_line(message.id);
        auto request = post_request(message.to, config_.ca_file);
        request.addresses = config_.addresses;
        request.body = webhook_body(cleaned(message), id, now);
        request.headers = {{"Content-Type", "application/json"},
                           {"X-Callboard-Id", id},
                           {"X-Callboard-Signature", webhook_signature(config_.secret, request.body)}};
        auto result = net::send_http(request);
        const auto* failure = std::get_if<net::Failure>(&result);
        auto outcome =
            failure ? outcome_of(provider, *failure) : outcome_of(provider, std::get<net::HttpResponse>(result), now);
        // Here the address and the provider are one: there is nobody else to ask.
        outcome.provider_fault = false;
        return outcome;
    }

private:
    WebhookConfig config_;
};

}  // namespace

std::unique_ptr<Channel> make_webhook(WebhookConfig config) { return std::make_unique<Webhook>(std::move(config)); }

std::string webhook_signature(std::string_view secret, std::string_view body) {
    return "v1=" + keyed_hash(secret, body);
}

}  // namespace callboard::channels
