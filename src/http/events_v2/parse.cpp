#include "http/events_v2/parse.h"

#include "base/secret.h"

#include <algorithm>
#include <optional>

#include <simdjson.h>

namespace callboard::http {

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;

/// PostgreSQL text cannot hold NUL, and no sender means one.
std::string without_nul(std::string_view text) {
    std::string out{text};
    std::erase(out, '\0');
    return out;
}

/// The object a body holds. Each thread keeps its parser's memory.
std::optional<object> read_object(std::string& body) {
    thread_local simdjson::dom::parser parser(event_body_max_bytes * 4);
    body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
    element root;
    if (parser.parse(body.data(), body.size(), /*realloc_if_needed=*/false).get(root)) return std::nullopt;
    object found;
    if (root.get(found)) return std::nullopt;
    return found;
}

/// The last member of a name, as every JSON reader with a map sees it. Absent for null.
std::optional<element> member(const object& from, std::string_view name) {
    std::optional<element> found;
    for (auto field : from)
        if (field.key == name) found = field.value;
    if (found && found->is_null()) return std::nullopt;
    return found;
}

/// Absent when missing, null or not a string (`wrong` then says so).
std::optional<std::string> text_of_member(const object& from, std::string_view name, bool* wrong = nullptr) {
    auto value = member(from, name);
    if (!value) return std::nullopt;
    std::string_view text;
    if (value->get(text)) {
        if (wrong) *wrong = true;
        return std::nullopt;
    }
    return without_nul(text);
}

class Checks {
public:
    std::vector<std::string> errors;

    void add(std::string problem) { errors.push_back(std::move(problem)); }

    std::string routing_key(const object& body, std::string_view name, std::string_view header_key) {
        auto key = text_of_member(body, name).value_or(std::string{header_key});
        if (auto problem = routing_key_problem(key)) add(*problem);
        return key;
    }

    std::string summary(const object& payload) {
        bool wrong = false;
        auto text = text_of_member(payload, "summary", &wrong).value_or("");
        if (wrong)
            add("'payload.summary' is invalid (must be a string)");
        else if (is_blank(text))
            add("'payload.summary' is missing or blank");
        else if (count_chars(text) > summary_max_chars)
            add("'summary' is too long (maiximum is 1024 characters)");
        return text;
    }

    void source(const object& payload) {
        bool wrong = false;
        auto text = text_of_member(payload, "source", &wrong).value_or("");
        if (wrong)
            add("'payload.source' is invalid (must be a string)");
        else if (is_blank(text))
            add("'payload.source' is missing or blank");
    }

    Severity severity(const object& payload) {
        constexpr auto invalid =
            "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')";
        bool wrong = false;
        auto text = text_of_member(payload, "severity", &wrong).value_or("");
        if (!wrong && is_blank(text)) {
            add("'payload.severity' is missing or blank");
            return Severity::critical;
        }
        auto parsed = parse_enum<Severity>(text);
        if (wrong || !parsed) add(invalid);
        return parsed.value_or(Severity::critical);
    }

    EventAction action(const object& body) {
        bool wrong = false;
        auto text = text_of_member(body, "event_action", &wrong).value_or("");
        if (!wrong && is_blank(text)) {
            add("'event_action' is missing or blank");
            return EventAction::trigger;
        }
        auto parsed = parse_enum<EventAction>(text);
        if (wrong || !parsed)
            add("'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge', or 'resolve')");
        return parsed.value_or(EventAction::trigger);
    }

    std::string dedup_key(const object& body, std::string_view name, EventAction action) {
        bool wrong = false;
        auto key = text_of_member(body, name, &wrong).value_or("");
        if (wrong) add("'" + std::string{name} + "' is invalid (must be a string)");
        if (count_chars(key) > dedup_key_max_chars)
            add("'" + std::string{name} + "' is too long (maximum is 255 characters)");
        if (!wrong && is_blank(key)) {
            if (action != EventAction::trigger) add("'" + std::string{name} + "' is missing or blank");
            return {};
        }
        return key;
    }

