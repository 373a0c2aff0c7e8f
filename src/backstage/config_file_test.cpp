#include "backstage/config_file.h"

#include <doctest/doctest.h>

using namespace callboard;
using namespace callboard::backstage;

namespace {

Result<BackstageConfig> read(std::string_view toml) {
    return read_config(toml, [](const std::string& name) -> std::optional<std::string> {
        if (name == "PD_TOKEN") return "t0ken";
        return std::nullopt;
    });
}

std::string problem(std::string_view toml) {
    auto config = read(toml);
    return config ? "none" : config.error().message;
}

}  // namespace

TEST_CASE("without a section there are defaults, and whoever Backstage vouches for may do what they may there") {
    auto config = read("[serve]\nlisten = \"x\"");

    REQUIRE(config);
    CHECK(config->accounts.empty());
    CHECK_FALSE(config->catalog);
    CHECK(config->permissions.patterns[1] == std::vector<std::string>{"user:*", "plugin:*"});
}

TEST_CASE("accounts know their region's addresses, and secrets come from the environment") {
    auto config = read(R"(
[backstage]
backend-url = "https://backstage.example.com/"
[[backstage.accounts]]
id = "us"
default = true
token = "${PD_TOKEN}"
[[backstage.accounts]]
id = "eu"
region = "eu"
oauth = { client-id = "c", client-secret = "s", subdomain = "acme" }
[[backstage.accounts]]
id = "here"
local = true
[backstage.permissions]
map = ["group:default/sre"]
[backstage.sync]
every-minutes = 3
[backstage.people]
"user:default/ana" = "ana@example.com"
)");

    REQUIRE(config);
    CHECK(config->accounts[0].token == "t0ken");
    CHECK(config->accounts[0].api_url == "https://api.pagerduty.com");
    CHECK(config->accounts[1].api_url == "https://api.eu.pagerduty.com");
    CHECK(config->accounts[1].oauth->region == "eu");
    CHECK(config->accounts[1].oauth->identity_url == "https://identity.pagerduty.com/oauth/token");
    CHECK(config->catalog->url == "https://backstage.example.com/api/catalog");
    CHECK(config->auth_url == "https://backstage.example.com/api/auth");
    CHECK(config->permissions.patterns[3] == std::vector<std::string>{"group:default/sre"});
    CHECK(config->sync_every == std::chrono::minutes{3});
    CHECK(config->people.at("user:default/ana") == "ana@example.com");
}

TEST_CASE("an account is another one at another address or with other credentials, and its token is not in its name") {
    auto source = [](std::string_view account) {
        auto config = read("[[backstage.accounts]]\nid = \"a\"\n" + std::string{account});
        REQUIRE(config);
        return source_of(config->accounts[0]);
    };
    auto first = source("token = \"secret-token\"");
    CHECK(first == source("token = \"secret-token\"\nfrom = \"a@b.example\""));
    CHECK(first != source("token = \"another\""));
    CHECK(first != source("token = \"secret-token\"\nregion = \"eu\""));
    CHECK(first.find("secret-token") == std::string::npos);
    auto app = source("oauth = { client-id = \"c\", client-secret = \"s\", subdomain = \"acme\" }");
    CHECK(app == source("oauth = { client-id = \"c\", client-secret = \"new\", subdomain = \"acme\" }"));
    CHECK(app != source("oauth = { client-id = \"c\", client-secret = \"s\", subdomain = \"other\" }"));
}

TEST_CASE("what is wrong is named by its key, and no secret is quoted") {
    CHECK(problem("[backstage]\nlissen = 1").find("backstage: lissen: is not a key") == 0);
    CHECK(problem("[[backstage.accounts]]\nid = \"a\"\ntoken = \"${NOPE}\"") ==
          "backstage.accounts 1: token: the environment has no NOPE");
    CHECK(problem("[[backstage.accounts]]\nid = \"a\"").find("backstage.accounts 1: token: is missing") == 0);
    CHECK(problem("[[backstage.accounts]]\nid = \"a\"\ntoken = \"x\"\nregion = \"uk\"") ==
          "backstage.accounts 1: region: must be us or eu");
    CHECK(problem(
              "[[backstage.accounts]]\nid = \"a\"\ntoken = \"x\"\n[[backstage.accounts]]\nid = \"b\"\ntoken = \"x\"") ==
          "backstage: accounts: one of them must have default = true");
    CHECK(problem("[[backstage.accounts]]\nid = \"a\"\ntoken = \"x\"\napi-url = \"ftp://x\"") ==
          "backstage.accounts 1: api-url: must be https://HOST or http://HOST");
    CHECK(problem("[backstage]\norigins = \"x\"").find("backstage: origins: must be a list") == 0);
    CHECK(problem("[backstage.permissions]\nfly = []").find("backstage.permissions: fly: is not a key") == 0);
    CHECK(problem("[backstage.catalog]").find("backstage.catalog: url: is missing") == 0);
    CHECK(problem("[backstage]\ndata = \"a").find("line 2") == 0);
}
