#include "channels/mail_text.h"

#include "channels/text.h"
#include "net/smtp.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::channels {

namespace {

/// "=_" cannot occur in quoted-printable text, so no body can hold it.
constexpr std::string_view boundary = "=_callboard_parts";
constexpr std::string_view repeat_notice = "You may have been told this before.";
constexpr std::size_t text_bytes_max = 64 << 10;

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

std::string base64(std::string_view text) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 3) {
        auto taken = text.substr(i, 3);
        auto bits = 0U;
        for (std::size_t k = 0; k < 3; ++k)
            bits = bits << 8 | (k < taken.size() ? static_cast<unsigned char>(taken[k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k) out += k <= taken.size() ? digits[bits >> (18 - 6 * k) & 63] : '=';
    }
    return out;
}

std::string date_of(Timestamp now) {
    auto time = std::chrono::floor<seconds>(now);
    auto day = std::chrono::floor<days>(time);
    auto date = std::chrono::year_month_day{day};
    auto clock = std::chrono::hh_mm_ss{time - day};
    constexpr std::string_view week[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::string_view year[] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000",
                       week[std::chrono::weekday{day}.c_encoding()],
                       static_cast<unsigned>(date.day()),
                       year[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()),
                       clock.hours().count(),
                       clock.minutes().count(),
                       clock.seconds().count());
}

/// A name before an address: quoted when plain, encoded when not.
std::string mailbox(const std::string& name, const std::string& address) {
    if (name.empty()) return address;
    if (!is_plain(name) || name.size() > 60) return fmt::format("{}\r\n <{}>", encode_header_text(name), address);
    std::string quoted;
    for (char c : name) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return fmt::format("\"{}\" <{}>", quoted, address);
}

std::string plain_body(const Message& message) {
    std::string body;
    if (message.may_be_a_repeat) body += fmt::format("{}\n\n", repeat_notice);
    body += cut_bytes(message.text.empty() ? message.subject : message.text, text_bytes_max);
    body += "\n";
    for (const auto& action : message.actions) body += fmt::format("\n{}:\n{}\n", action.label, action.url);
    return body;
}

// Colours are said twice: in the element, for readers that drop style sheets, and for the dark theme in the sheet. The
// buttons are filled table cells, not images, and keep enough contrast when a reader inverts the page by itself.
constexpr std::string_view html_head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<style>
:root { color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background: #14171a !important; color: #f2f4f5 !important; }
  .quiet { color: #b4bcc2 !important; }
  .button { background: #2f6fed !important; border-color: #8fb3ff !important; }
  .button a { color: #ffffff !important; }
}
</style>
</head>
)";

std::string html_body(const Message& message) {
    auto html = std::string(html_head);
    html += R"(<body class="page" style="margin:0;padding:16px;background:#ffffff;color:#14171a;)";
    html += R"(font:16px/1.5 -apple-system,'Segoe UI',Roboto,sans-serif">)";
    html += "\n";
    if (message.may_be_a_repeat)
        html += fmt::format("<p class=\"quiet\" style=\"margin:0 0 12px;color:#4a545c\">{}</p>\n", repeat_notice);
    html += fmt::format("<h1 style=\"margin:0 0 12px;font-size:20px;line-height:1.3\">{}</h1>\n",
                        escape_markup(message.subject));
    html += fmt::format("<div style=\"margin:0 0 20px;white-space:pre-wrap\">{}</div>\n",
                        escape_markup(cut_bytes(message.text, text_bytes_max)));
    for (const auto& action : message.actions) {
        html += R"(<table role="presentation" cellpadding="0" cellspacing="0" width="100%" )"
                R"(style="max-width:420px;margin:0 0 12px"><tr>)"
                R"(<td class="button" align="center" bgcolor="#1d4ed8" )"
                R"(style="background:#1d4ed8;border:2px solid #1d4ed8;border-radius:8px">)";
        html += "\n";
        html += fmt::format(R"(<a href="{}" style="display:block;padding:14px 20px;color:#ffffff;font-size:18px;)"
                            R"(font-weight:bold;text-decoration:none">{}</a></td></tr></table>)",
                            escape_markup(action.url),
                            escape_markup(action.label));
        html += "\n";
    }
    html += "</body>\n</html>\n";
    return html;
}

std::string part(std::string_view type, std::string_view body) {
    return fmt::format(
        "--{}\r\nContent-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}"
        "\r\n",
        boundary,
        type,
        quoted_printable(body));
}

}  // namespace

