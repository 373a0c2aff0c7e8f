#pragma once
// Secrets: making them, and keeping only what is needed to recognise them again.

#include <cstdint>
#include <string>
#include <string_view>

namespace callboard {

/// Must be called once before anything else here. Throws std::runtime_error.
void init_secrets();

/// `length` characters out of a-z, A-Z, 0-9, "_", "+" and "-": an API key has 20.
std::string random_key(std::size_t length);
/// `length` lower-case letters and digits: an integration key has 32.
std::string random_alphanumeric(std::size_t length);
std::uint64_t random_number();
/// "0f8fad5b-d9cb-469f-a165-70867728950e": version 4.
std::string random_uuid();
/// 32 lower-case hex digits.
std::string random_hex();

/// Hex of the keyed SHA-256 (HMAC): for secrets of high entropy.
std::string keyed_hash(std::string_view key, std::string_view secret);

/// Whether two secrets are the same; takes as long whatever the difference is.
bool same_secret(std::string_view a, std::string_view b);

/// Argon2id with libsodium's interactive limits, about 60 ms: never on an I/O or writer thread.
std::string hash_password(const std::string& password);
bool password_matches(const std::string& hash, const std::string& password);

}  // namespace callboard
