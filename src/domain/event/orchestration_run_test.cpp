#include "domain/event/orchestration_run.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

const Timestamp now = Timestamp{seconds{1'700'000'000}};

OrchestrationRule rule(std::string id, std::string condition, RuleActions actions = {}) {
    OrchestrationRule out;
    out.id = std::move(id);
    out.label = "Rule " + out.id;
    if (!condition.empty()) out.conditions.push_back({std::move(condition)});
    out.actions = std::move(actions);
    return out;
}

OrchestrationPath path_with(PathType type, std::vector<OrchestrationRule> rules) {
    auto path = empty_path(type);
    path.sets.front().rules = std::move(rules);
    return path;
}

EventValue an_event() {
    EventValue root;
    auto& event = root.member_or_new("event");
    event.member_or_new("summary") = EventValue{std::string{"disk sda is full"}};
    event.member_or_new("severity") = EventValue{std::string{"critical"}};
    event.member_or_new("event_action") = EventValue{std::string{"trigger"}};
    event.member_or_new("component") = EventValue{std::string{"hostname: db1"}};
    return root;
}

struct Ran {
    EventValue root = an_event();
    Verdict verdict;
    std::shared_ptr<const CompiledPath> compiled;

    std::string field(std::string_view name) {
        const auto* value = root.member("event")->member(name);
        return value ? text_of(*value) : "none";
    }
};

Ran run_path(const OrchestrationPath& path) {
    Ran out;
    auto compilation = compile(path);
    for (const auto& problem : compilation.problems) FAIL(problem.place, " ", problem.what);
    out.compiled = compilation.compiled;
    RecentCounts counts;
    auto find = [](RouteLookup by, const std::string& text) -> std::optional<ServiceId> {
        if (by == RouteLookup::service_name && text == "db") return ServiceId{7};
        return std::nullopt;
    };
    run(*out.compiled, out.root, {now, counts, find}, out.verdict);
    return out;
}

std::vector<RuleProblem> problems(const OrchestrationPath& path) { return compile(path).problems; }

}  // namespace

TEST_CASE("the first rule that matches acts, and leads to the next set") {
    RuleActions first;
    first.severity = Severity::info;
    first.route_to = "two";
    RuleActions second;
    second.suppress = true;
    auto path = path_with(PathType::service,
                          {rule("a", "event.severity matches 'info'"),
                           rule("b", "event.summary matches part 'disk'", first),
                           rule("c", "", second)});
    // What the first set changed is what the second sees.
    path.sets.push_back({"two", {rule("d", "event.severity matches 'info'", second)}});

    auto ran = run_path(path);

    CHECK(ran.field("severity") == "info");
    CHECK(ran.verdict.suppressed);
    REQUIRE(ran.verdict.trace.size() == 3);
    CHECK_FALSE(ran.verdict.trace[0].matched);
    CHECK(ran.verdict.trace[1].matched);
    CHECK(ran.verdict.trace[2].stored_rule()->id == "d");
    CHECK(ran.verdict.suppressed_by->id == "d");
}

TEST_CASE("where no rule matches the catch-all acts") {
    auto path = path_with(PathType::service, {rule("a", "event.severity matches 'info'")});
    path.catch_all.suspend = 300;
    path.catch_all.annotate = "About {{event.summary}}: {{ .Value }} {{event.missing}}.";

    auto ran = run_path(path);

    CHECK(ran.verdict.suspend == 300);
    CHECK(ran.verdict.orders.notes == std::vector<std::string>{"About disk sda is full: {{ .Value }} ."});
    CHECK_FALSE(ran.verdict.trace.back().rule.has_value());
}

TEST_CASE("what is too complicated is named, and compiled all the same where it was saved before") {
    auto compilation =
        compile(path_with(PathType::service, {rule("a", "event.summary matches regex '(a.{0,90}b.{0,90}a){2}c'")}));
    CHECK(compilation.problems.empty());
    REQUIRE(compilation.compiled);
    REQUIRE(compilation.excesses.size() == 1);
    CHECK(compilation.excesses[0].place == "sets[0].rules[0].conditions[0].expression");
}

TEST_CASE("rules that ask for too much are left, and the event's story says so") {
    std::vector<OrchestrationRule> rules;
    for (int i = 0; i < 20; ++i)
        rules.push_back(rule("a" + std::to_string(i), "event.component matches regex 'a.{0,90}b.{0,90}c'"));
    auto path = path_with(PathType::service, std::move(rules));
    auto compilation = compile(path);
    REQUIRE(compilation.compiled);
    auto root = an_event();
    root.member_or_new("event").member_or_new("component") = EventValue{std::string(8'192, 'a')};
    RecentCounts counts;
    RuleWork work;
    Verdict verdict;

    run(*compilation.compiled, root, {now, counts, {}, &work}, verdict);

    CHECK(work.is_spent);
    CHECK_FALSE(verdict.trace.front().is_spent);
    CHECK(verdict.trace.back().is_spent);
    CHECK_FALSE(verdict.trace.back().rule.has_value());
    REQUIRE(decisions_of(verdict).size() == 1);
    CHECK(decisions_of(verdict).front().did.size() == 1);
}

TEST_CASE("a disabled rule is as if it were not there") {
    RuleActions suppress;
    suppress.suppress = true;
    auto off = rule("a", "", suppress);
    off.disabled = true;
    CHECK_FALSE(run_path(path_with(PathType::service, {off})).verdict.suppressed);
}

TEST_CASE("one condition of several is enough") {
    auto two = rule("a", "event.severity matches 'info'");
    two.conditions.push_back({"event.severity matches 'critical'"});
    auto ran = run_path(path_with(PathType::service, {two}));
    CHECK(ran.verdict.trace.front().matched);
    CHECK(ran.verdict.trace.front().conditions == std::vector<bool>{false, true});
}

TEST_CASE("variables and fields come out of the event, one after the other") {
    RuleActions actions;
    actions.variables.push_back({"host", "event.component", VariableType::regex, "hostname: (.*)"});
    actions.extractions.push_back({"event.custom_details.host", "{{variables.host}}", std::nullopt, std::nullopt});
    actions.extractions.push_back(
        {"event.dedup_key", "{{event.custom_details.host}}/disk", std::nullopt, std::nullopt});
    actions.extractions.push_back({"event.source", std::nullopt, "event.summary", "disk (\\w+) is"});
    actions.extractions.push_back({"event.group", std::nullopt, "event.summary", "no such thing"});

    auto ran = run_path(path_with(PathType::service, {rule("a", "", actions)}));

    CHECK(ran.field("dedup_key") == "db1/disk");
    CHECK(ran.field("source") == "sda");
    CHECK(ran.field("group") == "none");
    CHECK(ran.field("custom_details") == R"({"host":"db1"})");
}

TEST_CASE("an event that is dropped goes no further") {
    RuleActions drop;
    drop.drop_event = true;
    drop.route_to = "two";
    auto path = path_with(PathType::global, {rule("a", "", drop)});
    path.sets.push_back({"two", {rule("b", "")}});
    auto ran = run_path(path);
    CHECK(ran.verdict.dropped);
    CHECK(ran.verdict.trace.size() == 1);
}

TEST_CASE("an event may name its service, and what it names nobody knows goes on to the next rule") {
    RuleActions dynamic;
    dynamic.dynamic_route_to = DynamicRoute{"event.component", "hostname: (\\w\\w)", RouteLookup::service_name};
    RuleActions fixed;
    fixed.service = ServiceId{9};
    auto path = path_with(PathType::router, {rule("a", "", dynamic), rule("b", "", fixed)});
    CHECK(run_path(path).verdict.service == ServiceId{7});
    path.sets.front().rules.front().actions.dynamic_route_to->regex = "hostname: (.*)";
    CHECK(run_path(path).verdict.service == ServiceId{9});
}

TEST_CASE("what is wrong with rules is told by place") {
    RuleActions bad;
    bad.route_to = "nowhere";
    bad.variables.push_back({"x", "event..a", VariableType::regex, "("});
    bad.extractions.push_back({"event.event_action", "x", std::nullopt, std::nullopt});
    auto path = path_with(PathType::service, {rule("a", "event.a =="), rule("b", "", bad)});
    auto found = problems(path);
    std::vector<std::string> places;
    for (const auto& one : found) places.push_back(one.place);
    CHECK(places == std::vector<std::string>{"sets[0].rules[0].conditions[0].expression",
                                             "sets[0].rules[1].actions.variables[0].path",
                                             "sets[0].rules[1].actions.variables[0].value",
                                             "sets[0].rules[1].actions.extractions[0].target",
                                             "sets[0].rules[1].actions.route_to"});
}

TEST_CASE("sets that lead in a circle are refused") {
    RuleActions to_two;
    to_two.route_to = "two";
    RuleActions back;
    back.route_to = "start";
    auto path = path_with(PathType::service, {rule("a", "", to_two)});
    path.sets.push_back({"two", {rule("b", "", back)}});
    CHECK(problems(path) ==
          std::vector<RuleProblem>{{"sets[1].rules[0].actions.route_to", "leads back to a set that the event was in"}});
    path.sets[1].id = "start";
    CHECK_FALSE(problems(path).empty());
}

TEST_CASE("a router has one set, whose rules all lead somewhere") {
    auto path = path_with(PathType::router, {rule("a", "")});
    path.sets.push_back({"two", {}});
    auto found = problems(path);
    REQUIRE(found.size() == 2);
    CHECK(found[0].place == "sets");
    CHECK(found[1] == RuleProblem{"sets[0].rules[0].actions.route_to", "can't be blank"});
}

TEST_CASE("rules write no more than an event can hold") {
    RuleActions grow;
    std::string much(4'000, 'x');
    for (int i = 0; i < 50; ++i)
        grow.extractions.push_back({"event.custom_details.f" + std::to_string(i), much, std::nullopt, std::nullopt});
    auto path = path_with(PathType::service, {});
    path.sets.clear();
    for (int i = 0; i < 20; ++i) {
        auto actions = grow;
        if (i < 19) actions.route_to = "s" + std::to_string(i + 1);
        path.sets.push_back({i == 0 ? "start" : "s" + std::to_string(i), {rule("r", "", actions)}});
    }
    auto ran = run_path(path);
    CHECK(ran.verdict.written <= event_body_max_bytes);
    CHECK(ran.field("custom_details").size() < event_body_max_bytes);
}

TEST_CASE("with AIOps off what needs it is left out, with a warning each") {
    RuleActions actions;
    actions.suspend = 60;
    actions.variables.push_back({"x", "event.summary", VariableType::regex, "a"});
    actions.severity = Severity::info;
    actions.route_to = "two";
    auto path = path_with(PathType::unrouted, {rule("a", "trigger_count over 1 minute > 3"), rule("b", "", actions)});
    path.sets.push_back({"two", {}});
    std::vector<RuleWarning> warnings;
    auto rest = without_aiops(path, warnings);
    std::vector<std::string> features;
    for (const auto& warning : warnings) features.push_back(warning.feature);
    CHECK(features == std::vector<std::string>{"nested_rules", "threshold_condition", "variables", "suspend"});
    auto ran = run_path(rest);
    CHECK(ran.field("severity") == "info");
    CHECK_FALSE(ran.verdict.suspend.has_value());
    CHECK(ran.verdict.trace.size() == 1);

    warnings.clear();
    CHECK(without_aiops(path_with(PathType::global, {rule("a", "")}), warnings).sets.front().rules.empty());
    CHECK(warnings.front().feature == "global_orchestrations");
}

TEST_CASE("decisions say in words what rules did, and leave out those that did nothing") {
    RuleActions actions;
    actions.severity = Severity::info;
    actions.annotate = "x";
    auto path = path_with(PathType::service, {rule("a", "event.x exists"), rule("b", "", actions)});
    path.version = 3;
    auto ran = run_path(path);
    auto decisions = decisions_of(ran.verdict);
    REQUIRE(decisions.size() == 1);
    CHECK(decisions[0] ==
          RuleDecision{PathType::service, 3, "start", "b", "Rule b", {"set the severity to info", "added a note"}});
}

TEST_CASE("a cache variable keeps the newest value of the events it looks at") {
    CacheVariable variable;
    variable.name = "host";
    variable.type = CacheVariableType::recent_value;
    variable.source = "event.component";
    variable.regex = "hostname: (.*)";
    variable.conditions.push_back({"event.severity matches 'critical'"});
    auto compiled = *compile(variable).compiled;
    RuleWork work;
    CHECK(text_of(*recent_value(compiled, an_event(), now, work)) == "db1");
    compiled.conditions = {std::get<PclCondition>(PclCondition::parse("event.severity matches 'info'"))};
    CHECK_FALSE(recent_value(compiled, an_event(), now, work).has_value());
    variable.conditions[0].expression = "trigger_count over 1 minute > 3";
    CHECK(compile(variable).problems ==
          std::vector<RuleProblem>{{"conditions[0].expression", "cannot count in a cache variable"}});
}

}  // namespace callboard
