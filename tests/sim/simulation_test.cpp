// Weeks of a small company's life by chance: events come, people answer or do not, services go into maintenance, time
// passes. The whole application runs on a store in memory, on a clock that only the simulation moves; after every step
// everything that must always hold is looked at.
//
// `./dev sim --seed N` repeats a run, `--cases N` makes it longer.

#include "chance.h"
#include "scenarios/world.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace callboard {

using chance::Chance;
using scenario::World;

namespace {

constexpr int steps_per_case = 250;

struct ServiceSketch {
    std::string name;
    World::ServiceOptions options;
};

const std::vector<std::string> people = {"ann", "bob", "cat", "dan"};
const std::vector<std::string> policies = {"long", "short"};
const std::string without_alerts = "batch";
const std::vector<std::string> keys = {"disk", "load", "certificate"};

std::vector<ServiceSketch> services() {
    std::vector<ServiceSketch> all(4);
    all[0].name = "shop";
    all[1].name = "search";
    all[1].options.auto_resolve = hours{4};
    all[1].options.ack_timeout = minutes{30};
    all[2].name = "reports";
    all[2].options.auto_resolve = hours{1};
    all[2].options.urgency = RuleUrgency::severity_based;
    all[3].name = without_alerts;
    all[3].options.ack_timeout = hours{1};
    all[3].options.alert_creation = AlertCreation::create_incidents;
    return all;
}

void furnish(World& world, Chance& chance) {
    for (const auto& person : people) world.add_user(person);
    world.add_rule("ann", ContactMethodType::sms_contact_method, Urgency::high, 0);
    world.add_rule("ann", ContactMethodType::phone_contact_method, Urgency::high, 7);
    world.add_rule("bob", ContactMethodType::phone_contact_method, Urgency::high, 15);
    world.add_shift_schedule("crew", "America/New_York", ShiftStrategy::every_member, {"bob", "dan"});
    world.add_schedule("rota", "Europe/Madrid", {hours{chance.between(8, 60)}, {}, people});
    auto delay = [&] { return minutes{chance.between(1, 60)}; };
    world.add_policy("long", {{delay(), {"rota"}}, {delay(), {"bob", "cat"}}, {delay(), {"crew"}}}, 2);
    world.add_policy("short", {{delay(), {"ann"}}}, 0);
    for (const auto& service : services()) world.add_service(service.name, chance.of(policies), service.options);
    world.add_hook("everything",
                   "account",
                   {"incident.triggered",
                    "incident.acknowledged",
                    "incident.unacknowledged",
                    "incident.escalated",
                    "incident.reassigned",
                    "incident.reopened",
                    "incident.resolved"});
}

/// Help is asked for, given, refused, or not needed any more.
void ask_for_help(World& world, Chance& chance, const std::string& service) {
    auto who = chance.of(people);
    switch (chance.between(1, 4)) {
    case 1: world.ask(who, service, {chance.of(people)}); break;
    case 2: world.ask(who, service, {chance.of(policies), chance.of(people)}); break;
    case 3: world.reply(who, service, chance.one_in(2) ? ResponderReply::joined : ResponderReply::declined); break;
    default: world.withdraw(who, service, {chance.one_in(2) ? chance.of(policies) : chance.of(people)}); break;
    }
}

/// Providers fail and come back, outcomes are lost, a second engine runs, the server restarts or ends between two steps,
/// the clock jumps.
void go_wrong(World& world, Chance& chance) {
    const std::vector<ContactMethodType> ways = {ContactMethodType::email_contact_method,
                                                 ContactMethodType::sms_contact_method,
                                                 ContactMethodType::phone_contact_method};
    switch (chance.between(1, 6)) {
    case 1: world.set_outage(chance.of(ways), chance.one_in(3)); break;
    case 2: {
        World::Faults faults;
        if (chance.one_in(2)) faults.two_engines = [&chance] { return chance.one_in(2); };
        faults.lost_outcomes = chance.one_in(4);
        if (chance.one_in(3)) faults.crashes = [&chance] { return chance.one_in(6); };
        world.set_faults(faults);
        world.set_receiver("everything", chance.one_in(3) ? World::Receiver::fails : World::Receiver::takes);
        break;
    }
    case 3: world.set_faults({}); break;
    case 4: world.restart(); break;
    case 5: world.set_back(minutes{chance.between(1, 300)}); break;
    default: world.jump(minutes{chance.between(1, 300)}); break;
    }
    // What fell due meanwhile is done late, not never.
    world.pass(seconds{0});
}

/// What was accepted can be seen: as its alert, or as a receipt that says why there is none.
void send(World& world, const std::string& service, const std::string& key, Severity severity) {
    auto receipts_before = world.receipts();
    auto entries_before = world.entries();
    REQUIRE(world.send(service, EventAction::trigger, key, severity).empty());
    if (world.receipts() > receipts_before) return;
    REQUIRE(world.entries() > entries_before);
    if (service == without_alerts) {
        auto is_it = [&](const Incident& incident) {
            return incident.incident_key == key && incident.status != IncidentStatus::resolved;
        };
        auto incidents = world.incidents(service);
        REQUIRE(std::ranges::count_if(incidents, is_it) == 1);
        return;
    }
    auto alert = world.alert(service, key);
    REQUIRE(alert);
    REQUIRE(alert->status == AlertStatus::triggered);
    // A sender that repeats itself moves it once a minute.
    REQUIRE(alert->updated_at <= world.now());
    REQUIRE(alert->updated_at > world.now() - minutes{1});
}

/// One thing that happens. What was refused must have left nothing behind.
void happen(World& world, Chance& chance, const std::string& service) {
    const std::vector<Severity> severities = {Severity::info, Severity::warning, Severity::error, Severity::critical};
    const std::vector<World::Deed> deeds = {World::Deed::acknowledge,
                                            World::Deed::acknowledge,
                                            World::Deed::resolve,
                                            World::Deed::snooze,
                                            World::Deed::reassign,
                                            World::Deed::urgency_high,
                                            World::Deed::urgency_low,
                                            World::Deed::reopen};
    auto entries_before = world.entries();
    auto newest = world.incident(service);
    switch (chance.between(1, 11)) {
    case 11:
        if (newest) ask_for_help(world, chance, service);
        break;
    case 1:
    case 2:
    case 3: send(world, service, chance.of(keys), chance.of(severities)); break;
    case 4: REQUIRE(world.send(service, EventAction::resolve, chance.of(keys), Severity::critical).empty()); break;
    case 5:
        // A key whose incident was resolved with it is dropped; nothing else refuses.
        REQUIRE(world.send(service, EventAction::acknowledge, chance.of(keys), Severity::critical).empty());
        break;
    case 6:
        if (chance.one_in(4)) world.add_maintenance(service, hours{chance.between(1, 6)});
        break;
    case 7:
        if (chance.one_in(4)) world.disable_service(service, chance.one_in(2));
        break;
    default: {
        if (!newest) break;
        auto length = minutes{chance.between(1, 600)};
        auto error = world.act(chance.of(deeds), service, chance.of(people), chance.of(people), length);
        if (!error.empty()) REQUIRE(world.entries() == entries_before);
    }
    }
}

void examine_open(const Incident& incident, Timestamp now) {
    auto due = next_due(incident);
    REQUIRE((!due || *due > now));
    REQUIRE_FALSE(incident.resolved_at);
    REQUIRE_FALSE(incident.assignments.empty());
    if (incident.status == IncidentStatus::acknowledged) {
        REQUIRE_FALSE(incident.acknowledgements.empty());
        REQUIRE_FALSE(incident.escalate_at);
    } else {
        REQUIRE(incident.acknowledgements.empty());
        REQUIRE_FALSE(incident.unacknowledge_at);
    }
}

void examine_resolved(const Incident& incident, const std::vector<Alert>& alerts) {
    REQUIRE_FALSE(next_due(incident));
    REQUIRE(incident.resolved_at);
    REQUIRE(incident.assignments.empty());
    for (const auto& alert : alerts) REQUIRE(alert.status == AlertStatus::resolved);
}

/// What was said first comes first, whatever a clock that was set back said of when.
void examine_log(const std::vector<LogEntry>& log, bool by_time) {
    REQUIRE_FALSE(log.empty());
    REQUIRE(log.front().type == LogEntryType::trigger);
    REQUIRE(std::ranges::is_sorted(log, {}, &LogEntry::id));
    if (by_time) REQUIRE(std::ranges::is_sorted(log, {}, &LogEntry::created_at));
}

/// Nobody has it in hand: something is still to come, unless its policy has ended or it was given away by hand.
void examine_attention(const Incident& incident, const std::vector<LogEntry>& log) {
    bool calls = incident.status == IncidentStatus::triggered && incident.urgency == Urgency::high &&
                 incident.assigned_via == AssignedVia::escalation_policy;
    if (!calls) return;
    auto last_of = [&](LogEntryType type) {
        auto found = std::ranges::find(log.rbegin(), log.rend(), type, &LogEntry::type);
        return log.rend() - found;
    };
    bool has_ended = last_of(LogEntryType::exhaust_escalation_path) > last_of(LogEntryType::assign);
    if (!has_ended) REQUIRE(incident.escalate_at);
}

/// One message says one thing of one incident once, and for every message that left, or will not leave any more, there is
/// exactly one entry that says why; for those on their way there is none yet.
void examine_messages(const std::vector<World::Mention>& mentions, const std::vector<LogEntry>& log) {
    std::map<NotificationId, int> said;
    for (const auto& entry : log)
        if (entry.type == LogEntryType::notify && entry.notification) ++said[*entry.notification];
    std::set<NotificationId> seen;
    for (const auto& [told, message] : mentions) {
        CAPTURE(static_cast<int>(message.state));
        REQUIRE(seen.insert(message.id).second);
        bool has_ended = message.state == NotificationState::sent || message.state == NotificationState::failed;
        REQUIRE(said[message.id] == (has_ended && !told.left_out ? 1 : 0));
    }
    for (const auto& [id, count] : said) REQUIRE(seen.contains(id));
}

/// What a receiver hears of one incident it hears in order: again after a lost outcome perhaps, but never something
/// older than what it has heard. Its first need not be the trigger: what it did not take for two days is given up.
void examine_hooks(World& world) {
    std::map<std::int64_t, WebhookDeliveryId> newest;
    for (const auto& [hook, delivery] : world.hooks_sent()) {
        auto& heard = newest.try_emplace(delivery.lane, delivery.id).first->second;
        REQUIRE(heard <= delivery.id);
        heard = delivery.id;
    }
}

/// Whoever is still to be told or asked is on the way: what is to be looked at later has its row.
void examine_due(World& world, const std::vector<Incident>& incidents) {
    auto due = world.all_due();
    auto has = [&](Timestamp at, DueKind kind, std::int64_t subject) {
        return std::ranges::find(due, Due{at, kind, subject}) != due.end();
    };
    for (const auto& row : world.waiting_notifications()) REQUIRE(has(row.at, DueKind::notification, row.id.value));
    for (const auto& incident : incidents) {
        if (auto next = next_due(incident)) REQUIRE(has(*next, DueKind::incident, incident.id.value));
        for (const auto& responder : world.responders(incident)) {
            if (responder.notify_at) REQUIRE(has(*responder.notify_at, DueKind::responder, responder.id.value));
            if (responder.state != ResponderState::pending) REQUIRE_FALSE(responder.notify_at);
            if (incident.status == IncidentStatus::resolved) REQUIRE(responder.state != ResponderState::pending);
        }
    }
}

/// What holds for every incident at every moment.
void examine(World& world, const std::string& service) {
    std::vector<std::string> open_keys;
    for (const auto& incident : world.incidents(service)) {
        CAPTURE(incident.incident_number);
        auto alerts = world.alerts(incident);
        auto resolved = std::ranges::count(alerts, AlertStatus::resolved, &Alert::status);
        REQUIRE(incident.alert_count == std::ssize(alerts));
        REQUIRE(incident.resolved_alert_count == resolved);
        if (incident.status == IncidentStatus::resolved)
            examine_resolved(incident, alerts);
        else
            examine_open(incident, world.now());
        auto log = world.log(incident);
        examine_log(log, !world.was_set_back());
        examine_attention(incident, log);
        examine_messages(world.mentions(incident), log);
        for (const auto& alert : alerts)
            if (alert.status == AlertStatus::triggered) open_keys.push_back(alert.alert_key);
    }
    std::ranges::sort(open_keys);
    REQUIRE(std::ranges::adjacent_find(open_keys) == open_keys.end());
}

/// Lives one case and returns its history in words.
std::string live(std::uint64_t number) {
    World world;
    Chance chance(chance::seed() * 1'000'003 + number);
    furnish(world, chance);
    for (int step = 0; step < steps_per_case; ++step) {
        CAPTURE(step);
        auto service = chance.of(services()).name;
        happen(world, chance, service);
        examine(world, service);
        if (chance.one_in(8)) go_wrong(world, chance);
        if (!chance.one_in(3)) continue;
        world.pass(minutes{chance.one_in(20) ? chance.between(1'000, 10'000) : chance.between(0, 90)});
        for (const auto& each : services()) examine(world, each.name);
        examine_due(world, world.all_incidents());
        examine_hooks(world);
    }
    std::string history;
    for (const auto& service : services())
        for (const auto& incident : world.incidents(service.name))
            for (const auto& entry : world.log(incident))
                history += fmt::format(
                    "{} {} {}\n", format_iso8601(entry.created_at), incident.incident_number, text_of(entry.type));
    return history;
}

}  // namespace

TEST_CASE("whatever happens, what must hold of incidents and alerts holds after every step") {
    for (std::int64_t number = 0; number < chance::cases(20); ++number) {
        CAPTURE(chance::seed());
        CAPTURE(number);
        REQUIRE_FALSE(live(static_cast<std::uint64_t>(number)).empty());
    }
}

TEST_CASE("the same seed tells the same story") {
    CAPTURE(chance::seed());
    REQUIRE(live(0) == live(0));
}

}  // namespace callboard
