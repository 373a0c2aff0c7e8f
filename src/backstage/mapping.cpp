// Routes: which service belongs to which entity, one at a time, and all of them by service.

#include "backstage/catalog.h"
#include "backstage/each_account.h"
#include "backstage/failure.h"
#include "backstage/handlers.h"
#include "backstage/hidden_service.h"
#include "backstage/integration_key.h"
#include "backstage/mapping_refresh.h"
#include "backstage/mapping_status.h"
#include "base/secret.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

std::string sent_text(const Call& call, std::string_view name) { return std::string{text_at(call.body, name)}; }

json::value raw_row(const Mapping& mapping, const Call& call) {
    bool shown = shows_keys(call);
    return json::object{{"index", mapping.index},
                        {"id", mapping.id},
                        {"serviceId", mapping.service_id},
                        {"integrationKey", shown ? mapping.integration_key : std::string{}},
                        {"entityRef", mapping.entity_ref},
                        {"processedDate", format_iso8601(mapping.processed_at)},
                        {"account", mapping.account}};
}

json::value listed(const ServiceRow& service, const MappingState& state, const Mapping* stored, const Entity* entity) {
    std::string name;
    if (!state.entity_ref.empty()) name = entity && entity->ref == state.entity_ref ? entity->name : std::string{};
    auto slash = state.entity_ref.rfind('/');
    if (name.empty() && slash != std::string::npos) name = state.entity_ref.substr(slash + 1);
    auto key = stored && !stored->integration_key.empty() ? stored->integration_key : service.backstage_key;
    return json::object{{"entityRef", state.entity_ref},
                        {"entityName", name},
                        {"integrationKey", key},
                        {"serviceId", service.id},
                        {"status", name_of(state.status)},
                        {"serviceName", service.name},
                        {"team", service.team},
                        {"escalationPolicy", service.escalation_policy},
                        {"serviceUrl", service.html_url},
                        {"account", service.account}};
}

/// The row that an entity has by its annotations alone: one that the page has neither mapped nor unmapped, of a service
/// that has an integration for Backstage already. Absent when there is none, or nothing is known.
std::optional<Mapping>
annotated_row(Call& call, const std::function<bool(const Entity& entity, const ServiceRow& service)>& wanted) {
    auto catalog = call.room.catalog.components(call.now, call.deadline);
    if (!catalog.components) return std::nullopt;
    call.read_at(catalog.as_of);
    auto services = call.room.directory.services_of_all(call);
    if (services.failure) return std::nullopt;
    auto stored = call.room.store.mappings();
    for (const auto& entity : catalog.components->rows) {
        const auto* service = entity.service_id.empty() ? services.list->with_key(entity.integration_key)
                                                        : services.list->with_id(entity.service_id);
        if (!service || service->backstage_key.empty() || stored->contains(service->id)) continue;
        if (!wanted(entity, *service)) continue;
        Mapping row{.service_id = service->id, .integration_key = service->backstage_key, .entity_ref = entity.ref};
        row.account = call.room.accounts.named() ? service->account : entity.account;
        row.processed_at = catalog.as_of;
        return row;
    }
    return std::nullopt;
}

/// Entities whose annotation names a service: whether it is shown there may hang on what is stored of the service.
std::vector<std::string> annotated_with(Call& call, const std::string& service_id) {
    std::vector<std::string> refs;
    auto catalog = call.room.catalog.components(call.now, call.deadline);
    if (!catalog.components) return refs;
    for (const auto& entity : catalog.components->rows) {
        bool named = entity.service_id == service_id || entity.file_service_id == service_id ||
                     std::ranges::find(entity.more_service_ids, service_id) != entity.more_service_ids.end();
        if (named) refs.push_back(entity.ref);
    }
    return refs;
}

Reply mapping_not_found(const std::string& service_id) {
    return said(404, fmt::format("Mapping for serviceId {} not found.", service_id));
}

/// The stored row; absent also when the caller must not know of its service.
std::optional<Mapping> stored_row(Call& call, std::optional<Mapping> mapping) {
    if (mapping && is_hidden_service(call, call.room.accounts.find(mapping->account), mapping->service_id))
        return std::nullopt;
    return mapping;
}

}  // namespace

