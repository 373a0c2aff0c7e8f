#include "domain/incident/metrics.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

const UserId ada{1};
const UserId grace{2};
const ServiceId shop{10};
const IntegrationId monitoring{20};
const auto start = parse_iso8601("2026-03-02T09:00:00Z") -> at;  // A Monday.

struct Line {
    LogEntryType type;
    Agent agent;
    Duration after;
    std::vector<UserId> users = {};
    Channel channel = Channel::website;
    std::optional<Duration> until = {};
};

/// An incident that began at `start`, with this log.
IncidentFacts incident(std::vector<Line> lines, std::optional<Duration> resolved_after = {}) {
    IncidentFacts facts;
    facts.service = shop;
    facts.created_at = start;
    if (resolved_after) facts.resolved_at = start + *resolved_after;
    for (const auto& line : lines) {
        LogFact entry{line.type, line.agent, line.channel, line.users, {}, start + line.after};
        if (line.until) entry.until = start + *line.until;
        facts.log.push_back(entry);
    }
    return facts;
}

IncidentMetrics measured(const IncidentFacts& facts, const Interruptible& interruptible = {}) {
    return measure(facts, interruptible, start + hours{24});
}

MeasuredIncident whole(IncidentFacts facts, const Interruptible& interruptible = {}) {
    auto metrics = measured(facts, interruptible);
    return {std::move(facts), std::move(metrics)};
}

MetricRow row_of(const std::vector<MeasuredIncident>& incidents, Period period = {start, start + hours{10}}) {
    std::vector<const MeasuredIncident*> pointers;
    for (const auto& one : incidents) pointers.push_back(&one);
    return summarize(pointers, period, start + hours{24});
}

}  // namespace

