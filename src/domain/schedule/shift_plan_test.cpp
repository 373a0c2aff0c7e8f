#include "domain/schedule/shift_plan.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

Timestamp at(std::string_view text) { return parse_iso8601(text)->at; }

constexpr UserKey ada = 1;
constexpr UserKey bob = 2;
constexpr UserKey cleo = 3;

/// Nine to five, every day from Sunday, 1 March 2026, on the clocks of Madrid.
ShiftEvent nine_to_five(std::vector<MemberKey> members) {
    ShiftEvent event;
    event.id = ShiftEventId{1};
    event.time_zone = "Europe/Madrid";
    event.start_time = at("2026-03-01T09:00:00Z");
    event.end_time = at("2026-03-01T17:00:00Z");
    event.effective_since = at("2026-03-01T00:00:00Z");
    event.recurrence = {"RRULE:FREQ=DAILY"};
    event.members = std::move(members);
    return event;
}

Schedule schedule_of(std::vector<ShiftEvent> events) {
    Schedule schedule;
    schedule.kind = ScheduleKind::shift_based;
    schedule.time_zone = "Europe/Madrid";
    schedule.rotations = {{ShiftRotationId{7}, std::move(events)}};
    return schedule;
}

Window march(std::string_view since, std::string_view until) { return {at(since), at(until)}; }

ShiftOverride override_of(
    std::int64_t id, MemberKey overridden, MemberKey overriding, std::string_view since, std::string_view until) {
    ShiftOverride override_;
    override_.id = ShiftOverrideId{id};
    override_.rotation = ShiftRotationId{7};
    override_.start_time = at(since);
    override_.end_time = at(until);
    override_.overridden_member = overridden;
    override_.overriding_member = overriding;
    return override_;
}

std::vector<UserKey> members_of(const std::vector<AssignedShift>& shifts) {
    std::vector<UserKey> members;
    for (const auto& shift : shifts) members.push_back(shift.member);
    return members;
}

using Keys = std::vector<UserKey>;

}  // namespace

TEST_CASE("of many members' overrides each shift meets its own") {
    std::vector<MemberKey> members;
    std::vector<ShiftOverride> overrides;
    constexpr MemberKey stand_in = 100'000;
    for (MemberKey member = 1; member <= 1'500; ++member) {
        members.push_back(member);
        overrides.push_back(
            override_of(member, member, stand_in + member, "2026-03-01T08:00:00Z", "2026-03-01T12:00:00Z"));
    }
    auto event = nine_to_five(members);
    event.strategy = ShiftStrategy::every_member;
    auto schedule = schedule_of({event});
    ShiftPlan plan{schedule, {}, overrides};

    auto shifts = assigned_shifts(plan, march("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"), Overflow::whole);

    REQUIRE(shifts.size() == 2 * members.size());
    for (const auto& shift : shifts) CHECK(shift.member == shift.scheduled + (shift.override_ ? stand_in : 0));
}

TEST_CASE("a shift is as long on the wall as the first one, also in the night in which clocks are moved") {
    auto event = nine_to_five({ada});
    event.start_time = at("2026-03-01T22:00:00Z");
    event.end_time = at("2026-03-02T06:00:00Z");
    auto schedule = schedule_of({event});

    auto shifts = assigned_shifts({schedule, {}, {}}, march("2026-03-28T12:00", "2026-03-29T12:00"), Overflow::whole);

    // 22:00 is 21:00 UTC; the clocks go forward at 01:00 UTC, so 06:00 is 04:00 UTC: seven hours.
    REQUIRE(shifts.size() == 1);
    CHECK(shifts[0].start == at("2026-03-28T21:00:00Z"));
    CHECK(shifts[0].end == at("2026-03-29T04:00:00Z"));
}

TEST_CASE("a shift that the clocks skip is nobody's and has its turn, however far away one looks from") {
    auto event = nine_to_five({ada, bob, cleo});
    event.start_time = at("2026-03-01T02:00:00Z");
    event.end_time = at("2026-03-01T03:00:00Z");
    auto schedule = schedule_of({event});
    auto of = [&](Window window) { return members_of(assigned_shifts({schedule, {}, {}}, window, Overflow::whole)); };

    auto whole = of(march("2026-03-01", "2026-04-11"));
    // 41 days less the night in which there is no two o'clock.
    REQUIRE(whole.size() == 40);
    CHECK(of(march("2026-03-28", "2026-03-31")) == Keys{whole[27], whole[28]});
    CHECK(of(march("2026-04-10", "2026-04-11")) == Keys{whole[39]});
}

