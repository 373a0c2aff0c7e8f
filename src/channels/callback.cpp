#include "channels/callback.h"

#include "base/query_string.h"
#include "base/secret.h"
#include "channels/outcome.h"
#include "channels/text.h"
#include "channels/twilio.h"
#include "channels/webhook.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace callboard::channels {

namespace json = boost::json;

namespace {

constexpr std::string_view twilio_status = "/twilio/status/";
constexpr std::string_view twilio_keys = "/twilio/keys/";
constexpr std::string_view twilio_message = "/twilio/message";
constexpr std::size_t message_id_max = 32;
constexpr std::size_t provider_id_max = 200;
constexpr std::size_t detail_bytes_max = 300;

using Form = std::vector<std::pair<std::string, std::string>>;

std::string field(const Form& form, std::string_view name) {
    for (const auto& [key, value] : form)
        if (key == name) return value;
    return {};
}

int number_in(std::string_view text) {
    int value = 0;
    auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    return problem == std::errc{} && end == text.data() + text.size() ? value : 0;
}

std::optional<Verb> verb_of_key(std::string_view key) {
    if (key == "4") return Verb::acknowledge;
    if (key == "5") return Verb::decline;
    if (key == "6") return Verb::resolve;
    return std::nullopt;
}

std::optional<Verb> verb_of_word(std::string_view word) {
    if (auto verb = verb_of_key(word)) return verb;
    if (word == "ack" || word == "acknowledge" || word == "acked" || word == "join") return Verb::acknowledge;
    if (word == "res" || word == "resolve" || word == "resolved") return Verb::resolve;
    if (word == "decline" || word == "declined" || word == "no") return Verb::decline;
    return std::nullopt;
}

/// https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
void read_message_status(const Form& form, Said& said) {
    auto status = field(form, "MessageStatus");
    if (status == "delivered" || status == "read") {
        said.news = News::delivered;
    } else if (status == "undelivered" || status == "failed") {
        said.news = News::undelivered;
        auto code = number_in(field(form, "ErrorCode"));
        said.another_may_succeed = !is_address_fault(code);
        said.detail = code > 0 ? fmt::format("error {}", code) : "";
    }
}

/// https://www.twilio.com/docs/voice/api/call-resource#call-status-values
void read_call_status(const Form& form, Said& said) {
    auto by = field(form, "AnsweredBy");
    auto status = field(form, "CallStatus");
    if (by.starts_with("machine") || by == "fax") {
        said.news = News::voicemail;
    } else if (status == "completed") {
        said.news = News::delivered;
    } else if (status == "busy") {
        said.news = News::busy;
    } else if (status == "no-answer" || status == "canceled") {
        said.news = News::no_answer;
    } else if (status == "failed") {
        said.news = News::undelivered;
        auto code = number_in(field(form, "ErrorCode"));
        said.another_may_succeed = !is_address_fault(code);
        said.detail = code > 0 ? fmt::format("error {}", code) : "";
    }
}

std::string xml(std::string_view inside) {
    return fmt::format(R"(<?xml version="1.0" encoding="UTF-8"?><Response>{}</Response>)", inside);
}

json::object object_in(const json::object& outer, std::string_view name) {
    const auto* value = outer.if_contains(name);
    return value && value->is_object() ? value->get_object() : json::object{};
}

json::object parse_object(std::string_view text) {
    boost::system::error_code problem;
    auto value = json::parse(text, problem);
    return problem || !value.is_object() ? json::object{} : std::move(value.get_object());
}

constexpr std::string_view which_keys = "Press 4 to acknowledge or join, 5 to decline, 6 to resolve.";

/// What it is to write or say to whoever replied or pressed; strangers get no answer.
CallAnswer answer_gateway(const Said& said, std::string_view sentence) {
    bool is_key = said.kind == Said::Kind::key;
    if (is_key && !said.verb) sentence = which_keys;
    if (sentence.empty()) return {204, "", ""};
    auto body = json::object{{is_key ? "speech" : "text", sentence}};
    return {200, "application/json", json::serialize(body)};
}

/// "acknowledge" as a verb; absent for "open" and anything else.
std::optional<Verb> verb_of(std::string_view text) { return parse_enum<Verb>(text); }

}  // namespace

Form form_decode(std::string_view body) {
    Form fields;
    auto decoded = [](std::string_view text) {
        std::string plain{text};
        std::replace(plain.begin(), plain.end(), '+', ' ');
        return percent_decode(plain);
    };
    while (!body.empty()) {
        auto pair = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(body.size(), pair.size() + 1));
        auto equals = std::min(pair.find('='), pair.size());
        if (!pair.empty())
            fields.emplace_back(decoded(pair.substr(0, equals)),
                                decoded(pair.substr(std::min(pair.size(), equals + 1))));
    }
    return fields;
}

std::string twilio_signature(std::string_view token, const std::string& url, Form fields) {
    std::sort(fields.begin(), fields.end());
    auto text = url;
    for (const auto& [name, value] : fields) text += name + value;
    return hmac_sha1_base64(token, text);
}

