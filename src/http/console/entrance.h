#pragma once
// How people choose a password: the owner of a new account, those who were invited, and whoever wants another one. All
// get a session once they have chosen.

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

    /// The form at /console/first-run, /console/invitation/TOKEN or /console/password, with what was filled in wrongly.
    /// Absent where nobody comes in.
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

    struct Visitor {
        /// The browser, as it calls itself, and the address it comes from.
        std::string agent;
        std::string peer;
    };

    /// What was filled in. Blocks: a password is hashed. Absent where nobody comes in.
    std::optional<Entered> enter(std::string_view path, const QueryString& form, const Visitor& visitor);

private:
    Entered make_owner(const QueryString& form, std::string_view agent);
    Entered accept_invitation(std::string_view token, const QueryString& form, std::string_view agent);
    /// Ends all other sessions of the person.
    Entered change_password(const QueryString& form, const Visitor& visitor);

    const Site& site_;
    LogIn& log_in_;
    Router& rest_;
};

}  // namespace callboard::http
