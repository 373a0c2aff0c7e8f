#pragma once
// The access tokens that webhooks carry, one source for each OAuth client. Secrets and tokens stay in memory; a client
// that was changed begins anew.

#include "base/result.h"
#include "domain/hook/webhook.h"
#include "net/token_source.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace callboard {

class HookTokens {
public:
    explicit HookTokens(net::AddressRule addresses) : addresses_(addresses) {}

    std::shared_ptr<net::TokenSource> of(const OAuthClient& client);

private:
    net::AddressRule addresses_;
    std::mutex mutex_;
    std::map<OAuthClientId, std::shared_ptr<net::TokenSource>> sources_;
};

/// "No access token was given: …"
std::string no_token_sentence(const net::TokenFailure& failure);

/// Asks for a token and throws it away: whether the client would get one. Blocks.
Result<void> try_oauth_client(const OAuthClient& client, net::AddressRule addresses, Timestamp now);

}  // namespace callboard
