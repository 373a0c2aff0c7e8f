#include "domain/incident/lifecycle.h"

#include <algorithm>

#include <doctest/doctest.h>

namespace callboard {

namespace {

constexpr UserId ann{1};
constexpr UserId bob{2};
const Timestamp start = std::chrono::sys_days{std::chrono::year{2026} / 3 / 29};

struct Story {
    EscalationPolicy policy;
    OnCallByLevel on_call{{ann}, {bob}};
    Service service;
    IncidentChange change;
    Timestamp changes_at = Timestamp::max();

    Story() {
        policy.id = EscalationPolicyId{7};
        policy.escalation_rules = {{EscalationRuleId{1}, 5, {}, {}}, {EscalationRuleId{2}, 10, {}, {}}};
        service.id = ServiceId{3};
        service.auto_resolve_timeout = 14'400;
        service.acknowledgement_timeout = 1'800;
        change.incident.service = service.id;
    }

    EscalationInput escalation() { return {policy, on_call, {}, nullptr, changes_at}; }

    static Act by(Agent agent, Duration after) { return {agent, Channel::api, start + after}; }

    void open_now() { open(change, service, escalation(), by(agent_of(service.id), Duration{0})); }

    /// Time passes for people who have been told and have no more rules.
    void pass(Duration after) {
        change.entries.clear();
        change.incident.notify_at.reset();
        pass_time(change, service, escalation(), by(agent_of(service.id), after));
    }

    [[nodiscard]] bool logged(LogEntryType type) const {
        return std::ranges::any_of(change.entries, [&](const LogEntry& e) { return e.type == type; });
    }

