#pragma once
// Looking into JSON of others: what is not there, or is something else than expected, is absent. Never throws.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace callboard::backstage {

namespace json = boost::json;

/// The value under a path of names, null when it is not there: member(body, {"vendor", "id"}).
const json::value* member(const json::value& value, std::initializer_list<std::string_view> path);
/// The text there; empty when there is none.
std::string_view text_at(const json::value& value, std::initializer_list<std::string_view> path);
std::string_view text_at(const json::value& value, std::string_view name);
/// The list there; an empty one when there is none.
const json::array& list_at(const json::value& value, std::initializer_list<std::string_view> path);
const json::array& list_at(const json::value& value, std::string_view name);
// What is found would be gone with the value.
const json::array& list_at(json::value&&, std::initializer_list<std::string_view>) = delete;
const json::array& list_at(json::value&&, std::string_view) = delete;
std::optional<std::int64_t> number_at(const json::value& value, std::string_view name);
/// A copy of what is there, null when there is nothing.
json::value value_at(const json::value& value, std::initializer_list<std::string_view> path);
/// The name of an object, or its summary: references carry the latter only.
std::string_view name_of(const json::value& object);

inline std::string_view view_of(const json::string& text) { return {text.data(), text.size()}; }

}  // namespace callboard::backstage
