#include "base/json_text.h"

namespace callboard {

namespace {

bool needs_escape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

}  // namespace

void append_json_text(std::string& out, std::string_view utf8) {
    constexpr std::string_view hex = "0123456789abcdef";
    out += '"';
    // Whole runs of plain characters: nearly every text is one.
    std::size_t plain_from = 0;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        char c = utf8[i];
        if (!needs_escape(c)) continue;
        out.append(utf8, plain_from, i - plain_from);
        plain_from = i + 1;
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else {
            out += "\\u00";
            out += hex[static_cast<unsigned char>(c) >> 4];
            out += hex[static_cast<unsigned char>(c) & 15];
        }
    }
    out.append(utf8, plain_from);
    out += '"';
}

}  // namespace callboard
