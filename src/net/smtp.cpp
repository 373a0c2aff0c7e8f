#include "net/smtp.h"

#include "net/curl_handle.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace callboard::net {

namespace {

constexpr std::size_t reply_bytes_max = 500;
constexpr std::size_t replies_bytes_max = 64 << 10;
/// How long a server may take to say goodbye when all that matters has been said.
constexpr auto goodbye_max = milliseconds{500};

/// What the callbacks of one session share.
struct Session {
    std::string_view rest;
    bool all_sent = false;
    /// QUIT was said: what is replied from here on is about nothing that matters.
    bool is_over = false;
    std::size_t replies_bytes = 0;
    Deadline deadline;
    SmtpAnswer answer;
};

std::size_t give_message(char* bytes, std::size_t, std::size_t size, void* of) {
    auto& session = *static_cast<Session*>(of);
    auto taken = std::min(size, session.rest.size());
    std::memcpy(bytes, session.rest.data(), taken);
    session.rest.remove_prefix(taken);
    if (taken == 0) {
        session.all_sent = true;
        session.answer.command = ".";
        session.answer.code = 0;
        session.answer.reply.clear();
    }
    return taken;
}

/// Remembers which command the next reply is to: its first word only, because others carry passwords. libcurl says
/// QUIT within the same transfer, after a refusal as well, and its 221 must not be taken for the message's.
int watch_commands(CURL*, curl_infotype type, char* bytes, std::size_t size, void* of) {
    auto& session = *static_cast<Session*>(of);
    if (type != CURLINFO_HEADER_OUT) return 0;
    auto text = std::string_view(bytes, size);
    auto word = text.substr(0, text.find_first_of(" \r\n"));
    if (word == "QUIT") {
        session.is_over = true;
        session.deadline.at_most(goodbye_max);
    }
    if (session.all_sent) return 0;
    constexpr std::string_view known[] = {"EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA"};
    if (std::find(std::begin(known), std::end(known), word) != std::end(known)) session.answer.command = word;
    return 0;
}

std::size_t take_reply(char* bytes, std::size_t, std::size_t size, void* of) {
    auto& session = *static_cast<Session*>(of);
    session.replies_bytes += size;
    if (session.replies_bytes > replies_bytes_max) return 0;
    auto line = std::string_view(bytes, size);
    int code = 0;
    auto [end, problem] = std::from_chars(line.data(), line.data() + std::min<std::size_t>(3, line.size()), code);
    bool is_last_line = problem == std::errc{} && code >= 200 && (line.size() < 4 || line[3] != '-');
    if (!is_last_line || session.is_over) return size;
    line.remove_prefix(std::min<std::size_t>(4, line.size()));
    line = line.substr(0, std::min(line.find_first_of("\r\n"), reply_bytes_max));
    session.answer.code = code;
    session.answer.reply = line;
    if (session.all_sent && code < 300) session.answer.accepted = true;
    return size;
}

long level_of(Starttls starttls) {
    switch (starttls) {
    case Starttls::none: return long{CURLUSESSL_NONE};
    case Starttls::optional: return long{CURLUSESSL_TRY};
    case Starttls::required: return long{CURLUSESSL_ALL};
    }
    return long{CURLUSESSL_ALL};
}

void set_options(CURL* curl, const SmtpRequest& request, const curl_slist* recipients, Session& session) {
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    // A proxy for the web is no way to a mail server.
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, level_of(request.starttls));
    if (!request.username.empty()) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, request.username.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, request.password.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, request.from.c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_message);
    curl_easy_setopt(curl, CURLOPT_READDATA, &session);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_reply);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &session);
    // Verbose, so that commands are shown to the watcher; nothing of it is written anywhere.
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, watch_commands);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &session);
}

}  // namespace

bool is_mail_address(std::string_view text) {
    auto at = text.rfind('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == text.size() || text.size() > 254) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < 0x7f && c != '<' && c != '>' && c != ',' && c != ';' && c != '"' && c != '\\';
    });
}

SmtpAnswer send_smtp(const SmtpRequest& request) {
    auto session = Session{request.message, false, false, 0, Deadline{request.deadline}, {}};
    if (!is_mail_address(request.from) || !is_mail_address(request.to)) {
        session.answer.failure = Failure{FailureKind::invalid_request, "an address that no mail can go to", false};
        return std::move(session.answer);
    }
    if (!request.url.starts_with("smtp://") && !request.url.starts_with("smtps://")) {
        session.answer.failure = Failure{FailureKind::invalid_request, "the URL is neither smtp nor smtps", false};
        return std::move(session.answer);
    }
    session.answer.command = "CONNECT";
    auto curl = make_curl();
    auto recipients = CurlList{curl_slist_append(nullptr, request.to.c_str())};
    char error[CURL_ERROR_SIZE] = "";
    auto limits = Limits{request.deadline, request.connect_deadline};
    set_common_options(curl.get(), limits, session.deadline, request.ca_file, error);
    set_options(curl.get(), request, recipients.get(), session);

    auto code = curl_easy_perform(curl.get());

    auto& answer = session.answer;
    // What happens after the message was taken, as a goodbye that never comes, is not the message's trouble.
    if (answer.accepted || answer.code >= 400) return std::move(answer);
    auto detail = std::string(*error ? error : curl_easy_strerror(code));
    answer.failure = Failure{kind_of(code), std::move(detail), session.all_sent};
    return std::move(answer);
}

}  // namespace callboard::net
