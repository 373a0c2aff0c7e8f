#pragma once
// An expected failure, as the caller of the API will read it: kind (becomes the HTTP status in one table,
// http/kit/error_reply.cpp), PagerDuty's numeric code, a message and the problems found, one sentence each.
// Environment failures (disk, database) are exceptions, see StorageError in storage/store.h.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace callboard {

enum class ErrorKind {
    invalid,             // 400
    unauthenticated,     // 401
    payment_required,    // 402
    forbidden,           // 403
    not_found,           // 404
    method_not_allowed,  // 405
    conflict,            // 409
    too_large,           // 413
    unprocessable,       // 422
    too_many_requests,   // 429
    internal,            // 500
    unavailable,         // 503
};

struct [[nodiscard]] Error {
    ErrorKind kind = ErrorKind::internal;
    /// PagerDuty's error code, e.g. 2001; 0 leaves `code` out of the answer.
    int code = 0;
    std::string message;
    std::vector<std::string> errors;
    /// Of too_many_requests and unavailable: when another try is worth it.
    std::int64_t retry_after_seconds = 1;
};

namespace errors {

/// 400, code 2001: the body or a parameter breaks a rule; one sentence per problem.
inline Error invalid_input(std::vector<std::string> problems) {
    return {ErrorKind::invalid, 2001, "Invalid Input Provided", std::move(problems)};
}

inline Error invalid_input(std::string problem) {
    return invalid_input(std::vector<std::string>{std::move(problem)});
}

/// 404, code 2100, or a typed one: not_found("Incident Not Found", 5001).
inline Error not_found(std::string message = "Not Found", int code = 2100) {
    return {ErrorKind::not_found, code, std::move(message), {}};
}

inline Error forbidden(std::string problem = {}) {
    auto error = Error{ErrorKind::forbidden, 2010, "Access Denied", {}};
    if (!problem.empty()) error.errors.push_back(std::move(problem));
    return error;
}

}  // namespace errors

}  // namespace callboard
