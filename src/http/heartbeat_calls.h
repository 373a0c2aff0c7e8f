#pragma once
// The address that a job calls: GET, HEAD or POST /beat/{key}. Whatever it sends is not looked at.

#include "http/front.h"

namespace callboard::http {

/// 200 "ok", 404 for an unknown key, 405, 503 when it could not be kept. Blocks: runs on a worker's thread.
Response answer_heartbeat(const Site& site, const Copied& request);

constexpr std::string_view heartbeat_prefix = "/beat";

}  // namespace callboard::http
