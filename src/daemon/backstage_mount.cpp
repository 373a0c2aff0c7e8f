#include "daemon/backstage_mount.h"

#include "backstage/backend.h"

#include <memory>

namespace callboard {

namespace {

/// Our own REST routes. Nothing to wait for but the store, so the deadline only stops a chain of calls.
class LocalUpstream final : public backstage::Upstream {
public:
    explicit LocalUpstream(http::Router& rest) : rest_(rest) {}

    backstage::Answer call(std::string_view method,
                           std::string_view target,
                           boost::json::value body,
                           backstage::Deadline deadline) override {
        if (std::chrono::steady_clock::now() >= deadline) return {backstage::Answer::End::late, 0, nullptr};
        auto answer = rest_.dispatch(std::string{method}, target, std::move(body));
        return {backstage::Answer::End::answered, answer.status, std::move(answer.body)};
    }

private:
    http::Router& rest_;
};

/// REST API keys, as "Token token=KEY" or "Bearer KEY"; none is needed for the demonstration account.
class ApiKeyAuthenticator final : public backstage::Authenticator {
public:
    explicit ApiKeyAuthenticator(const http::Site& site) : site_(site) {}

    std::variant<backstage::Caller, backstage::Refusal> authenticate(std::string_view authorization) override {
        if (site_.demo) return backstage::Caller{.may_write = true};
        constexpr std::string_view token = "Token token=";
        constexpr std::string_view bearer = "Bearer ";
        std::string header;
        if (authorization.starts_with(token))
            header = authorization;
        else if (authorization.starts_with(bearer))
            header = std::string{token}.append(authorization.substr(bearer.size()));
        else
            return backstage::Refusal::missing_credentials;
        auto actor = site_.store.read(site_.clock.now(), [&](Tx& tx) { return http::authenticate(tx, site_, header); });
        if (!actor) return backstage::Refusal::illegal_token;
        if (!actor->may(Need::view)) return backstage::Refusal::not_allowed;
        return backstage::Caller{.may_write = !actor->read_only && actor->may(Need::manage)};
    }

private:
    const http::Site& site_;
};

backstage::Request request_of(const http::Copied& copied, Timestamp now) {
    backstage::Request request;
    request.method = copied.method;
    request.target = copied.target.substr(backstage_prefix.size());
    if (!request.target.starts_with('/')) request.target.insert(0, "/");
    request.body = copied.body;
    request.content_type = copied.content_type;
    request.authorization = copied.authorization;
    request.origin = copied.origin;
    request.requested_headers = copied.requested_headers;
    request.now = now;
    return request;
}

http::Response response_of(backstage::Response answer) {
    http::Response response;
    response.status = answer.status;
    response.body = std::move(answer.body);
    response.content_type = std::move(answer.content_type);
    response.headers = std::move(answer.headers);
    return response;
}

/// What the mount's functions share.
struct Parts {
    Parts(const http::Site& site, http::Router& rest)
        : upstream(rest), authenticator(site), backend(authenticator, upstream) {}

    LocalUpstream upstream;
    ApiKeyAuthenticator authenticator;
    backstage::Backend backend;
};

}  // namespace

http::Mount backstage_mount(const http::Site& site, http::Router& rest) {
    auto parts = std::make_shared<Parts>(site, rest);
    auto answer = [&site, parts](const http::Copied& copied) {
        return response_of(parts->backend.answer(request_of(copied, site.clock.now())));
    };
    auto refuse = [](int status, std::string_view why) { return response_of(backstage::Backend::refuse(status, why)); };
    return {std::string{backstage_prefix}, std::move(answer), std::move(refuse)};
}

}  // namespace callboard
