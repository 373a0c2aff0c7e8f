#pragma once
// Vendors: what an integration can be for. Static data; ids of vendors that clients have built in are the same here.

#include "domain/service/service.h"

#include <optional>
#include <span>
#include <string_view>

namespace callboard {

struct Vendor {
    std::string_view id;
    std::string_view name;
    std::string_view description;
    IntegrationType type = IntegrationType::events_api_v2_inbound_integration;
};

/// In alphabetical order.
std::span<const Vendor> vendors();

/// Null when there is none with this id.
const Vendor* vendor_by_id(std::string_view id);

/// The vendor id that Backstage has built in.
inline constexpr std::string_view backstage_vendor_id = "PRO19CT";

}  // namespace callboard
