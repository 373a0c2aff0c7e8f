#include "backstage/backend.h"

#include "backstage/failure.h"
#include "backstage/mapping_refresh.h"
#include "backstage/own_keys.h"
#include "backstage/permissions.h"
#include "backstage/route.h"
#include "backstage/webhook.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr auto request_time_max = std::chrono::seconds{10};
/// Backstage's own parser stops at 100 kB, which some 900 mappings exceed; 5,000 have room here.
constexpr std::size_t body_bytes_max = 1024 * 1024;
constexpr std::size_t json_depth_max = 32;
/// When Backstage could not be asked about somebody.
constexpr auto come_again = std::chrono::seconds{5};
constexpr std::string_view methods = "GET,HEAD,PATCH,POST,PUT,DELETE";

/// A refusal in the form that Backstage itself gives it.
struct BackstageError {
    int status;
    std::string_view name;
    std::string message;
};

Response error_response(const Request& request, const BackstageError& error) {
    json::object body{{"error", json::object{{"name", error.name}, {"message", error.message}}},
                      {"request", json::object{{"method", request.method}, {"url", request.target}}},
                      {"response", json::object{{"statusCode", error.status}}}};
    // The card's client knows these two by their status; of any other answer it must be able to read "errors".
    if (error.status != 401 && error.status != 403) body["errors"] = json::array{json::string{error.message}};
    Response response{error.status, json::serialize(body), std::string{json_type}, {}};
    if (error.status == 503) response.headers.emplace_back("Retry-After", std::to_string(come_again.count()));
    return response;
}

BackstageError error_of(const Refusal& refusal) {
    auto words = [&](std::string_view usual) { return refusal.why.empty() ? std::string{usual} : refusal.why; };
    switch (refusal.kind) {
    case Refusal::Kind::missing_credentials: return {401, "AuthenticationError", words("Missing credentials")};
    case Refusal::Kind::not_allowed: return {403, "NotAllowedError", words("These credentials may not see services")};
    case Refusal::Kind::unavailable:
        return {503, "ServiceUnavailableError", words("Credentials cannot be checked right now")};
    case Refusal::Kind::illegal_token: break;
    }
    return {401, "AuthenticationError", words("Illegal token")};
}

/// Whoever may do something as a member of a group must not be told that they may not while their groups are not known.
BackstageError lacking(const Caller& caller, Action action) {
    if (caller.groups_unknown)
        return {503,
                "ServiceUnavailableError",
                fmt::format("Backstage could not be asked which groups {} is in, so it is not known whether the "
                            "permission {} is granted. Try again shortly.",
                            caller.ref,
                            name_of(action))};
    return {403, "NotAllowedError", fmt::format("These credentials lack the permission {}", name_of(action))};
}

std::optional<BackstageError> parse_body(const Request& request, json::value& body) {
    // What does not say that it is JSON is not looked at.
    if (request.body.empty() || !request.content_type.starts_with("application/json")) return std::nullopt;
    if (request.body.size() > body_bytes_max)
        return BackstageError{413, "PayloadTooLargeError", "request entity too large"};
    json::parse_options options;
    options.max_depth = json_depth_max;
    boost::system::error_code failed;
    body = json::parse(request.body, failed, {}, options);
    if (failed) return BackstageError{400, "SyntaxError", fmt::format("The body is not JSON: {}", failed.message())};
    if (!body.is_object() && !body.is_array())
        return BackstageError{400, "SyntaxError", "The body is neither a JSON object nor an array"};
    return std::nullopt;
}

std::optional<BackstageError> decode(const Match& match, std::string_view query, std::vector<std::string>& decoded) {
    for (auto parameter : match.parameters) {
        if (!is_percent_encoded_text(parameter))
            return BackstageError{400, "URIError", "A part of the path is not percent-encoded text"};
        decoded.push_back(percent_decode(parameter));
    }
    if (!is_utf8(percent_decode(query))) return BackstageError{400, "URIError", "The query is not text"};
    return std::nullopt;
}

Response response_of(Reply reply) {
    if (!reply.text.empty())
        return {reply.status, std::move(reply.text), std::string{reply.text_type}, std::move(reply.headers)};
    if (reply.body.is_null()) return {reply.status, {}, {}, std::move(reply.headers)};
    return {reply.status, json::serialize(reply.body), std::string{json_type}, std::move(reply.headers)};
}

/// "us,eu%20west": names are whatever the configuration calls accounts.
std::string names_in_header(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : ",") + percent_encode(name);
    return out;
}

/// The keys by which others check our tokens: they have no credentials when they ask.
bool asks_for_keys(const Request& request) {
    auto path = std::string_view{request.target};
    path = path.substr(0, path.find('?'));
    return path == "/.backstage/auth/v1/jwks.json" && (request.method == "GET" || request.method == "HEAD");
}

}  // namespace

