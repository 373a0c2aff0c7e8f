// Routes: the synchronisation in the background, and what the catalog is told of an entity while it processes it.

#include "backstage/catalog.h"
#include "backstage/failure.h"
#include "backstage/handlers.h"
#include "backstage/service_directory.h"
#include "backstage/sync_desk.h"

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr std::size_t references_max = 1'000;

json::value time_or_null(const std::optional<Timestamp>& at) {
    return at ? json::value(json::string{format_iso8601(*at)}) : json::value(nullptr);
}

json::value last_object(const std::optional<SyncReport>& last) {
    if (!last) return nullptr;
    return json::object{{"began_at", format_iso8601(last->began_at)},
                        {"ended_at", format_iso8601(last->ended_at)},
                        {"entities", last->entities},
                        {"dependencies_added", last->dependencies_added},
                        {"dependencies_removed", last->dependencies_removed},
                        {"values_written", last->values_written},
                        {"failures", last->failures},
                        {"problems", json::array(last->problems.begin(), last->problems.end())}};
}

json::object state_object(Call& call) {
    auto state = call.room.sync.state();
    return {{"running_since", time_or_null(state.running_since)}, {"last", last_object(state.last)}};
}

}  // namespace

Reply get_sync(Call& call) { return ok(state_object(call)); }

/// Begins a run. With {"again": true} values of custom fields are also written where they are known to be there, which
/// undoes what was changed by hand in PagerDuty.
Reply start_sync(Call& call) {
    const auto* again = member(call.body, {"again"});
    if (again && !again->is_bool()) return refused(400, "Bad Request: 'again' must be true or false");
    call.room.sync.ask(again && again->get_bool());
    return {202, state_object(call)};
}

namespace {

/// What an entity's file says of its service, and what is known of that.
struct Annotated {
    std::string service_id;
    const ServiceRow* by_key = nullptr;
    /// Somebody took it away from its entity.
    bool unmapped = false;
};

Annotated annotated_service(Call& call, const KnownServices& known) {
    Annotated found{std::string{text_at(call.body, "serviceId")}, nullptr, false};
    if (found.service_id.empty()) {
        found.by_key = known.with_key(std::string{text_at(call.body, "integrationKey")});
        if (found.by_key) found.service_id = found.by_key->id;
    }
    if (found.service_id.empty()) return found;
    auto row = call.room.store.mapping_of_service(found.service_id);
    found.unmapped = row && row->entity_ref.empty();
    return found;
}

/// The key that the entity shall carry: a text, null for none; absent: as it is. One in the file may be of a service
/// that is not the entity's any more.
std::optional<json::value> key_of(Call& call, const KnownServices& known, const std::string& service_id) {
    const auto* row = known.with_id(service_id);
    if (row && call.room.options.annotate_integration_keys && !row->backstage_key.empty())
        return json::value(json::string{row->backstage_key});
    const auto* of_file = known.with_key(std::string{text_at(call.body, "integrationKey")});
    if (of_file && of_file->id != service_id) return json::value(nullptr);
    return std::nullopt;
}

/// Where one has to say which account a service is of.
std::string account_told(const Call& call, const ServiceRow& row) {
    return call.room.accounts.all().size() > 1 ? row.account : std::string{};
}

/// The references in "dependsOn", whole. Absent when they are no list of references.
std::optional<std::vector<std::string>> own_dependencies(Call& call, std::string_view name_space) {
    std::vector<std::string> own;
    for (const auto& one : list_at(call.body, "dependsOn")) {
        auto other = one.is_string() ? whole_ref(view_of(one.get_string()), name_space) : std::string{};
        if (other.empty()) return std::nullopt;
        own.push_back(std::move(other));
    }
    return own;
}

json::object dependencies_told(Call& call, const std::string& ref, const std::vector<std::string>& own) {
    auto strategy = strategy_of(call.room.store.setting(strategy_setting));
    auto told = call.room.sync.relations(call.room.store.synced())->told(ref, own, strategy);
    json::value instead = nullptr;
    if (told.instead) instead = json::array(told.instead->begin(), told.instead->end());
    return {{"instead", std::move(instead)}, {"also", json::array(told.also.begin(), told.also.end())}};
}

}  // namespace

/// All that the entity processor has to know of an entity, from what is stored or was read before: nobody is asked.
///
/// In: {"entityRef", "serviceId" and "integrationKey": its annotations, "dependsOn": of its file}. Out: {"mapping":
/// {serviceId, account} or null, "annotated": the same of a service that the key alone names, or null, "unmapped":
/// somebody took the annotated service away from its entity, "integrationKey": what the annotation shall be, null for
/// none, absent when it stays, "dependsOn": {"instead": [refs] or null, "also": [refs]}}.
Reply process_entity(Call& call) {
    auto ref = std::string{text_at(call.body, "entityRef")};
    auto slash = ref.find('/');
    auto colon = ref.find(':');
    if (colon == std::string::npos || slash == std::string::npos || colon > slash)
        return refused(400, "Bad Request: 'entityRef' must be KIND:NAMESPACE/NAME");
    auto name_space = ref.substr(colon + 1, slash - colon - 1);
    ref = whole_ref(ref, name_space);
    if (ref.empty()) return refused(400, "Bad Request: 'entityRef' must be KIND:NAMESPACE/NAME");
    if (list_at(call.body, "dependsOn").size() > references_max)
        return refused(400, fmt::format("Bad Request: 'dependsOn' may have {} references", references_max));
    auto own = own_dependencies(call, name_space);
    if (!own) return refused(400, "Bad Request: 'dependsOn' must be a list of references");
    auto known = call.room.directory.known(call);
    auto annotated = annotated_service(call, known);
    auto mapping = call.room.store.mapping_of_entity(ref);
    bool unmapped = !mapping && annotated.unmapped;
    json::object out{{"mapping", nullptr}, {"annotated", nullptr}, {"unmapped", unmapped}};
    if (mapping)
        out["mapping"] = json::object{{"serviceId", mapping->service_id}, {"account", mapping->account}};
    else if (annotated.by_key)
        out["annotated"] =
            json::object{{"serviceId", annotated.service_id}, {"account", account_told(call, *annotated.by_key)}};
    auto service_id = mapping ? mapping->service_id : unmapped ? std::string{} : annotated.service_id;
    if (auto key = key_of(call, known, service_id)) out["integrationKey"] = std::move(*key);
    out["dependsOn"] = dependencies_told(call, ref, *own);
    return ok(std::move(out));
}

}  // namespace callboard::backstage
