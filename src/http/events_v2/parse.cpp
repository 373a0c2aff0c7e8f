#include "http/events_v2/parse.h"

#include "base/json_text.h"
#include "base/secret.h"

#include <charconv>
#include <forward_list>
#include <optional>

#include <boost/container/small_vector.hpp>
#include <boost/json.hpp>
#include <simdjson.h>

namespace callboard::http {

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;

/// Levels of nesting that are read, as simdjson has it.
constexpr std::size_t depth_max = 1'024;
/// Levels that are stored as they are. Many JSON readers go no deeper than a thousand, some a hundred: what lies below
/// is stored as a text that holds JSON.
constexpr int depth_shown_max = 64;

/// The same with whole numbers beyond 64 bits as fractions, which is what most readers make of them anyway. Empty when
/// it is no JSON.
std::string without_huge_numbers(const std::string& body) {
    namespace json = boost::json;
    json::parse_options options;
    options.max_depth = depth_max;
    boost::system::error_code failed;
    auto value = json::parse(body, failed, {}, options);
    return failed ? std::string{} : json::serialize(value);
}

/// The object a body holds. Each thread keeps its parser's memory; what was read lives until it reads again.
std::optional<object> read_object(std::string& body) {
    thread_local simdjson::dom::parser parser(event_body_max_bytes * 4);
    auto parse = [&](element& root) {
        body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
        return parser.parse(body.data(), body.size(), /*realloc_if_needed=*/false).get(root);
    };
    element root;
    auto failed = parse(root);
    if (failed == simdjson::NUMBER_ERROR) {
        body = without_huge_numbers(body);
        failed = parse(root);
    }
    if (failed) return std::nullopt;
    object found;
    if (root.get(found)) return std::nullopt;
    return found;
}

/// The members of one object. Of several with one name the last counts, as for every JSON reader with a map; null is
/// the same as absent.
class Members {
public:
    explicit Members(const object& from) {
        for (auto field : from) fields_.emplace_back(field.key, field.value);
    }

    [[nodiscard]] std::optional<element> get(std::string_view name) const {
        for (auto field = fields_.rbegin(); field != fields_.rend(); ++field)
            if (field->first == name) return field->second.is_null() ? std::nullopt : std::optional{field->second};
        return std::nullopt;
    }

    /// Absent when missing, null or not a string (`wrong` then says so).
    [[nodiscard]] std::optional<std::string_view> text(std::string_view name, bool* wrong = nullptr) const {
        auto value = get(name);
        if (!value) return std::nullopt;
        std::string_view text;
        if (value->get(text)) {
            if (wrong) *wrong = true;
            return std::nullopt;
        }
        return without_nul(text);
    }

    [[nodiscard]] std::string_view text_or_empty(std::string_view name) const {
        return text(name).value_or(std::string_view{});
    }

private:
    /// PostgreSQL text cannot hold NUL, and no sender means one.
    [[nodiscard]] std::string_view without_nul(std::string_view text) const {
        if (text.find('\0') == std::string_view::npos) return text;
        auto& cleaned = cleaned_.emplace_front(text);
        std::erase(cleaned, '\0');
        return cleaned;
    }

    boost::container::small_vector<std::pair<std::string_view, element>, 16> fields_;
    mutable std::forward_list<std::string> cleaned_;
};

class Checks {
public:
    std::vector<std::string> errors;

    void add(std::string problem) { errors.push_back(std::move(problem)); }

    std::string routing_key(const Members& body, std::string_view name, std::string_view header_key) {
        std::string key{body.text(name).value_or(header_key)};
        if (auto problem = routing_key_problem(key)) add(*problem);
        return key;
    }

    std::string summary(const Members& payload) {
        bool wrong = false;
        auto text = payload.text("summary", &wrong).value_or("");
        if (wrong)
            add("'payload.summary' is invalid (must be a string)");
        else if (is_blank(text))
            add("'payload.summary' is missing or blank");
        else if (count_chars(text) > summary_max_chars)
            add("'summary' is too long (maiximum is 1024 characters)");
        return std::string{text};
    }

    void source(const Members& payload) {
        bool wrong = false;
        auto text = payload.text("source", &wrong).value_or("");
        if (wrong)
            add("'payload.source' is invalid (must be a string)");
        else if (is_blank(text))
            add("'payload.source' is missing or blank");
    }

    Severity severity(const Members& payload) {
        constexpr auto invalid =
            "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')";
        bool wrong = false;
        auto text = payload.text("severity", &wrong).value_or("");
        if (!wrong && is_blank(text)) {
            add("'payload.severity' is missing or blank");
            return Severity::critical;
        }
        auto parsed = parse_enum<Severity>(text);
        if (wrong || !parsed) add(invalid);
        return parsed.value_or(Severity::critical);
    }

    EventAction action(const Members& body) {
        bool wrong = false;
        auto text = body.text("event_action", &wrong).value_or("");
        if (!wrong && is_blank(text)) {
            add("'event_action' is missing or blank");
            return EventAction::trigger;
        }
        auto parsed = parse_enum<EventAction>(text);
        if (wrong || !parsed)
            add("'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge', or 'resolve')");
        return parsed.value_or(EventAction::trigger);
    }

