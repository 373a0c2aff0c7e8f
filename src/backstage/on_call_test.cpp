#include "backstage/backstage_test_kit.h"
#include "backstage/on_call.h"

#include <doctest/doctest.h>

using namespace callboard;

namespace {

std::string users_of(std::string_view oncalls) {
    auto parsed = boost::json::parse({oncalls.data(), oncalls.size()});
    return boost::json::serialize(backstage::users_on_call(parsed.get_array()));
}

}  // namespace

TEST_CASE("nobody is on call when the list is empty") { CHECK(users_of("[]") == "[]"); }

TEST_CASE("the lowest level that has anybody is shown, by name, each person once") {
    auto users = users_of(R"([{"escalation_level":3,"user":{"id":"1","name":"Ada"}},
                              {"escalation_level":2,"user":{"id":"2","name":"Zoe"}},
                              {"escalation_level":2,"user":{"id":"3","name":"Bob"}},
                              {"escalation_level":2,"user":{"id":"2","name":"Zoe"}}])");

    CHECK(users == R"([{"id":"3","name":"Bob"},{"id":"2","name":"Zoe"}])");
}

TEST_CASE("of two people with one name the later entry comes first, and the first entry of a person is shown") {
    // As measured with the plugin's own backend, version 0.14.0.
    auto users = users_of(R"([{"escalation_level":2,"user":{"id":"0","name":"A"}},
                              {"escalation_level":1,"user":{"id":"1","name":"A"}},
                              {"escalation_level":1,"user":{"id":"2","name":"A"}},
                              {"escalation_level":1,"user":{"id":"3","name":"B"}},
                              {"escalation_level":1,"user":{"id":"1","name":"A","x":1}},
                              {"escalation_level":1,"user":{"id":"4","name":"0"}}])");

    CHECK(users == R"([{"id":"4","name":"0"},{"id":"1","name":"A"},{"id":"2","name":"A"},{"id":"3","name":"B"}])");
}

TEST_CASE("entries without a user or a level are left out") {
    auto users = users_of(R"([{"escalation_level":1,"user":null},{"user":{"id":"1"}},7,
                              {"escalation_level":2,"user":{"id":"2","name":"Zoe"}}])");

    CHECK(users == R"([{"id":"2","name":"Zoe"}])");
}
