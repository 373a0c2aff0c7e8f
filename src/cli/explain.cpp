#include "cli/explain.h"

#include "app/account.h"
#include "app/simulate.h"
#include "app/story.h"
#include "base/clock.h"
#include "base/secret.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace callboard::cli {

namespace {

/// An answer of the command line: what is printed, or the problem and the exit code.
struct Trouble : std::runtime_error {
    Trouble(int exit_code, const std::string& what) : std::runtime_error(what), code(exit_code) {}

    int code;
};

[[noreturn]] void refuse(const std::string& what) { throw Trouble(2, what); }

[[noreturn]] void missing(const std::string& what) { throw Trouble(1, what); }

/// By id, else by what people call it.
template <class T>
std::optional<T> named(Tx& tx, const PublicIds& ids, const std::string& text, std::string T::*name) {
    if (auto id = ids.parse<decltype(T::id)>(text))
        if (auto row = tx.find<T>(*id)) return row;
    return tx.first(Query<T>().where_same_text(name, text));
}

User user_named(Tx& tx, const PublicIds& ids, const std::string& text) {
    auto user = named<User>(tx, ids, text, &User::email);
    if (!user) user = tx.first(Query<User>().where_same_text(&User::name, text));
    if (!user || user->deleted_at) missing(fmt::format("there is no user {}", text));
    return *user;
}

std::optional<int> number_in(std::string_view text) {
    int number = 0;
    auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
    return number;
}

/// "ana@example.com=240" or "ana@example.com=240:resolve".
SupposedAnswer answer_in(Tx& tx, const PublicIds& ids, const std::string& text) {
    auto equals = text.rfind('=');
    if (equals == std::string::npos) refuse(fmt::format("--answer: {} is not USER=SECONDS", text));
    auto rest = std::string_view(text).substr(equals + 1);
    SupposedAnswer answer;
    if (auto colon = rest.find(':'); colon != std::string_view::npos) {
        auto action = parse_enum<PageAction>(std::string{rest.substr(colon + 1)});
        if (!action) refuse(fmt::format("--answer: {} ends in neither :acknowledge nor :resolve", text));
        answer.action = *action;
        rest = rest.substr(0, colon);
    }
    auto after = number_in(rest);
    if (!after) refuse(fmt::format("--answer: {} is not USER=SECONDS", text));
    answer.after = seconds{*after};
    answer.user = user_named(tx, ids, text.substr(0, equals)).id;
    return answer;
}

template <class E>
std::optional<E> choice(const char* option, const std::string& text) {
    if (text.empty()) return std::nullopt;
    auto value = parse_enum<E>(text);
    if (!value) refuse(fmt::format("{}: must be one of: {}", option, all_texts_of<E>()));
    return value;
}

std::string time_in(const Zone& zone, Timestamp at) { return format_iso8601(at, zone.offset_at(at)); }

class Explainer {
public:
    explicit Explainer(const std::string& data) : now_(SystemClock{}.now()) {
        if (!holds_store(data)) refuse(fmt::format("--data: {} holds no account", data));
        init_secrets();
        store_.emplace(StoreOptions{.path = data, .writer_cache_kib = 8'192});
        ids_.emplace(open_account(*store_, now_).ids_key);
    }

    template <class F>
    void read(F f) {
        store_->read(now_, [&](Tx& tx) {
            f(tx);
            return 0;
        });
    }

    [[nodiscard]] const PublicIds& ids() const { return *ids_; }

    [[nodiscard]] Timestamp now() const { return now_; }

private:
    Timestamp now_;
    std::optional<Store> store_;
    std::optional<PublicIds> ids_;
};

void print_people(Tx& tx, const Story& story) {
    if (story.people.empty()) return;
    fmt::print("\n");
    for (const auto& person : story.people) {
        auto user = tx.find_even_deleted<User>(person.user);
        fmt::print("{}: {} [{}]\n", user ? user->name : "somebody", person.sentence, text_of(person.reason));
    }
}

/// "0:42", "12:05", "3:20:00": what stands in a column.
std::string offset_text(Duration offset) {
    auto total = std::max(std::chrono::round<seconds>(offset), seconds{0}).count();
    if (total < 3'600) return fmt::format("{}:{:02}", total / 60, total % 60);
    return fmt::format("{}:{:02}:{:02}", total / 3'600, total % 3'600 / 60, total % 60);
}

void print_simulation(Tx& tx, const Simulation& simulation, const Zone& zone, Timestamp begin) {
    fmt::print("{}  It begins.\n", time_in(zone, begin));
    auto page = simulation.pages.begin();
    auto print_page = [&] {
        auto user = tx.find<User>(page->user);
        fmt::print("{}  +{:<8} {} {} told by {} ({}): {}{}{}\n",
                   time_in(zone, page->at),
                   offset_text(page->at - begin),
                   user ? user->name : "somebody",
                   page->problem.empty() ? "is" : "would be",
                   way_in_words(page->type),
                   page->to,
                   page->reason,
                   page->problem.empty() ? "" : " ",
                   page->problem);
        ++page;
    };
    if (simulation.story) {
        for (const auto& line : simulation.story->lines) {
            while (page != simulation.pages.end() && page->at < line.at) print_page();
            // The message itself says more than the entry about it.
            if (line.reason == StoryReason::told) continue;
            fmt::print("{}  +{:<8} {}\n", time_in(zone, line.at), offset_text(line.at - begin), line.sentence);
        }
    }
    while (page != simulation.pages.end()) print_page();
    fmt::print("\n{}\n", simulation.outcome);
    for (const auto& remark : simulation.remarks) fmt::print("{}\n", remark);
    if (simulation.story) print_people(tx, *simulation.story);
}

void read_subject(Tx& tx, const Explainer& explainer, const Simulate& command, SimulationInput& input) {
    int subjects = int{!command.service.empty()} + int{!command.policy.empty()} + int{!command.orchestration.empty()};
    if (subjects != 1) refuse("give one of --service, --policy and --orchestration");
    if (!command.orchestration.empty()) {
        auto orchestration =
            named<EventOrchestration>(tx, explainer.ids(), command.orchestration, &EventOrchestration::name);
        if (!orchestration || orchestration->deleted_at)
            missing(fmt::format("there is no event orchestration {}", command.orchestration));
        input.orchestration = orchestration->id;
    } else if (!command.service.empty()) {
        auto service = named<Service>(tx, explainer.ids(), command.service, &Service::name);
        if (!service || service->deleted_at) missing(fmt::format("there is no service {}", command.service));
        input.service = service->id;
    } else {
        auto policy = named<EscalationPolicy>(tx, explainer.ids(), command.policy, &EscalationPolicy::name);
        if (!policy || policy->deleted_at) missing(fmt::format("there is no escalation policy {}", command.policy));
        input.policy = policy->id;
    }
    input.event = command.event;
}

void run_simulation(Tx& tx, const Explainer& explainer, const Simulate& command) {
    SimulationInput input;
    read_subject(tx, explainer, command, input);
    auto zone = account_zone(tx);
    if (!command.zone.empty()) {
        auto found = Zone::find(command.zone);
        if (!found) refuse(fmt::format("--zone: {} is not a time zone", command.zone));
        zone = *found;
    }
    input.at = explainer.now();
    if (!command.at.empty()) {
        auto at = moment_of(command.at, zone);
        if (!at) refuse(fmt::format("--at: {} is not an ISO 8601 date and time", command.at));
        input.at = *at;
    }
    input.urgency = choice<Urgency>("--urgency", command.urgency);
    if (auto severity = choice<Severity>("--severity", command.severity)) input.severity = *severity;
    for (const auto& answer : command.answers) input.answers.push_back(answer_in(tx, explainer.ids(), answer));
    input.horizon = hours{command.hours};
    input.channels = command.channels;
    auto result = callboard::simulate(tx, input);
    if (!result) refuse(result.error().errors.empty() ? result.error().message : result.error().errors.front());
    print_simulation(tx, *result, zone, input.at);
}

Incident incident_named(Tx& tx, const PublicIds& ids, const std::string& text) {
    if (auto id = ids.parse<IncidentId>(text))
        if (auto incident = tx.find<Incident>(*id)) return *incident;
    if (auto number = number_in(text))
        if (auto incident = tx.first(Query<Incident>().where(&Incident::incident_number, std::int64_t{*number})))
            return *incident;
    missing(fmt::format("there is no incident {}", text));
}

std::string_view in_words(ConfigKind kind) {
    switch (kind) {
    case ConfigKind::service: return "service";
    case ConfigKind::escalation_policy: return "escalation policy";
    case ConfigKind::schedule: return "schedule";
    case ConfigKind::notification_rules: return "notification rules of";
    case ConfigKind::alert_grouping_setting: return "alert grouping setting";
    }
    return {};
}

void print_config(const Story& story, const Zone& zone) {
    if (story.config.empty()) return;
    fmt::print("\nBased on:\n");
    for (const auto& [use, name, since] : story.config)
        fmt::print("  {} {}, version {}{}\n",
                   in_words(use.kind),
                   name,
                   use.version,
                   since ? ", since " + time_in(zone, *since) : "");
}

void print_why(Tx& tx, const Explainer& explainer, const Why& command) {
    auto incident = incident_named(tx, explainer.ids(), command.incident);
    std::optional<UserId> only;
    if (!command.user.empty()) only = user_named(tx, explainer.ids(), command.user).id;
    auto story = tell_story(tx, incident, only);
    auto zone = account_zone(tx);
    auto policy = tx.find_even_deleted<EscalationPolicy>(story.policy);
    fmt::print("#{} {}: {}, {} urgency, escalation policy {} (version {})\n\n",
               incident.incident_number,
               incident.title,
               text_of(incident.status),
               text_of(incident.urgency),
               policy ? policy->name : "that was deleted",
               story.policy_version);
    for (const auto& line : story.lines)
        fmt::print("{}  {} [{}]\n", time_in(zone, line.at), line.sentence, text_of(line.reason));
    if (story.lines_left_out > 0) fmt::print("… and {} more\n", story.lines_left_out);
    print_people(tx, story);
    print_config(story, zone);
}

template <class F>
int answer_with(const std::string& data, F f) {
    try {
        Explainer explainer(data);
        explainer.read([&](Tx& tx) { f(tx, explainer); });
        return 0;
    } catch (const Trouble& trouble) {
        fmt::print(stderr, "callboard: {}\n", trouble.what());
        return trouble.code;
    }
}

}  // namespace

int simulate(const Simulate& command) {
    return answer_with(command.data, [&](Tx& tx, const Explainer& with) { run_simulation(tx, with, command); });
}

int why(const Why& command) {
    return answer_with(command.data, [&](Tx& tx, const Explainer& with) { print_why(tx, with, command); });
}

}  // namespace callboard::cli
