// REST "Business Services": which of them open incidents impact, by which priority on, and what people say by hand.

#include "domain/service/impact.h"
#include "http/kit/fields.h"
#include "http/kit/permit.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <algorithm>

namespace callboard::http {

namespace {

constexpr std::size_t listed_max = 200;  // REST: "up to the limit of 200".
/// Open incidents that are looked at, the newest: in a storm the rest changes no colour.
constexpr std::int64_t incidents_max = 10'000;
constexpr auto threshold_setting = "business_services.global_threshold";

constexpr std::string_view priority_field = "services.highest_impacting_priority";
constexpr std::string_view count_field = "total_impacted_count";

/// What impacts one business service.
struct Impact {
    std::optional<int> best_rank;
    Timestamp latest;
    std::vector<IncidentId> incidents;
};

std::optional<Priority> threshold_of(Tx& tx) {
    auto id = tx.setting(threshold_setting);
    if (!id || id->empty()) return std::nullopt;
    return tx.find<Priority>(PriorityId{std::stoll(*id)});
}

json::value priority_value(Wire& wire, const std::optional<Priority>& priority) {
    if (!priority) return nullptr;
    return json::object{{"id", wire.id(priority->id)}, {"order", order_of_rank(priority->rank)}};
}

/// What all open incidents impact.
class Impacts {
public:
    explicit Impacts(Tx& tx)
        : graph_(tx.list(Query<ServiceDependency>().page(static_cast<std::int64_t>(dependencies_read_max)))) {
        for (auto& priority : tx.list(Query<Priority>())) priorities_[priority.id] = std::move(priority);
        auto threshold = threshold_of(tx);
        if (threshold) threshold_ = threshold->rank;
        for (auto& said :
             tx.list(Query<ManualImpact>().order_by(&ManualImpact::id, Order::descending).page(incidents_max)))
            by_hand_[said.incident].push_back(said);
        auto open =
            Query<Incident>()
                .where_in(&Incident::status, std::vector{IncidentStatus::triggered, IncidentStatus::acknowledged})
                .order_by(&Incident::id, Order::descending);
        auto with_priority = open;
        for (const auto& incident : tx.list(with_priority.is_not_null(&Incident::priority).page(incidents_max)))
            add(incident);
        for (const auto& [id, said] : by_hand_)
            if (auto incident = tx.find<Incident>(id); incident && !incident->priority) add(*incident);
    }

    [[nodiscard]] ImpactGraph& graph() { return graph_; }

    /// Null when nothing impacts it.
    [[nodiscard]] const Impact* of(BusinessServiceId service) const {
        auto found = impacts_.find(service);
        return found == impacts_.end() ? nullptr : &found->second;
    }

    [[nodiscard]] std::optional<Priority> highest_priority(BusinessServiceId service) const {
        const auto* impact = of(service);
        if (!impact || !impact->best_rank) return std::nullopt;
        for (const auto& [id, priority] : priorities_)
            if (priority.rank == *impact->best_rank) return priority;
        return std::nullopt;
    }

    /// By an incident, open or not.
    [[nodiscard]] ImpactGraph::Impacted impacted_by(const Incident& incident) {
        auto said = by_hand_.find(incident.id);
        bool by_itself = meets_threshold(rank_of(incident), threshold_);
        if (said != by_hand_.end()) return graph_.impacted(incident.service, by_itself, said->second);
        return by_itself ? graph_.supported_by(incident.service) : ImpactGraph::Impacted{};
    }

    [[nodiscard]] std::optional<int> rank_of(const Incident& incident) const {
        auto found = incident.priority ? priorities_.find(*incident.priority) : priorities_.end();
        return found == priorities_.end() ? std::nullopt : std::optional{found->second.rank};
    }

private:
    static constexpr std::size_t dependencies_read_max = 100'000;

    void add(const Incident& incident) {
        if (incident.status == IncidentStatus::resolved) return;
        auto rank = rank_of(incident);
        for (auto service : impacted_by(incident)) {
            auto& impact = impacts_[service];
            if (rank && (!impact.best_rank || *rank < *impact.best_rank)) impact.best_rank = rank;
            impact.latest = std::max(impact.latest, incident.created_at);
            impact.incidents.push_back(incident.id);
        }
    }