    std::string dedup_key(const Members& body, std::string_view name, EventAction action) {
        bool wrong = false;
        auto key = body.text(name, &wrong).value_or("");
        if (wrong) add("'" + std::string{name} + "' is invalid (must be a string)");
        if (count_chars(key) > dedup_key_max_chars)
            add("'" + std::string{name} + "' is too long (maximum is 255 characters)");
        if (!wrong && is_blank(key)) {
            if (action != EventAction::trigger) add("'" + std::string{name} + "' is missing or blank");
            return {};
        }
        return std::string{key};
    }

    std::optional<Timestamp> timestamp(const Members& payload) {
        bool wrong = false;
        auto text = payload.text("timestamp", &wrong);
        if (!text && !wrong) return std::nullopt;
        auto parsed = text ? parse_iso8601(*text) : std::nullopt;
        if (text && text->empty()) return std::nullopt;
        if (!parsed) {
            add("'payload.timestamp' is invalid (must be an ISO 8601 date and time)");
            return std::nullopt;
        }
        return parsed->at;
    }

    /// links[] need `href`, images[] `src`. Where they lead is looked at by whoever shows them: an alert is not lost to
    /// a bad picture.
    void contexts(const Members& body, std::string_view list, std::string_view needed) {
        auto value = body.get(list);
        if (!value) return;
        simdjson::dom::array entries;
        if (value->get(entries)) {
            add("'" + std::string{list} + "' is invalid (must be an array)");
            return;
        }
        for (auto entry : entries) {
            object fields;
            bool complete = !entry.get(fields) && Members(fields).text(needed).has_value();
            if (complete) continue;
            add("'" + std::string{list} + "' is invalid (each entry needs '" + std::string{needed} + "')");
            return;
        }
    }
};

void append_json(std::string& out, element value, int depth);

template <class Number>
void append_number(std::string& out, Number value) {
    char digits[32];
    auto [end, _] = std::to_chars(digits, digits + sizeof digits, value);
    std::string_view written{digits, static_cast<std::size_t>(end - digits)};
    out += written;
    // What was sent as a fraction stays one: 1.0 is not 1.
    if (std::is_floating_point_v<Number> && written.find_first_of(".e") == std::string_view::npos) out += ".0";
}

void append_array(std::string& out, const simdjson::dom::array& values, int depth) {
    char before = '[';
    for (auto value : values) {
        out += before;
        append_json(out, value, depth + 1);
        before = ',';
    }
    if (before == '[') out += '[';
    out += ']';
}

void append_object(std::string& out, const object& members, int depth) {
    char before = '{';
    for (auto member : members) {
        out += before;
        append_json_text(out, member.key);
        out += ':';
        append_json(out, member.value, depth + 1);
        before = ',';
    }
    if (before == '{') out += '{';
    out += '}';
}

/// As short as JSON can be.
void append_json(std::string& out, element value, int depth) {
    if (depth == depth_shown_max && (value.is_object() || value.is_array())) {
        std::string text;
        append_json(text, value, depth + 1);
        return append_json_text(out, text);
    }
    switch (value.type()) {
    case element_type::OBJECT: return append_object(out, object(value), depth);
    case element_type::ARRAY: return append_array(out, simdjson::dom::array(value), depth);
    case element_type::STRING: return append_json_text(out, std::string_view(value));
    case element_type::INT64: return append_number(out, std::int64_t(value));
    case element_type::UINT64: return append_number(out, std::uint64_t(value));
    case element_type::DOUBLE: return append_number(out, double(value));
    case element_type::BOOL: out += bool(value) ? "true" : "false"; return;
    case element_type::NULL_VALUE: out += "null"; return;
    }
}

/// Builds the stored document: the sender's members, written once more so that it holds nothing else.
class Document {
public:
    void text(std::string_view name, std::string_view value) {
        if (value.empty()) return;
        open(name);
        append_json_text(out_, value);
    }

    void value(std::string_view name, const std::optional<element>& value) {
        if (!value) return;
        open(name);
        append_json(out_, *value, 0);
    }

    void json(std::string_view name, std::string_view json) {
        if (json.empty()) return;
        open(name);
        out_ += json;
    }

    std::string finish() {
        if (out_.empty()) return "{}";
        out_ += '}';
        return std::move(out_);
    }

private:
    void open(std::string_view name) {
        out_ += out_.empty() ? "{\"" : ",\"";
        out_ += name;
        out_ += "\":";
    }

    std::string out_;
};

std::string document_of(const Members& body, const Members& payload) {
    Document document;
    for (auto name : {"client", "client_url"}) document.text(name, body.text_or_empty(name));
    for (auto name : {"source", "component", "group", "class", "timestamp"})
        document.text(name, payload.text_or_empty(name));
    document.value("custom_details", payload.get("custom_details"));
    for (auto name : {"links", "images"}) document.value(name, body.get(name));
    return document.finish();
}

std::string json_of(const std::optional<element>& value) {
    std::string out;
    if (value) append_json(out, *value, 0);
    return out;
}

/// The members of `body`'s payload, or an error.
std::optional<Members> payload_of(const Members& body, Checks& checks) {
    auto value = body.get("payload");
    object found;
    if (value && !value->get(found)) return std::optional<Members>(std::in_place, found);
    checks.add("'payload' is missing or blank");
    return std::nullopt;
}

}  // namespace

