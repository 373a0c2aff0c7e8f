#include "backstage/pages.h"

#include "base/log.h"

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr int page_size = 50;
/// REST: classic pagination refuses an offset and limit that add up to more.
constexpr int items_max = 10'000;

bool has_more(const json::object& body) {
    const auto* more = body.if_contains("more");
    return more && more->is_bool() && more->get_bool();
}

}  // namespace

Collected collect(Call& call,
                  const Account& account,
                  const Operation& operation,
                  std::string_view target,
                  std::string_view plural,
                  Freshness freshness) {
    Collected collected;
    for (int offset = 0; offset + page_size <= items_max; offset += page_size) {
        auto page = fmt::format("{}&offset={}&limit={}", target, offset, page_size);
        auto answer = call.ask(account, call.question("GET", page, freshness));
        if (auto failure = failure_of(answer, operation, plural)) return {{}, std::move(failure)};
        auto& body = answer.body.get_object();
        auto* items = body[plural].if_array();
        if (!items) return {{}, failure_of({Answer::End::unreadable}, operation)};
        for (auto& item : *items) collected.items.push_back(std::move(item));
        if (!has_more(body)) return collected;
    }
    log::warn("backstage.list_cut", {{"list", std::string{plural}}, {"at", std::to_string(items_max)}});
    return collected;
}

}  // namespace callboard::backstage
