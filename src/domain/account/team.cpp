#include "domain/account/team.h"

namespace callboard {

TeamRole default_team_role(Role base) {
    switch (base) {
        case Role::owner:
        case Role::admin:
        case Role::user: return TeamRole::manager;
        case Role::limited_user: return TeamRole::responder;
        case Role::observer:
        case Role::restricted_access:
        case Role::read_only_user:
        case Role::read_only_limited_user: return TeamRole::observer;
    }
    return TeamRole::observer;
}

}  // namespace callboard
