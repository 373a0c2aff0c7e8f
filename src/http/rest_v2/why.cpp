// Why somebody was told of an incident or was not, and what would happen: ours, PagerDuty has neither.

#include "app/simulate.h"
#include "app/story.h"
#include "http/kit/fields.h"
#include "http/kit/time_range.h"
#include "http/rest_v2/escalation_policies.h"
#include "http/rest_v2/event_document.h"
#include "http/rest_v2/incident_lookup.h"
#include "http/rest_v2/orchestrations.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

namespace {

constexpr seconds simulation_time_max{5};

json::value level_or_null(const std::optional<int>& level) { return number_or_null(level); }

/// Type and id as references have them; of notification rules the person's.
json::object use_object(Wire& wire, const ConfigUse& use) {
    json::object out;
    switch (use.kind) {
    case ConfigKind::service: out = wire.service_ref(ServiceId{use.id}); break;
    case ConfigKind::escalation_policy: out = wire.policy_ref(EscalationPolicyId{use.id}); break;
    case ConfigKind::schedule: out = wire.schedule_ref(ScheduleId{use.id}); break;
    case ConfigKind::notification_rules: out = wire.user_ref(UserId{use.id}); break;
    case ConfigKind::alert_grouping_setting: {
        auto id = wire.id(AlertGroupingSettingId{use.id});
        out = wire.head(id, "alert_grouping_setting_reference", "", "/alert_grouping_settings/" + id, "");
        break;
    }
    }
    return {{"kind", text_of(use.kind)}, {"object", std::move(out)}, {"version", use.version}};
}

json::object line_object(Wire& wire, const StoryLine& line) {
    json::object out;
    out["at"] = wire.time(line.at);
    out["reason"] = text_of(line.reason);
    out["sentence"] = line.sentence;
    json::array users;
    for (auto user : line.users) users.emplace_back(wire.user_ref(user));
    out["user"] = users.empty() ? json::value(nullptr) : users.front();
    out["users"] = std::move(users);
    out["level"] = level_or_null(line.level);
    out["schedule"] = line.schedule ? json::value(wire.schedule_ref(*line.schedule)) : json::value(nullptr);
    json::array config;
    for (const auto& use : line.config.all()) config.emplace_back(use_object(wire, use));
    out["config"] = std::move(config);
    return out;
}

json::object person_object(Wire& wire, const PersonStory& person) {
    json::object out;
    out["user"] = wire.user_ref(person.user);
    out["told"] = person.told;
    out["reason"] = text_of(person.reason);
    out["sentence"] = person.sentence;
    out["level"] = level_or_null(person.level);
    return out;
}

json::object story_object(Wire& wire, const Story& story) {
    json::object out;
    out["escalation_policy"] = wire.policy_ref(story.policy);
    out["escalation_policy_version"] = story.policy_version;
    json::array lines;
    for (const auto& line : story.lines) lines.emplace_back(line_object(wire, line));
    out["decisions"] = std::move(lines);
    out["decisions_left_out"] = story.lines_left_out;
    json::array config;
    for (const auto& [use, name, since] : story.config) {
        auto& object = config.emplace_back(use_object(wire, use)).get_object();
        object["name"] = name;
        object["since"] = since ? json::value(wire.time(*since)) : json::value(nullptr);
    }
    out["config"] = std::move(config);
    json::array people;
    for (const auto& person : story.people) people.emplace_back(person_object(wire, person));
    out["people"] = std::move(people);
    return out;
}

/// GET /incidents/{id}/why[?user=ID]
Result<Reply> explain(Request& request) {
    TRY(auto incident, find_incident(request, request.parameter("id")));
    Wire wire(request, account_zone(request.tx()));
    CHECK_OK(wire.check());
    std::optional<UserId> only;
    if (auto text = request.query.text("user")) {
        auto id = request.site.ids.parse<UserId>(*text);
        if (!id || !request.tx().find_even_deleted<User>(*id)) return errors::invalid_input("User not found");
        only = *id;
    }
    auto out = story_object(wire, tell_story(request.tx(), incident, only));
    out["incident"] = wire.incident_ref(incident);
    return ok(json::object{{"why", std::move(out)}});
}

void read_moment(Fields& fields, SimulationInput& input) {
    auto zone = account_zone(fields.request().tx());
    std::string name;
    if (fields.text("time_zone", name)) {
        if (auto found = Zone::find(name))
            zone = *found;
        else
            fields.problem("time_zone", "is not a time zone");
    }
    input.at = fields.request().now;
    std::string text;
    if (!fields.text("at", text)) return;
    if (auto at = moment_of(text, zone))
        input.at = *at;
    else
        fields.problem("at", "must be an ISO 8601 date and time");
}

void read_answers(Fields& fields, SimulationInput& input) {
    for (auto& element : fields.elements("answers")) {
        SupposedAnswer answer;
        std::int64_t after = 0;
        element.reference<User>("user", answer.user, true);
        element.number("after_seconds", after, {.required = true, .min = 0, .max = 30 * 86'400});
        element.choice("action", answer.action);
        answer.after = seconds{after};
        fields.adopt(element);
        input.answers.push_back(answer);
    }
}

/// What the requester may not see, they may not simulate either.
Result<void> permit_subject(Request& request, SimulationInput& input) {
    input.may_use = [&request](ServiceId id) {
        auto service = request.tx().find<Service>(id);
        return service && sees(request, *service);
    };
    input.may_see = [&request](const EscalationPolicy& policy) { return sees(request, policy); };
    if (input.orchestration)
        return permit_orchestration(request, *request.tx().find<EventOrchestration>(*input.orchestration));
    // Of a draft what is stored was permitted already, and what it names is known to the requester.
    if (input.draft) {
        request.permission_asked = true;
        return {};
    }
    if (input.service) {
        auto service = request.tx().find<Service>(*input.service);
        return permit(request, teams_of(request.tx(), *service), errors::not_found());
    }
    auto policy = request.tx().find<EscalationPolicy>(*input.policy);
    return permit(request, teams_of(request.tx(), *policy), errors::not_found());
}

json::object page_object(Wire& wire, const SimulatedPage& page, Timestamp begin) {
    json::object out;
    out["at"] = wire.time(page.at);
    out["after_seconds"] = std::chrono::floor<seconds>(page.at - begin).count();
    out["user"] = wire.user_ref(page.user);
    out["channel"] = channel_name(page.type);
    out["to"] = page.to;
    out["reason"] = page.reason;
    out["problem"] = page.problem.empty() ? json::value(nullptr) : json::value(page.problem);
    return out;
}

/// A whole policy instead of a reference is what would be saved. Error when the stored one is hidden from the
/// requester.
Result<void> read_draft(Fields& fields, SimulationInput& input) {
    auto inner = fields.nested("escalation_policy");
    if (!inner || !inner->sent("escalation_rules")) return {};
    EscalationPolicy stored;
    if (inner->sent("id")) {
        auto& request = fields.request();
        std::optional<EscalationPolicyId> id;
        fields.reference<EscalationPolicy>("escalation_policy", id);
        if (!id) return {};
        stored = *request.tx().find<EscalationPolicy>(*id);
        CHECK_OK(permit(request, teams_of(request.tx(), stored), errors::not_found()));
    }
    input.draft = read_policy_draft(*inner, std::move(stored));
    input.policy = input.draft->id;
    fields.adopt(*inner);
    return {};
}

/// One of three; an event goes to a service or an orchestration.
void read_subject(Fields& fields, SimulationInput& input) {
    fields.reference<Service>("service", input.service);
    if (!input.draft) fields.reference<EscalationPolicy>("escalation_policy", input.policy);
    fields.reference<EventOrchestration>("event_orchestration", input.orchestration);
    if (fields.sent("event") && !fields.sent_null("event")) read_sent_event(fields, input.event.emplace());
    int subjects =
        int{input.service.has_value()} + int{input.policy.has_value()} + int{input.orchestration.has_value()};
    if (subjects == 0) fields.problem("service", "or an escalation policy or an event orchestration must be given");
    if (subjects > 1) fields.problem("service", "an escalation policy and an event orchestration exclude each other");
    if (input.orchestration && !input.event) fields.problem("event", "must be given with an event orchestration");
    if (input.policy && input.event) fields.problem("event", "can't be given with an escalation policy");
    if (input.event && input.event->action != EventAction::trigger) fields.problem("event", "must be a trigger");
}

json::object simulation_object(Wire& wire, const SimulationInput& input, const Simulation& simulation) {
    json::object out;
    out["at"] = wire.time(input.at);
    out["ended_at"] = wire.time(simulation.ended_at);
    out["service"] = simulation.service ? json::value(wire.service_ref(simulation.service)) : json::value(nullptr);
    out["outcome"] = simulation.outcome;
    out["cut_off"] = simulation.cut_off;
    json::array pages;
    for (const auto& page : simulation.pages) pages.emplace_back(page_object(wire, page, input.at));
    out["notifications"] = std::move(pages);
    json::array remarks;
    for (const auto& remark : simulation.remarks) remarks.emplace_back(remark);
    out["remarks"] = std::move(remarks);
    out["why"] = simulation.story ? json::value(story_object(wire, *simulation.story)) : json::value(nullptr);
    return out;
}

/// POST /console/simulations
Result<Reply> simulate_incident(Request& request) {
    TRY(auto fields, Fields::of(request, "simulation"));
    SimulationInput input;
    CHECK_OK(read_draft(fields, input));
    read_subject(fields, input);
    read_moment(fields, input);
    Urgency urgency = Urgency::high;
    if (fields.choice("urgency", urgency)) input.urgency = urgency;
    fields.choice("severity", input.severity);
    std::int64_t horizon = std::chrono::duration_cast<seconds>(input.horizon).count();
    fields.number("horizon_seconds", horizon, {.min = 1, .max = 30 * 86'400});
    input.horizon = seconds{horizon};
    read_answers(fields, input);
    input.channels = request.site.channels;
    CHECK_OK(fields.check());
    CHECK_OK(permit_subject(request, input));
    Wire wire(request, account_zone(request.tx()));
    CHECK_OK(wire.check());
    // A worker is held meanwhile, and with it a snapshot of the store.
    auto end = std::chrono::steady_clock::now() + simulation_time_max;
    input.may_go_on = [end] { return std::chrono::steady_clock::now() < end; };
    TRY(auto result, simulate(request.tx(), input));
    return ok(json::object{{"simulation", simulation_object(wire, input, result)}});
}

constexpr Route table[] = {
    {Verb::get, "/incidents/{id}/why", "incidents.read", Need::view, explain, Reach::team},
    {Verb::post_reads, "/console/simulations", "incidents.read", Need::view, simulate_incident, Reach::team},
};

}  // namespace

std::span<const Route> why_routes() { return table; }

}  // namespace callboard::http
