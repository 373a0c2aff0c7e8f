#pragma once
// The small world a scenario plays in: the whole application on an in-memory store, on a clock that only the
// scenario moves. Objects are known by the names the scenario gives them.

#include "app/engine.h"
#include "app/ingest.h"
#include "app/page_message.h"
#include "app/responders.h"
#include "app/story.h"
#include "domain/event/orchestration.h"
#include "domain/schedule/schedule.h"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace callboard::scenario {

class World {
public:
    World();

    void set_start(Timestamp start) { now_ = start; }

    [[nodiscard]] Timestamp now() const { return now_; }

    void add_user(const std::string& name, Role role = Role::user);

    struct Level {
        Duration delay{0};
        std::vector<std::string> targets;
        /// They take turns.
        bool round_robin = false;
    };

    /// One that is there already is changed.
    void add_policy(const std::string& name, const std::vector<Level>& levels, int repeats);

    /// People take turns of `turn`, starting now, inside the restrictions.
    struct LayerSketch {
        Duration turn{0};
        std::vector<Restriction> restrictions;
        std::vector<std::string> people;
    };

    /// A schedule of one layer.
    void add_schedule(const std::string& name, const std::string& zone, const LayerSketch& layer);
    /// On top of those that it has.
    void add_layer(const std::string& schedule, const LayerSketch& layer);
    /// So long ago, or now.
    std::vector<std::string> on_call(const std::string& schedule, Duration ago);
    /// Its layers end now: nobody is on call by it from then on.
    void vacate(const std::string& schedule);
    void add_override(const std::string& schedule, const std::string& user, Duration begin, Duration length);

    /// The newest override of the schedule ends now.
    void end_override(const std::string& schedule);
    /// Shifts of a day for each of the people in turn, or for all of them at once.
    void add_shift_schedule(const std::string& name,
                            const std::string& zone,
                            ShiftStrategy strategy,
                            const std::vector<std::string>& people);

    struct ServiceOptions {
        std::optional<Duration> auto_resolve;
        std::optional<Duration> ack_timeout;
        RuleUrgency urgency = RuleUrgency::high;
        AlertCreation alert_creation = AlertCreation::create_alerts_and_incidents;
        /// New alerts are held this long.
        std::optional<Duration> pause;
        /// Monday to Friday; high urgency inside, low outside, and what is open rises when they begin.
        std::optional<SupportHours> support_hours;
    };

    void add_service(const std::string& name, const std::string& policy, const ServiceOptions& options);
    void disable_service(const std::string& name, bool disabled);
    /// Adds a rule to the end of the service's orchestration: what it does to events for which `condition`, in PCL,
    /// holds.
    void add_event_rule(const std::string& service, const std::string& condition, RuleActions actions);
    [[nodiscard]] EscalationPolicyId policy_id(const std::string& name) const;
    /// These services group by `setting` from now on.
    void group(AlertGroupingSetting setting, const std::vector<std::string>& services);
    void add_maintenance(const std::string& service, Duration length);

    /// The error's first sentence, or nothing.
    std::string send(const std::string& service, EventAction action, const std::string& key, Severity severity);

    struct Message {
        Severity severity = Severity::critical;
        /// The key where there is none.
        std::string summary;
        /// Of custom_details and beside it.
        std::string document = "{}";
        std::optional<std::string> suppressed_by;
    };

    std::string send(const std::string& service, EventAction action, const std::string& key, const Message& message);

    enum class Deed { acknowledge, resolve, snooze, reassign, escalate, urgency_high, urgency_low, reopen };
    /// On the newest incident of a service. `argument`: a user for reassign, a level for escalate. Empty, or the
    /// error's message.
    std::string
    act(Deed deed, const std::string& service, const std::string& user, const std::string& argument, Duration length);

    /// Asks people and policies to help with the newest incident. Empty, or the error's message.
    std::string ask(const std::string& user, const std::string& service, const std::vector<std::string>& targets);
    std::string withdraw(const std::string& user, const std::string& service, const std::vector<std::string>& targets);
    std::string reply(const std::string& user, const std::string& service, ResponderReply reply);
    std::optional<ResponderState> responder(const Incident& incident, const std::string& user);

    void add_heartbeat(const std::string& name, const std::string& service, Duration interval, Duration grace);
    void beat(const std::string& name);

    /// Lets time pass, stopping wherever something falls due.
    void pass(Duration length);

    /// A contact method beside the e-mail address that everybody has, with its own rules.
    void add_rule(const std::string& user, ContactMethodType type, Urgency urgency, int delay_minutes);
    void remove_rules(const std::string& user);
    /// Of the first provider alone, or of all of this way.
    enum class Extent { first, all };
    void set_outage(ContactMethodType type, bool out_of_order, Extent extent = Extent::all);
    /// A crash: what becomes of the page that leaves now is never recorded, and the server starts again.
    void crash_while_sending();

    /// A code is sent to this contact method.
    std::string ask_for_code(const std::string& user, ContactMethodType type);
    /// The newest that was sent, or another. Empty, or the error's message.
    std::string enter_code(const std::string& user, ContactMethodType type, bool right);
    bool is_proven(const std::string& user, ContactMethodType type);
    /// They are told by this way that they go on or off call, so long before.
    void add_handoff_rule(const std::string& user, ContactMethodType type, HandoffType kind, Duration advance);
    /// The link of the newest page by mail, as it is or with another signature. Empty, or what is wrong.
    std::string follow_link(const std::string& user, PageAction action, bool forged);

