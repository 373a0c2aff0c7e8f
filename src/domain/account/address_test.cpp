#include "domain/account/address.h"

#include <string>

#include <doctest/doctest.h>

namespace callboard {

namespace {

constexpr auto phone = ContactMethodType::phone_contact_method;
constexpr auto sms = ContactMethodType::sms_contact_method;

}  // namespace

TEST_CASE("an e-mail address has something on both sides of one at sign and no blanks") {
    for (const auto* good : {"a@b", "jane.doe+pager@ops.example.com", "zoë@exämple.org"}) {
        CAPTURE(good);
        CHECK(is_email(good));
    }
    for (const auto* bad : {"", "jane", "@example.com", "jane@", "a@b@c", "jane doe@example.com", "a@b,c@d", "a@b\n"}) {
        CAPTURE(bad);
        CHECK_FALSE(is_email(bad));
    }
}

TEST_CASE("a telephone number is digits and the keys that a telephone has") {
    CHECK_FALSE(phone_problem(phone, 1, "5555550100"));
    CHECK_FALSE(phone_problem(phone, 1, "5555550100,,123#*"));
    CHECK(phone_problem(phone, 1, ""));
    CHECK(phone_problem(phone, 1, "call me"));
    CHECK(phone_problem(phone, 1, "+15555550100"));
    CHECK_FALSE(phone_problem(phone, 7, std::string(40, '5')));
    CHECK(phone_problem(phone, 7, std::string(41, '5')));
}

TEST_CASE("the trunk prefix of a country is not part of the number") {
    for (int country : {33, 40, 44, 45, 49, 61, 66, 91}) {
        CAPTURE(country);
        CHECK(phone_problem(phone, country, "0123456789"));
        CHECK_FALSE(phone_problem(phone, country, "123456789"));
    }
    CHECK_FALSE(phone_problem(phone, 39, "0123456789"));
    CHECK(phone_problem(phone, 1, "15555550100"));
    CHECK(phone_problem(sms, 52, "15555550100"));
    CHECK_FALSE(phone_problem(phone, 52, "15555550100"));
}

}  // namespace callboard
