#include "backstage/name_order.h"

#include <algorithm>

namespace callboard::backstage {

namespace {

/// Printable ASCII but letters, in Unicode's default order.
constexpr std::string_view before_letters = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789";

/// The letter each of U+00C0 to U+017F is a form of; one letter each, with the four double ones told apart below.
constexpr std::string_view plain_letters = "aaaaaaaceeeeiiiidnooooo~ouuuuyzs"
                                           "aaaaaaaceeeeiiiidnooooo~ouuuuyzy"
                                           "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii"
                                           "iijjkkqllllllllllnnnnnnnnnoooooooorrrrrrssssssss"
                                           "ttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(plain_letters.size() == 0x180 - 0xC0);

char32_t next_code_point(std::string_view& text) {
    auto lead = static_cast<unsigned char>(text.front());
    std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    length = std::min(length, text.size());
    char32_t code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3FU);
    text.remove_prefix(length);
    return code;
}

/// The second letter of the double ones: æ, ß, ĳ, œ. 0 for all others.
char second_letter(char32_t code) {
    switch (code) {
    case U'Æ':
    case U'æ':
    case U'Œ':
    case U'œ': return 'e';
    case U'ß': return 's';
    case U'Ĳ':
    case U'ĳ': return 'j';
    default: return 0;
    }
}

/// In most of the block capitals are even and their small letters follow; in two stretches they are odd.
char32_t small_letter(char32_t code) {
    if (code >= U'A' && code <= U'Z') return code + 0x20;
    if (code >= 0xC0 && code <= 0xDE && code != U'×') return code + 0x20;
    if (code == U'Ÿ') return U'ÿ';
    if (code < 0x100 || code > 0x17E) return code;
    bool capitals_are_odd = (code >= 0x139 && code <= 0x148) || code >= 0x179;
    bool is_capital = (code % 2 == 1) == capitals_are_odd;
    return is_capital ? code + 1 : code;
}

}  // namespace

NameKey::NameKey(std::string_view name) {
    auto add = [&](char32_t letter, char32_t accent, bool capital) {
        letters_ += letter;
        accents_ += accent;
        cases_ += capital ? '1' : '0';
    };
    while (!name.empty()) {
        auto code = next_code_point(name);
        auto small = small_letter(code);
        bool capital = small != code;
        auto place = code < 0x80 ? before_letters.find(static_cast<char>(code)) : std::string_view::npos;
        if (place != std::string_view::npos) {
            add(static_cast<char32_t>(place), 0, false);
        } else if (code >= 0xC0 && code < 0x180) {
            add(static_cast<char32_t>(plain_letters[code - 0xC0]), small, capital);
            if (auto second = second_letter(code)) add(static_cast<char32_t>(second), small, capital);
        } else {
            add(small, 0, capital);
        }
    }
}

bool name_before(std::string_view a, std::string_view b) { return NameKey(a) < NameKey(b); }

}  // namespace callboard::backstage
