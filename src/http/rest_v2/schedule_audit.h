#pragma once
// Who changed which part of a schedule: written beside the change, read by GET /v3/schedules/{id}/audit/records.

#include "domain/schedule/schedule.h"
#include "http/kit/wire.h"

namespace callboard::http {

/// `before` and `after` are the object as the API writes it; null for what is new, and for what is gone. Of a change
/// the members that differ are kept; without any, nothing is.
void write_audit(Request& request, ScheduleId schedule, const json::value& before, const json::value& after);

/// What of a schedule itself is kept.
json::value audited(Wire& wire, const Schedule& schedule);

}  // namespace callboard::http
