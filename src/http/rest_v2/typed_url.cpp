#include "http/rest_v2/typed_url.h"

namespace callboard::http {

namespace {

bool is_http_url(std::string_view url) {
    auto rest = url;
    if (rest.starts_with("https://"))
        rest.remove_prefix(8);
    else if (rest.starts_with("http://"))
        rest.remove_prefix(7);
    else
        return false;
    return !rest.empty() && rest.front() != '/' && url.find_first_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

bool read_typed_url(Fields& fields, std::string_view name, std::string& url, TextRule rule) {
    if (!fields.text(name, url, rule)) return false;
    if (!is_http_url(url))
        fields.problem(name, "must be an http or https URL");
    else
        check_may_call(fields, name, url);
    return true;
}

void check_may_call(Fields& fields, std::string_view name, const std::string& url) {
    const auto& may_call = fields.request().site.may_call;
    if (may_call && !may_call(url))
        fields.problem(name,
                       "must not be an address of a private network; the operator may allow it (--webhook-network)");
}

}  // namespace callboard::http
