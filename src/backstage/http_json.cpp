#include "backstage/http_json.h"

#include "net/http_client.h"

#include <algorithm>

namespace callboard::backstage {

namespace {

constexpr std::size_t answer_bytes_max = std::size_t{32} << 20;
constexpr std::size_t json_depth_max = 64;

net::milliseconds left_of(Deadline deadline) {
    auto left = std::chrono::duration_cast<net::milliseconds>(deadline - std::chrono::steady_clock::now());
    return std::max(left, net::milliseconds{1});
}

JsonAnswer failed(const net::Failure& failure) {
    bool late = failure.kind == net::FailureKind::timeout;
    bool broken = failure.kind == net::FailureKind::broken || failure.kind == net::FailureKind::too_large;
    auto end = late ? Answer::End::late : broken ? Answer::End::unreadable : Answer::End::unreachable;
    return {end, 0, nullptr, failure.detail};
}

}  // namespace

JsonAnswer HttpJsonClient::send(const JsonRequest& request) {
    net::HttpRequest http;
    http.method = request.method;
    http.url = request.url;
    http.headers.emplace_back("Accept", "application/json");
    if (!request.authorization.empty()) http.headers.emplace_back("Authorization", request.authorization);
    if (!request.body.is_null()) {
        http.headers.emplace_back("Content-Type", "application/json");
        http.body = json::serialize(request.body);
    }
    http.deadline = left_of(request.deadline);
    http.answer_bytes_max = answer_bytes_max;
    http.ca_file = ca_file_;
    http.ended = &ended_;
    auto result = net::send_http(http);
    if (const auto* failure = std::get_if<net::Failure>(&result)) return failed(*failure);
    auto& response = std::get<net::HttpResponse>(result);
    JsonAnswer answer{Answer::End::answered, response.status, nullptr, {}};
    if (response.body.empty()) return answer;
    json::parse_options options;
    options.max_depth = json_depth_max;
    boost::system::error_code problem;
    answer.body = json::parse(response.body, problem, {}, options);
    if (problem && answer.ok()) answer = {Answer::End::unreadable, response.status, nullptr, "the answer is not JSON"};
    return answer;
}

}  // namespace callboard::backstage
