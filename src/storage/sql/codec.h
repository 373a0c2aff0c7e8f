#pragma once
// From members to columns and back. Numbers, enums, flags, ids and instants are BIGINT; text is TEXT; an absent
// optional is NULL; lists and nested structs are JSON text that SQL never looks into.

#include "base/describe.h"
#include "base/id.h"
#include "base/json_text.h"
#include "base/result.h"
#include "base/time.h"
#include "sql/connection.h"

#include <array>
#include <charconv>
#include <concepts>
#include <string>
#include <type_traits>
#include <vector>

#include <boost/json.hpp>

namespace callboard::sql {

template <class T>
struct is_optional : std::false_type {};

template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

template <class T>
struct is_vector : std::false_type {};

template <class T>
struct is_vector<std::vector<T>> : std::true_type {};

template <class T>
struct is_id : std::false_type {};

template <Kind K>
struct is_id<Id<K>> : std::true_type {};

/// Stored as one BIGINT.
template <class T>
concept Scalar =
    std::integral<T> || std::is_enum_v<T> || is_id<T>::value || std::same_as<T, Timestamp> || std::same_as<T, seconds>;

/// Written as a short text of its own making, wherever it stands.
template <class T>
concept Coded = requires(const T& value, std::string_view text) {
    { value.coded() } -> std::same_as<std::string>;
    { T::decoded(text) } -> std::same_as<T>;
};

template <Scalar T>
std::int64_t to_integer(const T& value) {
    if constexpr (is_id<T>::value)
        return value.value;
    else if constexpr (std::same_as<T, Timestamp>)
        return to_micros(value);
    else if constexpr (std::same_as<T, seconds>)
        return value.count();
    else
        return static_cast<std::int64_t>(value);
}

template <Scalar T>
T from_integer(std::int64_t value) {
    if constexpr (is_id<T>::value)
        return T{value};
    else if constexpr (std::same_as<T, Timestamp>)
        return from_micros(value);
    else if constexpr (std::same_as<T, seconds>)
        return seconds{value};
    else
        return static_cast<T>(value);
}

/// Appends `value` as JSON text.
template <class T>
void append_json(std::string& out, const T& value) {
    if constexpr (Scalar<T>) {
        char digits[24];
        auto [end, _] = std::to_chars(digits, digits + sizeof digits, to_integer(value));
        out.append(digits, end);
    } else if constexpr (std::same_as<T, std::string>) {
        append_json_text(out, value);
    } else if constexpr (Coded<T>) {
        append_json_text(out, value.coded());
    } else if constexpr (is_optional<T>::value) {
        if (value)
            append_json(out, *value);
        else
            out += "null";
    } else if constexpr (is_vector<T>::value) {
        char separator = '[';
        for (const auto& element : value) {
            out += separator;
            append_json(out, element);
            separator = ',';
        }
        out += separator == '[' ? "[]" : "]";
    } else {
        char separator = '{';
        for_each_member(value, [&](std::string_view name, const auto& member) {
            out += separator;
            out += '"';
            out += name;
            out += "\":";
            append_json(out, member);
            separator = ',';
        });
        out += separator == '{' ? "{}" : "}";
    }
}

/// Reads what append_json wrote. Members that are missing (an older version wrote it) keep their defaults.
template <class T>
void read_json(const boost::json::value& json, T& value) {
    if constexpr (Scalar<T>) {
        if (json.is_int64()) value = from_integer<T>(json.get_int64());
    } else if constexpr (std::same_as<T, std::string>) {
        if (json.is_string()) value.assign(json.get_string().data(), json.get_string().size());
    } else if constexpr (Coded<T>) {
        if (json.is_string()) value = T::decoded({json.get_string().data(), json.get_string().size()});
    } else if constexpr (is_optional<T>::value) {
        if (json.is_null()) return value.reset();
        read_json(json, value.emplace());
    } else if constexpr (is_vector<T>::value) {
        if (!json.is_array()) return;
        value.clear();
        for (const auto& element : json.get_array()) read_json(element, value.emplace_back());
    } else {
        if (!json.is_object()) return;
        for_each_member(value, [&](std::string_view name, auto& member) {
            if (const auto* found = json.get_object().if_contains(name)) read_json(*found, member);
        });
    }
}

/// Binds members one after the other; keeps the JSON texts alive until the statement ran.
class Binder {
public:
    explicit Binder(Statement& statement) : statement_(statement) {}

    template <class T>
    void add(const T& value) {
        if constexpr (Scalar<T>) {
            statement_.bind(++parameter_, to_integer(value));
        } else if constexpr (std::same_as<T, std::string>) {
            statement_.bind(++parameter_, std::string_view{value});
        } else if constexpr (is_optional<T>::value) {
            if (value)
                add(*value);
            else
                statement_.bind_null(++parameter_);
        } else {
            ASSERT(texts_used_ < texts.size(), "one statement has at most this many lists and nested structs");
            auto& text = texts[texts_used_++];
            text.clear();
            if constexpr (Coded<T>)
                text = value.coded();
            else
                append_json(text, value);
            statement_.bind(++parameter_, std::string_view{text});
        }
    }

private:
    Statement& statement_;
    int parameter_ = 0;
    /// Kept from statement to statement for their memory. A statement is run before the next one is bound.
    static inline thread_local std::array<std::string, 64> texts;
    std::size_t texts_used_ = 0;
};

template <class T>
void read_column(const Statement& row, int column, T& value) {
    if constexpr (Scalar<T>) {
        value = from_integer<T>(row.integer(column));
    } else if constexpr (std::same_as<T, std::string>) {
        value = std::string{row.text(column)};
    } else if constexpr (Coded<T>) {
        value = T::decoded(row.text(column));
    } else if constexpr (is_optional<T>::value) {
        if (row.is_null(column))
            value.reset();
        else
            read_column(row, column, value.emplace());
    } else {
        read_json(boost::json::parse(row.text(column)), value);
    }
}

/// Any scalar or text as a condition's value.
template <class T>
Value value_of(const T& value) {
    if constexpr (is_optional<T>::value)
        return value ? value_of(*value) : Value{nullptr};
    else if constexpr (Scalar<T>)
        return to_integer(value);
    else
        return std::string{value};
}

}  // namespace callboard::sql
