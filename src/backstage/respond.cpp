// Routes: making incidents and answering them, in the name of the person who asks.

#include "backstage/card_parts.h"
#include "backstage/change.h"
#include "backstage/failure.h"
#include "backstage/handlers.h"
#include "backstage/person.h"
#include "backstage/questions.h"
#include "backstage/selector.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr std::size_t title_max = 1'024;
constexpr std::size_t details_max = 64 * 1'024;
constexpr std::size_t note_max = 25'000;
constexpr std::int64_t snooze_seconds_max = 604'800;
constexpr std::size_t assignees_max = 20;

json::object reference(std::string_view id, std::string_view type) { return {{"id", id}, {"type", type}}; }

/// Characters, not bytes.
std::size_t length_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

json::array assignments_of(const json::array& ids) {
    json::array out;
    for (const auto& id : ids)
        if (id.is_string())
            out.emplace_back(json::object{{"assignee", reference(view_of(id.get_string()), "user_reference")}});
    return out;
}

// --- Making one ---

/// What is wrong with the form, by field.
json::object problems_of(const json::value& body) {
    json::object problems;
    auto title = text_at(body, "title");
    if (title.find_first_not_of(" \t\r\n") == std::string_view::npos) problems["title"] = "A title is needed.";
    if (length_of(title) > title_max) problems["title"] = fmt::format("At most {} characters.", title_max);
    auto urgency = text_at(body, "urgency");
    if (!urgency.empty() && urgency != "high" && urgency != "low") problems["urgency"] = "Must be high or low.";
    if (text_at(body, "details").size() > details_max) problems["details"] = "This is too long.";
    if (list_at(body, "assignee_ids").size() > assignees_max) problems["assignee_ids"] = "These are too many.";
    // What is not understood must not be left out: somebody else would be called, or called otherwise.
    for (const auto* name : {"title", "urgency", "details", "priority_id", "source_url"}) {
        const auto* sent = member(body, {name});
        if (sent && !sent->is_null() && !sent->is_string()) problems[name] = "Must be a text.";
    }
    const auto* people = member(body, {"assignee_ids"});
    auto is_text = [](const json::value& id) { return id.is_string(); };
    bool are_ids =
        !people || people->is_null() || (people->is_array() && std::ranges::all_of(people->get_array(), is_text));
    if (!are_ids) problems["assignee_ids"] = "Must be a list of ids.";
    return problems;
}

/// Where people see the entity in Backstage; empty where that is not known. A reference is whole: KIND:NAMESPACE/NAME.
std::string page_of(const Call& call, const std::string& ref) {
    auto colon = ref.find(':');
    auto slash = ref.find('/');
    if (call.room.options.app_url.empty() || colon == std::string::npos || slash == std::string::npos || slash < colon)
        return {};
    return fmt::format("{}/catalog/{}/{}/{}",
                       call.room.options.app_url,
                       percent_encode(ref.substr(colon + 1, slash - colon - 1)),
                       percent_encode(ref.substr(0, colon)),
                       percent_encode(ref.substr(slash + 1)));
}

/// The entity and the page that the incident was made from stand below what was typed, so that whoever is woken finds
/// the way there.
std::string details_of(const Call& call, const Selected& selected) {
    std::string details{text_at(call.body, "details")};
    auto add = [&](std::string_view label, std::string_view value) {
        if (value.empty()) return;
        details += fmt::format("{}{}: {}", details.empty() ? "" : "\n", label, value);
    };
    add("Entity", selected.entity_ref);
    auto source = text_at(call.body, "source_url");
    add("Page", source.empty() ? page_of(call, selected.entity_ref) : std::string{source});
    add("Made from Backstage by", call.caller.ref);
    return details;
}

json::object incident_to_make(const Call& call, const Selected& selected) {
    json::object incident{{"type", "incident"},
                          {"title", text_at(call.body, "title")},
                          {"service", reference(selected.service_id, "service_reference")},
                          {"body", json::object{{"type", "incident_body"}, {"details", details_of(call, selected)}}}};
    if (auto urgency = text_at(call.body, "urgency"); !urgency.empty()) incident["urgency"] = urgency;
    if (auto priority = text_at(call.body, "priority_id"); !priority.empty())
        incident["priority"] = reference(priority, "priority_reference");
    if (const auto& assignees = list_at(call.body, "assignee_ids"); !assignees.empty())
        incident["assignments"] = assignments_of(assignees);
    return incident;
}

