#pragma once
// Which addresses a request may go to. Whoever lets users type in URLs lets them point the server at its own network,
// so an address is judged after it was resolved, at the moment the socket is made: a name that resolves differently
// the second time gains nothing.

struct sockaddr;

namespace callboard::net {

enum class AddressRule {
    /// Wherever the operator says: gateways, mail servers and push servers often stand next door.
    any,
    /// Not into private networks, this machine, the link, a cloud's metadata service, or groups.
    public_only,
};

/// An IPv4 or IPv6 address of the public internet. What is embedded in an IPv6 address (mapped, NAT64) is judged by
/// its IPv4 address. Reserved ranges of the IANA registries of special-purpose addresses are not public.
bool is_public_address(const sockaddr& address);

}  // namespace callboard::net
