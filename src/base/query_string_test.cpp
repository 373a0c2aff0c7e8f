#include "base/query_string.h"

#include <doctest/doctest.h>

using namespace callboard;

TEST_CASE("a query keeps repeated names and takes x[] and x for one name") {
    QueryString query("id[]=A&id=B&id%5B%5D=C&name=a+b%26c&flag");

    CHECK(query.all("id") == std::vector<std::string>{"A", "B", "C"});
    CHECK(query.text("name") == "a b&c");
    CHECK(query.text("flag") == "");
    CHECK_FALSE(query.text("other"));
}

TEST_CASE("text is UTF-8 or it is not") {
    CHECK(is_utf8("Émile ☎ 😀"));
    CHECK_FALSE(is_utf8("\xC3"));
    CHECK_FALSE(is_utf8("\xC0\xAF"));
    CHECK_FALSE(is_utf8("\xED\xA0\x80"));
    CHECK_FALSE(is_utf8("\xF4\x90\x80\x80"));
    CHECK_FALSE(is_utf8("\xFF"));
}

TEST_CASE("percent signs that spell nothing are noticed") {
    CHECK(is_percent_encoded_text("P%C3%89x"));
    CHECK_FALSE(is_percent_encoded_text("100%"));
    CHECK_FALSE(is_percent_encoded_text("%E0%A4%A"));
    CHECK_FALSE(is_percent_encoded_text("%zz"));
    CHECK_FALSE(is_percent_encoded_text("%FF"));
}
