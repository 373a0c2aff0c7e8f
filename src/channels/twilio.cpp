#include "channels/twilio.h"

#include "channels/outcome.h"
#include "channels/sms_text.h"
#include "channels/text.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::channels {

namespace {

constexpr std::string_view provider = "twilio";

enum class Verdict { address, provider, try_again };

struct Rule {
    int code;
    Verdict verdict;
};

// Other codes, or none, are taken for the provider's fault when the status is 4xx: another provider may know better.
constexpr Rule rules[] = {
    {13223, Verdict::address},    // not a number that can be dialled
    {13224, Verdict::address},    // invalid number
    {14107, Verdict::try_again},  // messages too fast
    {20001, Verdict::provider},   // unknown parameters
    {20003, Verdict::provider},   // wrong credentials, no credit, suspended
    {20005, Verdict::provider},   // account not active
    {20429, Verdict::try_again},  // too many requests
    {20500, Verdict::try_again},  // internal error
    {20503, Verdict::try_again},  // unavailable
    {21210, Verdict::provider},   // From not verified
    {21211, Verdict::address},    // To is not a number
    {21212, Verdict::provider},   // From is not a number
    {21214, Verdict::address},    // To cannot be reached
    {21215, Verdict::provider},   // calls to this country not permitted to the account
    {21216, Verdict::provider},   // account may not call this number
    {21217, Verdict::address},    // number looks wrong
    {21219, Verdict::provider},   // trial account: To not verified
    {21408, Verdict::provider},   // text messages to this country not permitted to the account
    {21421, Verdict::address},    // number is invalid
    {21606, Verdict::provider},   // From cannot send text messages
    {21608, Verdict::provider},   // trial account: To not verified
    {21610, Verdict::address},    // the person answered STOP
    {21611, Verdict::try_again},  // this sender's queue is full
    {21612, Verdict::provider},   // To cannot be reached from this From
    {21614, Verdict::address},    // not a mobile number
    {21635, Verdict::address},    // a landline
    {30001, Verdict::try_again},  // queue overflow
    {30003, Verdict::try_again},  // the phone is off or out of reach
    {30004, Verdict::address},    // the person's carrier blocks it
    {30005, Verdict::address},    // unknown handset
    {30006, Verdict::address},    // landline or unreachable carrier
    {30008, Verdict::try_again},  // unknown error
};

Outcome apply(Verdict verdict, const net::HttpResponse& response, std::string_view detail, Timestamp now) {
    switch (verdict) {
    case Verdict::address: return refused(provider, detail);
    case Verdict::provider: return provider_at_fault(provider, detail);
    case Verdict::try_again: {
        auto outcome = try_again(provider, detail);
        outcome.retry_after = net::read_retry_after(response, now);
        outcome.is_too_much = response.status == 429;
        return outcome;
    }
    }
    return try_again(provider, detail);
}

/// The value of the error's code, 0 when it has none.
int code_in(const boost::json::object& answer, std::string_view name) {
    const auto* value = answer.if_contains(name);
    const auto* number = value ? value->if_int64() : nullptr;
    return number && *number > 0 && *number < 1'000'000 ? static_cast<int>(*number) : 0;
}

using Fields = std::vector<std::pair<std::string, std::string>>;

Outcome post(const TelephoneConfig& config, std::string_view resource, const Fields& fields, Timestamp now) {
    auto path = fmt::format("{}/2010-04-01/Accounts/{}/{}.json", config.url, config.account_sid, resource);
    auto request = post_request(std::move(path), config.ca_file);
    request.username = config.account_sid;
    request.password = config.token;
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    request.body = net::form_encode(fields);
    auto result = net::send_http(request);
    if (const auto* failure = std::get_if<net::Failure>(&result)) return outcome_of(provider, *failure);
    return twilio_outcome(std::get<net::HttpResponse>(result), now);
}

/// The address that one message's news are reported to; empty without callbacks.
std::string status_url(const std::string& callback_url, const Message& message) {
    return callback_url.empty() ? std::string{} : fmt::format("{}/twilio/status/{}", callback_url, message.id);
}

class TwilioSms final : public Channel {
public:
    TwilioSms(TelephoneConfig config, std::string callback_url)
        : config_(std::move(config)), callback_url_(config_.callbacks ? std::move(callback_url) : std::string{}) {}

    [[nodiscard]] std::string_view name() const override { return provider; }

    Outcome send(const Message& message, Timestamp now) override {
        if (!is_phone_number(message.to)) return refused(provider, "not a phone number in E.164");
        bool is_service = config_.from.starts_with("MG");
        auto clean = cleaned(message);
        // A messaging service may write from any number, which is then no number that a reply comes to.
        if (callback_url_.empty() || is_service) clean.reply_number = 0;
        auto fields = Fields{
            {"To", message.to}, {is_service ? "MessagingServiceSid" : "From", config_.from}, {"Body", sms_text(clean)}};
        if (auto url = status_url(callback_url_, message); !url.empty()) fields.emplace_back("StatusCallback", url);
        return post(config_, "Messages", fields, now);
    }

private:
    TelephoneConfig config_;
    std::string callback_url_;
};

class TwilioPhone final : public Channel {
public:
    TwilioPhone(TelephoneConfig config, std::string callback_url)
        : config_(std::move(config)), callback_url_(config_.callbacks ? std::move(callback_url) : std::string{}) {}

