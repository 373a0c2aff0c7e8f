#pragma once
// What grouping looks at, taken out of an event. Only events of services that group come here.

#include "domain/event/grouping.h"

#include <string_view>

namespace callboard {

/// `document` is the stored event, see Event::document in domain/event/event.h.
AlertTraits
traits_of(const AlertGroupingSetting& setting, std::string_view summary, Severity severity, std::string_view document);

}  // namespace callboard
