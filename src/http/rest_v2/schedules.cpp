// REST "Schedules" (v2). Layers are stored oldest first and shown newest first, in both directions.

#include "app/schedules.h"

#include "app/on_call.h"
#include "domain/schedule/change.h"
#include "domain/schedule/render.h"
#include "domain/schedule/validate.h"
#include "http/calendar_feeds.h"
#include "http/kit/fields.h"
#include "http/kit/page.h"
#include "http/kit/permit.h"
#include "http/kit/time_of_day.h"
#include "http/kit/time_range.h"
#include "http/rest_v2/people.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace callboard::http {

namespace {

/// An end of the range that was not sent is this far from the other. REST: listSchedules.
constexpr Duration range_default = days{14};
/// Longer ranges are refused; a year of hand-offs is what people plan and look back on.
constexpr Duration range_max = days{366};

Error schedule_not_found() { return errors::not_found("Schedule Not Found", 3004); }

/// The schedule of the path. Those of version 3 are served there.
Result<Schedule> layered_schedule(Request& request) {
    TRY(auto schedule, permitted_row<Schedule>(request, "id", schedule_not_found()));
    if (schedule.kind != ScheduleKind::layered) return schedule_not_found();
    return schedule;
}

// What is read from a body.

Restriction read_restriction(Fields& fields) {
    Restriction restriction;
    if (!fields.sent("type")) fields.problem("type", "can't be blank");
    fields.choice("type", restriction.type);
    restriction.start_time_of_day = read_time_of_day(fields, "start_time_of_day").value_or(seconds{0});
    fields.number("duration_seconds", restriction.duration_seconds, {.required = true});
    std::int64_t day = 0;
    if (restriction.type == RestrictionType::weekly_restriction && fields.number("start_day_of_week", day))
        restriction.start_day_of_week = static_cast<int>(std::clamp<std::int64_t>(day, 0, 8));
    return restriction;
}

void read_layer_users(Fields& fields, ScheduleLayer& layer, bool create) {
    if (!fields.sent("users") && !create) return;
    auto before = std::exchange(layer.users, {});
    for (auto& element : fields.elements("users", true)) {
        UserId user;
        if (element.reference<User>("user", user, true)) layer.users.push_back(user.value);
        // A layer of the past keeps whoever took turns then.
        if (std::ranges::find(before, user.value) == before.end()) refuse_stakeholder(element, "user", user);
        fields.adopt(element);
    }
}

/// A stored layer with what is sent for it, or a new one, whose id is still 0.
ScheduleLayer read_layer(Fields& fields, const std::vector<ScheduleLayer>& stored) {
    ScheduleLayer layer;
    std::string id_text;
    fields.text("id", id_text);
    auto id = fields.request().site.ids.parse<ScheduleLayerId>(id_text);
    auto known = std::ranges::find(stored, id.value_or(ScheduleLayerId{}).value, &ScheduleLayer::id);
    bool create = known == stored.end();
    if (!create) layer = *known;
    fields.text("name", layer.name);
    fields.time("start", layer.start, create);
    fields.time("end", layer.end);
    fields.time("rotation_virtual_start", layer.rotation_virtual_start, create);
    fields.number("rotation_turn_length_seconds", layer.rotation_turn_length_seconds, {.required = create});
    read_layer_users(fields, layer, create);
    if (fields.sent("restrictions")) layer.restrictions.clear();
    for (auto& element : fields.elements("restrictions")) {
        layer.restrictions.push_back(read_restriction(element));
        fields.adopt(element);
    }
    return layer;
}

void read_layers(Fields& fields, Schedule& schedule) {
    if (!fields.array("schedule_layers")) return;
    std::vector<ScheduleLayer> sent;
    for (auto& element : fields.elements("schedule_layers")) {
        auto layer = read_layer(element, schedule.schedule_layers);
        fields.adopt(element);
        if (layer.id != 0 && std::ranges::find(sent, layer.id, &ScheduleLayer::id) != sent.end())
            fields.sentence("Schedule layers must not name a layer twice");
        sent.push_back(std::move(layer));
    }
    std::ranges::reverse(sent);
    schedule.schedule_layers = replaced_layers(schedule.schedule_layers, sent, fields.request().now);
    std::size_t place = 0;
    for (auto& layer : schedule.schedule_layers) {
        ++place;
        if (layer.name.empty()) layer.name = fmt::format("Layer {}", place);
    }
}

void read_schedule(Fields& fields, Schedule& schedule, bool create) {
    fields.text("name", schedule.name, {.required = create, .min = 1, .max = 255});
    fields.text("description", schedule.description, {.max = 1024});
    bool zone_known = fields.text("time_zone", schedule.time_zone, {.required = create}) || !create;
    read_layers(fields, schedule);
    std::vector<TeamId> teams;
    if (fields.references<Team>("teams", teams)) schedule.teams = std::move(teams);
    auto judged = without_ended_layers(schedule, fields.request().now);
    // A missing zone is a problem already.
    if (!zone_known) judged.time_zone = "UTC";
    for (auto& problem : validate(judged)) fields.sentence(std::move(problem));
}

void give_ids_to_new_layers(Tx& tx, Schedule& schedule) {
    for (auto& layer : schedule.schedule_layers)
        if (layer.id == 0) layer.id = tx.new_id<ScheduleLayerId>().value;
}

// How a schedule is written.

/// Which of the parts that may be rendered are shown.
struct Parts {
    bool schedule_layers = true;
    bool overrides_subschedule = true;
    bool final_schedule = true;
};

/// What an answer shows beside the schedule as it is stored.
struct View {
    Parts parts;
    /// Absent: nothing is rendered.
    std::optional<Window> range;
    Overflow overflow = Overflow::cut;
    /// Whose next shift is shown.
    std::optional<UserId> next_for;
};

class ScheduleWriter {
public:
    explicit ScheduleWriter(Wire& wire) : wire_(wire) {}

