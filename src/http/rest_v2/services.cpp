// REST "Services".

#include "app/custom_fields.h"
#include "app/hooks.h"
#include "app/orchestrations.h"
#include "domain/service/service.h"
#include "http/kit/fields.h"
#include "http/kit/page.h"
#include "http/kit/permit.h"
#include "http/kit/time_of_day.h"
#include "http/rest_v2/alert_grouping.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"
#include "http/rest_v2/team_scope.h"

#include <algorithm>

namespace callboard::http {

namespace {

Error service_not_found() { return errors::not_found("Service Not Found", 5002); }

/// Seconds after midnight.
int read_clock(Fields& fields, std::string_view name) {
    return static_cast<int>(read_time_of_day(fields, name).value_or(seconds{0}).count());
}

void read_support_hours(Fields& fields, Service& service) {
    if (fields.sent_null("support_hours")) service.support_hours.reset();
    auto hours = fields.nested("support_hours");
    if (!hours) return;
    SupportHours read;
    hours->text("time_zone", read.time_zone, {.required = true});
    if (!read.time_zone.empty() && !Zone::find(read.time_zone)) hours->problem("time_zone", "is not a time zone");
    if (const auto* days_list = hours->array("days_of_week", true))
        for (const auto& day : *days_list) {
            bool good = day.is_int64() && day.get_int64() >= 1 && day.get_int64() <= 7;
            if (!good) {
                hours->problem("days_of_week", "must hold numbers from 1 (Monday) to 7");
                break;
            }
            read.days_of_week.push_back(static_cast<int>(day.get_int64()));
        }
    read.start_time = read_clock(*hours, "start_time");
    read.end_time = read_clock(*hours, "end_time");
    fields.adopt(*hours);
    service.support_hours = std::move(read);
}

/// The rule inside or outside the support hours is itself a constant rule.
void read_inner_urgency(Fields& rule, std::string_view name, RuleUrgency& target) {
    auto inner = rule.nested(name);
    if (!inner) {
        rule.problem(name, "can't be blank");
        return;
    }
    inner->choice("urgency", target);
    rule.adopt(*inner);
}

void read_urgency_rule(Fields& fields, Service& service) {
    auto rule = fields.nested("incident_urgency_rule");
    if (!rule) return;
    UrgencyRule read;
    rule->choice("type", read.type);
    if (read.type == UrgencyRuleType::constant) {
        rule->choice("urgency", read.urgency);
    } else {
        read_inner_urgency(*rule, "during_support_hours", read.during_support_hours);
        read_inner_urgency(*rule, "outside_support_hours", read.outside_support_hours);
        if (!service.support_hours) rule->sentence("Incident urgency rule needs support hours");
    }
    fields.adopt(*rule);
    service.incident_urgency_rule = read;
}

/// A member that may be left out, and can say one thing only.
void read_only_word(Fields& fields, std::string_view name, const std::string& word) {
    auto sent = word;
    if (fields.text(name, sent) && sent != word) fields.problem(name, "must be " + word);
}

void read_scheduled_actions(Fields& fields, Service& service) {
    if (!fields.sent("scheduled_actions")) return;
    service.scheduled_actions.clear();
    for (auto& element : fields.elements("scheduled_actions")) {
        ScheduledAction action;
        read_only_word(element, "type", "urgency_change");
        if (auto at = element.nested("at")) {
            read_only_word(*at, "type", "named_time");
            read_only_word(*at, "name", "support_hours_start");
            element.adopt(*at);
        }
        element.choice("to_urgency", action.to_urgency);
        if (action.to_urgency != Urgency::high) element.problem("to_urgency", "must be high");
        fields.adopt(element);
        service.scheduled_actions.push_back(action);
    }
}

void read_auto_pause(Fields& fields, Service& service) {
    auto pause = fields.nested("auto_pause_notifications_parameters");
    if (!pause) return;
    auto& target = service.auto_pause_notifications_parameters;
    pause->flag("enabled", target.enabled);
    pause->number("timeout", target.timeout);
    constexpr int allowed[] = {0, 120, 180, 300, 600, 900};
    if (target.timeout && std::ranges::find(allowed, *target.timeout) == std::end(allowed))
        pause->problem("timeout", "must be one of 0, 120, 180, 300, 600, 900");
    fields.adopt(*pause);
}

void read_service(Fields& fields, Service& service, bool create) {
    fields.text("name", service.name, {.required = create, .max = 255});
    fields.text("description", service.description, {.max = 10'000});
    fields.reference<EscalationPolicy>("escalation_policy", service.escalation_policy, create);
    // 0, like null, turns a time-out off.
    fields.number("auto_resolve_timeout", service.auto_resolve_timeout, {.min = 0});
    fields.number("acknowledgement_timeout", service.acknowledgement_timeout, {.min = 0});
    if (service.auto_resolve_timeout == 0) service.auto_resolve_timeout.reset();
    if (service.acknowledgement_timeout == 0) service.acknowledgement_timeout.reset();
    fields.choice("alert_creation", service.alert_creation);
    read_support_hours(fields, service);
    read_urgency_rule(fields, service);
    read_scheduled_actions(fields, service);
    read_auto_pause(fields, service);
    std::string status;
    if (fields.text("status", status)) {
        if (create && status != "active") fields.problem("status", "must be active when a service is created");
        // Others are what the service shows, not what can be set.
        if (status == "disabled") service.disabled = true;
        if (status == "active") service.disabled = false;
    }
    fields.unique("name", service, &Service::name);
}

json::object urgency_rule_object(const UrgencyRule& rule) {
    json::object out;
    out["type"] = text_of(rule.type);
    if (rule.type == UrgencyRuleType::constant) {
        out["urgency"] = text_of(rule.urgency);
        return out;
    }
    out["during_support_hours"] = json::object{{"type", "constant"}, {"urgency", text_of(rule.during_support_hours)}};
    out["outside_support_hours"] = json::object{{"type", "constant"}, {"urgency", text_of(rule.outside_support_hours)}};
    return out;
}

json::value support_hours_object(const std::optional<SupportHours>& hours) {
    if (!hours) return nullptr;
    json::array days_list;
    for (int day : hours->days_of_week) days_list.emplace_back(day);
    return json::object{{"type", "fixed_time_per_day"},
                        {"time_zone", hours->time_zone},
                        {"days_of_week", std::move(days_list)},
                        {"start_time", time_of_day_text(seconds{hours->start_time})},
                        {"end_time", time_of_day_text(seconds{hours->end_time})}};
}

json::array scheduled_actions_array(const Service& service) {
    json::array out;
    for (const auto& action : service.scheduled_actions)
        out.emplace_back(json::object{{"type", "urgency_change"},
                                      {"at", json::object{{"type", "named_time"}, {"name", "support_hours_start"}}},
                                      {"to_urgency", text_of(action.to_urgency)}});
    return out;
}

ServiceLoad load_of(Tx& tx, const Service& service) {
    ServiceLoad load;
    load.disabled = service.disabled;
    auto open =
        Query<Incident>().where(&Incident::service, service.id).below(&Incident::status, IncidentStatus::resolved);
    load.triggered =
        static_cast<int>(tx.count(Query<Incident>(open).where(&Incident::status, IncidentStatus::triggered)));
    load.acknowledged = static_cast<int>(tx.count(open)) - load.triggered;
    ConfigCache cache;
    load.in_maintenance = cache.in_maintenance(tx, service.id);
    return load;
}

std::optional<Timestamp> last_incident_at(Tx& tx, const Service& service) {
    auto newest =
        tx.first(Query<Incident>().where(&Incident::service, service.id).order_by(&Incident::id, Order::descending));
    if (!newest) return std::nullopt;
    return newest->created_at;
}

/// The owners of integration keys come first: Backstage sends a key as `query`.
std::optional<Service> service_by_key(Tx& tx, const std::string& key) {
    auto integration = tx.first(Query<Integration>().where(&Integration::integration_key, key));
    if (!integration) return std::nullopt;
    return tx.find<Service>(integration->service);
}

Result<Query<Service>> list_query(Request& request) {
    Query<Service> query;
    if (auto name = request.query.text("name")) query.where(&Service::name, *name);
    // "id" is not in the documentation, but Backstage asks for many by it.
    if (request.query.has("id")) query.where_in(&Service::id, request.query_ids<ServiceId>("id"));
    if (request.query.has("team_ids"))
        query.where_in(&Service::escalation_policy,
                       policies_of_teams(request.tx(), request.query_ids<TeamId>("team_ids")));
    CHECK_OK(sort_by_name(request, query, &Service::name));
    return query;
}

Result<Reply> list_services(Request& request) {
    Wire wire(request);
    CHECK_OK(wire.check());
    TRY(auto query, list_query(request));
    auto write = [&](const Service& service) { return service_object(wire, service); };
    auto text = request.query.text("query").value_or("");
    only_seen(request, query);
    if (auto owner = service_by_key(request.tx(), text); owner && sees(request, *owner))
        return page_of(request, "services", std::vector{*owner}, write);
    if (!text.empty()) query.contains(text, &Service::name);
    return page_of(request, "services", std::move(query), write);
}

Result<Reply> create_service(Request& request) {
    TRY(auto fields, Fields::of(request, "service"));
    Service service;
    service.id = request.tx().new_id<ServiceId>();
    service.created_at = request.now;
    read_service(fields, service, /*create=*/true);
    auto wish = read_service_grouping(fields);
    CHECK_OK(fields.check());
    CHECK_OK(permit(request, teams_of(request.tx(), service)));
    set_service_grouping(request.tx(), service, wish);
    request.tx().insert(service);
    announce_service(request.tx(), request.site.desk, service, "service.created", acting_agent(request));
    Wire wire(request);
    return created(json::object{{"service", service_object(wire, service)}});
}

Result<Reply> get_service(Request& request) {
    Wire wire(request);
    CHECK_OK(wire.check());
    TRY(auto service, permitted_row<Service>(request, "id", service_not_found()));
    return ok(json::object{{"service", service_object(wire, service)}});
}

Result<Reply> update_service(Request& request) {
    TRY(auto service, permitted_row<Service>(request, "id", service_not_found()));
    TRY(auto fields, Fields::of(request, "service"));
    read_service(fields, service, /*create=*/false);
    auto wish = read_service_grouping(fields);
    CHECK_OK(fields.check());
    CHECK_OK(permit(request, teams_of(request.tx(), service)));
    set_service_grouping(request.tx(), service, wish);
    request.tx().update(service);
    announce_service(request.tx(), request.site.desk, service, "service.updated", acting_agent(request));
    Wire wire(request);
    return ok(json::object{{"service", service_object(wire, service)}});
}

/// Its open incidents end with it: nobody could act on them any more.
Result<Reply> delete_service(Request& request) {
    TRY(auto service, permitted_row<Service>(request, "id", service_not_found()));
    auto open =
        Query<Incident>().where(&Incident::service, service.id).below(&Incident::status, IncidentStatus::resolved);
    Act act{agent_of(service.id), Channel::auto_, request.now};
    if (request.actor.user) act.agent = agent_of(request.actor.user->id);
    for (const auto& incident : request.tx().list(open))
        CHECK_OK(resolve_incident(request.tx(), request.site.desk, incident.id, "The service was deleted.", act));
    for (auto& integration : request.tx().list(Query<Integration>().where(&Integration::service, service.id))) {
        integration.deleted_at = request.now;
        request.tx().update(integration);
    }
    erase_dependencies(request.tx(), service.id.value);
    forget_field_values(request.tx(), service.id.value);
    forget_orchestration_of(request.tx(), service.id);
    set_service_grouping(request.tx(), service, {.said = true, .setting = std::nullopt});
    service.deleted_at = request.now;
    request.tx().update(service);
    announce_service(request.tx(), request.site.desk, service, "service.deleted", acting_agent(request));
    return no_content();
}

constexpr Route table[] = {
    {Verb::get, "/services", "services.read", Need::view, list_services, Reach::team},
    {Verb::post, "/services", "services.write", Need::manage, create_service, Reach::team},
    {Verb::get, "/services/{id}", "services.read", Need::view, get_service, Reach::team},
    {Verb::put, "/services/{id}", "services.write", Need::manage, update_service, Reach::team},
    {Verb::del, "/services/{id}", "services.write", Need::manage, delete_service, Reach::team},
};

}  // namespace

json::object service_object(Wire& wire, const Service& service) {
    auto id = wire.id(service.id);
    auto out = wire.head(id, "service", service.name, "/services/" + id, "/service-directory/" + id);
    out["name"] = service.name;
    out["description"] = text_or_null(service.description);
    out["created_at"] = wire.time(service.created_at);
    out["updated_at"] = wire.time(service.created_at);
    out["status"] = text_of(service_status(load_of(wire.tx(), service)));
    out["auto_resolve_timeout"] = number_or_null(service.auto_resolve_timeout);
    out["acknowledgement_timeout"] = number_or_null(service.acknowledgement_timeout);
    out["alert_creation"] = text_of(service.alert_creation);
    out["last_incident_timestamp"] = wire.time(last_incident_at(wire.tx(), service));
    out["escalation_policy"] = policy_ref_or_full(wire, service.escalation_policy);
    json::array teams;
    const auto* policy = wire.policy(service.escalation_policy);
    if (policy && policy->team) teams.emplace_back(team_ref_or_full(wire, *policy->team));
    out["teams"] = std::move(teams);
    json::array integrations;
    auto of_service = Query<Integration>().where(&Integration::service, service.id);
    for (const auto& integration : wire.tx().list(of_service))
        integrations.emplace_back(reference_or_full(
            wire, "integrations", &integration, wire.integration_ref(integration), integration_object));
    out["integrations"] = std::move(integrations);
    out["incident_urgency_rule"] = urgency_rule_object(service.incident_urgency_rule);
    out["support_hours"] = support_hours_object(service.support_hours);
    out["scheduled_actions"] = scheduled_actions_array(service);
    out["alert_grouping_parameters"] = service_grouping_object(wire.tx(), service);
    const auto& pause = service.auto_pause_notifications_parameters;
    out["auto_pause_notifications_parameters"] =
        json::object{{"enabled", pause.enabled}, {"timeout", number_or_null(pause.timeout)}};
    out["addons"] = json::array{};
    out["response_play"] = nullptr;
    return out;
}

std::span<const Route> service_routes() { return table; }

}  // namespace callboard::http
