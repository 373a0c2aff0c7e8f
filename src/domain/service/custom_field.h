#pragma once
// Custom fields of services: what an account keeps about its services beside what the product knows. REST, "Custom
// fields".

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

struct ServiceCustomField {
    ServiceCustomFieldId id;
    /// Lower-case letters, digits and underscores; never changes.
    std::string name;
    std::string display_name;
    FieldDataType data_type = FieldDataType::string;
    FieldType field_type = FieldType::single_value;
    std::optional<std::string> description;
    bool enabled = true;
    std::vector<FieldOption> field_options;
    Timestamp created_at;
    Timestamp updated_at;

    bool operator==(const ServiceCustomField&) const = default;
};
DESCRIBE(ServiceCustomField,
         id,
         name,
         display_name,
         data_type,
         field_type,
         description,
         enabled,
         field_options,
         created_at,
         updated_at)

/// A service's value, as JSON text. Absent rows are null.
struct ServiceCustomFieldValue {
    ServiceCustomFieldValueId id;
    ServiceId service;
    ServiceCustomFieldId field;
    std::string value;

    bool operator==(const ServiceCustomFieldValue&) const = default;
};
DESCRIBE(ServiceCustomFieldValue, id, service, field, value)

constexpr std::size_t custom_fields_max = 15;
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
