#pragma once
// The demonstration account: a small company that sells things, its people, schedules, policies and services, and a
// month of what happened there. The history is not written down but lived: events are accepted, incidents escalate,
// people acknowledge and resolve, through the same functions and in the same order as on any day, only with `now` in
// the past. The plot comes from a fixed seed, so that every demonstration tells the same story.

#include "app/account.h"
#include "app/respond.h"
#include "base/result.h"
#include "storage/store.h"

#include <string>
#include <vector>

namespace callboard {

/// What a newcomer needs to use the account. The secrets are random and shown here only.
struct DemoAccount {
    struct Person {
        UserId id;
        std::string name;
        std::string email;
    };

    struct ServiceEntry {
        ServiceId id;
        std::string name;
        /// Of the first integration; empty when the service has none.
        std::string integration_key;
    };

    struct Policy {
        EscalationPolicyId id;
        std::string name;
    };

    struct Plan {
        ScheduleId id;
        std::string name;
    };

    /// Why acts of its history were refused: none, as long as the plot is sound.
    std::vector<std::string> refusals;
    std::string api_key;
    std::string read_only_api_key;
    std::string owner_email;
    std::string owner_password;
    std::vector<Person> users;
    std::vector<ServiceEntry> services;
    std::vector<Policy> escalation_policies;
    std::vector<Plan> schedules;
};

/// True before open_account: only such a store is filled, so that ids grow with the time of what they name.
bool never_used(Store& store, Timestamp now);

/// Whether the store holds the demonstration account, of this start or an earlier one.
bool is_demo(Store& store, Timestamp now);

/// The account's first day; what open_account is to be called with before fill_demo.
Timestamp demo_begins(Timestamp now);

/// Fills a store whose account was opened at demo_begins(now), up to `now`. The desk's book must be attached.
Result<DemoAccount> fill_demo(Store& store, Desk& desk, const Account& account, Timestamp now);

}  // namespace callboard
