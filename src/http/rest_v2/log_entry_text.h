#pragma once
// A log entry in one English sentence: its `summary`.

#include "http/kit/wire.h"

#include <string>

namespace callboard::http {

std::string log_entry_summary(Wire& wire, const LogEntry& entry);

}  // namespace callboard::http
