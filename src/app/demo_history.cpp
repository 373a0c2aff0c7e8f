#include "app/demo_history.h"

#include "app/engine.h"
#include "app/ingest.h"

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace callboard {

namespace {

constexpr std::uint64_t seed = 20'261'020;
constexpr int incidents_told = 196;
constexpr int changes_told = 84;
/// Finished stories end before this, so that nothing of them is still open.
constexpr auto quiet_before_now = hours{6};

/// Distributions of the standard library differ between libraries; these do not.
class Dice {
public:
    int below(int n) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(n)); }

    int between(int low, int high) { return low + below(high - low + 1); }

    bool chance(int percent) { return below(100) < percent; }

    template <class List>
    const auto& pick(const List& list) {
        return list[static_cast<std::size_t>(below(static_cast<int>(std::size(list))))];
    }

private:
    std::mt19937_64 engine_{seed};
};

struct Trouble {
    demo::ServiceIndex service;
    /// How often it happens, against the others.
    int weight;
    Severity severity;
    const char* summary;
    const char* source;
    const char* component;
    /// How long it usually takes, in minutes.
    int minutes;
};

using enum Severity;

constexpr Trouble troubles[] = {
    {demo::checkout, 9, critical, "Checkout answers in 4.8 s, limit is 2 s", "eu-west/checkout-7c9", "latency", 34},
    {demo::checkout,
     6,
     error,
     "1.8 % of POST /checkout answer 502, limit is 0.5 %",
     "eu-west/checkout-7c9",
     "errors",
     26},
    {demo::checkout, 4, warning, "Thread pool cart-client is 90 % busy", "eu-west/checkout-x2", "cart-client", 17},
    {demo::checkout, 2, critical, "No orders for 6 min, usual is 140", "shop.lantern.example", "orders", 48},
    {demo::payments, 6, critical, "Card declines at 7 %, usual is 2 %", "processor-eu", "authorise", 41},
    {demo::payments, 5, error, "Settlement file is 25 min late", "processor-eu", "settlement", 63},
    {demo::payments, 4, warning, "3-D Secure answers slowly in Spain", "acs-es", "3ds", 22},
    {demo::search, 6, error, "Search index is 18 min behind", "search-index-2", "indexer", 38},
    {demo::search, 5, warning, "Query cache hits at 61 %, usual is 88 %", "search-edge", "cache", 29},
    {demo::search, 3, critical, "Search answers nothing for 4 % of queries", "search-edge", "query", 31},
    {demo::identity, 5, error, "Log-in takes 3.1 s, limit is 1.5 s", "identity-db-1", "log-in", 24},
    {demo::identity, 2, critical, "Sessions are lost after a node restart", "identity-cache", "sessions", 52},
    {demo::kubernetes, 7, warning, "Node fra-07 reports disk pressure", "fra-07", "node", 19},
    {demo::kubernetes, 6, error, "12 pods cannot be scheduled in Dublin", "dub", "scheduler", 36},
    {demo::kubernetes, 3, critical, "Packets are lost between Frankfurt and Dublin", "fra-dub", "network", 57},
    {demo::warehouse, 6, error, "Nightly catalogue import is 40 min late", "etl-3", "import", 74},
    {demo::warehouse, 4, error, "Stock of 212 products went negative", "stock-sync", "stock", 88},
    {demo::mail, 6, warning, "Order confirmations wait 9 min in the queue", "mail-out-1", "queue", 45},
    {demo::mail, 3, info, "Certificate of smtp.lantern.example ends in 12 days", "smtp.lantern.example", "tls", 160},
};

constexpr std::array notes{
    "Same as last week: the pool of cart-client is full. Looking at what holds the connections.",
    "Scaled from 6 to 9 replicas while we look.",
    "The processor confirms trouble on their side, next word at half past.",
    "Graphs look better since the restart, keeping it open for ten minutes.",
    "Nothing was deployed in the last two hours. Looking at traffic next.",
    "Customers notice it: 14 tickets so far.",
};
constexpr std::array resolutions{
    "Rolled the last release back.",
    "Raised the limit; the load is real.",
    "Restarted the two slow pods. The cause goes into the review.",
    "The other side has repaired it.",
    "False alarm: the check was too strict and has been relaxed.",
};
constexpr std::array people_channels{
    Channel::website, Channel::mobile, Channel::sms, Channel::phone, Channel::mobile, Channel::sms};

