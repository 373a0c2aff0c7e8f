#include "base/config_text.h"

#include <doctest/doctest.h>
#include <toml++/toml.h>

using namespace callboard;

namespace {

toml::table read(std::string_view yaml) {
    auto text = toml_of_yaml(yaml);
    REQUIRE(text);
    return toml::parse(*text);
}

std::string problem(std::string_view yaml) {
    auto text = toml_of_yaml(yaml);
    return text ? "none" : text.error().message;
}

}  // namespace

TEST_CASE("YAML says what TOML says") {
    auto yaml = read(R"(
backstage:
  origins: ["https://a.example", https://b.example]
  workers: 8
  show-integration-keys: false
  app-url:
  accounts:
    - id: us
      default: true
      token: "0123"
    - id: eu
      oauth: {client-id: c, subdomain: 'true'}
  people:
    user:default/ana: ana@example.com
)");
    auto toml = toml::parse(R"(
[backstage]
origins = ["https://a.example", "https://b.example"]
workers = 8
show-integration-keys = false
people = { "user:default/ana" = "ana@example.com" }
[[backstage.accounts]]
id = "us"
default = true
token = "0123"
[[backstage.accounts]]
id = "eu"
oauth = { client-id = "c", subdomain = "true" }
)");

    CHECK(yaml == toml);
    CHECK(yaml["backstage"]["accounts"].as_array()->is_array_of_tables());
    CHECK(read("").empty());
}

TEST_CASE("YAML that cannot be read is named by its line, and nothing of it is quoted") {
    CHECK(problem("backstage:\n  token: s3cret: more").find("line 2: ") == 0);
    CHECK(problem("backstage:\n  token: s3cret: more").find("s3cret") == std::string::npos);
    CHECK(problem("a: 1\na: 2") == "line 2: a is there twice");
    CHECK(problem("- a") != "none");
    // Nine lines that stand for a thousand million.
    std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
    for (char c = 'b'; c < 'j'; ++c) {
        bomb += std::string{c} + ": &" + c + " [";
        for (int i = 0; i < 10; ++i) bomb += std::string{i ? "," : ""} + "*" + static_cast<char>(c - 1);
        bomb += "]\n";
    }
    CHECK(problem(bomb).find("too much in this file") != std::string::npos);
}
