#include "domain/access/access.h"

namespace callboard {

std::string_view least_role(Need need) {
    switch (need) {
    case Need::anyone: return text_of(Role::read_only_limited_user);
    case Need::view: return text_of(Role::observer);
    case Need::respond: return text_of(Role::limited_user);
    case Need::manage: return text_of(Role::user);
    case Need::admin: return text_of(Role::admin);
    }
    return {};
}

namespace {

Need most_of(Role role) {
    switch (role) {
    case Role::owner:
    case Role::admin: return Need::admin;
    case Role::user: return Need::manage;
    case Role::limited_user: return Need::respond;
    case Role::observer:
    case Role::read_only_user: return Need::view;
    case Role::restricted_access:
    case Role::read_only_limited_user: return Need::anyone;
    }
    return Need::anyone;
}

bool is_flexible(Role role) {
    switch (role) {
    case Role::user:
    case Role::limited_user:
    case Role::observer:
    case Role::restricted_access: return true;
    case Role::owner:
    case Role::admin:
    case Role::read_only_user:
    case Role::read_only_limited_user: return false;
    }
    return false;
}

Need most_of(TeamRole role) {
    switch (role) {
    case TeamRole::observer: return Need::view;
    case TeamRole::responder: return Need::respond;
    case TeamRole::manager: return Need::manage;
    }
    return Need::view;
}

}  // namespace

bool may(Role role, Need need) { return need <= most_of(role); }

bool may(Role role, std::optional<TeamRole> on_team, Need need) {
    if (!on_team || !is_flexible(role)) return may(role, need);
    return need <= most_of(*on_team);
}

}  // namespace callboard
