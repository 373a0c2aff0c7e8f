#pragma once
// Tokens of Backstage: of the people who use it, and of its other plugins. What each must hold is what Backstage's own
// verifier demands, and the issuer and audience on top.

#include "backstage/authenticator.h"
#include "backstage/config.h"
#include "backstage/http_json.h"
#include "backstage/jws.h"
#include "base/secret.h"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace callboard::backstage {

/// Public keys by where they are published, kept and looked up by kid. An unknown kid makes it look again, at most ten
/// times a minute for each place.
class KeySets {
public:
    /// The client outlives it.
    explicit KeySets(JsonClient& client) : client_(client) {}

    struct Found {
        std::optional<PublicKey> key;
        /// The place could not be asked, so it is not known whether there is such a key.
        bool unavailable = false;
    };

    Found find(const std::string& url, const std::string& kid, Timestamp now);

private:
    struct Set {
        std::map<std::string, PublicKey, std::less<>> keys;
        Timestamp fetched_at{};
    };

    /// How often within a minute something may be done that strangers can cause.
    struct Turnstile {
        Timestamp minute_began_at{};
        int passed = 0;

        bool pass(Timestamp now, int per_minute);
    };

    std::optional<PublicKey> known(const std::string& url, const std::string& kid, Timestamp now, bool also_old);
    bool may_fetch(const std::string& url, Timestamp now);
    bool fetch(const std::string& url, Timestamp now);

    JsonClient& client_;
    /// One fetch at a time; those whose key is known do not wait for it.
    std::mutex fetch_mutex_;
    std::mutex mutex_;
    /// Only of places that have keys.
    std::map<std::string, Set, std::less<>> sets_;
    std::map<std::string, Turnstile, std::less<>> reloads_;
    Turnstile strangers_;
};

/// Whom a token stands for.
struct Principal {
    /// "user:default/ana", or "plugin:catalog".
    std::string ref;
    /// Groups that the token itself names.
    std::vector<std::string> groups;
    /// Of a user: by which the groups can be asked for.
    std::string token;
    /// When the token does.
    Timestamp ends{};
};

class TokenVerifier {
public:
    /// `backend_url` and `auth_url` as in the configuration. The client outlives it.
    TokenVerifier(std::string backend_url, std::string auth_url, JsonClient& client)
        : backend_url_(std::move(backend_url)), auth_url_(std::move(auth_url)), keys_(client) {}

    std::variant<Principal, Refusal> verify(std::string_view token, Timestamp now);

private:
    std::variant<Principal, Refusal> verify_user(const Jws& jws, std::string_view token, Timestamp now);
    std::variant<Principal, Refusal> verify_plugin(const Jws& jws, Timestamp now);
    std::optional<Refusal>
    check_signature(const Jws& jws, const std::string& url, std::string_view what, Timestamp now);

    std::string backend_url_;
    std::string auth_url_;
    KeySets keys_;
};

/// Lets in people and plugins of Backstage, with the permissions of the configuration.
class BackstageAuthenticator final : public Authenticator {
public:
    /// The client outlives it.
    BackstageAuthenticator(const BackstageConfig& config, JsonClient& client);

    std::variant<Caller, Refusal> authenticate(std::string_view authorization, Timestamp now) override;

private:
    /// Absent when they could not be asked for.
    std::optional<std::vector<std::string>> groups_of(const Principal& principal, Timestamp now);

    std::variant<Caller, Refusal> verified(std::string_view token, Timestamp now);

    /// Somebody whose token was good a moment ago: checking a signature takes longer than answering most questions.
    struct Known {
        Caller caller;
        Timestamp until{};
    };

    struct Groups {
        std::vector<std::string> refs;
        Timestamp until{};
    };

    static constexpr std::size_t people_max = 10'000;

    std::string auth_url_;
    PermissionRules rules_;
    bool needs_groups_;
    bool unauthenticated_;
    JsonClient& client_;
    TokenVerifier verifier_;
    std::mutex mutex_;
    std::map<std::string, Groups, std::less<>> groups_;
    /// By a keyed hash of the token.
    std::unordered_map<std::string, Known> known_;
    const std::string hash_key_ = random_hex();
};

}  // namespace callboard::backstage
