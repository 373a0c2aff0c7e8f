#include "base/query_string.h"
#include "channels/sms_text.h"
#include "channels/text.h"

#include <doctest/doctest.h>

namespace callboard::channels {

namespace {

std::string repeated(std::string_view text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += text;
    return out;
}

Message sms(std::string short_text, std::string url = {}) {
    Message message;
    message.short_text = std::move(short_text);
    if (!url.empty()) message.actions = {{"Acknowledge", std::move(url)}};
    return message;
}

}  // namespace

TEST_CASE("cleaning leaves one line where one is wanted, well-formed UTF-8, and links that are links") {
    Message message;
    message.subject = " disk\r\nBcc: eve@example.com\x01\xff full\t ";
    message.text = "one\r\ntwo\x1b[31m\nthree\u2028four\xc3\n\n";
    message.to_name = "Ada\nLovelace";
    message.actions = {{"Open\n", "https://x/1"}, {"Run", "javascript:alert(1)"}, {"Bad", "https://x/\"onclick"}};

    auto clean = cleaned(message);

    CHECK(clean.subject == "disk Bcc: eve@example.com \uFFFD full");
    CHECK(clean.text == "one\ntwo [31m\nthree four\uFFFD");
    CHECK(clean.to_name == "Ada Lovelace");
    REQUIRE(clean.actions.size() == 1);
    CHECK(clean.actions[0].label == "Open");
}

TEST_CASE("bytes are cut between characters") {
    CHECK(cut_bytes("abc", 3) == "abc");
    CHECK(cut_bytes("abcdefgh", 6) == "abc…");
    for (std::size_t size = 3; size < 20; ++size) {
        auto cut = cut_bytes("ääää😀😀ää", size);
        CHECK(cut.size() <= size);
        CHECK(is_utf8(cut));
    }
}

TEST_CASE("markup is escaped") { CHECK(escape_markup("<a href='x'>&\"") == "&lt;a href=&#39;x&#39;&gt;&amp;&quot;"); }

TEST_CASE("a phone number is E.164") {
    CHECK(is_phone_number("+491701234567"));
    CHECK(is_phone_number("+15550100000"));
    for (const char* text :
         {"", "+", "491701234567", "+0491701234567", "+49 170", "+12345", "+1234567890123456", "+49170123456a"}) {
        CAPTURE(text);
        CHECK_FALSE(is_phone_number(text));
    }
}

TEST_CASE("a text message has as many parts as GSM and UCS-2 give it") {
    CHECK(is_gsm_text("Hello @£$ äöüß €{}[]~|\\^"));
    CHECK_FALSE(is_gsm_text("ç"));  // only the capital is in the alphabet
    CHECK_FALSE(is_gsm_text("Привет"));
    CHECK(sms_parts("") == 1);
    CHECK(sms_parts(repeated("a", 160)) == 1);
    CHECK(sms_parts(repeated("a", 161)) == 2);
    CHECK(sms_parts(repeated("a", 306)) == 2);
    CHECK(sms_parts(repeated("a", 307)) == 3);
    CHECK(sms_parts(repeated("€", 80)) == 1);
    CHECK(sms_parts(repeated("€", 81)) == 2);
    CHECK(sms_parts(repeated("ж", 70)) == 1);
    CHECK(sms_parts(repeated("ж", 71)) == 2);
    CHECK(sms_parts(repeated("😀", 35)) == 1);
    // A pair is not divided: 33 fit into each part of 67.
    CHECK(sms_parts(repeated("😀", 66)) == 2);
    CHECK(sms_parts(repeated("😀", 67)) == 3);
}

TEST_CASE("a text message is cut to three parts, and its link never is") {
    auto url = "https://pages.example.com/a/" + repeated("k", 60);
    for (const char* piece : {"a", "€", "ж", "😀", "a€", "aж"}) {
        CAPTURE(piece);
        for (int times : {1, 30, 66, 67, 100, 153, 300, 459, 2'000}) {
            auto text = sms_text(sms(repeated(piece, times), url));
            CHECK(sms_parts(text) <= sms_parts_max);
            CHECK(text.ends_with(" Acknowledge: " + url));
            CHECK(is_utf8(text));
            CHECK(sms_parts(sms_text(sms(repeated(piece, times)))) <= sms_parts_max);
        }
    }
    CHECK(sms_text(sms(repeated("a", 2'000))).size() >= 455);
}

TEST_CASE("a text message has the second link where no word is lost for it, and none that only opens a page") {
    auto link = [](std::string_view what) {
        return "https://pages.example.com/p/P1/" + std::string(what) + "?" + repeated("k", 70);
    };
    auto message = sms("disk full", link("acknowledge"));
    message.actions[0].kind = ActionKind::acknowledge;
    message.actions.push_back({"Resolve", link("resolve"), ActionKind::resolve});
    message.actions.push_back({"Open", link("open"), ActionKind::open});
    CHECK(sms_text(message) == "disk full Acknowledge: " + link("acknowledge") + " Resolve: " + link("resolve"));
    for (int words : {150, 211, 212, 300}) {
        message.short_text = repeated("a", words);
        auto text = sms_text(message);
        CHECK(sms_parts(text) <= sms_parts_max);
        CHECK(text.starts_with(message.short_text + " Acknowledge: "));
        CHECK(text.ends_with(link(words < 212 ? "resolve" : "acknowledge")));
    }
}

TEST_CASE("a link that leaves no room for words is left out") {
    auto text = sms_text(sms("disk full", "https://pages.example.com/" + repeated("k", 500)));
    CHECK(text == "disk full");
}

TEST_CASE("typographic characters are made plain, and a repeat is said first") {
    auto message = sms("“disk” is full – 95\u00a0%…");
    message.may_be_a_repeat = true;
    CHECK(sms_text(message) == "(May be a repeat) \"disk\" is full - 95 %...");
    message.short_text.clear();
    message.subject = "subject";
    message.may_be_a_repeat = false;
    CHECK(sms_text(message) == "subject");
}

}  // namespace callboard::channels
