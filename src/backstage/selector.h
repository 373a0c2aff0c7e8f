#pragma once
// Which service a request of our own frontend is about: by id, by integration key, or by the entity that is mapped to
// it.

#include "backstage/route.h"

#include <memory>
#include <optional>
#include <string>

namespace callboard::backstage {

struct Selected {
    /// Null when there is a problem.
    const Account* account = nullptr;
    std::string service_id;
    std::string entity_ref;
    std::optional<Reply> problem;
};

struct Selector {
    std::string service_id;
    std::string integration_key;
    std::string account;
    std::string entity_ref;
};

Selector selector_in_query(const Call& call);
Selector selector_in(const json::value& body);

/// A mapping counts before annotations that are empty; a key is looked up upstream, and counts for the service that has
/// it.
Selected select_service(Call& call, const Selector& selector);

}  // namespace callboard::backstage
