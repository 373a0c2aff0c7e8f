#include "net/http_client.h"

#include "net/curl_handle.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <sys/socket.h>
#include <unistd.h>

namespace callboard::net {

namespace {

constexpr std::size_t header_bytes_max = 64 << 10;
constexpr auto retry_after_max = seconds{3'600};

/// What the callbacks of one transfer share.
struct Exchange {
    HttpResponse response;
    std::size_t answer_bytes_max = 0;
    std::size_t header_bytes = 0;
    LongerAnswer longer_answer = LongerAnswer::fails;
    bool too_large = false;
    bool is_cut = false;
    bool forbidden = false;
    AddressRule addresses = AddressRule::any;
};

std::string lower_case(std::string_view text) {
    auto lower = std::string(text);
    for (auto& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::size_t take_header(char* bytes, std::size_t, std::size_t size, void* of) {
    auto& exchange = *static_cast<Exchange*>(of);
    exchange.header_bytes += size;
    if (exchange.header_bytes > header_bytes_max) {
        exchange.too_large = true;
        return 0;
    }
    auto line = std::string_view(bytes, size);
    if (line.starts_with("HTTP/")) {
        // Another answer begins: what came before was a redirect or a "100 Continue".
        exchange.response.headers.clear();
        exchange.response.body.clear();
        return size;
    }
    auto colon = line.find(':');
    if (colon != std::string_view::npos)
        exchange.response.headers.emplace_back(lower_case(trimmed(line.substr(0, colon))),
                                               trimmed(line.substr(colon + 1)));
    return size;
}

std::size_t take_body(char* bytes, std::size_t, std::size_t size, void* of) {
    auto& exchange = *static_cast<Exchange*>(of);
    const auto room = exchange.answer_bytes_max - exchange.response.body.size();
    if (size > room && exchange.longer_answer == LongerAnswer::cut) {
        exchange.response.body.append(bytes, room);
        exchange.is_cut = true;
        return 0;
    }
    if (size > room) {
        exchange.too_large = true;
        return 0;
    }
    exchange.response.body.append(bytes, size);
    return size;
}

curl_socket_t open_allowed_socket(void* of, curlsocktype, curl_sockaddr* address) {
    auto& exchange = *static_cast<Exchange*>(of);
    if (!exchange.addresses.allows(address->addr)) {
        exchange.forbidden = true;
        return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/// Connections made under one rule must not serve requests under the other, so each rule has a handle of its own.
CURL* handle_of_this_thread(const AddressRule& rule) {
    thread_local std::array<CurlHandle, 2> handles;
    thread_local AddressRule restricted = AddressRule::public_only;
    if (!rule.is_any() && rule != restricted) {
        restricted = rule;
        handles[1].reset();
    }
    auto& handle = handles[rule.is_any() ? 0 : 1];
    if (!handle) handle = make_curl();
    // Forgets the options of the last request and keeps its connections.
    curl_easy_reset(handle.get());
    return handle.get();
}

bool is_one_line(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos; }

std::optional<Failure> problem_of(const HttpRequest& request) {
    auto invalid = [](std::string detail) { return Failure{FailureKind::invalid_request, std::move(detail), false}; };
    if (!is_one_line(request.url)) return invalid("the URL has a line break");
    auto start = lower_case(std::string_view(request.url).substr(0, 8));
    if (!start.starts_with("http://") && start != "https://") return invalid("the URL is neither http nor https");
    if (request.method.empty() ||
        !std::all_of(request.method.begin(), request.method.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
        return invalid("the method is not a word in capitals");
    for (const auto& [name, value] : request.headers)
        if (!is_one_line(name) || !is_one_line(value) || name.empty() || name.find(':') != name.npos)
            return invalid("the header \"" + name.substr(0, 40) + "\" cannot be sent");
    return std::nullopt;
}

CurlList header_list(const HttpRequest& request) {
    // libcurl would wait a second for "100 Continue" before it sends a large body.
    auto list = CurlList{curl_slist_append(nullptr, "Expect:")};
    for (const auto& [name, value] : request.headers) {
        // "Name;" is libcurl's spelling of a header without a value.
        auto line = name;
        if (value.empty())
            line += ';';
        else
            line.append(": ").append(value);
        if (auto* longer = curl_slist_append(list.get(), line.c_str())) {
            static_cast<void>(list.release());
            list.reset(longer);
        }
    }
    return list;
}

void set_method(CURL* curl, const HttpRequest& request) {
    bool has_body = !request.body.empty() || request.method == "POST" || request.method == "PUT";
    if (has_body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
    }
    if (request.method == "HEAD")
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    else if (request.method != (has_body ? "POST" : "GET"))
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void set_options(CURL* curl, const HttpRequest& request, const curl_slist* headers, Exchange& exchange) {
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, request.redirects_max > 0 ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, long{request.redirects_max});
    curl_easy_setopt(curl, CURLOPT_MAXCONNECTS, 8L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "Callboard/" CALLBOARD_VERSION);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (!request.username.empty()) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        curl_easy_setopt(curl, CURLOPT_USERNAME, request.username.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, request.password.c_str());
    }
    if (request.only_once) {
        curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    }
    set_method(curl, request);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
    if (!request.addresses.is_any()) {
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
        curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_allowed_socket);
        curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &exchange);
    }
}

Failure failure_of(CURL* curl, CURLcode code, const Exchange& exchange, const char* error) {
    auto failure = Failure{kind_of(code), *error ? error : curl_easy_strerror(code), false};
    if (exchange.too_large) {
        failure.kind = FailureKind::too_large;
        failure.detail = "the answer is larger than " + std::to_string(exchange.answer_bytes_max) + " bytes";
    }
    if (exchange.forbidden && failure.kind == FailureKind::connect) {
        failure.kind = FailureKind::forbidden_address;
        failure.detail = "the host has no public address";
    }
    curl_off_t until_transfer = 0;
    curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &until_transfer);
    failure.may_have_arrived = until_transfer > 0;
    return failure;
}

}  // namespace

std::optional<std::string_view> HttpResponse::header(std::string_view name) const {
    for (const auto& [known, value] : headers)
        if (known == name) return value;
    return std::nullopt;
}

HttpResult send_http(const HttpRequest& request) {
    if (auto problem = problem_of(request)) return *std::move(problem);
    auto* curl = handle_of_this_thread(request.addresses);
    auto headers = header_list(request);
    auto exchange = Exchange{};
    exchange.addresses = request.addresses;
    exchange.answer_bytes_max = request.answer_bytes_max;
    exchange.longer_answer = request.longer_answer;
    auto deadline = Deadline{request.deadline, request.ended};
    char error[CURL_ERROR_SIZE] = "";
    set_common_options(curl, {request.deadline, request.connect_deadline}, deadline, request.ca_file, error);
    set_options(curl, request, headers.get(), exchange);

    auto code = curl_easy_perform(curl);

    // Ended by take_body, which had all it was to have.
    const bool is_whole = code == CURLE_OK || (code == CURLE_WRITE_ERROR && exchange.is_cut);
    if (!is_whole) return failure_of(curl, code, exchange, error);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    exchange.response.status = static_cast<int>(status);
    return std::move(exchange.response);
}

std::string form_encode(const std::vector<std::pair<std::string, std::string>>& fields) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    auto append = [&](std::string_view text) {
        for (char c : text) {
            auto byte = static_cast<unsigned char>(c);
            bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                         c == '_' || c == '.' || c == '~';
            if (plain) {
                out += c;
            } else {
                out += '%';
                out += hex[byte >> 4];
                out += hex[byte & 15];
            }
        }
    };
    for (const auto& [name, value] : fields) {
        if (!out.empty()) out += '&';
        append(name);
        out += '=';
        append(value);
    }
    return out;
}

std::optional<seconds> read_retry_after(const HttpResponse& response, Timestamp now) {
    auto text = response.header("retry-after");
    if (!text || text->empty()) return std::nullopt;
    auto wait = std::int64_t{0};
    auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), wait);
    if (problem == std::errc::result_out_of_range) return retry_after_max;
    if (problem != std::errc{} || end != text->data() + text->size()) {
        auto date = curl_getdate(std::string(*text).c_str(), nullptr);
        if (date < 0) return std::nullopt;
        wait = std::int64_t{date} - to_micros(now) / 1'000'000;
    }
    return std::clamp(seconds{wait}, seconds{0}, seconds{retry_after_max});
}

}  // namespace callboard::net
