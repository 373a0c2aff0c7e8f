#pragma once
// What the plugin's backend is told by its configuration. Read by backstage/config_file.h.

#include "backstage/caller.h"
#include "backstage/plugin_store.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace callboard::backstage {

/// What the plugin's own backend asks for: an app that was registered for it has these, and a token with a scope that
/// was not granted is refused as a whole. Acting on incidents needs incidents.write and priorities.read beside them.
inline constexpr std::string_view oauth_scopes =
    "abilities.read analytics.read change_events.read escalation_policies.read incidents.read oncalls.read "
    "schedules.read services.read services.write standards.read teams.read users.read vendors.read";

/// How PagerDuty gives out tokens to programs: client credentials with scopes.
struct OAuthConfig {
    std::string client_id;
    std::string client_secret;
    std::string subdomain;
    std::string region = "us";
    std::string scopes{oauth_scopes};
    /// Where tokens are asked for.
    std::string identity_url;
};

struct AccountConfig {
    std::string id;
    bool is_default = false;
    /// The account of the server in this process; nothing below counts then.
    bool local = false;
    std::string api_url;
    std::string events_url;
    /// Empty: OAuth.
    std::string token;
    std::optional<OAuthConfig> oauth;
    /// Whom changes are made for when it is not known who makes them.
    std::string from;
    std::string ca_file;
    /// Of a webhook subscription that comes to /webhooks/ID; empty: none is taken.
    std::string webhook_secret;
    /// What this backend uses at most in any minute; PagerDuty's own limit is 960.
    int requests_per_minute = 900;
};

/// Tells one side that is read from another: its address, and whose credentials read it. No token can be had from it.
std::string source_of(const AccountConfig& account);

struct CatalogConfig {
    /// "https://backstage.example.com/api/catalog"
    std::string url;
    /// Of backend.auth.externalAccess; empty: tokens of our own.
    std::string token;
};

/// Patterns of references, as "user:*" or "group:default/sre", by action.
struct PermissionRules {
    std::array<std::vector<std::string>, action_names.size()> patterns;
};

struct BackstageConfig {
    /// Empty: whatever serves the plugin has one account without a name, in this process.
    std::vector<AccountConfig> accounts;
    std::optional<CatalogConfig> catalog;
    /// Backstage's `backend.baseUrl`: its users' and plugins' tokens are accepted. Empty: they are not.
    std::string backend_url;
    /// Who issues users' tokens: `backend_url`/api/auth unless it is somewhere else.
    std::string auth_url;
    /// Backstage's `app.baseUrl`.
    std::string app_url;
    /// Certificates to trust when asking Backstage; empty: the system's.
    std::string ca_file;
    std::vector<std::string> origins;
    bool unauthenticated_access = false;
    /// In answers to browsers.
    bool show_integration_keys = false;
    /// The entity processor puts them on entities: the official frontend makes incidents with what it finds there.
    bool annotate_integration_keys = false;
    PermissionRules permissions;
    std::map<std::string, std::string, std::less<>> people;
    PluginStore::Retention sync_log_retention;
    /// How often dependencies and custom fields are looked through; changes made here are followed at once.
    std::chrono::minutes sync_every{10};

    // Of `callboard backstage` alone.
    std::string listen = "127.0.0.1:7009";
    std::string data = "backstage-data";
    int workers = 16;
};

}  // namespace callboard::backstage