namespace {

/// An acknowledge or resolve may carry anything; where it is what a trigger could carry, rules can look at it.
void read_unchecked(const Members& body, Event& event) {
    Checks unheeded;
    auto payload = payload_of(body, unheeded);
    if (!payload) return;
    auto summary = unheeded.summary(*payload);
    unheeded.contexts(body, "links", "href");
    unheeded.contexts(body, "images", "src");
    if (!unheeded.errors.empty()) return;
    event.summary = std::move(summary);
    event.severity = parse_enum<Severity>(payload->text_or_empty("severity")).value_or(event.severity);
    event.document = document_of(body, *payload);
}

}  // namespace

Parsed<Event> parse_event(std::string& text, std::string_view header_key) {
    auto root = read_object(text);
    if (!root) return Unreadable{};
    Members body(*root);
    Checks checks;
    Event event;
    event.routing_key = checks.routing_key(body, "routing_key", header_key);
    event.action = checks.action(body);
    event.dedup_key = checks.dedup_key(body, "dedup_key", event.action);
    if (event.action != EventAction::trigger) read_unchecked(body, event);
    if (event.action == EventAction::trigger) {
        auto payload = payload_of(body, checks);
        if (payload) {
            event.summary = checks.summary(*payload);
            checks.source(*payload);
            event.severity = checks.severity(*payload);
            checks.timestamp(*payload);
        }
        checks.contexts(body, "links", "href");
        checks.contexts(body, "images", "src");
        if (checks.errors.empty()) event.document = document_of(body, *payload);
        if (event.dedup_key.empty()) event.dedup_key = random_hex();
    }
    if (!checks.errors.empty()) return Problems{std::move(checks.errors)};
    return event;
}

Parsed<ChangeEventInput> parse_change_event(std::string& text, std::string_view header_key) {
    auto root = read_object(text);
    if (!root) return Unreadable{};
    Members body(*root);
    Checks checks;
    ChangeEventInput input;
    input.routing_key = checks.routing_key(body, "routing_key", header_key);
    if (auto payload = payload_of(body, checks)) {
        input.summary = checks.summary(*payload);
        input.source = payload->text_or_empty("source");
        input.timestamp = checks.timestamp(*payload);
        input.custom_details = json_of(payload->get("custom_details"));
    }
    checks.contexts(body, "links", "href");
    checks.contexts(body, "images", "src");
    input.links = json_of(body.get("links"));
    input.images = json_of(body.get("images"));
    if (!checks.errors.empty()) return Problems{std::move(checks.errors)};
    return input;
}

namespace {

/// v1 contexts[] {type:"link"|"image"} as v2 links and images.
void split_contexts(const Members& body, std::string& links, std::string& images) {
    auto value = body.get("contexts");
    simdjson::dom::array entries;
    if (!value || value->get(entries)) return;
    for (auto entry : entries) {
        object fields;
        if (entry.get(fields)) continue;
        auto& list = Members(fields).text_or_empty("type") == "image" ? images : links;
        list += list.empty() ? '[' : ',';
        append_json(list, entry, 0);
    }
    if (!links.empty()) links += ']';
    if (!images.empty()) images += ']';
}

std::string document_of_v1(const Members& body) {
    Document document;
    auto client = body.text_or_empty("client");
    document.text("client", client);
    document.text("client_url", body.text_or_empty("client_url"));
    document.text("source", client.empty() ? "Events API v1" : client);
    document.value("custom_details", body.get("details"));
    std::string links;
    std::string images;
    split_contexts(body, links, images);
    document.json("links", links);
    document.json("images", images);
    return document.finish();
}

}  // namespace

Parsed<Event> parse_event_v1(std::string& text) {
    auto root = read_object(text);
    if (!root) return Unreadable{};
    Members body(*root);
    Checks checks;
    Event event;
    event.routing_key = body.text_or_empty("service_key");
    if (count_chars(event.routing_key) != routing_key_length)
        checks.add("Service key is the wrong length (should be 32 characters)");
    auto action = parse_enum<EventAction>(body.text_or_empty("event_type"));
    if (!action) checks.add("event_type is invalid (must be one of: trigger acknowledge resolve)");
    event.action = action.value_or(EventAction::trigger);
    event.dedup_key = checks.dedup_key(body, "incident_key", event.action);
    if (event.action == EventAction::trigger && action) {
        event.summary = body.text_or_empty("description");
        if (is_blank(event.summary)) checks.add("Description is missing or blank");
        if (count_chars(event.summary) > summary_max_chars)
            checks.add("Description is too long (maximum is 1024 characters)");
        event.document = document_of_v1(body);
        if (event.dedup_key.empty()) event.dedup_key = random_hex();
    }
    if (!checks.errors.empty()) return Problems{std::move(checks.errors)};
    return event;
}

}  // namespace callboard::http
