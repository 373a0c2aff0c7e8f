#pragma once
// HTTP and HTTPS for worker threads: one call, one answer, blocking, and over by its deadline whatever the other side
// does. Connections are kept per thread and used again. Certificates are verified; redirects are followed only when
// asked; nothing but http and https is spoken, wherever a redirect points.
//
// HTTPS_PROXY, http_proxy and NO_PROXY are honoured under AddressRule::any. A request that may go to public addresses
// only never takes a proxy: the proxy would resolve the name, and nobody would judge the address.

#include "base/time.h"
#include "net/address.h"
#include "net/failure.h"

#include <atomic>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace callboard::net {

using std::chrono::milliseconds;

/// What becomes of an answer whose body is longer than the request allows.
enum class LongerAnswer {
    fails,
    cut,  ///< The rest is not read: its status and its beginning are the answer.
};

struct HttpRequest {
    std::string method = "GET";
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    /// Basic authentication; none without a user name.
    std::string username;
    std::string password;
    /// From the call to the last byte of the answer, name resolution and redirects included.
    milliseconds deadline = seconds{10};
    milliseconds connect_deadline = seconds{5};
    std::size_t answer_bytes_max = std::size_t{1} << 20;
    LongerAnswer longer_answer = LongerAnswer::fails;
    int redirects_max = 0;
    /// A connection that was kept can turn out to be closed only when the request is on its way; libcurl then sends it
    /// again, although it may have arrived. With this, the request has a connection of its own and is sent once.
    bool only_once = false;
    AddressRule addresses = AddressRule::any;
    /// A file of certificates to trust instead of the system's; empty: the system's.
    std::string ca_file;
    /// When it becomes true the request ends within a second, as one that is late. Null: nothing ends it early.
    const std::atomic<bool>* ended = nullptr;
};

struct HttpResponse {
    int status = 0;
    /// Names in lower case, in the order they came.
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;

    /// The first header of that name, given in lower case.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

using HttpResult = std::variant<HttpResponse, Failure>;

/// Blocks, at most until the deadline. Every status is a response; only what is none is a Failure.
HttpResult send_http(const HttpRequest& request);

/// The form of application/x-www-form-urlencoded.
std::string form_encode(const std::vector<std::pair<std::string, std::string>>& fields);

/// What Retry-After asks for: seconds, or a date, counted from `now`. Absent when it says nothing that can be
/// understood; never negative, never more than an hour, because a page does not wait for longer than that.
std::optional<seconds> read_retry_after(const HttpResponse& response, Timestamp now);

}  // namespace callboard::net
