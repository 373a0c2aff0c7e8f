#include "base/json_text.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

std::string json_text(std::string_view text) {
    std::string out;
    append_json_text(out, text);
    return out;
}

}  // namespace

TEST_CASE("a JSON text escapes what JSON demands and nothing else") {
    CHECK(json_text("") == R"("")");
    CHECK(json_text("plain") == R"("plain")");
    CHECK(json_text("\"a\\b\"") == R"("\"a\\b\"")");
    CHECK(json_text("one\ntwo\x1f") == R"("one\u000atwo\u001f")");
    CHECK(json_text("Grüße / \x7f") == "\"Grüße / \x7f\"");
    CHECK(json_text(std::string_view{"\0x", 2}) == R"("\u0000x")");
}

}  // namespace callboard
