#include "domain/schedule/validate.h"

#include "domain/calendar/zone.h"

#include <algorithm>
#include <string_view>

namespace callboard {

namespace {

class Messages {
public:
    void require(bool condition, std::string_view message) {
        if (condition || std::ranges::find(list_, message) != list_.end()) return;
        list_.emplace_back(message);
    }

    std::vector<std::string> take() { return std::move(list_); }

private:
    std::vector<std::string> list_;
};

std::size_t characters_in(std::string_view utf8) {
    return static_cast<std::size_t>(std::ranges::count_if(
        utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

void check_turn_length(Messages& messages, std::int64_t turn_length_seconds) {
    if (turn_length_seconds <= 0) {
        messages.require(false, "Rotation turn length seconds must be greater than 0");
        return;
    }
    messages.require(turn_length_seconds >= turn_length_seconds_min,
                     "Rotation turn length seconds must be greater than or equal to 60");
    messages.require(turn_length_seconds <= turn_length_seconds_max,
                     "Rotation turn length seconds must be less than or equal to 3153600000");
}

void check_restriction(Messages& messages, const Restriction& restriction) {
    messages.require(restriction.start_time_of_day >= seconds{0} &&
                         restriction.start_time_of_day < days{1},
                     "Start time of day must be between 00:00:00 and 23:59:59");
    switch (restriction.type) {
    case RestrictionType::daily_restriction:
        messages.require(restriction.duration_seconds >= 1 &&
                             restriction.duration_seconds <= daily_restriction_seconds_max,
                         "Duration seconds must be between 1 and 86400 for a daily restriction");
        return;
    case RestrictionType::weekly_restriction:
        messages.require(restriction.duration_seconds >= 1 &&
                             restriction.duration_seconds <= weekly_restriction_seconds_max,
                         "Duration seconds must be between 1 and 604800 for a weekly restriction");
        messages.require(restriction.start_day_of_week && *restriction.start_day_of_week >= 1 &&
                             *restriction.start_day_of_week <= 7,
                         "Start day of week must be in 1, 2, 3, 4, 5, 6, 7");
        return;
    }
}

void check_layer(Messages& messages, const ScheduleLayer& layer) {
    messages.require(characters_in(layer.name) <= layer_name_characters_max,
                     "Layer name is too long (maximum is 100 characters)");
    // A layer that was taken away before it began ends where it starts, so equal is fine.
    messages.require(!layer.end || *layer.end >= layer.start, "Layer must end after its start");
    messages.require(layer.rotation_virtual_start.time_since_epoch() % minutes{1} == Duration{0},
                     "Rotation virtual start must be on a whole minute");
    check_turn_length(messages, layer.rotation_turn_length_seconds);
    messages.require(layer.restrictions.size() <= layer_restrictions_max,
                     "Restrictions may have at most 100 restrictions per layer");
    for (const auto& restriction : layer.restrictions)
        check_restriction(messages, restriction);
}

}  // namespace

std::vector<std::string> validate(const Schedule& schedule) {
    auto messages = Messages{};
    messages.require(Zone::find(schedule.time_zone).has_value(),
                     "Time zone is not a known time zone");
    messages.require(schedule.schedule_layers.size() <= schedule_layers_max,
                     "Schedule layers may have at most 60 layers");
    for (const auto& layer : schedule.schedule_layers)
        check_layer(messages, layer);
    return messages.take();
}

std::vector<std::string> validate(const Override& override_) {
    auto messages = Messages{};
    messages.require(override_.start < override_.end, "Override must end after its start");
    return messages.take();
}

}  // namespace callboard