std::string slack_signature(std::string_view secret, std::string_view timestamp, std::string_view body) {
    return "v0=" + keyed_hash(secret, fmt::format("v0:{}:{}", timestamp, body));
}

void read_reply(std::string_view text, Said& said) {
    std::string lower{one_line(text.substr(0, 200))};
    for (auto& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    std::string_view rest = lower;
    bool is_first = true;
    while (!rest.empty()) {
        auto word = rest.substr(0, rest.find_first_of(" ,.;:#"));
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
        if (word.empty()) continue;
        if (is_first) {
            said.verb = verb_of_word(word);
        } else if (auto number = number_in(word); number > 0) {
            said.reply_number = number;
            return;
        }
        is_first = false;
    }
}

Result<Said> Callbacks::read(const Call& call, Timestamp now) const {
    if (call.path.starts_with("/twilio/")) return read_twilio(call);
    if (call.path == "/gateway") return read_gateway(call);
    if (call.path == "/slack") return read_slack(call, now);
    if (call.path == "/telegram") return read_telegram(call);
    return errors::not_found();
}

Result<Said> Callbacks::read_twilio(const Call& call) const {
    auto form = form_decode(call.body);
    auto account = field(form, "AccountSid");
    auto signature = call.header("X-Twilio-Signature");
    auto signed_by = [&](const TelephoneConfig& provider) {
        return provider.kind == TelephoneConfig::Kind::twilio && provider.account_sid == account &&
               is_same_secret(signature, twilio_signature(provider.token, call.url, form));
    };
    bool is_theirs = std::any_of(config_.sms.begin(), config_.sms.end(), signed_by) ||
                     std::any_of(config_.phone.begin(), config_.phone.end(), signed_by);
    if (signature.empty() || !is_theirs) return errors::forbidden("not signed by an account that is configured");
    Said said;
    said.provider = "twilio";
    std::string_view path = call.path;
    if (path == twilio_message) {
        said.kind = Said::Kind::reply;
        said.from = field(form, "From");
        said.provider_id = field(form, "MessageSid");
        read_reply(field(form, "Body"), said);
    } else if (path.starts_with(twilio_keys)) {
        said.kind = Said::Kind::key;
        said.message = path.substr(twilio_keys.size(), message_id_max);
        said.provider_id = field(form, "CallSid");
        said.verb = verb_of_key(field(form, "Digits"));
    } else if (path.starts_with(twilio_status)) {
        said.message = path.substr(twilio_status.size(), message_id_max);
        auto message_sid = field(form, "MessageSid");
        said.provider_id = message_sid.empty() ? field(form, "CallSid") : message_sid;
        message_sid.empty() ? read_call_status(form, said) : read_message_status(form, said);
        if (said.news) said.kind = Said::Kind::receipt;
    } else {
        return errors::not_found();
    }
    if (said.provider_id.empty()) return errors::forbidden("a call of Twilio names its message or call");
    if (said.kind == Said::Kind::reply) said.once = "twilio message " + said.provider_id;
    if (said.kind == Said::Kind::key)
        said.once = fmt::format("twilio key {} {}", said.provider_id, field(form, "Digits").substr(0, 8));
    return said;
}

Result<Said> Callbacks::read_gateway(const Call& call) const {
    auto signature = call.header(gateway_signature_header);
    auto signed_by = [&](const TelephoneConfig& provider) {
        return provider.kind == TelephoneConfig::Kind::gateway && !provider.secret.empty() &&
               is_same_secret(signature, webhook_signature(provider.secret, call.body));
    };
    bool is_theirs = std::any_of(config_.sms.begin(), config_.sms.end(), signed_by) ||
                     std::any_of(config_.phone.begin(), config_.phone.end(), signed_by);
    if (!is_theirs) return errors::forbidden("not signed by a gateway that is configured");
    auto body = parse_object(call.body);
    Said said;
    said.provider = "gateway";
    said.message = text_in(body, "message").substr(0, message_id_max);
    said.provider_id = text_in(body, "id").substr(0, provider_id_max);
    // One that gave the message no name of its own calls it as we do.
    if (said.provider_id.empty()) said.provider_id = said.message;
    if (said.provider_id.empty()) return errors::forbidden("neither id nor message is given");
    auto event = text_in(body, "event");
    if (event == "status") {
        said.news = parse_enum<News>(text_in(body, "status"));
        said.detail = cut_bytes(one_line(text_in(body, "detail")), detail_bytes_max);
        const auto* wrong = body.if_contains("wrong_number");
        bool is_wrong = wrong && wrong->is_bool() && wrong->get_bool();
        said.another_may_succeed = said.news == News::undelivered && !is_wrong;
        if (said.news) said.kind = Said::Kind::receipt;
    } else if (event == "reply") {
        said.kind = Said::Kind::reply;
        said.from = text_in(body, "from");
        read_reply(text_in(body, "text"), said);
        said.once = "gateway reply " + said.provider_id;
    } else if (event == "keys") {
        auto keys = text_in(body, "keys").substr(0, 8);
        said.kind = Said::Kind::key;
        said.verb = verb_of_key(keys);
        said.once = fmt::format("gateway key {} {}", said.provider_id, keys);
    }
    return said;
}

Result<Said> Callbacks::read_slack(const Call& call, Timestamp now) const {
    if (!config_.slack || config_.slack->signing_secret.empty()) return errors::not_found();
    auto timestamp = call.header("X-Slack-Request-Timestamp");
    auto signature = call.header("X-Slack-Signature");
    std::int64_t at = 0;
    auto [end, problem] = std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), at);
    bool is_number = problem == std::errc{} && end == timestamp.data() + timestamp.size() && !timestamp.empty();
    auto age = to_micros(now) / 1'000'000 - at;
    if (!is_number || age > slack_window.count() || age < -slack_window.count())
        return errors::forbidden("not signed within the last five minutes");
    if (!is_same_secret(signature, slack_signature(config_.slack->signing_secret, timestamp, call.body)))
        return errors::forbidden("not signed by Slack");
    auto payload = parse_object(field(form_decode(call.body), "payload"));
    Said said;
    said.provider = "slack";
    const auto* actions = payload.if_contains("actions");
    if (text_in(payload, "type") != "block_actions" || !actions || !actions->is_array() ||
        actions->get_array().empty() || !actions->get_array().front().is_object())
        return said;
    const auto& action = actions->get_array().front().get_object();
    said.verb = verb_of(text_in(action, "action_id"));
    // A button that is a link is reported as well.
    if (!said.verb) return said;
    said.kind = Said::Kind::button;
    said.message = text_in(action, "value").substr(0, message_id_max);
    said.from = text_in(object_in(payload, "user"), "id");
    said.once = "slack " + std::string{signature};
    auto container = object_in(payload, "container");
    said.context = json::serialize(
        json::object{{"channel", text_in(container, "channel_id")}, {"ts", text_in(container, "message_ts")}});
    return said;
}

