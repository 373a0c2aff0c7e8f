// REST "Users".

#include "domain/account/user.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

json::object user_object(Wire& wire, const User& user) {
    auto out = wire.user_ref(user.id);
    out["type"] = "user";
    out["name"] = user.name;
    out["email"] = user.email;
    return out;
}

json::object user_ref_or_full(Wire& wire, UserId id, std::string_view what) {
    return reference_or_full(wire, what, wire.user(id), wire.user_ref(id), user_object);
}

std::span<const Route> user_routes() { return {}; }

}  // namespace callboard::http
