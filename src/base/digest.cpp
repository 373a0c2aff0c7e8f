#include "base/digest.h"

#include <sodium.h>

namespace callboard {

std::string sha256_base64(std::string_view text) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    constexpr auto variant = sodium_base64_VARIANT_ORIGINAL;
    std::string out(sodium_base64_encoded_len(sizeof hash, variant), '\0');
    sodium_bin2base64(out.data(), out.size(), hash, sizeof hash, variant);
    out.pop_back();
    return out;
}

}  // namespace callboard
