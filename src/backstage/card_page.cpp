// Route: everything that a card shows, in one answer. Each part says how it came about, so one that is missing leaves
// the others alone.

#include "backstage/card_parts.h"
#include "backstage/entity_of.h"
#include "backstage/failure.h"
#include "backstage/handlers.h"
#include "backstage/parallel.h"
#include "backstage/permissions.h"
#include "backstage/questions.h"
#include "backstage/selector.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr std::array<std::string_view, 6> part_names{
    "service", "on_call", "incidents", "change_events", "standards", "metrics"};

/// What there is to show of an answer: what came, or what was known before when nothing comes for now.
const json::value* shown_body(const Answer& answer) {
    if (answer.ok()) return &answer.body;
    bool for_now = answer.end != Answer::End::not_configured &&
                   (answer.end != Answer::End::answered || answer.status == 429 || answer.status >= 500);
    return for_now && answer.last_known ? &answer.last_known->body : nullptr;
}

/// Sets the data of a part; one with nothing in it is said to be empty.
void fill(json::object& part, json::value data, bool empty) {
    part["data"] = std::move(data);
    if (empty && part["state"] == "ok") part["state"] = "empty";
}

class Card {
public:
    Card(Call& call, const Selected& selected) : call_(call), selected_(selected) {}

    json::object read(const std::vector<std::string>& wanted) {
        auto wants = [&](std::string_view name) { return std::ranges::find(wanted, name) != wanted.end(); };
        std::vector<std::function<void()>> jobs;
        jobs.emplace_back([&] {
            ask_service();
            if (wants("on_call")) ask_on_call();
        });
        if (wants("incidents")) jobs.emplace_back([&] { incidents_ = ask(open_incidents(service(), call_)); });
        if (wants("change_events")) jobs.emplace_back([&] { changes_ = ask(change_events(service(), call_)); });
        if (wants("standards")) jobs.emplace_back([&] { standards_ = ask(standards(service(), call_)); });
        if (wants("metrics")) jobs.emplace_back([&] { metrics_ = ask(metrics(service(), call_)); });
        call_.room.parallel.run(std::move(jobs));
        remember_ages();
        json::object parts;
        for (auto name : part_names)
            if (wants(name)) parts[name] = part(name);
        if (wants("incidents") && wants("on_call")) join(parts);
        return parts;
    }

    /// Of the oldest of what changes by the minute; numbers and standards are of a while ago and say so themselves.
    [[nodiscard]] Timestamp as_of() const {
        auto oldest = call_.now;
        for (const auto* answer : {&service_, &on_call_, &incidents_, &changes_}) {
            if (answer->ok())
                oldest = std::min(oldest, answer->as_of);
            else if (shown_body(*answer))
                oldest = std::min(oldest, answer->last_known->as_of);
        }
        return oldest;
    }

private:
    [[nodiscard]] const std::string& service() const { return selected_.service_id; }

    /// From any thread: the call's own memory of ages is not touched.
    [[nodiscard]] Answer ask(const Question& question) const { return selected_.account->upstream->call(question); }

    void remember_ages() {
        for (const auto* answer :
             {&service_, &maintenance_, &on_call_, &incidents_, &changes_, &standards_, &metrics_}) {
            if (answer->ok())
                call_.read_at(answer->as_of);
            else if (shown_body(*answer))
                call_.read_at(answer->last_known->as_of);
        }
    }

    void ask_service() {
        service_ = ask(one_service(service(), call_));
        if (const auto* body = shown_body(service_)) {
            policy_ = text_at(*body, {"service", "escalation_policy", "id"});
            url_ = text_at(*body, {"service", "html_url"});
            if (text_at(*body, {"service", "status"}) == "maintenance")
                maintenance_ = ask(maintenance(service(), call_));
        }
    }

    void ask_on_call() {
        on_call_ = policy_.empty() ? service_ : backstage::ask_on_call(*selected_.account->upstream, policy_, call_);
        if (policy_.empty() && service_.ok()) on_call_ = Answer{Answer::End::answered, 404};
    }

