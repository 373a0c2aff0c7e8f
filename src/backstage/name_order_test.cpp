#include "backstage/name_order.h"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using callboard::backstage::name_before;

TEST_CASE("names are in the order in which browsers sort them") {
    // As Node 24 orders them with localeCompare.
    const std::vector<std::string> expected = {
        "_x",      "-x",      "(x)",    "#1",   "10",    "2",     "a b",   "a-b",  "ab",    "aB",    "Ab",
        "AB",      "áb",      "ÁB",     "Ælla", "aerie", "alpha", "Alpha", "beta", "éa",    "eagle", "Eb",
        "elan",    "Élan",    "Émile",  "lodz", "Łódź",  "nandu", "ñandu", "Ødd",  "œuvre", "ŝa",    "ßa",
        "strasse", "Strasse", "straße", "Ŝx",   "Žan",   "Zoo",   "Ωmega", "日本"};
    auto sorted = expected;
    std::ranges::sort(sorted);
    CHECK(sorted != expected);

    std::ranges::sort(sorted, name_before);

    CHECK(sorted == expected);
}

TEST_CASE("nothing comes before itself, and the shorter of two alike comes first") {
    CHECK_FALSE(name_before("Ops", "Ops"));
    CHECK(name_before("Op", "Ops"));
    CHECK(name_before("", "a"));
}
