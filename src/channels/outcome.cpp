#include "channels/outcome.h"

#include "channels/text.h"

#include <fmt/format.h>

namespace callboard::channels {

namespace json = boost::json;

namespace {

constexpr std::size_t detail_bytes_max = 300;

Outcome make(Outcome::Kind kind, std::string_view provider, std::string_view detail) {
    Outcome outcome;
    outcome.kind = kind;
    outcome.provider = provider;
    outcome.detail = cut_bytes(one_line(detail), detail_bytes_max);
    return outcome;
}

}  // namespace

net::HttpRequest post_request(std::string url, std::string ca_file) {
    net::HttpRequest request;
    request.method = "POST";
    request.url = std::move(url);
    request.ca_file = std::move(ca_file);
    request.deadline = seconds{10};
    request.connect_deadline = seconds{4};
    request.answer_bytes_max = std::size_t{64} << 10;
    // A handshake more is cheaper than a person who is paged twice.
    request.only_once = true;
    return request;
}

Outcome sent(std::string_view provider, std::string_view provider_id) {
    auto outcome = make(Outcome::Kind::sent, provider, {});
    outcome.provider_id = cut_bytes(one_line(provider_id), detail_bytes_max);
    return outcome;
}

Outcome try_again(std::string_view provider, std::string_view detail) {
    return make(Outcome::Kind::try_again, provider, detail);
}

Outcome refused(std::string_view provider, std::string_view detail) {
    return make(Outcome::Kind::refused, provider, detail);
}

Outcome provider_at_fault(std::string_view provider, std::string_view detail) {
    auto outcome = make(Outcome::Kind::refused, provider, detail);
    outcome.provider_fault = true;
    return outcome;
}

Outcome outcome_of(std::string_view provider, const net::Failure& failure) {
    auto detail = fmt::format("{}: {}", net::name_of(failure.kind), failure.detail);
    if (failure.kind == net::FailureKind::invalid_request) return provider_at_fault(provider, detail);
    if (failure.kind == net::FailureKind::forbidden_address) return refused(provider, detail);
    auto outcome = try_again(provider, detail);
    outcome.may_have_arrived = failure.may_have_arrived;
    outcome.timed_out = failure.kind == net::FailureKind::timeout;
    return outcome;
}

Outcome outcome_of(std::string_view provider, const net::HttpResponse& response, Timestamp now) {
    auto detail = fmt::format("answered {}: {}", response.status, response.body.substr(0, detail_bytes_max));
    int status = response.status;
    if (status >= 200 && status < 300) return sent(provider, {});
    if (status == 408 || status == 425 || status == 429 || status >= 500) {
        auto outcome = try_again(provider, detail);
        outcome.retry_after = net::read_retry_after(response, now);
        outcome.is_too_much = status == 429;
        // A gateway in the middle gave up waiting; what it waited for may have happened.
        outcome.may_have_arrived = status >= 500 && status != 503;
        return outcome;
    }
    if (status < 400 || (status >= 401 && status <= 405)) return provider_at_fault(provider, detail);
    return refused(provider, detail);
}

Outcome not_understood(std::string_view provider, const net::HttpResponse& response) {
    auto outcome = try_again(provider,
                             fmt::format("answered {}, but not as it should: {}",
                                         response.status,
                                         response.body.substr(0, detail_bytes_max)));
    outcome.may_have_arrived = true;
    return outcome;
}

json::object read_object(const net::HttpResponse& response) {
    boost::system::error_code problem;
    auto value = json::parse(response.body, problem);
    if (problem || !value.is_object()) return {};
    return std::move(value.get_object());
}

std::string text_in(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    if (!value) return {};
    if (const auto* text = value->if_string()) return std::string(*text);
    if (value->is_int64() || value->is_uint64()) return json::serialize(*value);
    return {};
}

}  // namespace callboard::channels
