#pragma once
// Who changed a schedule, when, by which way, and what. Written by the request that makes the change, never changed.

#include "base/describe.h"
#include "base/time.h"
#include "domain/ids.h"

#include <optional>
#include <string>
#include <vector>

namespace callboard {

enum class AuditAction { create, update, delete_ };
DESCRIBE_ENUM(AuditAction, create, update, delete_)

/// By which way the change came.
enum class AuditMethod { browser, oauth, api_token, other };
DESCRIBE_ENUM(AuditMethod, browser, oauth, api_token, other)

/// A member before and after, as the API writes it; texts without quotes.
struct AuditField {
    std::string name;
    std::optional<std::string> before_value;
    std::optional<std::string> value;

    bool operator==(const AuditField&) const = default;
};
DESCRIBE(AuditField, name, before_value, value)

struct AuditRecord {
    AuditRecordId id;
    ScheduleId schedule;
    AuditAction action = AuditAction::update;
    AuditMethod method = AuditMethod::other;
    std::optional<UserId> actor;
    /// The last characters of the API key.
    std::optional<std::string> truncated_token;
    /// What was changed: the schedule, or a part of it, as a reference writes it.
    std::string resource_type;
    std::string resource_id;
    std::vector<AuditField> fields;
    Timestamp execution_time;

    bool operator==(const AuditRecord&) const = default;
};
DESCRIBE(AuditRecord,
         id,
         schedule,
         action,
         method,
         actor,
         truncated_token,
         resource_type,
         resource_id,
         fields,
         execution_time)

/// How long a record can be looked up.
constexpr Duration audit_kept = days{400};

}  // namespace callboard
