#include "http/kit/request.h"

namespace callboard::http {

Result<User> Request::requester() {
    if (actor.user) return *actor.user;
    if (from.empty())
        return Error{ErrorKind::invalid,
                     2016,
                     "You must specify a user's email address in the \"From\" header to perform this action",
                     {}};
    if (auto user = tx().first(Query<User>().where_same_text(&User::email, from))) return *std::move(user);
    return Error{ErrorKind::invalid, 1008, "Requester User Not Found", {}};
}

}  // namespace callboard::http
