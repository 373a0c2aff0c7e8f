#include "app/field_rules.h"

#include "base/time.h"
#include "domain/event/event.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace callboard {

namespace json = boost::json;

namespace {

bool is_url(std::string_view text) {
    return text.starts_with("http://") || text.starts_with("https://") || text.starts_with("tel:");
}

bool is_option(const CustomField& field, std::string_view text) {
    return !is_fixed(field.field_type) ||
           std::ranges::find(field.field_options, text, &FieldOption::value) != field.field_options.end();
}

std::string problem_of_text(const CustomField& field, const json::value& value) {
    if (!value.is_string()) return "must be a text";
    std::string_view text = value.get_string();
    if (count_chars(text) > field_text_max) return "is too long, at most 200 characters";
    if (field.data_type == FieldDataType::url && !is_url(text)) return "must begin with http://, https:// or tel:";
    if (field.data_type == FieldDataType::datetime && !parse_iso8601(text))
        return "must be a date and time of ISO 8601";
    return is_option(field, text) ? "" : "is not one of the field's options";
}

std::string problem_of_list(const CustomField& field, const json::value& value) {
    const auto* list = value.if_array();
    if (!list) return "must be a list of texts";
    if (list->size() > field_values_max) return "has too many values, at most 10";
    for (std::size_t i = 0; i < list->size(); ++i) {
        if (auto problem = problem_of_text(field, (*list)[i]); !problem.empty()) return problem;
        if (std::find(list->begin(), list->begin() + static_cast<std::ptrdiff_t>(i), (*list)[i]) !=
            list->begin() + static_cast<std::ptrdiff_t>(i))
            return "has a value twice";
    }
    return {};
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    auto begin = std::min(text.find_first_not_of(blanks), text.size());
    return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

/// The number that the whole text is.
template <class Number>
std::optional<Number> number_of(std::string_view text) {
    Number number{};
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

json::value list_of(std::string_view text) {
    json::array out;
    while (!text.empty()) {
        auto comma = std::min(text.find(','), text.size());
        if (auto part = trimmed(text.substr(0, comma)); !part.empty()) out.emplace_back(part);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return out;
}

}  // namespace

std::string problem_of(const CustomField& field, const json::value& value) {
    if (value.is_null()) return {};
    if (is_multi(field.field_type)) return problem_of_list(field, value);
    switch (field.data_type) {
    case FieldDataType::boolean: return value.is_bool() ? "" : "must be true or false";
    case FieldDataType::integer: return value.is_int64() ? "" : "must be a whole number";
    case FieldDataType::float_: return value.is_number() ? "" : "must be a number";
    case FieldDataType::string:
    case FieldDataType::datetime:
    case FieldDataType::url: return problem_of_text(field, value);
    }
    return {};
}

json::value value_of(const CustomField& field, std::string_view text) {
    auto part = trimmed(text);
    if (part.empty()) return nullptr;
    if (is_multi(field.field_type)) return list_of(text);
    if (field.data_type == FieldDataType::boolean && (part == "true" || part == "false")) return part == "true";
    if (field.data_type == FieldDataType::integer)
        if (auto number = number_of<std::int64_t>(part)) return *number;
    if (field.data_type == FieldDataType::float_)
        if (auto number = number_of<double>(part); number && std::isfinite(*number)) return *number;
    return json::string(text);
}

std::string words_of(const json::value& value) {
    if (value.is_null()) return "nothing";
    if (value.is_string()) return std::string{std::string_view{value.get_string()}};
    const auto* list = value.if_array();
    if (!list) return json::serialize(value);
    std::string out;
    for (const auto& one : *list) out += (out.empty() ? "" : ", ") + words_of(one);
    return out;
}

}  // namespace callboard
