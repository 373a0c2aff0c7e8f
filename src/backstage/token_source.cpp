#include "backstage/token_source.h"

#include "base/log.h"

#include <sstream>
#include <vector>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr auto narrowed_for = hours{1};

Answer no_token(std::string why) {
    log::warn("backstage.token_refused", {{"why", why}});
    Answer answer{Answer::End::not_configured};
    answer.detail = std::move(why);
    return answer;
}

}  // namespace

TokenSource::TokenSource(const AccountConfig& config, const std::atomic<bool>* ended)
    : account_(config.id), oauth_(config.oauth), ca_file_(config.ca_file), ended_(ended) {
    if (!config.token.empty())
        api_token_ = "Token token=" + config.token;
    else if (oauth_)
        tokens_ = asking_for(*oauth_);
}

std::string TokenSource::scopes_of(const OAuthConfig& oauth) {
    return fmt::format("as_account-{}.{} {}", oauth.region, oauth.subdomain, oauth.scopes);
}

TokenSource::Tokens TokenSource::asking_for(const OAuthConfig& oauth) const {
    return std::make_shared<net::TokenSource>(net::TokenRequest{.url = oauth.identity_url,
                                                                .client_id = oauth.client_id,
                                                                .client_secret = oauth.client_secret,
                                                                .scope = scopes_of(oauth),
                                                                .ca_file = ca_file_,
                                                                .ended = ended_});
}

Answer TokenSource::failure_of(const net::TokenFailure& failure) const {
    if (failure.kind == net::TokenFailure::Kind::refused)
        return no_token(fmt::format("Account {}: no token was given ({}).", account_, failure.detail));
    Answer answer{failure.kind == net::TokenFailure::Kind::late ? Answer::End::late : Answer::End::unreachable};
    answer.detail = fmt::format("account {}: the token could not be asked for: {}", account_, failure.detail);
    return answer;
}

/// The one that was narrowed is widened again now and then: the scope may have been ticked since.
TokenSource::Tokens TokenSource::current(Timestamp now) {
    std::lock_guard lock(mutex_);
    if (narrowed_at_ && now - *narrowed_at_ > narrowed_for) {
        narrowed_at_.reset();
        tokens_ = asking_for(*oauth_);
    }
    return tokens_;
}

/// In the place of one that was refused for its scopes: one with those that are granted. Null when none is.
TokenSource::Tokens TokenSource::narrowed(const Tokens& refused, Timestamp now, Deadline deadline) {
    std::lock_guard one_at_a_time(narrowing_);
    if (auto tokens = current(now); tokens != refused) return tokens;
    std::vector<std::string> granted;
    std::vector<std::string> missing;
    std::istringstream scopes(oauth_->scopes);
    auto only = *oauth_;
    while (scopes >> only.scopes) {
        auto given = asking_for(only)->get(now, deadline);
        if (given.authorization.empty() && given.failure.error != "invalid_scope") return nullptr;
        (given.authorization.empty() ? missing : granted).push_back(only.scopes);
    }
    if (granted.empty()) return nullptr;
    log::warn("backstage.scopes_missing",
              {{"account", account_}, {"scopes", fmt::format("{}", fmt::join(missing, " "))}});
    only.scopes = fmt::format("{}", fmt::join(granted, " "));
    std::lock_guard lock(mutex_);
    narrowed_at_ = now;
    tokens_ = asking_for(only);
    return tokens_;
}

TokenSource::Given TokenSource::get(Timestamp now, Deadline deadline) {
    if (!api_token_.empty()) return {api_token_};
    auto tokens = current(now);
    if (!tokens) return {{}, no_token(fmt::format("Account {} has neither a token nor OAuth credentials.", account_))};
    auto given = tokens->get(now, deadline);
    if (given.failure.error == "invalid_scope")
        if (auto fewer = narrowed(tokens, now, deadline)) given = fewer->get(now, deadline);
    if (given.authorization.empty()) return {{}, failure_of(given.failure)};
    return {std::move(given.authorization)};
}

void TokenSource::refuse(const std::string& authorization) {
    std::lock_guard lock(mutex_);
    if (tokens_) tokens_->refuse(authorization);
}

}  // namespace callboard::backstage
