#pragma once
// Digests of what is no secret.

#include <string>
#include <string_view>

namespace callboard {

/// Base64 of SHA-256: how a page's policy names a style that may stand in it.
std::string sha256_base64(std::string_view text);

}  // namespace callboard
