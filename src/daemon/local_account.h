#pragma once
// Our own REST routes as an account of the plugin's backend, and our API keys as credentials for it.

#include "backstage/authenticator.h"
#include "backstage/upstream.h"
#include "daemon/backstage_plugin.h"

namespace callboard {

/// Asked in process: no socket, no text in between. A caller with an API key acts as that key; whom Backstage vouches
/// for reads as the account, and changes incidents as the person of that e-mail.
class LocalUpstream final : public backstage::Upstream {
public:
    explicit LocalUpstream(LocalSide local) : local_(local) {}

    backstage::Answer call(const backstage::Question& question) override;
    backstage::Answer send_change(const boost::json::object& event, backstage::Deadline deadline) override;

    [[nodiscard]] std::uint64_t changes() const override { return local_.commits.load(); }

    [[nodiscard]] bool near() const override { return true; }

private:
    LocalSide local_;
};

/// REST API keys, as "Token token=KEY" or "Bearer KEY". The demonstration account asks for none, and lets in whoever
/// brings what it does not know.
class ApiKeys final : public backstage::Authenticator {
public:
    explicit ApiKeys(const http::Site& site) : site_(site) {}

    std::variant<backstage::Caller, backstage::Refusal> authenticate(std::string_view authorization,
                                                                     Timestamp now) override;

private:
    const http::Site& site_;
};

}  // namespace callboard
