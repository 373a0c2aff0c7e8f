#include "channels/text.h"

#include "base/query_string.h"

#include <algorithm>

namespace callboard::channels {

namespace {

/// How long a character is by its first byte; ill-formed ones are found by is_utf8 afterwards.
std::size_t length_of(char first) {
    auto byte = static_cast<unsigned char>(first);
    if (byte < 0x80) return 1;
    if (byte < 0xe0) return 2;
    return byte < 0xf0 ? 3 : 4;
}

/// U+0000 to U+001F, U+007F to U+009F, the separators U+2028 and U+2029.
bool is_control(std::string_view character) {
    auto first = static_cast<unsigned char>(character[0]);
    if (character.size() == 1) return first < 0x20 || first == 0x7f;
    if (character.size() == 2) return first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
    return character == "\u2028" || character == "\u2029";
}

/// Calls f with each character; with U+FFFD for a byte that belongs to none.
template <class F>
void for_each_character(std::string_view text, F&& f) {
    while (!text.empty()) {
        auto character = text.substr(0, length_of(text[0]));
        if (is_utf8(character)) {
            f(character);
            text.remove_prefix(character.size());
        } else {
            f(std::string_view("\uFFFD"));
            text.remove_prefix(1);
        }
    }
}

std::string several_lines(std::string_view text) {
    std::string out;
    for_each_character(text, [&](std::string_view character) {
        if (character == "\n" || !is_control(character))
            out += character;
        else if (character != "\r")
            out += ' ';
    });
    while (!out.empty() && (out.back() == '\n' || out.back() == ' ')) out.pop_back();
    return out;
}

bool leads_somewhere(const Action& action) {
    bool is_web = action.url.starts_with("https://") || action.url.starts_with("http://");
    return is_web && std::all_of(action.url.begin(), action.url.end(), [](char c) {
               return c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>';
           });
}

}  // namespace

Message cleaned(const Message& message) {
    auto clean = message;
    clean.to = one_line(message.to);
    clean.to_name = one_line(message.to_name);
    clean.subject = one_line(message.subject);
    clean.text = several_lines(message.text);
    clean.short_text = one_line(message.short_text);
    clean.actions.clear();
    for (const auto& action : message.actions)
        if (leads_somewhere(action))
            clean.actions.push_back({one_line(action.label), action.url, action.kind, action.proof});
    for (auto& incident : clean.incidents) {
        incident.title = one_line(incident.title);
        incident.service = one_line(incident.service);
    }
    return clean;
}

std::string one_line(std::string_view text) {
    std::string out;
    for_each_character(text, [&](std::string_view character) {
        if (!is_control(character) && character != " ")
            out += character;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    });
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

bool asks_for_help(const Message& message) {
    return std::ranges::any_of(message.actions, [](const Action& one) { return one.kind == ActionKind::decline; });
}

std::string cut_bytes(std::string_view text, std::size_t bytes_max) {
    constexpr std::string_view mark = "…";
    if (text.size() <= bytes_max) return std::string(text);
    auto end = bytes_max > mark.size() ? bytes_max - mark.size() : 0;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return std::string(text.substr(0, end)) + std::string(mark);
}

std::string escape_markup(std::string_view text) {
    std::string out;
    for (char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&#39;"; break;
        default: out += c;
        }
    }
    return out;
}

bool is_phone_number(std::string_view text) {
    return text.size() >= 8 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
           std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

char32_t take_character(std::string_view& rest) {
    auto length = std::min(length_of(rest[0]), rest.size());
    auto first = static_cast<unsigned char>(rest[0]);
    auto value = length == 1 ? char32_t{first} : char32_t{first} & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) value = value << 6 | (static_cast<unsigned char>(rest[i]) & 0x3fU);
    rest.remove_prefix(length);
    return value;
}

}  // namespace callboard::channels
