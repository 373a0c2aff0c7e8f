#pragma once
// The account as a whole: made on the first start, then only read. One account per store.

#include "base/result.h"
#include "domain/account/api_key.h"
#include "domain/account/user.h"
#include "domain/calendar/zone.h"
#include "storage/store.h"

#include <cstdint>
#include <optional>
#include <string>

namespace callboard {

struct Account {
    /// Keys the permutation of public ids.
    std::uint64_t ids_key = 0;
    /// Keys the hashes of API keys and session tokens.
    std::string hash_key;
};

/// Reads the account's keys, making them and what every account has (priorities, standards) on the first call.
Account open_account(Store& store, Timestamp now);

/// Where the account's days begin; UTC unless it says so.
Zone account_zone(Tx& tx);

struct NewUser {
    std::string name;
    std::string email;
    Role role = Role::user;
    std::optional<std::string> time_zone;
    std::optional<std::string> job_title;
    std::optional<std::string> description;
    std::string color;
};

/// Makes a user with an e-mail contact method and a rule for each urgency. Error 2001: the e-mail is taken.
Result<User> create_user(Tx& tx, const NewUser& input);

/// The same with a password hash; there can be one owner. Error 2001 when there is one already.
Result<User> create_owner(Tx& tx, const NewUser& input, const std::string& password_hash);

/// Whoever is logged in as this person has to log in again.
void set_password(Tx& tx, UserId user, const std::string& password_hash);

/// What would break without the person, or if they could not be on call any more, as the end of a sentence: "they are
/// on the schedule Days". Absent when nothing would.
std::optional<std::string> why_needed(Tx& tx, UserId user);

/// Ends a person's account: ways to reach them, log-ins and keys go, what they did keeps their name. Errors 2001: the
/// owner stays, and so does whoever is needed: assigned to an open incident, on a policy or on the version of one that
/// an open incident follows, on call now or later.
Result<void> delete_user(Tx& tx, User user);

struct IssuedKey {
    ApiKey row;
    /// Shown once, never stored.
    std::string key;
};

struct NewKey {
    std::string description;
    bool read_only = false;
    /// Whose key it is; absent: a general access key.
    std::optional<UserId> user = {};
    std::optional<UserId> created_by = {};
};

IssuedKey create_api_key(Tx& tx, const Account& account, const NewKey& input);

}  // namespace callboard
