// Routes: all mappings as they are stored, in one file, and back from such a file or from what PagerDuty's own backend
// lists under GET /mapping/entity. Nothing is made on the other side: an integration that is not there yet is made when
// somebody maps its service on the page.

#include "backstage/catalog.h"
#include "backstage/each_account.h"
#include "backstage/failure.h"
#include "backstage/handlers.h"
#include "backstage/hidden_service.h"
#include "backstage/mapping_refresh.h"
#include "backstage/service_directory.h"
#include "base/secret.h"

#include <algorithm>
#include <deque>
#include <set>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr std::size_t mappings_max = 10'000;
constexpr std::size_t questions_max = 20;

struct Options {
    bool replace = false;
    bool dry_run = false;
};

/// What becomes of the rows of a file.
class Import {
public:
    Import(Call& call, const ServiceList& services, Options options)
        : call_(call), services_(services), options_(options) {}

    void take(const json::value& item) {
        Mapping mapping{.id = random_uuid(), .service_id = std::string{text_at(item, "serviceId")}};
        mapping.processed_at = call_.now;
        if (mapping.service_id.empty()) return refuse(item, "serviceId is missing");
        if (!read_entity(item, mapping)) return;
        if (!read_service(item, mapping)) return;
        if (!seen_.insert(mapping.service_id).second) return skip(mapping, "It is in the file twice");
        auto stored = call_.room.store.mapping_of_service(mapping.service_id);
        if (stored && stored->entity_ref == mapping.entity_ref) return skip(mapping, "It is here already");
        if (stored && !options_.replace)
            return skip(mapping,
                        stored->entity_ref.empty() ? "Somebody has taken its entity away from the service here"
                                                   : "The service has a mapping already");
        if (!mapping.entity_ref.empty()) {
            if (!entities_.insert(mapping.entity_ref).second)
                return skip(mapping, "The entity has another service in the file");
            auto other = call_.room.store.mapping_of_entity(mapping.entity_ref);
            if (other && other->service_id != mapping.service_id && !options_.replace)
                return skip(mapping, "The entity has another service already");
        }
        if (stored) changed_.push_back(stored->entity_ref);
        wanted_.push_back(std::move(mapping));
    }

    Reply finish(std::size_t total) {
        if (!options_.dry_run) store();
        auto counts = [](std::size_t count) { return static_cast<std::int64_t>(count); };
        json::object body{{"total", counts(total)},
                          {"importedCount", counts(wanted_.size())},
                          {"notMappedCount", counts(not_mapped_)},
                          {"skippedCount", counts(skipped_.size())},
                          {"errorCount", counts(errors_.size())},
                          {"dry_run", options_.dry_run},
                          {"missing_accounts", missing_accounts(call_)}};
        json::array imported;
        for (const auto& mapping : wanted_)
            imported.emplace_back(json::object{
                {"entityRef", mapping.entity_ref}, {"serviceId", mapping.service_id}, {"account", mapping.account}});
        body["imported"] = std::move(imported);
        body["skipped"] = std::move(skipped_);
        body["errors"] = std::move(errors_);
        return ok(std::move(body));
    }

private:
    /// False: there is nothing to store of the row.
    bool read_entity(const json::value& item, Mapping& mapping) {
        auto written = text_at(item, "entityRef");
        if (!written.empty()) {
            mapping.entity_ref = whole_ref(written, "default");
            if (mapping.entity_ref.empty()) refuse(item, "entityRef must be KIND:NAMESPACE/NAME");
            return !mapping.entity_ref.empty();
        }
        // The list has a line for each service. One without an entity was taken away from it by somebody only where its
        // annotation still names it; a row of the table, which has no status, always was.
        auto status = text_at(item, "status");
        bool taken_away = status.empty() || status == "OutOfSync";
        if (!taken_away) ++not_mapped_;
        return taken_away;
    }

    /// The list may be some minutes old: a few that are not in it are asked for.
    const ServiceRow* row_of(const Account* account, const std::string& id) {
        if (const auto* row = account ? services_.with_id(id, account->id) : services_.with_id(id)) return row;
        for (const auto& one : call_.room.accounts.all()) {
            if ((account && &one != account) || ++questions_ > questions_max) continue;
            auto answer =
                call_.ask(one, call_.question("GET", "/services/" + percent_encode(id), Freshness::directory));
            const auto* service = answer.ok() ? member(answer.body, {"service"}) : nullptr;
            if (service) return &newer_.emplace_back(service_row(*service, one.id));
        }
        return nullptr;
    }

