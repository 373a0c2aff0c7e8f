#include "channels/mail_text.h"
#include "channels/text.h"

#include <algorithm>

#include <doctest/doctest.h>

namespace callboard::channels {

namespace {

const Sender sender{"Callboard", "pages@example.com"};
const Timestamp now = parse_iso8601("2026-03-09T01:05:07Z")->at;

Message page() {
    Message message;
    message.id = "42-ada";
    message.to = "ada@example.com";
    message.to_name = "Ada Lovelace";
    message.subject = "Disk full on db-1";
    message.text = "Disk full on db-1.\n.hidden\nFrom here it goes on.";
    message.actions = {{"Acknowledge", "https://pages.example.com/a?x=1&y=2"}, {"Open", "https://pages.example.com/i"}};
    return message;
}

/// The header block, folded lines joined.
std::string headers_of(const std::string& mail) {
    auto headers = mail.substr(0, mail.find("\r\n\r\n") + 2);
    for (auto at = headers.find("\r\n "); at != std::string::npos; at = headers.find("\r\n ")) headers.erase(at, 2);
    return headers;
}

bool has_line(const std::string& text, const std::string& line) {
    return ("\r\n" + text).find("\r\n" + line + "\r\n") != std::string::npos;
}

}  // namespace

TEST_CASE("a mail has the headers that a page needs") {
    auto headers = headers_of(mail_text(page(), sender, now));
    INFO(headers);
    CHECK(has_line(headers, "From: \"Callboard\" <pages@example.com>"));
    CHECK(has_line(headers, "To: \"Ada Lovelace\" <ada@example.com>"));
    CHECK(has_line(headers, "Subject: Disk full on db-1"));
    CHECK(has_line(headers, "Date: Mon, 09 Mar 2026 01:05:07 +0000"));
    CHECK(has_line(headers, "Message-ID: <callboard.42-ada@example.com>"));
    CHECK(has_line(headers, "Auto-Submitted: auto-generated"));
    CHECK(has_line(headers, "X-Priority: 1 (Highest)"));
    CHECK(headers.find("List-") == std::string::npos);
    auto calm = page();
    calm.urgent = false;
    CHECK(headers_of(mail_text(calm, sender, now)).find("Priority") == std::string::npos);
}

TEST_CASE("the Message-ID is the same for every attempt, differs between ids, and holds no surprises") {
    auto message = page();
    auto again = page();
    again.may_be_a_repeat = true;
    again.subject = "other";
    CHECK(message_id(message, sender) == message_id(again, sender));
    message.id = "a>\r\nBcc: <eve@example.com";
    CHECK(message_id(message, sender) == "callboard.a=3e=0d=0aBcc=3a=20=3ceve=40example=2ecom@example.com");
    again.id = "a";
    CHECK(message_id(message, sender) != message_id(again, sender));
}

TEST_CASE("no field of a message can make a header") {
    auto message = page();
    message.id = "x\r\nBcc: eve@example.com";
    message.subject = "x\r\nBcc: eve@example.com\r\n\r\nbody";
    message.to_name = "\"Ada\" \\\r\nBcc: eve@example.com";
    message.actions = {{"A\r\nBcc: eve@example.com", "https://x/\r\nBcc: eve@example.com"}};
    auto mail = mail_text(cleaned(message), sender, now);
    CHECK(mail.find("\nBcc") == std::string::npos);
    CHECK(mail.find("\rBcc") == std::string::npos);
    auto headers = headers_of(mail);
    CHECK(std::count(headers.begin(), headers.end(), '\n') == 11);
    CHECK(has_line(headers, R"(To: "\"Ada\" \\ Bcc: eve@example.com" <ada@example.com>)"));
}

TEST_CASE("a subject in any script is encoded words of at most 75 characters that end between characters") {
    CHECK(encode_header_text("plain") == "plain");
    CHECK(encode_header_text("Grün") == "=?utf-8?B?R3LDvG4=?=");
    CHECK(encode_header_text("=?utf-8?B?eA==?=").starts_with("=?utf-8?B?PT91"));
    std::string text;
    for (int i = 0; i < 40; ++i) text += "Пожар😀";
    auto encoded = encode_header_text(text);
    for (std::size_t from = 0; from < encoded.size();) {
        auto end = std::min(encoded.find("\r\n ", from), encoded.size());
        CHECK(end - from <= 75);
        from = end + 3;
    }
}

TEST_CASE("quoted-printable keeps lines short and protects what servers touch") {
    CHECK(quoted_printable("a=b \nc") == "a=3Db=20\r\nc");
    CHECK(quoted_printable(".x\nFrom y\n") == "=2Ex\r\n=46rom y\r\n");
    CHECK(quoted_printable("ü") == "=C3=BC");
    auto encoded = quoted_printable(std::string(1'000, '.') + std::string(1'000, 'F'));
    for (std::size_t from = 0; from < encoded.size();) {
        auto end = std::min(encoded.find("\r\n", from), encoded.size());
        CHECK(end - from <= 76);
        CHECK(encoded[from] == '=');
        from = end + 2;
    }
}

TEST_CASE("the bodies have the text, the repeat notice and the buttons, escaped") {
    auto message = page();
    message.may_be_a_repeat = true;
    message.text = "<script>alert(1)</script> & more\n--=_callboard_parts--";
    auto mail = mail_text(message, sender, now);
    for (auto at = mail.find("=\r\n"); at != std::string::npos; at = mail.find("=\r\n")) mail.erase(at, 3);
    CHECK(mail.find("<script>") == mail.rfind("<script>"));  // in the plain text only
    CHECK(mail.find("You may have been told this before.") != mail.rfind("You may have been told this before."));
    CHECK(mail.find("--=3D_callboard_parts--") != std::string::npos);
    CHECK(mail.find("prefers-color-scheme: dark") != std::string::npos);
    CHECK(mail.find("<img") == std::string::npos);
    CHECK(mail.find("?x=3D1&amp;y=3D2") != std::string::npos);
}

TEST_CASE("a sender is an address with or without a name") {
    CHECK(read_sender("pages@example.com")->address == "pages@example.com");
    CHECK(read_sender("Callboard <pages@example.com>")->name == "Callboard");
    CHECK(read_sender("\"Call, board\" <pages@example.com>")->name == "Call, board");
    CHECK_FALSE(read_sender("pages"));
    CHECK_FALSE(read_sender("a <b@example.com> c"));
    CHECK_FALSE(read_sender(""));
}

}  // namespace callboard::channels
