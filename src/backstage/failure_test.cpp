#include "backstage/failure.h"

#include <doctest/doctest.h>

using namespace callboard::backstage;

namespace {

Answer answered(int status, json::value body = nullptr) { return {Answer::End::answered, status, std::move(body)}; }

std::string told(const std::optional<Reply>& reply) {
    if (!reply) return "success";
    return std::to_string(reply->status) + " " + json::serialize(reply->body);
}

}  // namespace

TEST_CASE("upstream's status is kept and one sentence says what failed and why") {
    CHECK(told(failure_of(answered(404), operations::get_service)) ==
          R"(404 {"errors":["Failed to get service. The requested resource was not found."]})");
    CHECK(told(failure_of(answered(403), operations::list_teams)) ==
          R"(403 {"errors":["Failed to list teams. Caller is not authorized to view the requested resource."]})");
    CHECK(told(failure_of(answered(503), operations::get_services)) ==
          R"(503 {"errors":["Failed to get services. PagerDuty API returned a server error. )"
          R"(Retrying with the same arguments will not work."]})");
    CHECK(told(failure_of(answered(418), operations::get_service)) ==
          R"(418 {"errors":["Failed to get service. PagerDuty API answered with status 418."]})");
}

TEST_CASE("the sentences about dependencies say more") {
    CHECK(told(failure_of(answered(400), operations::add_dependencies)) ==
          R"(400 {"errors":["Failed to add service dependencies. Caller provided invalid arguments. Please review )"
          R"(the response for error details. Retrying with the same arguments will not work."]})");
    CHECK(told(failure_of(answered(404), operations::remove_dependencies)) ==
          R"(404 {"errors":["Failed to remove service dependencies. The requested resource was not found."]})");
}

TEST_CASE("a rate limit is never reported as success") {
    CHECK(told(failure_of(answered(429, json::object{}), operations::add_dependencies)) ==
          R"(429 {"errors":["Failed to add service dependencies. Rate limit exceeded."]})");
    CHECK(told(failure_of(answered(429), operations::get_incidents)) ==
          R"(429 {"errors":["Failed to get incidents for service. Too many requests have been made, )"
          R"(the rate limit has been reached."]})");
}

TEST_CASE("an upstream that is late, away or not understood is told apart") {
    auto status_of = [](Answer::End end) { return failure_of({end}, operations::get_service)->status; };

    CHECK(status_of(Answer::End::late) == 504);
    CHECK(status_of(Answer::End::unreachable) == 502);
    CHECK(status_of(Answer::End::unreadable) == 502);
    CHECK(failure_of(answered(302), operations::get_service)->status == 502);
}

TEST_CASE("success without the member that was asked for is not success") {
    CHECK(told(failure_of(answered(200, json::object{{"service", 1}}), operations::get_service, "service")) ==
          "success");
    CHECK(told(failure_of(answered(201, json::object{}), operations::get_service)) == "success");
    CHECK(failure_of(answered(200, json::object{}), operations::get_service, "service")->status == 502);
    CHECK(failure_of(answered(200), operations::get_service, "service")->status == 502);
}
