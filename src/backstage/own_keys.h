#pragma once
// The keys by which this backend shows other plugins of Backstage, the catalog above all, that it is the plugin
// pagerduty. They are kept in the plugin's store; others fetch the public halves from /.backstage/auth/v1/jwks.json.

#include "backstage/jws.h"
#include "backstage/room.h"

#include <mutex>
#include <string>
#include <string_view>

namespace callboard::backstage {

class OwnKeys {
public:
    /// The store outlives it.
    explicit OwnKeys(PluginStore& store) : store_(store) {}

    /// A token of the plugin pagerduty for another plugin, good for an hour; kept until ten minutes before that.
    std::string token_for(std::string_view plugin, Timestamp now);

private:
    struct Token {
        std::string text;
        Timestamp until;
    };

    PluginStore& store_;
    std::mutex mutex_;
    std::map<std::string, Token, std::less<>> tokens_;
};

/// {"keys": […]}: those that sign now or signed a while ago.
json::object public_keys(Room& room, Timestamp now);

}  // namespace callboard::backstage
