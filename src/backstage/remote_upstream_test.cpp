#include "backstage/answer_cache.h"
#include "backstage/budget.h"
#include "backstage/remote_upstream.h"
#include "backstage/token_source.h"
#include "support/fake.h"

#include <thread>
#include <vector>

#include <doctest/doctest.h>

using namespace callboard;
using namespace callboard::backstage;
using callboard::testing::Fake;

namespace {

constexpr Timestamp start = from_micros(1'790'000'000'000'000);

class FixedClock final : public Clock {
public:
    Timestamp at = start;

    [[nodiscard]] Timestamp now() const override { return at; }
};

Question question(std::string target, Freshness freshness = Freshness::live, std::string method = "GET") {
    Question question;
    question.method = std::move(method);
    question.target = std::move(target);
    question.freshness = freshness;
    question.deadline = std::chrono::steady_clock::now() + std::chrono::seconds{2};
    return question;
}

AccountConfig account_at(const std::string& url) {
    AccountConfig account;
    account.id = "us";
    account.api_url = url;
    account.token = "t0ken";
    return account;
}

Answer answered(int status, Timestamp at) {
    Answer answer;
    answer.status = status;
    answer.body = json::object{{"at", to_micros(at)}};
    answer.as_of = at;
    return answer;
}

}  // namespace

TEST_CASE("a budget allows a burst, then its rate, and nothing while the other side wants to be left alone") {
    Budget budget(60);
    for (int i = 0; i < 30; ++i) CHECK_FALSE(budget.take(start));
    CHECK(budget.take(start) == seconds{2});
    CHECK_FALSE(budget.take(start + seconds{2}));
    CHECK(budget.take(start + seconds{2}));
    budget.wait_until(start + seconds{30});
    CHECK(budget.take(start + seconds{20}) == seconds{10});
    CHECK_FALSE(budget.take(start + seconds{30}));
}

TEST_CASE("no minute has more requests than the budget says, however many are wanted") {
    Budget budget(900);
    std::vector<Timestamp> taken;
    for (auto now = start; now < start + minutes{3}; now += std::chrono::milliseconds{50})
        while (!budget.take(now)) taken.push_back(now);

    for (std::size_t i = 900; i < taken.size(); ++i) CHECK(taken[i] - taken[i - 900] >= minutes{1});
    CHECK(taken.size() > 1'700);
}

TEST_CASE("the smallest budget allows one request in two minutes") {
    Budget budget(1);
    CHECK_FALSE(budget.take(start));
    CHECK(budget.take(start) == seconds{120});
    CHECK_FALSE(budget.take(start + seconds{120}));
}

TEST_CASE(
    "an answer is given again while it is young, asked for anew after a change, and remembered when nothing comes") {
    AnswerCache cache;
    auto asked = question("/services/P1", Freshness::moments);
    int times = 0;
    auto get = [&](Timestamp now, int status = 200) {
        return cache.get(asked, now, [&](const Question&) {
            ++times;
            return answered(status, now);
        });
    };

    get(start);
    CHECK(get(start + seconds{9}).as_of == start);
    CHECK(times == 1);
    CHECK(get(start + seconds{11}).as_of == start + seconds{11});
    cache.outdate();
    CHECK(get(start + seconds{12}).as_of == start + seconds{12});
    auto failed = get(start + minutes{1}, 503);
    CHECK(failed.status == 503);
    REQUIRE(failed.last_known);
    CHECK(failed.last_known->as_of == start + seconds{12});
    asked.freshness = Freshness::live;
    get(start + minutes{1});
    get(start + minutes{1});
    CHECK(times == 6);
}

TEST_CASE("of several who ask the same at once one goes") {
    AnswerCache cache;
    std::atomic<int> times{0};
    std::atomic<int> waiting{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                ++waiting;
                cache.get(question("/services", Freshness::directory), start, [&](const Question&) {
                    ++times;
                    while (waiting < 4) std::this_thread::yield();
                    return answered(200, start);
                });
            });
    }
    CHECK(times == 1);
}

TEST_CASE("an account's token and whom a change is for are told; what is kept is not asked for twice") {
    Fake fake("http.py", {});
    FixedClock clock;
    RemoteUpstream upstream(account_at(fake.url()), clock);

    auto first = upstream.call(question("/services/P1?a=b", Freshness::directory));
    auto second = upstream.call(question("/services/P1?a=b", Freshness::directory));
    auto change = question("/incidents/Q1", Freshness::live, "PUT");
    change.body = json::object{{"x", 1}};
    change.from = "ana@example.com";
    upstream.call(change);

    CHECK(first.ok());
    CHECK(second.as_of == start);
    auto received = fake.received();
    CHECK(received.at("path") == "/services/P1?a=b");
    CHECK(received.at("headers").at("authorization") == "Token token=t0ken");
    auto put = fake.received();
    CHECK(put.at("method") == "PUT");
    CHECK(put.at("headers").at("from") == "ana@example.com");
    CHECK(put.at("body") == R"({"x":1})");
}

