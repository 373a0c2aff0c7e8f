#include "app/simulate.h"

#include "app/engine.h"
#include "app/ingest.h"
#include "app/on_call.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

namespace callboard {

namespace {

/// Far more than any policy takes within the horizon: a stop for what no one foresaw.
constexpr int turns_max = 20'000;
const std::string simulation_key(routing_key_length, 's');

/// The configuration that decides about one service, as it was at a moment.
struct Configuration {
    Service service;
    EscalationPolicy policy;
    std::optional<AlertGroupingSetting> grouping;
    std::vector<ScheduleInTime> schedules;
    std::vector<ScheduleOverride> overrides;
    std::vector<CustomShift> custom_shifts;
    std::vector<ShiftOverride> shift_overrides;
    std::vector<User> users;
    std::vector<ContactMethod> methods;
    std::vector<NotificationRule> rules;
    std::vector<MaintenanceWindow> windows;
    /// How many turns were taken at the levels that take turns, by counter.
    std::map<std::string, std::int64_t> turns;
};

/// As it is now for now and later, as it was for a moment of the past.
template <class T>
std::optional<T> config_at(Tx& tx, decltype(T::id) id, Timestamp at) {
    return at < tx.now() ? tx.as_of<T>(id, at) : tx.find<T>(id);
}

void add_user(Tx& tx, Configuration& config, std::set<std::int64_t>& seen, UserId id) {
    if (!seen.insert(id.value).second) return;
    auto user = tx.find<User>(id);
    if (!user) return;
    config.users.push_back(*user);
    for (auto& method : tx.list(Query<ContactMethod>().where(&ContactMethod::user, id)))
        config.methods.push_back(std::move(method));
    for (auto& rule : tx.list(Query<NotificationRule>().where(&NotificationRule::user, id)))
        config.rules.push_back(std::move(rule));
}

void add_schedule(Tx& tx, Configuration& config, std::set<std::int64_t>& seen, ScheduleId id, Timestamp at) {
    auto schedule = load_schedule(tx, id, at);
    if (!schedule) return;
    for (const auto& version : schedule->versions)
        for (auto user : people_of(version.object)) add_user(tx, config, seen, UserId{user});
    for (const auto& shift : schedule->custom_shifts) {
        add_user(tx, config, seen, UserId{shift.member});
        config.custom_shifts.push_back(shift);
    }
    for (const auto& row : schedule->shift_overrides) {
        add_user(tx, config, seen, UserId{row.overriding_member});
        config.shift_overrides.push_back(row);
    }
    for (const auto& row : tx.list(Query<ScheduleOverride>().where(&ScheduleOverride::schedule, id))) {
        if (row.end <= at) continue;
        add_user(tx, config, seen, row.user);
        config.overrides.push_back(row);
    }
    config.schedules.push_back(std::move(*schedule));
}

Result<Configuration> configuration_of(Tx& tx, const SimulationInput& input) {
    Configuration config;
    if (input.service.has_value() == input.policy.has_value())
        return errors::invalid_input("Give either a service or an escalation policy");
    if (input.service) {
        auto service = config_at<Service>(tx, *input.service, input.at);
        if (!service) return errors::invalid_input("Service not found, or not there yet at that moment");
        config.service = std::move(*service);
        for (auto& window : tx.list(Query<MaintenanceWindow>()))
            if (std::ranges::find(window.services, config.service.id) != window.services.end())
                config.windows.push_back(std::move(window));
        if (config.service.alert_grouping_setting)
            config.grouping = config_at<AlertGroupingSetting>(tx, *config.service.alert_grouping_setting, input.at);
        if (!config.grouping) config.service.alert_grouping_setting.reset();
    } else {
        config.service.name = "Simulation";
        config.service.escalation_policy = *input.policy;
        config.service.incident_urgency_rule.urgency = RuleUrgency::high;
    }
    if (input.urgency) {
        config.service.incident_urgency_rule = {};
        config.service.incident_urgency_rule.urgency =
            *input.urgency == Urgency::high ? RuleUrgency::high : RuleUrgency::low;
    }
    auto policy = config_at<EscalationPolicy>(tx, config.service.escalation_policy, input.at);
    if (!policy) return errors::invalid_input("Escalation policy not found, or not there yet at that moment");
    config.policy = std::move(*policy);
    std::set<std::int64_t> seen;
    for (const auto& rule : config.policy.escalation_rules) {
        config.turns[turns_of(rule.id)] = tx.last_number(turns_of(rule.id));
        for (const auto& target : rule.targets) {
            if (target.type == TargetType::user)
                add_user(tx, config, seen, UserId{target.id});
            else
                add_schedule(tx, config, seen, ScheduleId{target.id}, input.at);
        }
    }
    for (const auto& answer : input.answers) add_user(tx, config, seen, answer.user);
    // They are told when nobody is on call.
    for (const auto& user : tx.list(Query<User>().where_in(&User::role, std::vector{Role::owner, Role::admin})))
        add_user(tx, config, seen, user.id);
    for (const auto& answer : input.answers)
        if (std::ranges::none_of(config.users, [&](const User& user) { return user.id == answer.user; }))
            return errors::invalid_input("Somebody who answers is unknown");
    return config;
}

/// A store in memory with this configuration, on which time passes as we like.
class Stage {
public:
    Stage(Configuration config, const SimulationInput& input)
        : input_(input), store_({.path = ":memory:", .writer_cache_kib = 8'192}),
          engine_(store_,
                  desk_,
                  [](const std::string&) {},
                  {[this](Page page) { deliver(page); }, [](const HookCall&) {}}) {
        attach(store_, desk_);
        copy(config);
    }

    Simulation play() {
        now_ = input_.at;
        Simulation result;
        result.service = input_.service.value_or(ServiceId{});
        trigger();
        pass_time();
        result.pages = std::move(pages_);
        result.ended_at = now_;
        result.cut_off = cut_off_;
        auto incident = newest();
        result.outcome = outcome(incident);
        if (cut_off_) result.outcome += " It was ended early: more happens than could be worked out in the time given.";
        if (incident) result.story = store_.read(now_, [&](Tx& tx) { return tell_story(tx, *incident); });
        return result;
    }

private:
    template <class F>
    void decide(Timestamp now, F f) {
        auto done = store_.decide(now, [&](Tx& tx) -> Result<int> {
            f(tx);
            return 0;
        });
        ASSERT(done.ok(), "copying never refuses");
    }

    void copy(Configuration& config) {
        for (const auto& schedule : config.schedules) {
            bool first = true;
            for (const auto& version : schedule.versions) {
                // The first version holds since before the beginning.
                auto since = std::min(version.valid_from, first ? input_.at : version.valid_from);
                decide(since, [&](Tx& tx) {
                    if (first)
                        tx.insert(version.object);
                    else
                        tx.update(version.object);
                });
                first = false;
            }
        }
        decide(input_.at, [&](Tx& tx) {
            for (const auto& row : config.overrides) tx.insert(row);
            for (const auto& row : config.custom_shifts) tx.insert(row);
            for (const auto& row : config.shift_overrides) tx.insert(row);
            for (const auto& row : config.users) tx.insert(row);
            for (const auto& row : config.methods) tx.insert(row);
            for (const auto& row : config.rules) tx.insert(row);
            for (const auto& row : config.windows) tx.insert(row);
            for (const auto& [counter, taken] : config.turns) tx.set_last_number(counter, taken);
            if (config.grouping) tx.insert(*config.grouping);
            tx.insert(config.policy);
            if (!config.service.id) config.service.id = tx.new_id<ServiceId>();
            tx.insert(config.service);
            Integration integration;
            integration.id = tx.new_id<IntegrationId>();
            integration.service = config.service.id;
            integration.integration_key = simulation_key;
            tx.insert(integration);
        });
        service_ = config.service;
    }

    void trigger() {
        Event event;
        event.routing_key = simulation_key;
        event.dedup_key = "simulation";
        event.summary = "Simulation";
        event.severity = input_.severity;
        event.document = "{}";
        auto accepted = store_.decide(now_, [&](Tx& tx) { return accept_event(tx, desk_, {}, event); });
        ASSERT(accepted.ok(), "the first event of a key is never refused");
    }

    /// The next moment at which anything happens; absent when nothing will within the horizon.
    std::optional<Timestamp> next_moment() {
        auto next = store_.read(now_, [](Tx& tx) { return tx.next_due_at(); });
        if (answered_ < answers_.size()) {
            auto at = input_.at + answers_[answered_].after;
            if (!next || at < *next) next = at;
        }
        if (!next || *next > input_.at + input_.horizon) return std::nullopt;
        return std::max(*next, now_);
    }

    void pass_time() {
        answers_ = input_.answers;
        std::ranges::stable_sort(answers_, {}, &SupposedAnswer::after);
        for (int turn = 0; turn < turns_max; ++turn) {
            auto next = next_moment();
            if (!next) return;
            if (input_.may_go_on && !input_.may_go_on()) break;
            now_ = *next;
            if (answered_ < answers_.size() && input_.at + answers_[answered_].after <= now_)
                answer(answers_[answered_++]);
            else
                engine_.run_due(now_);
        }
        cut_off_ = true;
    }

    void answer(const SupposedAnswer& answer) {
        auto incident = newest();
        if (!incident || incident->status == IncidentStatus::resolved) return;
        Act act{agent_of(answer.user), Channel::website, now_};
        // Nobody is asked to help here: there is nothing to decline, and joining is acknowledging.
        if (answer.action == PageAction::decline) return;
        auto done = store_.decide(now_, [&](Tx& tx) {
            return answer.action == PageAction::resolve ? resolve_incident(tx, desk_, incident->id, std::nullopt, act)
                                                        : acknowledge_incident(tx, desk_, incident->id, act);
        });
        static_cast<void>(done.ok());  // An answer that changes nothing is no problem.
    }

    void deliver(Page page) {
        if (!store_.read(now_, [&](Tx& tx) { return gather_incidents(tx, page); })) {
            decide(now_, [&](Tx& tx) { record_outcome(tx, desk_, page, {.kind = PageOutcome::Kind::not_needed}); });
            return;
        }
        if (page.purpose == NotificationPurpose::page)
            pages_.push_back({now_, page.user, page.type, masked(page.type, page.to), reason_of(page)});
        decide(now_, [&](Tx& tx) { record_outcome(tx, desk_, page, {.provider = "simulation"}); });
    }

    std::string reason_of(const Page& page) {
        auto incident = store_.read(now_, [&](Tx& tx) { return tx.find<Incident>(page.incidents.front()); });
        if (incident->assignments.empty())
            return "Nobody is on call at any level, and this person administers the account.";
        auto waited = std::chrono::floor<minutes>(now_ - incident->notify_from).count();
        auto round = incident->escalation_loop > 0 ? fmt::format(", round {}", incident->escalation_loop + 1) : "";
        return fmt::format("Level {} of the escalation policy{}; a rule of theirs for {} urgency, {}.",
                           incident->escalation_level,
                           round,
                           text_of(incident->urgency),
                           waited == 0
                               ? std::string{"at once"}
                               : fmt::format("{} minute{} after it came to them", waited, waited == 1 ? "" : "s"));
    }

    std::optional<Incident> newest() {
        return store_.read(
            now_, [](Tx& tx) { return tx.first(Query<Incident>().order_by(&Incident::id, Order::descending)); });
    }

    std::string outcome(const std::optional<Incident>& incident) {
        if (!incident) return without_incident();
        if (incident->status == IncidentStatus::acknowledged) return "Acknowledged; nobody else is told.";
        if (incident->status == IncidentStatus::resolved)
            return incident->last_status_change_by.type == AgentType::user
                       ? "Resolved; nobody else is told."
                       : "It ends by the service's auto-resolve time-out.";
        if (incident->assignments.empty())
            return pages_.empty() ? "Nobody is on call at any level; nobody is told."
                                  : "Nobody is on call at any level; only those who administer the account are told.";
        if (pages_.empty()) return "It is given to somebody, but no message leaves.";
        if (incident->escalate_at) return "Nobody answers; the escalation still goes on when the simulation ends.";
        return "Nobody answers; the escalation policy ends and nobody else is told.";
    }

    /// Why the event opened nothing.
    std::string without_incident() {
        if (service_.disabled) return "Nothing happens: the service is disabled.";
        auto receipt = store_.read(now_, [](Tx& tx) { return tx.first(Query<EventReceipt>()); });
        if (receipt && receipt->reason == DropReason::in_maintenance)
            return "Nothing happens: the service is in maintenance.";
        auto alert = store_.read(now_, [](Tx& tx) { return tx.first(Query<Alert>()); });
        if (alert && alert->placement_note) return *alert->placement_note;
        return "No incident opens.";
    }

    const SimulationInput& input_;
    Desk desk_;
    Store store_;
    Engine engine_;
    Service service_;
    Timestamp now_;
    std::vector<SupposedAnswer> answers_;
    std::size_t answered_ = 0;
    std::vector<SimulatedPage> pages_;
    bool cut_off_ = false;
};

}  // namespace

Result<Simulation> simulate(Tx& tx, const SimulationInput& input) {
    if (input.horizon <= Duration{0} || input.horizon > simulation_horizon_max)
        return errors::invalid_input("The simulation takes from 1 second to 30 days");
    if (input.answers.size() > supposed_answers_max)
        return errors::invalid_input(fmt::format("At most {} answers can be supposed", supposed_answers_max));
    for (const auto& answer : input.answers)
        if (answer.after < Duration{0}) return errors::invalid_input("Nobody answers before the beginning");
    TRY(auto config, configuration_of(tx, input));
    return Stage(std::move(config), input).play();
}

std::optional<Timestamp> moment_of(std::string_view text, const Zone& zone) {
    auto parsed = parse_iso8601(text);
    if (!parsed) return std::nullopt;
    if (parsed->offset_given) return parsed->at;
    return zone.to_instant(LocalTime{parsed->at.time_since_epoch()});
}

std::string masked(ContactMethodType type, const std::string& address) {
    constexpr std::string_view dots = "•••";
    if (type == ContactMethodType::email_contact_method) {
        auto at = address.rfind('@');
        if (at == std::string::npos || at == 0) return std::string{dots};
        return address.substr(0, 1) + std::string{dots} + address.substr(at);
    }
    if (type == ContactMethodType::push_notification_contact_method) return std::string{dots};
    constexpr std::size_t shown = 4;
    return std::string{dots} + (address.size() > shown ? address.substr(address.size() - shown) : std::string{});
}

}  // namespace callboard
