#include "base/id.h"

namespace callboard {

namespace {

constexpr std::int64_t epoch_2020_micros = 1'577'836'800'000'000;
constexpr int counter_bits = 12;
constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
constexpr std::size_t digits = 13;  // 13 * 5 bits hold 64

std::uint32_t round_value(std::uint32_t half, std::uint64_t key) {
    auto x = (static_cast<std::uint64_t>(half) + std::uint64_t{0x9E3779B97F4A7C15}) ^ key;
    x = (x ^ (x >> 30)) * std::uint64_t{0xBF58476D1CE4E5B9};
    x = (x ^ (x >> 27)) * std::uint64_t{0x94D049BB133111EB};
    return static_cast<std::uint32_t>(x ^ (x >> 31));
}

constexpr int rounds = 4;

std::uint64_t round_key(std::uint64_t key, Kind kind, int round) {
    return key * std::uint64_t{0xD6E8FEB86659FD93} +
           static_cast<std::uint64_t>(kind) * std::uint64_t{0xA0761D6478BD642F} +
           static_cast<std::uint64_t>(round) * std::uint64_t{0xE7037ED1A0B428DB};
}

std::uint64_t permute(std::uint64_t value, std::uint64_t key, Kind kind) {
    auto left = static_cast<std::uint32_t>(value >> 32);
    auto right = static_cast<std::uint32_t>(value);
    for (int round = 0; round < rounds; ++round) {
        auto next = left ^ round_value(right, round_key(key, kind, round));
        left = right;
        right = next;
    }
    return (static_cast<std::uint64_t>(left) << 32) | right;
}

std::uint64_t unpermute(std::uint64_t value, std::uint64_t key, Kind kind) {
    auto left = static_cast<std::uint32_t>(value >> 32);
    auto right = static_cast<std::uint32_t>(value);
    for (int round = rounds - 1; round >= 0; --round) {
        auto previous = right ^ round_value(left, round_key(key, kind, round));
        right = left;
        left = previous;
    }
    return (static_cast<std::uint64_t>(left) << 32) | right;
}

/// PagerDuty's newer objects of high number start with Q, configuration with P. Change events have 26 characters
/// there, and are the one kind whose length differs here too.
std::string_view prefix(Kind kind) {
    switch (kind) {
    case Kind::incident:
    case Kind::alert:
    case Kind::log_entry:
    case Kind::incident_note:
    case Kind::event_receipt: return "Q";
    case Kind::change_event: return "01CHANGEEVENT";
    case Kind::service_dependency: return "D";
    default: return "P";
    }
}

}  // namespace

std::int64_t IdSource::first_of(Timestamp t) {
    auto since_2020 = to_micros(t) - epoch_2020_micros;
    return since_2020 <= 0 ? 1 : since_2020 << counter_bits;
}

Timestamp IdSource::time_of(std::int64_t id) { return from_micros((id >> counter_bits) + epoch_2020_micros); }

std::string PublicIds::text(Kind kind, std::int64_t value) const {
    auto hidden = permute(static_cast<std::uint64_t>(value), key_, kind);
    std::string out{prefix(kind)};
    out.resize(out.size() + digits);
    for (auto digit = out.rbegin(); digit != out.rbegin() + digits; ++digit) {
        *digit = alphabet[hidden & 31];
        hidden >>= 5;
    }
    return out;
}

std::optional<std::int64_t> PublicIds::parse(Kind kind, std::string_view text) const {
    if (!text.starts_with(prefix(kind)) || text.size() != prefix(kind).size() + digits) return std::nullopt;
    std::uint64_t hidden = 0;
    for (char c : text.substr(prefix(kind).size())) {
        auto digit = alphabet.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        if (hidden >> 59) return std::nullopt;  // would not fit 64 bits
        hidden = (hidden << 5) | digit;
    }
    auto value = static_cast<std::int64_t>(unpermute(hidden, key_, kind));
    if (value <= 0) return std::nullopt;
    return value;
}

}  // namespace callboard
