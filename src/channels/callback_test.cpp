#include "channels/callback.h"
#include "channels/sms_text.h"
#include "channels/twilio.h"
#include "channels/webhook.h"

#include <doctest/doctest.h>

namespace callboard::channels {

namespace {

const Timestamp now = parse_iso8601("2026-03-29T01:50:00Z")->at;
constexpr auto url = "https://pages.example.com/callback/twilio/status/P1";

Config config() {
    Config out;
    TelephoneConfig twilio;
    twilio.kind = TelephoneConfig::Kind::twilio;
    twilio.account_sid = "AC1";
    twilio.token = "12345";
    out.sms.push_back(twilio);
    return out;
}

/// What a status callback says, signed well.
Said said_of(const std::string& fields, const std::string& path = "/twilio/status/P1") {
    auto body = "AccountSid=AC1&" + fields;
    auto signature = twilio_signature("12345", url, form_decode(body));
    Call call{path, url, body, [&](std::string_view name) -> std::string_view {
                  return name == "X-Twilio-Signature" ? std::string_view{signature} : std::string_view{};
              }};
    auto said = Callbacks(config()).read(call, now);
    REQUIRE(said.ok());
    return *said;
}

Said reply(std::string_view text) {
    Said said;
    read_reply(text, said);
    return said;
}

}  // namespace

TEST_CASE("Twilio's signature is the one of its own example") {
    // https://www.twilio.com/docs/usage/security#validating-requests
    CHECK(twilio_signature("12345",
                           "https://mycompany.com/myapp.php?foo=1&bar=2",
                           {{"CallSid", "CA1234567890ABCDE"},
                            {"Caller", "+12349013030"},
                            {"Digits", "1234"},
                            {"From", "+12349013030"},
                            {"To", "+18005551212"}}) == "0/KCTR6DLpKmkAf8muzZqo1nDgQ=");
}

TEST_CASE("Slack's signature is the one of its own example") {
    // https://docs.slack.dev/authentication/verifying-requests-from-slack
    constexpr auto body =
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&"
        "channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&"
        "response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&"
        "trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    CHECK(slack_signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body) ==
          "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503");
}

TEST_CASE("what Twilio reports becomes news, and whether another provider might do better") {
    CHECK(said_of("MessageSid=SM1&MessageStatus=sent").kind == Said::Kind::nothing);
    CHECK(said_of("MessageSid=SM1&MessageStatus=delivered").news == News::delivered);
    auto away = said_of("MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30003");
    CHECK(away.news == News::undelivered);
    CHECK(away.another_may_succeed);
    CHECK(away.detail == "error 30003");
    CHECK_FALSE(said_of("MessageSid=SM1&MessageStatus=failed&ErrorCode=30006").another_may_succeed);
    CHECK(said_of("CallSid=CA1&CallStatus=ringing").kind == Said::Kind::nothing);
    CHECK(said_of("CallSid=CA1&CallStatus=completed").news == News::delivered);
    CHECK(said_of("CallSid=CA1&CallStatus=no-answer").news == News::no_answer);
    CHECK(said_of("CallSid=CA1&CallStatus=busy").news == News::busy);
    CHECK(said_of("CallSid=CA1&CallStatus=failed").another_may_succeed);
    CHECK(said_of("CallSid=CA1&CallStatus=in-progress&AnsweredBy=machine_end_beep").news == News::voicemail);
    CHECK(said_of("CallSid=CA1&CallStatus=in-progress&AnsweredBy=human").kind == Said::Kind::nothing);
}