TEST_CASE("turns are counted from effective_since, and what was left out takes nobody's turn") {
    auto event = nine_to_five({ada, bob, nobody});
    event.shifts_per_member = 2;
    event.recurrence.push_back("EXDATE:20260302T090000");
    auto schedule = schedule_of({event});
    auto week = march("2026-03-01", "2026-03-08");
    CHECK(members_of(assigned_shifts({schedule, {}, {}}, week, Overflow::cut)) ==
          Keys{ada, ada, bob, bob, nobody, nobody});

    // Half of the first shift is over: who has it is still the first member.
    event.effective_since = at("2026-03-03T12:00:00Z");
    schedule = schedule_of({event});
    auto shifts = assigned_shifts({schedule, {}, {}}, week, Overflow::whole);
    CHECK(members_of(shifts) == Keys{ada, ada, bob, bob, nobody});
    CHECK(shifts[0].start == event.effective_since);
}

TEST_CASE("the later override wins, over whom it was given to and over who stands in") {
    auto schedule = schedule_of({nine_to_five({ada})});
    auto day = march("2026-03-01", "2026-03-02");
    std::vector<ShiftOverride> overrides{override_of(1, ada, bob, "2026-03-01T10:00:00Z", "2026-03-01T14:00:00Z"),
                                         override_of(2, ada, cleo, "2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z"),
                                         override_of(3, bob, nobody, "2026-03-01T13:00:00Z", "2026-03-01T20:00:00Z"),
                                         override_of(4, cleo, ada, "2026-03-01T08:00:00Z", "2026-03-01T09:00:00Z")};
    ShiftPlan plan{schedule, {}, overrides};
    CHECK(members_of(assigned_shifts(plan, day, Overflow::cut)) == Keys{ada, bob, cleo, nobody, ada});
    CHECK(users_on_call_at(plan, at("2026-03-01T13:30:00Z")).empty());
    CHECK(next_change_after(plan, at("2026-03-01T13:30:00Z")) == at("2026-03-01T14:00:00Z"));
    CHECK(coverage_of(assigned_shifts(plan, day, Overflow::cut), day) == doctest::Approx(100.0 * 7 / 24));
}

TEST_CASE("shifts that overlap put several people on call, each with a beginning and an end of their own") {
    auto event = nine_to_five({ada, bob});
    event.strategy = ShiftStrategy::every_member;
    auto schedule = schedule_of({event});
    CustomShift custom;
    custom.id = CustomShiftId{9};
    custom.start_time = at("2026-03-01T15:00:00Z");
    custom.end_time = at("2026-03-01T18:00:00Z");
    custom.member = ada;
    std::vector<CustomShift> customs{custom};
    ShiftPlan plan{schedule, customs, {}};

    CHECK(users_on_call_at(plan, at("2026-03-01T15:30:00Z")) == Keys{ada, bob});
    auto running = shifts(plan, march("2026-03-01T15:30:00Z", "2026-03-01T15:30:00Z"));
    REQUIRE(running.size() == 2);
    CHECK(running[0] == Shift{at("2026-03-01T08:00:00Z"), at("2026-03-01T18:00:00Z"), ada});
    CHECK(running[1] == Shift{at("2026-03-01T08:00:00Z"), at("2026-03-01T16:00:00Z"), bob});
}

TEST_CASE("a shift without an end in sight has none") {
    auto event = nine_to_five({ada});
    event.end_time = event.start_time + days{1};
    auto schedule = schedule_of({event});
    ShiftPlan plan{schedule, {}, {}};
    auto running = shifts(plan, march("2026-05-01", "2026-05-01"));
    REQUIRE(running.size() == 1);
    CHECK(running[0].start == at("2026-03-01T08:00:00Z"));
    CHECK_FALSE(running[0].end);
    CHECK_FALSE(next_change_after(plan, at("2026-05-01")));
}

