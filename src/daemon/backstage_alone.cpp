#include "daemon/backstage_alone.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "daemon/backstage_mount.h"
#include "daemon/data_lock.h"
#include "daemon/signals.h"
#include "http/kit/worker_pool.h"
#include "http/server/server.h"

#include <atomic>

#include <fmt/format.h>

namespace callboard {

namespace {

/// Requests that wait for a worker; more are told to come again.
constexpr std::size_t queue_max = 1'024;

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

bool is_plugins(std::string_view path) {
    return path == backstage_prefix || (path.starts_with(backstage_prefix) && path[backstage_prefix.size()] == '/');
}

http::Response plain(int status, std::string text) {
    http::Response response;
    response.status = status;
    response.body = std::move(text);
    response.content_type = "text/plain; charset=utf-8";
    return response;
}

/// The plugin's routes, and whether it lives.
class PluginFront final : public http::Handler {
public:
    PluginFront(BackstageDoor& door, http::WorkerPool& workers) : door_(door), workers_(workers) {}

    void set_ready(bool ready) { ready_ = ready; }

    void handle(http::Message& message, std::shared_ptr<http::Responder> responder) override {
        auto path = path_of(message.target());
        if (path == "/healthz") return responder->send(plain(200, "ok\n"));
        if (path == "/readyz") return responder->send(ready_ ? plain(200, "ready\n") : plain(503, "not ready\n"));
        if (!is_plugins(path)) return responder->send(plain(404, ""));
        auto copied = std::make_shared<http::Copied>();
        copied->method = message.method();
        copied->target = message.target();
        copied->body = std::move(message.body());
        copied->authorization = message.header("Authorization");
        copied->content_type = message.header("Content-Type");
        copied->origin = message.header("Origin");
        copied->requested_headers = message.header("Access-Control-Request-Headers");
        copied->headers.emplace_back(backstage_signature_header, message.header(backstage_signature_header));
        bool taken = workers_.submit([this, copied, responder] { answer(*copied, responder); });
        if (!taken) responder->send(BackstagePlugin::refuse(503, "The server is busy; retry shortly"));
    }

    http::Response refuse(std::string_view, int status, std::string_view why) override {
        return BackstagePlugin::refuse(status, why);
    }

private:
    void answer(const http::Copied& copied, const std::shared_ptr<http::Responder>& responder) {
        try {
            door_.answer(copied, responder);
        } catch (const std::exception& error) {
            // Without the query, which may name an integration key.
            auto path = copied.target.substr(0, copied.target.find('?'));
            log::error("request.failed", {{"path", path}, {"why", error.what()}});
            responder->send(BackstagePlugin::refuse(503, "The server cannot answer right now"));
        }
    }

    BackstageDoor& door_;
    http::WorkerPool& workers_;
    std::atomic<bool> ready_{false};
};

}  // namespace

int serve_backstage_alone(const AloneConfig& config) {
    auto signals = block_signals();
    init_secrets();
    SystemClock clock;
    DataLock lock(config.backstage.data);
    BackstagePlugin plugin(config.backstage, config.backstage.data, nullptr);
    http::WorkerPool workers(config.backstage.workers, queue_max);
    BackstageDoor door(plugin, clock);
    PluginFront front(door, workers);
    http::Server server({.host = config.host, .port = config.port, .threads = 1}, front);
    server.start();
    plugin.start();
    front.set_ready(true);
    log::info("backstage.ready",
              {{"listen", fmt::format("{}:{}", config.host, config.port)}, {"version", CALLBOARD_VERSION}});
    wait_for_signal(signals);
    front.set_ready(false);
    door.stop();
    server.drain_and_stop(10);
    plugin.stop();
    workers.stop();
    return 0;
}

}  // namespace callboard
