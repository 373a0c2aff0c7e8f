#pragma once
// What makes a schedule or an override unacceptable, in the words the API answers with. The
// messages go into `errors` of the reply (400, code 2001). Each is said once however many layers
// are at fault. Limits of the schedule's own name and description are checked with its other
// fields, not here.

#include "domain/schedule/schedule.h"

#include <string>
#include <vector>

namespace callboard {

/// Empty when the schedule is acceptable.
std::vector<std::string> validate(const Schedule& schedule);

/// Empty when the override is acceptable.
std::vector<std::string> validate(const Override& override_);

}  // namespace callboard
