#pragma once
// What our own frontend's routes ask the REST API.

#include "backstage/route.h"

#include <string>
#include <vector>

namespace callboard::backstage {

Question one_service(const std::string& service_id, const Call& call);
/// The windows that last now.
Question maintenance(const std::string& service_id, const Call& call);
/// Who is on call in the next week, so that it is known who follows: all pages. From any thread: the call's own memory
/// of ages is not touched.
Answer ask_on_call(Upstream& upstream, const std::string& policy_id, const Call& call);
Question open_incidents(const std::string& service_id, const Call& call);
Question change_events(const std::string& service_id, const Call& call);
Question standards(const std::string& service_id, const Call& call);
Question metrics(const std::string& service_id, const Call& call);

}  // namespace callboard::backstage
