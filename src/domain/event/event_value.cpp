#include "domain/event/event_value.h"

#include "base/json_text.h"

#include <charconv>
#include <cmath>

namespace callboard {

namespace {

bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string read_name(std::string_view text, std::size_t& at) {
    auto begin = at;
    while (at < text.size() && (begins_name(text[at]) || is_digit(text[at]))) ++at;
    return std::string{text.substr(begin, at - begin)};
}

template <class Number>
void append_number(std::string& out, Number number) {
    char digits[32];
    auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.append(digits, end);
}

/// ['name'] or [3].
std::optional<FieldPath::Step> read_bracket(std::string_view text, std::size_t& at) {
    ++at;
    std::optional<FieldPath::Step> step;
    if (at < text.size() && text[at] == '\'') {
        auto name = read_quoted(text, at);
        if (!name) return std::nullopt;
        step = std::move(*name);
    } else {
        std::size_t index = 0;
        auto [end, failed] = std::from_chars(text.data() + at, text.data() + text.size(), index);
        if (failed != std::errc{}) return std::nullopt;
        at = static_cast<std::size_t>(end - text.data());
        step = index;
    }
    if (at >= text.size() || text[at] != ']') return std::nullopt;
    ++at;
    return step;
}

struct JsonWriter {
    std::string& out;

    void operator()(std::monostate) const { out += "null"; }

    void operator()(bool value) const { out += value ? "true" : "false"; }

    void operator()(std::int64_t value) const { append_number(out, value); }

    void operator()(double value) const {
        if (!std::isfinite(value)) return out.append("null"), void();
        auto begin = out.size();
        append_number(out, value);
        if (out.find_first_of(".e", begin) == std::string::npos) out += ".0";
    }

    void operator()(const std::string& value) const { append_json_text(out, value); }

    void operator()(const EventList& list) const {
        char before = '[';
        for (const auto& element : list) {
            out += before;
            append_json(out, element);
            before = ',';
        }
        out += list.empty() ? "[]" : "]";
    }

    void operator()(const EventObject& object) const {
        char before = '{';
        for (const auto& [name, value] : object) {
            out += before;
            append_json_text(out, name);
            out += ':';
            append_json(out, value);
            before = ',';
        }
        out += object.empty() ? "{}" : "}";
    }
};

}  // namespace

const EventValue* EventValue::member(std::string_view name) const {
    const auto* object = std::get_if<EventObject>(&data);
    if (!object) return nullptr;
    for (auto found = object->rbegin(); found != object->rend(); ++found)
        if (found->first == name) return &found->second;
    return nullptr;
}

EventValue& EventValue::member_or_new(std::string_view name) {
    auto* object = std::get_if<EventObject>(&data);
    if (!object) object = &data.emplace<EventObject>();
    for (auto found = object->rbegin(); found != object->rend(); ++found)
        if (found->first == name) return found->second;
    return object->emplace_back(std::string{name}, EventValue{}).second;
}

void append_json(std::string& out, const EventValue& value) { std::visit(JsonWriter{out}, value.data); }

std::string text_of(const EventValue& value) {
    if (const auto* text = std::get_if<std::string>(&value.data)) return *text;
    std::string out;
    if (!value.is_nil()) append_json(out, value);
    return out;
}

void cut_to_bytes(std::string& text, std::size_t max) {
    if (text.size() <= max) return;
    while (max > 0 && (static_cast<unsigned char>(text[max]) & 0xC0) == 0x80) --max;
    text.resize(max);
}

std::optional<FieldPath> read_path(std::string_view text, std::size_t& at) {
    if (at >= text.size() || !begins_name(text[at])) return std::nullopt;
    FieldPath path;
    path.steps.emplace_back(read_name(text, at));
    while (at < text.size()) {
        if (text[at] == '.') {
            if (at + 1 >= text.size() || !begins_name(text[at + 1])) return std::nullopt;
            ++at;
            path.steps.emplace_back(read_name(text, at));
        } else if (text[at] == '[') {
            auto step = read_bracket(text, at);
            if (!step) return std::nullopt;
            path.steps.push_back(std::move(*step));
        } else {
            break;
        }
        if (path.steps.size() > path_steps_max) return std::nullopt;
    }
    return path;
}

std::optional<FieldPath> parse_path(std::string_view text) {
    std::size_t at = 0;
    auto path = read_path(text, at);
    if (at != text.size()) return std::nullopt;
    return path;
}

std::string text_of(const FieldPath& path) {
    std::string out;
    for (const auto& step : path.steps) {
        if (const auto* index = std::get_if<std::size_t>(&step)) {
            out += '[' + std::to_string(*index) + ']';
            continue;
        }
        const auto& name = std::get<std::string>(step);
        std::size_t end = 0;
        bool plain = !name.empty() && begins_name(name[0]) && read_name(name, end).size() == name.size();
        if (plain) {
            if (!out.empty()) out += '.';
            out += name;
        } else {
            out += '[';
            append_quoted(out, name);
            out += ']';
        }
    }
    return out;
}

const EventValue* at_path(const EventValue& root, const FieldPath& path) {
    const auto* value = &root;
    for (const auto& step : path.steps) {
        if (const auto* name = std::get_if<std::string>(&step)) {
            value = value->member(*name);
        } else {
            const auto* list = std::get_if<EventList>(&value->data);
            auto index = std::get<std::size_t>(step);
            value = list && index < list->size() ? &(*list)[index] : nullptr;
        }
        if (!value) return nullptr;
    }
    return value;
}

bool set_at_path(EventValue& root, const FieldPath& path, EventValue value) {
    auto* target = &root;
    for (const auto& step : path.steps) {
        if (const auto* name = std::get_if<std::string>(&step)) {
            target = &target->member_or_new(*name);
            continue;
        }
        auto* list = std::get_if<EventList>(&target->data);
        auto index = std::get<std::size_t>(step);
        if (!list || index >= list->size()) return false;
        target = &(*list)[index];
    }
    *target = std::move(value);
    return true;
}

void append_quoted(std::string& out, std::string_view text) {
    out += '\'';
    for (char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    out += '\'';
}

std::optional<std::string> read_quoted(std::string_view text, std::size_t& at) {
    if (at >= text.size() || text[at] != '\'') return std::nullopt;
    std::string out;
    for (++at; at < text.size(); ++at) {
        if (text[at] == '\'') {
            ++at;
            return out;
        }
        bool escapes = text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '\'' || text[at + 1] == '\\');
        if (escapes) ++at;
        out += text[at];
    }
    return std::nullopt;
}

}  // namespace callboard
