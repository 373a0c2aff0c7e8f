#pragma once
// Who and what the demonstration account consists of, before anything happens.

#include "app/account.h"
#include "domain/service/service.h"
#include "storage/tx.h"

#include <string>
#include <vector>

namespace callboard {

/// A service of the demonstration account, with the keys that its senders use.
struct DemoService {
    Service service;
    /// In order; the first is what Backstage would use.
    std::vector<Integration> integrations;
};

struct DemoCast {
    std::vector<User> people;
    std::vector<Schedule> schedules;
    std::vector<EscalationPolicy> policies;
    std::vector<DemoService> services;
    std::string api_key;
    std::string read_only_api_key;
};

/// Places in DemoCast::people and DemoCast::services that the history speaks about.
namespace demo {
enum PersonIndex : std::size_t { ana, ben, priya, mikkel, yuki, tom, grace, sofia };

enum ServiceIndex : std::size_t { checkout, payments, search, identity, kubernetes, warehouse, mail, invoicing };
}  // namespace demo

/// Writes the whole cast at tx.now(). `future` is when the demonstration ends and the maintenance window that is
/// still to come is counted from.
Result<DemoCast>
create_demo_cast(Tx& tx, const Account& account, const std::string& owner_password_hash, Timestamp future);

}  // namespace callboard
