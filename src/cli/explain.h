#pragma once
// `callboard simulate` and `callboard why`: the same answers as by REST, as text for people. They read the store
// directly, also while the server runs, and change nothing.

#include "domain/event/event.h"

#include <optional>
#include <string>
#include <vector>

namespace callboard::cli {

struct Simulate {
    std::string data;
    /// Id or name; one of the three.
    std::string service;
    std::string policy;
    std::string orchestration;
    /// It begins with this one, which meets the event rules.
    std::optional<Event> event;
    /// Who is configured to carry messages; absent: not known.
    std::optional<std::vector<std::string>> channels;
    /// ISO 8601; without an offset it is the time on the wall of `zone`. Empty: now.
    std::string at;
    /// Empty: the account's.
    std::string zone;
    std::string urgency;
    std::string severity;
    /// "ana@example.com=240": acknowledges after 240 seconds; "…=240:resolve" resolves.
    std::vector<std::string> answers;
    int hours = 24;
};

struct Why {
    std::string data;
    /// Number or id.
    std::string incident;
    /// Id, e-mail or name; empty: everybody.
    std::string user;
};

/// Print on standard output, problems on standard error. 2 for what cannot be meant, 1 for what is not there.
int simulate(const Simulate& command);
int why(const Why& command);

}  // namespace callboard::cli
