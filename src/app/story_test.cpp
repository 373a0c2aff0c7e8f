#include "app/story.h"

#include <doctest/doctest.h>

namespace callboard {

TEST_CASE("a span is told in words, by its two largest units") {
    CHECK(span_in_words(std::chrono::milliseconds{200}) == "less than a second");
    CHECK(span_in_words(seconds{1}) == "1 second");
    CHECK(span_in_words(minutes{30}) == "30 minutes");
    CHECK(span_in_words(seconds{725}) == "12 minutes 5 seconds");
    CHECK(span_in_words(seconds{3'599}) == "59 minutes 59 seconds");
    CHECK(span_in_words(hours{3} + minutes{20}) == "3 hours 20 minutes");
    CHECK(span_in_words(hours{1} + seconds{5}) == "1 hour");
    CHECK(span_in_words(hours{52}) == "2 days 4 hours");
}

}  // namespace callboard
