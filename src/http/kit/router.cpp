#include "http/kit/router.h"

#include "base/log.h"
#include "base/secret.h"
#include "domain/access/scope.h"
#include "http/kit/error_reply.h"
#include "http/kit/permit.h"
#include "storage/unreadable.h"

#include <fmt/format.h>

namespace callboard::http {

namespace {

constexpr std::size_t json_depth_max = 64;

Result<json::value> parse_body(const std::string& text, std::string_view content_type) {
    if (text.empty()) return json::value(nullptr);
    if (content_type.find("json") == std::string_view::npos) return errors::invalid_input("params must be a Hash");
    json::parse_options options;
    options.max_depth = json_depth_max;
    boost::system::error_code failed;
    auto value = json::parse(text, failed, {}, options);
    if (failed) return errors::invalid_input("params must be a Hash");
    return value;
}

Error store_unavailable() {
    return {ErrorKind::unavailable, 0, "The server cannot store changes right now", {"Please retry shortly"}};
}

/// Not 404: tools that keep configuration would forget what is still there. A backup may bring it back.
Error unreadable(const PublicIds& ids, const UnreadableRow& row) {
    auto which = row.id() ? fmt::format("{} is stored in a way that cannot be read", ids.text(row.kind(), row.id()))
                          : std::string{"An earlier version of what was asked for cannot be read"};
    return {ErrorKind::unavailable,
            0,
            "What was asked for cannot be read from the store",
            {fmt::format("{}; whoever runs this server can restore it from a backup", which)}};
}

/// Clients print the scopes that are missing from this answer, which is not the envelope.
Reply missing_scope(const Route& route, const Actor& actor) {
    return {403,
            json::object{{"error",
                          json::object{{"message", "Token missing required scopes"},
                                       {"required_scopes", route.scope.name()},
                                       {"token_scopes", *actor.scopes}}}},
            {}};
}

Error internal_error() { return {ErrorKind::internal, 2000, "An internal error has occurred.", {}}; }

}  // namespace

Router::Router(const Site& site, std::vector<Route> routes)
    : site_(site), routes_(std::move(routes)), matcher_(routes_) {}

Request Router::request_for(std::string method, std::string_view target) const {
    auto question = target.find('?');
    auto path = target.substr(0, question);
    auto query = question == std::string_view::npos ? std::string_view{} : target.substr(question + 1);
    query = query.substr(0, query.find('#'));
    return Request{
        .site = site_,
        .now = site_.clock.now(),
        .method = std::move(method),
        .path = std::string{path},
        .query = QueryString{query},
        .body = {},
        .from = {},
        .actor = {},
        .parameters = {},
        .standing = {},
    };
}

Result<Reply> Router::run(Request& request, const Route& route) {
    if (request.actor.scopes && !grants(*request.actor.scopes, route.scope.name()))
        return missing_scope(route, request.actor);
    if (writes(route.verb) && request.actor.read_only) return errors::forbidden("This key is read-only");
    if (route.reach == Reach::account && !request.actor.may(route.need)) return errors::forbidden();
    request.need = route.need;
    if (route.ask_first) CHECK_OK(route.ask_first(request));
    auto with = [&](Tx& tx) -> Result<Reply> {
        request.transaction = &tx;
        // A handler that runs twice reads the roles again: what was read the first time may have been undone.
        request.standing.reset();
        request.permission_asked = false;
        if (route.reach == Reach::account) return route.handler(request);
        if (!may_somewhere(standing_of(request), route.need)) return errors::forbidden();
        auto reply = route.handler(request);
        if (reply && !request.permission_asked) {
            log::error("permission.not_asked", {{"route", std::string{route.path}}});
            return errors::forbidden();
        }
        return reply;
    };
    if (route.verb == Verb::post_rehearses) return rehearse(request, with);
    if (writes(route.verb)) return site_.store.decide(request.now, with);
    return site_.store.read(request.now, with);
}

Result<Reply> Router::rehearse(const Request& request, const std::function<Result<Reply>(Tx&)>& handler) const {
    Result<Reply> reply = internal_error();
    // A decision that fails leaves nothing behind.
    auto undone = site_.store.decide(request.now, [&](Tx& tx) -> Result<void> {
        reply = handler(tx);
        return errors::invalid_input("rehearsed only");
    });
    ASSERT(!undone, "a rehearsal is never kept");
    return reply;
}

Response Router::encode(Result<Reply> result, const RateMeter::Standing* standing) const {
    Response response;
    if (result) {
        response.status = result->status;
        if (!result->body.is_null()) response.body = json::serialize(result->body);
        response.headers = std::move(result->headers);
    } else {
        response = error_response(result.error());
    }
    if (standing) {
        response.headers.emplace_back("ratelimit-limit", std::to_string(standing->limit));
        response.headers.emplace_back("ratelimit-remaining", std::to_string(standing->remaining));
        response.headers.emplace_back("ratelimit-reset", std::to_string(standing->reset_seconds));
    }
    response.headers.emplace_back("x-request-id", random_hex());
    response.any_origin = true;
    return response;
}

Response Router::answer(const Inbound& inbound) {
    std::optional<RateMeter::Standing> standing;
    auto attempt = [&]() -> Result<Reply> {
        auto request = request_for(inbound.method == "HEAD" ? "GET" : inbound.method, inbound.target);
        TRY(request.actor, site_.store.read(request.now, [&](Tx& tx) {
            return inbound.authorization.empty() && !inbound.session.empty()
                       ? authenticate_session(tx, site_, inbound.session)
                       : authenticate(tx, site_, inbound.authorization);
        }));
        standing = meter_.count(request.actor.credential, request.now, site_.rest_requests_per_minute);
        if (standing->over) return Error{ErrorKind::too_many_requests, 2020, "Rate Limit Exceeded", {}};
        auto found = matcher_.match(request.method, request.path);
        if (!found.route) return not_served(request);
        request.parameters = std::move(found.parameters);
        request.from = inbound.from;
        TRY(request.body, parse_body(inbound.body, inbound.content_type));
        return run(request, *found.route);
    };
    Result<Reply> result = internal_error();
    try {
        result = attempt();
    } catch (const StoreUnavailable& error) {
        log::error("store.unavailable", {{"why", error.what()}});
        result = store_unavailable();
    } catch (const sql::StorageError& error) {
        log::error("store.failed", {{"why", error.what()}});
        result = error.failure == sql::Failure::unavailable || error.failure == sql::Failure::full ? store_unavailable()
                                                                                                   : internal_error();
    } catch (const UnreadableRow& row) {
        result = unreadable(site_.ids, row);
    } catch (const std::exception& error) {
        log::error("request.failed", {{"target", inbound.target}, {"why", error.what()}});
    }
    auto response = encode(std::move(result), standing ? &*standing : nullptr);
    if (standing && standing->over)
        for (auto& [name, value] : response.headers)
            if (name == "Retry-After") value = std::to_string(standing->reset_seconds);
    return response;
}

Router::InProcessAnswer
Router::dispatch(Actor actor, std::string method, std::string_view target, json::value body, std::string from) {
    auto request = request_for(std::move(method), target);
    request.actor = std::move(actor);
    request.from = std::move(from);
    request.body = std::move(body);
    auto found = matcher_.match(request.method, request.path);
    if (!found.route) return {404, error_body(errors::not_found())};
    request.parameters = std::move(found.parameters);
    try {
        auto result = run(request, *found.route);
        if (!result) return {status_of(result.error().kind), error_body(result.error())};
        return {result->status, std::move(result->body)};
    } catch (const UnreadableRow& row) {
        return {503, error_body(unreadable(site_.ids, row))};
    } catch (const std::exception& error) {
        log::error("dispatch.failed", {{"target", std::string{target}}, {"why", error.what()}});
        return {503, error_body(store_unavailable())};
    }
}

}  // namespace callboard::http
