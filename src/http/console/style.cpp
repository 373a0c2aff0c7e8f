#include "http/console/style.h"

#include "base/digest.h"

#include <algorithm>

namespace callboard::http {

namespace {

const std::string& page_css() {
    static const auto css = condensed(style_css);
    return css;
}

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t'; }

/// No blank is needed on either side of these.
bool is_bound(char c) { return c == '{' || c == '}' || c == ';'; }

}  // namespace

std::string condensed(std::string_view css) {
    std::string out;
    while (!css.empty()) {
        if (css.starts_with("/*")) {
            css.remove_prefix(std::min(css.find("*/", 2), css.size() - 2) + 2);
            continue;
        }
        char c = is_blank(css.front()) ? ' ' : css.front();
        css.remove_prefix(1);
        if (c == ' ' && (out.empty() || out.back() == ' ' || is_bound(out.back()))) continue;
        if (is_bound(c) && !out.empty() && out.back() == ' ') out.pop_back();
        out += c;
    }
    return out;
}

const Html& page_style() {
    static const auto element = html("<style>{}</style>", Html::trusted(page_css()));
    return element;
}

const std::string& style_source() {
    static const auto source = "'sha256-" + sha256_base64(page_css()) + "'";
    return source;
}

}  // namespace callboard::http
