#pragma once
// REST "Analytics": the numbers of each incident. Rows of the table in analytics.cpp.

#include "http/kit/request.h"

namespace callboard::http {

Result<Reply> list_raw_incidents(Request& request);
Result<Reply> get_raw_incident(Request& request);

}  // namespace callboard::http
