#include "backstage/integration_key.h"

#include "backstage/failure.h"
#include "backstage/service_directory.h"

#include <fmt/format.h>

namespace callboard::backstage {

const json::value* service_with_key(const json::array& services, std::string_view key) {
    const json::value* first_without = nullptr;
    bool keys_are_shown = false;
    for (const auto& service : services)
        for (const auto& integration : list_at(service, "integrations")) {
            auto shown = text_at(integration, "integration_key");
            if (shown == key) return &service;
            keys_are_shown = keys_are_shown || !shown.empty();
            if (shown.empty() && !first_without) first_without = &service;
        }
    // From whom keys are hidden can but believe the search.
    return keys_are_shown ? nullptr : first_without;
}

FoundKey backstage_key_of(Call& call, const Account& account, const std::string& service_id) {
    auto target = fmt::format("/services/{}?time_zone=UTC&include[]=integrations&include[]=escalation_policies",
                              percent_encode(service_id));
    auto answer = call.ask(account, call.question("GET", target));
    if (auto failure = failure_of(answer, operations::get_service, "service")) return {{}, std::move(failure)};
    auto row = service_row(*member(answer.body, {"service"}), account.id);
    if (!row.backstage_key.empty()) return {row.backstage_key, std::nullopt};
    return make_integration(call, account, service_id, std::string{backstage_vendor});
}

FoundKey
make_integration(Call& call, const Account& account, const std::string& service_id, const std::string& vendor_id) {
    auto integration = json::object{{"name", "Backstage"},
                                    {"service", json::object{{"id", service_id}, {"type", "service_reference"}}},
                                    {"vendor", json::object{{"id", vendor_id}, {"type", "vendor_reference"}}}};
    auto question = call.question("POST", fmt::format("/services/{}/integrations", percent_encode(service_id)));
    question.body = json::object{{"integration", std::move(integration)}};
    auto answer = call.ask(account, question);
    if (auto failure = failure_of(answer, operations::create_integration, "integration"))
        return {{}, std::move(failure)};
    call.room.directory.outdate(account);
    return {std::string{text_at(answer.body, {"integration", "integration_key"})}, std::nullopt};
}

}  // namespace callboard::backstage
