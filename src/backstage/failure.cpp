#include "backstage/failure.h"

#include "backstage/json_read.h"
#include "base/log.h"

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

std::string sentence_of(int status, const Operation& operation) {
    if (status >= 500) return "PagerDuty API returned a server error. Retrying with the same arguments will not work.";
    auto sentence = [&](std::string_view always, std::string_view more) {
        return std::string{always}.append(operation.says_more ? more : std::string_view{});
    };
    switch (status) {
    case 400:
        return sentence("Caller provided invalid arguments.",
                        " Please review the response for error details. Retrying with the same arguments will not "
                        "work.");
    case 401:
        return sentence("Caller did not supply credentials or did not provide the correct credentials.",
                        " If you are using an API key, it may be invalid or your Authorization header may be "
                        "malformed.");
    case 402:
        return "Account does not have the abilities to perform the action. Please review the response for the "
               "required abilities.";
    case 403:
        return sentence("Caller is not authorized to view the requested resource.",
                        " While your authentication is valid, the authenticated user or token does not have "
                        "permission to perform this action.");
    case 404: return "The requested resource was not found.";
    case 429: return std::string{operation.over_rate};
    default: return fmt::format("PagerDuty API answered with status {}.", status);
    }
}

bool is_success(int status) { return status >= 200 && status < 300; }

bool has_member(const json::value& body, std::string_view member) {
    if (member.empty()) return true;
    const auto* object = body.if_object();
    return object && object->contains(member);
}

struct Failure {
    int status;
    std::string sentence;
};

std::optional<Failure> find_failure(const Answer& answer, const Operation& operation, std::string_view member) {
    switch (answer.end) {
    case Answer::End::late: return Failure{504, "PagerDuty did not answer in time."};
    case Answer::End::unreachable: return Failure{502, "PagerDuty could not be reached."};
    case Answer::End::unreadable: return Failure{502, "PagerDuty's answer could not be read."};
    case Answer::End::not_configured:
        return Failure{401, answer.detail.empty() ? "There are no credentials for PagerDuty." : answer.detail};
    case Answer::End::answered: break;
    }
    if (!is_success(answer.status)) {
        int status = answer.status >= 400 ? answer.status : 502;
        return Failure{status, sentence_of(answer.status, operation)};
    }
    if (!has_member(answer.body, member)) return Failure{502, "PagerDuty's answer could not be read."};
    return std::nullopt;
}

}  // namespace

Reply refused(int status, std::string sentence) {
    return {status, json::object{{"errors", json::array{json::string{sentence}}}}};
}

Reply said(int status, std::string sentence) { return {status, json::string{sentence}}; }

Reply refused_once(int status, std::string sentence) {
    return {status, json::object{{"error", json::string{sentence}}}};
}

std::optional<Reply> failure_of(const Answer& answer, const Operation& operation, std::string_view member) {
    auto failure = find_failure(answer, operation, member);
    if (!failure) return std::nullopt;
    auto sentence = fmt::format("{} {}", operation.failed, failure->sentence);
    // What the caller did wrong is the caller's to see; what upstream did wrong is ours.
    if (failure->status >= 500)
        log::warn("backstage.upstream_failed", {{"status", std::to_string(failure->status)}, {"what", sentence}});
    auto reply = refused(failure->status, std::move(sentence));
    if (answer.retry_after) reply.headers.emplace_back("Retry-After", std::to_string(answer.retry_after->count()));
    return reply;
}

std::string_view lacking_scope(const Answer& answer) {
    bool forbidden = answer.end == Answer::End::answered && answer.status == 403;
    return forbidden ? text_at(answer.body, {"error", "required_scopes"}) : std::string_view{};
}

}  // namespace callboard::backstage
