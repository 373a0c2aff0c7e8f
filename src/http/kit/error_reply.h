#pragma once
// An Error as an answer: the one table from kind to status, and the API's envelope.

#include "base/error.h"
#include "http/kit/request.h"
#include "http/server/message.h"

namespace callboard::http {

int status_of(ErrorKind kind);

/// 404, code 2100: this version has no such operation.
Error not_served(const Request& request);

/// {"error":{"message":…,"code":…,"errors":[…]}}
json::value error_body(const Error& error);

Response error_response(const Error& error);

}  // namespace callboard::http
