#include "net/address.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>
#include <utility>

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace callboard::net {

namespace {

struct Ipv4Range {
    std::uint32_t first;
    int bits;
};

constexpr std::uint32_t ipv4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    return a << 24 | b << 16 | c << 8 | d;
}

// https://www.iana.org/assignments/iana-ipv4-special-registry, and the addresses by which clouds serve their machines.
constexpr Ipv4Range not_public_ipv4[] = {
    {ipv4(0, 0, 0, 0), 8},
    {ipv4(10, 0, 0, 0), 8},
    {ipv4(100, 64, 0, 0), 10},
    {ipv4(127, 0, 0, 0), 8},
    {ipv4(168, 63, 129, 16), 32},  // Azure's metadata and host services
    {ipv4(169, 254, 0, 0), 16},
    {ipv4(172, 16, 0, 0), 12},
    {ipv4(192, 0, 0, 0), 24},
    {ipv4(192, 0, 2, 0), 24},
    {ipv4(192, 88, 99, 0), 24},
    {ipv4(192, 168, 0, 0), 16},
    {ipv4(198, 18, 0, 0), 15},
    {ipv4(198, 51, 100, 0), 24},
    {ipv4(203, 0, 113, 0), 24},
    {ipv4(224, 0, 0, 0), 4},
    {ipv4(240, 0, 0, 0), 4},
};

bool is_public_ipv4(std::uint32_t address) {
    return std::none_of(std::begin(not_public_ipv4), std::end(not_public_ipv4), [address](const Ipv4Range& range) {
        return (address ^ range.first) >> (32 - range.bits) == 0;
    });
}

struct Ipv6Range {
    std::array<std::uint8_t, 16> first;
    int bits;
};

// Of 2000::/3, which is all that is given out, these are not hosts of the internet.
constexpr Ipv6Range not_public_ipv6[] = {
    {{0x20, 0x01, 0x00, 0x00}, 23},  // protocol assignments, Teredo among them
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x20, 0x02}, 16},              // 6to4: an IPv4 address of anybody's choice
    {{0x3f, 0xff}, 20},              // documentation
};

constexpr Ipv6Range given_out = {{0x20}, 3};
constexpr Ipv6Range mapped = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};
constexpr Ipv6Range nat64 = {{0x00, 0x64, 0xff, 0x9b}, 96};

bool is_in(const std::uint8_t* address, const Ipv6Range& range) {
    auto whole = static_cast<std::size_t>(range.bits / 8);
    if (std::memcmp(address, range.first.data(), whole) != 0) return false;
    int rest = range.bits % 8;
    return rest == 0 || (address[whole] ^ range.first[whole]) >> (8 - rest) == 0;
}

using Bytes = std::array<std::uint8_t, 16>;

/// An IPv4 address as IPv6 maps it.
Bytes mapped_to_ipv6(const in_addr& address) {
    auto bytes = mapped.first;
    std::memcpy(bytes.data() + 12, &address, 4);
    return bytes;
}

std::optional<Bytes> bytes_of(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        sockaddr_in known{};
        std::memcpy(&known, &address, sizeof known);
        return mapped_to_ipv6(known.sin_addr);
    }
    if (address.sa_family != AF_INET6) return std::nullopt;
    sockaddr_in6 known{};
    std::memcpy(&known, &address, sizeof known);
    Bytes bytes{};
    std::memcpy(bytes.data(), &known.sin6_addr, bytes.size());
    return bytes;
}

/// Nothing but zeros after the first `bits`.
bool ends_in_zeros(const Bytes& bytes, int bits) {
    for (int bit = bits; bit < 128; ++bit)
        if (bytes[static_cast<std::size_t>(bit / 8)] & (0x80 >> bit % 8)) return false;
    return true;
}

bool is_public_ipv6(const std::uint8_t* address) {
    if (is_in(address, mapped) || is_in(address, nat64))
        return is_public_ipv4(ipv4(address[12], address[13], address[14], address[15]));
    return is_in(address, given_out) &&
           std::none_of(std::begin(not_public_ipv6), std::end(not_public_ipv6), [address](const Ipv6Range& range) {
               return is_in(address, range);
           });
}

/// As curl will read it; empty when that is no URL.
std::string host_of(const std::string& url) {
    auto parsed = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>(curl_url(), curl_url_cleanup);
    char* host = nullptr;
    if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return {};
    if (curl_url_get(parsed.get(), CURLUPART_HOST, &host, 0) != CURLUE_OK) return {};
    auto kept = std::unique_ptr<char, decltype(&curl_free)>(host, curl_free);
    std::string_view bare = host;
    if (bare.starts_with('[')) bare = bare.substr(1, bare.size() - 2);
    return std::string(bare);
}

}  // namespace

std::optional<Network> Network::parse(std::string_view text) {
    auto slash = text.find('/');
    std::string address(text.substr(0, slash));
    Network network;
    int bits_max = 128;
    in_addr four{};
    if (::inet_pton(AF_INET, address.c_str(), &four) == 1) {
        network.first_ = mapped_to_ipv6(four);
        bits_max = 32;
    } else if (::inet_pton(AF_INET6, address.c_str(), network.first_.data()) != 1) {
        return std::nullopt;
    }
    int bits = bits_max;
    if (slash != std::string_view::npos) {
        auto length = text.substr(slash + 1);
        auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
        bool is_number = error == std::errc{} && end == length.data() + length.size() && !length.empty();
        if (!is_number || bits < 0 || bits > bits_max) return std::nullopt;
    }
    network.bits_ = 128 - bits_max + bits;
    if (!ends_in_zeros(network.first_, network.bits_)) return std::nullopt;
    return network;
}

bool Network::contains(const sockaddr& address) const {
    auto bytes = bytes_of(address);
    return bytes && is_in(bytes->data(), {first_, bits_});
}

const AddressRule AddressRule::any{nullptr};
const AddressRule AddressRule::public_only = AddressRule::public_and({});

AddressRule AddressRule::public_and(std::vector<Network> networks) {
    return AddressRule(std::make_shared<const std::vector<Network>>(std::move(networks)));
}

bool AddressRule::allows(const sockaddr& address) const {
    if (is_any() || is_public_address(address)) return true;
    return std::ranges::any_of(*networks_, [&](const Network& network) { return network.contains(address); });
}

bool AddressRule::may_lead(const std::string& url) const {
    if (is_any()) return true;
    addrinfo numbers_only{};
    numbers_only.ai_flags = AI_NUMERICHOST;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host_of(url).c_str(), nullptr, &numbers_only, &found) != 0) return true;
    auto kept = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>(found, ::freeaddrinfo);
    return allows(*found->ai_addr);
}

bool is_public_address(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        sockaddr_in known{};
        std::memcpy(&known, &address, sizeof known);
        return is_public_ipv4(ntohl(known.sin_addr.s_addr));
    }
    if (address.sa_family == AF_INET6) {
        sockaddr_in6 known{};
        std::memcpy(&known, &address, sizeof known);
        return is_public_ipv6(known.sin6_addr.s6_addr);
    }
    return false;
}

}  // namespace callboard::net
