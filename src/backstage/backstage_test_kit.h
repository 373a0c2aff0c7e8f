#pragma once
// An upstream that says what a test tells it to, and remembers what it was asked. Only tests include this.

#include "backstage/backend.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace callboard::test {

namespace json = boost::json;

class FakeUpstream final : public backstage::Upstream {
public:
    struct Asked {
        std::string method;
        std::string target;
        json::value body;
    };

    /// By "GET /teams?total=true…" up to the first match from the front: "GET /teams" answers all of them.
    std::map<std::string, backstage::Answer> answers;
    std::vector<Asked> asked;

    void answers_with(const std::string& what, int status, std::string_view body) {
        answers[what] = {backstage::Answer::End::answered, status, json::parse({body.data(), body.size()})};
    }

    void ends_with(const std::string& what, backstage::Answer::End end) { answers[what] = {end, 0, nullptr}; }

    backstage::Answer
    call(std::string_view method, std::string_view target, json::value body, backstage::Deadline) override {
        asked.push_back({std::string{method}, std::string{target}, std::move(body)});
        auto what = asked.back().method + " " + asked.back().target;
        // The longest of the beginnings that fit comes last in the map.
        for (auto it = answers.rbegin(); it != answers.rend(); ++it)
            if (what.starts_with(it->first)) return it->second;
        return {backstage::Answer::End::answered, 404, json::object{}};
    }
};

/// Lets in whoever sends "Bearer reader" or "Bearer writer".
class FakeAuthenticator final : public backstage::Authenticator {
public:
    std::variant<backstage::Caller, backstage::Refusal> authenticate(std::string_view authorization) override {
        if (authorization == "Bearer writer") return backstage::Caller{.may_write = true};
        if (authorization == "Bearer reader") return backstage::Caller{.may_write = false};
        if (authorization.empty()) return backstage::Refusal::missing_credentials;
        return backstage::Refusal::illegal_token;
    }
};

/// A backend over both.
struct Plugin {
    FakeUpstream upstream;
    FakeAuthenticator authenticator;
    backstage::Backend backend{authenticator, upstream};

    static backstage::Request request(std::string method, std::string target, std::string body = {}) {
        backstage::Request request;
        request.method = std::move(method);
        request.target = std::move(target);
        request.body = std::move(body);
        request.content_type = "application/json; charset=UTF-8";
        request.authorization = "Bearer writer";
        request.now = from_micros(1'790'000'000'000'000);
        return request;
    }

    backstage::Response get(std::string target) { return backend.answer(request("GET", std::move(target))); }
};

/// Texts that mean the same JSON read alike.
inline std::string normal(std::string_view text) { return json::serialize(json::parse({text.data(), text.size()})); }

}  // namespace callboard::test
