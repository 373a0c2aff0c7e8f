#include "backstage/mapping_refresh.h"

#include "backstage/catalog.h"
#include "backstage/parallel.h"
#include "backstage/sync_desk.h"
#include "base/log.h"

#include <algorithm>

namespace callboard::backstage {

void refresh_entities(Call& call, std::vector<std::string> refs) {
    std::erase(refs, std::string{});
    std::ranges::sort(refs);
    refs.erase(std::unique(refs.begin(), refs.end()), refs.end());
    std::vector<std::function<void()>> jobs;
    for (auto& ref : refs)
        jobs.emplace_back([&call, ref = std::move(ref)] {
            if (auto failure = call.room.catalog.refresh(ref, call.now, call.deadline))
                log::warn("backstage.not_refreshed", {{"entity", ref}, {"why", failure->why}});
        });
    call.room.parallel.run(std::move(jobs));
    call.room.sync.ask();
}

bool shows_keys(const Call& call) {
    return call.room.options.show_integration_keys || call.caller.ref.starts_with("plugin:");
}

}  // namespace callboard::backstage
