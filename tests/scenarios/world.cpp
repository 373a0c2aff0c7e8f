#include "world.h"

#include "app/account.h"
#include "app/heartbeats.h"
#include "base/secret.h"

#include <algorithm>
#include <stdexcept>

namespace callboard::scenario {

namespace {

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

template <class M>
auto known(const M& map, const std::string& name, const char* what) {
    auto found = map.find(name);
    if (found == map.end()) fail("there is no " + std::string{what} + " called " + name);
    return found->second;
}

}  // namespace

World::World()
    : store_({.path = ":memory:"}), engine_(store_,
                                            desk_,
                                            [](const std::string& what) { fail(what); },
                                            {[this](Page page) { deliver(std::move(page)); }, [](const HookCall&) {}}) {
    init_secrets();
    attach(store_, desk_);
    now_ = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5};
}

template <class F>
auto World::decide(F f) {
    auto result = store_.decide(now_, f);
    if (!result) fail(result.error().message + (result.error().errors.empty() ? "" : ": " + result.error().errors[0]));
    return std::move(*result);
}

UserId World::user(const std::string& name) const { return known(users_, name, "user"); }

ServiceId World::service(const std::string& name) const { return known(services_, name, "service"); }

EscalationTarget World::target(const std::string& name) const {
    if (auto found = schedules_.find(name); found != schedules_.end())
        return {TargetType::schedule, found->second.value};
    return {TargetType::user, user(name).value};
}

void World::add_user(const std::string& name, Role role) {
    NewUser input;
    input.role = role;
    input.name = name;
    input.email = name + "@example.com";
    users_[name] = decide([&](Tx& tx) { return create_user(tx, input); }).id;
}

void World::add_rule(const std::string& name, ContactMethodType type, Urgency urgency, int delay_minutes) {
    decide([&](Tx& tx) -> Result<int> {
        auto owner = user(name);
        auto method =
            tx.first(Query<ContactMethod>().where(&ContactMethod::user, owner).where(&ContactMethod::type, type));
        if (!method) {
            method.emplace();
            method->id = tx.new_id<ContactMethodId>();
            method->user = owner;
            method->type = type;
            method->address = "5550100" + std::to_string(users_.size());
            method->created_at = tx.now();
            tx.insert(*method);
        }
        NotificationRule rule;
        rule.id = tx.new_id<NotificationRuleId>();
        rule.user = owner;
        rule.contact_method = method->id;
        rule.urgency = urgency;
        rule.start_delay_in_minutes = delay_minutes;
        rule.created_at = tx.now();
        tx.insert(rule);
        return 0;
    });
}

void World::remove_rules(const std::string& name) {
    decide([&](Tx& tx) -> Result<int> {
        for (const auto& rule : tx.list(Query<NotificationRule>().where(&NotificationRule::user, user(name))))
            tx.erase<NotificationRule>(rule.id);
        return 0;
    });
}

void World::set_outage(ContactMethodType type, bool out_of_order) {
    if (out_of_order)
        outages_.insert(type);
    else
        outages_.erase(type);
}

void World::remove_user(const std::string& name) {
    decide([&](Tx& tx) -> Result<int> {
        auto row = tx.find<User>(user(name));
        row->deleted_at = tx.now();
        tx.update(*row);
        return 0;
    });
}

void World::add_policy(const std::string& name, const std::vector<Level>& levels, int repeats) {
    policies_[name] = decide([&](Tx& tx) -> Result<EscalationPolicyId> {
        EscalationPolicy policy;
        auto known_already = policies_.find(name);
        bool is_new = known_already == policies_.end();
        if (is_new) {
            policy.id = tx.new_id<EscalationPolicyId>();
            policy.created_at = tx.now();
        } else {
            policy = *tx.find<EscalationPolicy>(known_already->second);
            ++policy.version;
        }
        policy.name = name;
        policy.num_loops = repeats;
        policy.escalation_rules.clear();
        for (const auto& level : levels) {
            EscalationRule rule;
            rule.id = tx.new_id<EscalationRuleId>();
            rule.escalation_delay_in_minutes = static_cast<int>(std::chrono::floor<minutes>(level.delay).count());
            for (const auto& target_name : level.targets) rule.targets.push_back(target(target_name));
            policy.escalation_rules.push_back(std::move(rule));
        }
        if (is_new)
            tx.insert(policy);
        else
            tx.update(policy);
        return policy.id;
    });
}