    [[nodiscard]] json::object part(std::string_view name) const {
        if (name == "service") {
            auto part = part_of(service_, "services.read");
            if (const auto* body = shown_body(service_))
                fill(part, service_part(value_at(*body, {"service"}), maintenance_.body), false);
            return part;
        }
        if (name == "on_call") {
            auto part = part_of(on_call_, "oncalls.read");
            if (const auto* body = shown_body(on_call_); body && !policy_.empty()) {
                auto data = on_call_part(list_at(*body, "oncalls"), call_.now);
                bool empty = data["levels"].as_array().empty();
                fill(part, std::move(data), empty);
            }
            return part;
        }
        if (name == "incidents") {
            auto part = part_of(incidents_, "incidents.read");
            if (const auto* body = shown_body(incidents_))
                fill(part, incidents_part(*body, url_), list_at(*body, "incidents").empty());
            return part;
        }
        return small_part(name);
    }

    [[nodiscard]] json::object small_part(std::string_view name) const {
        if (name == "change_events") {
            auto part = part_of(changes_, "services.read");
            if (const auto* body = shown_body(changes_))
                fill(part, change_events_part(*body), list_at(*body, "change_events").empty());
            return part;
        }
        if (name == "standards") {
            auto part = part_of(standards_, "standards.read");
            if (const auto* body = shown_body(standards_))
                fill(part, standards_part(*body), list_at(*body, "standards").empty());
            return part;
        }
        auto part = part_of(metrics_, "analytics.read");
        if (const auto* body = shown_body(metrics_)) fill(part, metrics_part(*body), list_at(*body, "data").empty());
        return part;
    }

    static void join(json::object& parts) {
        auto& incidents = parts["incidents"].as_object()["data"];
        const auto& on_call = parts["on_call"].as_object()["data"];
        if (incidents.is_object() && on_call.is_object()) add_next_people(incidents.get_object(), on_call.get_object());
    }

    Call& call_;
    const Selected& selected_;
    std::string policy_;
    std::string url_;
    Answer service_;
    Answer maintenance_;
    Answer on_call_;
    Answer incidents_;
    Answer changes_;
    Answer standards_;
    Answer metrics_;
};

std::vector<std::string> wanted_parts(const Call& call) {
    std::vector<std::string> wanted;
    auto text = call.query_text("parts");
    if (text.empty()) return {part_names.begin(), part_names.end()};
    while (!text.empty()) {
        auto comma = text.find(',');
        wanted.push_back(text.substr(0, comma));
        text.erase(0, comma == std::string::npos ? text.size() : comma + 1);
    }
    return wanted;
}

/// Whoever does not see the service is not told of its entity.
json::value entity_of(Call& call, const Selected& selected, const json::object& parts) {
    if (!selected.entity_ref.empty()) return json::value(selected.entity_ref);
    const auto* service = parts.if_contains("service");
    if (!service || value_at(*service, {"data"}).is_null()) return nullptr;
    return EntityOf(call).of(selected.service_id);
}

}  // namespace

Reply get_card(Call& call) {
    auto wanted = wanted_parts(call);
    for (const auto& name : wanted)
        if (std::ranges::find(part_names, name) == part_names.end())
            return refused(400, fmt::format("parts: {} is none of {}", name, fmt::join(part_names, ", ")));
    auto selected = select_service(call, selector_in_query(call));
    if (selected.problem) return *selected.problem;
    Card card(call, selected);
    auto parts = card.read(wanted);
    return ok(json::object{{"now", format_iso8601(call.now)},
                           {"as_of", format_iso8601(card.as_of())},
                           {"account", selected.account->id},
                           {"entity_ref", entity_of(call, selected, parts)},
                           {"permissions", offered_permissions(call.caller)},
                           {"parts", std::move(parts)}});
}

}  // namespace callboard::backstage