    [[nodiscard]] std::vector<UserId> assignees() const {
        std::vector<UserId> users;
        for (const auto& a : change.incident.assignments) users.push_back(a.assignee);
        return users;
    }
};

}  // namespace

TEST_CASE("a new incident is assigned to the first level and says what comes next") {
    Story story;

    story.open_now();

    CHECK(story.assignees() == std::vector{ann});
    CHECK(story.change.incident.escalate_at == start + minutes{5});
    CHECK(story.change.incident.resolve_at == start + hours{4});
    CHECK(story.logged(LogEntryType::assign));
}

TEST_CASE("what of a level cannot be read is logged when the level's turn comes, and the others of it are told") {
    Story story;
    std::multimap<int, std::string> unreadable{{2, "The schedule Primary cannot be read: nobody is on call by it."}};
    auto escalation = story.escalation();
    escalation.unreadable = &unreadable;
    auto said = [&] {
        return std::ranges::count_if(story.change.entries, [](const LogEntry& e) {
            return e.note && e.note->starts_with("Level 2: The schedule");
        });
    };

    open(story.change, story.service, escalation, Story::by(agent_of(story.service.id), Duration{0}));
    CHECK(said() == 0);
    escalate_by_timeout(story.change, escalation, Story::by(agent_of(story.service.id), minutes{5}));

    CHECK(said() == 1);
    CHECK(story.assignees() == std::vector{bob});
}

TEST_CASE("an unacknowledged incident moves to the next level after the rule's delay") {
    Story story;
    story.open_now();

    story.pass(minutes{5});

    CHECK(story.assignees() == std::vector{bob});
    CHECK(story.change.incident.escalation_level == 2);
    CHECK(story.change.incident.escalate_at == start + minutes{15});
    CHECK(story.logged(LogEntryType::escalate));
}

TEST_CASE("people are told from when an incident becomes theirs, and no more once it is acknowledged") {
    Story story;
    story.open_now();
    CHECK(story.change.incident.notify_at == start);
    CHECK(story.change.incident.notify_from == start);

    story.pass(minutes{5});
    CHECK(story.change.incident.notify_at == start + minutes{5});
    CHECK(acknowledge(story.change, story.service, Story::by(agent_of(bob), minutes{6})).ok());
    CHECK_FALSE(story.change.incident.notify_at);

    unacknowledge(story.change, story.service, story.escalation(), Story::by(agent_of(bob), minutes{9}));
    CHECK(story.change.incident.notify_at == start + minutes{9});
    CHECK(resolve(story.change, std::nullopt, Story::by(agent_of(bob), minutes{10})).ok());
    CHECK_FALSE(story.change.incident.notify_at);
}

TEST_CASE("an acknowledgement that is given back by hand starts the level's time anew, and the log says by whom") {
    Story story;
    story.open_now();
    CHECK(acknowledge(story.change, story.service, Story::by(agent_of(bob), minutes{4})).ok());

    unacknowledge(story.change, story.service, story.escalation(), Story::by(agent_of(bob), minutes{5}));

    const auto& incident = story.change.incident;
    CHECK(incident.status == IncidentStatus::triggered);
    CHECK(incident.acknowledgements.empty());
    CHECK(incident.escalation_level == 1);
    CHECK(incident.escalate_at == start + minutes{10});
    CHECK_FALSE(incident.unacknowledge_at);
    CHECK(story.change.entries.back().type == LogEntryType::unacknowledge);
    CHECK(story.change.entries.back().agent == agent_of(bob));
}

TEST_CASE("an incident that became nobody's tells nobody") {
    Story story;
    story.on_call = {{}, {}};

    story.open_now();

    CHECK_FALSE(story.change.incident.notify_at);
}

TEST_CASE("a level that takes turns assigns the next of its people") {
    Story story;
    story.on_call = {{ann, bob}, {bob}};
    story.policy.escalation_rules[0].strategy = AssignmentStrategy::round_robin;
    std::vector<UserId> assigned;
    std::int64_t turns = 0;
    auto turn = [&turns](EscalationRuleId) { return turns++; };
    for (int i = 0; i < 3; ++i) {
        IncidentChange change;
        open(change,
             story.service,
             {story.policy, story.on_call, turn},
             Story::by(agent_of(story.service.id), Duration{0}));
        REQUIRE(change.incident.assignments.size() == 1);
        assigned.push_back(change.incident.assignments.front().assignee);
    }
    CHECK(assigned == std::vector{ann, bob, ann});
}

TEST_CASE("a policy that loses its people while an incident is assigned says so once, and begins anew with the next") {
    Story story;
    story.policy.num_loops = 2;
    story.open_now();
    story.on_call = {{}, {}};

    story.pass(minutes{5});
    CHECK(story.logged(LogEntryType::exhaust_escalation_path));
    CHECK(story.assignees() == std::vector{ann});
    for (int look = 2; look < 6; ++look) {
        story.pass(minutes{5 * look});
        CHECK(story.change.entries.empty());
    }

    story.on_call = {{bob}, {}};
    story.pass(minutes{30});
    CHECK(story.assignees() == std::vector{bob});
    CHECK(story.change.incident.escalation_level == 1);
}

TEST_CASE("looking again for somebody while nobody is on call is logged once") {
    Story story;
    story.on_call = {{}, {}};
    story.open_now();
    CHECK(story.logged(LogEntryType::exhaust_escalation_path));

    story.pass(minutes{1});

    CHECK(story.change.entries.empty());
    CHECK(story.change.incident.escalate_at == start + minutes{2});
    story.on_call = {{}, {bob}};
    story.pass(minutes{2});
    CHECK(story.assignees() == std::vector{bob});
}

TEST_CASE("a low-urgency incident becomes high when the support hours begin") {
    Story story;
    story.service.incident_urgency_rule.type = UrgencyRuleType::use_support_hours;
    story.service.support_hours = SupportHours{"UTC", {1, 2, 3, 4, 5}, 9 * 3'600, 17 * 3'600};
    story.service.scheduled_actions = {ScheduledAction{}};
    story.service.auto_resolve_timeout.reset();
    story.change.incident.urgency = Urgency::low;
    story.open_now();  // A Sunday.
    auto begin = hours{24 + 9};
    CHECK(story.change.incident.urgency_change_at == start + begin);

    story.pass(begin);

    CHECK(story.change.incident.urgency == Urgency::high);
    CHECK(story.change.incident.notify_at == start + begin);
    CHECK(story.change.incident.escalate_at == start + begin + minutes{5});
}

TEST_CASE("a reopened low-urgency incident becomes high when the support hours begin") {
    Story story;
    story.service.incident_urgency_rule.type = UrgencyRuleType::use_support_hours;
    story.service.support_hours = SupportHours{"UTC", {1, 2, 3, 4, 5}, 9 * 3'600, 17 * 3'600};
    story.service.scheduled_actions = {ScheduledAction{}};
    story.service.auto_resolve_timeout.reset();
    story.change.incident.urgency = Urgency::low;
    story.open_now();  // A Sunday.
    CHECK(resolve(story.change, std::nullopt, Story::by(agent_of(ann), minutes{1})).ok());
    CHECK_FALSE(story.change.incident.urgency_change_at);

    reopen(story.change, story.service, story.escalation(), Story::by(agent_of(ann), minutes{2}));

    auto begin = hours{24 + 9};
    CHECK(story.change.incident.urgency_change_at == start + begin);
    story.pass(begin);
    CHECK(story.change.incident.urgency == Urgency::high);
    CHECK(story.change.incident.notify_at == start + begin);
}

TEST_CASE("nothing happens before its time") {
    Story story;
    story.open_now();
    story.change.incident.notify_at.reset();
    auto before = story.change.incident;

    story.pass(minutes{5} - Duration{1});

    CHECK(story.change.incident == before);
    CHECK(story.change.entries.empty());
}

TEST_CASE("the end of the policy leaves the incident with the last users") {
    Story story;
    story.open_now();
    story.pass(minutes{5});

    story.pass(minutes{15});

    CHECK(story.logged(LogEntryType::exhaust_escalation_path));
    CHECK(story.assignees() == std::vector{bob});
    CHECK_FALSE(story.change.incident.escalate_at);
}

TEST_CASE("acknowledging stops escalation and starts the time-out") {
    Story story;
    story.open_now();

    CHECK(acknowledge(story.change, story.service, Story::by(agent_of(ann), minutes{1})).ok());

    CHECK(story.change.incident.status == IncidentStatus::acknowledged);
    CHECK_FALSE(story.change.incident.escalate_at);
    CHECK(story.change.incident.unacknowledge_at == start + minutes{31});
    CHECK(story.change.incident.resolve_at == start + hours{4} + minutes{1});
    CHECK(story.assignees() == std::vector{ann});
}

TEST_CASE("acknowledging twice by the same person changes nothing") {
    Story story;
    story.open_now();
    CHECK(acknowledge(story.change, story.service, Story::by(agent_of(ann), minutes{1})).ok());
    auto before = story.change.incident;
    story.change.entries.clear();

    CHECK(acknowledge(story.change, story.service, Story::by(agent_of(ann), minutes{2})).ok());

    CHECK(story.change.incident == before);
    CHECK(story.change.entries.empty());
}

TEST_CASE("an acknowledgement that runs out makes the incident triggered again and escalation goes on") {
    Story story;
    story.open_now();
    CHECK(acknowledge(story.change, story.service, Story::by(agent_of(ann), minutes{1})).ok());

    story.pass(minutes{31});

    CHECK(story.change.incident.status == IncidentStatus::triggered);
    CHECK(story.change.incident.acknowledgements.empty());
    CHECK(story.change.incident.escalate_at == start + minutes{36});
    CHECK(story.logged(LogEntryType::unacknowledge));
}

TEST_CASE("resolving ends everything that was pending") {
    Story story;
    story.open_now();

    CHECK(resolve(story.change, "fixed", Story::by(agent_of(ann), minutes{1})).ok());

    CHECK(story.change.incident.status == IncidentStatus::resolved);
    CHECK(story.change.incident.assignments.empty());
    CHECK_FALSE(next_due(story.change.incident));
    CHECK(story.change.entries.back().note == "fixed");
}

TEST_CASE("a resolved incident cannot be resolved or acknowledged") {
    Story story;
    story.open_now();
    CHECK(resolve(story.change, std::nullopt, Story::by(agent_of(ann), minutes{1})).ok());

    CHECK(resolve(story.change, std::nullopt, Story::by(agent_of(ann), minutes{2})).error().code == 1001);
    CHECK(acknowledge(story.change, story.service, Story::by(agent_of(ann), minutes{2})).error().code == 1001);
}

TEST_CASE("an open incident resolves by itself after the service's time-out") {
    Story story;
    story.policy.num_loops = 0;
    story.open_now();
    story.pass(minutes{5});
    story.pass(minutes{15});

    story.pass(hours{4});

    CHECK(story.change.incident.status == IncidentStatus::resolved);
    CHECK(story.logged(LogEntryType::resolve));
}

TEST_CASE("a snooze replaces the ack time-out and suspends auto-resolve") {
    Story story;
    story.open_now();
    CHECK(acknowledge(story.change, story.service, Story::by(agent_of(ann), minutes{1})).ok());

    CHECK(snooze(story.change, 3'600, Story::by(agent_of(ann), minutes{2})).ok());

    CHECK(story.change.incident.unacknowledge_at == start + minutes{62});
    CHECK_FALSE(story.change.incident.resolve_at);

    story.pass(minutes{62});

    CHECK(story.change.incident.status == IncidentStatus::triggered);
    CHECK(story.change.incident.resolve_at == start + minutes{62} + hours{4});
}

TEST_CASE("a snoozed incident that is moved by hand resolves by itself again after the service's time-out") {
    auto moved_by = [](auto move) {
        Story story;
        story.open_now();
        CHECK(acknowledge(story.change, story.service, Story::by(agent_of(ann), minutes{1})).ok());
        CHECK(snooze(story.change, 3'600, Story::by(agent_of(ann), minutes{2})).ok());
        move(story, Story::by(agent_of(bob), minutes{3}));
        return story.change.incident;
    };
    auto escalated = moved_by([](Story& story, const Act& act) {
        CHECK(escalate_to(story.change, 2, story.service, story.escalation(), act).ok());
    });
    auto assigned =
        moved_by([](Story& story, const Act& act) { assign_directly(story.change, {bob}, story.service, act); });
    auto delegated =
        moved_by([](Story& story, const Act& act) { delegate(story.change, story.service, story.escalation(), act); });
    for (const auto& incident : {escalated, assigned, delegated}) {
        CHECK(incident.status == IncidentStatus::triggered);
        CHECK_FALSE(incident.snoozed);
        CHECK_FALSE(incident.unacknowledge_at);
        CHECK(incident.resolve_at == start + minutes{3} + hours{4});
    }
}

TEST_CASE("only an acknowledged incident can be snoozed, for at most a week") {
    Story story;
    story.open_now();

    CHECK(snooze(story.change, 60, Story::by(agent_of(ann), minutes{1})).error().code == 1012);
    CHECK(snooze(story.change, 0, Story::by(agent_of(ann), minutes{1})).error().code == 1013);
    CHECK(snooze(story.change, 604'801, Story::by(agent_of(ann), minutes{1})).error().code == 1013);
}

TEST_CASE("a low-urgency incident never escalates by timer and cannot be escalated by hand") {
    Story story;
    story.change.incident.urgency = Urgency::low;

    story.open_now();

    CHECK(story.assignees() == std::vector{ann});
    CHECK_FALSE(story.change.incident.escalate_at);
    CHECK(escalate_to(story.change, 2, story.service, story.escalation(), Story::by(agent_of(ann), minutes{1}))
              .error()
              .code == 1006);
}

TEST_CASE("an incident nobody has keeps looking for somebody, whatever its urgency") {
    Story story;
    story.on_call = {{}, {}};
    story.change.incident.urgency = Urgency::low;
    story.open_now();
    CHECK(story.assignees().empty());
    CHECK(story.change.incident.escalate_at == start + minutes{1});

    story.on_call = {{ann}, {}};
    story.pass(minutes{1});

    CHECK(story.assignees() == std::vector{ann});
}

TEST_CASE("an incident nobody has goes to whom a schedule brings on call at the second they come") {
    Story story;
    story.on_call = {{}, {}};
    story.changes_at = start + seconds{17};

    story.open_now();

    CHECK(story.change.incident.escalate_at == start + seconds{17});
}

TEST_CASE("a change on call does not shorten the turn of those who have the incident") {
    Story story;
    story.changes_at = start + seconds{17};

    story.open_now();

    CHECK(story.change.incident.escalate_at == start + minutes{5});
}

TEST_CASE("an incident moved to a policy where nobody is on call leaves its people and keeps looking") {
    for (auto urgency : {Urgency::low, Urgency::high}) {
        CAPTURE(static_cast<int>(urgency));
        Story story;
        story.change.incident.urgency = urgency;
        story.open_now();
        CHECK(story.assignees() == std::vector{ann});
        story.change.entries.clear();
        story.policy.id = EscalationPolicyId{8};
        story.on_call = {{}, {}};

        delegate(story.change, story.service, story.escalation(), Story::by(agent_of(ann), minutes{1}));

        CHECK(story.assignees().empty());
        CHECK_FALSE(story.change.incident.notify_at);
        CHECK(story.change.incident.escalate_at == start + minutes{2});
        CHECK(story.logged(LogEntryType::delegate));
        CHECK(story.logged(LogEntryType::exhaust_escalation_path));
        story.pass(minutes{6});
        CHECK(story.change.entries.empty());
        story.on_call = {{}, {bob}};
        story.pass(minutes{11});
        CHECK(story.assignees() == std::vector{bob});
        CHECK(story.change.incident.notify_at == start + minutes{11});
    }
}

TEST_CASE("raising the urgency of an acknowledged incident un-acknowledges it") {
    Story story;
    story.change.incident.urgency = Urgency::low;
    story.open_now();
    CHECK(acknowledge(story.change, story.service, Story::by(agent_of(ann), minutes{1})).ok());

    change_urgency(
        story.change, Urgency::high, story.service, story.escalation(), Story::by(agent_of(bob), minutes{2}));

    CHECK(story.change.incident.status == IncidentStatus::triggered);
    CHECK(story.change.incident.escalate_at == start + minutes{7});
}

TEST_CASE("an incident assigned by hand does not escalate") {
    Story story;
    story.open_now();

    assign_directly(story.change, {bob}, story.service, Story::by(agent_of(ann), minutes{1}));

    CHECK(story.assignees() == std::vector{bob});
    CHECK(story.change.incident.assigned_via == AssignedVia::direct_assignment);
    CHECK_FALSE(story.change.incident.escalate_at);
}

TEST_CASE("what fell due while the server was down happens one step at a time") {
    Story story;
    story.open_now();

    story.pass(hours{1});

    CHECK(story.change.incident.escalation_level == 2);
    CHECK(story.change.incident.escalate_at == start + hours{1} + minutes{10});
}

}  // namespace callboard
