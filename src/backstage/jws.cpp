#include "backstage/jws.h"

#include <array>
#include <stdexcept>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

namespace callboard::backstage {

/// OpenSSL's object.
struct KeyHandle {
    explicit KeyHandle(EVP_PKEY* taken) : key(taken) {}

    ~KeyHandle() { EVP_PKEY_free(key); }

    KeyHandle(const KeyHandle&) = delete;
    KeyHandle& operator=(const KeyHandle&) = delete;

    EVP_PKEY* key;
};

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// Of r, of s, and of each coordinate of a point.
constexpr std::size_t number_bytes = 32;
constexpr std::size_t token_bytes_max = 16 * 1024;
constexpr std::size_t json_depth_max = 8;

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};

using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO_free>>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::optional<json::object> object_in(std::string_view part) {
    auto text = base64url_decode(part);
    if (!text) return std::nullopt;
    json::parse_options options;
    options.max_depth = json_depth_max;
    boost::system::error_code failed;
    auto value = json::parse(*text, failed, {}, options);
    if (failed || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

/// r and s as JWS writes them, as the structure that OpenSSL reads.
std::string der_of(std::string_view raw) {
    Signature signature{ECDSA_SIG_new()};
    Number r{BN_bin2bn(bytes_of(raw), number_bytes, nullptr)};
    Number s{BN_bin2bn(bytes_of(raw.substr(number_bytes)), number_bytes, nullptr)};
    if (!signature || !r || !s || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return {};
    static_cast<void>(r.release());
    static_cast<void>(s.release());
    unsigned char* out = nullptr;
    int size = i2d_ECDSA_SIG(signature.get(), &out);
    if (size <= 0) return {};
    std::string der(reinterpret_cast<char*>(out), static_cast<std::size_t>(size));
    OPENSSL_free(out);
    return der;
}

std::string raw_of(std::string_view der) {
    const auto* in = bytes_of(der);
    Signature signature{d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size()))};
    if (!signature) throw std::runtime_error("a signature of our own cannot be read");
    std::array<unsigned char, 2 * number_bytes> raw{};
    BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), number_bytes);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + number_bytes, number_bytes);
    return {reinterpret_cast<const char*>(raw.data()), raw.size()};
}

/// A key out of a point, uncompressed.
EVP_PKEY* key_at(std::string_view point) {
    Builder builder{OSSL_PARAM_BLD_new()};
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    Parameters parameters{OSSL_PARAM_BLD_to_param(builder.get())};
    Context context{EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr)};
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
        return nullptr;
    return key;
}

std::string coordinate(const EVP_PKEY* key, const char* name) {
    BIGNUM* value = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &value) != 1) throw std::runtime_error("a key has no coordinates");
    Number held{value};
    std::array<unsigned char, number_bytes> bytes{};
    BN_bn2binpad(value, bytes.data(), number_bytes);
    return base64url_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

std::string base64url_encode(std::string_view bytes) {
    std::string out;
    std::uint32_t held = 0;
    int bits = 0;
    for (char c : bytes) {
        held = held << 8 | static_cast<unsigned char>(c);
        bits += 8;
        while (bits >= 6) {
            bits -= 6;
            out += alphabet[held >> bits & 63];
        }
    }
    if (bits > 0) out += alphabet[held << (6 - bits) & 63];
    return out;
}

std::optional<std::string> base64url_decode(std::string_view text) {
    std::string out;
    std::uint32_t held = 0;
    int bits = 0;
    for (char c : text) {
        auto place = alphabet.find(c);
        if (place == std::string_view::npos) return std::nullopt;
        held = held << 6 | static_cast<std::uint32_t>(place);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out += static_cast<char>(held >> bits & 255);
    }
    if (bits >= 6) return std::nullopt;
    return out;
}

std::optional<Jws> parse_jws(std::string_view token) {
    if (token.size() > token_bytes_max) return std::nullopt;
    auto first = token.find('.');
    auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    auto header = object_in(token.substr(0, first));
    auto claims = object_in(token.substr(first + 1, second - first - 1));
    auto signature = base64url_decode(token.substr(second + 1));
    if (!header || !claims || !signature) return std::nullopt;
    return Jws{*std::move(header), *std::move(claims), std::string{token.substr(0, second)}, *std::move(signature)};
}

std::optional<PublicKey> PublicKey::from_jwk(const json::value& jwk) {
    auto is_or_absent = [&](std::string_view name, std::string_view value) {
        auto said = text_at(jwk, name);
        return said.empty() || said == value;
    };
    if (text_at(jwk, "kty") != "EC" || text_at(jwk, "crv") != "P-256") return std::nullopt;
    if (!is_or_absent("alg", "ES256") || !is_or_absent("use", "sig")) return std::nullopt;
    auto x = base64url_decode(text_at(jwk, "x"));
    auto y = base64url_decode(text_at(jwk, "y"));
    if (!x || !y || x->size() != number_bytes || y->size() != number_bytes) return std::nullopt;
    // 4 says that the point is not compressed. One that is not on the curve makes no key.
    auto* key = key_at("\x04" + *x + *y);
    if (!key) return std::nullopt;
    return PublicKey(std::make_shared<KeyHandle>(key));
}

bool PublicKey::verifies(const Jws& jws) const {
    if (jws.signature.size() != 2 * number_bytes) return false;
    auto der = der_of(jws.signature);
    Digest digest{EVP_MD_CTX_new()};
    if (der.empty() || EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_->key) != 1) return false;
    return EVP_DigestVerify(
               digest.get(), bytes_of(der), der.size(), bytes_of(jws.signed_part), jws.signed_part.size()) == 1;
}

PrivateKey PrivateKey::generate() {
    auto* key = EVP_EC_gen("P-256");
    if (!key) throw std::runtime_error("OpenSSL could not make a key");
    return PrivateKey(std::make_shared<KeyHandle>(key));
}

std::optional<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
    Memory memory{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    auto* key = PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr);
    if (!key) return std::nullopt;
    return PrivateKey(std::make_shared<KeyHandle>(key));
}

std::string PrivateKey::pem() const {
    Memory memory{BIO_new(BIO_s_mem())};
    if (PEM_write_bio_PrivateKey(memory.get(), key_->key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
        throw std::runtime_error("OpenSSL could not write a key");
    char* text = nullptr;
    auto size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

json::object PrivateKey::jwk(std::string_view kid) const {
    return {{"kty", "EC"},
            {"crv", "P-256"},
            {"x", coordinate(key_->key, OSSL_PKEY_PARAM_EC_PUB_X)},
            {"y", coordinate(key_->key, OSSL_PKEY_PARAM_EC_PUB_Y)},
            {"kid", kid},
            {"alg", "ES256"},
            {"use", "sig"}};
}

std::string PrivateKey::sign(const json::object& header, const json::object& claims) const {
    auto text = base64url_encode(json::serialize(header)) + "." + base64url_encode(json::serialize(claims));
    Digest digest{EVP_MD_CTX_new()};
    std::size_t size = 0;
    if (EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_->key) != 1 ||
        EVP_DigestSign(digest.get(), nullptr, &size, bytes_of(text), text.size()) != 1)
        throw std::runtime_error("OpenSSL could not sign");
    std::string der(size, '\0');
    if (EVP_DigestSign(
            digest.get(), reinterpret_cast<unsigned char*>(der.data()), &size, bytes_of(text), text.size()) != 1)
        throw std::runtime_error("OpenSSL could not sign");
    der.resize(size);
    return text + "." + base64url_encode(raw_of(der));
}

}  // namespace callboard::backstage
