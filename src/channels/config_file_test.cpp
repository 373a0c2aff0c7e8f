#include "channels/config_file.h"

#include <map>

#include <doctest/doctest.h>

namespace callboard::channels {

namespace {

Result<Config> read(std::string_view toml, const std::map<std::string, std::string>& variables = {}) {
    return read_config(toml, [&](const std::string& name) -> std::optional<std::string> {
        auto found = variables.find(name);
        if (found == variables.end()) return std::nullopt;
        return found->second;
    });
}

std::vector<std::string> problems_of(std::string_view toml) {
    auto config = read(toml);
    return config ? std::vector<std::string>{} : config.error().errors;
}

}  // namespace

TEST_CASE("a file with all sections is read, secrets from the environment before the file's") {
    auto config = read(R"(
        [serve]
        data = "/var/lib/callboard"
        [email]
        smtp-url = "smtp://mail.example.com:587"
        from = "Callboard <pages@example.com>"
        username = "pages"
        password = "in the file"
        [[sms]]
        kind = "twilio"
        account-sid = "AC1"
        from = "MG1"
        [[sms]]
        kind = "gateway"
        url = "https://sms.example.com/send/"
        token = "t"
        [[phone]]
        kind = "twilio"
        url = "http://127.0.0.1:9001"
        account-sid = "AC1"
        from = "+15550100000"
        token = "secret"
        [push]
        server = "https://ntfy.sh/"
    )",
                       {{"CALLBOARD_EMAIL_PASSWORD", "in the environment"}, {"CALLBOARD_SMS_1_TOKEN", "one"}});

    REQUIRE_MESSAGE(config.ok(), config.error().message);
    CHECK(config->email.at(0).password == "in the environment");
    CHECK(config->email.at(0).starttls == net::Starttls::required);
    REQUIRE(config->sms.size() == 2);
    CHECK(config->sms[0].kind == TelephoneConfig::Kind::twilio);
    CHECK(config->sms[0].url == "https://api.twilio.com");
    CHECK(config->sms[0].token == "one");
    CHECK(config->sms[1].url == "https://sms.example.com/send");
    CHECK(config->sms[1].token == "t");
    CHECK(config->phone[0].url == "http://127.0.0.1:9001");
    CHECK(config->push.at(0).server == "https://ntfy.sh");
}

TEST_CASE("a file without these sections configures nothing") {
    auto config = read("[serve]\nlisten = \"127.0.0.1:8080\"\n");
    REQUIRE(config.ok());
    CHECK(config->email.empty());
    CHECK(config->sms.empty());
    CHECK(config->push.empty());
}

TEST_CASE("what is wrong is said all at once, with its key and without its secret") {
    auto problems = problems_of(R"(
        [email]
        smtp-url = "https://mail.example.com"
        from = "nobody"
        starttls = "perhaps"
        pasword = "hunter2"
        username = "pages"
        [[sms]]
        kind = "pigeon"
        [[phone]]
        kind = "twilio"
        account-sid = "AC1/../AC2"
        from = "12345"
        [push]
        server = 5
    )");
    CHECK(problems == std::vector<std::string>{
                          "email: smtp-url: must be smtp://HOST or smtps://HOST",
                          "email: from: must be an address, as pages@example.com or Callboard <pages@example.com>",
                          "email: password: is missing; it may also stand in CALLBOARD_EMAIL_PASSWORD",
                          "email: starttls: must be required, optional or none",
                          "email: pasword: is not a key of this section; those are smtp-url, from, username, password, "
                          "starttls, ca-file, per-second, per-minute, at-once",
                          "sms 1: kind: must be twilio or gateway",
                          "phone 1: account-sid: must be letters and digits",
                          "phone 1: from: must be a phone number as +15550100000",
                          "phone 1: token: is missing; it may also stand in CALLBOARD_PHONE_1_TOKEN",
                          "push: server: must be text in quotes",
                      });
}

