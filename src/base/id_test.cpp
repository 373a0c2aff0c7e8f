#include "base/id.h"

#include <set>

#include <doctest/doctest.h>

namespace callboard {

TEST_CASE("a public id has PagerDuty's shape and leads back to its object") {
    PublicIds ids(42);
    std::set<std::string> seen;
    for (std::int64_t value : {std::int64_t{1}, std::int64_t{2}, std::int64_t{1} << 40, INT64_MAX}) {
        auto text = ids.text(Id<Kind::service>{value});

        CHECK(text.size() == 14);
        CHECK(text.front() == 'P');
        CHECK(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == std::string::npos);
        CHECK(ids.parse<Id<Kind::service>>(text)->value == value);
        CHECK(seen.insert(text).second);
    }
}

TEST_CASE("an id of one kind does not name an object of another") {
    PublicIds ids(42);

    auto text = ids.text(Id<Kind::service>{7});

    auto other = ids.parse<Id<Kind::user>>(text);
    CHECK((!other || other->value != 7));
}

TEST_CASE("texts that are no ids are refused") {
    PublicIds ids(42);
    for (auto text : {"", "P", "PABC", "PABCDEFGHIJKLMNO", "qABCDEFGHIJKLM", "PZZZZZZZZZZZZZ", "P0000000000000\n"})
        CHECK_FALSE(ids.parse<Id<Kind::service>>(text).has_value());
}

TEST_CASE("ids grow, also when the clock is set back") {
    IdSource source(0);
    auto noon = Timestamp{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}} + hours{12};

    auto first = source.next(noon);
    auto second = source.next(noon);
    auto third = source.next(noon - hours{1});
    auto fourth = source.next(noon + hours{1});

    CHECK(first == IdSource::first_of(noon));
    CHECK(second == first + 1);
    CHECK(third == second + 1);
    CHECK(fourth == IdSource::first_of(noon + hours{1}));
}

}  // namespace callboard
