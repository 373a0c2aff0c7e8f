#include "daemon/hook_tokens.h"

#include <fmt/format.h>

namespace callboard {

namespace {

net::TokenRequest request_of(const OAuthClient& client, net::AddressRule addresses) {
    return {.url = client.token_url,
            .client_id = client.client_id,
            .client_secret = client.client_secret,
            .scope = client.scope.value_or(""),
            .ca_file = {},
            .addresses = addresses};
}

}  // namespace

std::shared_ptr<net::TokenSource> HookTokens::of(const OAuthClient& client) {
    auto request = request_of(client, addresses_);
    std::lock_guard lock(mutex_);
    auto& source = sources_[client.id];
    if (!source || source->request() != request) source = std::make_shared<net::TokenSource>(std::move(request));
    return source;
}

std::string no_token_sentence(const net::TokenFailure& failure) {
    switch (failure.kind) {
    case net::TokenFailure::Kind::refused:
        return fmt::format("No access token was given: the token URL answered {}.", failure.detail);
    case net::TokenFailure::Kind::unreachable:
    case net::TokenFailure::Kind::late: break;
    }
    return fmt::format("No access token was given: {}.", failure.detail);
}

Result<void> try_oauth_client(const OAuthClient& client, net::AddressRule addresses, Timestamp now) {
    net::TokenSource source(request_of(client, addresses));
    auto given = source.get(now, std::chrono::steady_clock::now() + delivery_deadline);
    if (given.authorization.empty()) return errors::invalid_input(no_token_sentence(given.failure));
    return {};
}

}  // namespace callboard
