#pragma once
// Hands pages to the channels that the configuration names.

#include "channels/providers.h"
#include "daemon/page_sender.h"

namespace callboard {

/// Copies of the carrier share the providers.
PageSender::Carrier carrier_of(const channels::Config& config, const Clock& clock);

/// The ways by which somebody is configured to carry pages.
std::vector<std::string> names_of_channels(const channels::Config& config);

}  // namespace callboard
