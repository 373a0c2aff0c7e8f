#include "domain/incident/responses.h"

#include <algorithm>
#include <unordered_map>

namespace callboard {

std::vector<PersonalResponse> responses_of(const IncidentFacts& facts) {
    std::unordered_map<UserId, Timestamp> given;
    std::vector<PersonalResponse> responses;
    for (const auto& entry : facts.log) {
        if (entry.type == LogEntryType::assign)
            for (auto user : entry.users) given.try_emplace(user, entry.at);
        if (entry.type != LogEntryType::acknowledge || entry.agent.type != AgentType::user) continue;
        UserId user{entry.agent.id};
        auto since = given.find(user);
        bool again = std::ranges::find(responses, user, &PersonalResponse::user) != responses.end();
        if (since == given.end() || again) continue;
        responses.push_back({user, std::chrono::floor<seconds>(entry.at - since->second).count()});
    }
    return responses;
}

}  // namespace callboard
