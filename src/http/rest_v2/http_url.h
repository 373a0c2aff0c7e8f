#pragma once
// Addresses that users type in for us to call.

#include <string_view>

namespace callboard::http {

/// "http://…" or "https://…" with a host, and nothing that would break a request in two.
inline bool is_http_url(std::string_view url) {
    auto rest = url;
    if (rest.starts_with("https://"))
        rest.remove_prefix(8);
    else if (rest.starts_with("http://"))
        rest.remove_prefix(7);
    else
        return false;
    return !rest.empty() && rest.front() != '/' && url.find_first_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace callboard::http
