#pragma once
// All pages of a list of the REST API.

#include "backstage/failure.h"
#include "backstage/route.h"

#include <optional>
#include <string_view>

namespace callboard::backstage {

struct Collected {
    json::array items;
    /// The first page that failed; then `items` is not to be used.
    std::optional<Reply> failure;
};

/// `target` has a query already: "/teams?total=true". `plural` is the member that holds the list.
Collected collect(Call& call,
                  const Account& account,
                  const Operation& operation,
                  std::string_view target,
                  std::string_view plural,
                  Freshness freshness = Freshness::live);

}  // namespace callboard::backstage
