#include "daemon/backstage_mount.h"

namespace callboard {

http::Mount backstage_mount(BackstagePlugin& plugin, const Clock& clock, http::WorkerPool& workers) {
    auto answer = [&](const http::Copied& copied) { return plugin.answer(copied, backstage_prefix, clock.now()); };
    return {.prefix = std::string{backstage_prefix},
            .answer = std::move(answer),
            .refuse = BackstagePlugin::refuse,
            .workers = &workers};
}

}  // namespace callboard
