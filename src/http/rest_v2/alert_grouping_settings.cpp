// REST "Alert Grouping Settings". A setting is as visible as its services are, and whoever changes it changes it for
// each of them. Pages are told by `after` and `before`, which are ids.

#include "http/kit/fields.h"
#include "http/kit/page.h"
#include "http/kit/permit.h"
#include "http/rest_v2/alert_grouping.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <algorithm>

namespace callboard::http {

namespace {

Error setting_not_found() { return errors::not_found("Alert Grouping Setting Not Found", 2100); }

std::vector<Service> services_of(Tx& tx, AlertGroupingSettingId id) {
    return tx.list(Query<Service>().where(&Service::alert_grouping_setting, id).order_by(&Service::id));
}

/// The services that the requester knows of.
std::vector<Service> shown_services(Request& request, AlertGroupingSettingId id) {
    auto services = services_of(request.tx(), id);
    if (sees_part(request)) std::erase_if(services, [&](const Service& service) { return !sees(request, service); });
    request.permission_asked = true;
    return services;
}

bool is_hidden(Request& request, AlertGroupingSettingId id) {
    return sees_part(request) && shown_services(request, id).empty();
}

Result<void> permit_services(Request& request, const std::vector<Service>& services) {
    for (const auto& service : services)
        CHECK_OK(permit(request, teams_of(request.tx(), service), setting_not_found()));
    // One without services is the account's.
    if (services.empty()) CHECK_OK(permit(request, {}, setting_not_found()));
    return {};
}

json::object setting_object(Wire& wire, const AlertGroupingSetting& setting) {
    json::object out;
    out["id"] = wire.id(setting.id);
    out["name"] = text_or_null(setting.name);
    out["description"] = text_or_null(setting.description);
    out["type"] = text_of(setting.type);
    out["config"] = config_object(setting, TimeoutUnit::seconds);
    json::array services;
    for (const auto& service : shown_services(wire.request, setting.id)) {
        auto reference = service_ref_or_full(wire, service.id);
        reference["name"] = service.name;
        services.emplace_back(std::move(reference));
    }
    out["services"] = std::move(services);
    out["created_at"] = wire.time(setting.created_at);
    out["updated_at"] = wire.time(setting.updated_at);
    return out;
}

/// The services that the request names; absent when it names none.
std::optional<std::vector<Service>> read_services(Fields& fields, const AlertGroupingSetting& setting) {
    if (!fields.sent("services")) return std::nullopt;
    std::vector<ServiceId> ids;
    std::vector<Service> services;
    bool read = fields.references<Service>("services", ids);
    if (read && ids.empty()) fields.problem("services", "can't be blank");
    if (fields.sent_null("services")) fields.problem("services", "can't be blank");
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    bool one_only = setting.type == AlertGroupingType::content_based_intelligent;
    if (one_only && ids.size() > 1) fields.problem("services", "must be one for content_based_intelligent");
    if (ids.size() > grouping_services_max) fields.problem("services", "are too many (maximum is 250)");
    for (auto id : ids)
        if (auto service = fields.request().tx().find<Service>(id)) services.push_back(std::move(*service));
    return services;
}

/// From now on the stored setting is these services', and no other's.
void give_to(Tx& tx, AlertGroupingSetting& setting, const std::vector<Service>& services) {
    bool changed = false;
    for (auto& service : services_of(tx, setting.id)) {
        if (std::ranges::find(services, service.id, &Service::id) != services.end()) continue;
        service.alert_grouping_setting.reset();
        tx.update(service);
        changed = true;
    }
    for (auto service : services) {
        if (service.alert_grouping_setting == setting.id) continue;
        auto had = service.alert_grouping_setting;
        service.alert_grouping_setting = setting.id;
        tx.update(service);
        changed = true;
        if (had) tidy_up_setting(tx, *had, service.id);
    }
    if (!changed) return;
    // Groups begin anew, as they will after a restart: some belong to services that are not of it any more.
    setting.criteria_changed_at = tx.now();
    tx.update(setting);
}

void read_setting(Fields& fields, AlertGroupingSetting& setting) {
    fields.text("name", setting.name, {.max = 255});
    fields.text("description", setting.description, {.max = 10'000});
    auto before = setting;
    if (fields.sent_null("type")) fields.problem("type", "can't be blank");
    read_criteria(fields, setting, TimeoutUnit::seconds);
    setting.updated_at = fields.request().now;
    if (!same_criteria(before, setting)) setting.criteria_changed_at = fields.request().now;
}

/// All that the requester may see, and that belong to one of the services asked for; oldest first.
std::vector<AlertGroupingSetting> asked_settings(Request& request) {
    request.permission_asked = true;
    auto settings = request.tx().list(Query<AlertGroupingSetting>().order_by(&AlertGroupingSetting::id));
    if (request.query.has("service_ids")) {
        std::vector<AlertGroupingSettingId> of_services;
        auto ids = request.query_ids<ServiceId>("service_ids");
        for (const auto& service : request.tx().list(Query<Service>().where_in(&Service::id, ids)))
            if (service.alert_grouping_setting && knows(request, service))
                of_services.push_back(*service.alert_grouping_setting);
        std::erase_if(settings, [&](const AlertGroupingSetting& setting) {
            return std::ranges::find(of_services, setting.id) == of_services.end();
        });
    }
    if (sees_part(request))
        std::erase_if(settings, [&](const AlertGroupingSetting& setting) { return is_hidden(request, setting.id); });
    return settings;
}

Result<std::optional<AlertGroupingSettingId>> cursor(const Request& request, std::string_view name) {
    auto text = request.query.text(std::string{name});
    if (!text || text->empty()) return std::optional<AlertGroupingSettingId>{};
    auto id = request.site.ids.parse<AlertGroupingSettingId>(*text);
    if (!id) return errors::invalid_input(in_words(name) + " is not a cursor of this list");
    return std::optional{*id};
}

Result<Reply> list_settings(Request& request) {
    TRY(auto page, Paging::of(request));
    TRY(auto after, cursor(request, "after"));
    TRY(auto before, cursor(request, "before"));
    auto settings = asked_settings(request);
    auto place = [&](AlertGroupingSettingId id) {
        return std::ranges::lower_bound(settings, id, {}, &AlertGroupingSetting::id) - settings.begin();
    };
    std::ptrdiff_t size = std::ssize(settings);
    std::ptrdiff_t end = before ? place(*before) : size;
    std::ptrdiff_t begin = before ? std::max<std::ptrdiff_t>(0, end - page.limit) : 0;
    if (after && !before)
        begin = std::ranges::upper_bound(settings, *after, {}, &AlertGroupingSetting::id) - settings.begin();
    if (!before) end = std::min<std::ptrdiff_t>(size, begin + page.limit);
    Wire wire(request);
    json::array items;
    for (auto index = begin; index < end; ++index)
        items.emplace_back(setting_object(wire, settings[static_cast<std::size_t>(index)]));
    json::object body{{"alert_grouping_settings", std::move(items)}, {"limit", page.limit}};
    if (begin < end && end < size) body["after"] = wire.id(settings[static_cast<std::size_t>(end - 1)].id);
    if (begin < end && begin > 0) body["before"] = wire.id(settings[static_cast<std::size_t>(begin)].id);
    body["total"] = page.with_total ? json::value(size) : json::value(nullptr);
    return ok(std::move(body));
}

Result<Reply> create_setting(Request& request) {
    TRY(auto fields, Fields::of(request, "alert_grouping_setting"));
    AlertGroupingSetting setting;
    setting.created_at = request.now;
    if (!fields.sent("type")) fields.problem("type", "can't be blank");
    read_setting(fields, setting);
    setting.criteria_changed_at = request.now;
    auto services = read_services(fields, setting);
    if (!services) fields.problem("services", "can't be blank");
    CHECK_OK(fields.check());
    CHECK_OK(permit_services(request, *services));
    setting.id = request.tx().new_id<AlertGroupingSettingId>();
    request.tx().insert(setting);
    give_to(request.tx(), setting, *services);
    Wire wire(request);
    return created(json::object{{"alert_grouping_setting", setting_object(wire, setting)}});
}

Result<Reply> get_setting(Request& request) {
    TRY(auto setting, request.path_row<AlertGroupingSetting>("id", setting_not_found()));
    if (is_hidden(request, setting.id)) return setting_not_found();
    Wire wire(request);
    return ok(json::object{{"alert_grouping_setting", setting_object(wire, setting)}});
}

Result<Reply> update_setting(Request& request) {
    TRY(auto setting, request.path_row<AlertGroupingSetting>("id", setting_not_found()));
    CHECK_OK(permit_services(request, services_of(request.tx(), setting.id)));
    TRY(auto fields, Fields::of(request, "alert_grouping_setting"));
    read_setting(fields, setting);
    auto services = read_services(fields, setting);
    bool one_only = setting.type == AlertGroupingType::content_based_intelligent;
    if (one_only && !services && services_of(request.tx(), setting.id).size() > 1)
        fields.problem("services", "must be one for content_based_intelligent");
    CHECK_OK(fields.check());
    if (services) CHECK_OK(permit_services(request, *services));
    request.tx().update(setting);
    if (services) give_to(request.tx(), setting, *services);
    Wire wire(request);
    return ok(json::object{{"alert_grouping_setting", setting_object(wire, setting)}});
}

Result<Reply> delete_setting(Request& request) {
    TRY(auto setting, request.path_row<AlertGroupingSetting>("id", setting_not_found()));
    CHECK_OK(permit_services(request, services_of(request.tx(), setting.id)));
    give_to(request.tx(), setting, {});
    request.tx().erase<AlertGroupingSetting>(setting.id);
    return no_content();
}

constexpr Route table[] = {
    {Verb::get, "/alert_grouping_settings", "services.read", Need::view, list_settings, Reach::team},
    {Verb::post, "/alert_grouping_settings", "services.write", Need::manage, create_setting, Reach::team},
    {Verb::get, "/alert_grouping_settings/{id}", "services.read", Need::view, get_setting, Reach::team},
    {Verb::put, "/alert_grouping_settings/{id}", "services.write", Need::manage, update_setting, Reach::team},
    {Verb::del, "/alert_grouping_settings/{id}", "services.write", Need::manage, delete_setting, Reach::team},
};

}  // namespace

std::span<const Route> alert_grouping_setting_routes() { return table; }

}  // namespace callboard::http
