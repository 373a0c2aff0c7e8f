#pragma once
// What goes into the Authorization header of an account: its API token, or an access token that is renewed by itself. A
// new one is asked for well before the old one ends, by one caller at a time; the others go on with the old one.

#include "backstage/config.h"
#include "backstage/upstream.h"
#include "base/time.h"

#include <condition_variable>
#include <mutex>
#include <string>

namespace callboard::backstage {

class TokenSource {
public:
    explicit TokenSource(const AccountConfig& config);

    struct Given {
        /// Empty: there is none, and `failure` says how that ends.
        std::string authorization;
        Answer failure{};
    };

    Given get(Timestamp now, Deadline deadline);
    /// The other side did not accept it: the next caller asks for a new one.
    void refuse(const std::string& authorization);

    /// What is asked for, with the account in front: "as_account-us.acme abilities.read …".
    static std::string scopes_of(const OAuthConfig& oauth);

private:
    struct Renewed {
        std::string authorization;
        seconds lives{0};
        Answer failure{};
    };

    Renewed renew(Deadline deadline) const;

    std::string account_;
    std::optional<OAuthConfig> oauth_;
    std::string ca_file_;
    std::mutex mutex_;
    std::condition_variable renewed_;
    bool renewing_ = false;
    std::string authorization_;
    Timestamp renew_at_{};
    Timestamp ends_at_{};
};

}  // namespace callboard::backstage
