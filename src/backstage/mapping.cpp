// Routes: settings and mappings of entities to services. Nothing is stored yet, so each look-up says that there is
// nothing, which the entity processor takes for "not mapped" and the page for "disabled".

#include "backstage/handlers.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

/// Entity references are compared in small letters; those of ASCII are all that a reference may have.
std::string entity_ref(const Call& call) {
    auto ref = fmt::format("{}:{}/{}", call.parameters[0], call.parameters[1], call.parameters[2]);
    std::ranges::transform(
        ref, ref.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return ref;
}

}  // namespace

Reply get_setting(Call&) { return {404, json::object{}, {}}; }

Reply get_mapping_of_entity(Call& call) {
    return {404, json::string{fmt::format("Mapping for entityRef {} not found.", entity_ref(call))}, {}};
}

Reply get_mapping_of_service(Call& call) {
    return {404, json::string{fmt::format("Mapping for serviceId {} not found.", call.parameters[0])}, {}};
}

}  // namespace callboard::backstage