void World::add_schedule(const std::string& name,
                         const std::string& zone,
                         Duration turn,
                         const std::vector<std::string>& people) {
    schedules_[name] = decide([&](Tx& tx) -> Result<ScheduleId> {
        Schedule schedule;
        schedule.id = tx.new_id<ScheduleId>();
        schedule.name = name;
        schedule.time_zone = zone;
        schedule.created_at = tx.now();
        ScheduleLayer layer;
        layer.id = tx.new_id<ScheduleLayerId>().value;
        layer.start = tx.now();
        layer.rotation_virtual_start = tx.now();
        layer.rotation_turn_length_seconds = std::chrono::floor<seconds>(turn).count();
        for (const auto& person : people) layer.users.push_back(user(person).value);
        schedule.schedule_layers.push_back(std::move(layer));
        tx.insert(schedule);
        return schedule.id;
    });
}

void World::add_override(const std::string& schedule, const std::string& user_name, Duration begin, Duration length) {
    decide([&](Tx& tx) -> Result<int> {
        ScheduleOverride row;
        row.id = tx.new_id<OverrideId>();
        row.schedule = known(schedules_, schedule, "schedule");
        row.start = tx.now() + begin;
        row.end = row.start + length;
        row.user = user(user_name);
        row.created_at = tx.now();
        tx.insert(row);
        return 0;
    });
}

void World::end_override(const std::string& schedule) {
    decide([&](Tx& tx) -> Result<int> {
        auto row = tx.first(Query<ScheduleOverride>()
                                .where(&ScheduleOverride::schedule, known(schedules_, schedule, "schedule"))
                                .order_by(&ScheduleOverride::id, Order::descending));
        if (!row) fail("there is no override on " + schedule);
        row->end = tx.now();
        tx.update(*row);
        return 0;
    });
}

void World::add_shift_schedule(const std::string& name,
                               const std::string& zone,
                               ShiftStrategy strategy,
                               const std::vector<std::string>& people) {
    schedules_[name] = decide([&](Tx& tx) -> Result<ScheduleId> {
        Schedule schedule;
        schedule.id = tx.new_id<ScheduleId>();
        schedule.name = name;
        schedule.kind = ScheduleKind::shift_based;
        schedule.time_zone = zone;
        schedule.created_at = tx.now();
        ShiftEvent event;
        event.id = tx.new_id<ShiftEventId>();
        event.name = "days";
        event.time_zone = zone;
        event.start_time = Timestamp{Zone::find(zone)->to_local(tx.now()).time_since_epoch()};
        event.end_time = event.start_time + days{1};
        event.effective_since = tx.now();
        event.recurrence = {"RRULE:FREQ=DAILY"};
        event.strategy = strategy;
        for (const auto& person : people) event.members.push_back(user(person).value);
        schedule.rotations = {{tx.new_id<ShiftRotationId>(), {event}}};
        tx.insert(schedule);
        return schedule.id;
    });
}

void World::add_service(const std::string& name, const std::string& policy, const ServiceOptions& options) {
    auto whole_seconds = [](const std::optional<Duration>& d) {
        return d ? std::optional{static_cast<int>(std::chrono::floor<seconds>(*d).count())} : std::nullopt;
    };
    keys_[name] = random_alphanumeric(routing_key_length);
    services_[name] = decide([&](Tx& tx) -> Result<ServiceId> {
        Service row;
        row.id = tx.new_id<ServiceId>();
        row.name = name;
        row.escalation_policy = known(policies_, policy, "policy");
        row.auto_resolve_timeout = whole_seconds(options.auto_resolve);
        row.acknowledgement_timeout = whole_seconds(options.ack_timeout);
        row.incident_urgency_rule.urgency = options.urgency;
        row.alert_creation = options.alert_creation;
        if (options.pause) row.auto_pause_notifications_parameters = {true, whole_seconds(options.pause)};
        if (options.support_hours) {
            row.support_hours = options.support_hours;
            row.incident_urgency_rule.type = UrgencyRuleType::use_support_hours;
            row.incident_urgency_rule.during_support_hours = RuleUrgency::high;
            row.incident_urgency_rule.outside_support_hours = RuleUrgency::low;
            row.scheduled_actions = {{Urgency::high}};
        }
        row.created_at = tx.now();
        tx.insert(row);
        Integration integration;
        integration.id = tx.new_id<IntegrationId>();
        integration.service = row.id;
        integration.name = "events";
        integration.integration_key = keys_[name];
        integration.created_at = tx.now();
        tx.insert(integration);
        return row.id;
    });
}

