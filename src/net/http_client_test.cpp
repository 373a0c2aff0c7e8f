#include "net/http_client.h"
#include "support/fake.h"

#include <atomic>
#include <cstdlib>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

namespace callboard::net {

namespace {

using testing::Fake;

HttpRequest post(const std::string& url) {
    HttpRequest request;
    request.method = "POST";
    request.url = url;
    request.body = "{\"a\":1}";
    request.headers = {{"Content-Type", "application/json"}};
    request.deadline = milliseconds{700};
    return request;
}

FailureKind kind_of_failure(const HttpResult& result) {
    const auto* failure = std::get_if<Failure>(&result);
    REQUIRE(failure != nullptr);
    INFO(failure->detail);
    return failure->kind;
}

milliseconds time_of(const HttpRequest& request, HttpResult& result) {
    auto start = std::chrono::steady_clock::now();
    result = send_http(request);
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
}

HttpResponse with_retry_after(const std::string& value) {
    HttpResponse response;
    response.headers = {{"retry-after", value}};
    return response;
}

}  // namespace

TEST_CASE("a request arrives as it was given, and connections are used again") {
    Fake fake("http.py", {});
    auto request = post(fake.url() + "/path?x=1");
    request.username = "AC1";
    request.password = "secret";
    request.deadline = seconds{5};

    auto first = send_http(request);
    auto second = send_http(request);

    REQUIRE(std::holds_alternative<HttpResponse>(first));
    CHECK(std::get<HttpResponse>(first).status == 200);
    CHECK(std::get<HttpResponse>(first).body == "{\"ok\": true}");
    CHECK(std::get<HttpResponse>(first).header("content-length") == "12");
    auto received = fake.received();
    CHECK(received.at("method") == "POST");
    CHECK(received.at("path") == "/path?x=1");
    CHECK(received.at("body") == "{\"a\":1}");
    CHECK(received.at("headers").at("content-type") == "application/json");
    CHECK(received.at("headers").at("authorization") == "Basic QUMxOnNlY3JldA==");
    REQUIRE(std::holds_alternative<HttpResponse>(second));
    CHECK(fake.received().at("peer") == received.at("peer"));
}

TEST_CASE("threads ask at the same time, each with connections of its own") {
    Fake fake("http.py", {});
    std::atomic<int> answered{0};
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread)
            threads.emplace_back([&] {
                auto request = post(fake.url());
                request.deadline = seconds{10};
                for (int i = 0; i < 5; ++i)
                    if (std::holds_alternative<HttpResponse>(send_http(request))) ++answered;
            });
    }
    CHECK(answered == 20);
}

