#include "http/kit/error_reply.h"

#include <string>

#include <fmt/format.h>

namespace callboard::http {

int status_of(ErrorKind kind) {
    switch (kind) {
    case ErrorKind::invalid: return 400;
    case ErrorKind::unauthenticated: return 401;
    case ErrorKind::payment_required: return 402;
    case ErrorKind::forbidden: return 403;
    case ErrorKind::not_found: return 404;
    case ErrorKind::method_not_allowed: return 405;
    case ErrorKind::conflict: return 409;
    case ErrorKind::too_large: return 413;
    case ErrorKind::unprocessable: return 422;
    case ErrorKind::too_many_requests: return 429;
    case ErrorKind::internal: return 500;
    case ErrorKind::unavailable: return 503;
    }
    return 500;
}

Error not_served(const Request& request) {
    constexpr std::size_t path_shown_max = 200;
    auto error = errors::not_found();
    error.errors.push_back(fmt::format(
        "{} {} is not served by this version of Callboard", request.method, request.path.substr(0, path_shown_max)));
    return error;
}

json::value error_body(const Error& error) {
    json::object inner;
    inner["message"] = error.message;
    if (error.code) inner["code"] = error.code;
    // "Not found" comes without a list, except where the code is 404 as well: service dependencies.
    if (error.kind != ErrorKind::not_found || error.code == 404 || !error.errors.empty()) {
        json::array list;
        for (const auto& problem : error.errors) list.emplace_back(problem);
        inner["errors"] = std::move(list);
    }
    return json::object{{"error", std::move(inner)}};
}

Response error_response(const Error& error) {
    Response response;
    response.status = status_of(error.kind);
    response.body = json::serialize(error_body(error));
    if (error.kind == ErrorKind::too_many_requests || error.kind == ErrorKind::unavailable)
        response.headers.emplace_back("Retry-After", std::to_string(error.retry_after_seconds));
    return response;
}

}  // namespace callboard::http