    /// The account is the one that has the service: the file may call it otherwise, or not at all.
    bool read_service(const json::value& item, Mapping& mapping) {
        auto named = std::string{text_at(item, "account")};
        const auto* account = named.empty() ? nullptr : call_.room.accounts.find(named);
        const auto* row = row_of(account, mapping.service_id);
        if (row) account = call_.room.accounts.find(row->account);
        bool unknown = !row && call_.missing.empty();
        if (unknown || (account && is_hidden_service(call_, account, mapping.service_id))) {
            refuse(item,
                   account ? fmt::format("The account {} has no service {}", account->id, mapping.service_id)
                           : fmt::format("No account has a service {}", mapping.service_id));
            return false;
        }
        if (!account) {
            refuse(item,
                   fmt::format("There is no account {}, and one that may have the service could not be asked", named));
            return false;
        }
        if (call_.room.accounts.named()) mapping.account = account->id;
        mapping.integration_key = text_at(item, "integrationKey");
        if (mapping.integration_key.empty() && row) mapping.integration_key = row->backstage_key;
        return true;
    }

    void store() {
        for (const auto& mapping : wanted_) {
            changed_.push_back(mapping.entity_ref);
            // What is replaced is so one by one: each may take the entity away from another service.
            if (options_.replace) call_.room.store.put_mapping(mapping);
        }
        if (!options_.replace) call_.room.store.add_mappings(wanted_);
        refresh_entities(call_, std::move(changed_));
    }

    void refuse(const json::value& item, std::string why) {
        errors_.emplace_back(json::object{{"entityRef", value_at(item, {"entityRef"})},
                                          {"serviceId", value_at(item, {"serviceId"})},
                                          {"error", std::move(why)}});
    }

    void skip(const Mapping& mapping, std::string_view why) {
        skipped_.emplace_back(
            json::object{{"entityRef", mapping.entity_ref}, {"serviceId", mapping.service_id}, {"reason", why}});
    }

    Call& call_;
    const ServiceList& services_;
    Options options_;
    std::vector<Mapping> wanted_;
    std::vector<std::string> changed_;
    std::set<std::string> seen_;
    std::set<std::string> entities_;
    std::size_t not_mapped_ = 0;
    std::size_t questions_ = 0;
    /// Services that were not in the list.
    std::deque<ServiceRow> newer_;
    json::array skipped_;
    json::array errors_;
};

}  // namespace

Reply import_mappings(Call& call) {
    const auto* list = call.body.if_array();
    if (const auto* sent = list ? nullptr : member(call.body, {"mappings"})) list = sent->if_array();
    if (!list) return refused(400, "Bad Request: the body must be a list of mappings, or {\"mappings\": [...]}");
    if (list->size() > mappings_max)
        return refused(400, fmt::format("Bad Request: at most {} mappings at once", mappings_max));
    Options options;
    for (auto [name, option] : {std::pair{"replace", &options.replace}, std::pair{"dry_run", &options.dry_run}}) {
        auto asked = call.query_text(name);
        if (!asked.empty() && asked != "true" && asked != "false")
            return refused(400, fmt::format("Bad Request: '{}' must be true or false", name));
        *option = asked == "true";
    }
    auto services = call.room.directory.services_of_all(call);
    if (services.failure) return *services.failure;
    Import import(call, *services.list, options);
    for (const auto& item : *list) import.take(item);
    return import.finish(list->size());
}

Reply export_mappings(Call& call) {
    json::array mappings;
    auto stored = call.room.store.mappings();
    bool shown = shows_keys(call);
    for (const auto& [service_id, mapping] : *stored) {
        if (is_hidden_service(call, call.room.accounts.find(mapping.account), service_id)) continue;
        mappings.emplace_back(json::object{{"entityRef", mapping.entity_ref},
                                           {"serviceId", service_id},
                                           {"integrationKey", shown ? mapping.integration_key : std::string{}},
                                           {"account", mapping.account},
                                           {"processedDate", format_iso8601(mapping.processed_at)}});
    }
    return ok(json::object{{"mappings", std::move(mappings)}});
}

}  // namespace callboard::backstage
