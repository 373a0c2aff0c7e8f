#include "domain/config_use.h"

#include <doctest/doctest.h>

namespace callboard {

TEST_CASE("what a decision was based on is kept as a short text and read back") {
    ConfigUses uses;
    uses.add({ConfigKind::service, 4'711'000'000'000, 3});
    uses.add({ConfigKind::schedule, 12, 1});
    uses.add({ConfigKind::schedule, 12, 1});
    uses.add({ConfigKind::escalation_policy, 13, 0});
    CHECK(uses.all().size() == 2);
    CHECK(uses.coded() == "0:4711000000000:3 2:12:1");
    CHECK(ConfigUses::decoded(uses.coded()) == uses);
    CHECK(ConfigUses::decoded("").empty());
}

}  // namespace callboard