void World::disable_service(const std::string& name, bool disabled) {
    decide([&](Tx& tx) -> Result<int> {
        auto row = tx.find<Service>(service(name));
        row->disabled = disabled;
        tx.update(*row);
        return 0;
    });
}

void World::group(AlertGroupingSetting setting, const std::vector<std::string>& services) {
    decide([&](Tx& tx) -> Result<int> {
        auto made = setting;
        made.id = tx.new_id<AlertGroupingSettingId>();
        made.criteria_changed_at = tx.now();
        tx.insert(made);
        for (const auto& name : services) {
            auto row = tx.find<Service>(service(name));
            row->alert_grouping_setting = made.id;
            tx.update(*row);
        }
        return 0;
    });
}

void World::restart() {
    decide([&](Tx& tx) -> Result<int> {
        desk_.book.load(tx);
        desk_.groups.load(tx);
        desk_.pages.load(tx);
        take_up_interrupted_pages(tx);
        return 0;
    });
}

void World::add_maintenance(const std::string& service_name, Duration length) {
    decide([&](Tx& tx) -> Result<int> {
        MaintenanceWindow window;
        window.id = tx.new_id<MaintenanceWindowId>();
        window.start_time = tx.now();
        window.end_time = tx.now() + length;
        window.services = {service(service_name)};
        tx.insert(window);
        return 0;
    });
}

std::string
World::send(const std::string& service_name, EventAction action, const std::string& key, Severity severity) {
    Message message;
    message.severity = severity;
    return send(service_name, action, key, message);
}

std::string
World::send(const std::string& service_name, EventAction action, const std::string& key, const Message& message) {
    Event event;
    event.routing_key = known(keys_, service_name, "service");
    event.action = action;
    event.dedup_key = key;
    event.summary = message.summary.empty() ? key : message.summary;
    event.severity = message.severity;
    event.document = message.document;
    event.suppressed_by = message.suppressed_by;
    auto done = store_.decide(now_, [&](Tx& tx) { return accept_event(tx, desk_, {}, event); });
    if (done) return {};
    return done.error().errors.empty() ? done.error().message : done.error().errors.front();
}

std::string World::act(Deed deed,
                       const std::string& service_name,
                       const std::string& user_name,
                       const std::string& argument,
                       Duration length) {
    auto newest = incident(service_name);
    if (!newest) fail("there is no incident on " + service_name);
    Act how{agent_of(user(user_name)), Channel::website, now_};
    IncidentUpdate update;
    update.id = newest->id;
    if (deed == Deed::reassign) update.assignees = std::vector{user(argument)};
    if (deed == Deed::urgency_high) update.urgency = Urgency::high;
    if (deed == Deed::urgency_low) update.urgency = Urgency::low;
    if (deed == Deed::reopen) update.status = IncidentStatus::triggered;
    auto done = store_.decide(now_, [&](Tx& tx) -> Result<Incident> {
        switch (deed) {
        case Deed::acknowledge: return acknowledge_incident(tx, desk_, newest->id, how);
        case Deed::resolve: return resolve_incident(tx, desk_, newest->id, std::nullopt, how);
        case Deed::snooze:
            return snooze_incident(tx, desk_, newest->id, std::chrono::floor<seconds>(length).count(), how);
        case Deed::reassign:
        case Deed::urgency_high:
        case Deed::urgency_low:
        case Deed::reopen: return update_incident(tx, desk_, update, how);
        }
        return *newest;
    });
    return done ? std::string{} : done.error().message;
}

std::vector<AskedTarget> World::asked(const std::vector<std::string>& names) const {
    std::vector<AskedTarget> targets;
    for (const auto& name : names) {
        auto policy = policies_.find(name);
        if (policy != policies_.end())
            targets.push_back({ResponderTargetType::escalation_policy, policy->second.value});
        else
            targets.push_back({ResponderTargetType::user, user(name).value});
    }
    return targets;
}

