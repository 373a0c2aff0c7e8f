#include "net/token_source.h"

#include "net/http_client.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace callboard::net {

namespace {

namespace json = boost::json;

constexpr auto life_default = seconds{3'600};
/// After a failure nobody asks again for this long while the old one serves.
constexpr auto pause_after_failure = seconds{5};

std::string text_in(const json::object& object, std::string_view name) {
    const auto* found = object.if_contains(name);
    return found && found->is_string() ? std::string{found->get_string()} : std::string{};
}

json::object object_in(const std::string& body) {
    boost::system::error_code failed;
    auto value = json::parse(body, failed);
    return !failed && value.is_object() ? std::move(value.get_object()) : json::object{};
}

/// How long it lives; some servers write the number as a text.
seconds life_in(const json::object& body) {
    const auto* found = body.if_contains("expires_in");
    auto life = life_default;
    if (found && found->is_int64()) life = seconds{found->get_int64()};
    if (found && found->is_string())
        if (auto number = std::strtoll(std::string{found->get_string()}.c_str(), nullptr, 10); number > 0)
            life = seconds{number};
    return std::clamp<seconds>(life, seconds{1}, days{365});
}

/// RFC 6749, section 5.2: "error", and perhaps words for people.
TokenFailure refusal(int status, const json::object& body) {
    constexpr std::size_t said_max = 300;
    auto error = text_in(body, "error");
    auto said = text_in(body, "error_description");
    if (said.empty()) said = error;
    said.resize(std::min(said.size(), said_max));
    return {
        TokenFailure::Kind::refused, fmt::format("{}{}{}", status, said.empty() ? "" : ", ", said), std::move(error)};
}

}  // namespace

TokenSource::Renewed TokenSource::renew(Deadline deadline) const {
    HttpRequest request;
    request.method = "POST";
    request.url = request_.url;
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
    std::vector<std::pair<std::string, std::string>> form{{"grant_type", "client_credentials"},
                                                          {"client_id", request_.client_id},
                                                          {"client_secret", request_.client_secret}};
    if (!request_.scope.empty()) form.emplace_back("scope", request_.scope);
    request.body = form_encode(form);
    auto left = std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
    request.deadline = std::max(left, milliseconds{1});
    request.ca_file = request_.ca_file;
    request.addresses = request_.addresses;
    request.ended = request_.ended;
    auto result = send_http(request);
    if (const auto* failure = std::get_if<Failure>(&result)) {
        auto kind = failure->kind == FailureKind::timeout ? TokenFailure::Kind::late : TokenFailure::Kind::unreachable;
        return {{}, {}, {kind, failure->detail}};
    }
    const auto& response = std::get<HttpResponse>(result);
    auto body = object_in(response.body);
    auto token = text_in(body, "access_token");
    // It becomes a header: a line break in it would be another one.
    bool fit = !token.empty() && std::ranges::all_of(token, [](char c) { return c > ' ' && c < 0x7f; });
    if (response.status != 200 || !fit) return {{}, {}, refusal(response.status, body)};
    return {fmt::format("Bearer {}", token), life_in(body), {}};
}

TokenSource::Given TokenSource::get(Timestamp now, Deadline deadline) {
    std::unique_lock lock(mutex_);
    for (;;) {
        bool good = !authorization_.empty() && now < ends_at_;
        if (good && (now < renew_at_ || renewing_)) return {authorization_};
        if (!renewing_) break;
        if (renewed_.wait_until(lock, deadline) == std::cv_status::timeout)
            return {{}, {TokenFailure::Kind::late, "another request for a token has not ended"}};
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
    if (authorization_ == authorization) authorization_.clear();
}

}  // namespace callboard::net
