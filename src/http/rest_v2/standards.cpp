// REST "Standards": how well technical services are kept. Answers stand without a wrapper, as documented.

#include "domain/service/standard.h"
#include "http/kit/fields.h"
#include "http/kit/permit.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <set>

namespace callboard::http {

namespace {

constexpr std::size_t scored_max = 100;  // REST: listResourceStandardsManyServices

json::array service_refs(Wire& wire, const std::vector<ServiceId>& services) {
    json::array out;
    for (auto service : services)
        out.emplace_back(json::object{{"type", "technical_service_reference"}, {"id", wire.id(service)}});
    return out;
}

json::object standard_object(Wire& wire, const Standard& standard) {
    return json::object{{"id", wire.id(standard.id)},
                        {"type", text_of(standard.type)},
                        {"name", standard.name},
                        {"description", standard.description},
                        {"active", standard.active},
                        {"resource_type", "technical_service"},
                        {"inclusions", service_refs(wire, standard.inclusions)},
                        {"exclusions", service_refs(wire, standard.exclusions)}};
}

Result<Reply> list_standards(Request& request) {
    Query<Standard> query;
    if (request.query.has("active")) query.where(&Standard::active, request.query.flag("active"));
    auto resource_type = request.query.text("resource_type").value_or("technical_service");
    if (resource_type != "technical_service") return errors::invalid_input("Resource type must be technical_service");
    Wire wire(request);
    json::array standards;
    for (const auto& standard : request.tx().list(query)) standards.emplace_back(standard_object(wire, standard));
    return ok(json::object{{"standards", std::move(standards)}});
}

void read_services(Fields& fields, std::string_view name, std::vector<ServiceId>& target) {
    for (auto& element : fields.elements(name)) {
        std::string type = "technical_service_reference";
        element.text("type", type);
        if (type != "technical_service_reference") element.problem("type", "must be technical_service_reference");
        fields.adopt(element);
    }
    fields.references<Service>(name, target);
}

Result<Reply> update_standard(Request& request) {
    TRY(auto standard, request.path_row<Standard>("id", errors::not_found("Standard Not Found", 5001)));
    TRY(auto fields, Fields::of(request, ""));
    fields.flag("active", standard.active);
    fields.text("description", standard.description, {.max = 10'000});
    read_services(fields, "inclusions", standard.inclusions);
    read_services(fields, "exclusions", standard.exclusions);
    // None of the standards we have takes a pattern; saying so is better than dropping it.
    if (auto values = fields.nested("values"); values && values->sent("regex"))
        fields.problem("values", "regex is not used by this standard");
    CHECK_OK(fields.check());
    request.tx().update(standard);
    Wire wire(request);
    return ok(standard_object(wire, standard));
}

std::size_t users_of(Tx& tx, const EscalationPolicy& policy) {
    std::set<std::int64_t> users;
    for (const auto& rule : policy.escalation_rules)
        for (const auto& target : rule.targets) {
            if (target.type == TargetType::user) {
                users.insert(target.id);
                continue;
            }
            auto schedule = tx.find<Schedule>(ScheduleId{target.id});
            if (!schedule) continue;
            for (auto user : people_of(*schedule)) users.insert(user);
        }
    return users.size();
}

ServiceFacts facts_of(Tx& tx, const Service& service) {
    ServiceFacts facts;
    facts.has_description = service.description && !is_blank(*service.description);
    facts.has_acknowledgement_timeout = service.acknowledgement_timeout.has_value();
    facts.has_auto_resolve_timeout = service.auto_resolve_timeout.has_value();
    if (auto policy = tx.find<EscalationPolicy>(service.escalation_policy)) {
        facts.has_team = policy->team.has_value();
        facts.escalation_rules = policy->escalation_rules.size();
        facts.unique_users = users_of(tx, *policy);
    }
    auto count = [&](const auto& query) { return static_cast<std::size_t>(tx.count(query)); };
    facts.inbound_integrations = count(Query<Integration>().where(&Integration::service, service.id));
    for (auto end : {&ServiceDependency::supporting_service, &ServiceDependency::dependent_service})
        facts.dependencies += count(Query<ServiceDependency>().where(end, service.id.value));
    return facts;
}

/// Inactive standards are shown with their verdict, but do not count.
json::object score_object(Wire& wire, const Service& service, const std::vector<Standard>& standards) {
    auto facts = facts_of(wire.tx(), service);
    int passing = 0;
    int total = 0;
    json::array verdicts;
    for (const auto& standard : standards) {
        if (!applies(standard, service.id)) continue;
        bool pass = passes(standard.type, facts);
        if (standard.active) ++total;
        if (standard.active && pass) ++passing;
        verdicts.emplace_back(json::object{{"id", wire.id(standard.id)},
                                           {"name", standard.name},
                                           {"description", standard.description},
                                           {"type", text_of(standard.type)},
                                           {"active", standard.active},
                                           {"pass", pass}});
    }
    return json::object{{"resource_id", wire.id(service.id)},
                        {"resource_type", "technical_service"},
                        {"score", json::object{{"passing", passing}, {"total", total}}},
                        {"standards", std::move(verdicts)}};
}

/// Business services and teams have no standards.
Result<void> check_resource_type(const Request& request) {
    if (request.parameter("resource_type") != "technical_services") return errors::not_found();
    return {};
}

/// Both ids=a,b and ids=a&ids=b.
std::vector<std::string> ids_of_query(const Request& request) {
    std::vector<std::string> ids;
    for (const auto& text : request.query.all("ids")) {
        std::string_view rest = text;
        while (!rest.empty()) {
            auto comma = std::min(rest.find(','), rest.size());
            if (comma > 0) ids.emplace_back(rest.substr(0, comma));
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
    }
    return ids;
}

/// Ids that are unknown to the requester are left out of the answer.
Result<Reply> score_many(Request& request) {
    CHECK_OK(check_resource_type(request));
    auto ids = ids_of_query(request);
    if (ids.empty()) return errors::invalid_input("Ids can't be blank");
    if (ids.size() > scored_max) return errors::invalid_input("Ids may hold at most 100 elements");
    Wire wire(request);
    auto standards = request.tx().list(Query<Standard>());
    json::array resources;
    for (const auto& text : ids) {
        auto id = request.site.ids.parse<ServiceId>(text);
        auto service = id ? request.tx().find<Service>(*id) : std::nullopt;
        if (service && sees(request, *service)) resources.emplace_back(score_object(wire, *service, standards));
    }
    return ok(json::object{{"resources", std::move(resources)}});
}

Result<Reply> score_one(Request& request) {
    CHECK_OK(check_resource_type(request));
    TRY(auto service, permitted_row<Service>(request, "id", errors::not_found("Service Not Found", 5002)));
    Wire wire(request);
    return ok(score_object(wire, service, request.tx().list(Query<Standard>())));
}

constexpr Route table[] = {
    {Verb::get, "/standards", "standards.read", Need::view, list_standards},
    {Verb::put, "/standards/{id}", "standards.write", Need::manage, update_standard},
    {Verb::get, "/standards/scores/{resource_type}", "standards.read", Need::view, score_many},
    {Verb::get, "/standards/scores/{resource_type}/{id}", "standards.read", Need::view, score_one, Reach::team},
};

}  // namespace

std::span<const Route> standard_routes() { return table; }

}  // namespace callboard::http
