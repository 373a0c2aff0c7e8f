#pragma once
// Who would be told of an incident, when and how, by the policy, the people on call and their own rules. Pure.

#include "backstage/json_read.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace callboard::backstage {

struct PreviewStep {
    std::int64_t at_seconds = 0;
    std::int64_t level = 1;
    std::string user_id;
    std::string name;
    std::string time_zone;
    /// push, sms, phone or email; empty when the person's rules may not be read.
    std::string channel;
    std::string reason;

    bool operator==(const PreviewStep&) const = default;
};

/// `rules` are the notification rules of each person, by id; one who is missing is told at once by a way that is not
/// known. Low urgency stays with the first level.
std::vector<PreviewStep> preview_steps(const json::value& policy,
                                       const json::array& levels,
                                       const std::map<std::string, json::array, std::less<>>& rules,
                                       std::string_view urgency);

/// "Rings Ana Ruiz at once, Ben Ode after 5 min."
std::string preview_sentence(const std::vector<PreviewStep>& steps);

}  // namespace callboard::backstage
