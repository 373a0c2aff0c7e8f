#include "domain/incident/kinship.h"

#include "domain/incident/words.h"

#include <algorithm>

namespace callboard {

namespace {

/// What happened in one of ten incidents of a service is frequent.
constexpr double frequent_from = 0.1;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool says_which_one(std::string_view word) {
    return std::ranges::any_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::vector<PastIncident> past_incidents(const Incident& incident, std::span<const Incident> others) {
    auto words = words_of(incident.title);
    std::vector<PastIncident> found;
    for (std::size_t i = 0; i < others.size(); ++i) {
        const auto& other = others[i];
        bool is_past = other.status == IncidentStatus::resolved && other.id < incident.id;
        if (!is_past || other.id == incident.id) continue;
        auto count = count_words(words, words_of(other.title));
        // Titles of numbers alone have no words.
        bool same = other.title == incident.title;
        if (!same && !are_similar(count)) continue;
        found.push_back({i, same ? 100 : 100 * static_cast<double>(count.common) / static_cast<double>(count.all)});
    }
    std::ranges::sort(found, [&](const PastIncident& a, const PastIncident& b) {
        return a.score != b.score ? a.score > b.score : others[a.index].id > others[b.index].id;
    });
    return found;
}

bool went_on_together(const Incident& one, const Incident& other, Timestamp now) {
    const auto& first = one.created_at <= other.created_at ? one : other;
    const auto& second = one.created_at <= other.created_at ? other : one;
    return second.created_at - first.created_at <= related_reach &&
           second.created_at <= first.resolved_at.value_or(now);
}

bool have_similar_titles(const Incident& one, const Incident& other) {
    return one.title == other.title || are_similar(count_words(words_of(one.title), words_of(other.title)));
}

std::string title_pattern(std::string_view title) {
    constexpr std::string_view any = "<*>";
    std::string out;
    while (!title.empty()) {
        auto end = std::ranges::find_if(title, is_blank) - title.begin();
        auto word = title.substr(0, static_cast<std::size_t>(end));
        title.remove_prefix(word.size());
        while (!title.empty() && is_blank(title.front())) title.remove_prefix(1);
        if (word.empty()) continue;
        if (!out.empty()) out += ' ';
        out += says_which_one(word) ? any : word;
    }
    return out;
}

OutlierVerdict outlier_verdict(const Incident& incident, std::span<const Incident> others) {
    auto pattern = title_pattern(incident.title);
    std::int64_t all = 1;
    OutlierVerdict verdict{.count = 1};
    for (const auto& other : others) {
        if (other.id == incident.id) continue;
        ++all;
        if (title_pattern(other.title) == pattern) ++verdict.count;
    }
    verdict.frequency = static_cast<double>(verdict.count) / static_cast<double>(all);
    verdict.category = verdict.count == 1                   ? Occurrence::anomaly
                       : verdict.frequency >= frequent_from ? Occurrence::frequent
                                                            : Occurrence::rare;
    return verdict;
}

}  // namespace callboard
