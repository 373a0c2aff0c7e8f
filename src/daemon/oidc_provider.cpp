#include "daemon/oidc_provider.h"

#include "backstage/jws.h"
#include "base/query_string.h"
#include "domain/account/address.h"
#include "net/http_client.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <openssl/sha.h>

namespace callboard {

namespace {

namespace json = boost::json;

/// Clocks differ a little.
constexpr Duration clock_skew = minutes{2};
/// A person waits for it, and so does a worker's thread.
constexpr auto deadline = std::chrono::seconds{8};
constexpr auto wait_for_another = std::chrono::milliseconds{500};

Error unavailable(const OidcConfig& config, std::string_view why) {
    return {ErrorKind::unavailable, 0, fmt::format("{} cannot be reached right now: {}", config.name, why), {}};
}

Error not_proven(std::string why) { return {ErrorKind::unauthenticated, 0, std::move(why), {}}; }

bool is_loopback(std::string_view url) {
    constexpr std::array hosts{"http://127.0.0.1", "http://localhost", "http://[::1]"};
    return std::ranges::any_of(hosts, [&](std::string_view host) {
        return url.starts_with(host) &&
               (url.size() == host.size() || url[host.size()] == ':' || url[host.size()] == '/');
    });
}

/// Its tokens are believed because its certificate is.
bool is_trustworthy(std::string_view url) { return url.starts_with("https://") || is_loopback(url); }

Result<json::object> ask(const OidcConfig& config, net::HttpRequest request) {
    request.deadline = deadline;
    request.ca_file = config.ca_file;
    request.headers.emplace_back("Accept", "application/json");
    auto result = net::send_http(request);
    if (const auto* failure = std::get_if<net::Failure>(&result)) return unavailable(config, failure->detail);
    const auto& response = std::get<net::HttpResponse>(result);
    if (response.status >= 500) return unavailable(config, fmt::format("it answers {}", response.status));
    boost::system::error_code failed;
    auto body = json::parse(response.body, failed);
    if (failed || !body.is_object()) return unavailable(config, "what it answers is no JSON object");
    return std::move(body.get_object());
}

/// Empty when it is not there or no text.
std::string text_in(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value && value->is_string() ? std::string{value->get_string()} : std::string{};
}

bool is_for(const json::object& claims, const std::string& client_id) {
    const auto* audience = claims.if_contains("aud");
    if (!audience) return false;
    if (audience->is_string()) return audience->get_string() == client_id;
    if (!audience->is_array()) return false;
    const auto& all = audience->get_array();
    bool is_named = std::ranges::any_of(
        all, [&](const json::value& one) { return one.is_string() && one.get_string() == client_id; });
    return is_named && (all.size() == 1 || text_in(claims, "azp") == client_id);
}

std::string challenge_of(const std::string& verifier) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
    SHA256(reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size(), hash.data());
    return backstage::base64url_encode({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

}  // namespace

std::string problem_of(const OidcConfig& config) {
    if (config.issuer.empty()) return {};
    if (!is_trustworthy(config.issuer)) return "--oidc-issuer: must be an https address";
    if (config.client_id.empty()) return "--oidc-client-id: is missing";
    if (config.client_secret.empty()) return "--oidc-client-secret: is missing, also in CALLBOARD_OIDC_CLIENT_SECRET";
    return {};
}

Result<OidcProvider::Endpoints> OidcProvider::endpoints() {
    std::unique_lock lock(mutex_, wait_for_another);
    if (!lock) return unavailable(config_, "it is being asked");
    if (endpoints_) return *endpoints_;
    auto base = config_.issuer;
    while (base.ends_with('/')) base.pop_back();
    net::HttpRequest request;
    request.url = base + "/.well-known/openid-configuration";
    TRY(auto found, ask(config_, std::move(request)));
    Endpoints endpoints{text_in(found, "authorization_endpoint"), text_in(found, "token_endpoint")};
    // OpenID Connect Discovery 1.0, 4.3: the issuer must be the one that was asked.
    if (text_in(found, "issuer") != config_.issuer) return unavailable(config_, "it calls itself by another name");
    if (!is_trustworthy(endpoints.authorization) || !is_trustworthy(endpoints.token))
        return unavailable(config_, "its endpoints are no https addresses");
    endpoints_ = endpoints;
    return endpoints;
}

Result<std::string> OidcProvider::address_for(const Attempt& attempt) {
    TRY(auto known, endpoints());
    return fmt::format("{}{}{}",
                       known.authorization,
                       known.authorization.find('?') == std::string::npos ? '?' : '&',
                       net::form_encode({{"response_type", "code"},
                                         {"client_id", config_.client_id},
                                         {"redirect_uri", attempt.redirect_uri},
                                         {"scope", config_.scopes},
                                         {"state", attempt.state},
                                         {"nonce", attempt.nonce},
                                         {"code_challenge", challenge_of(attempt.code_verifier)},
                                         {"code_challenge_method", "S256"}}));
}

Result<http::Identity> OidcProvider::redeem(const std::string& code, const Attempt& attempt, Timestamp now) {
    if (code.empty()) return not_proven("no code came back");
    TRY(auto known, endpoints());
    net::HttpRequest request;
    request.method = "POST";
    request.url = known.token;
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    // RFC 6749, 2.3.1: both are encoded before they become a user name and a password.
    request.username = percent_encode(config_.client_id);
    request.password = percent_encode(config_.client_secret);
    request.body = net::form_encode({{"grant_type", "authorization_code"},
                                     {"code", code},
                                     {"redirect_uri", attempt.redirect_uri},
                                     {"code_verifier", attempt.code_verifier}});
    TRY(auto answer, ask(config_, std::move(request)));
    auto id_token = text_in(answer, "id_token");
    if (id_token.empty()) return not_proven(fmt::format("no ID token was given: {}", text_in(answer, "error")));
    return identity_in(id_token, attempt, now);
}

/// The token came from the provider itself over TLS, which proves where it is from as its signature would: OpenID
/// Connect Core 1.0, 3.1.3.7, 6.
Result<http::Identity>
OidcProvider::identity_in(const std::string& id_token, const Attempt& attempt, Timestamp now) const {
    auto token = backstage::parse_jws(id_token);
    if (!token) return not_proven("the ID token cannot be read");
    const auto& claims = token->claims;
    if (text_in(claims, "iss") != config_.issuer) return not_proven("the ID token is of another issuer");
    if (!is_for(claims, config_.client_id)) return not_proven("the ID token is for another client");
    if (text_in(claims, "nonce") != attempt.nonce) return not_proven("the ID token is of another log-in");
    const auto* expires = claims.if_contains("exp");
    if (!expires || !expires->is_int64() || from_micros(expires->get_int64() * 1'000'000) + clock_skew < now)
        return not_proven("the ID token has expired");
    const auto* verified = claims.if_contains("email_verified");
    bool is_doubted = verified && (*verified == json::value(false) || *verified == json::value("false"));
    auto email = text_in(claims, "email");
    if (!is_email(email) || is_doubted) return not_proven("the ID token names no verified e-mail address");
    return http::Identity{email, text_in(claims, "name")};
}

}  // namespace callboard
