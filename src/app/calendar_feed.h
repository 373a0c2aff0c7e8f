#pragma once
// Calendar feeds: the shifts of a schedule, or of a person on whatever schedule, for programs that subscribe to
// calendars. Such programs cannot log in, so the address itself is the secret. Its key is made of the id, the account's
// secret and a number that counts the keys there have been: renewing it ends the old address at once.

#include "base/id.h"
#include "domain/calendar/icalendar.h"
#include "domain/ids.h"
#include "storage/tx.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace callboard {

/// What a feed needs of the server: how ids are written, what signs, and what names the server.
struct FeedSite {
    const PublicIds& ids;
    const std::string& hash_key;
    const std::string& public_url;
};

/// Whose shifts: a schedule's or a person's.
using FeedOwner = std::variant<ScheduleId, UserId>;

/// The key of the owner's feed, as it is now: 46 letters and digits.
std::string feed_key(Tx& tx, const FeedSite& site, const FeedOwner& owner);

/// Ends the present key and gives the next.
std::string renew_feed_key(Tx& tx, const FeedSite& site, const FeedOwner& owner);

/// Absent for a key that is none, or none any more.
std::optional<FeedOwner> owner_of_feed(Tx& tx, const FeedSite& site, std::string_view key);

struct CalendarFeed {
    std::string name;
    std::vector<CalendarEvent> events;
    /// There are more than render_entries_max: the list is not whole.
    bool is_too_large = false;
};

/// The shifts around now; absent when the schedule or the person is gone. Whoever is always on call, as a direct target
/// of a policy, has no shifts.
std::optional<CalendarFeed> calendar_feed(Tx& tx, const FeedSite& site, const FeedOwner& owner);

/// How far a feed looks back and ahead.
constexpr Duration feed_back = days{30};
constexpr Duration feed_ahead = days{180};

}  // namespace callboard
