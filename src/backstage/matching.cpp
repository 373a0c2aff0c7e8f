#include "backstage/matching.h"

#include <algorithm>
#include <cmath>

namespace callboard::backstage {

namespace {

constexpr int team_points = 10;
constexpr int acronym_points = 5;
constexpr std::size_t prefix_max = 4;
constexpr double prefix_weight = 0.1;
constexpr std::size_t acronym_letters_max = 5;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '_' || c == '-'; }

/// Of "group:default/shop" "shop".
std::string_view bare_owner(std::string_view owner) {
    constexpr std::string_view group = "group:";
    if (!owner.starts_with(group)) return owner;
    auto slash = owner.find('/');
    return owner.substr(slash == std::string_view::npos ? group.size() : slash + 1);
}

}  // namespace

std::string normal_name(std::string_view name) {
    std::string out;
    for (char c : name) {
        if (!is_blank(c))
            out += lower(c);
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

std::string acronym_of(std::string_view name) {
    bool all_upper = !name.empty() && std::ranges::all_of(name, is_upper);
    std::string letters;
    if (all_upper && name.size() <= acronym_letters_max) {
        letters = name;
    } else if (std::ranges::any_of(name, [](char c) { return is_blank(c) || c == '/'; })) {
        bool begins = true;
        for (char c : name) {
            bool between = is_blank(c) || c == '/';
            if (begins && !between) letters += c;
            begins = between;
        }
    } else {
        for (std::size_t i = 0; i < name.size(); ++i)
            if (i == 0 || (is_upper(name[i]) && is_lower(name[i - 1]))) letters += name[i];
        if (letters.size() < 2) {
            letters.clear();
            std::ranges::copy_if(name, std::back_inserter(letters), is_upper);
        }
    }
    std::ranges::transform(letters, letters.begin(), lower);
    return letters.size() < 2 ? std::string{} : letters;
}

double jaro_winkler(std::string_view a, std::string_view b) {
    if (a == b) return a.empty() ? 0 : 1;
    if (a.empty() || b.empty()) return 0;
    auto longer = std::max(a.size(), b.size());
    // One letter further than Winkler, as the library that the plugin's own backend uses.
    auto reach = longer / 2;
    static thread_local std::vector<char> in_a;
    static thread_local std::vector<char> in_b;
    in_a.assign(a.size(), 0);
    in_b.assign(b.size(), 0);
    std::size_t matches = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        auto end = std::min(i + reach + 1, b.size());
        for (auto j = i > reach ? i - reach : 0; j < end; ++j) {
            if (in_b[j] || a[i] != b[j]) continue;
            in_a[i] = in_b[j] = 1;
            ++matches;
            break;
        }
    }
    if (matches == 0) return 0;
    std::size_t moved = 0;
    for (std::size_t i = 0, j = 0; i < a.size(); ++i) {
        if (!in_a[i]) continue;
        while (!in_b[j]) ++j;
        if (a[i] != b[j]) ++moved;
        ++j;
    }
    auto m = static_cast<double>(matches);
    auto jaro = (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) +
                 (m - static_cast<double>(moved / 2)) / m) /
                3;
    std::size_t prefix = 0;
    while (prefix < std::min({prefix_max, a.size(), b.size()}) && a[prefix] == b[prefix]) ++prefix;
    return jaro + static_cast<double>(prefix) * prefix_weight * (1 - jaro);
}

Candidate candidate_of(std::string_view name, std::string_view team_or_owner) {
    return {normal_name(name), normal_name(bare_owner(team_or_owner)), acronym_of(name)};
}

Score score_of(const Candidate& service, const Candidate& component) {
    Score score;
    score.team = !service.team.empty() && service.team == component.team;
    if (score.team && !service.name.empty() && service.name == component.name)
        return {.score = 100, .base = 100, .exact = true, .team = true, .acronym = false, .raw = 100};
    auto alike = jaro_winkler(service.name, component.name) * 100;
    score.base = static_cast<int>(std::lround(alike));
    score.acronym = !service.acronym.empty() && service.acronym == component.acronym;
    auto raw = alike + (score.team ? team_points : 0) + (score.acronym ? acronym_points : 0);
    score.raw = static_cast<int>(std::lround(raw));
    score.score = std::min(score.raw, 100);
    return score;
}

std::string_view confidence_of(int score) {
    if (score >= 100) return "exact";
    if (score >= 90) return "high";
    if (score >= 80) return "medium";
    return "low";
}

}  // namespace callboard::backstage
