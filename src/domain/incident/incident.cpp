#include "domain/incident/incident.h"

#include <charconv>

namespace callboard {

std::string Agent::coded() const {
    char text[24];
    text[0] = static_cast<char>('0' + static_cast<int>(type));
    text[1] = ':';
    auto [end, _] = std::to_chars(text + 2, text + sizeof text, id);
    return {text, end};
}

Agent Agent::decoded(std::string_view text) {
    Agent agent;
    if (text.size() < 3 || text[1] != ':' || text[0] < '0' || text[0] > '3') return agent;
    agent.type = static_cast<AgentType>(text[0] - '0');
    std::from_chars(text.data() + 2, text.data() + text.size(), agent.id);
    return agent;
}

bool is_held(const Alert& alert) {
    return alert.status == AlertStatus::triggered && !alert.incident && alert.placement == Placement::paused;
}

}  // namespace callboard
