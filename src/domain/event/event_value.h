#pragma once
// The content of an event as rules see it: a tree of values, and paths into it, `event.custom_details['disk name'][0]`.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace callboard {

struct EventValue;
using EventList = std::vector<EventValue>;
/// In the order of the sender; of several members with one name the last counts.
using EventObject = std::vector<std::pair<std::string, EventValue>>;

struct EventValue {
    /// The first is nil.
    std::variant<std::monostate, bool, std::int64_t, double, std::string, EventList, EventObject> data;

    EventValue() = default;

    template <class T>
    explicit EventValue(T value) : data(std::move(value)) {}

    [[nodiscard]] bool is_nil() const { return data.index() == 0; }

    [[nodiscard]] const EventValue* member(std::string_view name) const;
    /// Made when it is not there; what is no object becomes one.
    EventValue& member_or_new(std::string_view name);

    bool operator==(const EventValue&) const = default;
};

/// A string as it is, anything else as JSON text; nil is empty.
std::string text_of(const EventValue& value);
void append_json(std::string& out, const EventValue& value);

/// At most so many bytes of it, all of them whole characters of UTF-8.
void cut_to_bytes(std::string& text, std::size_t max);

struct FieldPath {
    using Step = std::variant<std::string, std::size_t>;
    std::vector<Step> steps;

    [[nodiscard]] const std::string& root() const { return std::get<std::string>(steps.front()); }

    bool operator==(const FieldPath&) const = default;
};

constexpr std::size_t path_steps_max = 32;

/// Reads a path from `at` on and moves `at` behind it; absent when there is none, or one of more than 32 steps.
std::optional<FieldPath> read_path(std::string_view text, std::size_t& at);
/// The whole text is one path.
std::optional<FieldPath> parse_path(std::string_view text);
std::string text_of(const FieldPath& path);

/// Null where the path leads nowhere.
const EventValue* at_path(const EventValue& root, const FieldPath& path);
/// Objects are made on the way; false where a list has no such element.
bool set_at_path(EventValue& root, const FieldPath& path, EventValue value);

/// 'it\'s': the text as a literal of conditions and paths.
void append_quoted(std::string& out, std::string_view text);
/// Reads such a literal from `at` on; absent when there is none or it does not end.
std::optional<std::string> read_quoted(std::string_view text, std::size_t& at);

}  // namespace callboard
