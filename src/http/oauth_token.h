#pragma once
// POST /oauth/token: access tokens for programs (RFC 6749, client credentials), by the addresses, parameters and
// answers that clients of the service this follows know.

#include "http/front.h"

namespace callboard::http {

inline constexpr std::string_view oauth_prefix = "/oauth";

/// Blocks: runs on a worker's thread.
Response answer_oauth(const Site& site, const Copied& request);

/// What was not answered above, in OAuth's envelope.
Response refuse_oauth(int status, std::string_view why);

}  // namespace callboard::http
