// Routes: which services a service depends on.

#include "backstage/failure.h"
#include "backstage/handlers.h"

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

/// The service of the path is the dependent side, each id of the body the supporting one.
json::array relationships_of(const std::string& service, const json::array& supporting) {
    json::array relationships;
    for (const auto& id : supporting)
        relationships.emplace_back(
            json::object{{"supporting_service", json::object{{"id", id}, {"type", "service"}}},
                         {"dependent_service", json::object{{"id", service}, {"type", "service"}}}});
    return relationships;
}

Reply change_dependencies(Call& call, std::string_view target, const Operation& operation) {
    const auto* supporting = call.body.if_array();
    if (!supporting || supporting->empty())
        return {400, "Bad Request: 'dependencies' must be provided as part of the request body"};
    auto relationships = relationships_of(call.parameters[0], *supporting);
    auto answer = call.post(target, json::object{{"relationships", std::move(relationships)}});
    if (auto failure = failure_of(answer, operation, "relationships")) return *failure;
    return {200, nullptr, "OK"};
}

}  // namespace

Reply list_dependencies(Call& call) {
    auto answer =
        call.get(fmt::format("/service_dependencies/technical_services/{}", percent_encode(call.parameters[0])));
    if (auto failure = failure_of(answer, operations::list_dependencies, "relationships")) return *failure;
    return ok(json::object{{"relationships", answer.body.get_object()["relationships"]}});
}

Reply add_dependencies(Call& call) {
    return change_dependencies(call, "/service_dependencies/associate", operations::add_dependencies);
}

Reply remove_dependencies(Call& call) {
    return change_dependencies(call, "/service_dependencies/disassociate", operations::remove_dependencies);
}

}  // namespace callboard::backstage
