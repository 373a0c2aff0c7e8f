#include "domain/event/grouping.h"

#include <algorithm>

namespace callboard {

namespace {

std::int64_t whole_seconds(Duration length) { return std::chrono::floor<seconds>(length).count(); }

seconds window_of(const AlertGroupingSetting& setting) {
    return seconds{setting.time_window == 0 ? time_window_recommended : setting.time_window};
}

/// An absent value equals nothing, not even another absent one.
std::vector<std::size_t> equal_values(const AlertTraits& one, const AlertTraits& other) {
    std::vector<std::size_t> equal;
    for (std::size_t i = 0; i < one.values.size() && i < other.values.size(); ++i)
        if (one.values[i] && one.values[i] == other.values[i]) equal.push_back(i);
    return equal;
}

bool content_agrees(const AlertGroupingSetting& setting, std::size_t equal) {
    if (setting.aggregate == GroupingAggregate::any) return equal > 0;
    return equal > 0 && equal == setting.fields.size();
}

/// Absent when the alert does not belong there.
std::optional<GroupingChoice>
compare(const AlertGroupingSetting& setting, const OpenGroup& group, const AlertTraits& traits) {
    GroupingChoice choice;
    if (compares_content(setting.type)) {
        auto equal = equal_values(group.first, traits);
        if (!content_agrees(setting, equal.size())) return std::nullopt;
        for (auto index : equal) choice.equal_fields.push_back(setting.fields[index]);
    }
    if (compares_words(setting.type)) {
        auto words = count_words(group.first.words, traits.words);
        if (!are_similar(words)) return std::nullopt;
        choice.words_common = words.common;
        choice.words_all = words.all;
    }
    return choice;
}

}  // namespace

bool is_over(const AlertGroupingSetting& setting, const OpenGroup& group, Timestamp now) {
    if (group.alert_count >= alerts_per_incident_max) return true;
    if (group.first_at < setting.criteria_changed_at) return true;
    if (setting.type == AlertGroupingType::time)
        return setting.timeout != 0 && now - group.first_at >= seconds{setting.timeout};
    return now - group.last_at > window_of(setting) || now - group.first_at > group_age_max;
}

std::optional<GroupingChoice> choose_group(const AlertGroupingSetting& setting,
                                           std::span<const OpenGroup> groups,
                                           const AlertTraits& traits,
                                           Timestamp now) {
    for (auto index = groups.size(); index-- > 0;) {
        if (is_over(setting, groups[index], now)) continue;
        auto choice = compare(setting, groups[index], traits);
        if (!choice) continue;
        choice->index = index;
        return choice;
    }
    return std::nullopt;
}

Placement placement_of(AlertGroupingType type) {
    switch (type) {
    case AlertGroupingType::time: return Placement::grouped_by_time;
    case AlertGroupingType::intelligent: return Placement::grouped_by_similarity;
    case AlertGroupingType::content_based: return Placement::grouped_by_content;
    case AlertGroupingType::content_based_intelligent: return Placement::grouped_by_content_and_similarity;
    }
    return Placement::grouped_by_time;
}

std::string
explain(const AlertGroupingSetting& setting, const OpenGroup& group, const GroupingChoice& choice, Timestamp now) {
    auto number = [](auto value) { return std::to_string(value); };
    auto out = "Joined incident #" + number(group.incident_number);
    if (setting.name) out += " by the alert grouping setting \"" + *setting.name + "\"";
    out += ": ";
    if (compares_content(setting.type)) {
        for (const auto& field : choice.equal_fields)
            out += (&field == &choice.equal_fields.front() ? "" : ", ") + field;
        out += choice.equal_fields.size() == 1 ? " is" : " are";
        out += " the same as in its first alert, ";
    }
    if (compares_words(setting.type))
        out += number(choice.words_common) + " of " + number(choice.words_all) +
               " words are the same as in its first alert, ";
    if (setting.type == AlertGroupingType::time) {
        out += number(whole_seconds(now - group.first_at)) + " seconds after its first alert, ";
        return out +
               (setting.timeout == 0 ? "and it is not resolved." : "within " + number(setting.timeout) + " seconds.");
    }
    out += number(whole_seconds(now - group.last_at)) + " seconds after its newest alert, within ";
    return out + number(window_of(setting).count()) + " seconds.";
}

}  // namespace callboard
