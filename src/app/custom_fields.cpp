#include "app/custom_fields.h"

#include "app/field_rules.h"
#include "app/hooks.h"
#include "app/incident_types.h"
#include "app/respond.h"

#include <algorithm>

namespace callboard {

namespace {

std::vector<CustomFieldValue> values_of(Tx& tx, std::int64_t subject_id) {
    return tx.list(Query<CustomFieldValue>().where(&CustomFieldValue::subject_id, subject_id));
}

/// `subject_id` is a service or an incident.
FieldValuesChange keep(Tx& tx, std::int64_t subject_id, const std::vector<FieldValue>& values) {
    FieldValuesChange change{subject_id, {}, {}};
    for (const auto& value : values) {
        auto row = tx.first(Query<CustomFieldValue>()
                                .where(&CustomFieldValue::subject_id, subject_id)
                                .where(&CustomFieldValue::field, value.field));
        auto before = row ? std::optional{row->value} : std::nullopt;
        if (before == value.value) continue;
        change.before.push_back({value.field, std::move(before)});
        if (row && value.value) {
            row->value = *value.value;
            tx.update(*row);
        } else if (row) {
            tx.erase<CustomFieldValue>(row->id);
        } else {
            tx.insert(CustomFieldValue{tx.new_id<CustomFieldValueId>(), subject_id, value.field, *value.value});
        }
    }
    for (auto& row : values_of(tx, subject_id)) change.values.push_back({row.field, std::move(row.value)});
    return change;
}

}  // namespace

void set_service_fields(
    Tx& tx, Desk& desk, const Service& service, const std::vector<FieldValue>& values, Agent agent) {
    auto change = keep(tx, service.id.value, values);
    if (!change.before.empty()) announce_fields(tx, desk, service, change, agent);
}

void forget_field_values(Tx& tx, std::int64_t subject_id) {
    for (const auto& value : values_of(tx, subject_id)) tx.erase<CustomFieldValue>(value.id);
}

void give_default_values(Tx& tx, Desk& desk, const Incident& incident) {
    const auto& defaults = desk.config.incident_defaults(tx);
    if (defaults.empty()) return;
    auto lineage = lineage_of(tx, incident.incident_type);
    auto there = values_of(tx, incident.id.value);
    for (const auto& field : defaults)
        if (is_field_of(lineage, field) && std::ranges::find(there, field.id, &CustomFieldValue::field) == there.end())
            tx.insert(CustomFieldValue{
                tx.new_id<CustomFieldValueId>(), incident.id.value, field.id, field.default_value.value()});
}

Result<Incident> set_incident_fields(
    Tx& tx, Desk& desk, IncidentId id, const std::vector<FieldValue>& values, std::string words, Act act) {
    auto before = tx.find<Incident>(id);
    if (!before) return errors::not_found("Incident Not Found", 5001);
    if (words.empty()) return *before;
    auto changed = keep(tx, id.value, values);
    IncidentChange change{*before, {}};
    change.incident.updated_at = act.now;
    auto& entry = change.entries.emplace_back();
    entry.type = LogEntryType::custom_field_value_change;
    entry.agent = act.agent;
    entry.channel = act.channel;
    entry.service = before->service;
    entry.note = std::move(words);
    entry.created_at = act.now;
    save(tx, desk, before, change);
    if (!changed.before.empty()) announce_fields(tx, desk, change.incident, changed, act.agent);
    return change.incident;
}

Result<Incident>
fill_incident_fields(Tx& tx, Desk& desk, const Incident& incident, const std::vector<FieldText>& texts, Act act) {
    std::vector<FieldValue> values;
    std::string words;
    auto lineage = lineage_of(tx, incident.incident_type);
    for (const auto& text : texts) {
        auto field = tx.find<CustomField>(text.field);
        if (!field || !field->enabled || !is_field_of(lineage, *field)) continue;
        auto value = value_of(*field, text.text);
        auto problem = problem_of(*field, value);
        if (!words.empty()) words += ". ";
        words += field->display_name + ": " + words_of(value);
        if (!problem.empty())
            words += " was not taken, it " + problem;
        else
            values.push_back(
                {field->id, value.is_null() ? std::nullopt : std::optional{boost::json::serialize(value)}});
    }
    return set_incident_fields(tx, desk, incident.id, values, std::move(words), act);
}

}  // namespace callboard
