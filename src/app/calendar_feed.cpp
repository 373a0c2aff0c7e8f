#include "app/calendar_feed.h"

#include "app/on_call.h"
#include "base/secret.h"
#include "domain/schedule/render.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard {

namespace {

constexpr std::size_t id_length = 14;
constexpr std::size_t signature_length = 32;

std::string id_text(const FeedSite& site, const FeedOwner& owner) {
    return std::visit([&](auto id) { return site.ids.text(id); }, owner);
}

std::string_view kind_of(const FeedOwner& owner) { return std::holds_alternative<UserId>(owner) ? "user" : "schedule"; }

/// Where the number of the present key is kept.
std::string counter_of(const FeedOwner& owner) {
    auto kind = kind_of(owner);
    return fmt::format("calendar_feed.{}.{}", kind, std::visit([](auto id) { return id.value; }, owner));
}

std::string key_number(Tx& tx, const FeedOwner& owner) { return tx.setting(counter_of(owner)).value_or("0"); }

std::string key_of(const FeedSite& site, const FeedOwner& owner, std::string_view number) {
    auto id = id_text(site, owner);
    // The same text may be the id of a person and of a schedule.
    auto signature = keyed_hash(site.hash_key, fmt::format("calendar feed {} {} {}", kind_of(owner), id, number));
    return id + signature.substr(0, signature_length);
}

/// Events are known by their schedule, person and beginning: a shift that gets longer stays the same event.
std::string uid_of(const FeedSite& site, ScheduleId schedule, const Shift& shift) {
    auto start = shift.start ? to_micros(*shift.start) / 1'000'000 : 0;
    return fmt::format("{}-{}-{}@callboard", site.ids.text(schedule), site.ids.text(UserId{shift.user}), start);
}

class FeedWriter {
public:
    FeedWriter(Tx& tx, const FeedSite& site)
        : site_(site), window_{.since = tx.now() - feed_back, .until = tx.now() + feed_ahead}, reader_(tx, window_) {}

    const std::vector<Shift>& shifts_of(ScheduleId id) { return reader_.shifts_of(id); }

    void add(const Schedule& schedule, const Shift& shift, std::string summary) {
        if (feed.events.size() >= render_entries_max) {
            feed.is_too_large = true;
            return;
        }
        feed.events.push_back({.uid = uid_of(site_, schedule.id, shift),
                               .start = shift.start.value_or(window_.since),
                               .end = shift.end.value_or(window_.until),
                               .summary = std::move(summary),
                               .description = "Schedule: " + schedule.name,
                               .url = site_.public_url + "/console/schedules/" + site_.ids.text(schedule.id)});
    }

    CalendarFeed take() {
        std::ranges::stable_sort(feed.events, {}, &CalendarEvent::start);
        return std::move(feed);
    }

    CalendarFeed feed;

private:
    const FeedSite& site_;
    Window window_;
    OnCallReader reader_;
};

std::optional<CalendarFeed> feed_of_schedule(Tx& tx, const FeedSite& site, ScheduleId id) {
    auto schedule = tx.find<Schedule>(id);
    if (!schedule) return std::nullopt;
    FeedWriter writer(tx, site);
    writer.feed.name = "On call: " + schedule->name;
    for (const auto& shift : writer.shifts_of(id))
        if (auto user = tx.find<User>(UserId{shift.user})) writer.add(*schedule, shift, "On call: " + user->name);
    return writer.take();
}

std::optional<CalendarFeed> feed_of_user(Tx& tx, const FeedSite& site, UserId id) {
    auto user = tx.find<User>(id);
    if (!user) return std::nullopt;
    FeedWriter writer(tx, site);
    writer.feed.name = "On call: " + user->name;
    for (const auto& schedule : tx.list(Query<Schedule>().order_by(&Schedule::name)))
        for (const auto& shift : writer.shifts_of(schedule.id))
            if (UserId{shift.user} == id) writer.add(schedule, shift, "On call: " + schedule.name);
    return writer.take();
}

}  // namespace

std::string feed_key(Tx& tx, const FeedSite& site, const FeedOwner& owner) {
    return key_of(site, owner, key_number(tx, owner));
}

std::string renew_feed_key(Tx& tx, const FeedSite& site, const FeedOwner& owner) {
    auto number = std::to_string(std::stoll(key_number(tx, owner)) + 1);
    tx.set_setting(counter_of(owner), number);
    return key_of(site, owner, number);
}

std::optional<FeedOwner> owner_of_feed(Tx& tx, const FeedSite& site, std::string_view key) {
    if (key.size() != id_length + signature_length) return std::nullopt;
    auto id = key.substr(0, id_length);
    auto is_its_key = [&](const FeedOwner& owner) { return is_same_secret(key, feed_key(tx, site, owner)); };
    if (auto user = site.ids.parse<UserId>(id); user && is_its_key(*user)) return FeedOwner{*user};
    if (auto schedule = site.ids.parse<ScheduleId>(id); schedule && is_its_key(*schedule)) return FeedOwner{*schedule};
    return std::nullopt;
}

std::optional<CalendarFeed> calendar_feed(Tx& tx, const FeedSite& site, const FeedOwner& owner) {
    if (const auto* user = std::get_if<UserId>(&owner)) return feed_of_user(tx, site, *user);
    return feed_of_schedule(tx, site, std::get<ScheduleId>(owner));
}

}  // namespace callboard