    ImpactGraph graph_;
    std::map<PriorityId, Priority> priorities_;
    std::optional<int> threshold_;
    std::map<IncidentId, std::vector<ManualImpact>> by_hand_;
    std::map<BusinessServiceId, Impact> impacts_;
};

json::object impact_object(Wire& wire, const BusinessService& service, bool is_impacted) {
    return {{"id", wire.id(service.id)},
            {"name", service.name},
            {"type", "business_service"},
            {"status", is_impacted ? "impacted" : "not_impacted"}};
}

struct Extra {
    bool priority = false;
    bool count = false;
};

Result<Extra> extra_of(const Request& request) {
    Extra extra;
    for (const auto& name : request.query.all("additional_fields")) {
        if (name != priority_field && name != count_field)
            return errors::invalid_input("Additional fields must be services.highest_impacting_priority or "
                                         "total_impacted_count");
        extra.priority = extra.priority || name == priority_field;
        extra.count = extra.count || name == count_field;
    }
    return extra;
}

/// Those that the requester sees, of `wanted`.
template <class Wanted>
std::vector<BusinessService> seen_services(Request& request, const Wanted& wanted) {
    auto query = Query<BusinessService>().order_by(&BusinessService::name);
    only_seen(request, query);
    auto services = request.tx().list(query);
    std::erase_if(services, [&](const BusinessService& service) { return !wanted(service.id); });
    return services;
}

/// Those named by ids[], else those of `unless_named`.
template <class Wanted>
std::vector<BusinessService> asked_services(Request& request, const Wanted& unless_named) {
    auto ids = request.query_ids<BusinessServiceId>("ids");
    if (request.query.all("ids").empty()) return seen_services(request, unless_named);
    return seen_services(request, [&](BusinessServiceId id) { return std::ranges::find(ids, id) != ids.end(); });
}

/// The impacted first, of them the most recently impacted, then by name.
Result<Reply> impacts_reply(Request& request, const Impacts& impacts, std::vector<BusinessService> services) {
    TRY(auto extra, extra_of(request));
    auto latest = [&](const BusinessService& service) {
        const auto* impact = impacts.of(service.id);
        return impact ? impact->latest : Timestamp::min();
    };
    std::ranges::stable_sort(services, std::greater<>{}, latest);
    auto count =
        std::ranges::count_if(services, [&](const auto& service) { return impacts.of(service.id) != nullptr; });
    Wire wire(request);
    json::array out;
    for (const auto& service : std::span(services).first(std::min(services.size(), listed_max))) {
        auto object = impact_object(wire, service, impacts.of(service.id) != nullptr);
        if (extra.priority) {
            auto priority = priority_value(wire, impacts.highest_priority(service.id));
            object["additional_fields"] = json::object{{"highest_impacting_priority", std::move(priority)}};
        }
        out.emplace_back(std::move(object));
    }
    json::object body{{"limit", listed_max}, {"more", services.size() > listed_max}, {"services", std::move(out)}};
    if (extra.count) body["additional_fields"] = json::object{{"total_impacted_count", count}};
    return ok(std::move(body));
}

Result<Reply> list_impacts(Request& request) {
    Impacts impacts(request.tx());
    auto services = asked_services(request, [&](BusinessServiceId id) { return impacts.graph().is_top_level(id); });
    return impacts_reply(request, impacts, std::move(services));
}

Error service_not_found() { return errors::not_found("Business Service Not Found", 5001); }

Result<Reply> list_supporting_impacts(Request& request) {
    TRY(auto service, permitted_row<BusinessService>(request, "id", service_not_found()));
    Impacts impacts(request.tx());
    auto supporting = impacts.graph().supporting(service.id);
    auto supports = [&](BusinessServiceId id) { return std::ranges::find(supporting, id) != supporting.end(); };
    auto services = asked_services(request, supports);
    std::erase_if(services, [&](const BusinessService& one) { return !supports(one.id); });
    return impacts_reply(request, impacts, std::move(services));
}

/// The highest priority first, then the oldest.
Result<Reply> list_impactors(Request& request) {
    Impacts impacts(request.tx());
    auto services = asked_services(request, [&](BusinessServiceId id) { return impacts.graph().is_top_level(id); });
    std::set<IncidentId> ids;
    for (const auto& service : services)
        if (const auto* impact = impacts.of(service.id)) ids.insert(impact->incidents.begin(), impact->incidents.end());
    std::vector<std::pair<int, IncidentId>> impactors;
    for (auto id : ids)
        if (auto incident = request.tx().find<Incident>(id); incident && sees(request, *incident))
            impactors.emplace_back(impacts.rank_of(*incident).value_or(INT_MAX), id);
    std::ranges::sort(impactors);
    Wire wire(request);
    json::array out;
    for (const auto& [rank, id] : std::span(impactors).first(std::min(impactors.size(), listed_max)))
        out.emplace_back(json::object{{"id", wire.id(id)}, {"type", "incident"}});
    return ok(
        json::object{{"limit", listed_max}, {"more", impactors.size() > listed_max}, {"impactors", std::move(out)}});
}

Result<Reply> threshold_reply(Request& request) {
    Wire wire(request);
    return ok(json::object{{"global_threshold", priority_value(wire, threshold_of(request.tx()))}});
}

Result<Reply> put_threshold(Request& request) {
    TRY(auto fields, Fields::of(request, "global_threshold"));
    std::string id_text;
    std::int64_t order = 0;
    fields.text("id", id_text, {.required = true, .min = 1});
    fields.number("order", order, {.required = true});
    CHECK_OK(fields.check());
    auto id = request.site.ids.parse<PriorityId>(id_text);
    auto priority = id ? request.tx().find<Priority>(*id) : std::nullopt;
    if (!priority) return errors::invalid_input("Id is not the id of a priority");
    if (order != order_of_rank(priority->rank)) return errors::invalid_input("Order is not that of the priority");
    request.tx().set_setting(threshold_setting, std::to_string(priority->id.value));
    return threshold_reply(request);
}

Result<Reply> delete_threshold(Request& request) {
    request.tx().set_setting(threshold_setting, "");
    return no_content();
}

Error incident_not_found() { return errors::not_found("Incident Not Found", 2100); }

/// Nothing once it is resolved.
Result<Reply> list_impacts_of_incident(Request& request) {
    TRY(auto incident, permitted_row<Incident>(request, "id", incident_not_found()));
    ImpactGraph::Impacted impacted;
    if (incident.status != IncidentStatus::resolved) impacted = Impacts(request.tx()).impacted_by(incident);
    Wire wire(request);
    json::array out;
    for (const auto& service : seen_services(request, [&](BusinessServiceId id) { return impacted.contains(id); }))
        out.emplace_back(impact_object(wire, service, /*is_impacted=*/true));
    // All in one page: an account has no more.
    return ok(json::object{{"limit", 5'000}, {"next_cursor", nullptr}, {"services", std::move(out)}});
}

Result<Reply> put_impact(Request& request) {
    TRY(auto incident, permitted_row<Incident>(request, "id", incident_not_found()));
    TRY(auto service, request.path_row<BusinessService>("business_service_id", service_not_found()));
    if (!sees(request, service)) return service_not_found();
    TRY(auto fields, Fields::of(request, ""));
    ManualImpact said{.id = {}, .incident = incident.id, .business_service = service.id};
    if (!fields.choice("relation", said.relation) && (!fields.sent("relation") || fields.sent_null("relation")))
        fields.problem("relation", "can't be blank");
    CHECK_OK(fields.check());
    auto& tx = request.tx();
    auto before = tx.first(Query<ManualImpact>()
                               .where(&ManualImpact::incident, incident.id)
                               .where(&ManualImpact::business_service, service.id));
    said.id = before ? before->id : tx.new_id<ManualImpactId>();
    if (before)
        tx.update(said);
    else
        tx.insert(said);
    return ok(json::object{{"relation", text_of(said.relation)}});
}

constexpr auto thresholds = "/business_services/priority_thresholds";

constexpr Route table[] = {
    {Verb::get, "/business_services/impacts", "services.read", Need::view, list_impacts, Reach::team},
    {Verb::get, "/business_services/impactors", "services.read", Need::view, list_impactors, Reach::team},
    {Verb::get,
     "/business_services/{id}/supporting_services/impacts",
     "services.read",
     Need::view,
     list_supporting_impacts,
     Reach::team},
    {Verb::get, thresholds, "services.read", Need::view, threshold_reply},
    {Verb::put, thresholds, "services.write", Need::admin, put_threshold},
    {Verb::del, thresholds, "services.write", Need::admin, delete_threshold},
    {Verb::get,
     "/incidents/{id}/business_services/impacts",
     "incidents.read",
     Need::view,
     list_impacts_of_incident,
     Reach::team},
    {Verb::put,
     "/incidents/{id}/business_services/{business_service_id}/impacts",
     "incidents.write",
     Need::respond,
     put_impact,
     Reach::team},
};

}  // namespace

std::set<BusinessServiceId> impacted_by(Tx& tx, const Incident& incident) { return Impacts(tx).impacted_by(incident); }

std::span<const Route> business_service_impact_routes() { return table; }

}  // namespace callboard::http