    json::object write(const Schedule& schedule, const View& view) {
        auto since = std::min(view.range ? view.range->since : wire_.request.now, wire_.request.now);
        if (view.overflow == Overflow::whole) since -= render_reach_max;
        // Past versions and overrides are read only when something is rendered from them.
        bool in_time = schedule.id && (view.range || view.next_for);
        auto loaded = in_time ? load_schedule(wire_.tx(), schedule, since)
                              : ScheduleInTime{{{schedule.created_at, schedule}}, {}};
        return write(loaded, view);
    }

    /// Whether all that was written may be shown.
    [[nodiscard]] Result<void> check() const {
        if (entries_ > render_entries_max) return too_many_entries();
        return {};
    }

private:
    json::object write(const ScheduleInTime& loaded, const View& view) {
        const auto& schedule = loaded.schedule();
        RenderedSchedule rendered;
        // What is too much already is not made more.
        if (view.range && check())
            rendered = render(loaded.history(), loaded.overrides, *view.range, view.overflow);
        else
            rendered.schedule_layers.resize(schedule.schedule_layers.size());
        bool done = view.range.has_value();
        auto out = head(schedule);
        if (view.parts.schedule_layers) out["schedule_layers"] = layers(schedule, rendered, done);
        if (view.parts.overrides_subschedule)
            out["overrides_subschedule"] = sub_schedule("Overrides", rendered.overrides_subschedule, done);
        if (view.parts.final_schedule)
            out["final_schedule"] = sub_schedule("Final Schedule", rendered.final_schedule, done);
        if (view.next_for) out["next_oncall_for_user"] = next_shift(loaded, *view.next_for);
        return out;
    }

    json::object head(const Schedule& schedule) {
        auto out = wire_.schedule_ref(schedule.id);
        out["type"] = "schedule";
        out["summary"] = schedule.name;
        if (!schedule.id) {
            // A preview: it has no address.
            out.erase("id");
            out["self"] = nullptr;
            out["html_url"] = nullptr;
        }
        out["name"] = schedule.name;
        out["description"] = text_or_null(schedule.description);
        out["time_zone"] = schedule.time_zone;
        json::array policies;
        for (auto id : policies_of(schedule.id)) policies.emplace_back(wire_.policy_ref(id));
        out["escalation_policies"] = std::move(policies);
        out["users"] = users(schedule);
        json::array teams;
        for (auto id : schedule.teams)
            if (const auto* team = wire_.team(id); team && knows(wire_.request, *team))
                teams.emplace_back(wire_.team_ref(id));
        out["teams"] = std::move(teams);
        return out;
    }

