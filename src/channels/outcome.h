#pragma once
// What answers mean, for every channel: the parts of the tables that all providers share.

#include "channels/channel.h"
#include "net/http_client.h"

#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace callboard::channels {

/// What all requests of the channels have in common: a deadline that leaves a second provider its time, and no
/// redirects.
net::HttpRequest post_request(std::string url, std::string ca_file);

Outcome sent(std::string_view provider, std::string_view provider_id);
Outcome try_again(std::string_view provider, std::string_view detail);
/// The address will not work.
Outcome refused(std::string_view provider, std::string_view detail);
/// The provider or its settings will not do; another one may.
Outcome provider_at_fault(std::string_view provider, std::string_view detail);

/// Nothing came back: worth another try, save where the request can never be made.
Outcome outcome_of(std::string_view provider, const net::Failure& failure);

/// By the status alone: 2xx sent; 408, 425, 429 and 5xx try again, with Retry-After; 401, 402, 403, 404, 405, 3xx the
/// provider's fault; any other 4xx refused.
Outcome outcome_of(std::string_view provider, const net::HttpResponse& response, Timestamp now);

/// A success that is not what this provider says: a proxy's page, a login. Nobody knows whether it was sent.
Outcome not_understood(std::string_view provider, const net::HttpResponse& response);

/// The members of an answer that is a JSON object; empty otherwise.
boost::json::object read_object(const net::HttpResponse& response);

/// A member's text, or its number as text; empty when there is neither.
std::string text_in(const boost::json::object& object, std::string_view name);

}  // namespace callboard::channels
