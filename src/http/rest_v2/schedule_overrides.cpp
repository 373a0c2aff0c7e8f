// REST "Schedules": their overrides. Several are made at once and judged one by one; an older body makes one.

#include "domain/schedule/change.h"
#include "domain/schedule/validate.h"
#include "http/kit/fields.h"
#include "http/kit/permit.h"
#include "http/kit/time_range.h"
#include "http/rest_v2/people.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <algorithm>

namespace callboard::http {

namespace {

Error schedule_not_found() { return errors::not_found("Schedule Not Found", 3004); }

/// The schedule of the path. Those of version 3 have overrides of another kind.
Result<Schedule> layered_schedule(Request& request) {
    TRY(auto schedule, permitted_row<Schedule>(request, "id", schedule_not_found()));
    if (schedule.kind != ScheduleKind::layered) return schedule_not_found();
    return schedule;
}

json::object override_object(Wire& wire, const ScheduleOverride& override_) {
    json::object out;
    out["id"] = wire.id(override_.id);
    out["start"] = wire.time(override_.start);
    out["end"] = wire.time(override_.end);
    out["user"] = wire.user_ref(override_.user);
    return out;
}

/// An override of the body. It cannot change who has been on call: one that is said to have begun begins now.
Result<ScheduleOverride> read_override(Fields& fields, ScheduleId schedule) {
    auto now = fields.request().now;
    ScheduleOverride read;
    read.schedule = schedule;
    read.created_at = now;
    bool timed = fields.time("start", read.start, true);
    timed = fields.time("end", read.end, true) && timed;
    if (fields.reference<User>("user", read.user, true)) refuse_stakeholder(fields, "user", read.user);
    if (timed) {
        auto problems = validate(Override{.start = read.start, .end = read.end});
        if (problems.empty() && read.end <= now) problems.emplace_back("Override must end in the future");
        for (auto& problem : problems) fields.sentence(std::move(problem));
    }
    CHECK_OK(fields.check());
    read.start = std::max(read.start, now);
    return read;
}

ScheduleOverride saved(Tx& tx, ScheduleOverride override_) {
    override_.id = tx.new_id<OverrideId>();
    tx.insert(override_);
    return override_;
}

Result<Reply> list_overrides(Request& request) {
    TRY(auto schedule, layered_schedule(request));
    TRY(auto zone, asked_zone(request, account_zone(request.tx())));
    TRY(auto sent, SentRange::of(request, zone));
    TRY(auto window, sent.both());
    auto query = Query<ScheduleOverride>()
                     .where(&ScheduleOverride::schedule, schedule.id)
                     .above(&ScheduleOverride::end, window.since)
                     .below(&ScheduleOverride::start, window.until)
                     .order_by(&ScheduleOverride::start);
    if (request.query.flag("editable")) query.above(&ScheduleOverride::start, request.now);
    bool cut = !request.query.flag("overflow");
    Wire wire(request, zone_of(schedule));
    json::array overrides;
    for (auto& override_ : request.tx().list(query)) {
        if (cut) override_.start = std::max(override_.start, window.since);
        if (cut) override_.end = std::min(override_.end, window.until);
        overrides.emplace_back(override_object(wire, override_));
    }
    return ok(json::object{{"overrides", std::move(overrides)}});
}

/// A refused override as it was sent, as far as it could be read.
json::object refused_object(Wire& wire, Fields& fields) {
    auto time = [&](std::string_view name) -> json::value {
        Timestamp read;
        if (fields.time(name, read)) return wire.time(read);
        return fields.sent(name) ? *fields.raw(name) : json::value(nullptr);
    };
    json::object out{{"start", time("start")}, {"end", time("end")}};
    UserId user;
    if (fields.reference<User>("user", user)) {
        out["user"] = wire.user_ref(user);
    } else {
        auto id = fields.sent("user") ? Fields::id_of(*fields.raw("user")) : std::nullopt;
        out["user"] = wire.head(id.value_or(""), "user_reference", "", "", "");
    }
    return out;
}

/// What became of one override of several.
json::object judged(Wire& wire, Fields& fields, ScheduleId schedule) {
    auto read = read_override(fields, schedule);
    if (read) return {{"status", 201}, {"override", override_object(wire, saved(wire.tx(), *read))}};
    json::array problems;
    for (const auto& problem : read.error().errors) problems.emplace_back(problem);
    return {{"status", 400}, {"errors", std::move(problems)}, {"override", refused_object(wire, fields)}};
}

Result<Reply> create_overrides(Request& request) {
    TRY(auto schedule, layered_schedule(request));
    Wire wire(request, zone_of(schedule));
    TRY(auto body, Fields::of(request, ""));
    if (body.sent("override")) {
        TRY(auto fields, Fields::of(request, "override"));
        TRY(auto read, read_override(fields, schedule.id));
        return created(json::object{{"override", override_object(wire, saved(request.tx(), read))}});
    }
    if (body.elements("overrides", true).empty() && body.check()) body.problem("overrides", "can't be blank");
    CHECK_OK(body.check());
    json::array results;
    for (const auto& element : *body.array("overrides")) {
        Fields fields(request, element.get_object());
        results.emplace_back(judged(wire, fields, schedule.id));
    }
    return created(std::move(results));
}

Result<Reply> delete_override(Request& request) {
    TRY(auto schedule, layered_schedule(request));
    auto absent = errors::not_found("Override Not Found", 4004);
    TRY(auto override_, request.path_row<ScheduleOverride>("override_id", absent));
    if (override_.schedule != schedule.id) return absent;
    auto removal = removal_of(override_, request.now);
    if (removal == Removal::refuse)
        return Error{ErrorKind::invalid, 4004, "Invalid Override", {"Override has ended and can't be deleted"}};
    if (removal == Removal::erase) {
        request.tx().erase<ScheduleOverride>(override_.id);
        return no_content();
    }
    override_.end = request.now;
    request.tx().update(override_);
    // 200 without a body tells that it was cut, not removed.
    return ok(nullptr);
}

constexpr Route table[] = {
    {Verb::get, "/schedules/{id}/overrides", "schedules.read", Need::view, list_overrides, Reach::team},
    {Verb::post, "/schedules/{id}/overrides", "schedules.write", Need::respond, create_overrides, Reach::team},
    {Verb::del,
     "/schedules/{id}/overrides/{override_id}",
     "schedules.write",
     Need::respond,
     delete_override,
     Reach::team},
};

}  // namespace

std::span<const Route> schedule_override_routes() { return table; }

}  // namespace callboard::http
