#include "http/rest_v2/event_document.h"

#include "app/stored_json.h"
#include "http/events_v2/parse.h"

namespace callboard::http {

namespace json = boost::json;

namespace {

void add_contexts(json::array& contexts, const json::object& document, std::string_view list, std::string_view type) {
    const auto* found = document.if_contains(list);
    if (!found || !found->is_array()) return;
    for (const auto& entry : found->get_array()) {
        if (!entry.is_object()) continue;
        auto context = entry.get_object();
        context["type"] = type;
        contexts.emplace_back(std::move(context));
    }
}

json::value member_or_null(const json::object& document, std::string_view name) {
    const auto* found = document.if_contains(name);
    return found ? *found : json::value(nullptr);
}

std::string text_or_empty(const json::object& document, std::string_view name) {
    const auto* found = document.if_contains(name);
    if (!found || !found->is_string()) return {};
    return {found->get_string().data(), found->get_string().size()};
}

/// Empty for what is no object.
json::object read_document(std::string_view document) {
    auto parsed = parse_stored(document);
    return parsed.is_object() ? std::move(parsed.get_object()) : json::object{};
}

}  // namespace

json::array contexts_of_event(Wire& wire, std::string_view document) {
    bool has_some =
        document.find(R"("links")") != std::string_view::npos || document.find(R"("images")") != std::string_view::npos;
    json::array contexts;
    if (!has_some || !wire.has_room_for(document.size())) return contexts;
    auto event = read_document(document);
    add_contexts(contexts, event, "links", "link");
    add_contexts(contexts, event, "images", "image");
    return contexts;
}

EventView view_of_event(Wire& wire, std::string_view document, std::string_view summary, std::string_view severity) {
    EventView view;
    bool omitted = !wire.has_room_for(document.size());
    auto event = omitted ? json::object{} : read_document(document);
    if (omitted) view.details["omitted"] = "Too large for a list: ask for this object alone.";
    add_contexts(view.contexts, event, "links", "link");
    add_contexts(view.contexts, event, "images", "image");
    if (const auto* details = event.if_contains("custom_details")) {
        if (details->is_object())
            view.details = details->get_object();
        else
            view.details["body"] = *details;
    }
    auto& cef = view.cef_details;
    cef["message"] = summary;
    cef["description"] = summary;
    cef["severity"] = severity;
    cef["source_origin"] = member_or_null(event, "source");
    cef["source_component"] = member_or_null(event, "component");
    cef["service_group"] = member_or_null(event, "group");
    cef["event_class"] = member_or_null(event, "class");
    cef["creation_time"] = member_or_null(event, "timestamp");
    cef["client"] = member_or_null(event, "client");
    cef["client_url"] = member_or_null(event, "client_url");
    cef["details"] = view.details;
    cef["contexts"] = view.contexts;
    view.client = text_or_empty(event, "client");
    view.client_url = text_or_empty(event, "client_url");
    return view;
}

void read_sent_event(Fields& fields, Event& event) {
    const auto* sent = fields.object("event");
    if (!sent) return;
    auto body = *sent;
    body["routing_key"] = std::string(routing_key_length, '0');
    auto text = json::serialize(body);
    auto parsed = parse_event(text, "");
    if (auto* problems = std::get_if<Problems>(&parsed))
        for (const auto& problem : problems->errors) fields.sentence("event: " + problem);
    else if (auto* read = std::get_if<Event>(&parsed))
        event = std::move(*read);
    else
        fields.problem("event", "is no event");
}

}  // namespace callboard::http
