#include "domain/calendar/zone.h"

#include <exception>

// Debian builds the library on the system's database; without this the class layouts would differ.
#ifndef USE_OS_TZDB
#define USE_OS_TZDB 1
#endif
#include <date/tz.h>

namespace callboard {

namespace {

// No zone is, or ever was, further than this from UTC.
constexpr auto utc_offset_max = hours{26};

// The folder of the tz database also holds tables, leap-second variants ("right/…") and aliases of
// the machine's own zone ("localtime"). Names of zones begin with a capital letter; the others do
// not.
bool may_name_a_zone(std::string_view name) {
    return !name.empty() && name.front() >= 'A' && name.front() <= 'Z' && name != "Factory";
}

}  // namespace

std::optional<Zone> Zone::find(std::string_view name) {
    if (name == "UTC") return Zone{};
    if (!may_name_a_zone(name)) return std::nullopt;
    try {
        const auto* zone = date::locate_zone(name);
        zone->get_info(date::sys_seconds{});  // Reads the file now, so that nothing can fail later.
        return Zone{zone};
    } catch (const std::exception&) {
        // The library's only way to say "no such zone" or "not a zone file".
        return std::nullopt;
    }
}

std::string_view Zone::name() const {
    return zone_ == nullptr ? std::string_view{"UTC"} : std::string_view{zone_->name()};
}

OffsetPeriod Zone::period_at(Timestamp t) const {
    if (zone_ == nullptr) return {Timestamp::min(), Timestamp::max(), seconds{0}};
    const auto info = zone_->get_info(std::chrono::floor<seconds>(t));
    return {info.begin, info.end, info.offset};
}

LocalTime Zone::to_local(Timestamp t) const {
    return LocalTime{t.time_since_epoch() + offset_at(t)};
}

Timestamp Zone::to_instant(LocalTime local) const {
    const auto as_utc = Timestamp{local.time_since_epoch()};
    if (zone_ == nullptr) return as_utc;

    // Start where the clock cannot have reached `local` yet, and walk through the periods until it
    // has.
    auto period = period_at(as_utc - utc_offset_max);
    while (true) {
        const auto reached = as_utc - period.utc_offset;
        if (reached < period.begin) return period.begin;
        if (reached < period.end) return reached;
        period = period_at(period.end);
    }
}

local_days Zone::local_day_of(Timestamp t) const { return std::chrono::floor<days>(to_local(t)); }

Duration Zone::time_of_day(Timestamp t) const {
    const auto local = to_local(t);
    return local - std::chrono::floor<days>(local);
}

}  // namespace callboard
