#pragma once
// Tags: words that people put on users, teams and escalation policies, to find them by.

#include "base/describe.h"
#include "base/time.h"
#include "domain/ids.h"

#include <string>

namespace callboard {

struct Tag {
    TagId id;
    /// Unique, whatever its case.
    std::string label;
    Timestamp created_at;

    bool operator==(const Tag&) const = default;
};
DESCRIBE(Tag, id, label, created_at)

/// As paths name them.
enum class TaggedType { users, teams, escalation_policies };
DESCRIBE_ENUM(TaggedType, users, teams, escalation_policies)

/// A tag on something.
struct Tagging {
    TaggingId id;
    TagId tag;
    TaggedType type = TaggedType::users;
    std::int64_t object = 0;

    bool operator==(const Tagging&) const = default;
};
DESCRIBE(Tagging, id, tag, type, object)

constexpr std::size_t tag_label_max = 191;  // REST: Tag
constexpr std::int64_t tags_max = 10'000;
constexpr std::int64_t tags_per_object_max = 100;

}  // namespace callboard
