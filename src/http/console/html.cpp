#include "http/console/html.h"

namespace callboard::http {

std::string escape_html(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&#39;"; break;
        default: {
            auto code = static_cast<unsigned char>(c);
            bool allowed = code >= 0x20 || c == '\n' || c == '\t' || c == '\r';
            if (allowed && code != 0x7f)
                out += c;
            else
                out += "\xEF\xBF\xBD";
        }
        }
    }
    return out;
}

Html outside_link(std::string_view address, std::string_view words) {
    bool web = address.starts_with("https://") || address.starts_with("http://");
    if (!web) return html("{}", words);
    return html(R"(<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>)", address, words);
}

}  // namespace callboard::http
