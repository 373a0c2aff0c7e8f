// Routes: the few settings that the plugin's page makes.

#include "backstage/failure.h"
#include "backstage/handlers.h"
#include "backstage/sync_desk.h"

#include <algorithm>
#include <array>

namespace callboard::backstage {

namespace {

constexpr std::size_t settings_max = 100;
constexpr std::size_t id_bytes_max = 200;

bool is_value_of(std::string_view id, std::string_view value) {
    constexpr std::array<std::string_view, 2> switches{"enabled", "disabled"};
    constexpr std::array<std::string_view, 4> strategies{"backstage", "pagerduty", "both", "disabled"};
    if (id == fields_setting) return std::ranges::find(switches, value) != switches.end();
    return std::ranges::find(strategies, value) != strategies.end();
}

}  // namespace

Reply get_setting(Call& call) {
    auto setting = call.room.store.setting(call.parameters[0]);
    if (!setting) return {404, json::object{}};
    return ok(json::object{
        {"id", setting->id}, {"value", setting->value}, {"updatedAt", format_iso8601(setting->updated_at)}});
}

/// All or none: nothing is kept of a list with a bad item.
Reply put_settings(Call& call) {
    const auto* items = call.body.if_array();
    if (!items || items->size() > settings_max)
        return said(400, "Bad Request: settings must be a list of {id, value} as the request body");
    std::vector<Setting> settings;
    for (const auto& item : *items) {
        Setting setting{std::string{text_at(item, "id")}, std::string{text_at(item, "value")}, call.now};
        if (setting.id.empty() || setting.id.size() > id_bytes_max || setting.value.empty())
            return said(400, "Bad Request: 'id' and 'value' are required");
        if (!is_value_of(setting.id, setting.value))
            return said(400, "Bad Request: 'value' is invalid for the setting");
        settings.push_back(std::move(setting));
    }
    call.room.store.put_settings(settings);
    call.room.sync.ask();
    return {200, nullptr, "OK"};
}

}  // namespace callboard::backstage
