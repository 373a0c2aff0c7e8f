#include "domain/service/alert_grouping.h"

#include <algorithm>
#include <array>

namespace callboard {

bool compares_content(AlertGroupingType type) {
    return type == AlertGroupingType::content_based || type == AlertGroupingType::content_based_intelligent;
}

bool compares_words(AlertGroupingType type) {
    return type == AlertGroupingType::intelligent || type == AlertGroupingType::content_based_intelligent;
}

bool same_criteria(const AlertGroupingSetting& one, const AlertGroupingSetting& other) {
    return one.type == other.type && one.timeout == other.timeout && one.time_window == other.time_window &&
           one.aggregate == other.aggregate && one.fields == other.fields && one.iag_fields == other.iag_fields;
}

bool is_grouping_field(std::string_view field) {
    constexpr std::array<std::string_view, 6> plain{"source", "severity", "component", "group", "class", "summary"};
    constexpr std::string_view details = "custom_details.";
    if (field.starts_with(details)) return field.size() > details.size() && field.back() != '.';
    return std::ranges::find(plain, field) != plain.end();
}

}  // namespace callboard
