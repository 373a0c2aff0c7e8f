#pragma once
// What a monitoring system asks of the pager itself: GET /metrics in Prometheus's text format.

#include "daemon/page_sender.h"
#include "daemon/tallies.h"
#include "http/server/server.h"
#include "storage/store.h"

#include <string>

namespace callboard {

std::string
metrics_text(Store& store, const http::Server& server, PageSender& pages, const Tallies& tallies, Timestamp now);

}  // namespace callboard