std::string
World::ask(const std::string& user_name, const std::string& service_name, const std::vector<std::string>& targets) {
    auto newest = incident(service_name);
    if (!newest) fail("there is no incident on " + service_name);
    Act how{agent_of(user(user_name)), Channel::website, now_};
    auto done = store_.decide(now_, [&](Tx& tx) {
        return request_responders(tx, desk_, {newest->id, user(user_name), "Please help", asked(targets)}, how);
    });
    return done ? std::string{} : done.error().message;
}

std::string World::withdraw(const std::string& user_name,
                            const std::string& service_name,
                            const std::vector<std::string>& targets) {
    auto newest = incident(service_name);
    if (!newest) fail("there is no incident on " + service_name);
    Act how{agent_of(user(user_name)), Channel::website, now_};
    auto done =
        store_.decide(now_, [&](Tx& tx) { return cancel_responders(tx, desk_, newest->id, asked(targets), how); });
    return done ? std::string{} : done.error().message;
}

std::string World::reply(const std::string& user_name, const std::string& service_name, ResponderReply reply) {
    auto newest = incident(service_name);
    if (!newest) fail("there is no incident on " + service_name);
    Act how{agent_of(user(user_name)), Channel::website, now_};
    auto done = store_.decide(
        now_, [&](Tx& tx) { return reply_to_request(tx, desk_, newest->id, user(user_name), reply, how); });
    return done ? std::string{} : done.error().message;
}

std::optional<ResponderState> World::responder(const Incident& incident, const std::string& user_name) {
    auto row = store_.read(now_, [&](Tx& tx) {
        return tx.first(
            Query<Responder>().where(&Responder::incident, incident.id).where(&Responder::user, user(user_name)));
    });
    return row ? std::optional{row->state} : std::nullopt;
}

void World::add_heartbeat(const std::string& name, const std::string& service_name, Duration interval, Duration grace) {
    heartbeats_[name] = decide([&](Tx& tx) -> Result<std::string> {
        Heartbeat heartbeat;
        heartbeat.name = name;
        heartbeat.service = service(service_name);
        heartbeat.interval_seconds = static_cast<int>(std::chrono::floor<seconds>(interval).count());
        heartbeat.grace_seconds = static_cast<int>(std::chrono::floor<seconds>(grace).count());
        auto made = create_heartbeat(tx, heartbeat);
        return tx.find<Integration>(made.integration)->integration_key;
    });
}

void World::beat(const std::string& name) {
    decide([&](Tx& tx) { return callboard::beat(tx, desk_, known(heartbeats_, name, "heartbeat")); });
}

void World::deliver(Page page) {
    auto outcome = outages_.contains(page.type)
                       ? PageOutcome{.kind = PageOutcome::Kind::try_again, .provider = "fake", .detail = "out of order"}
                       : PageOutcome{.kind = PageOutcome::Kind::sent, .provider = "fake"};
    // As the daemon asks just before a page leaves: it was claimed beside other decisions.
    if (!page.incidents.empty()) {
        page.incidents = store_.read(now_, [&](Tx& tx) { return still_needed(tx, page); });
        if (page.incidents.empty()) outcome = {.kind = PageOutcome::Kind::not_needed};
    }
    for (auto id : page.incidents)
        if (!is_needed(page.user, id)) fail("a page leaves to " + name_of(page.user) + ", whom nobody needs");
    if (outcome.kind == PageOutcome::Kind::sent) pages_.push_back({now_, page});
    if (faults_.lost_outcomes) return;
    decide([&](Tx& tx) -> Result<int> {
        record_outcome(tx, desk_, page, outcome);
        return 0;
    });
}

/// It is theirs and nobody has it in hand, they were asked to help, or it is nobody's and they administer the account.
bool World::is_needed(UserId id, IncidentId incident_id) {
    return store_.read(now_, [&](Tx& tx) {
        auto found = *tx.find<Incident>(incident_id);
        auto is_theirs = [&](const Assignment& assignment) { return assignment.assignee == id; };
        if (found.status == IncidentStatus::triggered &&
            (found.assignments.empty() || std::ranges::any_of(found.assignments, is_theirs)))
            return true;
        auto asked = Query<Responder>().where(&Responder::incident, incident_id).where(&Responder::user, id);
        return found.status != IncidentStatus::resolved &&
               tx.count(asked.where(&Responder::state, ResponderState::pending)) > 0;
    });
}