struct Releases {
    demo::ServiceIndex service;
    const char* name;
    const char* source;
    const char* repository;
};

constexpr Releases releases[] = {
    {demo::checkout, "checkout", "argo-cd", "lantern/checkout"},
    {demo::checkout, "cart", "argo-cd", "lantern/cart"},
    {demo::payments, "payments", "argo-cd", "lantern/payments"},
    {demo::search, "search", "argo-cd", "lantern/search"},
    {demo::identity, "identity", "argo-cd", "lantern/identity"},
    {demo::kubernetes, "cluster-config", "terraform", "lantern/clusters"},
    {demo::warehouse, "pipelines", "gitlab", "lantern/pipelines"},
};

/// Something that is done at an instant, as one decision.
struct Step {
    Timestamp at;
    std::function<Result<void>(Tx&)> act;
};

/// One incident's story: which incident it is becomes known when its event has been accepted.
struct Story {
    IncidentId incident;
    /// Of its alert; empty where people reported it.
    std::string dedup_key;
};

/// The steps it tells refer to it.
class Plot {
public:
    Plot(const DemoCast& cast, Desk& desk, Timestamp since, Timestamp now)
        : cast_(cast), desk_(desk), since_(since), now_(std::chrono::floor<seconds>(now)) {}

    std::vector<Step> tell() {
        for (int i = 0; i < incidents_told; ++i) tell_incident();
        for (int i = 0; i < changes_told; ++i) tell_change();
        tell_what_people_reported();
        tell_what_maintenance_kept_quiet();
        tell_what_is_open_now();
        std::ranges::stable_sort(steps_, {}, &Step::at);
        return std::move(steps_);
    }

private:
    using StoryPtr = std::shared_ptr<Story>;

    [[nodiscard]] const DemoService& service(demo::ServiceIndex index) const { return cast_.services[index]; }

    void at(Timestamp when, std::function<Result<void>(Tx&)> act) { steps_.push_back({when, std::move(act)}); }

    /// What falls due while a story goes on, on the minute that it falls due.
    void pass_time_between(Timestamp from, Timestamp to) {
        for (auto t = from + minutes{1}; t <= to; t += minutes{1})
            at(t, [this](Tx& tx) -> Result<void> {
                for (const auto& due : tx.due_until(tx.now(), Engine::turn_max))
                    if (auto page = pass_due(tx, desk_, due).page) {
                        bool is_needed = gather_incidents(tx, *page);
                        auto kind = is_needed ? PageOutcome::Kind::sent : PageOutcome::Kind::not_needed;
                        record_outcome(tx, desk_, *page, {.kind = kind});
                    }
                return {};
            });
    }

    Event event_of(const Trouble& trouble, EventAction action, std::string_view dedup_key) const {
        const auto& integrations = service(trouble.service).integrations;
        // Backstage's key is for people; monitoring has the last one.
        Event event;
        event.routing_key = integrations.back().integration_key;
        event.action = action;
        event.dedup_key = dedup_key;
        event.summary = trouble.summary;
        event.severity = trouble.severity;
        event.document = fmt::format(
            R"({{"client":"Prometheus","client_url":"https://prometheus.lantern.example/alerts",)"
            R"("source":"{}","component":"{}","group":"production","custom_details":{{"runbook":"RB-{}"}}}})",
            trouble.source,
            trouble.component,
            100 + (&trouble - troubles));
        return event;
    }

    void send(Timestamp when, Event event, const StoryPtr& story) {
        story->dedup_key = event.dedup_key;
        at(when, [this, event = std::move(event), story](Tx& tx) -> Result<void> {
            TRY(auto accepted, accept_event(tx, desk_, {}, event));
            if (accepted.outcome != IngestOutcome::opened) return {};
            auto newest = tx.first(Query<Incident>().order_by(&Incident::id, Order::descending));
            if (newest) story->incident = newest->id;
            return {};
        });
    }

