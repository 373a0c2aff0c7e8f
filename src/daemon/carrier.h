#pragma once
// Hands pages to the channels that the configuration names.

#include "channels/providers.h"
#include "daemon/page_sender.h"

#include <memory>

namespace callboard {

PageSender::Carrier carrier_of(std::shared_ptr<const channels::Providers> providers, const Clock& clock);

/// Without an address.
channels::Message message_for(const PageMessage& message);

/// The ways by which somebody is configured to carry pages.
std::vector<std::string> names_of_channels(const channels::Config& config);

}  // namespace callboard
