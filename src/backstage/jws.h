#pragma once
// Signed tokens as Backstage makes them: JWS in its compact form, ES256 and nothing else. RFC 7515, 7517, 7518.

#include "backstage/json_read.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace callboard::backstage {

std::string base64url_encode(std::string_view bytes);
/// Absent when it is not base64url without padding.
std::optional<std::string> base64url_decode(std::string_view text);

/// A token taken apart; nothing in it is true until its signature was verified.
struct Jws {
    json::object header;
    json::object claims;
    /// What is signed: the first two parts as they came.
    std::string signed_part;
    std::string signature;
};

/// Absent when it is not a token of three parts with two JSON objects.
std::optional<Jws> parse_jws(std::string_view token);

struct KeyHandle;

class PublicKey {
public:
    /// Absent unless it is a key on P-256 that is not said to be for something else than ES256 signatures.
    static std::optional<PublicKey> from_jwk(const json::value& jwk);

    [[nodiscard]] bool verifies(const Jws& jws) const;

private:
    explicit PublicKey(std::shared_ptr<KeyHandle> key) : key_(std::move(key)) {}

    std::shared_ptr<KeyHandle> key_;
};

class PrivateKey {
public:
    /// Throws std::runtime_error when the library cannot make one.
    static PrivateKey generate();
    static std::optional<PrivateKey> from_pem(std::string_view pem);

    [[nodiscard]] std::string pem() const;
    /// The public half, as others look it up.
    [[nodiscard]] json::object jwk(std::string_view kid) const;
    /// The whole token.
    [[nodiscard]] std::string sign(const json::object& header, const json::object& claims) const;

private:
    explicit PrivateKey(std::shared_ptr<KeyHandle> key) : key_(std::move(key)) {}

    std::shared_ptr<KeyHandle> key_;
};

}  // namespace callboard::backstage
