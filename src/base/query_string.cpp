#include "base/query_string.h"

#include <charconv>

#include <fmt/format.h>

namespace callboard {

namespace {

/// Names beyond this many are ignored: nobody means them.
constexpr std::size_t parameters_max = 1'000;

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string decode(std::string_view text, bool plus_is_blank) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else if (text[i] == '+' && plus_is_blank) {
            out += ' ';
        } else {
            out += text[i];
        }
    }
    return out;
}

}  // namespace

std::string percent_decode(std::string_view text) { return decode(text, false); }

std::string percent_encode(std::string_view text) {
    std::string out;
    for (char c : text) {
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                     c == '_' || c == '.' || c == '~';
        if (plain)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

bool is_utf8(std::string_view text) {
    auto byte_at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    for (std::size_t i = 0; i < text.size();) {
        auto lead = byte_at(i);
        std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
        if (length == 0 || i + length > text.size()) return false;
        for (std::size_t k = 1; k < length; ++k)
            if ((byte_at(i + k) & 0xC0) != 0x80) return false;
        // The second byte tells overlong forms, surrogates and what lies past the last code point.
        auto second = length > 1 ? byte_at(i + 1) : 0;
        if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)) return false;
        if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) return false;
        i += length;
    }
    return true;
}

bool is_percent_encoded_text(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') continue;
        if (i + 2 >= text.size() || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) return false;
    }
    return is_utf8(percent_decode(text));
}

QueryString::QueryString(std::string_view text) {
    while (!text.empty() && values_.size() < parameters_max) {
        auto end = text.find('&');
        auto part = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (part.empty()) continue;
        auto equals = part.find('=');
        auto name = decode(part.substr(0, equals), true);
        auto value = equals == std::string_view::npos ? std::string{} : decode(part.substr(equals + 1), true);
        if (name.ends_with("[]")) name.resize(name.size() - 2);
        values_.emplace_back(std::move(name), std::move(value));
    }
}

std::optional<std::string> QueryString::text(std::string_view name) const {
    for (auto it = values_.rbegin(); it != values_.rend(); ++it)
        if (it->first == name) return it->second;
    return std::nullopt;
}

std::vector<std::string> QueryString::all(std::string_view name) const {
    std::vector<std::string> found;
    for (const auto& [key, value] : values_)
        if (key == name) found.push_back(value);
    return found;
}

bool QueryString::has(std::string_view name) const { return text(name).has_value(); }

bool QueryString::flag(std::string_view name) const {
    auto value = text(name);
    return value && (*value == "true" || *value == "1");
}

Result<std::optional<std::int64_t>> QueryString::number(std::string_view name) const {
    auto value = text(name);
    if (!value || value->empty()) return std::optional<std::int64_t>{};
    std::int64_t parsed = 0;
    auto [end, failed] = std::from_chars(value->data(), value->data() + value->size(), parsed);
    if (failed != std::errc{} || end != value->data() + value->size())
        return errors::invalid_input(fmt::format("{} must be a whole number", name));
    return std::optional{parsed};
}

}  // namespace callboard
