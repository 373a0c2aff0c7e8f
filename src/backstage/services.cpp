// Routes: the service of a card, and lists of services.

#include "backstage/failure.h"
#include "backstage/handlers.h"
#include "backstage/pages.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr std::string_view card_query = "time_zone=UTC&include[]=integrations&include[]=escalation_policies";
constexpr std::string_view blanks = " \t\r\n\f\v";
constexpr int limit_default = 100;

std::string trimmed(std::string_view text) {
    auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return std::string{text.substr(first, text.find_last_not_of(blanks) - first + 1)};
}

/// The number a text begins with, as the plugin's own backend reads limits: "12abc" is 12, "many" is none, nor is 0.
std::optional<int> leading_number(std::string_view written) {
    auto text = trimmed(written);
    std::string_view digits = text;
    if (digits.starts_with('+')) digits.remove_prefix(1);
    int value = 0;
    auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (failed != std::errc{} || value == 0) return std::nullopt;
    return value;
}

/// Each service says of which account it is.
json::array with_account(json::array services, std::string_view account) {
    for (auto& service : services)
        if (auto* object = service.if_object()) (*object)["account"] = account;
    return services;
}

Reply service_by_key(Call& call, const std::string& key) {
    const auto& operation = operations::get_service;
    auto answer = call.get(fmt::format("/services?query={}&{}", percent_encode(key), card_query));
    if (auto failure = failure_of(answer, operation, "services")) return *failure;
    const auto* services = answer.body.get_object()["services"].if_array();
    if (!services || services->empty()) return *failure_of({Answer::End::answered, 404, nullptr}, operation);
    return ok(json::object{{"service", services->front()}});
}

struct Filter {
    std::string team;
    std::string name;
    int limit = limit_default;
};

/// One page, in a bare array: what the mapping page searches with.
Reply filtered_services(Call& call, const Filter& filter, const std::string& account) {
    auto target = fmt::format("/services?time_zone=UTC&limit={}", filter.limit);
    if (!filter.team.empty()) target += "&team_ids[]=" + percent_encode(filter.team);
    if (!filter.name.empty()) target += "&query=" + percent_encode(filter.name);
    auto answer = call.get(target);
    if (auto failure = failure_of(answer, operations::get_services, "services")) return *failure;
    const auto* services = answer.body.get_object()["services"].if_array();
    if (!services) return *failure_of({Answer::End::unreadable, 0, nullptr}, operations::get_services);
    return ok(with_account(*services, account.empty() ? default_account : std::string_view{account}));
}

Reply all_services(Call& call) {
    auto target = fmt::format("/services?{}&include[]=teams&total=true", card_query);
    auto collected = collect(call, operations::get_services, target, "services");
    if (collected.failure) return *collected.failure;
    return ok(json::object{{"services", with_account(std::move(collected.items), default_account)}});
}

}  // namespace

Reply get_service(Call& call) {
    auto answer = call.get(fmt::format("/services/{}?{}", percent_encode(call.parameters[0]), card_query));
    if (auto failure = failure_of(answer, operations::get_service, "service")) return *failure;
    return ok(json::object{{"service", answer.body.get_object()["service"]}});
}

Reply find_services(Call& call) {
    if (auto key = call.query_text("integration_key"); !key.empty()) return service_by_key(call, key);
    auto team = call.query_text("team_id");
    auto name = call.query_text("query");
    auto limit = leading_number(call.query_text("limit"));
    if (team.empty() && name.empty() && !limit) return all_services(call);
    auto filter = Filter{team, trimmed(name), limit.value_or(limit_default)};
    return filtered_services(call, filter, call.query_text("account"));
}

Reply create_integration(Call& call) {
    const auto& service = call.parameters[0];
    const auto& vendor = call.parameters[1];
    auto integration = json::object{{"name", "Backstage"},
                                    {"service", json::object{{"id", service}, {"type", "service_reference"}}},
                                    {"vendor", json::object{{"id", vendor}, {"type", "vendor_reference"}}}};
    auto answer = call.post(fmt::format("/services/{}/integrations", percent_encode(service)),
                            json::object{{"integration", std::move(integration)}});
    if (auto failure = failure_of(answer, operations::create_integration, "integration")) return *failure;
    const auto* made = answer.body.get_object()["integration"].if_object();
    const auto* key = made ? made->if_contains("integration_key") : nullptr;
    return ok(key && key->is_string() ? *key : json::value(""));
}

}  // namespace callboard::backstage
