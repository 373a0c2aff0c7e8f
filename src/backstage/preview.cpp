#include "backstage/preview.h"

#include "backstage/card_parts.h"
#include "backstage/failure.h"
#include "backstage/handlers.h"
#include "backstage/questions.h"
#include "backstage/selector.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr std::size_t people_max = 20;

std::string channel_of(std::string_view contact_method_type) {
    if (contact_method_type.starts_with("email")) return "email";
    if (contact_method_type.starts_with("phone")) return "phone";
    if (contact_method_type.starts_with("push")) return "push";
    return "sms";
}

/// The policy's rules name a delay each, in the order of its levels.
std::int64_t delay_of(const json::value& policy, std::int64_t level) {
    const auto& rules = list_at(policy, "escalation_rules");
    auto place = static_cast<std::size_t>(level - 1);
    constexpr std::int64_t delay_unless_known = 30;
    if (level < 1 || place >= rules.size()) return delay_unless_known * 60;
    return number_at(rules[place], "escalation_delay_in_minutes").value_or(delay_unless_known) * 60;
}

void add_person(std::vector<PreviewStep>& steps,
                const PreviewStep& first,
                const json::array& rules,
                std::string_view urgency,
                std::int64_t leaves_after) {
    for (const auto& rule : rules) {
        if (text_at(rule, "urgency") != urgency) continue;
        auto delay = number_at(rule, "start_delay_in_minutes").value_or(0) * 60;
        // By then the incident is somebody else's.
        if (delay >= leaves_after) continue;
        auto step = first;
        step.at_seconds += delay;
        step.channel = channel_of(text_at(rule, {"contact_method", "type"}));
        step.reason = fmt::format(
            "On call at level {}; own rule for {} urgency, after {} min.", first.level, urgency, delay / 60);
        steps.push_back(std::move(step));
    }
}

/// What the account's own rules say, by the code that would do it. Absent where it cannot be asked.
std::optional<std::vector<PreviewStep>>
simulated(Call& call, const Account& account, const std::string& service_id, const std::string& urgency) {
    auto question = call.question("POST", "/console/simulations");
    json::object simulation{{"service", json::object{{"id", service_id}, {"type", "service_reference"}}}};
    if (!urgency.empty()) simulation["urgency"] = urgency;
    question.body = json::object{{"simulation", std::move(simulation)}};
    auto answer = call.ask(account, question);
    if (!answer.ok() || !member(answer.body, {"simulation", "notifications"})) return std::nullopt;
    std::vector<PreviewStep> steps;
    for (const auto& page : list_at(answer.body, {"simulation", "notifications"})) {
        PreviewStep step;
        step.at_seconds = number_at(page, "after_seconds").value_or(0);
        step.user_id = text_at(page, {"user", "id"});
        if (const auto* user = member(page, {"user"})) step.name = name_of(*user);
        step.channel = channel_of(text_at(page, "channel"));
        step.reason = fmt::format("{}, by the rules as they are now.", text_at(page, "channel"));
        steps.push_back(std::move(step));
    }
    return steps;
}

/// What the service makes of an incident that says nothing of its urgency. Where that depends on the hour, the more
/// urgent: nobody is to be surprised by being woken.
std::string urgency_by_service(const json::value& service) {
    auto is_low = [&](std::initializer_list<std::string_view> path) { return text_at(service, path) == "low"; };
    if (text_at(service, {"incident_urgency_rule", "type"}) != "use_support_hours")
        return is_low({"incident_urgency_rule", "urgency"}) ? "low" : "high";
    return is_low({"incident_urgency_rule", "during_support_hours", "urgency"}) &&
                   is_low({"incident_urgency_rule", "outside_support_hours", "urgency"})
               ? "low"
               : "high";
}

json::array shown_steps(const std::vector<PreviewStep>& steps) {
    json::array shown;
    for (const auto& step : steps)
        shown.emplace_back(json::object{
            {"at_seconds", step.at_seconds},
            {"person", json::object{{"id", step.user_id}, {"name", step.name}, {"time_zone", step.time_zone}}},
            {"channel", step.channel.empty() ? json::value(nullptr) : json::value(step.channel)},
            {"reason", step.reason}});
    return shown;
}

}  // namespace

