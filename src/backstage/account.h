#pragma once
// The accounts of PagerDuty's REST API that this backend asks: one without a name, or several with names, as in the
// configuration of the plugin's own backend.

#include "backstage/upstream.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::backstage {

/// What the one account of a configuration without `accounts` is called.
inline constexpr std::string_view default_account = "default";

struct Account {
    std::string id{default_account};
    bool is_default = true;
    /// Outlives the account.
    Upstream* upstream = nullptr;
    /// Where it is and by whose credentials it is read, without a secret: what was read of another is no news of this
    /// one.
    std::string source{};
    /// Where events go: a browser that sends them itself is told this, and so is the person who sets it up.
    std::string events_url{};
    /// It can say by its own rules what would happen; PagerDuty cannot.
    bool simulates = false;
    /// What its webhooks are signed with; empty: none are taken.
    std::string webhook_secret{};
    /// Between two questions of what goes on in the background, so that people's own come first.
    std::chrono::milliseconds pause{0};
    /// E-mail in whose name changes are made when it is not known who makes them; empty: nobody's.
    std::string from{};
};

class Accounts {
public:
    /// One account; whatever name it is asked by is its own.
    static Accounts single(Upstream& upstream) {
        return Accounts({{.upstream = &upstream, .simulates = true}}, /*named=*/false);
    }

    static Accounts several(std::vector<Account> accounts) { return {std::move(accounts), /*named=*/true}; }

    /// Empty stands for the default one, which the only one always is. Null: there is no such account.
    [[nodiscard]] const Account* find(std::string_view id) const {
        if (!named_ || accounts_.size() == 1) {
            bool fits = !named_ || id.empty() || id == accounts_.front().id || id == default_account;
            return fits ? &accounts_.front() : nullptr;
        }
        for (const auto& account : accounts_)
            if (id.empty() ? account.is_default : account.id == id) return &account;
        return nullptr;
    }

    /// Grows with what may have changed in any of them.
    [[nodiscard]] std::uint64_t changes() const {
        std::uint64_t sum = 0;
        for (const auto& account : accounts_) sum += account.upstream->changes();
        return sum;
    }

    void forget_refusals() const {
        for (const auto& account : accounts_) account.upstream->forget_refusals();
    }

    [[nodiscard]] std::span<const Account> all() const { return accounts_; }

    [[nodiscard]] bool named() const { return named_; }

private:
    Accounts(std::vector<Account> accounts, bool named) : accounts_(std::move(accounts)), named_(named) {}

    std::vector<Account> accounts_;
    bool named_;
};

}  // namespace callboard::backstage
