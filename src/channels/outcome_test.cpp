#include "channels/email.h"
#include "channels/ntfy.h"
#include "channels/outcome.h"
#include "channels/twilio.h"

#include <doctest/doctest.h>

namespace callboard::channels {

namespace {

const Timestamp now = parse_iso8601("2026-03-29T01:50:00Z")->at;

net::HttpResponse answer(int status, std::string body = "{}") {
    net::HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

net::HttpResponse twilio_error(int status, int code) {
    return answer(status, R"({"code": )" + std::to_string(code) + R"(, "message": "no"})");
}

net::SmtpAnswer reply(std::string command, int code) {
    net::SmtpAnswer answer;
    answer.command = std::move(command);
    answer.code = code;
    answer.reply = "as it is";
    return answer;
}

/// sent, again, address or provider: what the four kinds of outcome are in this file.
std::string verdict(const Outcome& outcome) {
    switch (outcome.kind) {
    case Outcome::Kind::sent: return "sent";
    case Outcome::Kind::try_again: return "again";
    case Outcome::Kind::refused: return outcome.provider_fault ? "provider" : "address";
    case Outcome::Kind::throttled: break;
    }
    return {};
}

}  // namespace

TEST_CASE("a status alone says whether another try makes sense, and whose fault it is") {
    struct {
        int status;
        const char* verdict;
    } cases[] = {{200, "sent"},     {202, "sent"},     {204, "sent"},     {301, "provider"}, {302, "provider"},
                 {400, "address"},  {401, "provider"}, {402, "provider"}, {403, "provider"}, {404, "provider"},
                 {405, "provider"}, {408, "again"},    {409, "address"},  {410, "address"},  {422, "address"},
                 {425, "again"},    {429, "again"},    {500, "again"},    {502, "again"},    {503, "again"},
                 {504, "again"},    {507, "again"}};

    for (const auto& one : cases) {
        CAPTURE(one.status);
        CHECK(verdict(outcome_of("gateway", answer(one.status), now)) == one.verdict);
    }
}

TEST_CASE("Retry-After is passed on") {
    auto response = answer(429);
    response.headers = {{"retry-after", "17"}};
    CHECK(outcome_of("gateway", response, now).retry_after == seconds{17});
    response = twilio_error(429, 20429);
    response.headers = {{"retry-after", "18"}};
    CHECK(twilio_outcome(response, now).retry_after == seconds{18});
}

TEST_CASE("after 500 and 504 a message may have arrived, after 429 and 503 it has not") {
    CHECK(outcome_of("gateway", answer(500), now).may_have_arrived);
    CHECK(outcome_of("gateway", answer(504), now).may_have_arrived);
    CHECK_FALSE(outcome_of("gateway", answer(503), now).may_have_arrived);
    CHECK_FALSE(outcome_of("gateway", answer(429), now).may_have_arrived);
}

TEST_CASE("Twilio's codes decide before its status does") {
    struct {
        int status;
        int code;
        const char* verdict;
    } cases[] = {{400, 21211, "address"},
                 {400, 21214, "address"},
                 {400, 21610, "address"},
                 {400, 21614, "address"},
                 {401, 20003, "provider"},
                 {400, 21606, "provider"},
                 {403, 21408, "provider"},
                 {400, 21608, "provider"},
                 {429, 20429, "again"},
                 {400, 21611, "again"},
                 {429, 14107, "again"},
                 {503, 20503, "again"},
                 {400, 99'999, "provider"},
                 {500, 99'999, "again"},
                 {429, 99'999, "again"}};

    for (const auto& one : cases) {
        CAPTURE(one.code);
        CHECK(verdict(twilio_outcome(twilio_error(one.status, one.code), now)) == one.verdict);
    }
    CHECK(verdict(twilio_outcome(answer(400, "<html>"), now)) == "provider");
    CHECK(verdict(twilio_outcome(answer(502, "<html>"), now)) == "again");
}

TEST_CASE("Twilio's success has a sid; one that has failed already is judged by its error") {
    auto sent = twilio_outcome(answer(201, R"({"sid": "SM1", "error_code": null})"), now);
    CHECK(verdict(sent) == "sent");
    CHECK(sent.provider_id == "SM1");
    CHECK(verdict(twilio_outcome(answer(201, R"({"sid": "SM1", "error_code": 21610})"), now)) == "address");
    for (const char* body : {"<html>Log in</html>", "", "[]", "{}", R"({"sid": {}})"}) {
        auto odd = twilio_outcome(answer(200, body), now);
        CHECK(verdict(odd) == "again");
        CHECK(odd.may_have_arrived);
    }
}

TEST_CASE("ntfy's refusals are its own fault, save for the topic") {
    CHECK(verdict(ntfy_outcome(answer(200, R"({"id": "x1"})"), now)) == "sent");
    CHECK(verdict(ntfy_outcome(answer(200, "<html>"), now)) == "again");
    CHECK(verdict(ntfy_outcome(answer(400, R"({"code": 40009})"), now)) == "address");
    CHECK(verdict(ntfy_outcome(answer(400, R"({"code": 40018})"), now)) == "provider");
    CHECK(verdict(ntfy_outcome(answer(401, R"({"code": 40101})"), now)) == "provider");
    CHECK(verdict(ntfy_outcome(answer(403, R"({"code": 40301})"), now)) == "provider");
    CHECK(verdict(ntfy_outcome(answer(429, R"({"code": 42908})"), now)) == "again");
    CHECK(verdict(ntfy_outcome(answer(507, R"({"code": 50701})"), now)) == "again");
}

TEST_CASE("SMTP: 4xx is worth another try, 5xx is not, and the command says whose fault it is") {
    struct {
        const char* command;
        int code;
        const char* verdict;
    } cases[] = {{"CONNECT", 421, "again"},
                 {"CONNECT", 554, "provider"},
                 {"EHLO", 550, "provider"},
                 {"STARTTLS", 454, "again"},
                 {"AUTH", 454, "again"},
                 {"AUTH", 535, "provider"},
                 {"MAIL", 451, "again"},
                 {"MAIL", 550, "provider"},
                 {"RCPT", 421, "again"},
                 {"RCPT", 450, "again"},
                 {"RCPT", 452, "again"},
                 {"RCPT", 550, "address"},
                 {"DATA", 451, "again"},
                 {"DATA", 554, "address"},
                 {".", 451, "again"},
                 {".", 552, "address"},
                 {".", 554, "address"}};

    for (const auto& one : cases) {
        CAPTURE(one.command);
        CAPTURE(one.code);
        CHECK(verdict(outcome_of(reply(one.command, one.code))) == one.verdict);
    }
}

TEST_CASE("a mail server says by its enhanced code whether it is about the address or about us") {
    auto answered = [](const char* command, int code, const char* text) {
        auto answer = reply(command, code);
        answer.reply = text;
        return verdict(outcome_of(answer));
    };
    CHECK(answered("RCPT", 550, "5.1.1 No such user") == "address");
    CHECK(answered("RCPT", 552, "5.2.2 Mailbox full") == "address");
    CHECK(answered("RCPT", 554, "5.7.1 Relay access denied") == "provider");
    CHECK(answered("RCPT", 550, "5.7.1 Blocked, see our list") == "provider");
    CHECK(answered("RCPT", 550, "5.4.1 No route") == "provider");
    CHECK(answered("RCPT", 554, "Relay access denied") == "provider");
    CHECK(answered(".", 554, "5.7.1 Rejected by policy") == "provider");
    CHECK(answered(".", 552, "5.3.4 Too large") == "provider");
    CHECK(answered(".", 550, "5.6.0 Not a message") == "address");
}

TEST_CASE("what did not come back is tried again, and what can never be asked is not") {
    auto of = [](net::FailureKind kind) { return verdict(outcome_of("smtp", net::Failure{kind, "x", false})); };
    for (auto kind : {net::FailureKind::dns,
                      net::FailureKind::connect,
                      net::FailureKind::tls,
                      net::FailureKind::timeout,
                      net::FailureKind::too_large,
                      net::FailureKind::broken})
        CHECK(of(kind) == "again");
    CHECK(of(net::FailureKind::invalid_request) == "provider");
    CHECK(of(net::FailureKind::forbidden_address) == "address");
}

TEST_CASE("a call says who is called and about what, in markup that nothing can leave") {
    Message message;
    message.to_name = "Ada & <Bob>";
    message.short_text = "</Say><Dial>+15550100000</Dial>";
    message.may_be_a_repeat = true;
    message.actions = {{"Acknowledge", "https://pages.example.com/a", ActionKind::acknowledge}};
    auto xml = twiml(message);
    CHECK(xml.find("Hello Ada &amp; &lt;Bob&gt;. This is Callboard with an urgent page. You may have been told this") !=
          std::string::npos);
    CHECK(xml.find("<Dial>") == std::string::npos);
    message.short_text = std::string(5'000, '"');
    message.to_name = std::string(5'000, '\'');
    CHECK(twiml(message).size() < 4'000);
}

}  // namespace callboard::channels