    std::optional<Timestamp> timestamp(const object& payload) {
        bool wrong = false;
        auto text = text_of_member(payload, "timestamp", &wrong);
        if (!text && !wrong) return std::nullopt;
        auto parsed = text ? parse_iso8601(*text) : std::nullopt;
        if (text && text->empty()) return std::nullopt;
        if (!parsed) {
            add("'payload.timestamp' is invalid (must be an ISO 8601 date and time)");
            return std::nullopt;
        }
        return parsed->at;
    }

    /// links[] need `href`, images[] need an https `src`.
    void contexts(const object& body, std::string_view list, std::string_view needed) {
        auto value = member(body, list);
        if (!value) return;
        simdjson::dom::array entries;
        if (value->get(entries)) {
            add("'" + std::string{list} + "' is invalid (must be an array)");
            return;
        }
        for (auto entry : entries) {
            object fields;
            bool complete = !entry.get(fields) && text_of_member(fields, needed).has_value();
            if (complete) continue;
            add("'" + std::string{list} + "' is invalid (each entry needs '" + std::string{needed} + "')");
            return;
        }
    }
};

/// Builds the stored document: the sender's members, written once more so that it holds nothing else.
class Document {
public:
    void text(std::string_view name, const std::optional<std::string>& value) {
        if (!value || value->empty()) return;
        open(name);
        out_ += simdjson_escaped(*value);
    }

    void raw(std::string_view name, const std::optional<element>& value) {
        if (!value) return;
        open(name);
        out_ += simdjson::minify(*value);
    }

    void raw(std::string_view name, std::string json) {
        if (json.empty()) return;
        open(name);
        out_ += json;
    }

    std::string finish() {
        if (out_.empty()) return "{}";
        return std::move(out_) + "}";
    }

private:
    void open(std::string_view name) {
        out_ += out_.empty() ? "{\"" : ",\"";
        out_ += name;
        out_ += "\":";
    }

    static std::string simdjson_escaped(std::string_view text) {
        std::string out = "\"";
        for (char c : text) {
            auto byte = static_cast<unsigned char>(c);
            constexpr std::string_view hex = "0123456789abcdef";
            if (c == '"' || c == '\\') {
                out += '\\';
                out += c;
            } else if (byte < 0x20) {
                out += "\\u00";
                out += hex[byte >> 4];
                out += hex[byte & 15];
            } else {
                out += c;
            }
        }
        return out + '"';
    }

    std::string out_;
};

std::optional<object> object_member(const object& from, std::string_view name) {
    auto value = member(from, name);
    object found;
    if (!value || value->get(found)) return std::nullopt;
    return found;
}

std::string document_of(const object& body, const std::optional<object>& payload) {
    Document document;
    document.text("client", text_of_member(body, "client"));
    document.text("client_url", text_of_member(body, "client_url"));
    if (payload) {
        for (auto name : {"source", "component", "group", "class", "timestamp"})
            document.text(name, text_of_member(*payload, name));
        document.raw("custom_details", member(*payload, "custom_details"));
    }
    document.raw("links", member(body, "links"));
    document.raw("images", member(body, "images"));
    return document.finish();
}

std::string minified(const std::optional<element>& value) {
    return value ? std::string{simdjson::minify(*value)} : std::string{};
}

}  // namespace