void World::do_again(const std::vector<Due>& done) {
    for (const auto& due : done) {
        auto outgoing = decide([&](Tx& tx) -> Result<Outgoing> { return pass_due(tx, desk_, due); });
        if (outgoing.page) deliver(std::move(*outgoing.page));
    }
}

std::vector<Due> World::all_due() {
    return store_.read(now_, [](Tx& tx) { return tx.due_until(Timestamp::max(), 100'000); });
}

std::vector<Notification> World::waiting_notifications() {
    return store_.read(now_, [](Tx& tx) {
        return tx.list(Query<Notification>().where_in(
            &Notification::state, std::vector{NotificationState::queued, NotificationState::sending}));
    });
}

std::vector<Responder> World::responders(const Incident& incident) {
    return store_.read(now_,
                       [&](Tx& tx) { return tx.list(Query<Responder>().where(&Responder::incident, incident.id)); });
}

void World::pass(Duration length) {
    auto target_time = now_ + length;
    for (;;) {
        auto seen = faults_.two_engines ? store_.read(now_, [&](Tx& tx) { return tx.due_until(now_, 1'000); })
                                        : std::vector<Due>{};
        auto turn = engine_.run_due(now_);
        do_again(seen);
        if (turn.next && *turn.next <= now_) continue;
        if (now_ >= target_time) return;
        now_ = turn.next && *turn.next < target_time ? *turn.next : target_time;
    }
}

std::optional<Incident> World::incident(const std::string& service_name) {
    auto all = incidents(service_name);
    if (all.empty()) return std::nullopt;
    return all.back();
}

std::vector<Incident> World::incidents(const std::string& service_name) {
    return store_.read(now_, [&](Tx& tx) {
        return tx.list(Query<Incident>().where(&Incident::service, service(service_name)).order_by(&Incident::id));
    });
}

std::vector<LogEntry> World::log(const Incident& incident) {
    return store_.read(now_, [&](Tx& tx) {
        return tx.list(Query<LogEntry>().where(&LogEntry::incident, incident.id).order_by(&LogEntry::id));
    });
}

std::vector<Alert> World::alerts(const Incident& incident) {
    return store_.read(now_, [&](Tx& tx) { return tx.list(Query<Alert>().where(&Alert::incident, incident.id)); });
}

std::vector<Alert> World::all_alerts() {
    return store_.read(now_, [](Tx& tx) { return tx.list(Query<Alert>().order_by(&Alert::id)); });
}

std::vector<Incident> World::all_incidents() {
    return store_.read(now_, [](Tx& tx) { return tx.list(Query<Incident>().order_by(&Incident::id)); });
}

std::optional<Alert> World::alert(const std::string& service_name, const std::string& key) {
    return store_.read(now_, [&](Tx& tx) {
        return tx.first(Query<Alert>()
                            .where(&Alert::service, service(service_name))
                            .where(&Alert::alert_key, key)
                            .order_by(&Alert::id, Order::descending));
    });
}

std::string World::move_alert(const std::string& user_name, const std::string& service_name, const std::string& key) {
    auto moved = alert(service_name, key);
    auto target_incident = incident(service_name);
    if (!moved || !target_incident) fail("there is no such alert, or no incident");
    Act how{agent_of(user(user_name)), Channel::website, now_};
    auto done = store_.decide(now_, [&](Tx& tx) {
        return update_alert(tx, desk_, {moved->id, false, target_incident->id}, how);
    });
    return done ? std::string{} : done.error().message;
}

std::string World::name_of(UserId id) const {
    for (const auto& [name, user_id] : users_)
        if (user_id == id) return name;
    return "?";
}

std::int64_t World::entries() {
    return store_.read(now_, [](Tx& tx) { return tx.count(Query<LogEntry>()); });
}

std::int64_t World::receipts(DropReason reason) {
    return store_.read(now_,
                       [&](Tx& tx) { return tx.count(Query<EventReceipt>().where(&EventReceipt::reason, reason)); });
}

}  // namespace callboard::scenario
