#pragma once
// libcurl, as every request here uses it. Seen by this room only.

#include "net/failure.h"
#include "net/http_client.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include <curl/curl.h>

namespace callboard::net {

struct CloseCurl {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }

    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

using CurlHandle = std::unique_ptr<CURL, CloseCurl>;
using CurlList = std::unique_ptr<curl_slist, CloseCurl>;

/// Throws std::runtime_error when libcurl cannot start at all.
CurlHandle make_curl();

/// Ends a transfer on time also where libcurl's own time-outs do not reach, as while it says goodbye to a mail server.
class Deadline {
public:
    /// Passed at once when `ended` becomes true; it may be null.
    explicit Deadline(milliseconds after, const std::atomic<bool>* ended = nullptr)
        : at_(std::chrono::steady_clock::now() + after), ended_(ended) {}

    /// Makes the deadline earlier, never later.
    void at_most(milliseconds from_now) { at_ = std::min(at_, std::chrono::steady_clock::now() + from_now); }

    [[nodiscard]] bool passed() const { return (ended_ && *ended_) || std::chrono::steady_clock::now() >= at_; }

private:
    std::chrono::steady_clock::time_point at_;
    const std::atomic<bool>* ended_;
};

struct Limits {
    milliseconds deadline;
    milliseconds connect_deadline;
};

/// What holds for every transfer: time-outs, no signals, TLS verified. The arguments must outlive the transfer.
void set_common_options(CURL* curl, const Limits& limits, Deadline& deadline, const std::string& ca_file, char* error);

/// The kind of failure behind a code of libcurl's.
FailureKind kind_of(CURLcode code);

}  // namespace callboard::net