    /// Somebody hears of these events of a service, or of the account.
    void add_hook(const std::string& name, const std::string& service, const std::vector<std::string>& events);
    /// What the receiver does with what it is sent.
    enum class Receiver { takes, fails, refuses };

    void set_receiver(const std::string& hook, Receiver receiver) { receivers_[hook] = receiver; }

    void enable_hook(const std::string& name);

    struct SentHook {
        std::string hook;
        WebhookDelivery delivery;
    };

    /// What this receiver took since the last time this was asked.
    std::vector<SentHook> take_hooks(const std::string& name);

    /// What every receiver took.
    [[nodiscard]] const std::vector<SentHook>& hooks_sent() const { return hooks_sent_; }

    struct SentPage {
        Timestamp at;
        Page page;
        /// The place of the provider who took it.
        int place = 0;
    };

    /// Pages since the last time this was asked.
    std::vector<SentPage> take_pages() { return std::exchange(pages_, {}); }

    // Looking. An incident is the newest of a service.
    std::optional<Incident> incident(const std::string& service);
    std::vector<Incident> incidents(const std::string& service);
    std::vector<LogEntry> log(const Incident& incident);
    std::vector<Alert> alerts(const Incident& incident);
    /// Those of all services too, by id.
    std::vector<Alert> all_alerts();
    std::vector<Incident> all_incidents();
    /// The newest alert of a service with this key.
    std::optional<Alert> alert(const std::string& service, const std::string& key);
    /// Puts that alert into the newest incident of the service. Empty, or the error's message.
    std::string move_alert(const std::string& user, const std::string& service, const std::string& key);
    /// Reads the writer's memory from the store again and takes up what was interrupted, as after a restart.
    void restart();

    /// What goes wrong while time passes.
    struct Faults {
        /// Another engine decides at the same time: both have seen what is due, and this says whose turn it is and when
        /// what leaves has arrived. Absent: there is one.
        std::function<bool()> two_engines = {};
        /// What a channel said never arrives: the server ended in between.
        bool lost_outcomes = false;
        /// Asked between two steps of what leaves. When it says so the server ends there and starts again: what leaves
        /// now, and all that was to leave with it, is gone. Absent: it never ends.
        std::function<bool()> crashes = {};
    };

    void set_faults(Faults faults) { faults_ = faults; }

    /// The clock moves, and nobody looked in between.
    void jump(Duration length) { now_ += length; }

    /// The clock was ahead by as much, and is set right.
    void set_back(Duration by);

    [[nodiscard]] bool was_set_back() const { return was_set_back_; }

    std::vector<Due> all_due();
    std::vector<Notification> waiting_notifications();

    /// An incident in a message, and the message.
    struct Mention {
        NotifiedIncident told;
        Notification message;
    };

    std::vector<Mention> mentions(const Incident& incident);
    std::vector<Responder> responders(const Incident& incident);
    /// What decided whether the user was told.
    PersonReason why(const Incident& incident, const std::string& user);
    std::string name_of(UserId user) const;
    /// How many log entries exist at all: what "nothing happens" compares.
    std::int64_t entries();
    std::int64_t receipts(DropReason reason);
    /// Of any reason.
    std::int64_t receipts();

private:
    template <class F>
    auto decide(F f);
    EscalationTarget target(const std::string& name) const;
    void deliver(Page page);
    void deliver(const HookCall& call);
    [[nodiscard]] ContactMethod method_of(const std::string& user, ContactMethodType type);
    [[nodiscard]] ScheduleLayer layer_of(Tx& tx, const LayerSketch& sketch) const;
    void run_two_engines();
    /// The server has ended before this step.
    [[nodiscard]] bool is_gone();
    void send_on(Outgoing outgoing);
    void arrive();
    [[nodiscard]] bool is_needed(UserId user, IncidentId incident);
    std::vector<AskedTarget> asked(const std::vector<std::string>& names) const;
    UserId user(const std::string& name) const;
    ServiceId service(const std::string& name) const;

    Desk desk_;
    Store store_;
    Engine engine_;
    Timestamp now_;
    bool was_set_back_ = false;
    std::vector<SentPage> pages_;
    Faults faults_;
    /// How many of the two providers of a way are out of order.
    std::map<ContactMethodType, int> outages_;
    PageLinks links_;
    std::map<UserId, PageMessage> newest_mail_;
    std::map<std::string, WebhookSubscriptionId> hooks_;
    std::map<std::string, Receiver> receivers_;
    std::vector<SentHook> hooks_sent_;
    /// Has left, and has not arrived.
    std::deque<Outgoing> in_flight_;
    /// It has ended, and has not started again.
    bool has_ended_ = false;
    std::set<NotificationId> told_;
    std::map<std::string, UserId> users_;
    std::map<std::string, ScheduleId> schedules_;
    std::map<std::string, EscalationPolicyId> policies_;
    std::map<std::string, ServiceId> services_;
    std::map<std::string, std::string> keys_;
    std::map<std::string, std::string> heartbeats_;
};

}  // namespace callboard::scenario
