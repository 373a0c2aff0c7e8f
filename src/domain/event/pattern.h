#pragma once
// Regular expressions of rules: RE2's dialect, whose matching takes time linear in the text and, at worst, in the size
// of the expression. Compiled when a rule is saved, within a fixed amount of memory and a fixed size; what a text may
// hold behind its first 8 KiB is not looked at.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace re2 {
class RE2;
}

namespace callboard {

/// The largest program of an expression, in RE2's instructions, and the bytes of a text it looks at.
constexpr int pattern_size_max = 2'500;
constexpr std::size_t pattern_text_max = 8'192;

/// Cheap to copy; immutable; may be used by several threads.
class Pattern {
public:
    enum class Case { ignore, respect };

    struct Problem {
        std::string what;
    };

    /// As conditions have it: `.` takes newlines, `^` and `$` stand at lines; flags in the text win.
    static std::variant<Pattern, Problem> condition(std::string_view regex, Case letters);
    /// As extractions have it.
    static std::variant<Pattern, Problem> extraction(std::string_view regex);
    /// The text itself, looked for in all of another; null when it is too long for that.
    static std::optional<Pattern> literal(std::string_view text, Case letters, bool whole);

    /// Larger than what is saved nowadays; one that was saved before holds.
    [[nodiscard]] bool is_too_complicated() const;
    /// What looking into the text takes at worst, where a byte that is looked for as it is takes 1.
    [[nodiscard]] std::uint64_t work_for(std::string_view text) const;
    [[nodiscard]] bool is_in(std::string_view text) const;
    /// What the groups caught, joined; the whole match where there are none. Absent without a match.
    [[nodiscard]] std::optional<std::string> extract(std::string_view text) const;

private:
    explicit Pattern(std::shared_ptr<const re2::RE2> regex, bool is_literal = false)
        : regex_(std::move(regex)), is_literal_(is_literal) {}

    [[nodiscard]] std::string_view seen_of(std::string_view text) const;

    std::shared_ptr<const re2::RE2> regex_;
    bool is_literal_ = false;
};

}  // namespace callboard
