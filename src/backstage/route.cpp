#include "backstage/route.h"

#include <algorithm>

namespace callboard::backstage {

namespace {

/// "/services/P1/" as "services", "P1". Empty segments stay: they match no parameter.
std::vector<std::string_view> segments_of(std::string_view path) {
    if (path.starts_with('/')) path.remove_prefix(1);
    if (path.ends_with('/')) path.remove_suffix(1);
    std::vector<std::string_view> segments;
    for (;;) {
        auto end = path.find('/');
        segments.push_back(path.substr(0, end));
        if (end == std::string_view::npos) return segments;
        path.remove_prefix(end + 1);
    }
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

bool fits(std::string_view pattern, std::string_view segment) {
    if (pattern.starts_with('{')) return !segment.empty();
    return same_word(pattern, segment);
}

}  // namespace

std::string Call::query_text(std::string_view name) const {
    std::string joined;
    for (const auto& value : query.all(name)) {
        if (!joined.empty()) joined += ',';
        joined += value;
    }
    return joined;
}

Question Call::question(std::string_view method, std::string_view target, Freshness freshness) const {
    Question question;
    question.method = method;
    question.target = target;
    question.deadline = deadline;
    question.freshness = freshness;
    question.identity = caller.identity;
    return question;
}

Answer Call::ask(const Account& of, const Question& question) {
    auto answer = of.upstream->call(question);
    if (answer.ok()) read_at(answer.as_of);
    return answer;
}

Match match_route(std::span<const Route> routes, std::string_view method, std::string_view path) {
    auto segments = segments_of(path);
    for (const auto& route : routes) {
        if (route.method != method) continue;
        auto pattern = segments_of(route.path);
        if (!std::ranges::equal(pattern, segments, fits)) continue;
        Match match{&route, {}};
        for (std::size_t i = 0; i < pattern.size(); ++i)
            if (pattern[i].starts_with('{')) match.parameters.push_back(segments[i]);
        return match;
    }
    return {};
}

}  // namespace callboard::backstage
