#include "daemon/backstage_mount.h"

#include "base/query_string.h"

#include <fmt/format.h>

namespace callboard {

namespace {

/// Requests that wait for a worker; more are told to come again.
constexpr std::size_t queue_max = 1'024;

/// How many changes the asker has heard of; absent when another thing is asked.
std::optional<std::uint64_t> heard_by(const http::Copied& copied) {
    auto target = std::string_view{copied.target};
    auto path = target.substr(0, target.find('?'));
    if (copied.method != "GET" || path != std::string{backstage_prefix} + "/changes") return std::nullopt;
    auto query = QueryString(target.substr(std::min(path.size() + 1, target.size())));
    auto heard = query.number("heard");
    if (!heard || !*heard || **heard < 0) return std::nullopt;
    return static_cast<std::uint64_t>(**heard);
}

}  // namespace

BackstageDoor::BackstageDoor(BackstagePlugin& plugin, const Clock& clock)
    : plugin_(plugin), clock_(clock), room_([&plugin] { return plugin.changes(); }) {}

void BackstageDoor::answer(const http::Copied& copied, std::shared_ptr<http::Responder> responder) {
    auto response = plugin_.answer(copied, backstage_prefix, clock_.now());
    auto heard = heard_by(copied);
    if (!heard || response.status != 200) return responder->send(std::move(response));
    auto tell = [response](std::uint64_t changes) {
        auto told = response;
        told.body = fmt::format("{{\"changes\":{}}}", changes);
        return told;
    };
    if (!room_.wait(*heard, responder, tell))
        responder->send(BackstagePlugin::refuse(503, "Too many pages wait for changes"));
}

BackstageMount::BackstageMount(const backstage::BackstageConfig& config,
                               const std::string& directory,
                               const LocalSide& local)
    : plugin_(config, directory, &local), door_(plugin_, local.site.clock), workers_(config.workers, queue_max) {}

http::Mount BackstageMount::mount() {
    auto answer = [this](const http::Copied& copied, std::shared_ptr<http::Responder> responder) {
        door_.answer(copied, std::move(responder));
    };
    return {.prefix = std::string{backstage_prefix},
            .answer_later = std::move(answer),
            .refuse = BackstagePlugin::refuse,
            .workers = &workers_,
            .headers = {backstage_signature_header}};
}

void BackstageMount::let_go() { door_.stop(); }

void BackstageMount::stop() {
    plugin_.stop();
    workers_.stop();
}

}  // namespace callboard
