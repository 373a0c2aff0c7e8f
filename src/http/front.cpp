#include "http/front.h"

#include "base/log.h"
#include "http/kit/auth.h"
#include "http/kit/error_reply.h"
#include "http/kit/packing.h"

#include <algorithm>

namespace callboard::http {

namespace {

Response preflight() {
    Response response;
    response.status = 204;
    response.headers = {{"Access-Control-Allow-Origin", "*"},
                        {"Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS"},
                        {"Access-Control-Allow-Headers", "Authorization, Content-Type, Accept, From, X-Early-Access"},
                        {"Access-Control-Max-Age", "86400"}};
    return response;
}

Response plain(int status, std::string text) {
    Response response;
    response.status = status;
    response.body = std::move(text);
    response.content_type = "text/plain; charset=utf-8";
    return response;
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

bool under(std::string_view path, std::string_view prefix) {
    if (!path.starts_with(prefix)) return false;
    return path.size() == prefix.size() || prefix.ends_with('/') || path[prefix.size()] == '/';
}

/// The console's pages and what they read. Not what another site's page asks for: by the length of packed answers it
/// could guess what is secret in them, letter by letter.
bool may_be_packed(const Copied& request) {
    bool is_for_console = request.from_console || under(path_of(request.target), "/console");
    bool asked_by_others = request.fetch_site == "cross-site" || request.fetch_site == "same-site";
    return request.takes_gzip && is_for_console && !asked_by_others;
}

}  // namespace

Front::Front(const Site& site, Router& rest, WorkerPool& workers, std::vector<Mount> mounts)
    : site_(site), rest_(rest), workers_(workers), mounts_(std::move(mounts)), events_(site) {}

void Front::handle(Message& message, std::shared_ptr<Responder> responder) {
    if (events_.handle(message, responder)) return;
    if (answer_health(message, responder)) return;
    answer_later(message, responder);
}

bool Front::answer_health(const Message& message, const std::shared_ptr<Responder>& responder) {
    auto path = path_of(message.target());
    if (path == "/healthz") {
        responder->send(plain(200, "ok\n"));
        return true;
    }
    if (path == "/readyz") {
        bool ready = ready_.load();
        responder->send(plain(ready ? 200 : 503, ready ? "ready\n" : "not ready\n"));
        return true;
    }
    return false;
}

void Front::answer_later(Message& message, const std::shared_ptr<Responder>& responder) {
    auto copied = std::make_shared<Copied>();
    copied->method = message.method();
    copied->target = message.target();
    copied->body = std::move(message.body());
    copied->authorization = message.header("Authorization");
    copied->cookie = message.header("Cookie");
    copied->content_type = message.header("Content-Type");
    copied->origin = message.header("Origin");
    copied->requested_headers = message.header("Access-Control-Request-Headers");
    copied->from = message.header("From");
    copied->peer = message.peer_address();
    copied->takes_gzip = message.header("Accept-Encoding").find("gzip") != std::string_view::npos;
    copied->fetch_site = message.header("Sec-Fetch-Site");
    copied->last_event_id = message.header("Last-Event-ID");
    copied->from_console = !message.header(console_header).empty();
    if (const auto* mount = mount_of(copied->target))
        for (auto name : mount->headers) copied->headers.emplace_back(name, message.header(name));
    bool taken = workers_for(copied->target).submit([this, copied, responder] {
        Response response;
        try {
            if (const auto* mount = mount_of(copied->target); mount && mount->answer_later)
                return mount->answer_later(*copied, responder);
            response = answer_copied(*copied);
            if (may_be_packed(*copied)) pack(response);
        } catch (const std::exception& error) {
            log::error("request.failed", {{"target", copied->target}, {"why", error.what()}});
            response = refuse(copied->target, 503, "The server cannot answer right now");
        }
        responder->send(std::move(response));
    });
    if (!taken) responder->send(refuse(message.target(), 503, "The server is busy; retry shortly"));
}

std::string_view Copied::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (key == name) return value;
    return {};
}

const Mount* Front::mount_of(std::string_view target) const {
    auto path = path_of(target);
    auto found = std::ranges::find_if(mounts_, [&](const Mount& mount) { return under(path, mount.prefix); });
    return found == mounts_.end() ? nullptr : &*found;
}

WorkerPool& Front::workers_for(std::string_view target) {
    const auto* mount = mount_of(target);
    return mount && mount->workers ? *mount->workers : workers_;
}

Response Front::answer_copied(const Copied& copied) {
    auto path = path_of(copied.target);
    // An operation of REST may lie under a mount: POST /console/simulations does.
    bool is_rest = rest_.serves(path);
    if (const auto* mount = mount_of(copied.target); mount && !is_rest) return mount->answer(copied);
    if (path == "/" || path.empty()) {
        Response response = plain(302, "");
        response.headers.emplace_back("Location", "/console/");
        return response;
    }
    if (copied.method == "OPTIONS") return preflight();
    auto session = copied.from_console ? std::string{cookie_value(copied.cookie, session_cookie)} : std::string{};
    return rest_.answer({copied.method,
                         copied.target,
                         copied.authorization,
                         copied.from,
                         copied.content_type,
                         copied.body,
                         std::move(session)});
}

Response Front::refuse(std::string_view target, int status, std::string_view why) {
    if (EventsApi::is_event_path(target)) return EventsApi::refusal(target, status, why);
    if (const auto* mount = mount_of(target); mount && mount->refuse) return mount->refuse(status, why);
    Error error;
    error.message = std::string{why};
    error.code = 2001;
    auto response = error_response(error);
    response.status = status;
    if (status == 503) response.headers.emplace_back("Retry-After", "1");
    return response;
}

}  // namespace callboard::http