TEST_CASE("what an earlier version said of the past stays, and a shift that goes on across a change is one") {
    auto first = schedule_of({nine_to_five({ada})});
    auto second = schedule_of({nine_to_five({ada})});
    second.name = "renamed";
    auto third = schedule_of({});
    std::vector<ScheduleVersion> versions{
        {at("2026-03-01"), first}, {at("2026-03-01T12:00:00Z"), second}, {at("2026-03-02T12:00:00Z"), third}};
    ShiftPlan plan{ScheduleHistory(versions), {}, {}};

    auto found = assigned_shifts(plan, march("2026-03-01", "2026-03-08"), Overflow::whole);

    REQUIRE(found.size() == 2);
    CHECK(found[0].start == at("2026-03-01T08:00:00Z"));
    CHECK(found[0].end == at("2026-03-01T16:00:00Z"));
    CHECK(found[1].end == at("2026-03-02T12:00:00Z"));
}

TEST_CASE("an event says what is wrong with it, and where") {
    auto places = [](const ShiftEvent& event) {
        std::vector<std::string> found;
        for (const auto& problem : validate(event)) found.push_back(problem.member);
        return found;
    };
    using Places = std::vector<std::string>;
    CHECK(places(nine_to_five({ada})).empty());
    auto event = nine_to_five({});
    event.end_time = event.start_time;
    event.time_zone = "Mars/Olympus";
    event.effective_until = event.effective_since;
    event.recurrence.clear();
    event.shifts_per_member = 0;
    CHECK(places(event) == Places{"end_time",
                                  "start_time.time_zone",
                                  "effective_until",
                                  "recurrence",
                                  "assignment_strategy.members",
                                  "assignment_strategy.shifts_per_member"});
    event = nine_to_five(std::vector<MemberKey>(21, ada));
    event.end_time = event.start_time + days{367};
    CHECK(places(event) == Places{"end_time", "assignment_strategy.members"});
}

TEST_CASE("however many shifts run on across a change, each goes on as its own") {
    auto event = nine_to_five({ada, bob, cleo});
    event.recurrence = {"RRULE:FREQ=HOURLY"};
    event.end_time = event.start_time + days{300};
    auto schedule = schedule_of({event});
    auto window = march("2026-03-20", "2026-12-20");
    std::vector<ScheduleVersion> versions{{at("2026-03-01"), schedule}, {at("2026-12-01"), schedule}};

    auto changed = assigned_shifts({ScheduleHistory(versions), {}, {}}, window, Overflow::whole);

    CHECK(changed.size() > 6'000);
    CHECK(changed == assigned_shifts({schedule, {}, {}}, window, Overflow::whole));
}

TEST_CASE("what is too much is not shown, and who is on call is known all the same") {
    auto event = nine_to_five(std::vector<MemberKey>(20, ada));
    event.recurrence = {"RRULE:FREQ=HOURLY"};
    event.strategy = ShiftStrategy::every_member;
    auto schedule = schedule_of({event});
    ShiftPlan plan{schedule, {}, {}};

    CHECK(shown_shifts(plan, march("2026-04-01", "2026-04-02"), Overflow::cut));
    CHECK_FALSE(shown_shifts(plan, march("2026-04-01", "2026-07-01"), Overflow::cut));
    CHECK(users_on_call_at(plan, at("2026-06-30")) == Keys{ada});
}

TEST_CASE("an event with too many shifts at a time is refused") {
    auto event = nine_to_five({ada});
    event.recurrence = {"RRULE:FREQ=HOURLY"};
    event.end_time = event.start_time + hours{1'000};
    CHECK(validate(event).empty());
    event.end_time += hours{1};
    REQUIRE(validate(event).size() == 1);
    CHECK(validate(event)[0].member == "recurrence");
}

TEST_CASE("events overlap where both are effective") {
    auto a = nine_to_five({ada});
    auto b = nine_to_five({bob});
    CHECK(overlap(a, b));
    a.effective_until = at("2026-04-01");
    b.effective_since = at("2026-04-01");
    CHECK_FALSE(overlap(a, b));
}

}  // namespace callboard