    json::array users(const Schedule& schedule) {
        std::vector<UserKey> seen;
        json::array out;
        for (const auto& layer : schedule.schedule_layers) {
            if (has_ended(layer, wire_.request.now)) continue;
            for (auto user : layer.users) {
                if (std::ranges::find(seen, user) != seen.end()) continue;
                seen.push_back(user);
                out.emplace_back(wire_.user_ref(UserId{user}));
            }
        }
        return out;
    }

    json::array layers(const Schedule& schedule, const RenderedSchedule& rendered, bool done) {
        json::array out;
        for (auto i = schedule.schedule_layers.size(); i-- > 0;)
            out.emplace_back(layer(schedule.schedule_layers[i], rendered.schedule_layers[i], done));
        return out;
    }

    json::object layer(const ScheduleLayer& layer, const SubSchedule& rendered, bool done) {
        json::object out;
        if (layer.id != 0) out["id"] = wire_.id(ScheduleLayerId{layer.id});
        out["name"] = layer.name;
        out["start"] = wire_.time(layer.start);
        out["end"] = wire_.time(layer.end);
        out["rotation_virtual_start"] = wire_.time(layer.rotation_virtual_start);
        out["rotation_turn_length_seconds"] = layer.rotation_turn_length_seconds;
        json::array members;
        for (auto user : layer.users) members.emplace_back(json::object{{"user", wire_.user_ref(UserId{user})}});
        out["users"] = std::move(members);
        json::array restrictions;
        for (const auto& restriction : layer.restrictions) restrictions.emplace_back(restriction_object(restriction));
        out["restrictions"] = std::move(restrictions);
        put_entries(out, rendered, done);
        return out;
    }

    static json::object restriction_object(const Restriction& restriction) {
        json::object out;
        out["type"] = text_of(restriction.type);
        out["start_time_of_day"] = time_of_day_text(restriction.start_time_of_day);
        out["duration_seconds"] = restriction.duration_seconds;
        if (restriction.start_day_of_week) out["start_day_of_week"] = *restriction.start_day_of_week;
        return out;
    }

    json::object sub_schedule(std::string_view name, const SubSchedule& rendered, bool done) {
        json::object out;
        out["name"] = name;
        put_entries(out, rendered, done);
        return out;
    }

    void put_entries(json::object& out, const SubSchedule& rendered, bool done) {
        json::array entries;
        entries_ += rendered.rendered_schedule_entries.size();
        for (const auto& entry : check() ? rendered.rendered_schedule_entries : RenderedEntries{})
            entries.emplace_back(json::object{{"start", wire_.time(entry.start)},
                                              {"end", wire_.time(entry.end)},
                                              {"user", wire_.user_ref(UserId{entry.user})}});
        out["rendered_schedule_entries"] = std::move(entries);
        out["rendered_coverage_percentage"] =
            done ? percentage(rendered.rendered_coverage_percentage) : json::value(nullptr);
    }

    /// One decimal is what people read; whole numbers are written as such, not as 1E2.
    static json::value percentage(double exact) {
        auto tenths = std::lround(exact * 10);
        if (tenths % 10 == 0) return tenths / 10;
        return static_cast<double>(tenths) / 10;
    }

    json::value next_shift(const ScheduleInTime& loaded, UserId user) {
        auto shift = next_on_call(loaded.history(), loaded.overrides, user.value, wire_.request.now);
        if (!shift) return nullptr;
        return json::object{
            {"start", wire_.time(shift->start)}, {"end", wire_.time(shift->end)}, {"user", wire_.user_ref(user)}};
    }

    /// The policies are read once, for however many schedules.
    const std::vector<EscalationPolicyId>& policies_of(ScheduleId id) {
        if (!policies_) {
            policies_.emplace();
            for (const auto& policy : wire_.tx().list(Query<EscalationPolicy>().order_by(&EscalationPolicy::name)))
                if (knows(wire_.request, policy))
                    for (auto schedule : schedules_of(policy)) (*policies_)[schedule].push_back(policy.id);
        }
        return (*policies_)[id];
    }

    static std::set<ScheduleId> schedules_of(const EscalationPolicy& policy) {
        std::set<ScheduleId> found;
        for (const auto& rule : policy.escalation_rules)
            for (const auto& target : rule.targets)
                if (target.type == TargetType::schedule) found.insert(ScheduleId{target.id});
        return found;
    }