TEST_CASE("a gateway is believed when it signed with its secret, and says what Twilio can say") {
    Config config;
    config.sms.emplace_back().secret = "shared";
    config.sms.emplace_back().secret = "";
    Callbacks callbacks(config);
    auto read = [&](const std::string& body, const std::string& secret = "shared") {
        auto signature = webhook_signature(secret, body);
        Call call{"/gateway", "", body, [&](std::string_view name) {
                      return name == gateway_signature_header ? std::string_view{signature} : std::string_view{};
                  }};
        return callbacks.read(call, {});
    };

    auto late = read(R"({"event":"status","message":"P1","id":"g7","status":"undelivered","detail":"off"})");
    REQUIRE(late.ok());
    CHECK(late->kind == Said::Kind::receipt);
    CHECK(late->news == News::undelivered);
    CHECK(late->message == "P1");
    CHECK(late->provider_id == "g7");
    CHECK(late->detail == "off");
    CHECK(late->another_may_succeed);
    CHECK_FALSE(
        read(R"({"event":"status","message":"P1","status":"undelivered","wrong_number":true})")->another_may_succeed);
    CHECK(read(R"({"event":"status","message":"P1","status":"delivered"})")->provider_id == "P1");
    CHECK(read(R"({"event":"status","message":"P1","status":"on its way"})")->kind == Said::Kind::nothing);

    auto reply = read(R"({"event":"reply","id":"in-1","from":"+491701234567","text":"6 12"})");
    CHECK(reply->kind == Said::Kind::reply);
    CHECK(reply->verb == Verb::resolve);
    CHECK(reply->reply_number == 12);
    CHECK(reply->from == "+491701234567");
    CHECK(reply->once == "gateway reply in-1");
    CHECK(callbacks.answer(*reply, "Resolved.").body == R"({"text":"Resolved."})");
    CHECK(callbacks.answer(*reply, "").status == 204);

    auto key = read(R"({"event":"keys","message":"P1","id":"call-1","keys":"9"})");
    CHECK(key->kind == Said::Kind::key);
    CHECK_FALSE(key->verb);
    CHECK(callbacks.answer(*key, "").body.find("Press 4") != std::string::npos);

    CHECK_FALSE(read(R"({"event":"reply","id":"in-1","from":"+49","text":"4"})", "another").ok());
    CHECK_FALSE(read(R"({"event":"reply","id":"in-1","from":"+49","text":"4"})", "").ok());
    CHECK_FALSE(read("not JSON").ok());
}

TEST_CASE("a reply is read as people write it") {
    for (const auto* text : {"4 12", "ACK 12", "ack #12", " Acknowledge  12!", "4, 12"}) {
        CHECK(reply(text).verb == Verb::acknowledge);
        if (std::string_view(text).find('!') == std::string_view::npos) CHECK(reply(text).reply_number == 12);
    }
    for (const auto* text : {"6", "res", "Resolved", "RESOLVE"}) {
        CHECK(reply(text).verb == Verb::resolve);
        CHECK_FALSE(reply(text).reply_number);
    }
    for (const auto* text : {"", "who is this?", "12", "44", "do not ack 12", "STOP"}) CHECK_FALSE(reply(text).verb);
    CHECK_FALSE(reply("4 0").reply_number);
    CHECK_FALSE(reply("4 99999999999999999999").reply_number);
}

TEST_CASE("a form is taken apart as it was sent") {
    auto fields = form_decode("a=1+2&b=%2B49&empty=&a=3&lonely");
    REQUIRE(fields.size() == 5);
    CHECK(fields[0] == std::pair<std::string, std::string>{"a", "1 2"});
    CHECK(fields[1].second == "+49");
    CHECK(fields[2].second.empty());
    CHECK(fields[3].second == "3");
    CHECK(fields[4] == std::pair<std::string, std::string>{"lonely", ""});
}

TEST_CASE("a text message says how to reply, and its words give way for that") {
    Message message;
    message.short_text = std::string(600, 'x');
    message.reply_number = 12;
    message.actions = {
        {"Acknowledge", "https://pages.example.com/p/P1/acknowledge?until=1&signature=0123456789abcdef"}};
    auto text = sms_text(message);
    CHECK(text.find(" Reply 4 12: ack, 6 12: resolve Acknowledge: https://") != std::string::npos);
    CHECK(sms_parts(text) <= sms_parts_max);
    message.actions.clear();
    CHECK(sms_text(message).find("Reply") == std::string::npos);
}

TEST_CASE("a call asks for a key only where keys can be reported") {
    Message message;
    message.short_text = "disk full";
    message.actions = {{"Acknowledge", "https://x.example/p", ActionKind::acknowledge}};
    CHECK(twiml(message).find("<Gather") == std::string::npos);
    auto xml = twiml(message, "https://x.example/callback/twilio/keys/P1?a=1&b=2");
    CHECK(xml.find(R"(action="https://x.example/callback/twilio/keys/P1?a=1&amp;b=2")") != std::string::npos);
    CHECK(xml.find("Press 4 to acknowledge, 6 to resolve.") != std::string::npos);
    message.actions.clear();
    CHECK(twiml(message, "https://x.example/keys").find("<Gather") == std::string::npos);
}

}  // namespace callboard::channels
