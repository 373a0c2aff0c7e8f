#pragma once
// Logging in to the console: e-mail and password for a session cookie. Passwords are checked on a worker's thread,
// few at a time, and attempts are counted before they are checked, so that guessing gets slow and stays cheap for us.

#include "domain/account/user.h"
#include "http/kit/site.h"

#include <mutex>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>
#include <unordered_map>

namespace callboard::http {

constexpr std::size_t password_length_min = 8;
constexpr std::size_t password_bytes_max = 1'024;

/// Counts failed attempts in windows of fixed length, by whatever text names who tries.
class AttemptMeter {
public:
    static constexpr auto window = minutes{15};

    /// Counts an attempt; false when there were `attempts_max` in this window already.
    bool begin(const std::string& who, int attempts_max, Timestamp now);
    /// The attempt was a good one: it does not count.
    void succeeded(const std::string& who);

private:
    struct Count {
        Timestamp since;
        int attempts = 0;
    };

    std::mutex mutex_;
    std::unordered_map<std::string, Count> counts_;
};

class LogIn {
public:
    explicit LogIn(const Site& site) : site_(site) {}

    struct Attempt {
        std::string email;
        std::string password;
        /// The address it comes from.
        std::string peer;
        /// The browser, as it calls itself.
        std::string agent = {};
    };

    /// Whose e-mail and password these are. Errors: too_many_requests; unauthenticated when either is wrong, without
    /// saying which.
    Result<User> prove(const Attempt& attempt);

    /// The token of a new session. Errors as above.
    Result<std::string> open_session(const Attempt& attempt);

    /// The token of a new session of somebody who has proven who they are.
    std::string session_for(const User& user, std::string_view agent);

    void close_session(std::string_view token);

    [[nodiscard]] std::optional<User> user_with(const std::string& email) const;

private:
    bool password_is_right(const std::optional<User>& user, const std::string& password);
    /// What an unknown user's password is checked against, so that it takes as long as a known one's.
    const std::string& hash_of_nobody();

    /// Each check takes 64 MiB.
    static constexpr std::ptrdiff_t checks_at_once = 2;

    const Site& site_;
    AttemptMeter meter_;
    std::counting_semaphore<checks_at_once> checks_{checks_at_once};
    std::once_flag made_hash_of_nobody_;
    std::string hash_of_nobody_;
};

/// Proves that a form came from a page that we gave to the holder of `secret`, a cookie's value.
std::string form_token(const Site& site, std::string_view secret);
bool form_token_matches(const Site& site, std::string_view secret, std::string_view token);

}  // namespace callboard::http
