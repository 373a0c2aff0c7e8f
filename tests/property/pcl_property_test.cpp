// Conditions made at random: what is written anew means the same, and no event, however odd, makes evaluating fail.
// Texts that are no conditions are refused at a place within them.
//
// The seed is printed; CALLBOARD_SEED repeats a run, CALLBOARD_CASES changes how many cases it has.

#include "chance.h"
#include "domain/event/event.h"
#include "domain/event/pcl.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace callboard {

using chance::cases;
using chance::Chance;
using chance::seed;

namespace {

const std::vector<std::string> paths = {"event.a",
                                        "event.b.c",
                                        "event['odd name'][0]",
                                        "raw_event.payload",
                                        "variables.host",
                                        "cache_var.n",
                                        "event.list[1].x"};
const std::vector<std::string> literals = {
    "'x'", "'it\\'s'", "'a\\\\b'", "''", "0", "-7", "9007199254740993", "0.5", "-4.5e10", "2.0e-3", "true", "false"};
const std::vector<std::string> truths = {"event.a exists",
                                         "now in Mon,Sun 22:00:00 to 06:00:00 America/St_Johns",
                                         "now >= 2021-12-04 19:00:42 Asia/Kathmandu",
                                         "event.a matches regex '^[a-z]+(x|y)*$'",
                                         "event.b matches part exactly 'Xy'",
                                         "trigger_count over 5 minutes 3 seconds > 2",
                                         "resetting_trigger_count over 2 days <= 9",
                                         "true",
                                         "event.a"};

std::string value(Chance& chance) { return chance.one_in(2) ? chance.of(paths) : chance.of(literals); }

std::string comparison(Chance& chance) {
    static const std::vector<std::string> operators = {
        "==", "<", "<=", ">", ">=", "matches", "matches exactly", "matches part"};
    if (chance.one_in(3)) return chance.of(truths);
    return value(chance) + " " + chance.of(operators) + " " + value(chance);
}

std::string condition(Chance& chance, int depth) {
    if (depth == 0 || chance.one_in(3)) return comparison(chance);
    auto inner = [&] { return condition(chance, depth - 1); };
    switch (chance.between(0, 3)) {
    case 0: return "not " + inner();
    case 1: return inner() + " and " + inner();
    case 2: return inner() + " or " + inner();
    default: return "(" + inner() + ")";
    }
}

EventValue tree(Chance& chance, int depth) {
    static const std::vector<std::string> names = {"a", "b", "c", "x", "list", "odd name", "payload", "host", "n"};
    switch (chance.between(0, depth > 0 ? 7 : 5)) {
    case 0: return {};
    case 1: return EventValue{chance.one_in(2)};
    case 2: return EventValue{chance.between(-10, 10)};
    case 3: return EventValue{static_cast<double>(chance.between(-100, 100)) / 8};
    case 4: return EventValue{std::string(static_cast<std::size_t>(chance.between(0, 5)), 'x')};
    case 5: return EventValue{std::string{"Xy\xc3\xbc\xff\n"}};
    case 6: {
        EventList list;
        for (auto left = chance.between(0, 3); left > 0; --left) list.push_back(tree(chance, depth - 1));
        return EventValue{std::move(list)};
    }
    default: {
        EventObject object;
        for (auto left = chance.between(0, 4); left > 0; --left)
            object.emplace_back(chance.of(names), tree(chance, depth - 1));
        return EventValue{std::move(object)};
    }
    }
}

EventValue root(Chance& chance) {
    EventValue out;
    for (const auto* name : {"event", "raw_event", "variables", "cache_var"})
        if (!chance.one_in(5)) out.member_or_new(name) = tree(chance, 4);
    return out;
}

}  // namespace

TEST_CASE("a condition that is written anew holds for the same events") {
    Chance chance(seed());
    for (auto left = cases(3'000); left > 0; --left) {
        auto text = condition(chance, 4);
        auto parsed = PclCondition::parse(text);
        // The bare values of `comparison` may be neither true nor false.
        const auto* first = std::get_if<PclCondition>(&parsed);
        if (!first) continue;
        auto written = first->text();
        auto again = PclCondition::parse(written);
        REQUIRE_MESSAGE(std::holds_alternative<PclCondition>(again), text, " became ", written);
        const auto& second = std::get<PclCondition>(again);
        CHECK(second.text() == written);
        for (int i = 0; i < 5; ++i) {
            auto event = root(chance);
            Timestamp now{seconds{chance.between(0, 4'000'000'000)}};
            RecentCounts of_first;
            RecentCounts of_second;
            bool held = first->holds({event, now, of_first, "rule"});
            CHECK_MESSAGE(held == second.holds({event, now, of_second, "rule"}), text, " became ", written);
            CHECK(of_first.by_name == of_second.by_name);
        }
    }
}

TEST_CASE("a text that is no condition is refused at a place within it") {
    Chance chance(seed());
    for (auto left = cases(20'000); left > 0; --left) {
        auto text = condition(chance, 3);
        for (auto changes = chance.between(1, 4); changes > 0 && !text.empty(); --changes) {
            auto at = static_cast<std::size_t>(chance.between(0, std::ssize(text) - 1));
            if (chance.one_in(2))
                text.erase(at, static_cast<std::size_t>(chance.between(1, 3)));
            else
                text[at] = static_cast<char>(chance.between(1, 255));
        }
        auto parsed = PclCondition::parse(text);
        const auto* problem = std::get_if<PclProblem>(&parsed);
        if (!problem) continue;
        CHECK_FALSE(problem->what.empty());
        CHECK(problem->character >= 1);
        CHECK(problem->character <= count_chars(text) + 1);
    }
}

}  // namespace callboard
