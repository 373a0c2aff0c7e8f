#pragma once
// The way back: which entity a service belongs to, so that who sees its incident finds the entity's page.

#include "backstage/catalog.h"
#include "backstage/route.h"

#include <memory>
#include <string_view>

namespace callboard::backstage {

/// By what is stored, else by the annotation of an entity. The catalog is asked at most once, and only for services of
/// which nothing is stored.
class EntityOf {
public:
    explicit EntityOf(Call& call) : call_(call) {}

    /// A reference; null when there is none, or it cannot be found out.
    json::value of(std::string_view service_id);

private:
    Call& call_;
    bool asked_ = false;
    std::shared_ptr<const Components> components_;
};

}  // namespace callboard::backstage
