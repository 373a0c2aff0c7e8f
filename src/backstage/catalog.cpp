#include "backstage/catalog.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string entity_ref(std::string_view kind, std::string_view name_space, std::string_view name) {
    auto ref = fmt::format("{}:{}/{}", kind, name_space, name);
    // What a reference may consist of is ASCII.
    std::ranges::transform(ref, ref.begin(), lower);
    return ref;
}

Entity entity_of(const json::value& raw) {
    Entity entity;
    auto annotation = [&](std::string_view name) { return text_at(raw, {"metadata", "annotations", name}); };
    entity.kind = text_at(raw, "kind");
    entity.namespace_ = text_at(raw, {"metadata", "namespace"});
    if (entity.namespace_.empty()) entity.namespace_ = "default";
    entity.name = text_at(raw, {"metadata", "name"});
    entity.ref = entity_ref(entity.kind, entity.namespace_, entity.name);
    entity.uid = text_at(raw, {"metadata", "uid"});
    entity.title = text_at(raw, {"metadata", "title"});
    entity.owner = text_at(raw, {"spec", "owner"});
    entity.system = text_at(raw, {"spec", "system"});
    entity.lifecycle = text_at(raw, {"spec", "lifecycle"});
    // It may name several services, with commas between them; the first stands for all in the table of mappings.
    entity.service_id = annotation("pagerduty.com/service-id");
    entity.service_id.erase(std::min(entity.service_id.find(','), entity.service_id.size()));
    entity.integration_key = annotation("pagerduty.com/integration-key");
    entity.account = annotation("pagerduty.com/account");
    return entity;
}

}  // namespace callboard::backstage
