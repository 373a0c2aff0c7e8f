#include "http/rest_v2/alert_grouping.h"

#include <algorithm>

namespace callboard::http {

namespace {

constexpr int day_seconds = 86'400;

/// 0, or a number from `min` to `max`.
bool read_zero_or(Fields& fields, std::string_view name, int& target, int min, int max) {
    int number = 0;
    if (!fields.number(name, number)) return false;
    if (number != 0 && (number < min || number > max))
        fields.problem(name, "must be 0, or from " + std::to_string(min) + " to " + std::to_string(max));
    target = number;
    return true;
}

void read_names(Fields& fields, std::string_view name, std::vector<std::string>& target) {
    const auto* list = fields.array(name);
    if (!list) return;
    if (list->size() > grouping_fields_max) return fields.problem(name, "are too many (maximum is 50)");
    target.clear();
    for (const auto& element : *list) {
        auto text = element.is_string() ? std::string{element.get_string().data(), element.get_string().size()} : "";
        if (!is_grouping_field(text))
            return fields.problem(
                name, "must be of: source, severity, component, group, class, summary, custom_details.<path>");
        if (std::ranges::find(target, text) == target.end()) target.push_back(std::move(text));
    }
}

void read_config(Fields& config, AlertGroupingSetting& setting, TimeoutUnit unit) {
    if (setting.type == AlertGroupingType::time) {
        bool in_minutes = unit == TimeoutUnit::minutes;
        if (!read_zero_or(config, "timeout", setting.timeout, in_minutes ? 1 : 60, in_minutes ? 1'440 : day_seconds))
            return;
        if (in_minutes && setting.timeout <= 1'440) setting.timeout *= 60;
        return;
    }
    bool only_content = setting.type == AlertGroupingType::content_based;
    read_zero_or(config, "time_window", setting.time_window, 300, only_content ? day_seconds : 3'600);
    if (compares_content(setting.type)) {
        config.choice("aggregate", setting.aggregate);
        read_names(config, "fields", setting.fields);
    }
    if (compares_words(setting.type)) read_names(config, "iag_fields", setting.iag_fields);
}

std::int64_t services_of(Tx& tx, AlertGroupingSettingId id, ServiceId except) {
    return tx.count(Query<Service>().where(&Service::alert_grouping_setting, id).where_not(&Service::id, except));
}

json::array texts(const std::vector<std::string>& list) {
    json::array out;
    for (const auto& text : list) out.emplace_back(text);
    return out;
}

/// The older fields know no type that compares both; its content says more.
json::object view_of(const AlertGroupingSetting& setting) {
    auto type =
        setting.type == AlertGroupingType::content_based_intelligent ? AlertGroupingType::content_based : setting.type;
    return {{"type", text_of(type)}, {"config", config_object(setting, TimeoutUnit::minutes)}};
}

}  // namespace

void read_criteria(Fields& fields, AlertGroupingSetting& setting, TimeoutUnit unit) {
    auto before = setting.type;
    fields.choice("type", setting.type);
    auto config = fields.nested("config");
    if (config || setting.type != before) {
        // A configuration is replaced as a whole: what another type needed means nothing here.
        setting.timeout = 0;
        setting.time_window = 0;
        setting.aggregate = GroupingAggregate::all;
        setting.fields.clear();
        setting.iag_fields.clear();
    }
    if (config) {
        read_config(*config, setting, unit);
        fields.adopt(*config);
    }
    if (compares_content(setting.type) && setting.fields.empty()) fields.sentence("Config fields can't be blank");
    if (compares_words(setting.type) && setting.iag_fields.empty()) setting.iag_fields = {"summary"};
}

json::object config_object(const AlertGroupingSetting& setting, TimeoutUnit unit) {
    json::object config;
    if (setting.type == AlertGroupingType::time) {
        // Minutes round up: a short window is not the endless one that 0 means.
        config["timeout"] = unit == TimeoutUnit::seconds ? setting.timeout : (setting.timeout + 59) / 60;
        return config;
    }
    if (compares_content(setting.type)) {
        config["aggregate"] = text_of(setting.aggregate);
        config["fields"] = texts(setting.fields);
    }
    config["time_window"] = setting.time_window;
    config["recommended_time_window"] = time_window_recommended;
    if (compares_words(setting.type) && unit == TimeoutUnit::seconds) config["iag_fields"] = texts(setting.iag_fields);
    return config;
}

GroupingWish read_service_grouping(Fields& fields) {
    GroupingWish wish;
    wish.said = fields.sent_null("alert_grouping_parameters");
    auto grouping = fields.nested("alert_grouping_parameters");
    if (!grouping) return wish;
    wish.said = true;
    if (!grouping->sent("type") || grouping->sent_null("type")) return wish;
    AlertGroupingSetting setting;
    read_criteria(*grouping, setting, TimeoutUnit::minutes);
    if (setting.type == AlertGroupingType::content_based_intelligent)
        grouping->problem("type", "must be one of: time, intelligent, content_based");
    fields.adopt(*grouping);
    wish.setting = std::move(setting);
    return wish;
}

void set_service_grouping(Tx& tx, Service& service, const GroupingWish& wish) {
    if (!wish.said) return;
    auto had = service.alert_grouping_setting;
    auto old = had ? tx.find<AlertGroupingSetting>(*had) : std::nullopt;
    if (!wish.setting) {
        service.alert_grouping_setting.reset();
        if (old) tidy_up_setting(tx, old->id, service.id);
        return;
    }
    if (old && view_of(*old) == view_of(*wish.setting)) return;
    auto setting = *wish.setting;
    setting.criteria_changed_at = tx.now();
    setting.updated_at = tx.now();
    if (old && services_of(tx, old->id, service.id) == 0) {
        setting.id = old->id;
        setting.name = old->name;
        setting.description = old->description;
        setting.created_at = old->created_at;
        tx.update(setting);
        return;
    }
    setting.id = tx.new_id<AlertGroupingSettingId>();
    setting.created_at = tx.now();
    tx.insert(setting);
    service.alert_grouping_setting = setting.id;
}

void tidy_up_setting(Tx& tx, AlertGroupingSettingId id, ServiceId leaving) {
    auto setting = tx.find<AlertGroupingSetting>(id);
    if (!setting) return;
    if (!setting->name && services_of(tx, id, leaving) == 0) {
        tx.erase<AlertGroupingSetting>(id);
        return;
    }
    // Its open groups may hold incidents of the service that leaves: nothing joins them any more.
    setting->criteria_changed_at = tx.now();
    tx.update(*setting);
}

json::object service_grouping_object(Tx& tx, const Service& service) {
    auto setting =
        service.alert_grouping_setting ? tx.find<AlertGroupingSetting>(*service.alert_grouping_setting) : std::nullopt;
    if (!setting) return {{"type", nullptr}};
    return view_of(*setting);
}

}  // namespace callboard::http
