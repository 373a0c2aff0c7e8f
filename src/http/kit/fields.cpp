#include "http/kit/fields.h"

#include "domain/event/event.h"

#include <fmt/format.h>

namespace callboard::http {

std::string in_words(std::string_view member) {
    std::string out{member};
    for (auto& c : out)
        if (c == '_') c = ' ';
    if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
    return out;
}

Result<Fields> Fields::of(Request& request, std::string_view wrapper) {
    const auto* body = request.body.if_object();
    if (!body) return errors::invalid_input("params must be a Hash");
    if (wrapper.empty()) return Fields(request, *body);
    const auto* inner = body->if_contains(wrapper);
    if (!inner || !inner->is_object())
        return errors::invalid_input(fmt::format("{} is missing or not an object", in_words(wrapper)));
    return Fields(request, inner->get_object());
}

bool Fields::sent_null(std::string_view name) const {
    const auto* value = raw(name);
    return value && value->is_null();
}

void Fields::problem(std::string_view name, std::string_view what) {
    auto place = place_ + std::string{name};
    add(place, (by_place_ ? place : prefix_ + in_words(name)) + ' ' + std::string{what});
}

void Fields::adopt(const Fields& nested) {
    problems_.insert(problems_.end(), nested.problems_.begin(), nested.problems_.end());
}

Result<void> Fields::check() const {
    if (problems_.empty()) return {};
    std::vector<std::string> sentences;
    for (const auto& problem : problems_) sentences.push_back(problem.sentence);
    return errors::invalid_input(std::move(sentences));
}

bool Fields::wrong_type(std::string_view name, std::string_view expected) {
    problem(name, expected);
    return false;
}

bool Fields::text(std::string_view name, std::string& target, TextRule rule) {
    const auto* value = raw(name);
    if (!value || value->is_null()) {
        if (rule.required) problem(name, "can't be blank");
        return false;
    }
    if (!value->is_string()) return wrong_type(name, "must be a string");
    std::string_view sent_text{value->get_string().data(), value->get_string().size()};
    if (sent_text.find('\0') != std::string_view::npos) return wrong_type(name, "must not contain a NUL character");
    if (rule.required && is_blank(sent_text)) return wrong_type(name, "can't be blank");
    auto size = count_chars(sent_text);
    if (size > rule.max) {
        problem(name, fmt::format("is too long (maximum is {} characters)", rule.max));
        return false;
    }
    if (size < rule.min) {
        problem(name, fmt::format("is too short (minimum is {} characters)", rule.min));
        return false;
    }
    target.assign(sent_text);
    return true;
}

bool Fields::text(std::string_view name, std::optional<std::string>& target, TextRule rule) {
    if (sent_null(name) && !rule.required) {
        target.reset();
        return true;
    }
    std::string value;
    if (!text(name, value, rule)) return false;
    target = std::move(value);
    return true;
}

std::optional<std::int64_t> Fields::whole_number(std::string_view name, NumberRule rule) {
    const auto* value = raw(name);
    if (!value || value->is_null()) {
        if (rule.required) problem(name, "can't be blank");
        return std::nullopt;
    }
    boost::system::error_code inexact;
    auto number = value->to_number<std::int64_t>(inexact);
    if (inexact) {
        wrong_type(name, "must be a whole number");
        return std::nullopt;
    }
    if (number < rule.min) {
        problem(name, fmt::format("must be greater than or equal to {}", rule.min));
        return std::nullopt;
    }
    if (number > rule.max) {
        problem(name, fmt::format("must be less than or equal to {}", rule.max));
        return std::nullopt;
    }
    return number;
}

bool Fields::number(std::string_view name, std::int64_t& target, NumberRule rule) {
    auto value = whole_number(name, rule);
    if (value) target = *value;
    return value.has_value();
}

bool Fields::number(std::string_view name, int& target, NumberRule rule) {
    rule.min = std::max<std::int64_t>(rule.min, INT32_MIN);
    rule.max = std::min<std::int64_t>(rule.max, INT32_MAX);
    auto value = whole_number(name, rule);
    if (value) target = static_cast<int>(*value);
    return value.has_value();
}

bool Fields::number(std::string_view name, std::optional<int>& target, NumberRule rule) {
    if (sent_null(name)) {
        target.reset();
        return true;
    }
    int value = 0;
    if (!number(name, value, rule)) return false;
    target = value;
    return true;
}

bool Fields::flag(std::string_view name, bool& target) {
    const auto* value = raw(name);
    if (!value || value->is_null()) return false;
    if (!value->is_bool()) return wrong_type(name, "must be true or false");
    target = value->get_bool();
    return true;
}

bool Fields::time(std::string_view name, Timestamp& target, bool required) {
    std::string text_value;
    if (!text(name, text_value, {.required = required})) return false;
    auto parsed = parse_iso8601(text_value);
    if (!parsed) return wrong_type(name, "must be an ISO 8601 date and time");
    target = parsed->at;
    return true;
}

bool Fields::time(std::string_view name, std::optional<Timestamp>& target) {
    if (sent_null(name)) {
        target.reset();
        return true;
    }
    Timestamp value;
    if (!time(name, value)) return false;
    target = value;
    return true;
}

std::optional<std::string> Fields::id_of(const json::value& reference) {
    const json::value* id = &reference;
    if (reference.is_object()) id = reference.get_object().if_contains("id");
    if (!id || !id->is_string()) return std::nullopt;
    return std::string{id->get_string().data(), id->get_string().size()};
}

std::optional<std::string> Fields::reference_id(std::string_view name, bool required) {
    const auto* value = raw(name);
    if (!value || value->is_null()) {
        if (required) problem(name, "can't be blank");
        return std::nullopt;
    }
    auto id = id_of(*value);
    if (!id) wrong_type(name, "must be a reference with an id");
    return id;
}

void Fields::not_found(std::string_view name) { problem(name, "not found"); }

const json::array* Fields::array(std::string_view name, bool required) {
    const auto* value = raw(name);
    if (!value || value->is_null()) {
        if (required) problem(name, "can't be blank");
        return nullptr;
    }
    if (!value->is_array()) {
        wrong_type(name, "must be an array");
        return nullptr;
    }
    return &value->get_array();
}

const json::object* Fields::object(std::string_view name) {
    const auto* value = raw(name);
    if (!value || value->is_null()) return nullptr;
    if (!value->is_object()) {
        wrong_type(name, "must be an object");
        return nullptr;
    }
    return &value->get_object();
}

std::optional<Fields> Fields::nested(std::string_view name) {
    const auto* inner = object(name);
    if (!inner) return std::nullopt;
    return below(*inner, name, "");
}

Fields Fields::below(const json::object& object, std::string_view name, std::string_view index) const {
    Fields out(*request_, object, prefix_ + in_words(name) + ' ', fmt::format("{}{}{}.", place_, name, index));
    out.by_place_ = by_place_;
    return out;
}

std::vector<Fields> Fields::elements(std::string_view name, bool required) {
    std::vector<Fields> out;
    const auto* list = array(name, required);
    if (!list) return out;
    for (const auto& element : *list) {
        if (!element.is_object()) {
            wrong_type(name, "must hold objects only");
            return {};
        }
        auto index = by_place_ ? fmt::format("[{}]", out.size()) : std::string{};
        out.push_back(below(element.get_object(), name, index));
    }
    return out;
}

}  // namespace callboard::http
