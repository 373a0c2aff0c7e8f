#include "app/alert_traits.h"

#include "app/stored_json.h"

#include <algorithm>
#include <functional>

#include <boost/json.hpp>

namespace callboard {

namespace {

namespace json = boost::json;

/// What is below `path`, whose parts are joined by dots. A member whose own name has dots in it is found as well.
const json::value* below(const json::value& value, std::string_view path) {
    const auto* object = value.if_object();
    if (!object) return nullptr;
    if (const auto* found = object->if_contains(path)) return found;
    for (auto dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.', dot + 1))
        if (const auto* found = object->if_contains(path.substr(0, dot)))
            if (const auto* deeper = below(*found, path.substr(dot + 1))) return deeper;
    return nullptr;
}

std::optional<std::string> text_below(const json::value& document, std::string_view path) {
    const auto* found = below(document, path);
    if (!found || found->is_null()) return std::nullopt;
    auto text = found->is_string() ? std::string{found->get_string().data(), found->get_string().size()}
                                   : json::serialize(*found);
    if (text.empty()) return std::nullopt;
    return text;
}

bool is_in_document(const std::string& field) { return field != "summary" && field != "severity"; }

}  // namespace

AlertTraits
traits_of(const AlertGroupingSetting& setting, std::string_view summary, Severity severity, std::string_view document) {
    json::value parsed;
    if (std::ranges::any_of(setting.fields, is_in_document) ||
        std::ranges::any_of(setting.iag_fields, is_in_document)) {
        parsed = parse_stored(document);
    }
    auto text_of_field = [&](const std::string& field) -> std::optional<std::string> {
        if (field == "summary") return std::string{summary};
        if (field == "severity") return std::string{text_of(severity)};
        return text_below(parsed, field);
    };
    AlertTraits traits;
    if (compares_content(setting.type))
        for (const auto& field : setting.fields) {
            auto text = text_of_field(field);
            traits.values.push_back(text ? std::optional{std::hash<std::string>{}(*text)} : std::nullopt);
        }
    if (compares_words(setting.type)) {
        std::string words;
        if (setting.iag_fields.empty()) words = summary;
        for (const auto& field : setting.iag_fields) words += text_of_field(field).value_or("") + " ";
        traits.words = words_of(words);
    }
    return traits;
}

}  // namespace callboard