    Wire& wire_;
    /// Of all schedules that were written.
    std::size_t entries_ = 0;
    std::optional<std::unordered_map<ScheduleId, std::vector<EscalationPolicyId>>> policies_;
};

/// What the query asks to be shown. Errors 2001, 2004, 2005.
Result<View> asked_view(Request& request) {
    View view;
    TRY(auto zone, asked_zone(request, account_zone(request.tx())));
    TRY(auto sent, SentRange::of(request, zone));
    TRY(view.range, sent.window_of(range_default));
    if (view.range) CHECK_OK(check_span(*view.range, range_max));
    if (request.query.flag("overflow")) view.overflow = Overflow::whole;
    if (auto user = request.query.text("include_next_oncall_for_user"))
        view.next_for = request.site.ids.parse<UserId>(*user).value_or(UserId{});
    return view;
}

Result<json::object> written(Wire& wire, const Schedule& schedule, const View& view) {
    ScheduleWriter writer(wire);
    auto out = writer.write(schedule, view);
    CHECK_OK(writer.check());
    return out;
}

Result<json::object> answer(Wire& wire, const Schedule& schedule, const View& view) {
    TRY(auto out, written(wire, schedule, view));
    return json::object{{"schedule", std::move(out)}};
}

// The operations.

/// The zone of the person who looks, else the account's.
Zone viewer_zone(Request& request) {
    const auto& user = request.actor.user;
    auto own = user && user->time_zone ? Zone::find(*user->time_zone) : std::nullopt;
    return own.value_or(account_zone(request.tx()));
}

/// Of the teams themselves, or behind a policy of theirs.
std::vector<Schedule> of_teams(Tx& tx, std::vector<Schedule> schedules, const std::vector<TeamId>& teams) {
    auto policies = tx.list(Query<EscalationPolicy>().where_in(&EscalationPolicy::team, teams));
    std::erase_if(schedules, [&](const Schedule& schedule) {
        bool own = std::ranges::find_first_of(schedule.teams, teams) != schedule.teams.end();
        return !own &&
               std::ranges::none_of(policies, [&](const auto& policy) { return names_schedule(policy, schedule.id); });
    });
    return schedules;
}

Result<Reply> list_schedules(Request& request) {
    Wire wire(request, viewer_zone(request));
    TRY(auto view, asked_view(request));
    view.parts = {
        wire.includes("schedule_layers"), wire.includes("overrides_subschedule"), wire.includes("final_schedule")};
    if (!view.parts.schedule_layers && !view.parts.overrides_subschedule && !view.parts.final_schedule)
        view.range.reset();
    auto query = Query<Schedule>().where(&Schedule::kind, ScheduleKind::layered).order_by(&Schedule::name);
    if (auto text = request.query.text("query")) query.contains(*text, &Schedule::name);
    ScheduleWriter writer(wire);
    auto write = [&](const Schedule& schedule) { return writer.write(schedule, view); };
    bool by_team = request.query.has("team_ids");
    bool part = sees_part(request);
    auto checked = [&](Result<Reply> page) -> Result<Reply> {
        CHECK_OK(writer.check());
        return page;
    };
    if (!by_team && !part) return checked(page_of(request, "schedules", std::move(query), write));
    auto rows = request.tx().list(query);
    if (by_team) rows = of_teams(request.tx(), std::move(rows), request.query_ids<TeamId>("team_ids"));
    if (part) std::erase_if(rows, [&](const Schedule& schedule) { return !sees(request, schedule); });
    return checked(page_of(request, "schedules", rows, write));
}

Result<Reply> create_schedule(Request& request) {
    TRY(auto view, asked_view(request));
    TRY(auto fields, Fields::of(request, "schedule"));
    Schedule schedule;
    schedule.created_at = request.now;
    read_schedule(fields, schedule, /*create=*/true);
    fields.unique("name", schedule, &Schedule::name);
    CHECK_OK(fields.check());
    CHECK_OK(permit(request, schedule.teams));
    schedule.id = request.tx().new_id<ScheduleId>();
    give_ids_to_new_layers(request.tx(), schedule);
    request.tx().insert(schedule);
    Wire wire(request, zone_of(schedule));
    TRY(auto out, answer(wire, schedule, view));
    return created(std::move(out));
}

/// Rendered and not kept. Reading is all it does, but its scope is that of writing.
Result<Reply> preview_schedule(Request& request) {
    if (request.actor.read_only) return errors::forbidden("This key is read-only");
    TRY(auto view, asked_view(request));
    TRY(auto fields, Fields::of(request, "schedule"));
    Schedule schedule;
    schedule.created_at = request.now;
    read_schedule(fields, schedule, /*create=*/true);
    CHECK_OK(fields.check());
    CHECK_OK(permit(request, schedule.teams));
    Wire wire(request, zone_of(schedule));
    TRY(auto out, answer(wire, schedule, view));
    return ok(std::move(out));
}

Result<Reply> get_schedule(Request& request) {
    TRY(auto schedule, layered_schedule(request));
    TRY(auto view, asked_view(request));
    Wire wire(request, zone_of(schedule));
    TRY(auto out, written(wire, schedule, view));
    // Whoever has them reads the calendar without a key.
    if (!request.actor.read_only) put_calendar_addresses(out, request, schedule.id);
    return ok(json::object{{"schedule", std::move(out)}});
}

/// Ours; the service this follows has it for people only.
Result<Reply> renew_calendar_key(Request& request) {
    TRY(auto schedule, layered_schedule(request));
    return renewed_calendar_key(request, schedule.id);
}

Result<Reply> update_schedule(Request& request) {
    TRY(auto schedule, layered_schedule(request));
    TRY(auto view, asked_view(request));
    TRY(auto fields, Fields::of(request, "schedule"));
    read_schedule(fields, schedule, /*create=*/false);
    fields.unique("name", schedule, &Schedule::name);
    CHECK_OK(fields.check());
    CHECK_OK(permit(request, schedule.teams));
    give_ids_to_new_layers(request.tx(), schedule);
    request.tx().update(schedule);
    Wire wire(request, zone_of(schedule));
    TRY(auto out, answer(wire, schedule, view));
    return ok(std::move(out));
}

Result<Reply> delete_schedule(Request& request) {
    TRY(auto schedule, layered_schedule(request));
    CHECK_OK(erase_schedule(request.tx(), std::move(schedule)));
    return no_content();
}

/// Everyone on call at some moment of the range; without a range, now.
Result<Reply> list_schedule_users(Request& request) {
    TRY(auto schedule, layered_schedule(request));
    TRY(auto view, asked_view(request));
    OnCallReader reader(request.tx(), view.range.value_or(Window{request.now, request.now}));
    Wire wire(request);
    std::set<UserKey> seen;
    json::array users;
    const auto& shifts = reader.shifts_of(schedule.id);
    if (shifts.size() > render_entries_max) return too_many_entries();
    for (const auto& shift : shifts) {
        if (!seen.insert(shift.user).second) continue;
        if (auto user = request.tx().find<User>(UserId{shift.user})) users.emplace_back(user_object(wire, *user));
    }
    return ok(json::object{{"users", std::move(users)}});
}

constexpr Route table[] = {
    {Verb::get, "/schedules", "schedules.read", Need::view, list_schedules, Reach::team},
    {Verb::post, "/schedules", "schedules.write", Need::manage, create_schedule, Reach::team},
    {Verb::post_reads, "/schedules/preview", "schedules.write", Need::manage, preview_schedule, Reach::team},
    {Verb::get, "/schedules/{id}", "schedules.read", Need::view, get_schedule, Reach::team},
    {Verb::put, "/schedules/{id}", "schedules.write", Need::manage, update_schedule, Reach::team},
    {Verb::del, "/schedules/{id}", "schedules.write", Need::manage, delete_schedule, Reach::team},
    {Verb::post,
     "/schedules/{id}/regenerate_private_url_key",
     "schedules.write",
     Need::manage,
     renew_calendar_key,
     Reach::team},
    {Verb::get, "/schedules/{id}/users", "users.read", Need::view, list_schedule_users, Reach::team},
};

}  // namespace

json::object schedule_object(Wire& wire, const Schedule& schedule) { return ScheduleWriter(wire).write(schedule, {}); }

json::object schedule_ref_or_full(Wire& wire, ScheduleId id, std::string_view what) {
    auto row = wire.includes(what) ? wire.tx().find<Schedule>(id) : std::nullopt;
    bool shown = row && row->kind == ScheduleKind::layered && knows(wire.request, *row);
    return reference_or_full(wire, what, shown ? &*row : nullptr, wire.schedule_ref(id), schedule_object);
}

std::span<const Route> schedule_routes() { return table; }

}  // namespace callboard::http
