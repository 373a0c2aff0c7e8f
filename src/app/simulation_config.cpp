#include "app/simulation_config.h"

#include "app/rule_history.h"
#include "storage/unreadable.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace callboard {

namespace {

constexpr std::size_t names_said_max = 10;

/// "Ann, Ben and 3 more".
std::string list_of(const std::vector<std::string>& names) {
    std::string out;
    for (std::size_t i = 0; i < names.size() && i < names_said_max; ++i) out += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > names_said_max) out += fmt::format(" and {} more", names.size() - names_said_max);
    return out;
}

class Gatherer {
public:
    Gatherer(Tx& tx, const SimulationInput& input) : tx_(tx), input_(input) {}

    Result<SimulationConfig> gather() {
        CHECK_OK(check_subject());
        CHECK_OK(take_service());
        if (config_.service) {
            CHECK_OK(take_policies());
            CHECK_OK(take_people());
        }
        if (!without_rules_.empty())
            config_.remarks.push_back(
                fmt::format("How {} wanted to be told at that moment was not kept: it is as they want it now.",
                            list_of(without_rules_)));
        return std::move(config_);
    }

private:
    [[nodiscard]] bool is_past() const { return input_.at < tx_.now(); }

    /// Absent when it was not there at that moment.
    template <class T>
    std::optional<T> as_it_was(decltype(T::id) id) {
        if (!is_past()) return tx_.find<T>(id);
        auto row = tx_.as_of<T>(id, input_.at);
        if constexpr (requires(T one) { one.deleted_at; })
            if (row && row->deleted_at) row.reset();
        return row;
    }

    Result<void> check_subject() const {
        int subjects =
            int{input_.service.has_value()} + int{input_.policy.has_value()} + int{input_.orchestration.has_value()};
        if (subjects != 1)
            return errors::invalid_input("Give one of a service, an escalation policy and an event orchestration");
        if (input_.orchestration && !input_.event)
            return errors::invalid_input("An event orchestration is asked about an event");
        if (input_.policy && input_.event) return errors::invalid_input("An escalation policy takes no events");
        if (input_.event && input_.event->action != EventAction::trigger)
            return errors::invalid_input("A simulation begins with an event that triggers");
        return {};
    }

    Result<void> take_service() {
        if (input_.policy) {
            auto& service = config_.service.emplace();
            service.name = "Simulation";
            service.escalation_policy = *input_.policy;
            service.incident_urgency_rule.urgency = RuleUrgency::high;
        } else {
            auto id = input_.service;
            if (input_.event) {
                CHECK_OK(ask_rules());
                if (config_.ruled) id = service_of_rules();
            }
            if (!id) return {};
            if (id != input_.service && input_.may_use && !input_.may_use(*id))
                return errors::forbidden("Rules lead the event to a service that you may not see");
            config_.service = as_it_was<Service>(*id);
            if (!config_.service) return errors::invalid_input("Service not found, or not there at that moment");
            take_what_belongs_to(*config_.service);
        }
        if (input_.urgency) {
            config_.service->incident_urgency_rule = {};
            config_.service->incident_urgency_rule.urgency =
                *input_.urgency == Urgency::high ? RuleUrgency::high : RuleUrgency::low;
        }
        return {};
    }

    /// The same rules and the same pass as of a real event, at the moment that is asked about.
    Result<void> ask_rules() {
        Tx then(tx_.connection(), input_.at, nullptr);
        RuleBook book(is_past() ? std::optional{input_.at} : std::nullopt);
        RuleSources sources;
        sources.service = input_.service;
        sources.of_service = [&](ServiceId id) -> const ServiceRules* {
            return input_.may_use && !input_.may_use(id) ? nullptr : book.of_service(then, id);
        };
        if (input_.orchestration) {
            sources.orchestration = book.of_orchestration(then, *input_.orchestration);
            if (!sources.orchestration || sources.orchestration->orchestration.created_at > input_.at)
                return errors::invalid_input("Event orchestration not found, or not there at that moment");
            config_.orchestration = sources.orchestration->orchestration;
        } else if (!sources.of_service(*input_.service)) {
            return {};
        }
        config_.ruled = apply_rules(then, sources, *input_.event);
        if (is_past())
            config_.remarks.emplace_back(
                "What event rules remembered at that moment was not kept: cache variables are those of now.");
        return {};
    }

    [[nodiscard]] std::optional<ServiceId> service_of_rules() const {
        return config_.ruled->disposition == Disposition::drop ? std::nullopt : config_.ruled->service;
    }

    void take_what_belongs_to(Service& service) {
        for (auto& window : tx_.list(Query<MaintenanceWindow>()))
            if (std::ranges::find(window.services, service.id) != window.services.end())
                config_.windows.push_back(std::move(window));
        if (service.alert_grouping_setting)
            config_.grouping = as_it_was<AlertGroupingSetting>(*service.alert_grouping_setting);
        if (!config_.grouping) service.alert_grouping_setting.reset();
        config_.priorities = tx_.list(Query<Priority>());
    }

