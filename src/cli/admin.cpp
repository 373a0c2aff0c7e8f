#include "cli/admin.h"

#include "app/account.h"
#include "base/clock.h"
#include "base/secret.h"
#include "domain/account/address.h"

#include <fmt/format.h>

namespace callboard::cli {

namespace {

int complain(const Error& error) {
    for (const auto& problem : error.errors) fmt::print(stderr, "callboard: {}\n", problem);
    if (error.errors.empty()) fmt::print(stderr, "callboard: {}\n", error.message);
    return 1;
}

int refuse(std::string_view what) {
    fmt::print(stderr, "callboard: {}\n", what);
    return 2;
}

}  // namespace

int create_owner(const CreateOwner& command) {
    if (!is_email(command.email)) return refuse(fmt::format("--email: \"{}\" is no e-mail address", command.email));
    if (command.password.empty())
        return refuse("the owner needs a password: give --password-stdin and write it to standard input");
    init_secrets();
    auto now = SystemClock{}.now();
    Store store({.path = command.data, .writer_cache_kib = 8'192});
    open_account(store, now);
    auto hash = hash_password(command.password);
    NewUser input;
    input.name = command.name;
    input.email = command.email;
    auto made = store.decide(now, [&](Tx& tx) { return callboard::create_owner(tx, input, hash); });
    if (!made) return complain(made.error());
    fmt::print("{}\n", made->email);
    return 0;
}

int create_api_key(const CreateApiKey& command) {
    if (!holds_store(command.data))
        return refuse(fmt::format("--data: {} holds no account; create-owner makes one", command.data));
    init_secrets();
    auto now = SystemClock{}.now();
    Store store({.path = command.data, .writer_cache_kib = 8'192});
    auto account = open_account(store, now);
    auto made = store.decide(now, [&](Tx& tx) -> Result<IssuedKey> {
        std::optional<UserId> owner;
        if (!command.user.empty()) {
            auto user = tx.first(Query<User>().where_same_text(&User::email, command.user));
            if (!user) return errors::invalid_input("There is no user with the e-mail " + command.user);
            owner = user->id;
        }
        return callboard::create_api_key(
            tx, account, {.description = command.description, .read_only = command.read_only, .user = owner});
    });
    if (!made) return complain(made.error());
    fmt::print("{}\n", made->key);
    return 0;
}

}  // namespace callboard::cli
