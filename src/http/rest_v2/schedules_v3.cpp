// REST v3 "Schedules": schedules made of shifts, their rotations and events. What shifts are:
// domain/schedule/shift_plan.h. Rotations and events are parts of the schedule's row, so its past versions have them as
// they were.

#include "app/schedules.h"
#include "domain/schedule/shift_plan.h"
#include "http/calendar_feeds.h"
#include "http/kit/permit.h"
#include "http/kit/time_range.h"
#include "http/rest_v2/people.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"
#include "http/rest_v2/schedule_audit.h"
#include "http/rest_v2/schedule_v3.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

namespace callboard::http {

namespace {

/// As for version 2.
constexpr Duration range_default = days{14};
constexpr Duration range_max = days{366};

Error schedule_not_found() { return errors::not_found("Schedule Not Found", 3004); }

Error rotation_not_found() { return errors::not_found("Rotation Not Found"); }

Error event_not_found() { return errors::not_found("Event Not Found"); }

// --- Writing ---

std::string rotation_path(Wire& wire, const Schedule& schedule, const ShiftRotation& rotation) {
    return fmt::format("/v3/schedules/{}/rotations/{}", wire.id(schedule.id), wire.id(rotation.id));
}

json::object part_head(Wire& wire, const Schedule& schedule, std::string id, std::string_view type, std::string path) {
    auto out = wire.head(id, type, "", path, "/schedules/" + wire.id(schedule.id));
    out.erase("summary");
    return out;
}

/// Wall clock: the digits are what counts, so they end in "Z" whatever the zone.
json::object zoned_object(Timestamp shown, const std::string& time_zone) {
    return {{"date_time", format_iso8601(shown)}, {"time_zone", time_zone}};
}

json::object strategy_object(Wire& wire, const ShiftEvent& event) {
    json::object out;
    out["type"] = fmt::format("{}_assignment_strategy", text_of(event.strategy));
    if (event.strategy == ShiftStrategy::rotating_member) out["shifts_per_member"] = event.shifts_per_member;
    json::array members;
    for (auto member : event.members) members.emplace_back(member_object(wire, member));
    out["members"] = std::move(members);
    return out;
}

json::object
event_object(Wire& wire, const Schedule& schedule, const ShiftRotation& rotation, const ShiftEvent& event) {
    auto id = wire.id(event.id);
    auto out =
        part_head(wire, schedule, id, "schedule_event", rotation_path(wire, schedule, rotation) + "/events/" + id);
    out["name"] = event.name;
    out["start_time"] = zoned_object(event.start_time, event.time_zone);
    out["end_time"] = zoned_object(event.end_time, event.time_zone);
    out["effective_since"] = format_iso8601(event.effective_since);
    out["effective_until"] = event.effective_until ? json::value(format_iso8601(*event.effective_until)) : nullptr;
    json::array lines;
    for (const auto& line : event.recurrence) lines.emplace_back(line);
    out["recurrence"] = std::move(lines);
    out["assignment_strategy"] = strategy_object(wire, event);
    return out;
}

std::vector<ShiftEvent> in_order(std::vector<ShiftEvent> events) {
    std::ranges::stable_sort(events, {}, &ShiftEvent::effective_since);
    return events;
}

bool is_effective_in(const ShiftEvent& event, const SentRange& range) {
    return (!range.until || event.effective_since < *range.until) &&
           (!range.since || !event.effective_until || *event.effective_until > *range.since);
}

json::object
rotation_object(Wire& wire, const Schedule& schedule, const ShiftRotation& rotation, const SentRange& range) {
    auto out =
        part_head(wire, schedule, wire.id(rotation.id), "schedule_rotation", rotation_path(wire, schedule, rotation));
    json::array events;
    for (const auto& event : in_order(rotation.events))
        if (is_effective_in(event, range)) events.emplace_back(event_object(wire, schedule, rotation, event));
    out["events"] = std::move(events);
    return out;
}

json::object source_object(Wire& wire, const AssignedShift& shift) {
    json::object out;
    if (shift.rotation) {
        out["type"] = shift.override_ ? "schedule_rotation_override" : "schedule_rotation";
        out["rotation_id"] = wire.id(*shift.rotation);
    } else {
        out["type"] = shift.override_ ? "custom_shift_override" : "custom_shift";
        out["shift_id"] = wire.id(shift.custom_shift.value_or(CustomShiftId{}));
    }
    if (shift.override_) out["override_id"] = wire.id(*shift.override_);
    return out;
}

json::array users_array(Wire& wire, const Schedule& schedule) {
    std::set<MemberKey> members;
    for (const auto& rotation : schedule.rotations)
        for (const auto& event : rotation.events) members.insert(event.members.begin(), event.members.end());
    json::array out;
    for (auto member : members)
        if (member != nobody) out.emplace_back(wire.user_ref(UserId{member}));
    return out;
}

json::object schedule_with(Wire& wire, const Schedule& schedule, const SentRange& range) {
    auto out = wire.schedule_ref(schedule.id);
    out["type"] = "schedule_v3";
    out["name"] = schedule.name;
    out["time_zone"] = schedule.time_zone;
    out["description"] = text_or_null(schedule.description);
    json::array teams;
    for (auto id : schedule.teams)
        if (const auto* team = wire.team(id); team && knows(wire.request, *team)) teams.emplace_back(wire.team_ref(id));
    out["teams"] = std::move(teams);
    json::array policies;
    for (const auto& policy : wire.tx().list(Query<EscalationPolicy>().order_by(&EscalationPolicy::name)))
        if (names_schedule(policy, schedule.id) && knows(wire.request, policy))
            policies.emplace_back(wire.policy_ref(policy.id));
    out["escalation_policies"] = std::move(policies);
    json::array rotations;
    for (const auto& rotation : schedule.rotations)
        rotations.emplace_back(rotation_object(wire, schedule, rotation, range));
    out["rotations"] = std::move(rotations);
    if (wire.includes("users")) out["users"] = users_array(wire, schedule);
    return out;
}

Reply answer(Request& request, const Schedule& schedule, int status) {
    Wire wire(request, zone_of(schedule));
    auto out = schedule_with(wire, schedule, {});
    return {status, json::object{{"schedule", std::move(out)}}, {}};
}

// --- Schedules ---

void read_schedule(Fields& fields, Schedule& schedule, bool create) {
    for (std::string_view name : {"rotations", "escalation_policies"})
        if (fields.sent(name)) fields.problem(name, "can't be set here");
    fields.text("name", schedule.name, {.required = create || fields.sent("name"), .min = 1, .max = 255});
    fields.text("description", schedule.description, {.max = 1024});
    bool sent = fields.text("time_zone", schedule.time_zone, {.required = create || fields.sent("time_zone")});
    if (sent && !Zone::find(schedule.time_zone)) fields.problem("time_zone", "is not a known time zone");
    std::vector<TeamId> teams;
    if (fields.references<Team>("teams", teams)) schedule.teams = std::move(teams);
    fields.unique("name", schedule, &Schedule::name);
}

Result<Reply> list_schedules(Request& request) {
    auto query = Query<Schedule>().where(&Schedule::kind, ScheduleKind::shift_based).order_by(&Schedule::name);
    if (auto text = request.query.text("query")) query.contains(*text, &Schedule::name);
    auto rows = request.tx().list(query);
    if (request.query.has("team_ids")) {
        auto teams = request.query_ids<TeamId>("team_ids");
        std::erase_if(rows, [&](const Schedule& schedule) {
            return std::ranges::find_first_of(schedule.teams, teams) == schedule.teams.end();
        });
    }
    std::erase_if(rows, [&](const Schedule& schedule) { return !sees(request, schedule); });
    request.permission_asked = true;
    Wire wire(request);
    auto write = [&](const Schedule& schedule) { return wire.schedule_ref(schedule.id); };
    return page_of(request, "schedules", rows, write, {.usual = 100, .max = 1'000});
}

Result<Reply> create_schedule(Request& request) {
    TRY(auto fields, Fields::of(request, "schedule"));
    Schedule schedule;
    schedule.kind = ScheduleKind::shift_based;
    schedule.created_at = request.now;
    read_schedule(fields, schedule, /*create=*/true);
    CHECK_OK(permit(request, schedule.teams));
    if (auto refused = refusal(fields, "schedule")) return *refused;
    schedule.id = request.tx().new_id<ScheduleId>();
    request.tx().insert(schedule);
    Wire wire(request);
    write_audit(request, schedule.id, nullptr, audited(wire, schedule));
    return answer(request, schedule, 201);
}

Result<Reply> get_schedule(Request& request) {
    TRY(auto schedule, shift_based_schedule(request));
    Wire wire(request, zone_of(schedule));
    CHECK_OK(wire.check());
    TRY(auto sent, SentRange::of(request, wire.zone()));
    TRY(auto window, sent.window_of(range_default));
    if (window) CHECK_OK(check_span(*window, range_max));
    auto out = schedule_with(wire, schedule, {});
    auto overflow = request.query.flag("overflow") ? Overflow::whole : Overflow::cut;
    if (window && wire.includes("final_schedule")) {
        TRY(out["final_schedule"], final_schedule_object(wire, schedule, *window, overflow));
    }
    if (!request.actor.read_only) put_calendar_addresses(out, request, schedule.id);
    return ok(json::object{{"schedule", std::move(out)}});
}

Result<Reply> update_schedule(Request& request) {
    TRY(auto schedule, shift_based_schedule(request));
    TRY(auto fields, Fields::of(request, "schedule"));
    Wire wire(request);
    auto before = audited(wire, schedule);
    read_schedule(fields, schedule, /*create=*/false);
    CHECK_OK(permit(request, schedule.teams));
    if (auto refused = refusal(fields, "schedule")) return *refused;
    request.tx().update(schedule);
    write_audit(request, schedule.id, before, audited(wire, schedule));
    return answer(request, schedule, 200);
}

Result<Reply> delete_schedule(Request& request) {
    TRY(auto schedule, shift_based_schedule(request));
    Wire wire(request);
    write_audit(request, schedule.id, audited(wire, schedule), nullptr);
    CHECK_OK(erase_schedule(request.tx(), std::move(schedule)));
    return no_content();
}

// --- Rotations ---

/// The schedule of the path, and the place of the path's rotation in it.
struct RotationOfPath {
    Schedule schedule;
    std::size_t place = 0;

    ShiftRotation& rotation() { return schedule.rotations[place]; }
};

Result<RotationOfPath> rotation_of_path(Request& request) {
    TRY(auto schedule, shift_based_schedule(request));
    TRY(auto id, request.path_id<ShiftRotationId>("rotation_id", rotation_not_found()));
    auto found = std::ranges::find(schedule.rotations, id, &ShiftRotation::id);
    if (found == schedule.rotations.end()) return rotation_not_found();
    auto place = static_cast<std::size_t>(found - schedule.rotations.begin());
    return RotationOfPath{std::move(schedule), place};
}

Result<Reply> list_rotations(Request& request) {
    TRY(auto schedule, shift_based_schedule(request));
    Wire wire(request);
    auto write = [&](const ShiftRotation& rotation) { return rotation_object(wire, schedule, rotation, {}); };
    return page_of(request, "rotations", schedule.rotations, write);
}

Result<Reply> create_rotation(Request& request) {
    TRY(auto schedule, shift_based_schedule(request));
    const auto* body = request.body.if_object();
    if (!request.body.is_null() && (!body || !body->empty()))
        return refusal("rotation", "The body must be empty: events are added one by one");
    if (schedule.rotations.size() >= schedule_rotations_max)
        return refusal("rotation", "A schedule may have at most 60 rotations");
    schedule.rotations.push_back({request.tx().new_id<ShiftRotationId>(), {}});
    request.tx().update(schedule);
    Wire wire(request);
    auto made = rotation_object(wire, schedule, schedule.rotations.back(), {});
    write_audit(request, schedule.id, nullptr, made);
    return created(json::object{{"rotation", std::move(made)}});
}

Result<Reply> get_rotation(Request& request) {
    TRY(auto of_path, rotation_of_path(request));
    Wire wire(request);
    TRY(auto range, SentRange::of(request, zone_of(of_path.schedule)));
    return ok(json::object{{"rotation", rotation_object(wire, of_path.schedule, of_path.rotation(), range)}});
}

/// Who has been on call stays true: the schedule's earlier versions still have the rotation.
Result<Reply> delete_rotation(Request& request) {
    TRY(auto of_path, rotation_of_path(request));
    Wire wire(request);
    write_audit(request, of_path.schedule.id, rotation_object(wire, of_path.schedule, of_path.rotation(), {}), nullptr);
    auto& rotations = of_path.schedule.rotations;
    rotations.erase(rotations.begin() + static_cast<std::ptrdiff_t>(of_path.place));
    request.tx().update(of_path.schedule);
    return no_content();
}

// --- Events ---

/// {"date_time","time_zone"}: what a clock in that zone shows. Digits that end in "Z" are what it shows, as clients
/// write them; another offset makes an instant of them, which is looked up on that clock.
void read_zoned(Fields& fields, std::string_view name, bool required, Timestamp& shown, std::string& time_zone) {
    if (required && (!fields.sent(name) || fields.sent_null(name))) return fields.problem(name, "can't be blank");
    auto inner = fields.nested(name);
    if (!inner) return;
    std::string zone_name;
    std::string text;
    inner->text("time_zone", zone_name, {.required = true});
    inner->text("date_time", text, {.required = true});
    auto zone = Zone::find(zone_name);
    auto parsed = parse_iso8601(text);
    if (!zone_name.empty() && !zone) inner->problem("time_zone", "is not a known time zone");
    if (!text.empty() && !parsed) inner->problem("date_time", "must be an ISO 8601 date and time");
    fields.adopt(*inner);
    if (!zone || !parsed) return;
    bool is_on_the_wall = !parsed->offset_given || text.ends_with('Z') || text.ends_with('z');
    shown = is_on_the_wall ? parsed->at : Timestamp{zone->to_local(parsed->at).time_since_epoch()};
    time_zone = std::move(zone_name);
}

void read_strategy(Fields& fields, ShiftEvent& event, bool required) {
    constexpr std::string_view name = "assignment_strategy";
    if (required && (!fields.sent(name) || fields.sent_null(name))) return fields.problem(name, "can't be blank");
    auto inner = fields.nested(name);
    if (!inner) return;
    std::string type;
    inner->text("type", type, {.required = true});
    if (type == "rotating_member_assignment_strategy")
        event.strategy = ShiftStrategy::rotating_member;
    else if (type == "every_member_assignment_strategy")
        event.strategy = ShiftStrategy::every_member;
    else if (!type.empty())
        inner->problem("type", "must be one of: rotating_member_assignment_strategy, every_member_assignment_strategy");
    bool rotating = event.strategy == ShiftStrategy::rotating_member;
    event.shifts_per_member = 1;
    if (rotating)
        inner->number(
            "shifts_per_member", event.shifts_per_member, {.required = true, .min = 1, .max = shifts_per_member_max});
    event.members.clear();
    for (auto& element : inner->elements("members", true)) {
        event.members.push_back(read_member(element));
        inner->adopt(element);
    }
    fields.adopt(*inner);
}

void read_recurrence(Fields& fields, ShiftEvent& event, bool required) {
    const auto* lines = fields.array("recurrence", required);
    if (!lines) return;
    event.recurrence.clear();
    for (const auto& line : *lines) {
        if (!line.is_string()) return fields.problem("recurrence", "must hold strings only");
        event.recurrence.emplace_back(line.get_string().data(), line.get_string().size());
    }
}

/// A problem of the event as a whole, where a reader of members has not found one already.
void add_problems(Fields& fields, const ShiftEvent& event) {
    if (!fields.problems().empty()) return;
    for (const auto& problem : validate(event)) fields.problem(problem.member, problem.message);
}

/// All but the time in which it is effective.
void read_pattern(Fields& fields, ShiftEvent& event, bool create) {
    fields.text("name", event.name, {.required = create || fields.sent("name"), .max = 255});
    std::string end_zone = event.time_zone;
    read_zoned(fields, "start_time", create, event.start_time, event.time_zone);
    read_zoned(fields, "end_time", create, event.end_time, end_zone);
    if (end_zone != event.time_zone && fields.problems().empty())
        fields.problem("end_time", "must be in the time zone of start time");
    read_recurrence(fields, event, create);
    read_strategy(fields, event, create);
}

Timestamp this_second(const Fields& fields) { return std::chrono::floor<seconds>(fields.request().now); }

void read_event(Fields& fields, ShiftEvent& event, bool create) {
    read_pattern(fields, event, create);
    fields.time("effective_since", event.effective_since, create);
    event.effective_since = std::max(event.effective_since, this_second(fields));
    fields.time("effective_until", event.effective_until);
    add_problems(fields, event);
}

/// Events of a rotation follow each other.
void check_overlap(Fields& fields, const ShiftRotation& rotation, const ShiftEvent& event) {
    for (const auto& other : rotation.events)
        if (other.id != event.id && overlap(other, event))
            return fields.problem("effective_since", "overlaps another event of the rotation");
}

Result<Reply> list_events(Request& request) {
    TRY(auto of_path, rotation_of_path(request));
    Wire wire(request);
    auto write = [&](const ShiftEvent& event) {
        return event_object(wire, of_path.schedule, of_path.rotation(), event);
    };
    return page_of(request, "events", in_order(of_path.rotation().events), write);
}

Result<Reply> create_event(Request& request) {
    TRY(auto of_path, rotation_of_path(request));
    TRY(auto fields, Fields::of(request, "event"));
    auto& rotation = of_path.rotation();
    ShiftEvent event;
    read_event(fields, event, /*create=*/true);
    check_overlap(fields, rotation, event);
    auto has_ended = [&](const ShiftEvent& other) {
        return other.effective_until && *other.effective_until <= request.now;
    };
    // Those that have ended are kept by the schedule's past.
    if (std::erase_if(rotation.events, has_ended); rotation.events.size() >= rotation_events_max)
        fields.sentence("A rotation may have at most 5 events");
    if (auto refused = refusal(fields, "event")) return *refused;
    event.id = request.tx().new_id<ShiftEventId>();
    rotation.events.push_back(event);
    request.tx().update(of_path.schedule);
    Wire wire(request);
    auto made = event_object(wire, of_path.schedule, rotation, event);
    write_audit(request, of_path.schedule.id, nullptr, made);
    return created(json::object{{"event", std::move(made)}});
}

/// The place of the path's event in its rotation.
Result<std::size_t> event_of_path(Request& request, const ShiftRotation& rotation) {
    TRY(auto id, request.path_id<ShiftEventId>("event_id", event_not_found()));
    auto found = std::ranges::find(rotation.events, id, &ShiftEvent::id);
    if (found == rotation.events.end()) return event_not_found();
    return static_cast<std::size_t>(found - rotation.events.begin());
}

Result<Reply> get_event(Request& request) {
    TRY(auto of_path, rotation_of_path(request));
    TRY(auto place, event_of_path(request, of_path.rotation()));
    TRY(auto range, SentRange::of(request, zone_of(of_path.schedule)));
    const auto& event = of_path.rotation().events[place];
    if (!is_effective_in(event, range)) return event_not_found();
    Wire wire(request);
    return ok(json::object{{"event", event_object(wire, of_path.schedule, of_path.rotation(), event)}});
}

/// An event that has begun keeps what people have seen of it: only its end can be moved, and not into the past. What
/// else is sent must be what it is.
void read_end_of_active(Fields& fields, ShiftEvent& event) {
    auto sent = event;
    read_pattern(fields, sent, /*create=*/false);
    fields.time("effective_since", sent.effective_since);
    if (sent != event) fields.sentence("Only effective_until of an event that has begun can be changed");
    fields.time("effective_until", event.effective_until);
    if (event.effective_until) event.effective_until = std::max(*event.effective_until, this_second(fields));
}

Result<Reply> update_event(Request& request) {
    TRY(auto of_path, rotation_of_path(request));
    auto& rotation = of_path.rotation();
    TRY(auto place, event_of_path(request, rotation));
    TRY(auto fields, Fields::of(request, "event"));
    auto event = rotation.events[place];
    if (event.effective_until && *event.effective_until <= request.now)
        fields.sentence("An event that has ended can't be changed");
    else if (event.effective_since <= request.now)
        read_end_of_active(fields, event);
    else
        read_event(fields, event, /*create=*/false);
    check_overlap(fields, rotation, event);
    if (auto refused = refusal(fields, "event")) return *refused;
    Wire wire(request);
    auto before = event_object(wire, of_path.schedule, rotation, rotation.events[place]);
    rotation.events[place] = event;
    request.tx().update(of_path.schedule);
    auto after = event_object(wire, of_path.schedule, rotation, event);
    write_audit(request, of_path.schedule.id, before, after);
    return ok(json::object{{"event", std::move(after)}});
}

Result<Reply> delete_event(Request& request) {
    TRY(auto of_path, rotation_of_path(request));
    auto& events = of_path.rotation().events;
    TRY(auto place, event_of_path(request, of_path.rotation()));
    Wire wire(request);
    auto before = event_object(wire, of_path.schedule, of_path.rotation(), events[place]);
    write_audit(request, of_path.schedule.id, before, nullptr);
    events.erase(events.begin() + static_cast<std::ptrdiff_t>(place));
    request.tx().update(of_path.schedule);
    return no_content();
}

// clang-format off
constexpr Route table[] = {
    {Verb::get, "/v3/schedules", "schedules.read", Need::view, list_schedules, Reach::team},
    {Verb::post, "/v3/schedules", "schedules.write", Need::manage, create_schedule, Reach::team},
    {Verb::get, "/v3/schedules/{id}", "schedules.read", Need::view, get_schedule, Reach::team},
    {Verb::put, "/v3/schedules/{id}", "schedules.write", Need::manage, update_schedule, Reach::team},
    {Verb::del, "/v3/schedules/{id}", "schedules.write", Need::manage, delete_schedule, Reach::team},
    {Verb::get, "/v3/schedules/{id}/rotations", "schedules.read", Need::view, list_rotations, Reach::team},
    {Verb::post, "/v3/schedules/{id}/rotations", "schedules.write", Need::manage, create_rotation, Reach::team},
    {Verb::get, "/v3/schedules/{id}/rotations/{rotation_id}", "schedules.read", Need::view, get_rotation, Reach::team},
    {Verb::del, "/v3/schedules/{id}/rotations/{rotation_id}", "schedules.write", Need::manage, delete_rotation, Reach::team},
    {Verb::get, "/v3/schedules/{id}/rotations/{rotation_id}/events", "schedules.read", Need::view, list_events, Reach::team},
    {Verb::post, "/v3/schedules/{id}/rotations/{rotation_id}/events", "schedules.write", Need::manage, create_event, Reach::team},
    {Verb::get, "/v3/schedules/{id}/rotations/{rotation_id}/events/{event_id}", "schedules.read", Need::view, get_event, Reach::team},
    {Verb::put, "/v3/schedules/{id}/rotations/{rotation_id}/events/{event_id}", "schedules.write", Need::manage, update_event, Reach::team},
    {Verb::del, "/v3/schedules/{id}/rotations/{rotation_id}/events/{event_id}", "schedules.write", Need::manage, delete_event, Reach::team},
};
// clang-format on

}  // namespace

Result<Schedule> shift_based_schedule(Request& request) {
    TRY(auto schedule, permitted_row<Schedule>(request, "id", schedule_not_found()));
    if (schedule.kind != ScheduleKind::shift_based) return schedule_not_found();
    return schedule;
}

std::optional<Reply> refusal(const Fields& fields, std::string_view resource) {
    if (fields.problems().empty()) return std::nullopt;
    json::object places;
    for (const auto& problem : fields.problems()) {
        auto place = std::string{resource} + (resource.empty() || problem.place.empty() ? "" : ".") + problem.place;
        auto& list = places[place];
        if (!list.is_array()) list = json::array{};
        list.get_array().emplace_back(problem.sentence);
    }
    json::object error{{"message", "Invalid Input Provided"}, {"code", 2001}, {"errors", std::move(places)}};
    return Reply{400, json::object{{"error", std::move(error)}}, {}};
}

Reply refusal(std::string_view place, std::string_view sentence) {
    json::object places{{place, json::array{json::value(sentence)}}};
    json::object error{{"message", "Invalid Input Provided"}, {"code", 2001}, {"errors", std::move(places)}};
    return Reply{400, json::object{{"error", std::move(error)}}, {}};
}

MemberKey read_member(Fields& member) {
    std::string type;
    std::string id;
    member.text("type", type, {.required = true});
    if (type == "empty_member" || type.empty()) return nobody;
    if (type != "user_member") {
        member.problem("type", "must be one of: user_member, empty_member");
        return nobody;
    }
    if (!member.text("user_id", id, {.required = true})) return nobody;
    auto user = member.request().site.ids.parse<UserId>(id);
    if (user && member.request().tx().find<User>(*user)) {
        refuse_stakeholder(member, "user_id", *user);
        return user->value;
    }
    member.problem("user_id", "not found");
    return nobody;
}

MemberKey read_member(Fields& fields, std::string_view name) {
    if (!fields.sent(name) || fields.sent_null(name)) {
        fields.problem(name, "can't be blank");
        return nobody;
    }
    auto inner = fields.nested(name);
    if (!inner) return nobody;
    auto member = read_member(*inner);
    fields.adopt(*inner);
    return member;
}

json::object member_object(Wire& wire, MemberKey member) {
    if (member == nobody) return {{"type", "empty_member"}};
    return {{"type", "user_member"}, {"user_id", wire.id(UserId{member})}};
}

Result<json::object> final_schedule_object(Wire& wire, const Schedule& schedule, Window window, Overflow overflow) {
    auto loaded = load_schedule(wire.tx(), schedule, window.since - render_reach_max);
    auto shifts = shown_shifts(loaded.plan(), window, overflow);
    if (!shifts) return too_many_entries();
    json::array assignments;
    for (const auto& shift : *shifts) {
        json::object out;
        out["type"] = "computed_shift_assignment";
        out["start_time"] = wire.time(shift.start);
        out["end_time"] = wire.time(shift.end);
        out["member"] = member_object(wire, shift.member);
        out["source"] = source_object(wire, shift);
        assignments.emplace_back(std::move(out));
    }
    json::object out;
    out["type"] = "final_schedule";
    // Two decimals are what people read.
    out["rendered_coverage_percentage"] = std::round(coverage_of(*shifts, window) * 100) / 100;
    out["computed_shift_assignments"] = std::move(assignments);
    return out;
}

std::span<const Route> schedule_v3_routes() { return table; }

}  // namespace callboard::http