std::vector<PreviewStep> preview_steps(const json::value& policy,
                                       const json::array& levels,
                                       const std::map<std::string, json::array, std::less<>>& rules,
                                       std::string_view urgency) {
    std::vector<PreviewStep> steps;
    std::int64_t begins = 0;
    for (const auto& level : levels) {
        PreviewStep first;
        first.at_seconds = begins;
        first.level = number_at(level, "level").value_or(1);
        // Nobody has low urgency taken away.
        auto delay = urgency == "low" ? std::numeric_limits<std::int64_t>::max() : delay_of(policy, first.level);
        for (const auto& person : list_at(level, "people")) {
            first.user_id = text_at(person, "id");
            first.name = name_of(person);
            first.time_zone = text_at(person, "time_zone");
            auto own = rules.find(first.user_id);
            if (own != rules.end()) {
                add_person(steps, first, own->second, urgency, delay);
                continue;
            }
            auto step = first;
            step.reason = fmt::format("On call at level {}; the person's own rules may not be read.", first.level);
            steps.push_back(std::move(step));
        }
        if (urgency == "low") break;
        begins += delay;
    }
    std::ranges::stable_sort(steps, {}, &PreviewStep::at_seconds);
    return steps;
}

std::string preview_sentence(const std::vector<PreviewStep>& steps) {
    std::string said;
    std::set<std::string> named;
    for (const auto& step : steps) {
        if (!named.insert(step.user_id).second) continue;
        auto when = step.at_seconds == 0 ? std::string{"at once"} : fmt::format("after {} min", step.at_seconds / 60);
        said += fmt::format("{}{} {}", said.empty() ? "Rings " : ", ", step.name, when);
    }
    return said.empty() ? "Nobody would be told." : said + ".";
}

Reply preview(Call& call) {
    auto urgency = call.query_text("urgency");
    if (!urgency.empty() && urgency != "high" && urgency != "low") return refused(400, "urgency: must be high or low");
    auto selected = select_service(call, selector_in_query(call));
    if (selected.problem) return *selected.problem;
    const auto& account = *selected.account;
    if (account.simulates)
        if (auto steps = simulated(call, account, selected.service_id, urgency))
            return ok(json::object{{"steps", shown_steps(*steps)}, {"sentence", preview_sentence(*steps)}});
    auto service = call.ask(account, one_service(selected.service_id, call));
    if (auto failure = failure_of(service, operations::get_service, "service")) return *failure;
    if (urgency.empty()) urgency = urgency_by_service(value_at(service.body, {"service"}));
    auto policy_id = std::string{text_at(service.body, {"service", "escalation_policy", "id"})};
    auto oncalls = ask_on_call(*account.upstream, policy_id, call);
    if (oncalls.ok()) call.read_at(oncalls.as_of);
    if (auto failure = failure_of(oncalls, operations::list_oncalls, "oncalls")) return *failure;
    auto levels = on_call_part(list_at(oncalls.body, "oncalls"), call.now)["levels"].as_array();
    std::map<std::string, json::array, std::less<>> rules;
    for (const auto& level : levels)
        for (const auto& person : list_at(level, "people")) {
            auto id = std::string{text_at(person, "id")};
            if (rules.size() >= people_max || rules.contains(id)) continue;
            auto target = fmt::format("/users/{}/notification_rules?include[]=contact_methods", percent_encode(id));
            auto answer = call.ask(account, call.question("GET", target, Freshness::directory));
            if (answer.ok()) rules.emplace(id, list_at(answer.body, "notification_rules"));
        }
    auto steps = preview_steps(value_at(service.body, {"service", "escalation_policy"}), levels, rules, urgency);
    return ok(json::object{{"steps", shown_steps(steps)}, {"sentence", preview_sentence(steps)}});
}

}  // namespace callboard::backstage
