#include "backstage/selector.h"

#include "backstage/failure.h"
#include "backstage/integration_key.h"

#include <fmt/format.h>

namespace callboard::backstage {

Selector selector_in_query(const Call& call) {
    return {call.query_text("service_id"),
            call.query_text("integration_key"),
            call.query_text("account"),
            call.query_text("entity_ref")};
}

Selector selector_in(const json::value& body) {
    auto text = [&](std::string_view name) { return std::string{text_at(body, name)}; };
    return {text("service_id"), text("integration_key"), text("account"), text("entity_ref")};
}

Selected select_service(Call& call, const Selector& selector) {
    Selected selected{nullptr, selector.service_id, selector.entity_ref, std::nullopt};
    auto account = selector.account;
    if (selected.service_id.empty() && selector.integration_key.empty() && !selector.entity_ref.empty())
        if (auto mapping = call.room.store.mapping_of_entity(selector.entity_ref)) {
            selected.service_id = mapping->service_id;
            if (account.empty()) account = mapping->account;
        }
    const auto* known = call.room.accounts.find(account);
    if (!known) {
        selected.problem = refused(404, fmt::format("There is no account {}.", account));
        return selected;
    }
    if (selected.service_id.empty() && !selector.integration_key.empty()) {
        auto target =
            fmt::format("/services?query={}&include[]=integrations", percent_encode(selector.integration_key));
        auto answer = call.ask(*known, call.question("GET", target, Freshness::directory));
        if (auto failure = failure_of(answer, operations::get_service, "services")) {
            selected.problem = std::move(failure);
            return selected;
        }
        const auto* service = service_with_key(list_at(answer.body, "services"), selector.integration_key);
        if (service) selected.service_id = text_at(*service, "id");
    }
    if (selected.service_id.empty())
        selected.problem = refused(404, "No service is connected with this: it has no mapping and no annotation.");
    else
        selected.account = known;
    return selected;
}

}  // namespace callboard::backstage
