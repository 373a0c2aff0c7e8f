#pragma once
// All services of all accounts, as lists, mappings and matching need them: small rows instead of the API's JSON, kept
// for a while. Services are known by integration key as well, without asking for each.

#include "backstage/route.h"
#include "backstage/snapshot.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace callboard::backstage {

/// The vendor of integrations that Backstage uses.
inline constexpr std::string_view backstage_vendor = "PRO19CT";

struct ServiceRow {
    std::string id;
    std::string name;
    std::string html_url;
    std::string status;
    std::string team_id;
    std::string team;
    std::string policy_id;
    std::string escalation_policy;
    std::string account;
    /// Of its Backstage integration; empty when there is none.
    std::string backstage_key;
    /// Empty when there has been none.
    std::string last_incident_at;
};

ServiceRow service_row(const json::value& service, std::string_view account);

struct ServiceList {
    std::vector<ServiceRow> rows;
    /// Places in rows.
    std::unordered_map<std::string, std::size_t> by_id;
    std::unordered_map<std::string, std::size_t> by_key;

    [[nodiscard]] const ServiceRow* with_id(const std::string& id) const;
    /// Of this account alone.
    [[nodiscard]] const ServiceRow* with_id(const std::string& id, std::string_view account) const;
    [[nodiscard]] const ServiceRow* with_key(const std::string& key) const;
};

/// Of all accounts, as far as they have been read.
struct KnownServices {
    std::vector<std::shared_ptr<const ServiceList>> lists;

    /// Null when it is not known.
    [[nodiscard]] const ServiceRow* with_id(const std::string& id) const;
    [[nodiscard]] const ServiceRow* with_key(const std::string& key) const;
};

class Directory {
public:
    struct Found {
        /// Null when there is a failure.
        std::shared_ptr<const ServiceList> list;
        std::optional<Reply> failure;
    };

    /// Of one account, up to five minutes old; of an account in this process as of now, or two seconds ago while a lot
    /// happens. Older, up to a day, when a newer one does not come at once: after a start it is that of before.
    /// Remembers in the call how old.
    Found services(Call& call, const Account& account);
    /// One list after the other. An account that cannot be asked is named in `call.missing`; a failure when none can.
    Found services_of_all(Call& call);
    /// What was read last, however old. Nobody is asked.
    KnownServices known(Call& call);
    /// After a change of ours.
    void outdate(const Account& account);

private:
    using Kept = Snapshot<ServiceList>;

    std::shared_ptr<Kept> kept(Call& call, const Account& account);

    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Kept>, std::less<>> kept_;
};

}  // namespace callboard::backstage