TEST_CASE("times run from the beginning of the incident to the first acknowledgement and to the end") {
    auto metrics = measured(incident({{LogEntryType::acknowledge, agent_of(ada), minutes{5}},
                                      {LogEntryType::acknowledge, agent_of(ada), minutes{20}},
                                      {LogEntryType::resolve, agent_of(ada), minutes{65}}},
                                     minutes{65}));

    CHECK(metrics.seconds_to_first_ack == 300);
    CHECK(metrics.seconds_to_resolve == 3'900);
    CHECK(metrics.engaged_seconds == 3'600);
    CHECK(metrics.acknowledgement_count == 2);
    CHECK(metrics.acknowledged_users == std::vector{ada});
    CHECK(metrics.resolved_by == ada);
    CHECK_FALSE(metrics.auto_resolved);
}

TEST_CASE("an open incident has no time to resolve, and engages people until now") {
    auto metrics = measured(incident({{LogEntryType::acknowledge, agent_of(ada), hours{23}}}));

    CHECK_FALSE(metrics.seconds_to_resolve);
    CHECK(metrics.engaged_seconds == 3'600);
}

TEST_CASE("mobilizing and engaging take two people") {
    auto alone = measured(incident({{LogEntryType::acknowledge, agent_of(ada), minutes{5}}}));
    auto together = measured(incident({{LogEntryType::acknowledge, agent_of(ada), minutes{5}},
                                       {LogEntryType::acknowledge, agent_of(grace), minutes{15}}}));

    CHECK_FALSE(alone.seconds_to_mobilize);
    CHECK_FALSE(alone.seconds_to_engage);
    CHECK(together.seconds_to_mobilize == 900);
    CHECK(together.seconds_to_engage == 600);
}

TEST_CASE("an incident is major by its priority or because several people acknowledged it") {
    auto by_priority = incident({});
    by_priority.top_priority = true;

    CHECK(measured(by_priority).major);
    CHECK(measured(incident({{LogEntryType::acknowledge, agent_of(ada), minutes{1}},
                             {LogEntryType::acknowledge, agent_of(grace), minutes{2}}}))
              .major);
    CHECK_FALSE(measured(incident({{LogEntryType::acknowledge, agent_of(ada), minutes{1}}})).major);
}

TEST_CASE("an incident resolved by a time-out or by an event was resolved automatically") {
    CHECK(measured(incident({{LogEntryType::resolve, agent_of(shop), minutes{1}}}, minutes{1})).auto_resolved);
    CHECK(measured(incident({{LogEntryType::resolve, agent_of(monitoring), minutes{1}}}, minutes{1})).auto_resolved);

    auto reopened = measured(incident(
        {{LogEntryType::resolve, agent_of(shop), minutes{1}}, {LogEntryType::reopen, agent_of(ada), minutes{2}}}));
    CHECK_FALSE(reopened.auto_resolved);
}

TEST_CASE("escalations are counted by who caused them, and levels passed over are none") {
    auto metrics = measured(incident({{LogEntryType::escalate, agent_of(shop), minutes{30}, {grace}, Channel::timeout},
                                      {LogEntryType::escalate, agent_of(shop), minutes{60}, {}, Channel::auto_},
                                      {LogEntryType::escalate, agent_of(ada), minutes{61}, {ada}}}));

    CHECK(metrics.timeout_escalation_count == 1);
    CHECK(metrics.manual_escalation_count == 1);
}

TEST_CASE("giving an incident to several people at once is one reassignment, the first assignment is none") {
    auto metrics = measured(incident({{LogEntryType::assign, agent_of(shop), minutes{0}, {ada}},
                                      {LogEntryType::assign, agent_of(ada), minutes{5}, {ada}},
                                      {LogEntryType::assign, agent_of(ada), minutes{5}, {grace}},
                                      {LogEntryType::delegate, agent_of(ada), minutes{9}, {grace}}}));

    CHECK(metrics.assignment_count == 3);
    CHECK(metrics.reassignment_count == 2);
    CHECK(metrics.assigned_users == std::vector{ada, grace});
}

TEST_CASE("a snooze counts until its time, or until somebody acts before") {
    auto slept = incident({{LogEntryType::snooze, agent_of(ada), minutes{0}, {}, Channel::website, hours{1}},
                           {LogEntryType::unacknowledge, agent_of(shop), hours{1}, {}, Channel::timeout}});
    auto cut_short = incident({{LogEntryType::snooze, agent_of(ada), minutes{0}, {}, Channel::website, hours{4}},
                               {LogEntryType::acknowledge, agent_of(ada), minutes{10}}});
    auto sleeping = incident({{LogEntryType::snooze, agent_of(ada), hours{23}, {}, Channel::website, hours{47}}});

    CHECK(measured(slept).snoozed_seconds == 3'600);
    CHECK(measured(cut_short).snoozed_seconds == 600);
    CHECK(measured(sleeping).snoozed_seconds == 3'600);
}

TEST_CASE("assignments of high urgency interrupt those who have more than mail") {
    Interruptible with_telephone{{ada, Zone{}}};
    auto high = incident({{LogEntryType::assign, agent_of(shop), minutes{0}, {ada}},
                          {LogEntryType::assign, agent_of(shop), minutes{0}, {grace}}});
    auto low = high;
    low.urgency = Urgency::low;

    CHECK(measured(high, with_telephone).interruptions == std::vector{Interruption{ada, start, HourClass::business}});
    CHECK(measured(low, with_telephone).interruptions.empty());
}

TEST_CASE("the same person within a minute is interrupted once") {
    auto counts = count_interruptions({{ada, start, HourClass::business},
                                       {ada, start + seconds{59}, HourClass::business},
                                       {grace, start + seconds{30}, HourClass::off},
                                       {ada, start + seconds{60}, HourClass::sleep}});

    CHECK(counts.total == 3);
    CHECK(counts.business == 1);
    CHECK(counts.off == 1);
    CHECK(counts.sleep == 1);
}

TEST_CASE("hours belong to work, to leisure or to sleep by the person's own clock") {
    struct Row {
        const char* at;
        HourClass hours;
    };

    const Row rows[] = {
        {"2026-03-02T07:59:59Z", HourClass::sleep},  // Monday
        {"2026-03-02T08:00:00Z", HourClass::business},
        {"2026-03-06T17:59:59Z", HourClass::business},  // Friday
        {"2026-03-06T18:00:00Z", HourClass::off},
        {"2026-03-06T22:00:00Z", HourClass::sleep},
        {"2026-03-07T08:00:00Z", HourClass::off},  // Saturday
        {"2026-03-08T21:59:59Z", HourClass::off},
        {"2026-03-08T22:00:00Z", HourClass::sleep},
    };
    for (const auto& row : rows) {
        CAPTURE(row.at);
        CHECK(hour_class(Zone{}, parse_iso8601(row.at)->at) == row.hours);
    }
    CHECK(hour_class(*Zone::find("Asia/Tokyo"), start) == HourClass::off);  // 18:00 there.
}

TEST_CASE("a summary of nothing has no means and was up all the time") {
    auto row = row_of({});

    CHECK(row.total_incident_count == 0);
    CHECK_FALSE(row.mean_seconds_to_resolve);
    CHECK(row.up_time_pct == doctest::Approx(100));
}

TEST_CASE("means are over the incidents that have the value, rounded to whole seconds") {
    auto row = row_of({whole(incident({}, seconds{10})), whole(incident({}, seconds{13})), whole(incident({}))});

    CHECK(row.total_incident_count == 3);
    CHECK(row.mean_seconds_to_resolve == 12);
    CHECK_FALSE(row.mean_seconds_to_first_ack);
}

TEST_CASE("down time is when at least one major incident lasted, inside the period") {
    auto major = [](Duration after, std::optional<Duration> lasted) {
        auto facts = incident({});
        facts.top_priority = true;
        facts.created_at = start + after;
        if (lasted) facts.resolved_at = facts.created_at + *lasted;
        return whole(facts);
    };

    auto overlapping = row_of({major(hours{0}, hours{2}), major(hours{1}, hours{2}), whole(incident({}))});
    auto still_open = row_of({major(hours{9}, std::nullopt)});

    CHECK(overlapping.total_major_incidents == 2);
    CHECK(overlapping.total_down_time_minutes == 180);
    CHECK(overlapping.up_time_pct == doctest::Approx(70));
    CHECK(still_open.total_down_time_minutes == 60);
    CHECK(still_open.up_time_pct == doctest::Approx(90));
}

TEST_CASE("interruptions of different incidents within a minute are one") {
    Interruptible with_telephone{{ada, Zone{}}};
    auto one = incident({{LogEntryType::assign, agent_of(shop), seconds{0}, {ada}}});
    auto two = incident({{LogEntryType::assign, agent_of(shop), seconds{30}, {ada}}});

    CHECK(row_of({whole(one, with_telephone), whole(two, with_telephone)}).total_interruptions == 1);
}

TEST_CASE("days, weeks and months begin at local midnight, weeks on Monday") {
    auto zone = *Zone::find("Europe/Warsaw");
    auto at = parse_iso8601("2026-03-28T23:30:00Z")->at;  // Sunday 00:30 there, the day clocks go forward.

    CHECK(unit_around(at, AggregateUnit::day, zone) ==
          Period{parse_iso8601("2026-03-28T23:00:00Z")->at, parse_iso8601("2026-03-29T22:00:00Z")->at});
    CHECK(unit_around(at, AggregateUnit::week, zone) ==
          Period{parse_iso8601("2026-03-22T23:00:00Z")->at, parse_iso8601("2026-03-29T22:00:00Z")->at});
    CHECK(unit_around(at, AggregateUnit::month, zone) ==
          Period{parse_iso8601("2026-02-28T23:00:00Z")->at, parse_iso8601("2026-03-31T22:00:00Z")->at});
}

TEST_CASE("percentiles are values that occurred") {
    std::vector<MeasuredIncident> incidents;
    for (int i = 1; i <= 20; ++i) incidents.push_back(whole(incident({}, seconds{i})));
    std::vector<const MeasuredIncident*> pointers;
    for (const auto& one : incidents) pointers.push_back(&one);

    auto percentiles = percentiles_of(pointers);

    CHECK(percentiles.p50_seconds_to_resolve == 10);
    CHECK(percentiles.p90_seconds_to_resolve == 18);
    CHECK(percentiles.p95_seconds_to_resolve == 19);
    CHECK_FALSE(percentiles.p50_seconds_to_first_ack);
}

}  // namespace callboard
