#pragma once
// HTML that cannot forget to escape. Markup comes from literals in the source only; whatever is put into a literal's
// {} is written as text, unless it is Html already:
//   page.add("<h1>{}</h1>", incident.title)
// Attribute values in literals always stand in double quotes; addresses that others chose go through outside_link.

#include <concepts>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace callboard::http {

class Html;

/// One argument on its way into a literal.
template <class T>
struct Shown {
    const T& value;
};

class Html {
public:
    Html() = default;

    /// `pattern` must be a literal: it is checked while compiling.
    template <class... Args>
    Html& add(fmt::format_string<Shown<Args>...> pattern, const Args&... args) {
        fmt::vformat_to(std::back_inserter(text_), pattern, fmt::make_format_args(Shown<Args>{args}...));
        return *this;
    }

    /// Our own text as it is: never anything that came from outside.
    static Html trusted(std::string_view text) {
        Html out;
        out.text_ = text;
        return out;
    }

    Html& add(const Html& other) {
        text_ += other.text_;
        return *this;
    }

    [[nodiscard]] const std::string& text() const { return text_; }

    [[nodiscard]] bool empty() const { return text_.empty(); }

private:
    std::string text_;
};

template <class... Args>
Html html(fmt::format_string<Shown<Args>...> pattern, const Args&... args) {
    Html out;
    out.add(pattern, args...);
    return out;
}

/// Text with & < > " ' written as references; control characters that HTML does not allow become U+FFFD.
std::string escape_html(std::string_view text);

/// A link to somewhere else, opened without telling where from; only the words when the address is not http or https.
Html outside_link(std::string_view address, std::string_view words);

}  // namespace callboard::http

template <class T>
struct fmt::formatter<callboard::http::Shown<T>> {
    constexpr auto parse(format_parse_context& context) { return context.begin(); }

    template <class Context>
    auto format(const callboard::http::Shown<T>& shown, Context& context) const {
        auto write = [&](std::string_view text) { return std::copy(text.begin(), text.end(), context.out()); };
        if constexpr (std::same_as<T, callboard::http::Html>)
            return write(shown.value.text());
        else if constexpr (std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>)
            return write(std::to_string(shown.value));
        else
            return write(callboard::http::escape_html(std::string_view{shown.value}));
    }
};