TEST_CASE("sections of the wrong shape and broken files are errors") {
    CHECK(problems_of("[sms]\nkind = \"twilio\"\n").size() == 1);
    CHECK(problems_of("email = 1\n").size() == 1);
    CHECK(problems_of("sms = [1]\n").size() == 1);
    CHECK(problems_of("[email]\npassword = \"hunter2\nfrom = 1\n").at(0).find("hunter2") == std::string::npos);
    CHECK(problems_of("[push]\nserver = \"https://\"\n").size() == 1);
    CHECK(problems_of("[push]\nserver = \"https://ntfy.sh\"\ntoken = \"a\\nb\"\n").size() == 1);
    CHECK(read_config_file("/nonexistent/callboard.toml").error().errors.at(0) == "cannot be read");
    CHECK(read_config_file("").ok());
}

TEST_CASE("a provider may have limits, and mail and push several providers") {
    auto config = read(R"(
        [[email]]
        smtp-url = "smtp://one.example.com"
        from = "pages@example.com"
        username = "pages"
        per-second = 5
        at-once = 2
        [[email]]
        smtp-url = "smtp://two.example.com"
        from = "pages@example.com"
        username = "pages"
        [[push]]
        server = "https://ntfy.sh"
        [[push]]
        server = "https://ntfy.example.com"
        per-minute = 60
    )",
                       {{"CALLBOARD_EMAIL_1_PASSWORD", "first"},
                        {"CALLBOARD_EMAIL_2_PASSWORD", "second"},
                        {"CALLBOARD_PUSH_2_TOKEN", "tk"}});
    REQUIRE_MESSAGE(config.ok(), config.error().message);
    REQUIRE(config->email.size() == 2);
    CHECK(config->email[0].password == "first");
    CHECK(config->email[1].password == "second");
    CHECK(config->email[0].limit.per_second == 5);
    CHECK(config->email[0].limit.per_minute == 0);
    CHECK(config->email[0].limit.at_once == 2);
    REQUIRE(config->push.size() == 2);
    CHECK(config->push[1].token == "tk");
    CHECK(config->push[1].limit.per_minute == 60);
    CHECK(problems_of("[push]\nserver = \"https://ntfy.sh\"\nper-second = 0\nat-once = \"2\"") ==
          std::vector<std::string>{"push: per-second: must be a whole number from 1 to 10000",
                                   "push: at-once: must be a whole number from 1 to 10000"});
}

TEST_CASE("chats need a token, which may stand in the environment, and their secret only to be called back") {
    auto config = read("[slack]\n[telegram]\ntoken = \"1:a\"\nsecret = \"s\"\nurl = \"http://127.0.0.1:9/\"",
                       {{"CALLBOARD_SLACK_TOKEN", "xoxb"}, {"CALLBOARD_SLACK_SIGNING_SECRET", "signed"}});
    REQUIRE(config.ok());
    CHECK(config->slack->token == "xoxb");
    CHECK(config->slack->signing_secret == "signed");
    CHECK(config->slack->url == "https://slack.com/api");
    CHECK(config->telegram->secret == "s");
    CHECK(config->telegram->url == "http://127.0.0.1:9");
    CHECK(problems_of("[slack]") ==
          std::vector<std::string>{"slack: token: is missing; it may also stand in CALLBOARD_SLACK_TOKEN"});
}

TEST_CASE("Twilio calls back and listens for machines unless told not to") {
    constexpr auto phone =
        "[[phone]]\nkind = \"twilio\"\naccount-sid = \"AC1\"\nfrom = \"+15550100000\"\ntoken = \"t\"\n";
    CHECK(read(phone)->phone.at(0).callbacks);
    CHECK(read(phone)->phone.at(0).detect_voicemail);
    auto quiet = read(phone + std::string("callbacks = false\ndetect-voicemail = false"));
    CHECK_FALSE(quiet->phone.at(0).callbacks);
    CHECK_FALSE(quiet->phone.at(0).detect_voicemail);
    CHECK(problems_of(phone + std::string("callbacks = \"no\"")) ==
          std::vector<std::string>{"phone 1: callbacks: must be true or false, without quotes"});
}

}  // namespace callboard::channels
