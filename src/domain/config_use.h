#pragma once
// Which configuration a decision was based on, and in which version: what "why" names long after it was changed.

#include "base/describe.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

/// What has numbered versions. `notification_rules` are those of a person, with the contact methods they lead to.
enum class ConfigKind { service, escalation_policy, schedule, notification_rules, alert_grouping_setting };
DESCRIBE_ENUM(ConfigKind, service, escalation_policy, schedule, notification_rules, alert_grouping_setting)

struct ConfigUse {
    ConfigKind kind = ConfigKind::service;
    /// Of the service, policy, schedule or setting; of the person.
    std::int64_t id = 0;
    /// From 1.
    int version = 0;

    bool operator==(const ConfigUse&) const = default;
};

class ConfigUses {
public:
    /// Each once. A version that was never kept is nothing that could be named.
    void add(ConfigUse use);
    void add(const ConfigUses& others);

    [[nodiscard]] const std::vector<ConfigUse>& all() const { return uses_; }

    [[nodiscard]] bool empty() const { return uses_.empty(); }

    bool operator==(const ConfigUses&) const = default;

    /// How it is stored: "0:4711:3 1:4712:1".
    [[nodiscard]] std::string coded() const;
    static ConfigUses decoded(std::string_view text);

private:
    std::vector<ConfigUse> uses_;
};

}  // namespace callboard