Response Backend::refuse(int status, std::string_view why) {
    auto response = response_of(refused(status, std::string{why}));
    response.headers.emplace_back("Access-Control-Allow-Origin", "*");
    if (status == 503) response.headers.emplace_back("Retry-After", "1");
    return response;
}

bool Origins::allows(std::string_view origin) const {
    if (patterns_.empty()) return true;
    return std::ranges::any_of(patterns_, [&](const auto& pattern) { return fits_pattern(pattern, origin); });
}

/// What a page gets depends on the credentials it sends with each request, never on a cookie.
void Backend::allow_origin(const Request& request, Response& response) const {
    if (request.origin.empty() || !origins_.allows(request.origin)) return;
    response.headers.emplace_back("Access-Control-Allow-Origin", request.origin);
    response.headers.emplace_back("Access-Control-Allow-Credentials", "true");
    response.headers.emplace_back("Access-Control-Expose-Headers",
                                  "Retry-After, X-Callboard-As-Of, X-Callboard-Missing-Accounts");
}

Response Backend::preflight(const Request& request) const {
    if (!request.origin.empty() && !origins_.allows(request.origin)) return {403, {}, {}, {{"Vary", "Origin"}}};
    Response response{204, {}, {}, {}};
    allow_origin(request, response);
    response.headers.emplace_back("Access-Control-Allow-Methods", methods);
    if (!request.requested_headers.empty())
        response.headers.emplace_back("Access-Control-Allow-Headers", request.requested_headers);
    response.headers.emplace_back("Vary", "Origin, Access-Control-Request-Headers");
    return response;
}

/// A preflight carries no credentials, so it is answered before they are looked at.
Response Backend::answer(const Request& request) {
    if (request.method == "OPTIONS") return preflight(request);
    if (auto webhook = take_webhook(request, room_.accounts)) return *webhook;
    auto response = asks_for_keys(request)
                        ? Response{200, json::serialize(public_keys(room_, request.now)), std::string{json_type}, {}}
                        : answer_without_origin(request);
    allow_origin(request, response);
    response.headers.emplace_back("Vary", "Origin");
    return response;
}

Response Backend::answer_without_origin(const Request& request) {
    auto who = authenticator_.authenticate(request.authorization, request.now);
    if (const auto* refusal = std::get_if<Refusal>(&who)) return error_response(request, error_of(*refusal));
    auto& caller = std::get<Caller>(who);

    json::value body;
    if (auto error = parse_body(request, body)) return error_response(request, *error);
    auto target = std::string_view{request.target};
    auto path = target.substr(0, target.find('?'));
    auto query = target.substr(std::min(path.size() + 1, target.size()));
    auto match = match_route(backstage_routes(), request.method == "HEAD" ? "GET" : request.method, path);
    if (!match.route) return {404, {}, {}, {}};
    std::vector<std::string> parameters;
    if (auto error = decode(match, query, parameters)) return error_response(request, *error);
    if (!caller.may.may(match.route->action)) return error_response(request, lacking(caller, match.route->action));
    auto asked = QueryString(query);
    auto account_id = asked.text("account").value_or("");
    const auto* account = room_.accounts.find(account_id);
    if (!account) return response_of(refused(404, fmt::format("There is no account {}.", account_id)));
    Call call{.room = room_,
              .account = *account,
              .caller = std::move(caller),
              .now = request.now,
              .deadline = std::chrono::steady_clock::now() + request_time_max,
              .query = std::move(asked),
              .body = std::move(body),
              .parameters = std::move(parameters)};
    return answer_route(request, *match.route, call);
}

Response Backend::answer_route(const Request& request, const Route& route, Call& call) {
    // What a key of the account in this process may see is its own.
    bool shared = route.shared && !call.caller.identity;
    if (route.method != "GET") ++changes_;
    auto changes = changes_.load() + room_.accounts.changes();
    std::string key;
    if (shared) {
        key = shows_keys(call) ? "k" : "-";
        key += call.caller.groups_unknown ? '?' : '-';
        for (bool granted : call.caller.may.granted) key += granted ? '1' : '0';
        key += request.target;
        if (auto kept = replies_.find(key, request.now, changes)) return *kept;
    }
    auto response = response_of(route.handler(call));
    // What was read meanwhile may be of before.
    if (route.method != "GET") ++changes_;
    // Whoever has mapped or configured something looks next whether that has helped.
    if (route.method != "GET" && (route.action == Action::map || route.action == Action::configure))
        room_.accounts.forget_refusals();
    // What nothing was read for elsewhere is what is known here, now.
    if (response.status < 400)
        response.headers.emplace_back("X-Callboard-As-Of", format_iso8601(call.as_of.value_or(request.now)));
    if (response.status < 400 && !call.missing.empty())
        response.headers.emplace_back("X-Callboard-Missing-Accounts", names_in_header(call.missing));
    if (shared && response.status == 200) replies_.keep(key, response, request.now, changes);
    return response;
}

}  // namespace callboard::backstage
