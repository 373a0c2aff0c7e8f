#include "http/oauth_token.h"

#include "app/oauth.h"
#include "base/log.h"

#include <sodium.h>

namespace callboard::http {

namespace {

constexpr std::size_t parameter_bytes_max = 8'192;

Response json_response(int status, const json::object& body) {
    Response response;
    response.status = status;
    response.body = json::serialize(body);
    response.headers = {{"Cache-Control", "no-store"}, {"Pragma", "no-cache"}};
    response.any_origin = true;
    return response;
}

Response refusal(int status, std::string_view error, std::string_view description) {
    auto response = json_response(status, {{"error", error}, {"error_description", description}});
    if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"oauth\"");
    if (status == 503 || status == 429) response.headers.emplace_back("Retry-After", "1");
    return response;
}

std::string from_base64(std::string_view text) {
    std::string out(text.size(), '\0');
    std::size_t size = 0;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()),
                          out.size(),
                          text.data(),
                          text.size(),
                          nullptr,
                          &size,
                          nullptr,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return {};
    out.resize(size);
    return out;
}

/// Id and secret by HTTP Basic (RFC 6749 section 2.3.1), where they are not in the body.
void read_basic(std::string_view authorization, TokenRequest& request) {
    constexpr std::string_view scheme = "Basic ";
    if (!authorization.starts_with(scheme) || authorization.size() > parameter_bytes_max) return;
    auto pair = from_base64(authorization.substr(scheme.size()));
    auto colon = pair.find(':');
    if (colon == std::string::npos) return;
    request.client_id = percent_decode(std::string_view{pair}.substr(0, colon));
    request.client_secret = percent_decode(std::string_view{pair}.substr(colon + 1));
}

/// By name, from a form or a JSON object.
std::string parameter(const Copied& request, const json::value& body, std::string_view name) {
    if (const auto* object = body.if_object()) {
        const auto* value = object->if_contains(name);
        return value && value->is_string() ? std::string{value->get_string()} : std::string{};
    }
    return QueryString(request.body).text(name).value_or(std::string{});
}

}  // namespace

Response refuse_oauth(int status, std::string_view why) {
    return refusal(status, status == 503 ? "temporarily_unavailable" : "invalid_request", why);
}

Response answer_oauth(const Site& site, const Copied& request) {
    if (std::string_view{request.target}.substr(0, request.target.find('?')) != "/oauth/token")
        return refusal(404, "invalid_request", "Only /oauth/token is here");
    if (request.method != "POST") {
        auto response = refusal(405, "invalid_request", "Ask by POST");
        response.headers.emplace_back("Allow", "POST");
        return response;
    }
    json::value body;
    boost::system::error_code failed;
    if (request.content_type.find("json") != std::string::npos) body = json::parse(request.body, failed);
    if (failed) return refusal(400, "invalid_request", "The body is not JSON");
    TokenRequest asked;
    read_basic(request.authorization, asked);
    if (auto id = parameter(request, body, "client_id"); !id.empty()) asked.client_id = id;
    if (auto secret = parameter(request, body, "client_secret"); !secret.empty()) asked.client_secret = secret;
    asked.scope = parameter(request, body, "scope");
    if (asked.scope.size() > parameter_bytes_max) return refusal(400, "invalid_scope", "The scope is too long");
    if (auto grant = parameter(request, body, "grant_type"); grant != "client_credentials")
        return refusal(
            400, grant.empty() ? "invalid_request" : "unsupported_grant_type", "grant_type must be client_credentials");
    try {
        auto answer = site.store.decide(site.clock.now(), [&](Tx& tx) -> Result<TokenAnswer> {
            return issue_oauth_token(tx, site.hash_key, asked);
        });
        if (!answer->issued) {
            log::info("oauth.refused", {{"error", std::string{answer->refused.error}}, {"peer", request.peer}});
            return refusal(answer->refused.error == "invalid_client" ? 401 : 400,
                           answer->refused.error,
                           answer->refused.description);
        }
        return json_response(200,
                             {{"access_token", answer->issued->token},
                              {"scope", answer->issued->scope},
                              {"token_type", "bearer"},
                              {"expires_in", std::chrono::duration_cast<seconds>(oauth_token_lifetime).count()}});
    } catch (const StoreUnavailable&) {
        return refusal(503, "temporarily_unavailable", "The token could not be kept; ask again");
    }
}

}  // namespace callboard::http
