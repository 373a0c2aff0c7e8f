#pragma once
// Classic pagination: limit (default 25, at most 100), offset, total on request; offset + limit past 10,000 is an
// error, since clients stop there only when told.

#include "http/kit/request.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

namespace callboard::http {

/// How many rows a page has unless asked, and at most.
struct PageSize {
    std::int64_t usual = 25;
    std::int64_t max = 100;
};

struct Paging {
    std::int64_t limit = 25;
    std::int64_t offset = 0;
    bool with_total = false;

    static Result<Paging> of(const Request& request, PageSize size = {});
};

/// {"<plural>": [...], "limit", "offset", "more", "total"}
json::object page_body(std::string_view plural, json::array items, const Paging& page, bool more, std::int64_t total);

/// By `sort_by`, which may be name, name:asc or name:desc; by name without it.
template <class T>
Result<void> sort_by_name(const Request& request, Query<T>& query, std::string T::*name) {
    auto sort = request.query.text("sort_by").value_or("name");
    if (sort != "name" && sort != "name:asc" && sort != "name:desc")
        return errors::invalid_input("Sort by must be name, name:asc or name:desc");
    query.order_by(name, sort == "name:desc" ? Order::descending : Order::ascending);
    return {};
}

/// How many rows a page is cut from: itself and one more, or all of them for a total.
inline std::size_t rows_wanted(const Paging& page) {
    return page.with_total ? SIZE_MAX : static_cast<std::size_t>(page.offset + page.limit + 1);
}

/// One page of a query, each row written by `write(row)`.
template <class T, class Write>
Result<Reply> page_of(Request& request, std::string_view plural, Query<T> query, Write write) {
    TRY(auto page, Paging::of(request));
    std::int64_t total = page.with_total ? request.tx().count(query) : 0;
    auto rows = request.tx().list(query.page(page.limit + 1, page.offset));
    bool more = static_cast<std::int64_t>(rows.size()) > page.limit;
    if (more) rows.pop_back();
    json::array items;
    for (const auto& row : rows) items.emplace_back(write(row));
    return ok(page_body(plural, std::move(items), page, more, total));
}

/// One page of rows already in memory.
template <class T, class Write>
Result<Reply>
page_of(Request& request, std::string_view plural, const std::vector<T>& rows, Write write, PageSize page_size = {}) {
    TRY(auto page, Paging::of(request, page_size));
    auto size = static_cast<std::int64_t>(rows.size());
    json::array items;
    for (auto i = page.offset; i < std::min(size, page.offset + page.limit); ++i)
        items.emplace_back(write(rows[static_cast<std::size_t>(i)]));
    return ok(page_body(plural, std::move(items), page, page.offset + page.limit < size, size));
}

}  // namespace callboard::http
