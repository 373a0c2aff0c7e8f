#pragma once
// Hands pages to the channels that the configuration names.

#include "channels/providers.h"
#include "daemon/page_sender.h"

namespace callboard {

/// Copies of the carrier share the providers.
PageSender::Carrier carrier_of(const channels::Config& config, const Clock& clock);

}  // namespace callboard
