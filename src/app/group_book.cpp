#include "app/group_book.h"

#include "app/alert_traits.h"
#include "domain/service/service.h"

#include <algorithm>

namespace callboard {

namespace {

/// When an alert came into its incident.
Timestamp placed_at(const Alert& alert) {
    return std::max(alert.created_at, alert.suspended_until.value_or(Timestamp{}));
}

/// The group of an open incident as it was built, alert by alert; absent for one that takes none.
std::optional<OpenGroup> group_of(Tx& tx, const AlertGroupingSetting& setting, const Incident& incident) {
    auto trigger = tx.find<LogEntry>(incident.first_trigger_log_entry);
    if (!trigger || !trigger->alert) return std::nullopt;
    auto first = tx.find<Alert>(*trigger->alert);
    auto reopened =
        Query<LogEntry>().where(&LogEntry::incident, incident.id).where(&LogEntry::type, LogEntryType::reopen);
    if (!first || tx.count(reopened) > 0) return std::nullopt;
    OpenGroup group;
    group.incident = incident.id;
    group.incident_number = incident.incident_number;
    group.service = incident.service;
    group.first_trigger_log_entry = incident.first_trigger_log_entry;
    group.first_at = incident.created_at;
    group.last_at = incident.created_at;
    group.alert_count = incident.alert_count;
    group.first = traits_of(setting, first->summary, first->severity, trigger->event.value_or(""));
    for (const auto& alert : tx.list(Query<Alert>().where(&Alert::incident, incident.id))) {
        group.severity = std::max(group.severity, alert.severity);
        if (alert.placement != Placement::moved) group.last_at = std::max(group.last_at, placed_at(alert));
    }
    return group;
}

}  // namespace

std::span<const OpenGroup> GroupBook::groups_of(const AlertGroupingSetting& setting, Timestamp now) {
    auto found = groups_.find(setting.id);
    if (found == groups_.end()) return {};
    for (auto index = found->second.size(); index-- > 0;)
        if (is_over(setting, found->second[index], now)) remove(setting.id, index);
    return found->second;
}

void GroupBook::open(AlertGroupingSettingId setting, OpenGroup group) {
    add(setting, std::move(group));
    if (groups_[setting].size() > groups_max) remove(setting, 0);
}

void GroupBook::join(AlertGroupingSettingId setting, std::size_t index, Severity severity, Timestamp now) {
    auto& group = change(setting, index);
    ++group.alert_count;
    group.last_at = now;
    group.severity = std::max(group.severity, severity);
}

void GroupBook::follow(const Incident& incident) {
    auto known = settings_.find(incident.id);
    if (known == settings_.end()) return;
    auto setting = known->second;
    const auto& groups = groups_[setting];
    auto found = std::ranges::find(groups, incident.id, &OpenGroup::incident);
    ASSERT(found != groups.end(), "both maps hold the same incidents");
    auto index = static_cast<std::size_t>(found - groups.begin());
    if (incident.status == IncidentStatus::resolved || incident.service != found->service)
        remove(setting, index);
    else if (incident.alert_count != found->alert_count)
        change(setting, index).alert_count = incident.alert_count;
}

void GroupBook::add(AlertGroupingSettingId setting, OpenGroup group) {
    auto& groups = groups_[setting];
    settings_[group.incident] = setting;
    undo_.push_back({Step::added, setting, groups.size(), std::nullopt});
    groups.push_back(std::move(group));
}

OpenGroup& GroupBook::change(AlertGroupingSettingId setting, std::size_t index) {
    auto& group = groups_[setting][index];
    undo_.push_back({Step::changed, setting, index, group});
    return group;
}

void GroupBook::remove(AlertGroupingSettingId setting, std::size_t index) {
    auto& groups = groups_[setting];
    auto position = groups.begin() + static_cast<std::ptrdiff_t>(index);
    settings_.erase(position->incident);
    undo_.push_back({Step::removed, setting, index, std::move(*position)});
    groups.erase(position);
}

void GroupBook::undo_to(std::size_t mark) noexcept {
    while (undo_.size() > mark) {
        auto& last = undo_.back();
        auto& groups = groups_[last.setting];
        auto position = groups.begin() + static_cast<std::ptrdiff_t>(last.index);
        switch (last.step) {
        case Step::added:
            settings_.erase(position->incident);
            groups.erase(position);
            break;
        case Step::changed: *position = std::move(*last.before); break;
        case Step::removed:
            settings_[last.before->incident] = last.setting;
            groups.insert(position, std::move(*last.before));
            break;
        }
        undo_.pop_back();
    }
}

void GroupBook::load(Tx& tx) {
    groups_.clear();
    settings_.clear();
    undo_.clear();
    for (const auto& setting : tx.list(Query<AlertGroupingSetting>())) load(tx, setting);
}

void GroupBook::load(Tx& tx, const AlertGroupingSetting& setting) {
    std::vector<OpenGroup> groups;
    for (const auto& service : tx.list(Query<Service>().where(&Service::alert_grouping_setting, setting.id))) {
        auto open = Query<Incident>()
                        .where(&Incident::service, service.id)
                        .below(&Incident::status, IncidentStatus::resolved)
                        .order_by(&Incident::id, Order::descending)
                        .page(groups_max);
        for (const auto& incident : tx.list(open))
            if (auto group = group_of(tx, setting, incident); group && !is_over(setting, *group, tx.now()))
                groups.push_back(std::move(*group));
    }
    if (groups.empty()) return;
    std::ranges::sort(groups, {}, &OpenGroup::incident);
    if (groups.size() > groups_max) groups.erase(groups.begin(), groups.end() - groups_max);
    for (const auto& group : groups) settings_[group.incident] = setting.id;
    groups_[setting.id] = std::move(groups);
}

}  // namespace callboard
