#pragma once
// An event on its way through the rules: those of the orchestration whose key it came by, then those of its service.
// `apply_rules` decides and changes nothing; what rules remember of events is written by `remember`.

#include "app/rule_book.h"
#include "domain/event/event.h"
#include "domain/event/orchestration_run.h"
#include "storage/tx.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace callboard {

/// Whose rules an event meets. Null: none there.
struct RuleSources {
    const OrchestrationRules* orchestration = nullptr;
    /// Where it goes by itself; absent for one that the router has to lead.
    std::optional<ServiceId> service;
    std::function<const ServiceRules*(ServiceId)> of_service;
};

/// What rules will have remembered after an event: the value as JSON text, by owner and name.
struct RuleMemory {
    std::int64_t owner = 0;
    std::string name;
    std::string value;
    std::optional<Timestamp> expires_at;
};

struct RuledEvent {
    /// As the rules left it.
    Event event;
    /// Absent: no rule led it anywhere.
    std::optional<ServiceId> service;
    Disposition disposition = Disposition::trigger;
    Verdict verdict;
    std::vector<RuleMemory> memory;
    /// What is kept of it; without its alert.
    OrchestratedEvent record;
};

/// `event` has passed validation. Reads what rules remember, and writes nothing.
RuledEvent apply_rules(Tx& tx, const RuleSources& sources, const Event& event);

void remember(Tx& tx, const std::vector<RuleMemory>& memory);

/// The event as a body of Events v2, without its key.
std::string event_body(const Event& event);

/// Deletes what was kept long ago, a few at a time; true when there is more.
bool forget_old_orchestrated_events(Tx& tx);

}  // namespace callboard
