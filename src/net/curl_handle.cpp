#include "net/curl_handle.h"

#include <algorithm>
#include <stdexcept>

namespace callboard::net {

namespace {

int stop_when_late(void* deadline, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const Deadline*>(deadline)->passed() ? 1 : 0;
}

long at_least_one(milliseconds time) {
    // libcurl takes 0 for "no limit".
    return static_cast<long>(std::max<milliseconds::rep>(time.count(), 1));
}

}  // namespace

CurlHandle make_curl() {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK) throw std::runtime_error("libcurl could not be initialised");
    auto curl = CurlHandle{curl_easy_init()};
    if (!curl) throw std::runtime_error("libcurl has no memory for a transfer");
    return curl;
}

void set_common_options(CURL* curl, const Limits& limits, Deadline& deadline, const std::string& ca_file, char* error) {
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    // A resolver that hangs would otherwise be waited for after the time-out, when its thread is joined.
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, at_least_one(limits.deadline));
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, at_least_one(std::min(limits.connect_deadline, limits.deadline)));
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stop_when_late);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &deadline);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (!ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file.c_str());
}

FailureKind kind_of(CURLcode code) {
    switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_BAD_FUNCTION_ARGUMENT: return FailureKind::invalid_request;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return FailureKind::dns;
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY: return FailureKind::connect;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH: return FailureKind::tls;
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_ABORTED_BY_CALLBACK: return FailureKind::timeout;
    default: return FailureKind::broken;
    }
}

std::string_view name_of(FailureKind kind) {
    switch (kind) {
    case FailureKind::invalid_request: return "invalid_request";
    case FailureKind::dns: return "dns";
    case FailureKind::connect: return "connect";
    case FailureKind::forbidden_address: return "forbidden_address";
    case FailureKind::tls: return "tls";
    case FailureKind::timeout: return "timeout";
    case FailureKind::too_large: return "too_large";
    case FailureKind::broken: return "broken";
    }
    return "broken";
}

}  // namespace callboard::net
