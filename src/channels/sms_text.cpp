#include "channels/sms_text.h"

#include "channels/text.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::channels {

namespace {

constexpr std::u32string_view gsm_alphabet = U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
                                             U"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Two septets each: an escape, then the character.
constexpr std::u32string_view gsm_extension = U"\f^{}\\[~]|€";

/// Room kept for words beside a link; with less, the link goes.
constexpr int text_units_min = 40;

struct Plain {
    std::string_view typographic;
    std::string_view plain;
};

constexpr Plain plain_spellings[] = {
    {"‘", "'"},
    {"’", "'"},
    {"‚", "'"},
    {"“", "\""},
    {"”", "\""},
    {"„", "\""},
    {"«", "\""},
    {"»", "\""},
    {"‐", "-"},
    {"‑", "-"},
    {"–", "-"},
    {"—", "-"},
    {"…", "..."},
    {"•", "*"},
    {"→", "->"},
    {"`", "'"},
    {"\u00a0", " "},
    {"\u202f", " "},
};

int septets_of(char32_t character) {
    if (gsm_alphabet.find(character) != std::u32string_view::npos) return 1;
    return gsm_extension.find(character) != std::u32string_view::npos ? 2 : 0;
}

int units_of(char32_t character, bool gsm) {
    if (gsm) return septets_of(character);
    return character > 0xffff ? 2 : 1;
}

int units_of(std::string_view text, bool gsm) {
    int units = 0;
    while (!text.empty()) units += units_of(take_character(text), gsm);
    return units;
}

int room_in(int parts, bool gsm) {
    if (parts == 1) return gsm ? 160 : 70;
    // A character of two units is never divided between parts, so each of them may have one unit to spare.
    return parts * (gsm ? 153 : 67) - (parts - 1);
}

std::string plainly(std::string_view text) {
    auto out = std::string(text);
    for (const auto& [typographic, plain] : plain_spellings)
        for (auto at = out.find(typographic); at != std::string::npos; at = out.find(typographic, at + plain.size()))
            out.replace(at, typographic.size(), plain);
    return out;
}

std::string cut_units(std::string_view text, int units_max, bool gsm) {
    if (units_of(text, gsm) <= units_max) return std::string(text);
    constexpr std::string_view mark = "...";
    int left = units_max - static_cast<int>(mark.size());
    auto rest = text;
    auto end = std::size_t{0};
    while (!rest.empty()) {
        left -= units_of(take_character(rest), gsm);
        if (left < 0) break;
        end = text.size() - rest.size();
    }
    return std::string(text.substr(0, end)) + std::string(mark);
}

}  // namespace

bool is_gsm_text(std::string_view text) {
    while (!text.empty())
        if (septets_of(take_character(text)) == 0) return false;
    return true;
}

int sms_parts(std::string_view text) {
    bool gsm = is_gsm_text(text);
    int units = units_of(text, gsm);
    if (units <= room_in(1, gsm)) return 1;
    int room = gsm ? 153 : 67;
    int parts = 1;
    int used = 0;
    while (!text.empty()) {
        int size = units_of(take_character(text), gsm);
        if (used + size > room) {
            ++parts;
            used = 0;
        }
        used += size;
    }
    return parts;
}

std::string sms_text(const Message& message) {
    auto words = plainly(message.short_text.empty() ? message.subject : message.short_text);
    if (message.may_be_a_repeat) words = "(May be a repeat) " + words;
    std::string hint;
    if (message.reply_number > 0 && !message.actions.empty())
        hint = asks_for_help(message) ? fmt::format(" Reply 4 {0}: join, 5 {0}: decline", message.reply_number)
                                      : fmt::format(" Reply 4 {0}: ack, 6 {0}: resolve", message.reply_number);
    // The hint is of the default alphabet.
    auto room_beside = [&](const std::string& links) {
        bool gsm = is_gsm_text(words + links);
        return room_in(sms_parts_max, gsm) - units_of(links, gsm) - units_of(hint, gsm);
    };
    std::string links;
    for (const auto& action : message.actions) {
        auto with_one_more = links + " " + plainly(action.label) + ": " + action.url;
        int wanted = links.empty() ? text_units_min : units_of(words, is_gsm_text(words + with_one_more));
        if ((action.kind == ActionKind::open && !links.empty()) || room_beside(with_one_more) < wanted) break;
        links = std::move(with_one_more);
    }
    return cut_units(words, room_beside(links), is_gsm_text(words + links)) + hint + links;
}

}  // namespace callboard::channels
