#include "domain/config_use.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace callboard {

void ConfigUses::add(ConfigUse use) {
    if (use.version > 0 && std::ranges::find(uses_, use) == uses_.end()) uses_.push_back(use);
}

void ConfigUses::add(const ConfigUses& others) {
    for (const auto& use : others.uses_) add(use);
}

std::string ConfigUses::coded() const {
    std::string out;
    for (const auto& use : uses_)
        fmt::format_to(std::back_inserter(out),
                       "{}{}:{}:{}",
                       out.empty() ? "" : " ",
                       static_cast<int>(use.kind),
                       use.id,
                       use.version);
    return out;
}

ConfigUses ConfigUses::decoded(std::string_view text) {
    ConfigUses uses;
    const auto* at = text.data();
    const auto* end = at + text.size();
    auto number = [&](auto& value) {
        auto [next, _] = std::from_chars(at, end, value);
        at = next == end ? end : next + 1;
    };
    while (at < end) {
        int kind = 0;
        ConfigUse use;
        number(kind);
        number(use.id);
        number(use.version);
        use.kind = static_cast<ConfigKind>(kind);
        uses.add(use);
    }
    return uses;
}

}  // namespace callboard