Parsed<Event> parse_event(std::string& body, std::string_view header_key) {
    auto root = read_object(body);
    if (!root) return Unreadable{};
    Checks checks;
    Event event;
    event.routing_key = checks.routing_key(*root, "routing_key", header_key);
    event.action = checks.action(*root);
    event.dedup_key = checks.dedup_key(*root, "dedup_key", event.action);
    // An acknowledge or resolve may carry anything else; only a trigger's content counts.
    if (event.action == EventAction::trigger) {
        auto payload = object_member(*root, "payload");
        if (!payload) {
            checks.add("'payload' is missing or blank");
        } else {
            event.summary = checks.summary(*payload);
            checks.source(*payload);
            event.severity = checks.severity(*payload);
            checks.timestamp(*payload);
        }
        checks.contexts(*root, "links", "href");
        checks.contexts(*root, "images", "src");
        if (checks.errors.empty()) event.document = document_of(*root, payload);
        if (event.dedup_key.empty()) event.dedup_key = random_hex();
    }
    if (!checks.errors.empty()) return Problems{std::move(checks.errors)};
    return event;
}

Parsed<ChangeEventInput> parse_change_event(std::string& body, std::string_view header_key) {
    auto root = read_object(body);
    if (!root) return Unreadable{};
    Checks checks;
    ChangeEventInput input;
    input.routing_key = checks.routing_key(*root, "routing_key", header_key);
    auto payload = object_member(*root, "payload");
    if (!payload) {
        checks.add("'payload' is missing or blank");
    } else {
        input.summary = checks.summary(*payload);
        input.source = text_of_member(*payload, "source").value_or("");
        input.timestamp = checks.timestamp(*payload);
        input.custom_details = minified(member(*payload, "custom_details"));
    }
    checks.contexts(*root, "links", "href");
    checks.contexts(*root, "images", "src");
    input.links = minified(member(*root, "links"));
    input.images = minified(member(*root, "images"));
    if (!checks.errors.empty()) return Problems{std::move(checks.errors)};
    return input;
}

namespace {

/// v1 contexts[] {type:"link"|"image"} as v2 links and images.
void split_contexts(const object& root, std::string& links, std::string& images) {
    auto value = member(root, "contexts");
    simdjson::dom::array entries;
    if (!value || value->get(entries)) return;
    for (auto entry : entries) {
        object fields;
        if (entry.get(fields)) continue;
        auto& list = text_of_member(fields, "type").value_or("") == "image" ? images : links;
        list += list.empty() ? "[" : ",";
        list += simdjson::minify(entry);
    }
    if (!links.empty()) links += ']';
    if (!images.empty()) images += ']';
}

}  // namespace

Parsed<Event> parse_event_v1(std::string& body) {
    auto root = read_object(body);
    if (!root) return Unreadable{};
    Checks checks;
    Event event;
    event.routing_key = text_of_member(*root, "service_key").value_or("");
    if (count_chars(event.routing_key) != routing_key_length)
        checks.add("Service key is the wrong length (should be 32 characters)");
    auto action = parse_enum<EventAction>(text_of_member(*root, "event_type").value_or(""));
    if (!action) checks.add("event_type is invalid (must be one of: trigger acknowledge resolve)");
    event.action = action.value_or(EventAction::trigger);
    event.dedup_key = checks.dedup_key(*root, "incident_key", event.action);
    if (event.action == EventAction::trigger && action) {
        event.summary = text_of_member(*root, "description").value_or("");
        if (is_blank(event.summary)) checks.add("Description is missing or blank");
        if (count_chars(event.summary) > summary_max_chars)
            checks.add("Description is too long (maximum is 1024 characters)");
        Document document;
        auto client = text_of_member(*root, "client");
        document.text("client", client);
        document.text("client_url", text_of_member(*root, "client_url"));
        document.text("source", client && !client->empty() ? *client : "Events API v1");
        document.raw("custom_details", member(*root, "details"));
        std::string links;
        std::string images;
        split_contexts(*root, links, images);
        document.raw("links", links);
        document.raw("images", images);
        event.document = document.finish();
        if (event.dedup_key.empty()) event.dedup_key = random_hex();
    }
    if (!checks.errors.empty()) return Problems{std::move(checks.errors)};
    return event;
}

}  // namespace callboard::http
