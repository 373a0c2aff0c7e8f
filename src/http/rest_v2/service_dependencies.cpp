// REST "Service Dependencies": the edges between technical and business services.

#include "domain/service/dependency.h"
#include "http/kit/fields.h"
#include "http/kit/permit.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <algorithm>

namespace callboard::http {

namespace {

constexpr std::size_t relationships_max = 1'000;  // Per call.

/// The one place where the code is 404 as well.
Error service_not_found() { return errors::not_found("Service Not Found", 404); }

struct Node {
    ServiceKind kind = ServiceKind::technical_service;
    std::int64_t id = 0;
};

json::object node_object(Wire& wire, ServiceKind kind, std::int64_t id) {
    auto text = kind == ServiceKind::business_service ? wire.id(BusinessServiceId{id}) : wire.id(ServiceId{id});
    return json::object{{"id", std::move(text)}, {"type", std::string{text_of(kind)} + "_reference"}};
}

json::object relationship_object(Wire& wire, const ServiceDependency& edge) {
    return json::object{{"id", wire.id(edge.id)},
                        {"type", "service_dependency"},
                        {"supporting_service", node_object(wire, edge.supporting_kind, edge.supporting_service)},
                        {"dependent_service", node_object(wire, edge.dependent_kind, edge.dependent_service)}};
}

Reply relationships(Wire& wire, const std::vector<ServiceDependency>& edges) {
    json::array list;
    for (const auto& edge : edges) list.emplace_back(relationship_object(wire, edge));
    return ok(json::object{{"relationships", std::move(list)}});
}

/// "service", "technical_service" and "business_service", each with or without "_reference".
std::optional<ServiceKind> kind_of(std::string_view type) {
    constexpr std::string_view suffix = "_reference";
    if (type.ends_with(suffix)) type.remove_suffix(suffix.size());
    if (type == "service") return ServiceKind::technical_service;
    return parse_enum<ServiceKind>(type);
}

template <class T>
Result<Node> existing(Request& request, ServiceKind kind, std::string_view text) {
    auto id = request.site.ids.parse<decltype(T::id)>(text);
    auto row = id ? request.tx().find<T>(*id) : std::nullopt;
    if (!row) return service_not_found();
    CHECK_OK(permit(request, teams_of(request.tx(), *row), service_not_found()));
    return Node{kind, id->value};
}

Result<Node> read_node(Fields& relationship, std::string_view name) {
    auto fields = relationship.nested(name);
    if (!fields) relationship.problem(name, "can't be blank");
    CHECK_OK(relationship.check());
    std::string id;
    std::string type;
    fields->text("id", id, {.required = true});
    fields->text("type", type, {.required = true});
    CHECK_OK(fields->check());
    auto kind = kind_of(type);
    if (!kind) fields->problem("type", "must be one of: " + all_texts_of<ServiceKind>());
    CHECK_OK(fields->check());
    auto& request = relationship.request();
    if (*kind == ServiceKind::business_service) return existing<BusinessService>(request, *kind, id);
    return existing<Service>(request, *kind, id);
}

/// The edges of the body, without their ids.
Result<std::vector<ServiceDependency>> read_edges(Request& request) {
    TRY(auto fields, Fields::of(request, ""));
    auto elements = fields.elements("relationships", true);
    if (const auto* sent = fields.array("relationships"); sent && sent->empty())
        fields.problem("relationships", "can't be empty");
    if (elements.size() > relationships_max) fields.problem("relationships", "may hold at most 1000 elements");
    CHECK_OK(fields.check());
    std::vector<ServiceDependency> edges;
    for (auto& element : elements) {
        TRY(auto supporting, read_node(element, "supporting_service"));
        TRY(auto dependent, read_node(element, "dependent_service"));
        edges.push_back({{}, supporting.kind, supporting.id, dependent.kind, dependent.id});
    }
    return edges;
}

std::vector<ServiceDependency>::const_iterator same_edge(const std::vector<ServiceDependency>& edges,
                                                         const ServiceDependency& wanted) {
    return std::ranges::find_if(edges, [&](const ServiceDependency& edge) {
        return edge.supporting_service == wanted.supporting_service &&
               edge.dependent_service == wanted.dependent_service;
    });
}

/// An edge that is there already is returned as it is.
Result<Reply> associate(Request& request) {
    TRY(auto wanted, read_edges(request));
    auto all = request.tx().list(Query<ServiceDependency>());
    auto known = all.size();
    std::vector<ServiceDependency> answer;
    for (auto& edge : wanted) {
        if (auto found = same_edge(all, edge); found != all.end()) {
            answer.push_back(*found);
            continue;
        }
        CHECK_OK(may_join(all, edge));
        edge.id = request.tx().new_id<DependencyId>();
        all.push_back(edge);
        answer.push_back(edge);
    }
    for (auto i = known; i < all.size(); ++i) request.tx().insert(all[i]);
    Wire wire(request);
    return relationships(wire, answer);
}

/// Edges that are not there are passed over.
Result<Reply> disassociate(Request& request) {
    TRY(auto wanted, read_edges(request));
    auto all = request.tx().list(Query<ServiceDependency>());
    std::vector<ServiceDependency> answer;
    for (const auto& edge : wanted) {
        auto found = same_edge(all, edge);
        if (found == all.end() || !request.tx().erase<ServiceDependency>(found->id)) continue;
        answer.push_back(*found);
    }
    Wire wire(request);
    return relationships(wire, answer);
}

template <class T>
bool is_known(Request& request, std::int64_t id) {
    auto row = request.tx().find<T>(decltype(T::id){id});
    return row && knows(request, *row);
}

bool is_known(Request& request, ServiceKind kind, std::int64_t id) {
    if (kind == ServiceKind::business_service) return is_known<BusinessService>(request, id);
    return is_known<Service>(request, id);
}

/// Both directions, the nearest edges only, to services that the requester knows of.
Reply edges_around(Request& request, std::int64_t service) {
    auto edges = request.tx().list(Query<ServiceDependency>().where(&ServiceDependency::supporting_service, service));
    auto below = request.tx().list(Query<ServiceDependency>().where(&ServiceDependency::dependent_service, service));
    edges.insert(edges.end(), below.begin(), below.end());
    std::erase_if(edges, [&](const ServiceDependency& edge) {
        return !is_known(request, edge.supporting_kind, edge.supporting_service) ||
               !is_known(request, edge.dependent_kind, edge.dependent_service);
    });
    std::ranges::sort(edges, {}, &ServiceDependency::id);
    Wire wire(request);
    return relationships(wire, edges);
}

Result<Reply> list_of_technical_service(Request& request) {
    TRY(auto service, permitted_row<Service>(request, "id", service_not_found()));
    return edges_around(request, service.id.value);
}

Result<Reply> list_of_business_service(Request& request) {
    TRY(auto service, permitted_row<BusinessService>(request, "id", service_not_found()));
    return edges_around(request, service.id.value);
}

// clang-format off
constexpr Route table[] = {
    {Verb::post, "/service_dependencies/associate", "services.write", Need::manage, associate, Reach::team},
    {Verb::post, "/service_dependencies/disassociate", "services.write", Need::manage, disassociate, Reach::team},
    {Verb::get, "/service_dependencies/technical_services/{id}", "services.read", Need::view, list_of_technical_service, Reach::team},
    {Verb::get, "/service_dependencies/business_services/{id}", "services.read", Need::view, list_of_business_service, Reach::team},
};
// clang-format on

}  // namespace

void erase_dependencies(Tx& tx, std::int64_t service) {
    for (auto end : {&ServiceDependency::supporting_service, &ServiceDependency::dependent_service})
        for (const auto& edge : tx.list(Query<ServiceDependency>().where(end, service)))
            tx.erase<ServiceDependency>(edge.id);
}

std::span<const Route> service_dependency_routes() { return table; }

}  // namespace callboard::http
