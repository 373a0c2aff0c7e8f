#pragma once
// What a value of a custom field may be. REST, "Custom fields".

#include "domain/account/custom_field.h"

#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace callboard {

/// What is wrong with a value, in words that go on after its name; empty when nothing is.
std::string problem_of(const CustomField& field, const boost::json::value& value);

/// The value that a text stands for: "5" is a number to a field of numbers, "a, b" are two to one of many values, and
/// nothing is none. What is no such value stays a text, and `problem_of` says so.
boost::json::value value_of(const CustomField& field, std::string_view text);

/// "production", "a, b", "nothing".
std::string words_of(const boost::json::value& value);

}  // namespace callboard
