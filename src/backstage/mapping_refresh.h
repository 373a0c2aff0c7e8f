#pragma once
// The catalog reads the annotations of entities anew whose mapping has changed.

#include "backstage/route.h"

#include <string>
#include <vector>

namespace callboard::backstage {

/// And the synchronisation follows. That the catalog cannot be told now is no failure of the change: it looks again by
/// itself before long. Empty references are left out.
void refresh_entities(Call& call, std::vector<std::string> refs);

/// Whether the caller is given keys of integrations: the entity processor always, browsers by configuration.
bool shows_keys(const Call& call);

}  // namespace callboard::backstage
