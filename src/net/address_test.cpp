#include "net/address.h"

#include <string>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>

namespace callboard::net {

namespace {

bool is_public(const std::string& text) {
    sockaddr_in four{};
    sockaddr_in6 six{};
    if (::inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) {
        four.sin_family = AF_INET;
        return is_public_address(reinterpret_cast<const sockaddr&>(four));
    }
    REQUIRE(::inet_pton(AF_INET6, text.c_str(), &six.sin6_addr) == 1);
    six.sin6_family = AF_INET6;
    return is_public_address(reinterpret_cast<const sockaddr&>(six));
}

bool holds(std::string_view network, const std::string& text) {
    sockaddr_in four{};
    sockaddr_in6 six{};
    auto parsed = Network::parse(network);
    REQUIRE(parsed);
    if (::inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) {
        four.sin_family = AF_INET;
        return parsed->contains(reinterpret_cast<const sockaddr&>(four));
    }
    REQUIRE(::inet_pton(AF_INET6, text.c_str(), &six.sin6_addr) == 1);
    six.sin6_family = AF_INET6;
    return parsed->contains(reinterpret_cast<const sockaddr&>(six));
}

}  // namespace

TEST_CASE("a URL whose host is an address is judged by it, and one with a name is not judged yet") {
    for (const char* url : {"http://127.0.0.1/hook",
                            "https://10.1.2.3:8443/",
                            "http://[::1]/",
                            "http://[::ffff:10.0.0.1]/",
                            "http://2130706433/",
                            "http://0x7f.1/",
                            "http://user:secret@192.168.0.1/",
                            "http://169.254.169.254/"}) {
        CAPTURE(url);
        CHECK_FALSE(AddressRule::public_only.may_lead(url));
        CHECK(AddressRule::any.may_lead(url));
    }
    for (const char* url : {"http://localhost/",
                            "https://hooks.example.com/",
                            "https://93.184.216.34/",
                            "https://[2606:4700::1]/",
                            "nonsense"}) {
        CAPTURE(url);
        CHECK(AddressRule::public_only.may_lead(url));
    }
    auto next_door = AddressRule::public_and({*Network::parse("10.0.0.0/8")});
    CHECK(next_door.may_lead("http://10.1.2.3/"));
    CHECK_FALSE(next_door.may_lead("http://192.168.0.1/"));
}

TEST_CASE("a network holds its addresses, whether IPv6 maps them or not, and no others") {
    CHECK(holds("10.20.0.0/16", "10.20.255.1"));
    CHECK(holds("10.20.0.0/16", "::ffff:10.20.0.9"));
    CHECK_FALSE(holds("10.20.0.0/16", "10.21.0.1"));
    CHECK_FALSE(holds("10.20.0.0/16", "::10.20.0.1"));
    CHECK(holds("10.20.30.40", "10.20.30.40"));
    CHECK_FALSE(holds("10.20.30.40", "10.20.30.41"));
    CHECK(holds("192.168.4.0/23", "192.168.5.255"));
    CHECK_FALSE(holds("192.168.4.0/23", "192.168.6.0"));
    CHECK(holds("fd00::/8", "fdff::1"));
    CHECK_FALSE(holds("fd00::/8", "fe80::1"));
    CHECK(holds("0.0.0.0/0", "127.0.0.1"));
    CHECK_FALSE(holds("0.0.0.0/0", "::1"));
}

TEST_CASE("what is no network is none") {
    for (const char* text : {"",
                             "10.0.0.0/",
                             "10.0.0.0/33",
                             "10.0.0.0/-1",
                             "10.0.0.0/8x",
                             "10.1.0.0/8",
                             "fd00::/129",
                             "fd00::1/8",
                             "example.com",
                             "10.0.0.0/8 ",
                             "/8",
                             "10.0.0/8"}) {
        CAPTURE(text);
        CHECK_FALSE(Network::parse(text));
    }
}

TEST_CASE("addresses of the internet are public") {
    for (const char* text : {"1.1.1.1",
                             "9.255.255.255",
                             "11.0.0.0",
                             "100.63.255.255",
                             "100.128.0.0",
                             "172.15.255.255",
                             "172.32.0.0",
                             "223.255.255.255",
                             "2606:4700:4700::1111",
                             "2a00:1450::1",
                             "64:ff9b::101:101",
                             "::ffff:1.1.1.1"}) {
        CAPTURE(text);
        CHECK(is_public(text));
    }
}

TEST_CASE("private, local, metadata and group addresses are not public, in whatever they are wrapped") {
    for (const char* text : {"0.0.0.0",
                             "10.1.2.3",
                             "100.100.100.200",
                             "127.0.0.1",
                             "127.255.255.255",
                             "168.63.129.16",
                             "169.254.169.254",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.0.0.192",
                             "192.168.1.1",
                             "198.19.0.1",
                             "224.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "fe80::1",
                             "fc00::1",
                             "fd00:ec2::254",
                             "ff02::1",
                             "::ffff:10.0.0.1",
                             "::ffff:7f00:1",
                             "64:ff9b::a00:1",
                             "2002:7f00:1::",
                             "2001::1",
                             "2001:db8::1",
                             "fec0::1",
                             "::127.0.0.1"}) {
        CAPTURE(text);
        CHECK_FALSE(is_public(text));
    }
}

}  // namespace callboard::net
