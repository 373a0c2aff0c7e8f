#include "http/rest_v2/webhook_headers.h"

#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>

namespace callboard::http {

namespace {

constexpr std::size_t headers_max = 20;

std::string in_lower_case(std::string text) {
    std::ranges::transform(
        text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

/// What we send ourselves, and what would change how the request is read.
bool is_reserved(const std::string& name) {
    static const std::set<std::string> reserved{"content-type",
                                                "content-length",
                                                "host",
                                                "user-agent",
                                                "transfer-encoding",
                                                "connection",
                                                "expect",
                                                "x-pagerduty-signature",
                                                "x-webhook-id",
                                                "x-webhook-subscription"};
    return reserved.contains(in_lower_case(name));
}

bool is_header(const WebhookHeader& header) {
    constexpr std::string_view token = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    auto printable = [](char c) { return c == '\t' || (c >= ' ' && c != 0x7f); };
    return !header.name.empty() && header.name.find_first_not_of(token) == std::string::npos &&
           std::ranges::all_of(header.value, printable);
}

}  // namespace

void read_webhook_headers(Fields& fields, std::string_view member, std::vector<WebhookHeader>& headers) {
    auto elements = fields.elements(member);
    if (elements.size() > headers_max) return fields.problem(member, "may be at most 20");
    headers.clear();
    for (auto& element : elements) {
        WebhookHeader header;
        element.text("name", header.name, {.required = true, .max = 256});
        element.text("value", header.value, {.required = true, .max = 4'096});
        fields.adopt(element);
        if (!is_header(header) || is_reserved(header.name))
            fields.problem(member, fmt::format("cannot have \"{}\"", header.name));
        headers.push_back(std::move(header));
    }
}

bool is_named(const WebhookHeader& header, std::string_view name) { return in_lower_case(header.name) == name; }

}  // namespace callboard::http