/// Every service of every account, with its entity.
Reply list_mappings(Call& call) {
    auto services = call.room.directory.services_of_all(call);
    if (services.failure) return *services.failure;
    auto catalog = call.room.catalog.components(call.now, call.deadline);
    if (!catalog.components) return refused(catalog.failure.status, catalog.failure.why);
    call.read_at(catalog.as_of);
    auto stored = call.room.store.mappings();
    auto annotated = annotated_services(*catalog.components, *services.list);
    std::vector<const ServiceRow*> rows;
    for (const auto& row : services.list->rows) rows.push_back(&row);
    std::ranges::stable_sort(rows, {}, [](const ServiceRow* row) { return std::string_view{row->name}; });
    json::array mappings;
    bool shown = shows_keys(call);
    for (const auto* row : rows) {
        auto found = stored->find(row->id);
        const auto* mapping = found == stored->end() ? nullptr : &found->second;
        auto by_annotation = annotated.find(row->id);
        const auto* entity = by_annotation == annotated.end() ? nullptr : by_annotation->second;
        auto item = listed(*row, state_of(mapping, entity ? std::string_view{entity->ref} : ""), mapping, entity);
        if (!shown) item.as_object()["integrationKey"] = "";
        mappings.push_back(std::move(item));
    }
    json::object body{{"mappings", std::move(mappings)}};
    if (!call.missing.empty()) body["missing_accounts"] = missing_accounts(call);
    return ok(std::move(body));
}

Reply get_mapping_of_entity(Call& call) {
    auto ref = entity_ref(call.parameters[0], call.parameters[1], call.parameters[2]);
    auto mapping = stored_row(call, call.room.store.mapping_of_entity(ref));
    if (!mapping) mapping = annotated_row(call, [&](const auto& entity, const auto&) { return entity.ref == ref; });
    if (!mapping) return said(404, fmt::format("Mapping for entityRef {} not found.", ref));
    return ok(json::object{{"mapping", raw_row(*mapping, call)}});
}

Reply get_mapping_of_service(Call& call) {
    const auto& id = call.parameters[0];
    auto mapping = stored_row(call, call.room.store.mapping_of_service(id));
    if (!mapping) mapping = annotated_row(call, [&](const auto&, const auto& service) { return service.id == id; });
    if (!mapping) return mapping_not_found(id);
    return ok(json::object{{"mapping", raw_row(*mapping, call)}});
}

/// The integration comes first: what is made twice by a lost answer is found again by its vendor, not made again.
Reply put_mapping(Call& call) {
    Mapping mapping;
    mapping.service_id = sent_text(call, "serviceId");
    if (mapping.service_id.empty())
        return said(400, "Bad Request: 'serviceId' must be provided as part of the request body");
    mapping.entity_ref = sent_text(call, "entityRef");
    mapping.integration_key = sent_text(call, "integrationKey");
    mapping.account = sent_text(call, "account");
    const auto* account = call.room.accounts.find(mapping.account);
    if (!account) return refused(404, fmt::format("There is no account {}.", mapping.account));
    auto before = call.room.store.mapping_of_service(mapping.service_id);
    if (is_hidden_service(call, account, mapping.service_id) || (before && !stored_row(call, before)))
        return mapping_not_found(mapping.service_id);
    if (!mapping.entity_ref.empty() && mapping.integration_key.empty()) {
        auto key = backstage_key_of(call, *account, mapping.service_id);
        if (key.failure) return *key.failure;
        mapping.integration_key = key.key;
    }
    mapping.id = random_uuid();
    mapping.processed_at = call.now;
    auto put = call.room.store.put_mapping(std::move(mapping));
    auto changed = std::vector{put.kept.entity_ref};
    if (put.kept.entity_ref.empty()) changed = annotated_with(call, put.kept.service_id);
    if (put.previous) changed.push_back(put.previous->entity_ref);
    refresh_entities(call, std::move(changed));
    bool shown = shows_keys(call);
    json::object body{{"id", put.kept.id},
                      {"entityRef", put.kept.entity_ref},
                      {"integrationKey", shown ? put.kept.integration_key : std::string{}},
                      {"serviceId", put.kept.service_id},
                      {"account", put.kept.account}};
    // Given back as it came.
    if (const auto* status = member(call.body, {"status"})) body["status"] = *status;
    return ok(std::move(body));
}

/// Not in the plugin's own backend: forgets that a service was ever mapped or unmapped.
Reply delete_mapping(Call& call) {
    auto before = stored_row(call, call.room.store.mapping_of_service(call.parameters[0]));
    if (!before || !call.room.store.remove_mapping(call.parameters[0])) return mapping_not_found(call.parameters[0]);
    auto changed = annotated_with(call, before->service_id);
    changed.push_back(before->entity_ref);
    refresh_entities(call, std::move(changed));
    return {204, nullptr};
}

/// What the entity processor asks: the service that an entity's annotation names, as a JSON text.
Reply get_annotated_service(Call& call) {
    auto ref = entity_ref(call.parameters[0], call.parameters[1], call.parameters[2]);
    auto found = call.room.catalog.entity(ref, call.now, call.deadline);
    if (found.failure) return refused(found.failure->status, found.failure->why);
    if (found.entity.is_null()) return said(404, "");
    return ok(json::string{text_at(found.entity, {"metadata", "annotations", "pagerduty.com/service-id"})});
}

}  // namespace callboard::backstage
