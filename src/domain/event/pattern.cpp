#include "domain/event/pattern.h"

#include <vector>

#include <re2/re2.h>

namespace callboard {

namespace {

constexpr std::int64_t memory_max = 1 << 20;
constexpr int groups_max = 16;

RE2::Options options() {
    RE2::Options out;
    out.set_log_errors(false);
    out.set_max_mem(memory_max);
    return out;
}

/// `\C` takes single bytes, and what it leaves is no text.
bool takes_bytes(std::string_view regex) {
    for (std::size_t i = 0; i + 1 < regex.size(); ++i) {
        if (regex[i] != '\\') continue;
        if (regex[++i] == 'C') return true;
    }
    return false;
}

std::variant<std::shared_ptr<const RE2>, Pattern::Problem> compile(const std::string& text, const RE2::Options& how) {
    if (takes_bytes(text)) return Pattern::Problem{"\\C is not allowed"};
    auto regex = std::make_shared<const RE2>(text, how);
    if (!regex->ok()) return Pattern::Problem{regex->error()};
    if (regex->NumberOfCapturingGroups() > groups_max) return Pattern::Problem{"more than 16 groups"};
    return regex;
}

}  // namespace

std::variant<Pattern, Pattern::Problem> Pattern::condition(std::string_view regex, Case letters) {
    auto text = std::string{letters == Case::ignore ? "(?ims)" : "(?ms)"} + std::string{regex};
    auto compiled = compile(text, options());
    if (auto* problem = std::get_if<Problem>(&compiled)) return std::move(*problem);
    return Pattern(std::get<0>(std::move(compiled)));
}

std::variant<Pattern, Pattern::Problem> Pattern::extraction(std::string_view regex) {
    auto compiled = compile(std::string{regex}, options());
    if (auto* problem = std::get_if<Problem>(&compiled)) return std::move(*problem);
    return Pattern(std::get<0>(std::move(compiled)));
}

std::optional<Pattern> Pattern::literal(std::string_view text, Case letters, bool whole) {
    auto how = options();
    how.set_case_sensitive(letters == Case::respect);
    auto quoted = RE2::QuoteMeta({text.data(), text.size()});
    auto compiled = compile(whole ? "\\A" + quoted + "\\z" : quoted, how);
    if (std::holds_alternative<Problem>(compiled)) return std::nullopt;
    return Pattern(std::get<0>(std::move(compiled)), /*is_literal=*/true);
}

bool Pattern::is_too_complicated() const { return !is_literal_ && regex_->ProgramSize() > pattern_size_max; }

std::string_view Pattern::seen_of(std::string_view text) const {
    if (is_literal_ || text.size() <= pattern_text_max) return text;
    auto end = pattern_text_max;
    // No character is cut in two.
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end);
}

std::uint64_t Pattern::work_for(std::string_view text) const {
    if (is_literal_) return text.size();
    return std::uint64_t{seen_of(text).size()} * static_cast<std::uint64_t>(regex_->ProgramSize());
}

bool Pattern::is_in(std::string_view text) const {
    text = seen_of(text);
    return RE2::PartialMatch({text.data(), text.size()}, *regex_);
}

std::optional<std::string> Pattern::extract(std::string_view text) const {
    text = seen_of(text);
    auto groups = regex_->NumberOfCapturingGroups();
    std::vector<re2::StringPiece> found(static_cast<std::size_t>(groups) + 1);
    re2::StringPiece piece(text.data(), text.size());
    if (!regex_->Match(piece, 0, piece.size(), RE2::UNANCHORED, found.data(), static_cast<int>(found.size())))
        return std::nullopt;
    if (groups == 0) return std::string{found[0].data(), found[0].size()};
    std::string out;
    for (std::size_t i = 1; i < found.size(); ++i)
        if (found[i].data()) out.append(found[i].data(), found[i].size());
    return out;
}

}  // namespace callboard
