#pragma once
// `--demo`: fills a store that was never used and leaves DIR/demo.json, which tells scripts and people how to get in.

#include "app/account.h"
#include "http/kit/site.h"

#include <string>

namespace callboard {

/// Fills the store and writes `directory`/demo.json, readable by its owner only.
/// Throws std::runtime_error when either cannot be done.
void make_demo(const http::Site& site, const Account& account, const std::string& directory, Timestamp now);

/// For a store that was used before and is left as it is: says whether an earlier start filled it.
void keep_demo(const http::Site& site, const std::string& directory);

}  // namespace callboard