    [[nodiscard]] std::string_view name() const override { return provider; }

    Outcome send(const Message& message, Timestamp now) override {
        if (!is_phone_number(message.to)) return refused(provider, "not a phone number in E.164");
        auto url = status_url(callback_url_, message);
        auto keys_url = url.empty() ? std::string{} : fmt::format("{}/twilio/keys/{}", callback_url_, message.id);
        auto fields = Fields{{"To", message.to}, {"From", config_.from}, {"Twiml", twiml(cleaned(message), keys_url)}};
        if (!url.empty()) fields.emplace_back("StatusCallback", url);
        if (!url.empty() && config_.detect_voicemail) {
            // The person is not kept waiting while Twilio listens who it is.
            fields.emplace_back("MachineDetection", "Enable");
            fields.emplace_back("AsyncAmd", "true");
            fields.emplace_back("AsyncAmdStatusCallback", url);
        }
        return post(config_, "Calls", fields, now);
    }

private:
    TelephoneConfig config_;
    std::string callback_url_;
};

}  // namespace

std::unique_ptr<Channel> make_twilio_sms(TelephoneConfig config, std::string callback_url) {
    return std::make_unique<TwilioSms>(std::move(config), std::move(callback_url));
}

std::unique_ptr<Channel> make_twilio_phone(TelephoneConfig config, std::string callback_url) {
    return std::make_unique<TwilioPhone>(std::move(config), std::move(callback_url));
}

bool is_address_fault(int code) {
    const auto* rule =
        std::find_if(std::begin(rules), std::end(rules), [code](const Rule& r) { return r.code == code; });
    return rule != std::end(rules) && rule->verdict == Verdict::address;
}

Outcome twilio_outcome(const net::HttpResponse& response, Timestamp now) {
    auto answer = read_object(response);
    bool accepted = response.status >= 200 && response.status < 300;
    auto sid = text_in(answer, "sid");
    if (accepted && sid.empty()) return not_understood(provider, response);
    int code = code_in(answer, accepted ? "error_code" : "code");
    if (accepted && code == 0) return sent(provider, sid);
    auto explanation = text_in(answer, accepted ? "error_message" : "message");
    auto detail = fmt::format("answered {}, error {}: {}", response.status, code, explanation);
    const auto* rule =
        std::find_if(std::begin(rules), std::end(rules), [code](const Rule& r) { return r.code == code; });
    if (rule != std::end(rules)) return apply(rule->verdict, response, detail, now);
    bool not_now = response.status == 429 || response.status == 408 || response.status >= 500;
    if (not_now) return outcome_of(provider, response, now);
    return provider_at_fault(provider, detail);
}

std::string speech(const Message& message) {
    // Escaped, a character can take six: 500 of them stay below Twilio's 4000.
    constexpr std::size_t summary_bytes_max = 500;
    auto greeting = message.to_name.empty() ? std::string("Hello.") : fmt::format("Hello {}.", message.to_name);
    // Only a page has something to do.
    auto call = message.actions.empty() ? "This is Callboard."
                : message.urgent        ? "This is Callboard with an urgent page."
                                        : "This is Callboard with a page.";
    auto repeat = message.may_be_a_repeat ? " You may have been told this before." : "";
    auto summary = message.short_text.empty() ? message.subject : message.short_text;
    return fmt::format("{} {}{} {}", cut_bytes(greeting, 80), call, repeat, cut_bytes(summary, summary_bytes_max));
}

std::string twiml(const Message& message, const std::string& keys_url) {
    constexpr std::string_view head = R"(<?xml version="1.0" encoding="UTF-8"?><Response><Pause length="1"/>)";
    // Said twice: whoever was asleep a moment ago misses the first half.
    if (message.actions.empty() || keys_url.empty())
        return fmt::format(R"({}<Say loop="2">{}</Say></Response>)", head, escape_markup(speech(message)));
    return fmt::format(R"({}<Gather input="dtmf" numDigits="1" timeout="8" method="POST" action="{}"><Say loop="2">{} )"
                       R"({}</Say></Gather></Response>)",
                       head,
                       escape_markup(keys_url),
                       escape_markup(speech(message)),
                       key_hint(message));
}

std::string_view key_hint(const Message& message) {
    return asks_for_help(message) ? "Press 4 to join, 5 to decline." : "Press 4 to acknowledge, 6 to resolve.";
}

}  // namespace callboard::channels
