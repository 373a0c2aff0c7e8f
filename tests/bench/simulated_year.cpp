// A year of a large company on a virtual clock: a thousand services, each with an incident a week, on rotas in five
// time zones, through the decisions of the daemon on a store in memory. The yardstick: less than 60 seconds on one
// ordinary core at -O2. Fails when it takes longer, or when something is left undone at the end.

#include "chance.h"
#include "scenarios/world.h"

#include <chrono>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace callboard {

using chance::Chance;
using scenario::World;

namespace {

constexpr int services = 1'000;
constexpr int teams = 100;
constexpr int people_of_a_team = 5;
constexpr Duration year = days{365};
constexpr Duration between_incidents = days{7};
constexpr double seconds_max = 60;

const std::vector<std::string> zones = {
    "Europe/Madrid", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "America/Los_Angeles"};

std::string service_name(int number) { return fmt::format("service {}", number); }

void furnish(World& world) {
    for (int team = 0; team < teams; ++team) {
        std::vector<std::string> people;
        for (int i = 0; i < people_of_a_team; ++i) {
            people.push_back(fmt::format("person{}of{}", i, team));
            world.add_user(people.back());
            world.add_rule(people.back(), ContactMethodType::phone_contact_method, Urgency::high, 5);
        }
        auto name = fmt::format("team {}", team);
        world.add_schedule(name, zones[static_cast<std::size_t>(team) % zones.size()], {days{7}, {}, people});
        world.add_policy(name, {{minutes{15}, {name}}, {minutes{30}, {people[0], people[1]}}}, 1);
    }
    World::ServiceOptions options;
    options.auto_resolve = hours{4};
    options.ack_timeout = minutes{30};
    for (int i = 0; i < services; ++i) world.add_service(service_name(i), fmt::format("team {}", i % teams), options);
}

/// What becomes of an incident: half are acknowledged and resolved, a third clear by themselves, the others are left.
enum class Fate { answered, clears, forgotten };

struct Episode {
    int service = 0;
    Fate fate = Fate::forgotten;
};

Fate fate(Chance& chance) {
    if (chance.one_in(2)) return Fate::answered;
    return chance.one_in(3) ? Fate::forgotten : Fate::clears;
}

void go_on(World& world, const std::vector<Episode>& running) {
    for (const auto& one : running) {
        auto name = service_name(one.service);
        auto who = fmt::format("person0of{}", one.service % teams);
        if (one.fate == Fate::answered) world.act(World::Deed::acknowledge, name, who, "", {});
        if (one.fate == Fate::clears) world.send(name, EventAction::resolve, "disk", Severity::critical);
    }
}

void end(World& world, const std::vector<Episode>& running) {
    for (const auto& one : running)
        if (one.fate == Fate::answered)
            world.send(service_name(one.service), EventAction::resolve, "disk", Severity::critical);
}

int live() {
    auto begin = std::chrono::steady_clock::now();
    World world;
    Chance chance(1);
    furnish(world);
    std::size_t pages = 0;
    // A batch of services has its incidents together; the batches are spread over the week.
    constexpr int together = 10;
    constexpr auto pause = between_incidents / (services / together);
    int batch = 0;
    for (auto passed = Duration{0}; passed < year; passed += pause, ++batch) {
        std::vector<Episode> running;
        for (int i = 0; i < together; ++i) running.push_back({(batch * together + i) % services, fate(chance)});
        for (const auto& one : running)
            world.send(service_name(one.service), EventAction::trigger, "disk", Severity::critical);
        world.pass(minutes{8});
        go_on(world, running);
        world.pass(minutes{20});
        end(world, running);
        world.pass(pause - minutes{28});
        pages += world.take_pages().size();
    }
    world.pass(days{2});
    std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::size_t open = 0;
    auto incidents = world.all_incidents();
    for (const auto& incident : incidents)
        if (incident.status != IncidentStatus::resolved) ++open;
    fmt::print("a simulated year of {} services: {} incidents, {} pages, {:.1f} s (at most {:.0f})\n",
               services,
               incidents.size(),
               pages,
               took.count(),
               seconds_max);
    if (open == 0 && world.waiting_notifications().empty() && pages > incidents.size())
        return took.count() <= seconds_max ? 0 : 1;
    fmt::print("left undone: {} open incidents, {} waiting messages\n", open, world.waiting_notifications().size());
    return 1;
}

}  // namespace

}  // namespace callboard

int main() { return callboard::live(); }
