// REST v3 "Schedules": custom shifts, and overrides of shifts. Neither can change who has been on call: what is said to
// have begun begins now, and of what has begun only the end can be moved.

#include "http/kit/permit.h"
#include "http/kit/time_range.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"
#include "http/rest_v2/schedule_audit.h"
#include "http/rest_v2/schedule_v3.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::http {

namespace {

constexpr std::size_t shifts_at_once_max = 100;

Error shift_not_found() { return errors::not_found("Custom Shift Not Found"); }

Error override_not_found() { return errors::not_found("Override Not Found", 4004); }

Timestamp whole_seconds(Timestamp t) { return std::chrono::floor<seconds>(t); }

/// since and until, which are required, and the zone in which times are shown.
struct Listing {
    Window window;
    Zone zone;
    bool cut = true;
};

Result<Listing> asked_listing(Request& request, const Schedule& schedule) {
    TRY(auto zone, asked_zone(request, zone_of(schedule)));
    TRY(auto sent, SentRange::of(request, zone));
    TRY(auto window, sent.both());
    return Listing{window, zone, !request.query.flag("overflow")};
}

template <class T>
std::vector<T> rows_in(Request& request, const Schedule& schedule, const Listing& listing) {
    auto rows = request.tx().list(Query<T>()
                                      .where(&T::schedule, schedule.id)
                                      .above(&T::end_time, listing.window.since)
                                      .below(&T::start_time, listing.window.until)
                                      .order_by(&T::start_time));
    if (listing.cut)
        for (auto& row : rows) {
            row.start_time = std::max(row.start_time, listing.window.since);
            row.end_time = std::min(row.end_time, listing.window.until);
        }
    return rows;
}

json::object
part_head(Wire& wire, ScheduleId schedule, std::string_view id, std::string_view type, std::string_view list) {
    auto schedule_id = wire.id(schedule);
    auto out = wire.head(
        id, type, "", fmt::format("/v3/schedules/{}/{}/{}", schedule_id, list, id), "/schedules/" + schedule_id);
    out.erase("summary");
    return out;
}

json::object shift_object(Wire& wire, const CustomShift& shift) {
    auto out = part_head(wire, shift.schedule, wire.id(shift.id), "custom_shift", "custom_shifts");
    out["start_time"] = wire.time(shift.start_time);
    out["end_time"] = wire.time(shift.end_time);
    json::object assignment;
    assignment["id"] = wire.id(ShiftAssignmentId{shift.id.value});
    assignment["type"] = "shift_assignment";
    assignment["member"] = member_object(wire, shift.member);
    out["assignments"] = json::array{std::move(assignment)};
    return out;
}

json::object override_object(Wire& wire, const ShiftOverride& row) {
    auto out = part_head(wire, row.schedule, wire.id(row.id), "override_shift", "overrides");
    if (row.rotation) out["rotation_id"] = wire.id(*row.rotation);
    if (row.custom_shift) out["custom_shift_id"] = wire.id(*row.custom_shift);
    out["start_time"] = wire.time(row.start_time);
    out["end_time"] = wire.time(row.end_time);
    out["overridden_member"] = member_object(wire, row.overridden_member);
    out["overriding_member"] = member_object(wire, row.overriding_member);
    return out;
}

/// What both kinds have in common, for a row that is not saved yet.
template <class T>
void read_times(Fields& fields, T& row) {
    auto now = whole_seconds(fields.request().now);
    bool timed = fields.time("start_time", row.start_time, true);
    timed = fields.time("end_time", row.end_time, true) && timed;
    if (timed && row.end_time <= row.start_time) fields.problem("end_time", "must be after start time");
    if (timed && row.end_time <= now) fields.problem("end_time", "must be in the future");
    row.start_time = std::max(row.start_time, now);
}

/// The times of a row that is changed. Of one that has begun only the end moves, and not into the past.
template <class T>
void read_changed_times(Fields& fields, T& row) {
    auto now = fields.request().now;
    auto start = row.start_time;
    bool has_begun = row.start_time <= now;
    if (row.end_time <= now) return fields.sentence("It has ended and can't be changed");
    fields.time("start_time", start);
    fields.time("end_time", row.end_time);
    if (has_begun && start != row.start_time) fields.problem("start_time", "can't be changed: it has begun");
    if (!has_begun) row.start_time = std::max(start, whole_seconds(now));
    if (row.end_time <= row.start_time) fields.problem("end_time", "must be after start time");
    if (row.end_time < whole_seconds(now)) fields.problem("end_time", "must not be in the past");
}

/// What has begun ends now, what is to come goes; absent when it is over.
template <class T>
bool end_or_erase(Tx& tx, T row) {
    if (row.end_time <= tx.now()) return false;
    if (row.start_time >= tx.now()) {
        tx.erase<T>(row.id);
        return true;
    }
    row.end_time = tx.now();
    tx.update(row);
    return true;
}

/// The row of the path, which is of the path's schedule.
template <class T>
Result<T> row_of_path(Request& request, const Schedule& schedule, std::string_view name, Error absent) {
    TRY(auto row, request.path_row<T>(name, absent));
    if (row.schedule != schedule.id) return absent;
    return row;
}

void check_type(Fields& fields, std::string_view expected) {
    std::string type;
    if (fields.text("type", type, {.required = true}) && type != expected)
        fields.problem("type", fmt::format("must be {}", expected));
}

/// The elements of the body's list; a refusal when there are none or too many.
std::vector<Fields> elements_of(Fields& body, std::string_view name) {
    auto elements = body.elements(name, true);
    if (elements.empty() && body.problems().empty()) body.problem(name, "can't be blank");
    if (elements.size() > shifts_at_once_max) body.problem(name, "may hold at most 100");
    return elements;
}

// --- Custom shifts ---

void read_assignments(Fields& fields, CustomShift& shift) {
    auto elements = fields.elements("assignments", true);
    if (elements.size() != 1) {
        if (fields.problems().empty()) fields.problem("assignments", "must have exactly one assignment");
        return;
    }
    check_type(elements.front(), "shift_assignment");
    shift.member = read_member(elements.front(), "member");
    fields.adopt(elements.front());
}

Result<Reply> list_shifts(Request& request) {
    TRY(auto schedule, shift_based_schedule(request));
    TRY(auto listing, asked_listing(request, schedule));
    Wire wire(request, listing.zone);
    auto rows = rows_in<CustomShift>(request, schedule, listing);
    return page_of(request, "custom_shifts", rows, [&](const CustomShift& shift) { return shift_object(wire, shift); });
}

Result<Reply> create_shifts(Request& request) {
    TRY(auto schedule, shift_based_schedule(request));
    TRY(auto body, Fields::of(request, ""));
    std::vector<CustomShift> made;
    for (auto& fields : elements_of(body, "custom_shifts")) {
        CustomShift shift;
        shift.schedule = schedule.id;
        shift.created_at = request.now;
        check_type(fields, "custom_shift");
        read_times(fields, shift);
        read_assignments(fields, shift);
        body.adopt(fields);
        made.push_back(shift);
    }
    if (auto refused = refusal(body, "")) return *refused;
    Wire wire(request, zone_of(schedule));
    json::array out;
    for (auto& shift : made) {
        shift.id = request.tx().new_id<CustomShiftId>();
        request.tx().insert(shift);
        out.emplace_back(shift_object(wire, shift));
        write_audit(request, schedule.id, nullptr, out.back());
    }
    return created(json::object{{"custom_shifts", std::move(out)}});
}

Result<Reply> get_shift(Request& request) {
    TRY(auto schedule, shift_based_schedule(request));
    TRY(auto shift, row_of_path<CustomShift>(request, schedule, "custom_shift_id", shift_not_found()));
    Wire wire(request, zone_of(schedule));
    return ok(json::object{{"custom_shift", shift_object(wire, shift)}});
}

Result<Reply> update_shift(Request& request) {
    TRY(auto schedule, shift_based_schedule(request));
    TRY(auto shift, row_of_path<CustomShift>(request, schedule, "custom_shift_id", shift_not_found()));
    TRY(auto fields, Fields::of(request, "custom_shift"));
    auto before = shift;
    read_changed_times(fields, shift);
    if (fields.sent("assignments")) read_assignments(fields, shift);
    if (before.start_time <= request.now && shift.member != before.member)
        fields.problem("assignments", "can't be changed: the shift has begun");
    if (auto refused = refusal(fields, "custom_shift")) return *refused;
    request.tx().update(shift);
    Wire wire(request, zone_of(schedule));
    auto after = shift_object(wire, shift);
    write_audit(request, schedule.id, shift_object(wire, before), after);
    return ok(json::object{{"custom_shift", std::move(after)}});
}

Result<Reply> delete_shift(Request& request) {
    TRY(auto schedule, shift_based_schedule(request));
    TRY(auto shift, row_of_path<CustomShift>(request, schedule, "custom_shift_id", shift_not_found()));
    if (!end_or_erase(request.tx(), shift)) return refusal("custom_shift", "It has ended and can't be deleted");
    Wire wire(request, zone_of(schedule));
    auto left = request.tx().find<CustomShift>(shift.id);
    write_audit(request,
                schedule.id,
                shift_object(wire, shift),
                left ? json::value(shift_object(wire, *left)) : json::value(nullptr));
    return no_content();
}

// --- Overrides ---

/// rotation_id or custom_shift_id, of this schedule.
void read_source(Fields& fields, const Schedule& schedule, ShiftOverride& row) {
    auto& request = fields.request();
    std::string rotation;
    std::string shift;
    fields.text("rotation_id", rotation);
    fields.text("custom_shift_id", shift);
    if (rotation.empty() == shift.empty())
        return fields.problem("rotation_id", "or custom shift id must be given, and not both");
    if (!rotation.empty()) {
        row.rotation = request.site.ids.parse<ShiftRotationId>(rotation);
        bool known = row.rotation && std::ranges::find(schedule.rotations, *row.rotation, &ShiftRotation::id) !=
                                         schedule.rotations.end();
        if (!known) fields.problem("rotation_id", "not found");
        return;
    }
    row.custom_shift = request.site.ids.parse<CustomShiftId>(shift);
    auto found = row.custom_shift ? request.tx().find<CustomShift>(*row.custom_shift) : std::nullopt;
    if (!found || found->schedule != schedule.id) fields.problem("custom_shift_id", "not found");
}

Result<Reply> list_overrides(Request& request) {
    TRY(auto schedule, shift_based_schedule(request));
    TRY(auto listing, asked_listing(request, schedule));
    Wire wire(request, listing.zone);
    auto rows = rows_in<ShiftOverride>(request, schedule, listing);
    return page_of(request, "overrides", rows, [&](const ShiftOverride& row) { return override_object(wire, row); });
}

Result<Reply> create_overrides(Request& request) {
    TRY(auto schedule, shift_based_schedule(request));
    TRY(auto body, Fields::of(request, ""));
    std::vector<ShiftOverride> made;
    for (auto& fields : elements_of(body, "overrides")) {
        ShiftOverride row;
        row.schedule = schedule.id;
        row.created_at = request.now;
        check_type(fields, "override_shift");
        read_source(fields, schedule, row);
        read_times(fields, row);
        row.overridden_member = read_member(fields, "overridden_member");
        row.overriding_member = read_member(fields, "overriding_member");
        body.adopt(fields);
        made.push_back(row);
    }
    if (auto refused = refusal(body, "")) return *refused;
    Wire wire(request, zone_of(schedule));
    json::array out;
    for (auto& row : made) {
        row.id = request.tx().new_id<ShiftOverrideId>();
        request.tx().insert(row);
        out.emplace_back(override_object(wire, row));
        write_audit(request, schedule.id, nullptr, out.back());
    }
    return created(json::object{{"overrides", std::move(out)}});
}

Result<Reply> get_override(Request& request) {
    TRY(auto schedule, shift_based_schedule(request));
    TRY(auto row, row_of_path<ShiftOverride>(request, schedule, "override_id", override_not_found()));
    Wire wire(request, zone_of(schedule));
    return ok(json::object{{"override", override_object(wire, row)}});
}

Result<Reply> update_override(Request& request) {
    TRY(auto schedule, shift_based_schedule(request));
    TRY(auto row, row_of_path<ShiftOverride>(request, schedule, "override_id", override_not_found()));
    TRY(auto fields, Fields::of(request, "override"));
    auto before = row;
    read_changed_times(fields, row);
    if (fields.sent("overriding_member")) row.overriding_member = read_member(fields, "overriding_member");
    if (before.start_time <= request.now && row.overriding_member != before.overriding_member)
        fields.problem("overriding_member", "can't be changed: the override has begun");
    if (auto refused = refusal(fields, "override")) return *refused;
    request.tx().update(row);
    Wire wire(request, zone_of(schedule));
    auto after = override_object(wire, row);
    write_audit(request, schedule.id, override_object(wire, before), after);
    return ok(json::object{{"override", std::move(after)}});
}

Result<Reply> delete_override(Request& request) {
    TRY(auto schedule, shift_based_schedule(request));
    TRY(auto row, row_of_path<ShiftOverride>(request, schedule, "override_id", override_not_found()));
    if (!end_or_erase(request.tx(), row)) return refusal("override", "It has ended and can't be deleted");
    Wire wire(request, zone_of(schedule));
    auto left = request.tx().find<ShiftOverride>(row.id);
    write_audit(request,
                schedule.id,
                override_object(wire, row),
                left ? json::value(override_object(wire, *left)) : json::value(nullptr));
    return no_content();
}

// clang-format off
constexpr Route table[] = {
    {Verb::get, "/v3/schedules/{id}/custom_shifts", "schedules.read", Need::view, list_shifts, Reach::team},
    {Verb::post, "/v3/schedules/{id}/custom_shifts", "schedules.write", Need::respond, create_shifts, Reach::team},
    {Verb::get, "/v3/schedules/{id}/custom_shifts/{custom_shift_id}", "schedules.read", Need::view, get_shift, Reach::team},
    {Verb::put, "/v3/schedules/{id}/custom_shifts/{custom_shift_id}", "schedules.write", Need::respond, update_shift, Reach::team},
    {Verb::del, "/v3/schedules/{id}/custom_shifts/{custom_shift_id}", "schedules.write", Need::respond, delete_shift, Reach::team},
    {Verb::get, "/v3/schedules/{id}/overrides", "schedules.read", Need::view, list_overrides, Reach::team},
    {Verb::post, "/v3/schedules/{id}/overrides", "schedules.write", Need::respond, create_overrides, Reach::team},
    {Verb::get, "/v3/schedules/{id}/overrides/{override_id}", "schedules.read", Need::view, get_override, Reach::team},
    {Verb::put, "/v3/schedules/{id}/overrides/{override_id}", "schedules.write", Need::respond, update_override, Reach::team},
    {Verb::del, "/v3/schedules/{id}/overrides/{override_id}", "schedules.write", Need::respond, delete_override, Reach::team},
};
// clang-format on

}  // namespace

std::span<const Route> shift_routes() { return table; }

}  // namespace callboard::http
