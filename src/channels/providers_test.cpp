#include "channels/outcome.h"
#include "channels/providers.h"
#include "channels/webhook.h"
#include "support/fake.h"

#include <doctest/doctest.h>

namespace callboard::channels {

namespace {

using testing::Fake;
using Kind = Outcome::Kind;

const Timestamp now = parse_iso8601("2026-03-29T01:50:00Z")->at;

Message page(std::string to) {
    Message message;
    message.id = "notification-7";
    message.to = std::move(to);
    message.to_name = "Ada";
    message.subject = "Füße: „disk“ full";
    message.text = "Füße: disk full on db-1\nsince 01:50";
    message.short_text = "disk full on db-1";
    message.actions = {{"Acknowledge", "https://pages.example.com/a/k1"}, {"Open", "https://pages.example.com/i/1"}};
    return message;
}

TelephoneConfig twilio(const std::string& url) {
    TelephoneConfig config;
    config.kind = TelephoneConfig::Kind::twilio;
    config.url = url;
    config.account_sid = "AC1";
    config.from = "+15550100000";
    config.token = "secret";
    return config;
}

TelephoneConfig gateway(const std::string& url) {
    TelephoneConfig config;
    config.url = url + "/send";
    config.token = "bearer-token";
    return config;
}

/// Says what it is told to say, and remembers what it was given.
class Scripted final : public Channel {
public:
    Scripted(Outcome outcome, std::vector<Message>& given) : outcome_(std::move(outcome)), given_(given) {}

    [[nodiscard]] std::string_view name() const override { return outcome_.provider; }

    Outcome send(const Message& message, Timestamp) override {
        given_.push_back(message);
        return outcome_;
    }

private:
    Outcome outcome_;
    std::vector<Message>& given_;
};

class Throwing final : public Channel {
public:
    [[nodiscard]] std::string_view name() const override { return "throwing"; }

    Outcome send(const Message&, Timestamp) override { throw std::runtime_error("no thread"); }
};

/// Sends, or lets the attempt run out as long as it `hangs`.
class Hanging final : public Channel {
public:
    Hanging(std::string name, std::vector<std::string>& asked, const bool& hangs)
        : name_(std::move(name)), asked_(asked), hangs_(hangs) {}

    [[nodiscard]] std::string_view name() const override { return name_; }

    Outcome send(const Message&, Timestamp) override {
        asked_.push_back(name_);
        if (!hangs_) return sent(name_, "1");
        return outcome_of(name_, net::Failure{net::FailureKind::timeout, "10 s", true});
    }

private:
    std::string name_;
    std::vector<std::string>& asked_;
    const bool& hangs_;
};

struct Pair {
    std::vector<Message> first_given;
    std::vector<Message> second_given;
    Outcome outcome;

