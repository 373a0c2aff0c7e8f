#include "channels/gateway.h"

#include "channels/outcome.h"
#include "channels/sms_text.h"
#include "channels/text.h"
#include "channels/twilio.h"

namespace callboard::channels {

namespace json = boost::json;

namespace {

constexpr std::string_view provider = "gateway";

enum class Carries { text, speech };

class Gateway final : public Channel {
public:
    Gateway(TelephoneConfig config, Carries carries) : config_(std::move(config)), carries_(carries) {}

    [[nodiscard]] std::string_view name() const override { return provider; }

    Outcome send(const Message& message, Timestamp now) override {
        if (!is_phone_number(message.to)) return refused(provider, "not a phone number in E.164");
        auto clean = cleaned(message);
        // Nothing comes back through a gateway.
        clean.reply_number = 0;
        auto id = one_line(message.id);
        auto body = json::object{{"id", id}, {"to", clean.to}};
        if (carries_ == Carries::text)
            body["text"] = sms_text(clean);
        else
            body["speech"] = speech(clean);

        auto request = post_request(config_.url, config_.ca_file);
        request.headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", id}};
        if (!config_.token.empty()) request.headers.emplace_back("Authorization", "Bearer " + config_.token);
        request.body = json::serialize(body);
        auto result = net::send_http(request);
        if (const auto* failure = std::get_if<net::Failure>(&result)) return outcome_of(provider, *failure);
        const auto& response = std::get<net::HttpResponse>(result);
        auto outcome = outcome_of(provider, response, now);
        if (outcome.kind == Outcome::Kind::sent) outcome.provider_id = text_in(read_object(response), "id");
        return outcome;
    }

private:
    TelephoneConfig config_;
    Carries carries_;
};

}  // namespace

std::unique_ptr<Channel> make_gateway_sms(TelephoneConfig config) {
    return std::make_unique<Gateway>(std::move(config), Carries::text);
}

std::unique_ptr<Channel> make_gateway_phone(TelephoneConfig config) {
    return std::make_unique<Gateway>(std::move(config), Carries::speech);
}

}  // namespace callboard::channels
