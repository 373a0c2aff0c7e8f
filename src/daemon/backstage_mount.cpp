#include "daemon/backstage_mount.h"

#include "backstage/backend.h"

#include <optional>

namespace callboard {

namespace {

/// The caller of one request, and our own REST routes as this caller may use them.
class LocalAccount final : public backstage::Authenticator, public backstage::Upstream {
public:
    LocalAccount(const http::Site& site, http::Router& rest) : site_(site), rest_(rest) {}

    /// REST API keys, as "Token token=KEY" or "Bearer KEY". The demonstration account asks for none, and lets in
    /// whoever brings what it does not know: Backstage sends tokens of its own.
    std::variant<backstage::Caller, backstage::Refusal> authenticate(std::string_view authorization) override {
        auto found = actor_of(authorization);
        if (!found) {
            if (!site_.demo) return found.refusal;
            found.actor = http::Actor::guest();
        }
        actor_ = *std::move(found.actor);
        if (actor_.user &&
            !may_somewhere({.role = actor_.user->role, .memberships = {}, .private_teams = {}}, Need::view))
            return backstage::Refusal::not_allowed;
        // Whose service it is decides further: REST does.
        return backstage::Caller{.may_write = !actor_.read_only};
    }

    /// Nothing to wait for but the store, so the deadline only stops a chain of calls.
    backstage::Answer call(std::string_view method,
                           std::string_view target,
                           boost::json::value body,
                           backstage::Deadline deadline) override {
        if (std::chrono::steady_clock::now() >= deadline) return {backstage::Answer::End::late, 0, nullptr};
        auto answer = rest_.dispatch(actor_, std::string{method}, target, std::move(body));
        return {backstage::Answer::End::answered, answer.status, std::move(answer.body)};
    }

private:
    struct Found {
        std::optional<http::Actor> actor;
        backstage::Refusal refusal = backstage::Refusal::illegal_token;

        explicit operator bool() const { return actor.has_value(); }
    };

    [[nodiscard]] Found actor_of(std::string_view authorization) const {
        constexpr std::string_view token = "Token token=";
        constexpr std::string_view bearer = "Bearer ";
        std::string header;
        if (authorization.starts_with(token))
            header = authorization;
        else if (authorization.starts_with(bearer))
            header = std::string{token}.append(authorization.substr(bearer.size()));
        else
            return {std::nullopt, backstage::Refusal::missing_credentials};
        auto actor = site_.store.read(site_.clock.now(), [&](Tx& tx) { return http::authenticate(tx, site_, header); });
        if (!actor) return {std::nullopt, backstage::Refusal::illegal_token};
        return {std::move(actor).value(), {}};
    }

    const http::Site& site_;
    http::Router& rest_;
    http::Actor actor_;
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

}  // namespace

http::Mount backstage_mount(const http::Site& site, http::Router& rest) {
    auto answer = [&site, &rest](const http::Copied& copied) {
        LocalAccount account(site, rest);
        backstage::Backend backend(account, account);
        return response_of(backend.answer(request_of(copied, site.clock.now())));
    };
    auto refuse = [](int status, std::string_view why) { return response_of(backstage::Backend::refuse(status, why)); };
    return {std::string{backstage_prefix}, std::move(answer), std::move(refuse)};
}

}  // namespace callboard
