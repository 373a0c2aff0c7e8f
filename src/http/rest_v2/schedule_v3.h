#pragma once
// What the files of REST v3 schedules share: the schedule of the path, members, and errors by the place of each
// problem.

#include "app/on_call.h"
#include "domain/schedule/render.h"
#include "http/kit/fields.h"
#include "http/kit/page.h"
#include "http/kit/wire.h"

#include <string_view>

namespace callboard::http {

/// The shift-based schedule of the path. Those of version 2 are served there.
Result<Schedule> shift_based_schedule(Request& request);

/// Refusals of version 3 say where: {"errors": {"event.recurrence": ["Recurrence …"]}}. Nothing may have been written.
/// `resource` is the wrapper's name: "event"; empty where the body has none. Absent when nothing is wrong.
std::optional<Reply> refusal(const Fields& fields, std::string_view resource);

/// The same for one sentence about one member.
Reply refusal(std::string_view place, std::string_view sentence);

/// Who is on call by it in the window: "final_schedule". Error 2005 where that is too much to show.
Result<json::object> final_schedule_object(Wire& wire, const Schedule& schedule, Window window, Overflow overflow);

/// {"type":"user_member","user_id":…} or {"type":"empty_member"}.
MemberKey read_member(Fields& fields, std::string_view name);
MemberKey read_member(Fields& member);
json::object member_object(Wire& wire, MemberKey member);

}  // namespace callboard::http