    Result<void> take_policies() {
        if (input_.draft) {
            add_policy(*input_.draft);
            return {};
        }
        auto policy = as_it_was<EscalationPolicy>(config_.service->escalation_policy);
        if (!policy) return errors::invalid_input("Escalation policy not found, or not there at that moment");
        CHECK_OK(add_seen_policy(std::move(*policy)));
        const auto* orders = config_.ruled && config_.ruled->event.orders ? &*config_.ruled->event.orders : nullptr;
        if (!orders || !orders->escalation_policy || orders->escalation_policy == config_.policies.front().id)
            return {};
        auto ordered = as_it_was<EscalationPolicy>(*orders->escalation_policy);
        return ordered ? add_seen_policy(std::move(*ordered)) : Result<void>{};
    }

    /// It was another team's then, or rules order one of a team that is hidden.
    Result<void> add_seen_policy(EscalationPolicy policy) {
        if (input_.may_see && !input_.may_see(policy))
            return errors::forbidden("It would follow an escalation policy that you may not see");
        add_policy(std::move(policy));
        return {};
    }

    void add_policy(EscalationPolicy policy) {
        for (const auto& rule : policy.escalation_rules) {
            if (rule.strategy == AssignmentStrategy::round_robin) add_turns(rule.id);
            for (const auto& target : rule.targets) {
                if (target.type == TargetType::user)
                    add_user(UserId{target.id});
                else
                    add_schedule(ScheduleId{target.id});
            }
        }
        config_.policies.push_back(std::move(policy));
    }

    void add_turns(EscalationRuleId rule) {
        auto then = is_past() ? turns_taken_at(tx_, rule, input_.at) : std::nullopt;
        config_.turns[turns_of(rule)] = then.value_or(tx_.last_number(turns_of(rule)));
        if (then || !is_past() || turns_said_) return;
        turns_said_ = true;
        config_.remarks.emplace_back("Whose turn it was at that moment was not kept: it is taken from now.");
    }

    /// One that cannot be read yields nobody, as in earnest.
    void add_schedule(ScheduleId id) {
        std::optional<ScheduleInTime> schedule;
        try {
            schedule = load_schedule(tx_, id, input_.at);
        } catch (const UnreadableRow&) {
            config_.remarks.emplace_back("A schedule cannot be read: nobody is on call by it.");
        }
        if (!schedule || !schedules_.insert(id.value).second) return;
        for (const auto& version : schedule->versions)
            for (auto user : people_of(version.object)) add_user(UserId{user});
        for (const auto& shift : schedule->custom_shifts) {
            add_user(UserId{shift.member});
            config_.custom_shifts.push_back(shift);
        }
        for (const auto& row : schedule->shift_overrides) {
            add_user(UserId{row.overriding_member});
            config_.shift_overrides.push_back(row);
        }
        for (const auto& row : tx_.list(Query<ScheduleOverride>().where(&ScheduleOverride::schedule, id))) {
            if (row.end <= input_.at) continue;
            add_user(row.user);
            config_.overrides.push_back(row);
        }
        config_.schedules.push_back(std::move(*schedule));
    }

    Result<void> take_people() {
        for (const auto& answer : input_.answers) add_user(answer.user);
        // They are told when nobody is on call.
        for (const auto& user : tx_.list(Query<User>().where_in(&User::role, std::vector{Role::owner, Role::admin})))
            add_user(user.id);
        for (const auto& answer : input_.answers)
            if (std::ranges::none_of(config_.users, [&](const User& user) { return user.id == answer.user; }))
                return errors::invalid_input("Somebody who answers is unknown");
        return {};
    }

    void add_user(UserId id) {
        if (!people_.insert(id.value).second) return;
        auto user = tx_.find_even_deleted<User>(id);
        if (!user || (user->deleted_at && *user->deleted_at <= input_.at)) return;
        // Of now and later nobody can be known to have been deleted since.
        if (user->deleted_at && !is_past()) return;
        user->deleted_at.reset();
        add_ways(*user);
        config_.users.push_back(std::move(*user));
    }

    void add_ways(const User& user) {
        auto then = is_past() ? rules_at(tx_, user.id, input_.at) : std::nullopt;
        if (is_past() && !then) without_rules_.push_back(user.name);
        if (!then)
            then = RulesThen{tx_.list(Query<ContactMethod>().where(&ContactMethod::user, user.id)),
                             tx_.list(Query<NotificationRule>().where(&NotificationRule::user, user.id))};
        for (auto& method : then->methods) config_.methods.push_back(std::move(method));
        for (auto& rule : then->rules) config_.rules.push_back(rule);
    }

    Tx& tx_;
    const SimulationInput& input_;
    SimulationConfig config_;
    std::set<std::int64_t> people_;
    std::set<std::int64_t> schedules_;
    std::vector<std::string> without_rules_;
    bool turns_said_ = false;
};

}  // namespace

Result<SimulationConfig> simulation_config(Tx& tx, const SimulationInput& input) {
    return Gatherer(tx, input).gather();
}

}  // namespace callboard
