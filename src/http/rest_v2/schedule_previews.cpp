// What changes would make of a shift-based schedule, before anybody makes them. Ours: REST v3 changes one rotation,
// shift or override at a time and has no preview. The requests that would be sent are carried out by their own
// handlers, in their order, the result is rendered, and all of it is undone: Verb::post_rehearses.

#include "http/kit/fields.h"
#include "http/kit/route_matcher.h"
#include "http/kit/time_range.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"
#include "http/rest_v2/schedule_v3.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::http {

namespace {

constexpr std::size_t changes_max = 20;
/// It is rendered twice, on the writer's thread.
constexpr Duration span_max = days{62};

struct Change {
    std::string method;
    /// "{0}" stands for the id of what the first change has made.
    std::string path;
    json::value body;
};

struct Asked {
    std::optional<ScheduleId> schedule;
    Window window;
    std::vector<Change> changes;
};

std::vector<Route> changing_routes() {
    std::vector<Route> routes;
    for (auto table : {schedule_v3_routes(), shift_routes()})
        std::ranges::copy_if(table, std::back_inserter(routes), [](const Route& route) { return writes(route.verb); });
    return routes;
}

RouteMatcher::Match match_change(std::string_view method, std::string_view path) {
    static const std::vector<Route> routes = changing_routes();
    static const RouteMatcher matcher(routes);
    return matcher.match(method, path);
}

Result<Asked> read_asked(Request& request) {
    TRY(auto fields, Fields::of(request, "schedule_preview"));
    Asked asked;
    fields.reference<Schedule>("schedule", asked.schedule);
    fields.time("since", asked.window.since, true);
    fields.time("until", asked.window.until, true);
    auto elements = fields.elements("changes", true);
    if (elements.size() > changes_max) fields.problem("changes", "are too many, at most 20");
    for (auto& element : elements) {
        auto& change = asked.changes.emplace_back();
        element.text("method", change.method, {.required = true});
        element.text("path", change.path, {.required = true});
        if (const auto* body = element.raw("body")) change.body = *body;
        fields.adopt(element);
    }
    CHECK_OK(fields.check());
    if (asked.window.until <= asked.window.since) return invalid_date_range("Until must be after since");
    CHECK_OK(check_span(asked.window, span_max));
    return asked;
}

/// "/v3/schedules/{0}/rotations" with what the first change has made.
std::string filled(std::string path, const std::vector<std::string>& made) {
    for (std::size_t i = 0; i < made.size(); ++i) {
        auto placeholder = fmt::format("{{{}}}", i);
        if (auto at = path.find(placeholder); at != std::string::npos) path.replace(at, placeholder.size(), made[i]);
    }
    return path;
}

/// The id in {"rotation": {"id": …}}; empty where the answer has none.
std::string id_in(const json::value& body) {
    const auto* wrapper = body.if_object();
    const auto* row = wrapper && wrapper->size() == 1 ? wrapper->begin()->value().if_object() : nullptr;
    const auto* id = row ? row->if_contains("id") : nullptr;
    return id && id->is_string() ? std::string{std::string_view{id->get_string()}} : std::string{};
}

/// As the router does it, for a requester whose scopes were looked at.
Result<Reply> carry_out(const Request& request, const Change& change, const std::vector<std::string>& made) {
    auto part = request;
    part.method = change.method;
    part.path = filled(change.path, made);
    part.query = QueryString{{}};
    part.body = change.body;
    auto found = match_change(part.method, part.path);
    if (!found.route) return errors::invalid_input("Changes may only be of shift-based schedules");
    part.parameters = std::move(found.parameters);
    part.need = found.route->need;
    if (!may_somewhere(standing_of(part), part.need)) return errors::forbidden();
    return found.route->handler(part);
}

/// Null when there is no such schedule (any more).
Result<json::value> final_of(Request& request, std::optional<ScheduleId> id, Window window) {
    auto schedule = id ? request.tx().find<Schedule>(*id) : std::nullopt;
    if (!schedule || schedule->kind != ScheduleKind::shift_based) return json::value(nullptr);
    Wire wire(request, zone_of(*schedule));
    TRY(auto out, final_schedule_object(wire, *schedule, window, Overflow::cut));
    return json::value(std::move(out));
}

/// A change that would be refused is refused in the same words.
Result<Reply> preview(Request& request) {
    TRY(auto asked, read_asked(request));
    // Each change asks for itself; what is shown of a schedule that is named was asked about when it was read.
    request.permission_asked = true;
    TRY(auto before, final_of(request, asked.schedule, asked.window));
    std::vector<std::string> made;
    for (const auto& change : asked.changes) {
        TRY(auto reply, carry_out(request, change, made));
        if (reply.status >= 400) return reply;
        made.push_back(id_in(reply.body));
    }
    if (!asked.schedule && !made.empty()) asked.schedule = request.site.ids.parse<ScheduleId>(made.front());
    TRY(auto after, final_of(request, asked.schedule, asked.window));
    json::object out{{"before", std::move(before)}, {"after", std::move(after)}};
    return ok(json::object{{"schedule_preview", std::move(out)}});
}

constexpr Route table[] = {
    {Verb::post_rehearses, "/console/schedule_previews", "schedules.write", Need::respond, preview, Reach::team},
};

}  // namespace

std::span<const Route> schedule_preview_routes() { return table; }

}  // namespace callboard::http
