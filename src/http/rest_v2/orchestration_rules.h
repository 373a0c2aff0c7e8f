#pragma once
// The rules of an event orchestration as bodies have them: `orchestration_path` objects. What is wrong with them is
// told by place: "sets[0].rules[2].conditions[0].expression".

#include "domain/event/orchestration_run.h"
#include "http/kit/fields.h"
#include "http/kit/wire.h"

namespace callboard::http {

/// Reads `sets` and `catch_all` of `path.type`; members that were not sent stay. Every problem is in `fields`.
void read_orchestration_path(Fields& fields, OrchestrationPath& path);

/// [{"expression"}]
void read_conditions(Fields& fields, std::vector<RuleCondition>& conditions);
json::array conditions_array(const std::vector<RuleCondition>& conditions);

/// Compiles what was read, if reading went well; what is wrong with it becomes problems of `fields`.
void check_orchestration_path(Fields& fields, const OrchestrationPath& path);

json::object rule_actions_object(Wire& wire, const RuleActions& actions);
json::object orchestration_path_object(Wire& wire, const OrchestrationPath& path);

/// The person who made or changed something, null for a key of the account.
json::value user_or_null(Wire& wire, const std::optional<UserId>& user);
/// Who acts: the person behind the key or named by From; absent where it is nobody known.
std::optional<UserId> acting_user(Request& request);

json::object orchestration_ref(Wire& wire, EventOrchestrationId id);

}  // namespace callboard::http
