#include "world.h"

#include "app/account.h"
#include "app/contact_proof.h"
#include "app/handoffs.h"
#include "app/heartbeats.h"
#include "app/on_call.h"
#include "app/orchestrations.h"
#include "app/page_replies.h"
#include "base/secret.h"
#include "domain/event/orchestration_run.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace callboard::scenario {

namespace {

/// One may stand in for the other.
constexpr int providers_per_way = 2;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

template <class M>
auto known(const M& map, const std::string& name, const char* what) {
    auto found = map.find(name);
    if (found == map.end()) fail("there is no " + std::string{what} + " called " + name);
    return found->second;
}

}  // namespace

World::World()
    : store_({.path = ":memory:"}),
      engine_(store_,
              desk_,
              [](const std::string& what) { fail(what); },
              {[this](Page page) { deliver(std::move(page)); }, [this](const HookCall& call) { deliver(call); }}),
      links_{"http://scenario", "scenario", PublicIds(1)} {
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

void World::set_outage(ContactMethodType type, bool out_of_order, Extent extent) {
    outages_[type] = !out_of_order ? 0 : extent == Extent::first ? 1 : providers_per_way;
}

void World::crash_while_sending() {
    set_faults({.lost_outcomes = true});
    pass(Duration{0});
    set_faults({});
    restart();
    pass(Duration{0});
}

ContactMethod World::method_of(const std::string& name, ContactMethodType type) {
    auto method = store_.read(now_, [&](Tx& tx) {
        return tx.first(
            Query<ContactMethod>().where(&ContactMethod::user, user(name)).where(&ContactMethod::type, type));
    });
    if (!method) fail(name + " has no such contact method");
    return *method;
}

std::string World::ask_for_code(const std::string& name, ContactMethodType type) {
    auto method = method_of(name, type);
    auto sent = store_.decide(now_, [&](Tx& tx) { return send_code(tx, method); });
    pass(Duration{0});
    return sent ? std::string{} : sent.error().message;
}

std::string World::enter_code(const std::string& name, ContactMethodType type, bool right) {
    auto method = method_of(name, type);
    auto verdict = decide([&](Tx& tx) -> Result<CodeVerdict> {
        auto sent = proof_of(tx, method.id).code;
        auto code = sent ? verification_code(links_.hash_key, *sent) : std::string{"123456"};
        if (!right) code[0] = code[0] == '9' ? '0' : static_cast<char>(code[0] + 1);
        return callboard::enter_code(tx, method, links_.hash_key, code);
    });
    return verdict == CodeVerdict::verified ? std::string{} : "Invalid Input Provided";
}

bool World::is_proven(const std::string& name, ContactMethodType type) {
    auto method = method_of(name, type);
    return store_.read(now_, [&](Tx& tx) { return proof_of(tx, method.id).proven_at.has_value(); });
}

void World::add_handoff_rule(const std::string& name, ContactMethodType type, HandoffType kind, Duration advance) {
    auto method = method_of(name, type);
    decide([&](Tx& tx) -> Result<int> {
        HandoffRule rule;
        rule.id = tx.new_id<HandoffRuleId>();
        rule.user = user(name);
        rule.contact_method = method.id;
        rule.handoff_type = kind;
        rule.notify_advance_in_minutes = static_cast<int>(std::chrono::floor<minutes>(advance).count());
        rule.created_at = tx.now();
        tx.insert(rule);
        look_at_handoffs_now(tx);
        return 0;
    });
}

std::string World::follow_link(const std::string& name, PageAction action, bool forged) {
    auto mail = newest_mail_.find(user(name));
    if (mail == newest_mail_.end()) fail(name + " has had no mail");
    const auto& links = mail->second.links;
    auto link = std::ranges::find(links, std::optional{action}, &PageMessage::Link::action);
    if (link == links.end()) fail("the mail has no such link");
    auto target = link->url.substr(links_.public_url.size());
    if (forged) target.back() = target.back() == '0' ? '1' : '0';
    auto asked = read_page_link(links_, target, now_);
    if (!asked) return "Forbidden";
    auto done = store_.decide(now_, [&](Tx& tx) { return answer_link(tx, desk_, *asked, std::nullopt); });
    return done ? std::string{} : done.error().message;
}

void World::add_hook(const std::string& name, const std::string& service_name, const std::vector<std::string>& events) {
    hooks_[name] = decide([&](Tx& tx) -> Result<WebhookSubscriptionId> {
        WebhookSubscription row;
        row.id = tx.new_id<WebhookSubscriptionId>();
        row.name = name;
        row.events = events;
        if (service_name != "account") {
            row.filter = WebhookFilter::service_reference;
            row.filter_id = service(service_name).value;
        }
        row.created_at = tx.now();
        tx.insert(row);
        return row.id;
    });
}

std::vector<World::SentHook> World::take_hooks(const std::string& name) {
    auto others = std::ranges::stable_partition(hooks_sent_, [&](const SentHook& sent) { return sent.hook == name; });
    std::vector<SentHook> taken(hooks_sent_.begin(), others.begin());
    hooks_sent_.erase(hooks_sent_.begin(), others.begin());
    return taken;
}

void World::enable_hook(const std::string& name) {
    decide([&](Tx& tx) -> Result<int> {
        auto row = tx.find<WebhookSubscription>(known(hooks_, name, "hook"));
        enable(*row);
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
            if (level.round_robin) rule.strategy = AssignmentStrategy::round_robin;
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

ScheduleLayer World::layer_of(Tx& tx, const LayerSketch& sketch) const {
    ScheduleLayer layer;
    layer.id = tx.new_id<ScheduleLayerId>().value;
    layer.start = tx.now();
    layer.rotation_virtual_start = tx.now();
    layer.rotation_turn_length_seconds = std::chrono::floor<seconds>(sketch.turn).count();
    layer.restrictions = sketch.restrictions;
    for (const auto& person : sketch.people) layer.users.push_back(user(person).value);
    return layer;
}

void World::add_schedule(const std::string& name, const std::string& zone, const LayerSketch& sketch) {
    schedules_[name] = decide([&](Tx& tx) -> Result<ScheduleId> {
        Schedule schedule;
        schedule.id = tx.new_id<ScheduleId>();
        schedule.name = name;
        schedule.time_zone = zone;
        schedule.created_at = tx.now();
        schedule.schedule_layers.push_back(layer_of(tx, sketch));
        tx.insert(schedule);
        return schedule.id;
    });
}

void World::add_layer(const std::string& name, const LayerSketch& sketch) {
    decide([&](Tx& tx) -> Result<int> {
        auto schedule = tx.find<Schedule>(known(schedules_, name, "schedule"));
        schedule->schedule_layers.push_back(layer_of(tx, sketch));
        tx.update(*schedule);
        return 0;
    });
}

std::vector<std::string> World::on_call(const std::string& name, Duration ago) {
    auto then = now_ - ago;
    return store_.read(now_, [&](Tx& tx) {
        std::vector<std::string> names;
        auto schedule = load_schedule(tx, known(schedules_, name, "schedule"), then);
        for (auto id : schedule->users_on_call_at(then)) names.push_back(name_of(UserId{id}));
        return names;
    });
}

void World::vacate(const std::string& name) {
    decide([&](Tx& tx) -> Result<int> {
        auto schedule = tx.find<Schedule>(known(schedules_, name, "schedule"));
        for (auto& layer : schedule->schedule_layers) layer.end = tx.now();
        tx.update(*schedule);
        return 0;
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
        desk_.hooks.load(tx);
        take_up_interrupted_pages(tx);
        take_up_interrupted_deliveries(tx);
        return 0;
    });
}

void World::add_event_rule(const std::string& service_name, const std::string& condition, RuleActions actions) {
    decide([&](Tx& tx) -> Result<int> {
        auto path = path_of(tx, *tx.find<Service>(service(service_name)));
        auto& rules = path.sets.front().rules;
        rules.push_back(
            {fmt::format("{:08x}", rules.size() + 1), std::nullopt, {{condition}}, std::move(actions), false});
        auto compilation = compile(path);
        if (!compilation.problems.empty()) fail(compilation.problems.front().what);
        save_path(tx, path, std::nullopt);
        return 0;
    });
}

EscalationPolicyId World::policy_id(const std::string& name) const { return known(policies_, name, "policy"); }

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
    if (deed == Deed::escalate) update.escalation_level = std::stoi(argument);
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
        case Deed::escalate:
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

bool World::is_gone() {
    has_ended_ = has_ended_ || (faults_.crashes && faults_.crashes());
    return has_ended_;
}

void World::deliver(Page page) {
    if (is_gone()) return;
    auto place = outages_[page.type];
    auto outcome =
        place < providers_per_way
            ? PageOutcome{.kind = PageOutcome::Kind::sent, .provider = "fake", .provider_place = place}
            : PageOutcome{.kind = PageOutcome::Kind::try_again, .provider = "fake", .detail = "out of order"};
    if (!store_.read(now_, [&](Tx& tx) { return gather_incidents(tx, page); }))
        outcome = {.kind = PageOutcome::Kind::not_needed};
    for (auto id : page.incidents)
        if (!is_needed(page.user, id)) fail("a page leaves to " + name_of(page.user) + ", whom nobody needs");
    if (outcome.kind == PageOutcome::Kind::sent) {
        bool is_first = told_.insert(page.notification).second;
        if (!is_first && !page.may_be_a_repeat) fail("a page leaves twice and does not say so");
        pages_.push_back({now_, page, place});
        if (page.type == ContactMethodType::email_contact_method)
            newest_mail_[page.user] = store_.read(now_, [&](Tx& tx) { return message_of(tx, page, links_); });
    }
    if (faults_.lost_outcomes || is_gone()) return;
    decide([&](Tx& tx) -> Result<int> {
        record_outcome(tx, desk_, page, outcome);
        return 0;
    });
}

void World::deliver(const HookCall& call) {
    if (is_gone()) return;
    HookOutcome outcome;
    auto name = call.subscription.name;
    switch (receivers_[name]) {
    case Receiver::takes: break;
    case Receiver::fails: outcome = {HookOutcome::Kind::try_again, "The receiver answered 503.", {}}; break;
    case Receiver::refuses: outcome = {HookOutcome::Kind::refused, "The receiver answered 410.", {}}; break;
    }
    if (outcome.kind == HookOutcome::Kind::delivered) hooks_sent_.push_back({name, call.delivery});
    if (faults_.lost_outcomes || is_gone()) return;
    decide([&](Tx& tx) -> Result<int> {
        record_delivery(tx, desk_, call, outcome);
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

/// Each decides its rows in order; the writer takes the decisions in whatever order they come, and senders take their
/// time.
void World::run_two_engines() {
    auto seen = store_.read(now_, [&](Tx& tx) { return tx.due_until(now_, 1'000); });
    std::deque<Due> one(seen.begin(), seen.end());
    std::deque<Due> other = one;
    while (!one.empty() || !other.empty()) {
        auto& rows = other.empty() || (!one.empty() && faults_.two_engines()) ? one : other;
        auto due = rows.front();
        rows.pop_front();
        send_on(decide([&](Tx& tx) -> Result<Outgoing> { return pass_due(tx, desk_, due); }));
        if (!in_flight_.empty() && faults_.two_engines()) arrive();
    }
    while (!in_flight_.empty()) arrive();
}

void World::send_on(Outgoing outgoing) {
    if (outgoing.page || outgoing.hook) in_flight_.push_back(std::move(outgoing));
}

void World::arrive() {
    auto outgoing = std::move(in_flight_.front());
    in_flight_.pop_front();
    if (outgoing.page) deliver(std::move(*outgoing.page));
    if (outgoing.hook) deliver(*outgoing.hook);
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

std::vector<World::Mention> World::mentions(const Incident& incident) {
    return store_.read(now_, [&](Tx& tx) {
        std::vector<Mention> all;
        for (const auto& told : tx.list(Query<NotifiedIncident>().where(&NotifiedIncident::incident, incident.id)))
            if (auto message = tx.find<Notification>(told.notification)) all.push_back({told, *message});
        return all;
    });
}

std::vector<Responder> World::responders(const Incident& incident) {
    return store_.read(now_,
                       [&](Tx& tx) { return tx.list(Query<Responder>().where(&Responder::incident, incident.id)); });
}

void World::pass(Duration length) {
    auto target_time = now_ + length;
    for (;;) {
        if (faults_.two_engines) run_two_engines();
        auto turn = engine_.run_due(now_);
        if (std::exchange(has_ended_, false)) {
            restart();
            continue;
        }
        if (turn.next && *turn.next <= now_) continue;
        if (now_ >= target_time) return;
        now_ = turn.next && *turn.next < target_time ? *turn.next : target_time;
    }
}

void World::set_back(Duration by) {
    now_ -= by;
    was_set_back_ = true;
    engine_.clock_was_ahead(by, now_);
}

PersonReason World::why(const Incident& incident, const std::string& name) {
    return store_.read(now_, [&](Tx& tx) { return tell_story(tx, incident, user(name)).people.front().reason; });
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

std::int64_t World::receipts() {
    return store_.read(now_, [](Tx& tx) { return tx.count(Query<EventReceipt>()); });
}

}  // namespace callboard::scenario
