#include "net/token_source.h"
#include "support/fake.h"

#include <doctest/doctest.h>

namespace callboard::net {

namespace {

using testing::Fake;

const Timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + hours{12};

TokenSource::Deadline soon() { return std::chrono::steady_clock::now() + seconds{2}; }

TokenRequest request_to(const Fake& fake) {
    return {.url = fake.url(), .client_id = "bot", .client_secret = "hush hush", .scope = "", .ca_file = {}};
}

}  // namespace

TEST_CASE("a token serves until it is renewed ahead of its end") {
    Fake fake("http.py", {"--kind", "tokens"});
    TokenSource tokens(request_to(fake));
    CHECK(tokens.get(noon, soon()).authorization == "Bearer token-1");
    CHECK(std::string{fake.received().at("body").as_string()} ==
          "grant_type=client_credentials&client_id=bot&client_secret=hush%20hush");
    CHECK(tokens.get(noon + minutes{44}, soon()).authorization == "Bearer token-1");
    CHECK(tokens.get(noon + minutes{46}, soon()).authorization == "Bearer token-2");
}

TEST_CASE("a token that is refused is asked for anew, and only that one") {
    Fake fake("http.py", {"--kind", "tokens"});
    TokenSource tokens(request_to(fake));
    auto first = tokens.get(noon, soon()).authorization;
    tokens.refuse(first);
    CHECK(tokens.get(noon, soon()).authorization == "Bearer token-2");
    tokens.refuse(first);
    CHECK(tokens.get(noon, soon()).authorization == "Bearer token-2");
}

TEST_CASE("while the server of tokens is away the old one serves until it ends") {
    Fake fake("http.py", {"--kind", "tokens", "ok", "status:503"});
    TokenSource tokens(request_to(fake));
    tokens.get(noon, soon());
    CHECK(tokens.get(noon + minutes{50}, soon()).authorization == "Bearer token-1");
    auto late = tokens.get(noon + minutes{61}, soon());
    CHECK(late.authorization.empty());
    CHECK(late.failure.kind == TokenFailure::Kind::refused);
    CHECK(late.failure.detail.find("503") == 0);
}

TEST_CASE("what is no token is none, and never says the secret") {
    for (auto script : {"garbage", "nonsense", "status:400", "redirect:http://127.0.0.1:1/", "slow"}) {
        CAPTURE(script);
        Fake fake("http.py", {"--kind", "tokens", script});
        TokenSource tokens(request_to(fake));
        auto given = tokens.get(noon, std::chrono::steady_clock::now() + std::chrono::milliseconds{500});
        CHECK(given.authorization.empty());
        CHECK_FALSE(given.failure.detail.empty());
        CHECK(given.failure.detail.find("hush") == std::string::npos);
    }
}

TEST_CASE("a private address is not asked when only public ones may be") {
    Fake fake("http.py", {"--kind", "tokens"});
    auto request = request_to(fake);
    request.addresses = AddressRule::public_only;
    TokenSource tokens(request);
    CHECK(tokens.get(noon, soon()).failure.kind == TokenFailure::Kind::unreachable);
}

}  // namespace callboard::net
