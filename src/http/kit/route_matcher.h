#pragma once
// Which row of a table of routes answers a path.

#include "http/kit/route.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callboard::http {

class RouteMatcher {
public:
    /// The rows outlive it.
    explicit RouteMatcher(std::span<const Route> routes);

    struct Match {
        const Route* route = nullptr;
        std::vector<std::pair<std::string_view, std::string>> parameters;
        bool path_known = false;
    };

    [[nodiscard]] Match match(std::string_view method, std::string_view path) const;

private:
    struct Pattern {
        std::vector<std::string_view> segments;
    };

    std::span<const Route> routes_;
    std::vector<Pattern> patterns_;
};

}  // namespace callboard::http
