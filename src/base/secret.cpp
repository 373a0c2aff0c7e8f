#include "base/secret.h"

#include <stdexcept>

#include <sodium.h>

namespace callboard {

namespace {

std::string random_text(std::size_t length, std::string_view alphabet) {
    std::string out(length, '\0');
    for (auto& c : out) c = alphabet[randombytes_uniform(static_cast<std::uint32_t>(alphabet.size()))];
    return out;
}

std::string to_hex(const unsigned char* data, std::size_t size) {
    std::string out(size * 2 + 1, '\0');
    sodium_bin2hex(out.data(), out.size(), data, size);
    out.pop_back();
    return out;
}

}  // namespace

void init_secrets() {
    if (sodium_init() < 0) throw std::runtime_error("libsodium could not be initialised");
}

std::string random_key(std::size_t length) {
    return random_text(length, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-");
}

std::string random_alphanumeric(std::size_t length) {
    return random_text(length, "abcdefghijklmnopqrstuvwxyz0123456789");
}

std::uint64_t random_number() {
    std::uint64_t value = 0;
    randombytes_buf(&value, sizeof value);
    return value;
}

std::string random_hex() {
    unsigned char bytes[16];
    randombytes_buf(bytes, sizeof bytes);
    return to_hex(bytes, sizeof bytes);
}

std::string random_uuid() {
    auto hex = random_hex();
    hex[12] = '4';
    hex[16] = "89ab"[randombytes_uniform(4)];
    for (auto at : {20U, 16U, 12U, 8U}) hex.insert(at, 1, '-');
    return hex;
}

std::string keyed_hash(std::string_view key, std::string_view secret) {
    crypto_auth_hmacsha256_state state;
    unsigned char digest[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.data()), key.size());
    crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
    crypto_auth_hmacsha256_final(&state, digest);
    return to_hex(digest, sizeof digest);
}

bool same_secret(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string hash_password(const std::string& password) {
    std::string out(crypto_pwhash_STRBYTES, '\0');
    int failed = crypto_pwhash_str(out.data(),
                                   password.data(),
                                   password.size(),
                                   crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                   crypto_pwhash_MEMLIMIT_INTERACTIVE);
    if (failed) throw std::runtime_error("not enough memory to hash a password");
    out.resize(out.find('\0'));
    return out;
}

bool password_matches(const std::string& hash, const std::string& password) {
    return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

}  // namespace callboard
