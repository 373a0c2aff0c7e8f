#pragma once
// Custom fields: what an account keeps about its services and its incidents beside what the product knows. REST,
// "Custom fields".

#include "base/describe.h"
#include "base/time.h"
#include "domain/ids.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

enum class FieldDataType { boolean, integer, float_, string, datetime, url };
DESCRIBE_ENUM(FieldDataType, boolean, integer, float_, string, datetime, url)

/// `fixed`: one of the field's options.
enum class FieldType { single_value, single_value_fixed, multi_value, multi_value_fixed };
DESCRIBE_ENUM(FieldType, single_value, single_value_fixed, multi_value, multi_value_fixed)

struct FieldOption {
    FieldOptionId id;
    std::string value;
    Timestamp created_at;
    Timestamp updated_at;

    bool operator==(const FieldOption&) const = default;
};
DESCRIBE(FieldOption, id, value, created_at, updated_at)

/// What a field belongs to.
enum class FieldSubject { service, incident };
DESCRIBE_ENUM(FieldSubject, service, incident)

struct CustomField {
    CustomFieldId id;
    FieldSubject subject = FieldSubject::service;
    /// Of an incident's field: the type whose incidents have it, and types below. Absent: all incidents.
    std::optional<IncidentTypeId> incident_type;
    /// Lower-case letters, digits and underscores; never changes.
    std::string name;
    std::string display_name;
    FieldDataType data_type = FieldDataType::string;
    FieldType field_type = FieldType::single_value;
    std::optional<std::string> description;
    /// What an incident begins with, as JSON text; services have none.
    std::optional<std::string> default_value;
    bool enabled = true;
    std::vector<FieldOption> field_options;
    Timestamp created_at;
    Timestamp updated_at;

    bool operator==(const CustomField&) const = default;
};
DESCRIBE(CustomField,
         id,
         subject,
         incident_type,
         name,
         display_name,
         data_type,
         field_type,
         description,
         default_value,
         enabled,
         field_options,
         created_at,
         updated_at)

/// The value of one service or incident, as JSON text. Absent rows are null.
struct CustomFieldValue {
    CustomFieldValueId id;
    /// The id of the service or incident.
    std::int64_t subject_id = 0;
    CustomFieldId field;
    std::string value;

    bool operator==(const CustomFieldValue&) const = default;
};
DESCRIBE(CustomFieldValue, id, subject_id, field, value)

/// A value that is asked for, or was there: JSON text; absent: none.
struct FieldValue {
    CustomFieldId field;
    std::optional<std::string> value;

    bool operator==(const FieldValue&) const = default;
};
DESCRIBE(FieldValue, field, value)

/// What a change of values came to.
struct FieldValuesChange {
    /// The id of the service or incident.
    std::int64_t subject_id = 0;
    /// All it has now.
    std::vector<FieldValue> values;
    /// What those that differ now were before.
    std::vector<FieldValue> before;
};
DESCRIBE(FieldValuesChange, subject_id, values, before)

/// A value as a text of any making, which rules of events fill in.
struct FieldText {
    CustomFieldId field;
    std::string text;

    bool operator==(const FieldText&) const = default;
};
DESCRIBE(FieldText, field, text)

/// REST: how many an account may have.
constexpr std::size_t custom_fields_max(FieldSubject subject) { return subject == FieldSubject::service ? 15 : 10; }

constexpr std::size_t field_options_max = 10;
constexpr std::size_t field_values_max = 10;
constexpr std::size_t field_text_max = 200;

bool is_field_name(std::string_view name);

constexpr bool is_fixed(FieldType type) {
    return type == FieldType::single_value_fixed || type == FieldType::multi_value_fixed;
}

constexpr bool is_multi(FieldType type) {
    return type == FieldType::multi_value || type == FieldType::multi_value_fixed;
}

}  // namespace callboard