std::optional<Sender> read_sender(std::string_view text) {
    auto line = one_line(text);
    auto sender = Sender{};
    auto open = line.find('<');
    if (open == std::string::npos) {
        sender.address = line;
    } else {
        if (line.back() != '>') return std::nullopt;
        sender.name = one_line(line.substr(0, open));
        sender.address = line.substr(open + 1, line.size() - open - 2);
    }
    if (sender.name.size() >= 2 && sender.name.front() == '"' && sender.name.back() == '"')
        sender.name = sender.name.substr(1, sender.name.size() - 2);
    if (!net::is_mail_address(sender.address)) return std::nullopt;
    return sender;
}

std::string message_id(const Message& message, const Sender& sender) {
    std::string left;
    for (char c : message.id.substr(0, 128)) {
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
        // Different ids stay different: what is not plain is spelled in hexadecimal digits after an equals sign.
        if (plain)
            left += c;
        else
            left += fmt::format("={:02x}", static_cast<unsigned char>(c));
    }
    return fmt::format("callboard.{}@{}", left, sender.address.substr(sender.address.rfind('@') + 1));
}

std::string mail_text(const Message& message, const Sender& sender, Timestamp now) {
    std::string mail;
    auto header = [&mail](std::string_view name, std::string_view value) {
        mail += fmt::format("{}: {}\r\n", name, value);
    };
    header("From", mailbox(sender.name, sender.address));
    header("To", mailbox(message.to_name, message.to));
    header("Subject", encode_header_text(cut_bytes(message.subject, 250)));
    header("Date", date_of(now));
    header("Message-ID", fmt::format("<{}>", message_id(message, sender)));
    // Out-of-office notes must not come back, and nobody's filter should take a page for a newsletter.
    header("Auto-Submitted", "auto-generated");
    header("X-Auto-Response-Suppress", "All");
    if (message.urgent) {
        header("X-Priority", "1 (Highest)");
        header("Importance", "high");
    }
    header("MIME-Version", "1.0");
    header("Content-Type", fmt::format("multipart/alternative;\r\n boundary=\"{}\"", boundary));
    mail += "\r\n";
    mail += part("text/plain", plain_body(message));
    mail += part("text/html", html_body(message));
    mail += fmt::format("--{}--\r\n", boundary);
    return mail;
}

std::string encode_header_text(std::string_view text) {
    // "=?" in plain text would be read as an encoded word.
    if (is_plain(text) && text.size() <= 60 && text.find("=?") == std::string_view::npos) return std::string(text);
    // 45 bytes are 60 characters of base64; with "=?utf-8?B?" and "?=" that is 72.
    constexpr std::size_t word_bytes_max = 45;
    std::string out;
    auto rest = text;
    while (!rest.empty()) {
        auto after = rest;
        auto size = std::size_t{0};
        while (!after.empty()) {
            take_character(after);
            if (rest.size() - after.size() > word_bytes_max) break;
            size = rest.size() - after.size();
        }
        if (!out.empty()) out += "\r\n ";
        out += fmt::format("=?utf-8?B?{}?=", base64(rest.substr(0, size)));
        rest.remove_prefix(size);
    }
    return out;
}

std::string quoted_printable(std::string_view text) {
    constexpr std::size_t line_max = 76;
    std::string out;
    std::size_t used = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '\n') {
            out += "\r\n";
            used = 0;
            continue;
        }
        bool ends_line = i + 1 == text.size() || text[i + 1] == '\n';
        bool plain = (c > ' ' && c < 0x7f && c != '=') || (c == ' ' && !ends_line);
        // A point or "From " at the start of a line means something to mail servers of every age.
        if (used == 0 && (c == '.' || c == 'F')) plain = false;
        auto size = std::size_t{plain ? 1U : 3U};
        if (used + size > line_max - 1) {
            out += "=\r\n";
            used = 0;
            if (c == '.' || c == 'F') {
                plain = false;
                size = 3;
            }
        }
        if (plain)
            out += c;
        else
            out += fmt::format("={:02X}", static_cast<unsigned char>(c));
        used += size;
    }
    return out;
}

}  // namespace callboard::channels
