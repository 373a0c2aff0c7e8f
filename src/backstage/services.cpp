// Routes: the service of a card, and lists of services.

#include "backstage/each_account.h"
#include "backstage/failure.h"
#include "backstage/handlers.h"
#include "backstage/integration_key.h"
#include "backstage/mapping_refresh.h"
#include "backstage/pages.h"
#include "backstage/service_directory.h"

#include <charconv>
#include <functional>
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

/// Whoever has a key can send events, so browsers are given keys only where the configuration says so.
void hide_keys(const Call& call, json::value& service) {
    if (shows_keys(call)) return;
    auto* object = service.if_object();
    auto* integrations = object ? object->if_contains("integrations") : nullptr;
    if (!integrations || !integrations->is_array()) return;
    for (auto& integration : integrations->get_array())
        if (auto* one = integration.if_object()) one->erase("integration_key");
}

json::value shown(const Call& call, json::value service) {
    hide_keys(call, service);
    return service;
}

Reply service_by_key(Call& call, const std::string& key) {
    const auto& operation = operations::get_service;
    auto answer = call.get(fmt::format("/services?query={}&{}", percent_encode(key), card_query), Freshness::moments);
    if (auto failure = failure_of(answer, operation, "services")) return *failure;
    const auto* service = service_with_key(list_at(answer.body, "services"), key);
    if (!service) return *failure_of({Answer::End::answered, 404}, operation);
    return ok(json::object{{"service", shown(call, *service)}});
}

struct Filter {
    std::string team;
    std::string name;
    int limit = limit_default;
};

struct Listed {
    json::array services;
    std::optional<Reply> failure;
};

/// One page of one account.
Listed filtered_services_of(Call& call, const Account& account, const Filter& filter, std::string_view label) {
    auto target = fmt::format("/services?time_zone=UTC&limit={}", filter.limit);
    if (!filter.team.empty()) target += "&team_ids[]=" + percent_encode(filter.team);
    if (!filter.name.empty()) target += "&query=" + percent_encode(filter.name);
    auto answer = call.ask(account, call.question("GET", target, Freshness::directory));
    if (auto failure = failure_of(answer, operations::get_services, "services")) return {{}, std::move(failure)};
    const auto* services = answer.body.get_object()["services"].if_array();
    if (!services) return {{}, failure_of({Answer::End::unreadable}, operations::get_services)};
    return {with_account(*services, label), std::nullopt};
}

/// All pages of one account.
Listed all_services_of(Call& call, const Account& account) {
    auto target = fmt::format("/services?{}&include[]=teams&total=true", card_query);
    auto collected = collect(call, account, operations::get_services, target, "services", Freshness::directory);
    if (collected.failure) return {{}, std::move(collected.failure)};
    return {with_account(std::move(collected.items), account.id), std::nullopt};
}

/// The lists of all accounts, one after the other.
Listed of_all_accounts(Call& call, const std::function<Listed(Call&, const Account&)>& list) {
    std::vector<Listed> parts(call.room.accounts.all().size());
    auto ask = [&](Call& own, const Account& account, std::size_t place) {
        parts[place] = list(own, account);
        return std::move(parts[place].failure);
    };
    if (auto failure = ask_each_account(call, ask)) return {{}, std::move(failure)};
    Listed all;
    for (auto& part : parts)
        for (auto& service : part.services) {
            hide_keys(call, service);
            all.services.push_back(std::move(service));
        }
    return all;
}

/// In a bare array: what the mapping page searches with.
Reply filtered_services(Call& call, const Filter& filter, const std::string& account) {
    auto list = [&](Call& own, const Account& of) {
        return filtered_services_of(
            own, of, filter, account.empty() ? std::string_view{of.id} : std::string_view{account});
    };
    auto listed = account.empty() ? of_all_accounts(call, list) : list(call, call.account);
    if (listed.failure) return *listed.failure;
    return ok(std::move(listed.services));
}

Reply all_services(Call& call) {
    auto listed = of_all_accounts(call, all_services_of);
    if (listed.failure) return *listed.failure;
    json::object body{{"services", std::move(listed.services)}};
    if (!call.missing.empty()) body["missing_accounts"] = missing_accounts(call);
    return ok(std::move(body));
}

}  // namespace

Reply get_service(Call& call) {
    auto target = fmt::format("/services/{}?{}", percent_encode(call.parameters[0]), card_query);
    auto answer = call.get(target, Freshness::moments);
    if (auto failure = failure_of(answer, operations::get_service, "service")) return *failure;
    return ok(json::object{{"service", shown(call, answer.body.get_object()["service"])}});
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
    auto made = make_integration(call, call.account, call.parameters[0], call.parameters[1]);
    if (made.failure) return *made.failure;
    return ok(json::string{shows_keys(call) ? made.key : std::string{}});
}

}  // namespace callboard::backstage
