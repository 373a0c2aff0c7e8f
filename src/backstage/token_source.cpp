#include "backstage/token_source.h"

#include "backstage/json_read.h"
#include "base/log.h"
#include "net/http_client.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr auto life_default = seconds{3'600};
/// After a failure nobody asks again for this long.
constexpr auto pause_after_failure = seconds{5};

Answer no_token(std::string why) {
    log::warn("backstage.token_refused", {{"why", why}});
    Answer answer{Answer::End::not_configured};
    answer.detail = std::move(why);
    return answer;
}

}  // namespace

TokenSource::TokenSource(const AccountConfig& config)
    : account_(config.id), oauth_(config.oauth), ca_file_(config.ca_file) {
    if (config.token.empty()) return;
    oauth_.reset();
    authorization_ = "Token token=" + config.token;
}

std::string TokenSource::scopes_of(const OAuthConfig& oauth) {
    return fmt::format("as_account-{}.{} {}", oauth.region, oauth.subdomain, oauth.scopes);
}

TokenSource::Renewed TokenSource::renew(Deadline deadline) const {
    net::HttpRequest request;
    request.method = "POST";
    request.url = oauth_->identity_url;
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
    request.body = net::form_encode({{"grant_type", "client_credentials"},
                                     {"client_id", oauth_->client_id},
                                     {"client_secret", oauth_->client_secret},
                                     {"scope", scopes_of(*oauth_)}});
    auto left = std::chrono::duration_cast<net::milliseconds>(deadline - std::chrono::steady_clock::now());
    request.deadline = std::max(left, net::milliseconds{1});
    request.ca_file = ca_file_;
    auto result = net::send_http(request);
    if (const auto* failure = std::get_if<net::Failure>(&result)) {
        Answer answer{failure->kind == net::FailureKind::timeout ? Answer::End::late : Answer::End::unreachable};
        answer.detail = fmt::format("account {}: the token could not be asked for: {}", account_, failure->detail);
        return {{}, {}, std::move(answer)};
    }
    const auto& response = std::get<net::HttpResponse>(result);
    boost::system::error_code failed;
    auto body = json::parse(response.body, failed);
    auto token = failed ? std::string_view{} : text_at(body, "access_token");
    if (response.status != 200 || token.empty()) {
        auto said = failed ? std::string_view{} : text_at(body, "error_description");
        if (said.empty() && !failed) said = text_at(body, "error");
        return {{},
                {},
                no_token(fmt::format("Account {}: no token was given ({}{}{}).",
                                     account_,
                                     response.status,
                                     said.empty() ? "" : ", ",
                                     said))};
    }
    auto lives = seconds{std::max<std::int64_t>(number_at(body, "expires_in").value_or(life_default.count()), 1)};
    return {fmt::format("Bearer {}", token), lives, {}};
}

TokenSource::Given TokenSource::get(Timestamp now, Deadline deadline) {
    std::unique_lock lock(mutex_);
    if (!oauth_) {
        if (!authorization_.empty()) return {authorization_};
        return {{}, no_token(fmt::format("Account {} has neither a token nor OAuth credentials.", account_))};
    }
    for (;;) {
        bool good = !authorization_.empty() && now < ends_at_;
        if (good && (now < renew_at_ || renewing_)) return {authorization_};
        if (!renewing_) break;
        if (renewed_.wait_until(lock, deadline) == std::cv_status::timeout) return {{}, {Answer::End::late}};
    }
    renewing_ = true;
    lock.unlock();
    auto renewed = renew(deadline);
    lock.lock();
    renewing_ = false;
    renewed_.notify_all();
    if (renewed.authorization.empty()) {
        // The old one serves until it ends.
        renew_at_ = now + pause_after_failure;
        if (!authorization_.empty() && now < ends_at_) return {authorization_};
        return {{}, std::move(renewed.failure)};
    }
    authorization_ = std::move(renewed.authorization);
    ends_at_ = now + renewed.lives;
    renew_at_ = now + renewed.lives * 3 / 4;
    return {authorization_};
}

void TokenSource::refuse(const std::string& authorization) {
    std::lock_guard lock(mutex_);
    if (oauth_ && authorization_ == authorization) authorization_.clear();
}

}  // namespace callboard::backstage
