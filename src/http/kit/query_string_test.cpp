#include "http/kit/query_string.h"

#include <doctest/doctest.h>

namespace callboard::http {

TEST_CASE("names with and without brackets, encoded or not, are the same name") {
    QueryString query("ids[]=A&ids%5B%5D=B&ids=C&query=a+b%20c&empty=&flag=true");

    CHECK(query.all("ids") == std::vector<std::string>{"A", "B", "C"});
    CHECK(query.text("query") == "a b c");
    CHECK(query.text("empty") == "");
    CHECK_FALSE(query.has("absent"));
    CHECK(query.flag("flag"));
    CHECK_FALSE(query.flag("query"));
}

TEST_CASE("numbers are whole numbers or a problem") {
    QueryString query("a=25&b=x&c=1.5&d=");

    CHECK(*query.number("a").value() == 25);
    CHECK_FALSE(query.number("b").ok());
    CHECK_FALSE(query.number("c").ok());
    CHECK_FALSE(query.number("d").value().has_value());
    CHECK_FALSE(query.number("e").value().has_value());
}

TEST_CASE("broken percent signs stay as they are") {
    CHECK(percent_decode("100%") == "100%");
    CHECK(percent_decode("%zz%4") == "%zz%4");
    CHECK(percent_decode("%E2%82%AC") == "€");
    CHECK(percent_encode("a b/€") == "a%20b%2F%E2%82%AC");
}

}  // namespace callboard::http
