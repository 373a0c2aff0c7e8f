#pragma once
// Which component probably belongs to which service, by their names and teams. Pure; the rules and the points are those
// of the plugin's own backend, save that an owner "group:default/x" is the team "x", and that acronyms of one letter
// say nothing.

#include <string>
#include <string_view>
#include <vector>

namespace callboard::backstage {

/// Small letters, "_" and "-" as blanks, one blank between words.
std::string normal_name(std::string_view name);
/// First letters of the words of a name; empty when that says nothing.
std::string acronym_of(std::string_view name);
/// How alike two texts are, 0 to 1, with more weight on how they begin.
double jaro_winkler(std::string_view a, std::string_view b);

/// One side of a comparison, worked out once.
struct Candidate {
    std::string name;
    std::string team;
    std::string acronym;
};

Candidate candidate_of(std::string_view name, std::string_view team_or_owner);

struct Score {
    int score = 0;
    int base = 0;
    bool exact = false;
    bool team = false;
    bool acronym = false;
    int raw = 0;
};

Score score_of(const Candidate& service, const Candidate& component);

/// exact, high, medium or low.
std::string_view confidence_of(int score);

}  // namespace callboard::backstage
