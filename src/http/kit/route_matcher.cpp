#include "http/kit/route_matcher.h"

namespace callboard::http {

namespace {

std::vector<std::string_view> split_path(std::string_view path) {
    std::vector<std::string_view> segments;
    while (!path.empty()) {
        if (path.front() == '/') {
            path.remove_prefix(1);
            continue;
        }
        auto end = path.find('/');
        segments.push_back(path.substr(0, end));
        path.remove_prefix(end == std::string_view::npos ? path.size() : end);
    }
    return segments;
}

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

}  // namespace

RouteMatcher::RouteMatcher(std::span<const Route> routes) : routes_(routes) {
    for (const auto& route : routes_) patterns_.push_back({split_path(route.path)});
}

RouteMatcher::Match RouteMatcher::match(std::string_view method, std::string_view path) const {
    auto segments = split_path(path);
    Match best;
    const Pattern* best_pattern = nullptr;
    for (std::size_t i = 0; i < routes_.size(); ++i) {
        const auto& pattern = patterns_[i];
        if (pattern.segments.size() != segments.size()) continue;
        bool fits = true;
        for (std::size_t s = 0; s < segments.size() && fits; ++s)
            fits = is_parameter(pattern.segments[s]) || pattern.segments[s] == segments[s];
        if (!fits) continue;
        best.path_known = true;
        if (method_of(routes_[i].verb) != method) continue;
        // "/users/me" before "/users/{id}": the first literal segment decides.
        auto more_literal = [&] {
            for (std::size_t s = 0; s < segments.size(); ++s) {
                bool here = !is_parameter(pattern.segments[s]);
                bool there = !is_parameter(best_pattern->segments[s]);
                if (here != there) return here;
            }
            return false;
        };
        if (best_pattern && !more_literal()) continue;
        best.route = &routes_[i];
        best_pattern = &pattern;
    }
    if (!best_pattern) return best;
    for (std::size_t s = 0; s < segments.size(); ++s) {
        auto name = best_pattern->segments[s];
        if (is_parameter(name))
            best.parameters.emplace_back(name.substr(1, name.size() - 2), percent_decode(segments[s]));
    }
    return best;
}

}  // namespace callboard::http
