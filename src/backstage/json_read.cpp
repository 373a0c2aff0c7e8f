#include "backstage/json_read.h"

namespace callboard::backstage {

const json::value* member(const json::value& value, std::initializer_list<std::string_view> path) {
    const auto* at = &value;
    for (auto name : path) {
        const auto* object = at->if_object();
        at = object ? object->if_contains(name) : nullptr;
        if (!at) return nullptr;
    }
    return at;
}

std::string_view text_at(const json::value& value, std::initializer_list<std::string_view> path) {
    const auto* found = member(value, path);
    const auto* text = found ? found->if_string() : nullptr;
    return text ? view_of(*text) : std::string_view{};
}

std::string_view text_at(const json::value& value, std::string_view name) { return text_at(value, {name}); }

const json::array& list_at(const json::value& value, std::string_view name) { return list_at(value, {name}); }

const json::array& list_at(const json::value& value, std::initializer_list<std::string_view> path) {
    static const json::array none;
    const auto* found = member(value, path);
    const auto* list = found ? found->if_array() : nullptr;
    return list ? *list : none;
}

std::optional<std::int64_t> number_at(const json::value& value, std::string_view name) {
    const auto* found = member(value, {name});
    if (!found) return std::nullopt;
    boost::system::error_code failed;
    auto number = found->to_number<std::int64_t>(failed);
    if (failed) return std::nullopt;
    return number;
}

json::value value_at(const json::value& value, std::initializer_list<std::string_view> path) {
    const auto* found = member(value, path);
    return found ? *found : json::value(nullptr);
}

std::string_view name_of(const json::value& object) {
    auto name = text_at(object, "name");
    return name.empty() ? text_at(object, "summary") : name;
}

}  // namespace callboard::backstage