TEST_CASE("an upstream that misbehaves is told apart, and never mistaken for an answer") {
    FixedClock clock;
    // libcurl tries again by itself on a connection that was kept, so each has one of its own.
    auto outcome = [&](const char* way) {
        Fake fake("http.py", {way});
        return RemoteUpstream(account_at(fake.url()), clock).call(question("/incidents"));
    };

    CHECK(outcome("status:500").status == 500);
    CHECK(outcome("drop").end == Answer::End::unreachable);
    CHECK(outcome("garbage").end == Answer::End::unreachable);
    auto redirected = outcome("redirect:http://127.0.0.1:1/");
    CHECK(redirected.status == 302);
    CHECK_FALSE(redirected.ok());
}

TEST_CASE("an upstream that says when to come again is left alone until then") {
    Fake fake("http.py", {"status:429:7", "ok"});
    FixedClock clock;
    RemoteUpstream upstream(account_at(fake.url()), clock);
    auto ask = [&] { return upstream.call(question("/incidents")); };

    auto throttled = ask();
    CHECK(throttled.status == 429);
    CHECK(throttled.retry_after == seconds{7});
    clock.at += seconds{3};
    CHECK(ask().retry_after == seconds{4});
    clock.at += seconds{5};
    CHECK(ask().ok());
}

TEST_CASE("where the limit of analytics is reached the rest goes on") {
    Fake fake("http.py", {"status:429:3600", "ok", "ok"});
    FixedClock clock;
    RemoteUpstream upstream(account_at(fake.url()), clock);
    auto numbers = question("/analytics/metrics/incidents/services", Freshness::statistics, "POST");

    CHECK(upstream.call(numbers).retry_after == seconds{3600});
    CHECK(upstream.call(question("/incidents")).ok());
    clock.at += seconds{3000};
    CHECK(upstream.call(numbers).retry_after == seconds{600});
    clock.at += seconds{600};
    CHECK(upstream.call(numbers).ok());
}

TEST_CASE("a question that goes on ends when the process does, and so do later ones; a change is still made") {
    Fake fake("http.py", {"slow"});
    FixedClock clock;
    RemoteUpstream upstream(account_at(fake.url()), clock);
    auto asked = question("/services");
    auto begun = std::chrono::steady_clock::now();
    asked.deadline = begun + std::chrono::seconds{60};
    Answer answer;
    std::thread asking([&] { answer = upstream.call(asked); });
    fake.received();
    upstream.end();
    asking.join();
    CHECK(answer.end == Answer::End::late);
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds{20});
    CHECK(upstream.call(question("/teams")).end == Answer::End::late);

    Fake awake("http.py", {});
    RemoteUpstream ended(account_at(awake.url()), clock);
    ended.end();
    auto change = question("/incidents/Q1", Freshness::live, "PUT");
    change.body = json::object{{"x", 1}};
    CHECK(ended.call(change).ok());
}

TEST_CASE("an issuer of tokens that hangs is not waited for when the process ends") {
    Fake fake("http.py", {"slow"});
    FixedClock clock;
    AccountConfig account = account_at("http://127.0.0.1:1");
    account.token.clear();
    account.oauth =
        OAuthConfig{.client_id = "c", .client_secret = "s", .subdomain = "acme", .identity_url = fake.url()};
    RemoteUpstream upstream(account, clock);
    auto asked = question("/services");
    auto begun = std::chrono::steady_clock::now();
    asked.deadline = begun + std::chrono::seconds{60};
    Answer answer;
    std::thread asking([&] { answer = upstream.call(asked); });
    fake.received();
    upstream.end();
    asking.join();

    CHECK_FALSE(answer.ok());
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds{20});
}

TEST_CASE("a slow upstream is late by the deadline, and one that is not there is unreachable") {
    Fake fake("http.py", {"slow"});
    FixedClock clock;
    RemoteUpstream slow(account_at(fake.url()), clock);
    auto asked = question("/incidents");
    asked.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds{300};
    CHECK(slow.call(asked).end == Answer::End::late);

    RemoteUpstream gone(account_at("http://127.0.0.1:1"), clock);
    CHECK(gone.call(question("/incidents")).end == Answer::End::unreachable);
}

TEST_CASE("the token's issuer is told the account, the region and the scopes; its refusal says which account") {
    Fake fake("http.py", {"status:400"});
    AccountConfig account;
    account.id = "eu";
    account.oauth = OAuthConfig{
        .client_id = "c", .client_secret = "s", .subdomain = "acme", .region = "eu", .identity_url = fake.url()};
    TokenSource tokens(account);

    auto given = tokens.get(start, std::chrono::steady_clock::now() + std::chrono::seconds{2});

    CHECK(given.authorization.empty());
    CHECK(given.failure.end == Answer::End::not_configured);
    CHECK(given.failure.detail.find("Account eu") == 0);
    auto body = std::string{fake.received().at("body").as_string()};
    CHECK(body.find("grant_type=client_credentials") == 0);
    CHECK(body.find("scope=as_account-eu.acme%20abilities.read") != std::string::npos);
}
