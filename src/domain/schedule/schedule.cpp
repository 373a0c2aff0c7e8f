#include "domain/schedule/schedule.h"

#include <algorithm>

namespace callboard {

std::vector<UserKey> people_of(const Schedule& schedule) {
    std::vector<UserKey> people;
    const auto add = [&](const std::vector<UserKey>& users) {
        for (auto user : users)
            if (user != nobody && std::ranges::find(people, user) == people.end()) people.push_back(user);
    };
    for (const auto& layer : schedule.schedule_layers) add(layer.users);
    for (const auto& rotation : schedule.rotations)
        for (const auto& event : rotation.events) add(event.members);
    return people;
}

Zone zone_of(const Schedule& schedule) { return Zone::find(schedule.time_zone).value_or(Zone{}); }

}  // namespace callboard
