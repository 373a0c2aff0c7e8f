// Route: many mappings at once, as auto-matching confirms them. A service that has a row is left alone, even when the
// row says that it has no entity: somebody decided that.

#include "backstage/failure.h"
#include "backstage/handlers.h"
#include "backstage/hidden_service.h"
#include "backstage/integration_key.h"
#include "backstage/mapping_refresh.h"
#include "backstage/parallel.h"
#include "backstage/service_directory.h"
#include "base/secret.h"

#include <algorithm>
#include <atomic>
#include <set>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr std::size_t mappings_max = 5'000;
/// Of services without an integration: each costs upstream two requests.
constexpr std::size_t keys_at_once = 8;

struct Bulk {
    json::array success;
    json::array skipped;
    json::array errors;
    std::vector<Mapping> wanted;

    void error(const json::value& item, std::string why) {
        json::object entry{{"entityRef", value_at(item, {"entityRef"})}};
        if (auto service = text_at(item, "serviceId"); !service.empty()) entry["serviceId"] = service;
        entry["error"] = std::move(why);
        errors.emplace_back(std::move(entry));
    }

    void skip(const Mapping& mapping) {
        skipped.emplace_back(json::object{{"entityRef", mapping.entity_ref},
                                          {"serviceId", mapping.service_id},
                                          {"reason", "Service already has a mapping"}});
    }
};

void read_item(Call& call, const json::value& item, std::set<std::string>& seen, Bulk& bulk) {
    Mapping mapping;
    mapping.service_id = text_at(item, "serviceId");
    mapping.entity_ref = text_at(item, "entityRef");
    mapping.integration_key = text_at(item, "integrationKey");
    mapping.account = text_at(item, "account");
    mapping.processed_at = call.now;
    if (mapping.service_id.empty()) return bulk.error(item, "Missing serviceId");
    const auto* account = call.room.accounts.find(mapping.account);
    if (!account) return bulk.error(item, fmt::format("There is no account {}", mapping.account));
    if (is_hidden_service(call, account, mapping.service_id))
        return bulk.error(item, fmt::format("There is no service {}", mapping.service_id));
    if (!seen.insert(mapping.service_id).second || call.room.store.mapping_of_service(mapping.service_id))
        return bulk.skip(mapping);
    mapping.id = random_uuid();
    bulk.wanted.push_back(std::move(mapping));
}

std::string first_error(const Reply& reply) {
    const auto& errors = list_at(reply.body, "errors");
    return errors.empty() || !errors[0].is_string() ? std::string{"The integration could not be made"}
                                                    : std::string{view_of(errors[0].get_string())};
}

/// Fills in keys that are missing: from the list of services, else by asking for the service. What fails is an error of
/// that mapping alone.
void find_keys(Call& call, Bulk& bulk) {
    std::vector<FoundKey> found(bulk.wanted.size());
    std::vector<std::function<void()>> jobs;
    std::vector<Call> calls(keys_at_once, call);
    std::atomic<std::size_t> next{0};
    for (auto& own : calls)
        jobs.emplace_back([&] {
            for (auto i = next++; i < found.size(); i = next++) {
                const auto& mapping = bulk.wanted[i];
                if (mapping.entity_ref.empty() || !mapping.integration_key.empty()) continue;
                const auto& account = *own.room.accounts.find(mapping.account);
                if (auto known = own.room.directory.services(own, account); known.list)
                    if (const auto* row = known.list->with_id(mapping.service_id)) found[i].key = row->backstage_key;
                if (found[i].key.empty()) found[i] = backstage_key_of(own, account, mapping.service_id);
            }
        });
    call.room.parallel.run(std::move(jobs));
    std::vector<Mapping> good;
    for (std::size_t i = 0; i < found.size(); ++i) {
        auto& mapping = bulk.wanted[i];
        if (found[i].failure) {
            bulk.errors.emplace_back(json::object{{"entityRef", mapping.entity_ref},
                                                  {"serviceId", mapping.service_id},
                                                  {"error", first_error(*found[i].failure)}});
            continue;
        }
        if (mapping.integration_key.empty()) mapping.integration_key = found[i].key;
        good.push_back(std::move(mapping));
    }
    bulk.wanted = std::move(good);
}

}  // namespace

Reply put_mappings(Call& call) {
    const auto* sent = member(call.body, {"mappings"});
    const auto* items = sent ? sent->if_array() : nullptr;
    if (!items) return refused_once(400, "Bad Request: 'mappings' must be an array");
    if (items->size() > mappings_max)
        return refused_once(400, fmt::format("Bad Request: at most {} mappings at once", mappings_max));
    Bulk bulk;
    std::set<std::string> seen;
    for (const auto& item : *items) read_item(call, item, seen, bulk);
    find_keys(call, bulk);
    auto left_alone = call.room.store.add_mappings(bulk.wanted);
    std::vector<std::string> refs;
    for (const auto& mapping : bulk.wanted) {
        if (std::ranges::find(left_alone, mapping.service_id) != left_alone.end()) {
            bulk.skip(mapping);
            continue;
        }
        refs.push_back(mapping.entity_ref);
        bulk.success.emplace_back(json::object{{"id", mapping.id},
                                               {"entityRef", mapping.entity_ref},
                                               {"integrationKey", shows_keys(call) ? mapping.integration_key : ""},
                                               {"serviceId", mapping.service_id},
                                               {"status", "InSync"},
                                               {"account", mapping.account}});
    }
    refresh_entities(call, std::move(refs));
    auto counts = [](const json::array& list) { return static_cast<std::int64_t>(list.size()); };
    json::object body{{"total", counts(*items)},
                      {"successCount", counts(bulk.success)},
                      {"skippedCount", counts(bulk.skipped)},
                      {"errorCount", counts(bulk.errors)}};
    body["success"] = std::move(bulk.success);
    body["skipped"] = std::move(bulk.skipped);
    body["errors"] = std::move(bulk.errors);
    return ok(std::move(body));
}

}  // namespace callboard::backstage
