#include "backstage/entity_of.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace callboard::backstage {

namespace {

/// A link is not worth a long wait.
constexpr std::chrono::seconds patience{2};

}  // namespace

json::value EntityOf::of(std::string_view service_id) {
    if (service_id.empty()) return nullptr;
    // Whoever has unmapped a service has decided that it has no entity.
    if (auto stored = call_.room.store.mapping_of_service(service_id))
        return stored->entity_ref.empty() ? json::value(nullptr) : json::value(stored->entity_ref);
    if (!std::exchange(asked_, true)) {
        auto deadline = std::min(call_.deadline, std::chrono::steady_clock::now() + patience);
        components_ = call_.room.catalog.components(call_.now, deadline).components;
    }
    if (!components_) return nullptr;
    auto own = [&](const Entity& entity) { return entity.service_id == service_id; };
    auto found = std::ranges::find_if(components_->rows, own);
    return found == components_->rows.end() ? json::value(nullptr) : json::value(found->ref);
}

}  // namespace callboard::backstage
