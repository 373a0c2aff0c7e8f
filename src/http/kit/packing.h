#pragma once
// Answers packed with gzip, for people on weak links.

#include "http/server/message.h"

namespace callboard::http {

/// Packs the body of an answer that is text and long enough to be worth it. One that has an encoding already, and one
/// of a stream of events, stays as it is.
void pack(Response& response);

}  // namespace callboard::http
