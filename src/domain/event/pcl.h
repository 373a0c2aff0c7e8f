#pragma once
// PCL, the condition language of event rules. Source: PagerDuty's "PCL Overview"; where it is silent the choices are
// ours, docs/compatibility.md, "Event orchestrations".
//
//   event.severity matches 'info' and not (now in Mon,Tue 09:00:00 to 17:00:00 Europe/Madrid)
//
// A condition is read once, when its rule is saved. Evaluating it never fails: what makes no sense for an event, such
// as a word that is compared with a number, is false.

#include "base/time.h"
#include "domain/event/event_value.h"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace callboard {

/// Limits of a text: its bytes, the levels of its parentheses and `not`s, its comparisons, the bytes of a literal.
constexpr std::size_t pcl_text_max = 2'048;
constexpr int pcl_depth_max = 32;
constexpr int pcl_comparisons_max = 64;
constexpr std::size_t pcl_literal_max = 1'024;
/// What is compared is cut here.
constexpr std::size_t pcl_compared_max = 65'536;

/// How many events there were lately, to a sixtieth of the time span.
struct RecentCount {
    static constexpr std::size_t slots = 60;
    /// The number of the newest slot since 1970; a slot is a sixtieth of the span.
    std::int64_t newest = 0;
    /// By number modulo `slots`.
    std::array<std::int64_t, slots> counts{};

    void add(Timestamp now, seconds span);
    [[nodiscard]] std::int64_t total(Timestamp now, seconds span) const;

    bool operator==(const RecentCount&) const = default;

private:
    void move_to(std::int64_t slot);
};

/// The counts of a path's conditions, by the name of each; evaluating adds to them.
struct RecentCounts {
    std::map<std::string, RecentCount> by_name;
    /// Only triggers count.
    bool counting = true;
};

/// What the rules may take for one event, in units of Pattern::work_for: tens of milliseconds, a second at worst.
constexpr std::uint64_t rule_work_max = 32'000'000;

/// What is left of it. Whatever would take more does not hold, and nothing is looked at after that.
struct RuleWork {
    std::uint64_t left = rule_work_max;
    bool is_spent = false;

    bool take(std::uint64_t work) {
        if (work > left) is_spent = true;
        if (!is_spent) left -= work;
        return !is_spent;
    }
};

struct PclContext {
    /// An object with `event` and what else paths may begin with.
    const EventValue& root;
    Timestamp now;
    RecentCounts& counts;
    /// Names this condition among the counts.
    const std::string& name;
    /// Null: nobody counts the work.
    RuleWork* work = nullptr;
};

/// What is wrong with a text, and at which of its characters, counted from 1.
struct PclProblem {
    std::string what;
    std::size_t character = 1;

    /// "expected a value at character 12"
    [[nodiscard]] std::string sentence() const;
};

struct PclNode;

/// Cheap to copy; immutable.
class PclCondition {
public:
    static std::variant<PclCondition, PclProblem> parse(std::string_view text);

    /// False as well where the work is spent, with or without a `not` before it.
    [[nodiscard]] bool holds(const PclContext& context) const;

    /// The same condition, written anew with as many parentheses as it takes.
    [[nodiscard]] std::string text() const;

    /// It has trigger_count or resetting_trigger_count in it.
    [[nodiscard]] bool counts() const;
    /// It has a regular expression in it that is.
    [[nodiscard]] bool is_too_complicated() const;
    /// It asks what time it is.
    [[nodiscard]] bool looks_at_clock() const;
    /// A path in it begins with this name.
    [[nodiscard]] bool looks_at(std::string_view root) const;

private:
    explicit PclCondition(std::shared_ptr<const PclNode> node) : node_(std::move(node)) {}

    std::shared_ptr<const PclNode> node_;
};

/// Whether paths of rules may begin with this name.
bool is_rule_root(std::string_view name);

}  // namespace callboard
