#pragma once
// Addresses that users type in for us to call.

#include "http/kit/fields.h"

namespace callboard::http {

/// A member of a body: "http://…" or "https://…" with a host, nothing that would break a request in two, and no address
/// of a network that the operator keeps from us. Where names lead is seen when they are called.
bool read_typed_url(Fields& fields, std::string_view name, std::string& url, TextRule rule);

/// Names the problem of an address that we may not call.
void check_may_call(Fields& fields, std::string_view name, const std::string& url);

}  // namespace callboard::http