TEST_CASE("an upstream that misbehaves costs no more than the deadline") {
    for (const char* behaviour : {"slow", "drip"}) {
        CAPTURE(behaviour);
        Fake fake("http.py", {behaviour});
        HttpResult result;

        auto took = time_of(post(fake.url()), result);

        CHECK(kind_of_failure(result) == FailureKind::timeout);
        CHECK(std::get<Failure>(result).may_have_arrived);
        CHECK(took >= milliseconds{650});
        CHECK(took < milliseconds{3'000});
    }
}

TEST_CASE("a connection that is never answered ends by the connect deadline") {
    auto request = post("http://127.0.0.1:1");
    CHECK(kind_of_failure(send_http(request)) == FailureKind::connect);
    CHECK_FALSE(std::get<Failure>(send_http(request)).may_have_arrived);
}

TEST_CASE("a broken connection, nonsense and an endless answer are told apart") {
    Fake fake("http.py", {"drop", "reset", "garbage", "large:2000000", "large:1000"});
    auto request = post(fake.url());
    request.deadline = seconds{5};

    CHECK(kind_of_failure(send_http(request)) == FailureKind::broken);
    CHECK(kind_of_failure(send_http(request)) == FailureKind::broken);
    CHECK(kind_of_failure(send_http(request)) == FailureKind::broken);
    CHECK(kind_of_failure(send_http(request)) == FailureKind::too_large);
    CHECK(std::get<HttpResponse>(send_http(request)).body.size() == 1'000);
}

TEST_CASE("of an answer that may be cut, the status counts and no more is read than was to be") {
    Fake fake("http.py", {"large:2000000", "large:1000"});
    auto request = post(fake.url());
    request.deadline = seconds{5};
    request.answer_bytes_max = 64 * 1'024;
    request.longer_answer = LongerAnswer::cut;

    auto cut = send_http(request);
    REQUIRE(std::holds_alternative<HttpResponse>(cut));
    CHECK(std::get<HttpResponse>(cut).status == 200);
    CHECK(std::get<HttpResponse>(cut).body.size() == 64 * 1'024);
    auto whole = send_http(request);
    REQUIRE(std::holds_alternative<HttpResponse>(whole));
    CHECK(std::get<HttpResponse>(whole).body.size() == 1'000);
}

TEST_CASE("a request that is sent only once is not sent again when its connection ends") {
    Fake fake("http.py", {"ok", "drop", "ok"});
    auto request = post(fake.url());
    request.deadline = seconds{5};
    request.only_once = true;

    REQUIRE(std::holds_alternative<HttpResponse>(send_http(request)));
    auto lost = send_http(request);

    CHECK(kind_of_failure(lost) == FailureKind::broken);
    CHECK(std::get<Failure>(lost).may_have_arrived);
}

TEST_CASE("redirects are followed only when asked, and never out of http") {
    Fake fake("http.py", {"redirect:/there", "redirect:/there", "ok", "redirect:file:///etc/passwd", "ok"});
    auto request = post(fake.url());
    request.deadline = seconds{5};

    CHECK(std::get<HttpResponse>(send_http(request)).status == 302);
    request.redirects_max = 2;
    CHECK(std::get<HttpResponse>(send_http(request)).status == 200);
    CHECK(kind_of_failure(send_http(request)) == FailureKind::broken);
}

TEST_CASE("only http and https, and headers of one line") {
    auto request = post("file:///etc/passwd");
    CHECK(kind_of_failure(send_http(request)) == FailureKind::invalid_request);
    request.url = "gopher://127.0.0.1/";
    CHECK(kind_of_failure(send_http(request)) == FailureKind::invalid_request);
    request.url = "http://127.0.0.1:1/";
    request.headers = {{"Title", "a\r\nX-Injected: yes"}};
    CHECK(kind_of_failure(send_http(request)) == FailureKind::invalid_request);
}

TEST_CASE("a name that does not exist is a failure of dns") {
    auto request = post("http://no-such-host.invalid/");
    request.deadline = seconds{5};
    auto kind = kind_of_failure(send_http(request));
    CHECK((kind == FailureKind::dns || kind == FailureKind::timeout));
}

TEST_CASE("a public request does not reach this machine, by address, by name or by redirect") {
    Fake fake("http.py", {"ok"});
    auto request = post(fake.url());
    request.deadline = seconds{5};
    // A connection that is open already must not be borrowed.
    REQUIRE(std::holds_alternative<HttpResponse>(send_http(request)));
    request.addresses = AddressRule::public_only;

    CHECK(kind_of_failure(send_http(request)) == FailureKind::forbidden_address);
    request.url = fake.url("http", "localhost");
    CHECK(kind_of_failure(send_http(request)) == FailureKind::forbidden_address);
    request.url = "http://2130706433/";
    CHECK(kind_of_failure(send_http(request)) == FailureKind::forbidden_address);
    request.url = "http://[::ffff:127.0.0.1]/";
    CHECK(kind_of_failure(send_http(request)) == FailureKind::forbidden_address);
    CHECK(fake.received().at("behaviour") == "ok");
}

TEST_CASE("a certificate that nobody vouches for is refused, and one from the given file is not") {
    Fake fake("http.py", {"--tls", "wrapped"});
    auto request = post(fake.url("https"));
    request.deadline = seconds{5};

    CHECK(kind_of_failure(send_http(request)) == FailureKind::tls);
    request.ca_file = fake.ca_file();
    CHECK(std::get<HttpResponse>(send_http(request)).status == 200);
}

TEST_CASE("a proxy is used where the environment says so, save for public requests") {
    Fake proxy("http.py", {"ok"});
    ::setenv("http_proxy", proxy.url().c_str(), 1);
    auto request = post("http://service.invalid/path");
    request.deadline = seconds{5};

    auto through = send_http(request);
    request.addresses = AddressRule::public_only;
    auto direct = send_http(request);
    ::setenv("no_proxy", "service.invalid", 1);
    request.addresses = AddressRule::any;
    auto excepted = send_http(request);
    ::unsetenv("http_proxy");
    ::unsetenv("no_proxy");

    CHECK(std::holds_alternative<HttpResponse>(through));
    CHECK(proxy.received().at("path") == "http://service.invalid/path");
    CHECK(std::holds_alternative<Failure>(direct));
    CHECK(std::holds_alternative<Failure>(excepted));
}

TEST_CASE("Retry-After is seconds or a date, and at most an hour") {
    auto now = parse_iso8601("2026-03-29T01:50:00Z")->at;
    CHECK(read_retry_after(with_retry_after("7"), now) == seconds{7});
    CHECK(read_retry_after(with_retry_after("99999999999999999999"), now) == seconds{3'600});
    CHECK(read_retry_after(with_retry_after("86400"), now) == seconds{3'600});
    CHECK(read_retry_after(with_retry_after("-5"), now) == seconds{0});
    CHECK(read_retry_after(with_retry_after("Sun, 29 Mar 2026 01:51:30 GMT"), now) == seconds{90});
    CHECK(read_retry_after(with_retry_after("Sun, 29 Mar 2026 01:40:00 GMT"), now) == seconds{0});
    CHECK_FALSE(read_retry_after(with_retry_after("soon"), now));
    CHECK_FALSE(read_retry_after(with_retry_after(""), now));
    CHECK_FALSE(read_retry_after(HttpResponse{}, now));
}

TEST_CASE("a form encodes what is not plain") {
    CHECK(form_encode({{"To", "+49 170"}, {"Body", "a&b=ü"}}) == "To=%2B49%20170&Body=a%26b%3D%C3%BC");
}

}  // namespace callboard::net
