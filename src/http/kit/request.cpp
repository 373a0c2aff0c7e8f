#include "http/kit/request.h"

namespace callboard::http {

Result<User> Request::requester() {
    if (actor.user) return *actor.user;
    if (from.empty())
        return Error{ErrorKind::invalid,
                     2016,
                     "You must specify a user's email address in the \"From\" header to perform this action",
                     {}};
    // Addresses compare without case, as everywhere.
    for (auto& user : tx().list(Query<User>().contains(from, &User::email))) {
        bool same = user.email.size() == from.size();
        if (same) return std::move(user);
    }
    return Error{ErrorKind::invalid, 1008, "Requester User Not Found", {}};
}

}  // namespace callboard::http
