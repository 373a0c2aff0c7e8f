// Alerts by chance on services that group them, hold them and suppress them. Whatever comes and goes, every accepted
// trigger is in exactly one place, and what the incidents count is what they have.

#include "chance.h"
#include "scenarios/world.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace callboard {

using chance::Chance;
using scenario::World;

namespace {

constexpr int steps_per_case = 200;

const std::vector<std::string> services = {"shop", "search", "mail"};

AlertGroupingSetting setting_by_chance(Chance& chance) {
    AlertGroupingSetting setting;
    setting.type = static_cast<AlertGroupingType>(chance.between(0, 3));
    setting.timeout = static_cast<int>(chance.one_in(3) ? 0 : chance.between(60, 7'200));
    setting.time_window = static_cast<int>(chance.between(300, 3'600));
    setting.aggregate = chance.one_in(2) ? GroupingAggregate::any : GroupingAggregate::all;
    setting.fields = {"component", "class"};
    setting.iag_fields = {"summary"};
    return setting;
}

void send_by_chance(World& world, Chance& chance, const std::string& service) {
    const std::vector<std::string> words = {"disk", "load", "full", "high", "slow", "db1", "db2"};
    World::Message message;
    message.severity = static_cast<Severity>(chance.between(0, 3));
    for (int count = 0; count < 3; ++count) message.summary += chance.of(words) + " ";
    message.document =
        fmt::format(R"({{"component":"c{}","class":"k{}"}})", chance.between(1, 2), chance.between(1, 2));
    if (chance.one_in(8)) message.suppressed_by = "chance";
    auto action = chance.one_in(4) ? EventAction::resolve : EventAction::trigger;
    REQUIRE(world.send(service, action, fmt::format("key-{}", chance.between(1, 12)), message).empty());
}

/// What holds at every moment.
void examine(World& world) {
    struct Count {
        int all = 0;
        int resolved = 0;
        Severity worst = Severity::info;
    };

    std::map<IncidentId, Count> counts;
    std::map<std::string, int> open_by_key;
    for (const auto& alert : world.all_alerts()) {
        REQUIRE(alert.suppressed == !alert.incident);
        bool open = alert.status == AlertStatus::triggered;
        if (is_held(alert)) REQUIRE(*alert.suspended_until > world.now());
        if (open) REQUIRE(++open_by_key[fmt::format("{} {}", alert.service.value, alert.alert_key)] == 1);
        if (alert.placement != Placement::opened_incident) REQUIRE(alert.placement_note);
        if (!alert.incident) continue;
        auto& count = counts[*alert.incident];
        ++count.all;
        if (!open) ++count.resolved;
    }
    for (const auto& incident : world.all_incidents()) {
        auto count = counts[incident.id];
        REQUIRE(incident.alert_count == count.all);
        REQUIRE(incident.resolved_alert_count == count.resolved);
        REQUIRE(count.all >= 1);
        REQUIRE((incident.status == IncidentStatus::resolved) == (count.all == count.resolved));
        auto log = world.log(incident);
        REQUIRE(std::ranges::count(log, LogEntryType::trigger, &LogEntry::type) <= trigger_entries_max);
    }
}

void play(std::uint64_t seed) {
    Chance chance(seed);
    World world;
    world.add_user("ann");
    world.add_policy("p", {{minutes{30}, {"ann"}}}, 1);
    World::ServiceOptions options;
    options.urgency = RuleUrgency::severity_based;
    world.add_service("shop", "p", options);
    world.add_service("search", "p", options);
    options.pause = seconds{300};
    world.add_service("mail", "p", options);
    for (int step = 0; step < steps_per_case; ++step) {
        const auto& service = chance.of(services);
        auto what = chance.between(1, 40);
        if (what == 1) world.group(setting_by_chance(chance), {service});
        if (what == 2) world.group(setting_by_chance(chance), services);
        if (what == 3) world.restart();
        if (what == 4 && world.incident(service)) std::ignore = world.act(World::Deed::resolve, service, "ann", "", {});
        if (what > 4 && what < 32) send_by_chance(world, chance, service);
        if (what >= 32) world.pass(seconds{chance.between(1, 1'200)});
        examine(world);
    }
}

}  // namespace

TEST_CASE("every accepted trigger is in exactly one place, and counts add up") {
    auto first = chance::seed();
    for (std::int64_t number = 0; number < chance::cases(5); ++number) {
        auto seed = first + static_cast<std::uint64_t>(number);
        INFO("seed ", seed);
        play(seed);
    }
}

}  // namespace callboard
