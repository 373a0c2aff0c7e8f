#include "http/kit/page.h"

namespace callboard::http {

namespace {

constexpr std::int64_t reach_max = 10'000;  // Developer documentation: pagination.

}  // namespace

Result<Paging> Paging::of(const Request& request, PageSize size) {
    TRY(auto limit, request.query.number("limit"));
    TRY(auto offset, request.query.number("offset"));
    Paging page;
    page.limit = limit.value_or(size.usual);
    if (page.limit < 1) return errors::invalid_input("limit must be greater than 0");
    page.limit = std::min(page.limit, size.max);
    page.offset = offset.value_or(0);
    if (page.offset < 0) return errors::invalid_input("offset must be greater than or equal to 0");
    if (page.offset > reach_max - page.limit)
        return errors::invalid_input("Offset and limit must not add up to more than 10000");
    page.with_total = request.query.flag("total");
    return page;
}

json::object page_body(std::string_view plural, json::array items, const Paging& page, bool more, std::int64_t total) {
    json::object body;
    body[plural] = std::move(items);
    body["limit"] = page.limit;
    body["offset"] = page.offset;
    body["more"] = more;
    body["total"] = page.with_total ? json::value(total) : json::value(nullptr);
    return body;
}

}  // namespace callboard::http
