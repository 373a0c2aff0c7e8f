#include "app/field_rules.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

CustomField field_of(FieldDataType data, FieldType type = FieldType::single_value) {
    CustomField field;
    field.data_type = data;
    field.field_type = type;
    field.field_options = {{{}, "gold", {}, {}}, {{}, "silver", {}, {}}};
    return field;
}

std::string read(const CustomField& field, std::string_view text) {
    auto value = value_of(field, text);
    auto problem = problem_of(field, value);
    return problem.empty() ? boost::json::serialize(value) : problem;
}

}  // namespace

TEST_CASE("a text stands for the value that its field takes") {
    CHECK(read(field_of(FieldDataType::string), "a, b") == R"("a, b")");
    CHECK(read(field_of(FieldDataType::string), "  ") == "null");
    CHECK(read(field_of(FieldDataType::boolean), " true ") == "true");
    CHECK(read(field_of(FieldDataType::boolean), "yes") == "must be true or false");
    CHECK(read(field_of(FieldDataType::integer), "-5") == "-5");
    CHECK(read(field_of(FieldDataType::integer), "5 hosts") == "must be a whole number");
    CHECK(read(field_of(FieldDataType::integer), "99999999999999999999") == "must be a whole number");
    CHECK(read(field_of(FieldDataType::float_), "0.5") == "5E-1");
    CHECK(read(field_of(FieldDataType::float_), "inf") == "must be a number");
    CHECK(read(field_of(FieldDataType::url), "example.com") == "must begin with http://, https:// or tel:");
    CHECK(read(field_of(FieldDataType::datetime), "2026-03-01T00:00:00Z") == R"("2026-03-01T00:00:00Z")");
}

TEST_CASE("several values are separated by commas") {
    auto many = field_of(FieldDataType::string, FieldType::multi_value);
    CHECK(read(many, " a,b c ,, ") == R"(["a","b c"])");
    CHECK(read(many, "a,a") == "has a value twice");
    auto fixed = field_of(FieldDataType::string, FieldType::multi_value_fixed);
    CHECK(read(fixed, "gold, silver") == R"(["gold","silver"])");
    CHECK(read(fixed, "gold, tin") == "is not one of the field's options");
    CHECK(read(field_of(FieldDataType::string, FieldType::single_value_fixed), "gold") == R"("gold")");
}

TEST_CASE("a value is told in words") {
    CHECK(words_of(nullptr) == "nothing");
    CHECK(words_of(boost::json::array{"a", "b"}) == "a, b");
    CHECK(words_of(5) == "5");
}

}  // namespace callboard
