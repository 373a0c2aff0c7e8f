#pragma once
// Scopes of OAuth tokens. Each operation needs exactly one (http/kit/route.h); write does not include read.

#include <span>
#include <string_view>
#include <vector>

namespace callboard {

struct ScopeName {
    /// "incidents.read"
    std::string_view name;
    /// What it is about, for people: "Incidents".
    std::string_view group;
};

/// All that the API's description names, by group.
std::span<const ScopeName> scope_names();

/// One of those, or one that clients ask for although no operation needs it.
bool is_scope(std::string_view name);
/// The latter: whoever asks gets it, whatever the app has.
bool asked_for_by_clients_only(std::string_view name);

/// The words of a scope parameter, which clients separate by any run of spaces and newlines.
std::vector<std::string_view> scopes_in(std::string_view text);

/// Whether a token with these scopes may call an operation that needs `needed`; every token may where that is empty.
bool grants(std::string_view scopes, std::string_view needed);

}  // namespace callboard
