#pragma once
// Which addresses a request may go to. Whoever lets users type in URLs lets them point the server at its own network,
// so an address is judged after it was resolved, at the moment the socket is made: a name that resolves differently
// the second time gains nothing.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct sockaddr;

namespace callboard::net {

/// A block of addresses.
class Network {
public:
    /// "10.20.0.0/16", "fd00::/8"; without a length it is one address. Bits after the length must be 0.
    static std::optional<Network> parse(std::string_view text);

    [[nodiscard]] bool contains(const sockaddr& address) const;

private:
    /// An IPv4 address as IPv6 maps it.
    std::array<std::uint8_t, 16> first_{};
    int bits_ = 0;
};

class AddressRule {
public:
    /// Wherever the operator says: gateways, mail servers and push servers often stand next door.
    static const AddressRule any;
    /// Not into private networks, this machine, the link, a cloud's metadata service, or groups.
    static const AddressRule public_only;

    /// Public addresses, and those of these networks.
    static AddressRule public_and(std::vector<Network> networks);

    [[nodiscard]] bool is_any() const { return !networks_; }

    [[nodiscard]] bool allows(const sockaddr& address) const;

    /// Whether a URL could lead to an allowed address: false only for a host that is written as an address and is none
    /// of them. What a name leads to is judged when it is called.
    [[nodiscard]] bool may_lead(const std::string& url) const;

    /// The same rule, not just one that says the same.
    bool operator==(const AddressRule&) const = default;

private:
    explicit AddressRule(std::shared_ptr<const std::vector<Network>> networks) : networks_(std::move(networks)) {}

    /// Beside the public ones; null: every address is allowed.
    std::shared_ptr<const std::vector<Network>> networks_;
};

/// An IPv4 or IPv6 address of the public internet. What is embedded in an IPv6 address (mapped, NAT64) is judged by
/// its IPv4 address. Reserved ranges of the IANA registries of special-purpose addresses are not public.
bool is_public_address(const sockaddr& address);

}  // namespace callboard::net
