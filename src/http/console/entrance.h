#pragma once
// How people come in who have no password yet: the owner of a new account, and those who were invited. Both get a
// session once they have chosen one.

#include "http/console/log_in.h"
#include "http/console/view.h"
#include "http/kit/router.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::http {

/// Proves to the first visitor's server that they can read its log, where the code stands until there is an owner.
std::string setup_code(const Site& site);
bool has_owner(Tx& tx);

class Entrance {
public:
    Entrance(const Site& site, LogIn& log_in, Router& rest) : site_(site), log_in_(log_in), rest_(rest) {}

    /// The form at /console/first-run or /console/invitation/TOKEN, with what was filled in wrongly. Absent where
    /// nobody comes in.
    std::optional<Page> page(std::string_view path,
                             const QueryString& sent,
                             std::string_view form_token,
                             const std::vector<std::string>& problems = {});

    struct Entered {
        /// What is wrong with the form.
        std::vector<std::string> problems;
        /// The token of a new session, and where to go.
        std::string session;
        std::string next;
    };

    /// What was filled in, by a browser that calls itself `agent`. Blocks: a password is hashed. Absent where nobody
    /// comes in.
    std::optional<Entered> enter(std::string_view path, const QueryString& form, std::string_view agent);

private:
    Entered make_owner(const QueryString& form, std::string_view agent);
    Entered accept_invitation(std::string_view token, const QueryString& form, std::string_view agent);

    const Site& site_;
    LogIn& log_in_;
    Router& rest_;
};

}  // namespace callboard::http
