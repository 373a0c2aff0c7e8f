#include "net/smtp.h"
#include "support/fake.h"

#include <doctest/doctest.h>

namespace callboard::net {

namespace {

using testing::Fake;

SmtpRequest letter(const std::string& url) {
    SmtpRequest request;
    request.url = url;
    request.starttls = Starttls::none;
    request.from = "callboard@example.com";
    request.to = "ada@example.com";
    request.message = "Subject: x\r\n\r\n.a line that begins with a point\r\n.\r\nlast\r\n";
    request.deadline = milliseconds{1'500};
    return request;
}

}  // namespace

TEST_CASE("a message arrives as it was given, over STARTTLS, with a user") {
    Fake fake("smtp.py", {"--tls", "starttls", "--user", "pages", "--password", "s3cret"});
    auto request = letter(fake.url("smtp"));
    request.starttls = Starttls::required;
    request.username = "pages";
    request.password = "s3cret";
    request.ca_file = fake.ca_file();
    request.deadline = seconds{10};

    auto answer = send_smtp(request);

    INFO((answer.failure ? answer.failure->detail : ""));
    CHECK(answer.accepted);
    CHECK(answer.code == 250);
    CHECK(answer.reply == "2.0.0 queued as FAKE1");
    auto received = fake.received();
    CHECK(received.at("message").as_string() == request.message);
    CHECK(received.at("encrypted") == true);
    CHECK(received.at("user") == "pages");
    CHECK(received.at("recipients").at(0) == "TO:<ada@example.com>");
}

TEST_CASE("smtps encrypts from the first byte") {
    Fake fake("smtp.py", {"--tls", "wrapped"});
    auto request = letter(fake.url("smtps"));
    request.ca_file = fake.ca_file();
    request.deadline = seconds{10};
    CHECK(send_smtp(request).accepted);
    CHECK(fake.received().at("encrypted") == true);
}

TEST_CASE("nothing is said to a server that does not encrypt when it must, or whose certificate does not hold") {
    Fake plain("smtp.py", {});
    auto request = letter(plain.url("smtp"));
    request.starttls = Starttls::required;
    auto answer = send_smtp(request);
    CHECK_FALSE(answer.accepted);
    REQUIRE(answer.failure);
    CHECK(answer.failure->kind == FailureKind::tls);

    Fake stranger("smtp.py", {"--tls", "starttls"});
    request.url = stranger.url("smtp");
    request.starttls = Starttls::optional;
    answer = send_smtp(request);
    CHECK_FALSE(answer.accepted);
    REQUIRE(answer.failure);
    CHECK(answer.failure->kind == FailureKind::tls);
}

TEST_CASE("a refusal says to which command it was") {
    struct {
        const char* behaviour;
        const char* command;
        int code;
    } cases[] = {
        {"connect=554_go_away", "CONNECT", 554},
        {"mail=550_not_you", "MAIL", 550},
        {"rcpt=550_5.1.1_no_such_user", "RCPT", 550},
        {"rcpt=451_4.7.1_greylisted", "RCPT", 451},
        {"data=421_closing", "DATA", 421},
        {"message=554_spam", ".", 554},
    };

    for (const auto& one : cases) {
        CAPTURE(one.behaviour);
        Fake fake("smtp.py", {one.behaviour});
        auto answer = send_smtp(letter(fake.url("smtp")));
        CHECK_FALSE(answer.accepted);
        CHECK(answer.command == one.command);
        CHECK(answer.code == one.code);
        CHECK_FALSE(answer.failure);
    }
}

TEST_CASE("wrong credentials are refused at AUTH, and the password is not in the answer") {
    Fake fake("smtp.py", {"--user", "pages", "--password", "right"});
    auto request = letter(fake.url("smtp"));
    request.username = "pages";
    request.password = "wrong";

    auto answer = send_smtp(request);

    CHECK_FALSE(answer.accepted);
    CHECK(answer.command == "AUTH");
    CHECK(answer.code == 535);
    CHECK(answer.reply.find("wrong user") != std::string::npos);
}

TEST_CASE("a server that stops talking costs no more than the deadline") {
    for (const char* behaviour : {"connect=slow", "ehlo=slow", "rcpt=slow", "message=slow"}) {
        CAPTURE(behaviour);
        Fake fake("smtp.py", {behaviour});
        auto start = std::chrono::steady_clock::now();

        auto answer = send_smtp(letter(fake.url("smtp")));

        auto took = std::chrono::steady_clock::now() - start;
        CHECK(took < seconds{4});
        CHECK_FALSE(answer.accepted);
        REQUIRE(answer.failure);
        CHECK(answer.failure->kind == FailureKind::timeout);
        CHECK(answer.failure->may_have_arrived == (std::string(behaviour) == "message=slow"));
    }
}

TEST_CASE("a connection that ends early is a failure, also when the message was on its way") {
    for (const char* behaviour : {"connect=drop", "rcpt=drop", "message=drop", "connect=garbage"}) {
        CAPTURE(behaviour);
        Fake fake("smtp.py", {behaviour});
        auto answer = send_smtp(letter(fake.url("smtp")));
        CHECK_FALSE(answer.accepted);
        REQUIRE(answer.failure);
        CHECK(answer.failure->may_have_arrived == (std::string(behaviour) == "message=drop"));
    }
}

TEST_CASE("a server that took the message need not say goodbye") {
    for (const char* behaviour : {"quit=slow", "quit=drop", "quit=garbage"}) {
        CAPTURE(behaviour);
        Fake fake("smtp.py", {behaviour});
        auto request = letter(fake.url("smtp"));
        request.deadline = seconds{10};
        auto start = std::chrono::steady_clock::now();

        auto answer = send_smtp(request);

        CHECK(answer.accepted);
        CHECK(answer.code == 250);
        CHECK(std::chrono::steady_clock::now() - start < seconds{5});
    }
}

TEST_CASE("an address cannot say more than an address") {
    CHECK(is_mail_address("ada@example.com"));
    CHECK(is_mail_address("ada+pages@sub.example.com"));
    for (const char* text : {"",
                             "ada",
                             "@example.com",
                             "ada@",
                             "ada@example.com>\r\nRCPT TO:<eve@example.com",
                             "ada @example.com",
                             "a,b@example.com",
                             "Ada <ada@example.com>",
                             "ädä@example.com"}) {
        CAPTURE(text);
        CHECK_FALSE(is_mail_address(text));
    }
}

}  // namespace callboard::net
