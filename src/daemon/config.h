#pragma once
// What the program was asked to do: command line first, then the configuration file, then defaults.

#include "backstage/config.h"
#include "channels/config.h"
#include "daemon/oidc_provider.h"
#include "domain/account/user.h"

#include <cstdint>
#include <optional>
#include <string>

namespace callboard {

struct ServeConfig {
    std::string data = "callboard-data";
    /// "postgresql://…"; empty: the embedded store in `data`.
    std::string store;
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;
    /// Without a slash at its end.
    std::string public_url;
    int io_threads = 2;
    int workers = 8;
    /// A request must be complete this long after its first byte.
    int request_seconds_max = 20;
    int rest_requests_per_minute = 96'000;
    /// 0: no limit.
    int events_per_minute = 0;
    bool demo = false;
    bool clock_control = false;
    /// Where it stands from the start, and what is due waits until it is moved; empty: it runs.
    std::string clock_at = {};
    OidcConfig oidc;
    /// The role of whoever the provider vouches for and is no user yet; absent: they are turned away.
    std::optional<Role> oidc_new_users;
    /// By whom messages leave; from the configuration file and the environment only.
    channels::Config channels;
    /// The plugin's backend; from the configuration file only.
    backstage::BackstageConfig backstage;
};

}  // namespace callboard
