#pragma once
// Other HTTP services of Backstage, asked for JSON. A seam, so that rules can be tested without a network.

#include "backstage/upstream.h"

#include <atomic>
#include <string>
#include <utility>
#include <vector>

namespace callboard::backstage {

struct JsonRequest {
    std::string method = "GET";
    std::string url;
    /// The whole header; empty: none.
    std::string authorization;
    json::value body;
    Deadline deadline;
};

struct JsonAnswer {
    Answer::End end = Answer::End::answered;
    int status = 0;
    json::value body;
    std::string detail;

    [[nodiscard]] bool ok() const { return end == Answer::End::answered && status >= 200 && status < 300; }
};

class JsonClient {
public:
    virtual ~JsonClient() = default;
    virtual JsonAnswer send(const JsonRequest& request) = 0;
};

/// Over net. An answer larger than 32 MB is none.
class HttpJsonClient final : public JsonClient {
public:
    explicit HttpJsonClient(std::string ca_file = {}) : ca_file_(std::move(ca_file)) {}

    JsonAnswer send(const JsonRequest& request) override;

    /// Nobody waits for answers any more: requests end as late, those that go on as well.
    void end() { ended_ = true; }

private:
    std::string ca_file_;
    std::atomic<bool> ended_{false};
};

}  // namespace callboard::backstage
