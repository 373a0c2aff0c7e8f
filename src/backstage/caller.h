#pragma once
// Who asks, and what they may do here.

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::backstage {

/// What a route does, as permissions speak of it.
enum class Action {
    /// See cards, mappings, settings.
    view,
    /// Make an incident.
    trigger,
    /// Acknowledge, resolve, reassign, escalate, snooze, note.
    respond,
    /// Connect entities and services, and create the integrations that this needs.
    map,
    /// Settings, dependencies, custom fields.
    configure,
};

inline constexpr std::array<std::string_view, 5> action_names{"view", "trigger", "respond", "map", "configure"};

constexpr std::string_view name_of(Action action) { return action_names[static_cast<std::size_t>(action)]; }

struct Permissions {
    std::array<bool, action_names.size()> granted{};

    static Permissions all() { return {{true, true, true, true, true}}; }

    static Permissions only_view() { return {{true, false, false, false, false}}; }

    [[nodiscard]] bool may(Action action) const { return granted[static_cast<std::size_t>(action)]; }

    bool& operator[](Action action) { return granted[static_cast<std::size_t>(action)]; }

    bool operator==(const Permissions&) const = default;
};

/// What the account in this process knows a caller by. Only whoever made it looks into it.
class Identity {
public:
    virtual ~Identity() = default;
    /// Names whose view of the account this is; empty: one that sees everything.
    [[nodiscard]] virtual std::string view() const = 0;
};

struct Caller {
    Permissions may;
    /// "user:default/ana" or "plugin:catalog"; empty for an API key.
    std::string ref;
    /// The other references the caller answers to: groups.
    std::vector<std::string> groups;
    std::shared_ptr<const Identity> identity;
    /// The groups could not be asked for: more may be granted than `may` says.
    bool groups_unknown = false;
};

}  // namespace callboard::backstage
