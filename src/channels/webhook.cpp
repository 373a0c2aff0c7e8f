#include "channels/webhook.h"

#include "base/secret.h"
#include "channels/outcome.h"
#include "channels/text.h"

namespace callboard::channels {

namespace json = boost::json;

namespace {

constexpr std::string_view provider = "webhook";

class Webhook final : public Channel {
public:
    explicit Webhook(net::AddressRule addresses) : addresses_(addresses) {}

    [[nodiscard]] std::string_view name() const override { return provider; }

    Outcome send(const Message& message, Timestamp now) override {
        auto request = post_request(message.to, {});
        request.addresses = addresses_;
        request.body = webhook_body(cleaned(message), now);
        request.headers = {{"Content-Type", "application/json"},
                           {"X-Webhook-Id", one_line(message.id)},
                           {"X-PagerDuty-Signature", webhook_signature(message.signing_secret, request.body)}};
        auto result = net::send_http(request);
        const auto* failure = std::get_if<net::Failure>(&result);
        auto outcome =
            failure ? outcome_of(provider, *failure) : outcome_of(provider, std::get<net::HttpResponse>(result), now);
        // Here the address and the provider are one: there is nobody else to ask.
        outcome.provider_fault = false;
        return outcome;
    }

private:
    net::AddressRule addresses_;
};

}  // namespace

std::unique_ptr<Channel> make_webhook(net::AddressRule addresses) { return std::make_unique<Webhook>(addresses); }

std::string webhook_body(const Message& message, Timestamp now) {
    json::array incidents;
    for (const auto& incident : message.incidents)
        incidents.push_back(json::object{{"id", incident.id},
                                         {"incident_number", incident.number},
                                         {"title", incident.title},
                                         {"service", incident.service},
                                         {"html_url", incident.url}});
    json::array actions;
    for (const auto& action : message.actions)
        actions.push_back(json::object{{"action", text_of(action.kind)}, {"label", action.label}, {"url", action.url}});
    return json::serialize(json::object{{"id", one_line(message.id)},
                                        {"sent_at", format_iso8601(now)},
                                        {"to_name", message.to_name},
                                        {"urgency", message.urgent ? "high" : "low"},
                                        {"may_be_a_repeat", message.may_be_a_repeat},
                                        {"subject", message.subject},
                                        {"text", message.text},
                                        {"incidents", std::move(incidents)},
                                        {"incident_count", message.incident_count},
                                        {"actions", std::move(actions)}});
}

std::string webhook_signature(std::string_view secret, std::string_view body) {
    return "v1=" + keyed_hash(secret, body);
}

}  // namespace callboard::channels