// --- Answering one ---

std::string incident_target(const Call& call, std::string_view rest = {}) {
    return fmt::format("/incidents/{}{}", percent_encode(call.parameters[0]), rest);
}

Reply changed_incident(Call& call, const Account& account, const Answer& answer) {
    if (auto failure = failure_to_change(call, account, answer, operations::update_incident, "incident"))
        return *failure;
    return ok(json::object{{"incident", incident_item(*member(answer.body, {"incident"}))}});
}

/// Sets one member of the incident.
Reply update(Call& call, std::string_view name, json::value value) {
    const auto* account = account_of_body(call);
    if (!account) return no_account(call);
    json::object changes{{"type", "incident_reference"}, {name, std::move(value)}};
    auto answer = change(call, *account, "PUT", incident_target(call), json::object{{"incident", std::move(changes)}});
    return changed_incident(call, *account, answer);
}

Reply one_incident(Call& call, const Account& account) {
    auto answer = call.ask(account, call.question("GET", incident_target(call)));
    if (auto failure = failure_of(answer, operations::get_incident, "incident")) return *failure;
    return ok(json::object{{"incident", incident_item(*member(answer.body, {"incident"}))}});
}

/// The level after that of whoever has the incident now, or the second where that is not known.
std::int64_t next_level(Call& call, const Account& account) {
    constexpr std::int64_t level_unless_known = 2;
    auto incident = call.ask(account, call.question("GET", incident_target(call)));
    auto policy = text_at(incident.body, {"incident", "escalation_policy", "id"});
    if (!incident.ok() || policy.empty()) return level_unless_known;
    auto oncalls = ask_on_call(*account.upstream, std::string{policy}, call);
    if (!oncalls.ok()) return level_unless_known;
    // Whoever is on call at another level later this week is not there yet.
    auto levels = on_call_part(list_at(oncalls.body, "oncalls"), call.now);
    std::int64_t level = 0;
    for (const auto& assignment : list_at(*member(incident.body, {"incident"}), "assignments"))
        for (const auto& one : levels.at("levels").as_array())
            for (const auto& person : list_at(one, "people"))
                if (text_at(person, "id") == text_at(assignment, {"assignee", "id"}))
                    level = std::max(level, number_at(one, "level").value_or(0));
    return level > 0 ? level + 1 : level_unless_known;
}

}  // namespace

Reply trigger_incident(Call& call) {
    auto problems = problems_of(call.body);
    if (!problems.empty()) {
        json::array errors;
        for (const auto& [field, problem] : problems)
            errors.emplace_back(fmt::format("{}: {}", std::string_view{field}, view_of(problem.get_string())));
        return {400, json::object{{"errors", std::move(errors)}, {"fields", std::move(problems)}}};
    }
    auto selected = select_service(call, selector_in(call.body));
    if (selected.problem) return *selected.problem;
    auto body = json::object{{"incident", incident_to_make(call, selected)}};
    auto answer = change(call, *selected.account, "POST", "/incidents", std::move(body));
    if (auto failure = failure_to_change(call, *selected.account, answer, operations::create_incident, "incident"))
        return *failure;
    const auto& made = *member(answer.body, {"incident"});
    return {201,
            json::object{{"incident",
                          json::object{{"id", text_at(made, "id")},
                                       {"number", value_at(made, {"incident_number"})},
                                       {"html_url", text_at(made, "html_url")},
                                       {"status", text_at(made, "status")}}}}};
}

/// REST reopens what is resolved when it is acknowledged, and calls people again. Somebody who looks at a card that is
/// not fresh does not want that.
Reply acknowledge_incident(Call& call) {
    const auto* account = account_of_body(call);
    if (!account) return no_account(call);
    auto incident = call.ask(*account, call.question("GET", incident_target(call)));
    if (incident.ok() && text_at(incident.body, {"incident", "status"}) == "resolved")
        return refused(400, "The incident has been resolved already.");
    return update(call, "status", "acknowledged");
}

