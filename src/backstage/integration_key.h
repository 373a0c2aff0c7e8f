#pragma once
// The key by which Backstage sends events to a service: that of the service's integration of Backstage's vendor.

#include "backstage/route.h"

#include <optional>
#include <string>

namespace callboard::backstage {

struct FoundKey {
    std::string key;
    std::optional<Reply> failure;
};

/// Makes the integration when the service has none.
FoundKey backstage_key_of(Call& call, const Account& account, const std::string& service_id);
/// A new integration of a vendor, called Backstage.
FoundKey
make_integration(Call& call, const Account& account, const std::string& service_id, const std::string& vendor_id);

}  // namespace callboard::backstage
