#include "app/simulate.h"

#include "app/engine.h"
#include "app/ingest.h"
#include "app/simulation_config.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard {

namespace {

/// Far more than any policy takes within the horizon: a stop for what no one foresaw.
constexpr int turns_max = 20'000;
const std::string simulation_key(routing_key_length, 's');

/// A store in memory with this configuration, on which time passes as we like.
class Stage {
public:
    Stage(SimulationConfig config, const SimulationInput& input)
        : input_(input), ruled_(std::move(config.ruled)), store_({.path = ":memory:", .writer_cache_kib = 8'192}),
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
        result.service = input_.policy ? ServiceId{} : service_.id;
        trigger();
        pass_time();
        auto incident = newest();
        result.outcome = outcome(incident);
        result.pages = std::move(pages_);
        result.remarks = std::move(remarks_);
        result.ended_at = now_;
        result.cut_off = cut_off_;
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

    void copy(SimulationConfig& config) {
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
            for (auto& row : config.rules) {
                // One of the past has no id any more.
                if (!row.id) row.id = tx.new_id<NotificationRuleId>();
                tx.insert(row);
            }
            for (const auto& row : config.priorities) tx.insert(row);
            if (config.orchestration) tx.insert(*config.orchestration);
            for (const auto& row : config.windows) tx.insert(row);
            for (const auto& [counter, taken] : config.turns) tx.set_last_number(counter, taken);
            if (config.grouping) tx.insert(*config.grouping);
            for (const auto& policy : config.policies) tx.insert(policy);
            if (!config.service->id) config.service->id = tx.new_id<ServiceId>();
            tx.insert(*config.service);
            Integration integration;
            integration.id = tx.new_id<IntegrationId>();
            integration.service = config.service->id;
            integration.integration_key = simulation_key;
            tx.insert(integration);
        });
        service_ = std::move(*config.service);
    }

    [[nodiscard]] Event event() const {
        Event event;
        if (ruled_) {
            event = ruled_->event;
            // Fields of incidents tell nobody anything, and are not copied.
            if (event.orders) event.orders->fields.clear();
        } else if (input_.event) {
            event = *input_.event;
        } else {
            event.summary = "Simulation";
            event.severity = input_.severity;
            event.document = "{}";
        }
        event.routing_key = simulation_key;
        event.dedup_key = "simulation";
        return event;
    }

    void trigger() {
        auto accepted = store_.decide(now_, [&](Tx& tx) { return accept_event(tx, desk_, {}, event()); });
        ASSERT(accepted.ok(), "the first event of a key is never refused");
        if (!ruled_) return;
        // What the rules did is kept beside the alert, where stories look for it.
        decide(now_, [&](Tx& tx) {
            auto record = ruled_->record;
            record.id = tx.new_id<OrchestratedEventId>();
            if (auto alert = tx.first(Query<Alert>())) record.alert = alert->id;
            record.created_at = now_;
            tx.insert(record);
        });
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
        SimulatedPage told{now_, page.user, page.type, masked(page.type, page.to), reason_of(page)};
        bool is_carried = find_carrier(told);
        if (page.purpose == NotificationPurpose::page) pages_.push_back(told);
        decide(now_, [&](Tx& tx) {
            auto kind = is_carried ? PageOutcome::Kind::sent : PageOutcome::Kind::refused;
            record_outcome(tx, desk_, page, {.kind = kind, .provider = "simulation", .detail = told.problem});
        });
    }

    /// By mail where nobody carries what was wanted, as daemon/carrier.cpp does. False when nobody carries mail either.
    bool find_carrier(SimulatedPage& told) {
        if (!input_.channels || has_channel(told.type)) return true;
        auto way = way_in_words(told.type);
        if (!has_channel(ContactMethodType::email_contact_method)) {
            told.problem = fmt::format("Nothing is configured to tell by {}: it would not be sent.", way);
            remark(fmt::format("Nothing is configured to tell by {}: nobody is told by it.", way));
            return false;
        }
        remark(fmt::format("Nothing is configured to tell by {}: e-mail is sent instead.", way));
        auto user = store_.read(now_, [&](Tx& tx) { return tx.find<User>(told.user); });
        told.type = ContactMethodType::email_contact_method;
        told.to = masked(told.type, user ? user->email : std::string{});
        return true;
    }

    [[nodiscard]] bool has_channel(ContactMethodType type) const {
        // Text messages tell of numbers of WhatsApp too.
        if (type == ContactMethodType::whatsapp_contact_method) type = ContactMethodType::sms_contact_method;
        return std::ranges::find(*input_.channels, channel_name(type)) != input_.channels->end();
    }

    void remark(std::string sentence) {
        if (std::ranges::find(remarks_, sentence) == remarks_.end()) remarks_.push_back(std::move(sentence));
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
        if (incident->status == IncidentStatus::acknowledged)
            return incident->unacknowledge_at ? "Acknowledged; nobody else is told until the acknowledgement runs out."
                                              : "Acknowledged; nobody else is told.";
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
    std::optional<RuledEvent> ruled_;
    Desk desk_;
    Store store_;
    Engine engine_;
    Service service_;
    Timestamp now_;
    std::vector<SupposedAnswer> answers_;
    std::size_t answered_ = 0;
    std::vector<SimulatedPage> pages_;
    std::vector<std::string> remarks_;
    bool cut_off_ = false;
};

/// The rules end it before a service hears of it.
Simulation ended_by_rules(const RuledEvent& ruled, const SimulationInput& input) {
    Simulation result;
    result.ended_at = input.at;
    if (ruled.disposition != Disposition::drop) {
        result.outcome = "Nothing happens: no rule leads the event to a service.";
        return result;
    }
    const auto& decisions = ruled.record.decisions;
    auto rule = decisions.empty() || decisions.back().rule.empty()
                    ? std::string{"catch-all"}
                    : decisions.back().label.value_or(decisions.back().rule);
    result.outcome = fmt::format("Nothing happens: the rule \"{}\" drops the event.", rule);
    return result;
}

}  // namespace

Result<Simulation> simulate(Tx& tx, const SimulationInput& input) {
    if (input.horizon <= Duration{0} || input.horizon > simulation_horizon_max)
        return errors::invalid_input("The simulation takes from 1 second to 30 days");
    if (input.answers.size() > supposed_answers_max)
        return errors::invalid_input(fmt::format("At most {} answers can be supposed", supposed_answers_max));
    for (const auto& answer : input.answers)
        if (answer.after < Duration{0}) return errors::invalid_input("Nobody answers before the beginning");
    TRY(auto config, simulation_config(tx, input));
    auto remarks = std::move(config.remarks);
    auto result = config.service ? Stage(std::move(config), input).play() : ended_by_rules(*config.ruled, input);
    result.remarks.insert(result.remarks.begin(), remarks.begin(), remarks.end());
    return result;
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