Reply resolve_incident(Call& call) { return update(call, "status", "resolved"); }

Reply escalate_incident(Call& call) {
    const auto* account = account_of_body(call);
    if (!account) return no_account(call);
    const auto* sent = member(call.body, {"level"});
    auto level = number_at(call.body, "level");
    if (sent && !sent->is_null() && (!level || *level < 1))
        return refused(400, "level: must be a number of at least 1");
    return update(call, "escalation_level", level ? *level : next_level(call, *account));
}

Reply reassign_incident(Call& call) {
    const auto& ids = list_at(call.body, "assignee_ids");
    auto assignments = assignments_of(ids);
    if (ids.empty() || assignments.size() != ids.size() || ids.size() > assignees_max)
        return refused(400, "assignee_ids: must be a list of ids of people");
    return update(call, "assignments", std::move(assignments));
}

Reply snooze_incident(Call& call) {
    const auto* account = account_of_body(call);
    if (!account) return no_account(call);
    auto duration = number_at(call.body, "seconds");
    if (!duration || *duration < 1 || *duration > snooze_seconds_max)
        return refused(400, fmt::format("seconds: must be a number from 1 to {}", snooze_seconds_max));
    auto answer =
        change(call, *account, "POST", incident_target(call, "/snooze"), json::object{{"duration", *duration}});
    return changed_incident(call, *account, answer);
}

Reply add_note(Call& call) {
    const auto* account = account_of_body(call);
    if (!account) return no_account(call);
    auto content = text_at(call.body, "content");
    if (content.empty() || content.size() > note_max)
        return refused(400, fmt::format("content: must be a text of at most {} bytes", note_max));
    auto body = json::object{{"note", json::object{{"content", content}}}};
    auto answer = change(call, *account, "POST", incident_target(call, "/notes"), std::move(body));
    if (auto failure = failure_to_change(call, *account, answer, operations::update_incident)) return *failure;
    return one_incident(call, *account);
}

/// People and policies that are asked to help; the incident stays with whom it is assigned to.
Reply add_responders(Call& call) {
    const auto* account = account_of_body(call);
    if (!account) return no_account(call);
    constexpr std::string_view default_message = "Your help is needed with this incident.";
    auto message = text_at(call.body, "message");
    const auto& people = list_at(call.body, "user_ids");
    auto is_id = [](const json::value& id) { return id.is_string() && !id.get_string().empty(); };
    if (people.empty() || people.size() > assignees_max || !std::ranges::all_of(people, is_id))
        return refused(400, "user_ids: must be a list of ids of people");
    if (message.size() > note_max) return refused(400, fmt::format("message: may have {} bytes at most", note_max));
    auto requester = user_of_caller(call, *account);
    if (requester.problem) return *requester.problem;
    json::array targets;
    for (const auto& id : people)
        targets.emplace_back(
            json::object{{"responder_request_target", reference(view_of(id.get_string()), "user_reference")}});
    json::object body{{"requester_id", requester.id},
                      {"message", message.empty() ? default_message : message},
                      {"responder_request_targets", std::move(targets)}};
    auto answer = change(call, *account, "POST", incident_target(call, "/responder_requests"), std::move(body));
    if (auto failure = failure_to_change(call, *account, answer, operations::update_incident)) return *failure;
    return one_incident(call, *account);
}

/// The incident becomes a part of the one `into`, which is what is answered.
Reply merge_incident(Call& call) {
    const auto* account = account_of_body(call);
    if (!account) return no_account(call);
    auto into = text_at(call.body, "into");
    if (into.empty() || into == call.parameters[0]) return refused(400, "into: must be the id of another incident");
    json::object body{{"source_incidents", json::array{reference(call.parameters[0], "incident_reference")}}};
    auto target = fmt::format("/incidents/{}/merge", percent_encode(into));
    return changed_incident(call, *account, change(call, *account, "PUT", target, std::move(body)));
}

}  // namespace callboard::backstage
