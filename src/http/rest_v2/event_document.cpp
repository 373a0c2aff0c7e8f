#include "http/rest_v2/event_document.h"

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

}  // namespace

EventView view_of_event(std::string_view document, std::string_view summary, std::string_view severity) {
    EventView view;
    json::parse_options options;
    options.max_depth = 1'024;  // What the event parser lets in.
    boost::system::error_code failed;
    auto parsed = json::parse(document, failed, {}, options);
    const auto* object = failed ? nullptr : parsed.if_object();
    json::object none;
    const auto& event = object ? *object : none;
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

}  // namespace callboard::http