    /// An alert that was held, or that joined others, says itself where it went.
    static void find_incident(Tx& tx, Story& story) {
        if (story.incident || story.dedup_key.empty()) return;
        auto alert = tx.first(Query<Alert>().where(&Alert::alert_key, story.dedup_key));
        if (alert && alert->incident) story.incident = *alert->incident;
    }

    /// Done by whoever the incident is assigned to at that moment.
    void
    by_assignee(Timestamp when, const StoryPtr& story, std::function<Result<Incident>(Tx&, const Incident&, Act)> act) {
        auto channel = dice_.pick(people_channels);
        at(when, [story, act = std::move(act), channel](Tx& tx) -> Result<void> {
            find_incident(tx, *story);
            auto incident = tx.find<Incident>(story->incident);
            // Time may have ended it before its people did.
            if (!incident || incident->assignments.empty()) return {};
            CHECK_OK(act(tx, *incident, {agent_of(incident->assignments.front().assignee), channel, tx.now()}));
            return {};
        });
    }

    void acknowledge(Timestamp when, const StoryPtr& story) {
        by_assignee(when, story, [this](Tx& tx, const Incident& incident, Act act) {
            return acknowledge_incident(tx, desk_, incident.id, act);
        });
    }

    void note(Timestamp when, const StoryPtr& story) {
        by_assignee(when, story, [this, text = dice_.pick(notes)](Tx& tx, const Incident& incident, Act act) {
            IncidentNote written;
            return add_note(tx, desk_, incident.id, text, act, written);
        });
    }

    void resolve(Timestamp when, const StoryPtr& story) {
        by_assignee(when, story, [this, text = dice_.pick(resolutions)](Tx& tx, const Incident& incident, Act act) {
            return resolve_incident(tx, desk_, incident.id, text, act);
        });
    }

    void snooze(Timestamp when, const StoryPtr& story, std::int64_t duration_seconds) {
        by_assignee(
            when, story, [this, duration_seconds](Tx& tx, const Incident& incident, Act act) -> Result<Incident> {
                // Its alert was held until after the acknowledgement: whoever lets it sleep has taken it.
                if (incident.status == IncidentStatus::triggered)
                    CHECK_OK(acknowledge_incident(tx, desk_, incident.id, act));
                return snooze_incident(tx, desk_, incident.id, duration_seconds, act);
            });
    }

    void set_priority(Timestamp when, const StoryPtr& story, const char* name) {
        by_assignee(when, story, [this, name](Tx& tx, const Incident& incident, Act act) -> Result<Incident> {
            auto priority = tx.first(Query<Priority>().where(&Priority::name, std::string{name}));
            if (!priority) return incident;
            IncidentUpdate update;
            update.id = incident.id;
            update.priority = std::optional{priority->id};
            return update_incident(tx, desk_, update, act);
        });
    }

    /// Somewhere in the month, by day rather than by night.
    Timestamp some_moment() {
        auto span = std::chrono::duration_cast<seconds>(now_ - quiet_before_now - since_).count();
        for (;;) {
            auto when = std::chrono::floor<seconds>(since_) + seconds{dice_.below(static_cast<int>(span))};
            auto hour = std::chrono::floor<hours>(when - std::chrono::floor<days>(when)).count();
            if ((hour >= 7 && hour < 19) || dice_.chance(45)) return when;
        }
    }

    const Trouble& some_trouble() {
        int total = 0;
        for (const auto& trouble : troubles) total += trouble.weight;
        int left = dice_.below(total);
        for (const auto& trouble : troubles)
            if ((left -= trouble.weight) < 0) return trouble;
        return troubles[0];
    }

    std::string next_key(const Trouble& trouble) {
        return fmt::format("{}/{}/{}", trouble.source, trouble.component, ++keys_);
    }