Result<Said> Callbacks::read_telegram(const Call& call) const {
    if (!config_.telegram || config_.telegram->secret.empty()) return errors::not_found();
    if (!is_same_secret(call.header("X-Telegram-Bot-Api-Secret-Token"), config_.telegram->secret))
        return errors::forbidden("not the secret that the webhook was set up with");
    auto update = parse_object(call.body);
    auto query = object_in(update, "callback_query");
    Said said;
    said.provider = "telegram";
    auto data = text_in(query, "data");
    auto colon = data.find(':');
    if (colon == std::string::npos) return said;
    said.verb = verb_of(data.substr(0, colon));
    if (!said.verb) return said;
    said.kind = Said::Kind::button;
    said.message = data.substr(colon + 1, message_id_max);
    said.from = text_in(object_in(query, "from"), "id");
    said.context = text_in(query, "id");
    said.once = fmt::format("telegram {}", text_in(update, "update_id"));
    return said;
}

CallAnswer Callbacks::answer(const Said& said, std::string_view sentence) const {
    if (said.provider == "gateway") return answer_gateway(said, sentence);
    constexpr std::string_view xml_type = "text/xml; charset=utf-8";
    auto text = escape_markup(sentence);
    switch (said.kind) {
    case Said::Kind::nothing:
    case Said::Kind::receipt: return {said.provider == "twilio" ? 204 : 200, "", ""};
    case Said::Kind::reply:
        // Silence is an answer: strangers get none.
        return {200, std::string{xml_type}, xml(text.empty() ? "" : fmt::format("<Message>{}</Message>", text))};
    case Said::Kind::key:
        // Without an action Twilio reports the keys where it reported these.
        if (!said.verb)
            return {200,
                    std::string{xml_type},
                    xml(fmt::format(
                        R"(<Gather input="dtmf" numDigits="1" timeout="8" method="POST"><Say>{}</Say></Gather>)",
                        which_keys))};
        return {200, std::string{xml_type}, xml(fmt::format("<Say>{}</Say><Hangup/>", text))};
    case Said::Kind::button: break;
    }
    if (said.provider != "telegram") return {200, "", ""};
    // Telegram takes a method of its own as the answer.
    auto body = json::object{
        {"method", "answerCallbackQuery"}, {"callback_query_id", said.context}, {"text", cut_bytes(sentence, 180)}};
    return {200, "application/json", json::serialize(body)};
}

void Callbacks::follow_up(const Said& said, std::string_view sentence) const {
    if (said.kind != Said::Kind::button || said.provider != "slack" || !config_.slack) return;
    auto body = parse_object(said.context);
    body["thread_ts"] = body["ts"];
    body.erase("ts");
    body["text"] = sentence;
    auto request = post_request(config_.slack->url + "/chat.postMessage", config_.slack->ca_file);
    request.headers = {{"Content-Type", "application/json; charset=utf-8"},
                       {"Authorization", "Bearer " + config_.slack->token}};
    request.body = json::serialize(body);
    request.deadline = seconds{2};
    request.connect_deadline = seconds{2};
    net::send_http(request);
}

}  // namespace callboard::channels
