#include "channels/gateway.h"

#include "channels/outcome.h"
#include "channels/sms_text.h"
#include "channels/text.h"
#include "channels/twilio.h"

#include <fmt/format.h>

namespace callboard::channels {

namespace json = boost::json;

namespace {

constexpr std::string_view provider = "gateway";

enum class Carries { text, speech };

class Gateway final : public Channel {
public:
    Gateway(TelephoneConfig config, Carries carries, const std::string& callback_url)
        : config_(std::move(config)), carries_(carries) {
        if (!config_.secret.empty() && !callback_url.empty()) callback_url_ = callback_url + "/gateway";
    }

    [[nodiscard]] std::string_view name() const override { return provider; }

    Outcome send(const Message& message, Timestamp now) override {
        if (!is_phone_number(message.to)) return refused(provider, "not a phone number in E.164");
        auto clean = cleaned(message);
        if (callback_url_.empty()) clean.reply_number = 0;
        auto id = one_line(message.id);
        auto body = json::object{{"id", id}, {"to", clean.to}};
        if (!callback_url_.empty()) body["callback_url"] = callback_url_;
        bool takes_keys = !callback_url_.empty() && !clean.actions.empty();
        if (carries_ == Carries::text) {
            body["text"] = sms_text(clean);
        } else if (takes_keys) {
            body["speech"] = fmt::format("{} {}", speech(clean), key_hint(clean));
            body["keys"] = json::array{"4", asks_for_help(clean) ? "5" : "6"};
        } else {
            body["speech"] = speech(clean);
        }

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
    /// Empty: it cannot call back.
    std::string callback_url_;
};

}  // namespace

std::unique_ptr<Channel> make_gateway_sms(TelephoneConfig config, const std::string& callback_url) {
    return std::make_unique<Gateway>(std::move(config), Carries::text, callback_url);
}

std::unique_ptr<Channel> make_gateway_phone(TelephoneConfig config, const std::string& callback_url) {
    return std::make_unique<Gateway>(std::move(config), Carries::speech, callback_url);
}

}  // namespace callboard::channels