    Pair(Outcome first, Outcome second) {
        Providers providers;
        providers.add(Medium::sms, std::make_unique<Scripted>(std::move(first), first_given));
        providers.add(Medium::sms, std::make_unique<Scripted>(std::move(second), second_given));
        outcome = providers.send(Medium::sms, page("+491701234567"), now);
    }
};

}  // namespace

TEST_CASE("a provider that has as much as it takes is passed over, and with no other nobody is asked") {
    std::vector<Message> one;
    std::vector<Message> two;
    Providers providers;
    providers.add(Medium::sms, std::make_unique<Scripted>(sent("one", "1"), one), {.per_minute = 1});
    providers.add(Medium::sms, std::make_unique<Scripted>(sent("two", "2"), two), {.per_minute = 1});

    CHECK(providers.send(Medium::sms, page("+491701234567"), now).provider == "one");
    CHECK_FALSE(providers.throttle(Medium::sms, now));
    CHECK(providers.throttle(Medium::phone, now) == std::nullopt);
    CHECK(providers.send(Medium::sms, page("+491701234567"), now + seconds{10}).provider == "two");
    auto full = providers.send(Medium::sms, page("+491701234567"), now + seconds{20});
    CHECK(full.kind == Kind::throttled);
    CHECK(full.detail == "one takes no more than 1 a minute");
    CHECK(full.retry_after == seconds{40});
    CHECK(providers.throttle(Medium::sms, now + seconds{20}, /*passed=*/1)->until == now + seconds{70});
    CHECK(one.size() + two.size() == 2);
    CHECK(providers.send(Medium::sms, page("+491701234567"), now + minutes{1}).provider == "one");
}

TEST_CASE("a provider that answers 429 is left alone by everybody for as long as it says, and the others are not") {
    auto too_much =
        outcome_of("one", net::HttpResponse{.status = 429, .headers = {{"retry-after", "30"}}, .body = ""}, now);
    REQUIRE(too_much.is_too_much);
    std::vector<Message> one;
    std::vector<Message> chat;
    Providers providers;
    providers.add(Medium::sms, std::make_unique<Scripted>(too_much, one));
    providers.add(Medium::slack, std::make_unique<Scripted>(too_much, chat), {}, Providers::Asks::one_address_to_wait);

    CHECK(providers.send(Medium::sms, page("+491701234567"), now).kind == Kind::try_again);
    CHECK(providers.send(Medium::sms, page("+491701234568"), now + seconds{29}).kind == Kind::throttled);
    CHECK(providers.send(Medium::sms, page("+491701234568"), now + seconds{30}).kind == Kind::try_again);
    CHECK(one.size() == 2);

    CHECK(providers.send(Medium::slack, page("C1"), now).kind == Kind::try_again);
    CHECK(providers.send(Medium::slack, page("C2"), now).kind == Kind::try_again);
    CHECK(chat.size() == 2);
}

TEST_CASE("when one provider fails and another has no room, the message comes again as soon as there is room") {
    std::vector<Message> given;
    Providers providers;
    providers.add(Medium::sms, std::make_unique<Scripted>(provider_at_fault("one", "no credit"), given));
    providers.add(Medium::sms, std::make_unique<Scripted>(sent("two", "2"), given), {.per_second = 1});
    CHECK(providers.send(Medium::sms, page("+491701234567"), now).provider == "two");
    auto outcome = providers.send(Medium::sms, page("+491701234568"), now);
    CHECK(outcome.kind == Kind::try_again);
    CHECK(outcome.retry_after == seconds{1});
    CHECK(outcome.detail == "one: no credit");
}

TEST_CASE("the second provider is asked when the first fails, not when it sends or the address is wrong") {
    auto well = Pair(sent("one", "1"), sent("two", "2"));
    CHECK(well.outcome.provider == "one");
    CHECK(well.second_given.empty());

    auto wrong = Pair(refused("one", "no such number"), sent("two", "2"));
    CHECK(wrong.outcome.kind == Kind::refused);
    CHECK(wrong.second_given.empty());

    for (auto failure : {try_again("one", "busy"), provider_at_fault("one", "no credit")}) {
        auto rescued = Pair(failure, sent("two", "2"));
        CHECK(rescued.outcome.kind == Kind::sent);
        CHECK(rescued.outcome.provider == "two");
        CHECK(rescued.outcome.provider_id == "2");
        CHECK(rescued.outcome.detail == "one: " + failure.detail);
        CHECK_FALSE(rescued.second_given.at(0).may_be_a_repeat);
    }
}

TEST_CASE("the second provider says that it may be a repeat when the first may have sent it") {
    auto unsure = try_again("one", "timeout");
    unsure.may_have_arrived = true;
    auto pair = Pair(unsure, sent("two", "2"));
    CHECK(pair.second_given.at(0).may_be_a_repeat);
    CHECK(pair.outcome.may_have_arrived);
}

TEST_CASE("when all fail the one that may work later counts, with the shorter wait") {
    auto busy = try_again("one", "busy");
    busy.retry_after = seconds{30};
    auto full = try_again("two", "full");
    full.retry_after = seconds{10};
    CHECK(Pair(busy, full).outcome.retry_after == seconds{10});
    CHECK_FALSE(Pair(busy, try_again("two", "lost")).outcome.retry_after);
    CHECK(Pair(provider_at_fault("one", "no credit"), full).outcome.provider == "two");
    CHECK(Pair(full, provider_at_fault("one", "no credit")).outcome.kind == Kind::try_again);
    auto both = Pair(provider_at_fault("one", "a"), provider_at_fault("two", "b")).outcome;
    CHECK(both.kind == Kind::refused);
    CHECK(both.provider_fault);
    CHECK(both.detail == "one: a; two: b");
}

TEST_CASE("a channel that throws is one that failed, and none at all is the provider's fault") {
    Providers providers;
    CHECK_FALSE(providers.has(Medium::push));
    CHECK(providers.send(Medium::push, page("topic"), now).provider_fault);
    providers.add(Medium::push, std::make_unique<Throwing>());
    auto outcome = providers.send(Medium::push, page("topic"), now);
    CHECK(outcome.kind == Kind::try_again);
    CHECK(outcome.detail == "throwing: no thread");
}

TEST_CASE("a text message goes out by Twilio, and by the gateway when Twilio is down") {
    Fake first("http.py", {"--kind", "twilio", "ok", "status:503:5", "drop", "error:21211:400", "nonsense"});
    Fake second("http.py", {"--kind", "gateway", "ok", "ok", "status:429:9"});
    Config config;
    config.sms = {twilio(first.url()), gateway(second.url())};
    auto providers = make_providers(config);
    auto message = page("+491701234567");

    auto well = providers.send(Medium::sms, message, now);
    auto rescued = providers.send(Medium::sms, message, now);
    auto unsure = providers.send(Medium::sms, message, now);
    auto wrong = providers.send(Medium::sms, message, now);
    auto neither = providers.send(Medium::sms, message, now);

    CHECK(well.provider == "twilio");
    CHECK(well.provider_id == "SM00000000000000000000000000000001");
    auto asked = first.received();
    CHECK(asked.at("path") == "/2010-04-01/Accounts/AC1/Messages.json");
    CHECK(asked.at("headers").at("authorization") == "Basic QUMxOnNlY3JldA==");
    CHECK(asked.at("body").as_string() ==
          "To=%2B491701234567&From=%2B15550100000&Body=disk%20full%20on%20db-1%20Acknowledge%3A%20"
          "https%3A%2F%2Fpages.example.com%2Fa%2Fk1");
    CHECK(rescued.provider == "gateway");
    CHECK(rescued.provider_id == "gateway-1");
    auto forwarded = second.received();
    CHECK(forwarded.at("headers").at("authorization") == "Bearer bearer-token");
    CHECK(forwarded.at("headers").at("idempotency-key") == "notification-7");
    auto body = boost::json::parse(forwarded.at("body").as_string());
    CHECK(body.at("id") == "notification-7");
    CHECK(body.at("to") == "+491701234567");
    CHECK(body.at("text") == "disk full on db-1 Acknowledge: https://pages.example.com/a/k1");
    CHECK(unsure.kind == Kind::sent);
    CHECK(unsure.may_have_arrived);
    auto repeat = boost::json::parse(second.received().at("body").as_string());
    CHECK(repeat.at("text").as_string().starts_with("(May be a repeat) disk full"));
    CHECK(wrong.kind == Kind::refused);
    CHECK_FALSE(wrong.provider_fault);
    CHECK(neither.kind == Kind::try_again);
    CHECK(neither.detail.starts_with("twilio: answered 200, but not as it should"));
}

TEST_CASE("a call goes out by Twilio and by the gateway") {
    Fake first("http.py", {"--kind", "twilio", "ok", "error:20003:401"});
    Fake second("http.py", {"--kind", "gateway"});
    Config config;
    config.phone = {twilio(first.url()), gateway(second.url())};
    auto providers = make_providers(config);

    auto well = providers.send(Medium::phone, page("+491701234567"), now);
    auto rescued = providers.send(Medium::phone, page("+491701234567"), now);

    CHECK(well.provider_id == "CA00000000000000000000000000000001");
    auto asked = first.received();
    CHECK(asked.at("path") == "/2010-04-01/Accounts/AC1/Calls.json");
    CHECK(asked.at("body").as_string().find("Twiml=%3C%3Fxml") != boost::json::string::npos);
    CHECK(rescued.provider == "gateway");
    auto body = boost::json::parse(second.received().at("body").as_string());
    CHECK(body.at("speech") == "Hello Ada. This is Callboard with an urgent page. disk full on db-1");
}

TEST_CASE("a push has its title in UTF-8, its urgency and its buttons") {
    Fake fake("http.py", {"--kind", "ntfy"});
    Config config;
    config.push = {PushConfig{fake.url(), "tk_1", {}}};
    auto providers = make_providers(config);

    auto outcome = providers.send(Medium::push, page("ada-pages"), now);
    auto nowhere = providers.send(Medium::push, page("a/b"), now);

    CHECK(outcome.kind == Kind::sent);
    CHECK(outcome.provider_id == "ntfy1");
    auto asked = fake.received();
    CHECK(asked.at("path") == "/");
    CHECK(asked.at("headers").at("authorization") == "Bearer tk_1");
    auto body = boost::json::parse(asked.at("body").as_string());
    CHECK(body.at("topic") == "ada-pages");
    CHECK(body.at("title") == "Füße: „disk“ full");
    CHECK(body.at("priority") == 5);
    CHECK(body.at("actions").at(0).at("url") == "https://pages.example.com/a/k1");
    CHECK(body.at("click") == "https://pages.example.com/i/1");
    CHECK(nowhere.kind == Kind::refused);
}

TEST_CASE("a mail goes out encrypted and authenticated, and a second attempt is the same mail") {
    Fake fake("smtp.py", {"--tls", "starttls", "--user", "pages", "--password", "s3cret", "message=451_later", "ok"});
    EmailConfig email;
    email.smtp_url = fake.url("smtp");
    email.from = "Callboard <pages@example.com>";
    email.username = "pages";
    email.password = "s3cret";
    email.ca_file = fake.ca_file();
    Config config;
    config.email = {email};
    auto providers = make_providers(config);

    auto later = providers.send(Medium::email, page("ada@example.com"), now);
    auto well = providers.send(Medium::email, page("ada@example.com"), now + seconds{60});
    auto injected = providers.send(Medium::email, page("ada@example.com\r\nRCPT TO:<eve@example.com>"), now);

    CHECK(later.kind == Kind::try_again);
    CHECK(well.kind == Kind::sent);
    CHECK(well.provider_id == "2.0.0 queued as FAKE1");
    CHECK(injected.kind == Kind::refused);
    for (int attempt = 0; attempt < 2; ++attempt) {
        auto mail = fake.received();
        CHECK(mail.at("encrypted") == true);
        CHECK(mail.at("recipients").as_array().size() == 1);
        auto text = mail.at("message").as_string();
        CHECK(text.find("Message-ID: <callboard.notification-7@example.com>\r\n") != text.npos);
        CHECK(text.find("Subject: =?utf-8?B?") != text.npos);
    }
}

TEST_CASE("a webhook is signed as those of subscriptions are, and goes to this machine only when that is allowed") {
    Fake fake("http.py", {});
    auto open = make_webhook(net::AddressRule::any);
    auto closed = make_webhook(net::AddressRule::public_only);
    auto message = page(fake.url() + "/hook");
    message.signing_secret = "shared secret";
    message.may_be_a_repeat = true;
    message.incidents = {{"Q1", 7, "disk \xff full", "db", "https://pages.example.com/i/1"}};
    message.incident_count = 1;

    auto well = open->send(message, now);
    auto kept_out = closed->send(message, now);

    CHECK(well.kind == Kind::sent);
    auto asked = fake.received();
    auto body = std::string(asked.at("body").as_string());
    CHECK(asked.at("headers").at("x-pagerduty-signature").as_string() == webhook_signature("shared secret", body));
    CHECK(asked.at("headers").at("x-webhook-id").as_string() == "notification-7");
    auto told = boost::json::parse(body);
    CHECK(told.at("sent_at") == "2026-03-29T01:50:00Z");
    CHECK(told.at("may_be_a_repeat") == true);
    CHECK(told.at("urgency") == "high");
    CHECK(told.at("incidents").at(0).at("incident_number") == 7);
    CHECK(told.at("incidents").at(0).at("title") == "disk \uFFFD full");
    CHECK(told.at("actions").at(0).at("url") == "https://pages.example.com/a/k1");
    CHECK(kept_out.kind == Kind::refused);
    CHECK(kept_out.detail.starts_with("forbidden_address"));
    // RFC 4231, test case 2.
    CHECK(webhook_signature("Jefe", "what do ya want for nothing?") ==
          "v1=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("what the receiver of a webhook answers decides alone: there is no other to ask") {
    struct Row {
        const char* behaviour;
        Kind kind;
    };

    for (const auto& row : {Row{"status:204", Kind::sent},
                            Row{"status:429:7", Kind::try_again},
                            Row{"status:503", Kind::try_again},
                            Row{"drop", Kind::try_again},
                            Row{"garbage", Kind::try_again},
                            Row{"redirect:http://127.0.0.1:1/", Kind::refused},
                            Row{"status:401", Kind::refused},
                            Row{"status:404", Kind::refused},
                            Row{"status:410", Kind::refused}}) {
        CAPTURE(row.behaviour);
        Fake fake("http.py", {row.behaviour});
        auto outcome = make_webhook(net::AddressRule::any)->send(page(fake.url()), now);
        CHECK(outcome.kind == row.kind);
        CHECK_FALSE(outcome.provider_fault);
        if (std::string_view(row.behaviour) == "status:429:7") CHECK(outcome.retry_after == seconds{7});
    }
}

TEST_CASE("a provider that hangs costs less than 20 seconds") {
    Fake fake("http.py", {"--kind", "ntfy", "slow"});
    Config config;
    config.push = {PushConfig{fake.url(), {}, {}}};
    auto providers = make_providers(config);
    auto start = std::chrono::steady_clock::now();

    auto outcome = providers.send(Medium::push, page("ada-pages"), now);

    CHECK(std::chrono::steady_clock::now() - start < seconds{20});
    CHECK(outcome.kind == Kind::try_again);
    CHECK(outcome.may_have_arrived);
}

TEST_CASE("a provider that let two attempts run out is asked last for a while, and first again once it answers") {
    std::vector<std::string> asked;
    bool hangs = true;
    Providers providers;
    providers.add(Medium::sms, std::make_unique<Hanging>("one", asked, hangs));
    bool never = false;
    providers.add(Medium::sms, std::make_unique<Hanging>("two", asked, never));
    auto asked_at = [&](Duration after) {
        asked.clear();
        auto outcome = providers.send(Medium::sms, page("+491701234567"), now + after);
        CHECK(outcome.kind == Kind::sent);
        return asked;
    };
    using Names = std::vector<std::string>;

    CHECK(asked_at(seconds{0}) == Names{"one", "two"});
    CHECK(asked_at(seconds{1}) == Names{"one", "two"});
    CHECK(asked_at(seconds{2}) == Names{"two"});
    CHECK(asked_at(seconds{30}) == Names{"two"});
    // One message tries it again.
    CHECK(asked_at(seconds{31}) == Names{"one", "two"});
    CHECK(asked_at(seconds{32}) == Names{"two"});
    hangs = false;
    CHECK(asked_at(seconds{61}) == Names{"one"});
    CHECK(asked_at(seconds{62}) == Names{"one"});
    // One that runs out alone is no reason.
    hangs = true;
    CHECK(asked_at(seconds{63}) == Names{"one", "two"});
    hangs = false;
    CHECK(asked_at(seconds{64}) == Names{"one"});
}

TEST_CASE("a provider that is late is still asked when no other can") {
    std::vector<std::string> asked;
    bool hangs = true;
    Providers providers;
    providers.add(Medium::sms, std::make_unique<Hanging>("one", asked, hangs));
    for (int attempt = 0; attempt < 3; ++attempt)
        CHECK(providers.send(Medium::sms, page("+491701234567"), now).kind == Kind::try_again);
    CHECK(asked.size() == 3);
}

TEST_CASE("a provider that had the message in vain is left out") {
    std::vector<Message> given;
    Providers providers;
    providers.add(Medium::sms, std::make_unique<Scripted>(sent("one", "1"), given));
    providers.add(Medium::sms, std::make_unique<Scripted>(sent("two", "2"), given));
    CHECK(providers.send(Medium::sms, page("+491701234567"), now).place == 0);
    auto second = providers.send(Medium::sms, page("+491701234567"), now, 1);
    CHECK(second.provider == "two");
    CHECK(second.place == 1);
    auto none = providers.send(Medium::sms, page("+491701234567"), now, 2);
    CHECK(none.kind == Kind::refused);
    CHECK_FALSE(none.provider_fault);
    CHECK(given.size() == 2);
}

}  // namespace callboard::channels
