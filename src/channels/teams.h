#pragma once
// Microsoft Teams by the webhook of a workflow: an adaptive card with links. The address is typed in by users and holds
// all that is needed to write there.
// https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using

#include "channels/channel.h"
#include "net/address.h"
#include "net/http_client.h"

#include <memory>
#include <string>

namespace callboard::channels {

std::unique_ptr<Channel> make_teams(net::AddressRule addresses);

/// The JSON that is posted. The message must have been cleaned.
std::string teams_body(const Message& message);

/// Workflows answer 202, connectors 200 and "1"; a connector that could not deliver says so in a 200 as well.
Outcome teams_outcome(const net::HttpResponse& response, Timestamp now);

}  // namespace callboard::channels
