#pragma once
// The key by which Backstage sends events to a service: that of the service's integration of Backstage's vendor. And
// the service that a key belongs to.

#include "backstage/json_read.h"
#include "backstage/route.h"

#include <optional>
#include <string>
#include <string_view>

namespace callboard::backstage {

struct FoundKey {
    std::string key;
    std::optional<Reply> failure;
};

/// Of services with their integrations the one that has the key; null when none has. PagerDuty's `query` also finds
/// services by their names.
const json::value* service_with_key(const json::array& services, std::string_view key);
/// Makes the integration when the service has none.
FoundKey backstage_key_of(Call& call, const Account& account, const std::string& service_id);
/// A new integration of a vendor, called Backstage.
FoundKey
make_integration(Call& call, const Account& account, const std::string& service_id, const std::string& vendor_id);

}  // namespace callboard::backstage
