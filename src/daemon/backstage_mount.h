#pragma once
// The Backstage routes on the server's own port: asked by Backstage, answered out of our own REST routes, in process.

#include "http/front.h"
#include "http/kit/router.h"
#include "http/kit/site.h"

namespace callboard {

inline constexpr std::string_view backstage_prefix = "/api/pagerduty";

/// `site` and `rest` outlive the mount.
http::Mount backstage_mount(const http::Site& site, http::Router& rest);

}  // namespace callboard
