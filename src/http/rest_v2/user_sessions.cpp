// REST "Users": where somebody is logged in to the console. Ending a session logs that browser out.

#include "http/rest_v2/people.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

namespace {

/// Tokens of OAuth belong to apps here, not to people.
constexpr std::string_view only_type = "browser";

json::object session_object(Wire& wire, const Session& session) {
    return {{"id", wire.id(session.id)},
            {"user_id", wire.id(session.user)},
            {"created_at", wire.time(session.created_at)},
            {"type", only_type},
            {"summary", session.summary}};
}

std::vector<Session> sessions_of(Request& request, UserId user) {
    auto sessions = request.tx().list(Query<Session>().where(&Session::user, user).order_by(&Session::id));
    std::erase_if(sessions, [&](const Session& session) { return session.expires_at <= request.now; });
    return sessions;
}

Result<Session> session_of_path(Request& request) {
    TRY(auto user, person_of_path(request, Need::admin));
    auto absent = errors::not_found("Session Not Found");
    if (request.parameter("type") != only_type) return absent;
    TRY(auto session, request.path_row<Session>("session_id", absent));
    if (session.user != user.id || session.expires_at <= request.now) return absent;
    return session;
}

Result<Reply> list_sessions(Request& request) {
    TRY(auto user, person_of_path(request, Need::admin));
    Wire wire(request);
    json::array out;
    for (const auto& session : sessions_of(request, user.id)) out.emplace_back(session_object(wire, session));
    return ok(json::object{{"user_sessions", std::move(out)}});
}

Result<Reply> get_session(Request& request) {
    TRY(auto session, session_of_path(request));
    Wire wire(request);
    return ok(json::object{{"user_session", session_object(wire, session)}});
}

Result<Reply> delete_sessions(Request& request) {
    TRY(auto user, person_of_path(request, Need::admin));
    for (const auto& session : sessions_of(request, user.id)) request.tx().erase<Session>(session.id);
    return no_content();
}

Result<Reply> delete_session(Request& request) {
    TRY(auto session, session_of_path(request));
    request.tx().erase<Session>(session.id);
    return no_content();
}

constexpr auto all = "/users/{id}/sessions";
constexpr auto one = "/users/{id}/sessions/{type}/{session_id}";
constexpr const char* read_scope = "users:sessions.read";
constexpr const char* write_scope = "users:sessions.write";

// Everybody sees and ends their own; the handlers ask about others'.
constexpr Route table[] = {
    {Verb::get, all, read_scope, Need::anyone, list_sessions},
    {Verb::del, all, write_scope, Need::anyone, delete_sessions},
    {Verb::get, one, read_scope, Need::anyone, get_session},
    {Verb::del, one, write_scope, Need::anyone, delete_session},
};

}  // namespace

std::span<const Route> user_session_routes() { return table; }

}  // namespace callboard::http