    void tell_incident() {
        const auto& trouble = some_trouble();
        auto opened = some_moment();
        auto story = std::make_shared<Story>();
        auto key = next_key(trouble);
        send(opened, event_of(trouble, EventAction::trigger, key), story);
        for (int more = dice_.chance(35) ? dice_.between(1, 4) : 0; more > 0; --more)
            send(opened + seconds{dice_.between(15, 60)}, event_of(trouble, EventAction::trigger, key), story);
        auto lasts = minutes{dice_.between(trouble.minutes / 2, trouble.minutes * 3 / 2)};
        auto closed = opened + lasts;
        int kind = dice_.below(100);
        if (kind < 18) {
            // It went away before anybody was there.
            closed = opened + seconds{dice_.between(70, 290)};
            send(closed, event_of(trouble, EventAction::resolve, key), story);
        } else {
            closed = tell_response(trouble, story, key, opened, closed, kind);
        }
        pass_time_between(opened, closed);
    }

    /// Somebody takes it, soon or only after an escalation, and it ends. Returns when.
    Timestamp tell_response(const Trouble& trouble,
                            const StoryPtr& story,
                            const std::string& key,
                            Timestamp opened,
                            Timestamp closed,
                            int kind) {
        bool slept_through = kind >= 84;
        auto taken = opened + (slept_through ? seconds{dice_.between(960, 1'500)} : seconds{dice_.between(45, 280)});
        closed = std::max(closed, taken + minutes{4});
        acknowledge(taken, story);
        if (trouble.severity == critical) set_priority(taken + seconds{50}, story, dice_.chance(30) ? "P1" : "P2");
        if (trouble.severity == error && dice_.chance(50)) set_priority(taken + seconds{70}, story, "P3");
        if (dice_.chance(45)) note(taken + (closed - taken) / 3, story);
        if (dice_.chance(20)) note(taken + (closed - taken) * 2 / 3, story);
        if (trouble.severity <= warning && kind >= 70 && !slept_through) {
            constexpr auto nap = hours{3};
            snooze(taken + minutes{2}, story, std::chrono::seconds{nap}.count());
            closed = taken + nap + minutes{12};
            acknowledge(taken + nap + minutes{7}, story);
        }
        pass_time_between(taken, closed);
        if (kind < 52)
            send(closed, event_of(trouble, EventAction::resolve, key), story);
        else
            resolve(closed, story);
        return closed;
    }

    void tell_change() {
        const auto& release = dice_.pick(releases);
        change(some_moment(), release);
    }

    void change(Timestamp when, const Releases& release) {
        int build = 2'000 + dice_.below(900);
        ChangeEventInput input;
        input.routing_key = service(release.service).integrations.front().integration_key;
        input.summary =
            fmt::format("Deploy {} {}.{}.{}", release.name, dice_.between(2, 3), dice_.below(40), dice_.below(8));
        input.source = release.source;
        input.timestamp = when;
        input.custom_details = fmt::format(R"({{"repository":"{}","build":{}}})", release.repository, build);
        input.links = fmt::format(R"([{{"href":"https://git.lantern.example/{}/builds/{}","text":"Build {}"}}])",
                                  release.repository,
                                  build,
                                  build);
        at(when, [this, input = std::move(input)](Tx& tx) -> Result<void> {
            CHECK_OK(accept_change_event(tx, desk_, input));
            return {};
        });
    }

    /// Incidents that no monitor knew of.
    void tell_what_people_reported() {
        struct Report {
            int days_ago;
            demo::ServiceIndex service;
            demo::PersonIndex by;
            const char* title;
            const char* body;
        };

        constexpr Report reports[] = {
            {23, demo::warehouse, demo::ben, "Two customers were charged twice", "Tickets 5121 and 5127."},
            {15, demo::search, demo::ana, "Search shows sold-out shoes first", "Seen on the phone only."},
            {6, demo::payments, demo::priya, "Refunds stay pending since noon", "Nine so far, all in euros."},
        };
        for (const auto& report : reports) {
            auto opened = std::chrono::floor<days>(now_) - days{report.days_ago} + hours{10} + minutes{report.days_ago};
            auto story = std::make_shared<Story>();
            at(opened, [this, report, story](Tx& tx) -> Result<void> {
                NewIncident input;
                const auto& reported = service(report.service).service;
                input.service = reported.id;
                input.escalation_policy = reported.escalation_policy;
                input.title = report.title;
                input.body = report.body;
                input.manual = true;
                Act act{agent_of(cast_.people[report.by].id), Channel::website, tx.now()};
                TRY(auto incident, open_incident(tx, desk_, std::move(input), act));
                story->incident = incident.id;
                return {};
            });
            acknowledge(opened + minutes{3}, story);
            set_priority(opened + minutes{4}, story, "P3");
            note(opened + minutes{11}, story);
            resolve(opened + minutes{58}, story);
            pass_time_between(opened, opened + minutes{58});
        }
    }

    /// Events that came during the maintenance of nine days ago: kept as receipts, no incident.
    void tell_what_maintenance_kept_quiet() {
        auto during = std::chrono::floor<days>(now_) - days{9} + hours{22} + minutes{20};
        for (const auto& trouble : troubles)
            if (trouble.service == demo::kubernetes)
                send(during, event_of(trouble, EventAction::trigger, next_key(trouble)), std::make_shared<Story>());
    }

    const Trouble& trouble_of(demo::ServiceIndex index) const {
        return *std::ranges::find(troubles, index, &Trouble::service);
    }

    /// Opens one, some time ago, that nobody has ended since.
    StoryPtr open_now(const Trouble& trouble, Duration ago) {
        auto story = std::make_shared<Story>();
        send(now_ - ago, event_of(trouble, EventAction::trigger, next_key(trouble)), story);
        pass_time_between(now_ - ago, now_);
        return story;
    }

    /// What a newcomer finds: one that rings, one that somebody has, one that sleeps, one that may wait.
    void tell_what_is_open_now() {
        open_now(trouble_of(demo::payments), seconds{100});
        change(now_ - minutes{31}, releases[1]);
        auto slow = open_now(trouble_of(demo::checkout), minutes{22});
        acknowledge(now_ - minutes{20}, slow);
        set_priority(now_ - minutes{19}, slow, "P2");
        note(now_ - minutes{12}, slow);
        auto full = open_now(trouble_of(demo::kubernetes), minutes{190});
        acknowledge(now_ - minutes{186}, full);
        snooze(now_ - minutes{184}, full, std::chrono::seconds{hours{14}}.count());
        open_now(trouble_of(demo::mail), minutes{75});
    }

    const DemoCast& cast_;
    Desk& desk_;
    Timestamp since_;
    Timestamp now_;
    Dice dice_;
    int keys_ = 0;
    std::vector<Step> steps_;
};

/// How the steps that were handed to the writer ended.
struct Ending {
    std::mutex mutex;
    std::vector<std::string> refusals;
    std::exception_ptr failure;
};

class StepDecision final : public Decision {
public:
    StepDecision(Step step, Ending& ending) : step_(std::move(step)), ending_(ending) {}

    [[nodiscard]] Timestamp now() const override { return step_.at; }

    bool run(Tx& tx) override {
        auto done = step_.act(tx);
        refusal_ = done ? std::string{} : fmt::format("{}: {}", format_iso8601(step_.at), done.error().message);
        return done.ok();
    }

    void complete(std::exception_ptr failure) noexcept override {
        std::lock_guard lock(ending_.mutex);
        if (!refusal_.empty()) ending_.refusals.push_back(std::move(refusal_));
        if (failure && !ending_.failure) ending_.failure = std::move(failure);
    }

private:
    Step step_;
    Ending& ending_;
    std::string refusal_;
};

}  // namespace

std::vector<std::string>
live_demo_history(Store& store, Desk& desk, const DemoCast& cast, Timestamp since, Timestamp now) {
    // Handing over many before waiting lets the writer sync once for all of them.
    constexpr std::size_t handed_over_max = 1'000;
    Plot plot(cast, desk, since, now);
    auto steps = plot.tell();
    Ending ending;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        auto at = steps[i].at;
        std::unique_ptr<Decision> decision = std::make_unique<StepDecision>(std::move(steps[i]), ending);
        ASSERT(store.submit(decision), "nobody else fills the write queue while a store is being made");
        bool wait = (i + 1) % handed_over_max == 0 || i + 1 == steps.size();
        if (wait) static_cast<void>(store.decide(at, [](Tx&) { return Result<void>{}; }));
    }
    std::lock_guard lock(ending.mutex);
    if (ending.failure) std::rethrow_exception(ending.failure);
    return std::move(ending.refusals);
}

}  // namespace callboard
