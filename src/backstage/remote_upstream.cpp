#include "backstage/remote_upstream.h"

#include "base/log.h"
#include "base/query_string.h"
#include "net/http_client.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr std::size_t answer_bytes_max = std::size_t{16} << 20;
constexpr std::size_t json_depth_max = 64;
/// When the other side says "too often" and not until when.
constexpr auto pause_default = seconds{10};
constexpr auto connect_time_max = std::chrono::milliseconds{3'000};

net::milliseconds left_of(Deadline deadline) {
    return std::chrono::duration_cast<net::milliseconds>(deadline - std::chrono::steady_clock::now());
}

bool is_analytics(const Question& question) { return question.target.starts_with("/analytics/"); }

/// Analytics are asked by POST.
bool reads(const Question& question) { return question.method == "GET" || is_analytics(question); }

Answer throttled(seconds wait) {
    Answer answer;
    answer.status = 429;
    answer.retry_after = wait;
    return answer;
}

Answer failed(const std::string& account, const net::Failure& failure) {
    Answer answer{Answer::End::unreachable};
    if (failure.kind == net::FailureKind::timeout) answer.end = Answer::End::late;
    if (failure.kind == net::FailureKind::too_large) answer.end = Answer::End::unreadable;
    answer.detail = fmt::format("{}: {}", name_of(failure.kind), failure.detail);
    log::warn("backstage.upstream_unreachable", {{"account", account}, {"why", answer.detail}});
    return answer;
}

std::optional<seconds> pause_of(const net::HttpResponse& response, Timestamp now) {
    if (response.status != 429 && response.status != 503) return std::nullopt;
    auto asked = net::read_retry_after(response, now);
    if (!asked && response.status == 429) {
        auto reset = response.header("ratelimit-reset");
        net::HttpResponse same;
        if (reset) same.headers.emplace_back("retry-after", *reset);
        asked = net::read_retry_after(same, now);
        if (!asked) asked = pause_default;
    }
    return asked;
}

Answer answer_of(const net::HttpResponse& response, Timestamp now) {
    Answer answer;
    answer.status = response.status;
    answer.as_of = now;
    answer.retry_after = pause_of(response, now);
    if (response.body.empty()) return answer;
    json::parse_options options;
    options.max_depth = json_depth_max;
    boost::system::error_code problem;
    answer.body = json::parse(response.body, problem, {}, options);
    // A refusal is one even when a proxy words it in HTML.
    if (problem && answer.ok()) return {Answer::End::unreadable};
    if (problem) answer.body = nullptr;
    return answer;
}

}  // namespace

RemoteUpstream::RemoteUpstream(AccountConfig config, const Clock& clock)
    : config_(std::move(config)), clock_(clock), tokens_(config_, &ended_), budget_(config_.requests_per_minute),
      analytics_(config_.requests_per_minute) {}

Answer RemoteUpstream::call(const Question& question) {
    auto now = clock_.now();
    if (reads(question)) {
        auto supply = budget_.is_scarce(now) ? Supply::scarce : Supply::plenty;
        return cache_.get(
            question, now, [&](const Question& asked) { return ask(asked); }, supply);
    }
    auto answer = ask(question);
    // Also when it failed: it may have arrived.
    outdate({});
    return answer;
}

void RemoteUpstream::outdate(std::string_view service_id) {
    cache_.outdate(service_id);
    ++changes_;
}

Answer RemoteUpstream::ask(const Question& question) {
    auto token = tokens_.get(clock_.now(), question.deadline);
    if (token.authorization.empty()) return std::move(token.failure);
    auto answer = send(question, token.authorization);
    if (answer.end != Answer::End::answered || answer.status != 401) return answer;
    // A token that ended early is renewed once.
    tokens_.refuse(token.authorization);
    auto next = tokens_.get(clock_.now(), question.deadline);
    if (next.authorization.empty() || next.authorization == token.authorization) return answer;
    return send(question, next.authorization);
}

Answer RemoteUpstream::send(const Question& question, const std::string& authorization) {
    if (ended_ && reads(question)) return {Answer::End::late};
    auto now = clock_.now();
    if (is_analytics(question))
        if (auto wait = analytics_.take(now)) return throttled(*wait);
    if (auto wait = budget_.take(now)) return throttled(*wait);
    auto left = left_of(question.deadline);
    if (left.count() <= 0) return {Answer::End::late};
    net::HttpRequest request;
    request.method = question.method;
    request.url = config_.api_url + question.target;
    request.headers = {{"Authorization", authorization},
                       {"Accept", "application/vnd.pagerduty+json;version=2"},
                       {"X-PagerDuty-Client", "Backstage"}};
    if (!question.body.is_null()) {
        request.headers.emplace_back("Content-Type", "application/json");
        request.body = json::serialize(question.body);
    }
    auto from = question.from.empty() && !reads(question) ? config_.from : question.from;
    if (!from.empty()) request.headers.emplace_back("From", from);
    request.deadline = left;
    request.connect_deadline = std::min(left, connect_time_max);
    request.answer_bytes_max = answer_bytes_max;
    request.only_once = !reads(question);
    if (reads(question)) request.ended = &ended_;
    request.ca_file = config_.ca_file;
    auto result = net::send_http(request);
    if (request.ended && ended_) return {Answer::End::late};
    if (const auto* failure = std::get_if<net::Failure>(&result)) return failed(config_.id, *failure);
    const auto& response = std::get<net::HttpResponse>(result);
    auto answer = answer_of(response, now);
    if (answer.retry_after) (is_analytics(question) ? analytics_ : budget_).wait_until(now + *answer.retry_after);
    return answer;
}

Answer RemoteUpstream::send_change(const json::object& event, Deadline deadline) {
    net::HttpRequest request;
    request.method = "POST";
    request.url = config_.events_url + "/change/enqueue";
    request.headers = {{"Content-Type", "application/json"}};
    request.body = json::serialize(event);
    request.deadline = std::max(left_of(deadline), net::milliseconds{1});
    request.connect_deadline = std::min(request.deadline, net::milliseconds{connect_time_max});
    request.only_once = true;
    request.ca_file = config_.ca_file;
    auto result = net::send_http(request);
    if (const auto* failure = std::get_if<net::Failure>(&result)) return failed(config_.id, *failure);
    return answer_of(std::get<net::HttpResponse>(result), clock_.now());
}

}  // namespace callboard::backstage
