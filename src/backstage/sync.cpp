#include "backstage/sync.h"

#include "backstage/catalog.h"
#include "backstage/each_account.h"
#include "backstage/failure.h"
#include "backstage/parallel.h"
#include "backstage/route.h"
#include "backstage/service_directory.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr auto question_time_max = std::chrono::seconds{10};
constexpr auto wait_when_throttled_max = seconds{120};
constexpr int tries_max = 4;
/// References in one question to the catalog, whose bodies may have 100 kB.
constexpr std::size_t refs_at_once = 400;
/// Relationships in one question.
constexpr std::size_t edges_at_once = 50;
constexpr std::size_t refreshed_max = 2'000;
/// How often the catalog is looked at while it reads entities anew, and for how long.
constexpr auto look_every = seconds{5};
constexpr int looks_max = 8;
/// Accounts at once, so that one that is slow does not make the others wait.
constexpr int accounts_at_once = 4;
/// By which the last run was.
constexpr std::string_view last_strategy_setting = "callboard::last-dependency-strategy";

/// One run over one account.
class Run {
public:
    Run(Room& room, const Account& account, Timestamp now, SyncReport& report)
        : room_(room), account_(account), report_(report),
          call_{.room = room,
                .account = account,
                .caller = {.may = Permissions::all(), .ref = "plugin:pagerduty", .groups = {}, .identity = {}},
                .now = now,
                .deadline = {},
                .query = {},
                .body = {},
                .parameters = {}} {}

    /// False when this run shall end.
    bool dependencies(const Components& components,
                      const std::vector<Pair>& pairs,
                      const Synced& before,
                      Strategy strategy,
                      Synced& after);
    bool custom_fields(const std::vector<Pair>& pairs, bool again);

private:
    /// Asks, and asks again where the other side wants to be left alone for a while. Absent when this run shall end.
    std::optional<Answer> ask(std::string_view method, std::string_view target, json::value body = nullptr);
    bool change_edges(std::string_view verb, const Edges& edges, const Operation& operation, Edges& done);
    bool read_edges(const std::set<std::string>& services, Edges& upstream, std::set<std::string>& unread);

    struct Values {
        const Pair& pair;
        /// By place of the field; absent where the entity has none.
        std::vector<std::optional<std::string>> values;
    };

    std::vector<CustomField> fields_to_fill();
    bool write_values(const std::vector<CustomField>& fields,
                      const Values& entity,
                      const std::string& service_name,
                      PluginStore::CustomValues& known,
                      bool again);
    void note(const CustomField& field,
              const Pair& pair,
              const std::string& service_name,
              CustomValue became,
              PluginStore::CustomValues& known);

    Room& room_;
    const Account& account_;
    SyncReport& report_;
    Call call_;
};

std::optional<Answer> Run::ask(std::string_view method, std::string_view target, json::value body) {
    auto question = call_.question(method, target);
    question.body = std::move(body);
    Answer answer;
    for (int tries = 0; tries < tries_max; ++tries) {
        if (!room_.sync.pause(account_.pause)) return std::nullopt;
        question.deadline = std::chrono::steady_clock::now() + question_time_max;
        answer = account_.upstream->call(question);
        if (answer.end != Answer::End::answered || answer.status != 429) return answer;
        auto wait = std::min(answer.retry_after.value_or(seconds{10}), wait_when_throttled_max);
        if (!room_.sync.pause(wait)) return std::nullopt;
    }
    return answer;
}

// --- Dependencies ---

void keep_dependencies(const Synced& before, const std::string& account, Synced& after) {
    std::ranges::copy_if(before.dependencies, std::back_inserter(after.dependencies), [&](const auto& one) {
        return one.account == account;
    });
}

/// Of services that cannot be read nothing is known, and nothing is changed.
bool Run::read_edges(const std::set<std::string>& services, Edges& upstream, std::set<std::string>& unread) {
    for (const auto& id : services) {
        auto answer = ask("GET", fmt::format("/service_dependencies/technical_services/{}", percent_encode(id)));
        if (!answer) return false;
        // One that is gone depends on nothing; what is remembered of it goes too.
        if (answer->end == Answer::End::answered && answer->status == 404) continue;
        if (auto failure = failure_of(*answer, operations::list_dependencies, "relationships")) {
            report_.fails(fmt::format("Service {}: {}", id, sentence_of(*failure)));
            unread.insert(id);
        } else {
            upstream.merge(edges_in(answer->body));
        }
    }
    return true;
}

bool Run::change_edges(std::string_view verb, const Edges& edges, const Operation& operation, Edges& done) {
    auto next = edges.begin();
    while (next != edges.end()) {
        json::array relationships;
        Edges sent;
        for (; next != edges.end() && sent.size() < edges_at_once; ++next) {
            auto end = [](const std::string& id) { return json::object{{"id", id}, {"type", "service"}}; };
            relationships.emplace_back(json::object{{"supporting_service", end(next->supporting)},
                                                    {"dependent_service", end(next->dependent)}});
            sent.insert(*next);
        }
        auto answer = ask("POST",
                          fmt::format("/service_dependencies/{}", verb),
                          json::object{{"relationships", std::move(relationships)}});
        if (!answer) return false;
        if (auto failure = failure_of(*answer, operation, "relationships"))
            report_.fails(sentence_of(*failure));
        else
            done.merge(sent);
    }
    return true;
}

bool Run::dependencies(const Components& components,
                       const std::vector<Pair>& pairs,
                       const Synced& before,
                       Strategy strategy,
                       Synced& after) {
    Edges known;
    Edges ours;
    for (const auto& dependency : before.dependencies) {
        if (dependency.account != account_.id) continue;
        known.insert(dependency.edge);
        if (dependency.ours) ours.insert(dependency.edge);
    }
    auto wanted = wanted_edges(components, first_services(pairs), account_.id);
    std::set<std::string> asked;
    // An edge is in the answers of both its ends.
    for (const auto& edge : wanted.edges) asked.insert(edge.dependent);
    for (const auto& edge : ours) asked.insert(edge.dependent);
    if (shows_in_catalog(strategy))
        for (const auto& pair : pairs)
            if (pair.account == account_.id) asked.insert(pair.service_id);
    Edges upstream;
    std::set<std::string> unread;
    if (!read_edges(asked, upstream, unread)) {
        keep_dependencies(before, account_.id, after);
        return false;
    }
    for (const auto& edge : known)
        if (unread.contains(edge.dependent)) upstream.insert(edge);
    if (writes_upstream(strategy)) {
        std::erase_if(wanted.edges, [&](const Edge& edge) { return unread.contains(edge.dependent); });
        for (const auto& id : unread) wanted.silent.insert(id);
        auto changes = changes_of(wanted, upstream, ours);
        Edges added;
        Edges removed;
        bool whole = change_edges("associate", changes.add, operations::add_dependencies, added) &&
                     change_edges("disassociate", changes.remove, operations::remove_dependencies, removed);
        report_.dependencies_added += static_cast<std::int64_t>(added.size());
        report_.dependencies_removed += static_cast<std::int64_t>(removed.size());
        ours.insert(added.begin(), added.end());
        upstream.insert(added.begin(), added.end());
        for (const auto& edge : removed) upstream.erase(edge);
        // What was written is ours, also when the run ends here.
        for (const auto& edge : upstream) after.dependencies.push_back({account_.id, edge, ours.contains(edge)});
        return whole;
    }
    for (const auto& edge : upstream) after.dependencies.push_back({account_.id, edge, ours.contains(edge)});
    return true;
}

// --- Custom fields ---

bool same_fields(const std::vector<CustomField>& some, const std::vector<CustomField>& others) {
    return std::ranges::equal(some, others, [](const CustomField& one, const CustomField& other) {
        return one.id == other.id && one.entity_path == other.entity_path;
    });
}

void Run::note(const CustomField& field,
               const Pair& pair,
               const std::string& service_name,
               CustomValue became,
               PluginStore::CustomValues& known) {
    auto& before = known[{pair.service_id, field.id}];
    // The same failure again is no news.
    if (before == became) return;
    SyncLog log{.id = 0,
                .at = call_.now,
                .error_code = became.code,
                .custom_field_id = field.upstream_id,
                .custom_field_name = field.name,
                .entity_path = field.entity_path,
                .service_id = pair.service_id,
                .service_name = service_name,
                .error_message = became.message,
                .account = field.account};
    room_.store.add_sync_log(log, room_.options.sync_log_retention);
    room_.store.put_custom_values({{{pair.service_id, field.id}, became}});
    before = std::move(became);
}

bool Run::write_values(const std::vector<CustomField>& fields,
                       const Values& entity,
                       const std::string& service_name,
                       PluginStore::CustomValues& known,
                       bool again) {
    json::array sent;

    struct Outcome {
        const CustomField* field = nullptr;
        CustomValue became;
        bool clears = false;
    };

    std::vector<Outcome> outcomes;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto& field = fields[i];
        auto found = known.find({entity.pair.service_id, field.id});
        auto value = entity.values[i];
        bool had = found != known.end() && found->second.code == "SYNC_SUCCESS";
        CustomValue became{
            value.value_or(""), "SYNC_SUCCESS", fmt::format("{} of {}", field.name, entity.pair.entity_ref)};
        if (!value) {
            became.code = "INVALID_PATH";
            became.message = fmt::format("{} has no single value at {}", entity.pair.entity_ref, field.entity_path);
        }
        bool same = found != known.end() && found->second.value == became.value && found->second.code == became.code;
        if (same && (!again || !value)) continue;
        // One that is gone from the entity goes from the service too, if it came from here.
        if (value || had)
            sent.emplace_back(
                json::object{{"id", field.upstream_id},
                             {"value", value ? json::value(json::string{*value}) : json::value(nullptr)}});
        outcomes.push_back({&field, std::move(became), !value && had});
    }
    if (!sent.empty()) {
        auto count = static_cast<std::int64_t>(sent.size());
        auto target = fmt::format("/services/{}/custom_fields/values", percent_encode(entity.pair.service_id));
        auto answer = ask("PUT", target, json::object{{"custom_fields", std::move(sent)}});
        if (!answer) return false;
        if (auto failure = failure_of(*answer, operations::set_custom_fields, "custom_fields")) {
            // One that was switched off or removed meanwhile is refused; the run that this asked for knows better.
            if (!same_fields(fields, fields_to_fill())) return true;
            auto why = sentence_of(*failure);
            report_.fails(fmt::format("{}: {}", service_name, why));
            // What could not be cleared is still there, and cleared by the next run.
            std::erase_if(outcomes, [](const Outcome& outcome) { return outcome.clears; });
            for (auto& outcome : outcomes)
                if (outcome.became.code == "SYNC_SUCCESS") outcome.became = {{}, "PD_API_ERROR", why};
        } else {
            report_.values_written += count;
        }
    }
    for (auto& outcome : outcomes) note(*outcome.field, entity.pair, service_name, std::move(outcome.became), known);
    return true;
}

std::vector<CustomField> Run::fields_to_fill() {
    auto fields = room_.store.custom_fields(account_.id);
    std::erase_if(fields, [](const CustomField& field) { return !field.enabled || field.upstream_id.empty(); });
    return fields;
}

bool Run::custom_fields(const std::vector<Pair>& pairs, bool again) {
    auto fields = fields_to_fill();
    if (fields.empty()) return true;
    auto known = room_.store.custom_values();
    std::vector<std::string> wanted;
    for (const auto& field : fields)
        if (auto name = field_of_path(field.entity_path); !name.empty()) wanted.push_back(std::move(name));
    call_.deadline = std::chrono::steady_clock::now() + question_time_max;
    auto services = room_.directory.services(call_, account_);
    if (services.failure) {
        report_.fails(sentence_of(*services.failure));
        return true;
    }
    std::vector<const Pair*> mine;
    // A service of several entities has the values of the first.
    std::set<std::string_view> filled;
    for (const auto& pair : pairs)
        if (pair.account == account_.id && filled.insert(pair.service_id).second) mine.push_back(&pair);
    for (std::size_t begin = 0; begin < mine.size(); begin += refs_at_once) {
        auto end = std::min(begin + refs_at_once, mine.size());
        std::vector<std::string> refs;
        for (auto i = begin; i < end; ++i) refs.push_back(mine[i]->entity_ref);
        auto found = room_.catalog.read(refs, wanted, call_.now, std::chrono::steady_clock::now() + question_time_max);
        if (found.failure) {
            report_.fails(found.failure->why);
            return true;
        }
        for (auto i = begin; i < end; ++i) {
            const auto& raw = found.entities[i - begin];
            if (raw.is_null()) continue;
            Values values{*mine[i], {}};
            for (const auto& field : fields) values.values.push_back(value_at_path(raw, field.entity_path));
            const auto* service = services.list->with_id(mine[i]->service_id);
            if (!write_values(fields, values, service ? service->name : mine[i]->service_id, known, again))
                return false;
        }
    }
    return true;
}

/// The catalog reads entities anew that it should show otherwise. It looks by itself before long, so that one which
/// cannot be told is no failure.
void refresh(Room& room, const std::set<std::string>& refs, Timestamp now) {
    std::size_t done = 0;
    for (const auto& ref : refs) {
        if (++done > refreshed_max || room.sync.stopping()) return;
        if (room.catalog.refresh(ref, now, std::chrono::steady_clock::now() + question_time_max)) return;
    }
}

/// Entities that depend on other entities than before, as upstream says.
std::set<std::string> changed_entities(const Relations& before, const Relations& after) {
    std::set<std::string> changed;
    auto compare = [&](const Relations& some, const Relations& other) {
        for (const auto& [ref, targets] : some.upstream()) {
            auto found = other.upstream().find(ref);
            if (found == other.upstream().end() || found->second != targets) changed.insert(ref);
        }
    };
    compare(before, after);
    compare(after, before);
    return changed;
}

/// Those whose `spec.dependsOn` is upstream's.
std::set<std::string> replaced_entities(const Components& components) {
    std::set<std::string> refs;
    for (const auto& entity : components.rows)
        if (!entity.depends_on) refs.insert(entity.ref);
    return refs;
}

/// After a change of sides the catalog shows anew what it showed by the old one. Gives back the components, with their
/// own dependencies again where those are needed; null when this run shall end.
std::shared_ptr<const Components>
change_sides(Room& room, std::shared_ptr<const Components> components, Strategy strategy, Timestamp now) {
    auto shown = replaced_entities(*components);
    Relations by_the_old_one(*room.store.synced());
    for (const auto& [ref, _] : by_the_old_one.upstream()) shown.insert(ref);
    refresh(room, shown, now);
    for (int i = 1; i <= looks_max && writes_upstream(strategy) && !replaced_entities(*components).empty(); ++i) {
        if (!room.sync.pause(look_every)) return nullptr;
        auto deadline = std::chrono::steady_clock::now() + question_time_max;
        if (auto found = room.catalog.components(now + i * look_every, deadline); found.components)
            components = std::move(found.components);
    }
    return components;
}

/// What a run does, whatever the account.
struct Plan {
    const Components& components;
    const std::vector<Pair>& pairs;
    const Synced& before;
    Strategy strategy;
    bool fills_fields;
    bool again;
};

/// What became of one account.
struct Outcome {
    SyncReport report{};
    Synced after{};
};

void run_account(Room& room, const Account& account, Timestamp now, const Plan& plan, Outcome& outcome) {
    Run run(room, account, now, outcome.report);
    bool whole = true;
    if (plan.strategy != Strategy::disabled)
        whole = run.dependencies(plan.components, plan.pairs, plan.before, plan.strategy, outcome.after);
    else
        keep_dependencies(plan.before, account.id, outcome.after);
    if (whole && plan.fills_fields) run.custom_fields(plan.pairs, plan.again);
}

/// All but those that could not be asked for their services: of these what was known stays known.
void run_accounts(Room& room,
                  Timestamp now,
                  const Plan& plan,
                  const std::vector<std::string>& missing,
                  SyncReport& report,
                  Synced& after) {
    auto accounts = room.accounts.all();
    std::vector<Outcome> outcomes(accounts.size());
    std::vector<std::function<void()>> jobs;
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        if (std::ranges::find(missing, accounts[i].id) != missing.end())
            keep_dependencies(plan.before, accounts[i].id, after);
        else
            jobs.emplace_back([&, i] { run_account(room, accounts[i], now, plan, outcomes[i]); });
    }
    Parallel crew(std::min(static_cast<int>(jobs.size()), accounts_at_once) - 1);
    crew.run(std::move(jobs));
    for (auto& outcome : outcomes) {
        report.add(outcome.report);
        std::ranges::move(outcome.after.dependencies, std::back_inserter(after.dependencies));
    }
    std::ranges::sort(after.dependencies);
}

}  // namespace

SyncReport run_sync(Room& room, Timestamp now, bool again) {
    SyncReport report{.began_at = now};
    auto strategy = strategy_of(room.store.setting(strategy_setting));
    auto last = strategy_of(room.store.setting(last_strategy_setting));
    auto fields = room.store.setting(fields_setting);
    bool fills_fields = fields && fields->value == "enabled";
    Call call{.room = room,
              .account = room.accounts.all().front(),
              .caller = {.may = Permissions::all(), .ref = "plugin:pagerduty", .groups = {}, .identity = {}},
              .now = now,
              .deadline = std::chrono::steady_clock::now() + 3 * question_time_max,
              .query = {},
              .body = {},
              .parameters = {}};
    // Also where nothing is to be synchronised: whoever opens the page finds the lists there.
    auto catalog = room.catalog.components(now, call.deadline);
    auto services = room.directory.services_of_all(call);
    bool idle = strategy == Strategy::disabled && !fills_fields && strategy == last;
    if (idle) return report;
    if (!catalog.components || services.failure) {
        report.fails(services.failure ? sentence_of(*services.failure) : catalog.failure.why);
        return report;
    }
    for (const auto& account : call.missing)
        report.fails(fmt::format("The account {} could not be asked for its services.", account));
    auto components = catalog.components;
    if (strategy != last) {
        components = change_sides(room, components, strategy, now);
        if (!components) return report;
        room.store.put_settings({{std::string{last_strategy_setting}, std::string{name_of(strategy)}, now}});
    }
    auto before = room.store.synced();
    Synced after{pairs_of(*components, *services.list, *room.store.mappings()), {}};
    // Without its services an account's mappings would look as if they were gone.
    std::ranges::copy_if(before->pairs, std::back_inserter(after.pairs), [&](const Pair& pair) {
        return std::ranges::find(call.missing, pair.account) != call.missing.end();
    });
    std::ranges::stable_sort(after.pairs, {}, &Pair::entity_ref);
    report.entities = static_cast<std::int64_t>(first_services(after.pairs).size());
    Plan plan{*components, after.pairs, *before, strategy, fills_fields, again};
    run_accounts(room, now, plan, call.missing, report, after);
    room.store.put_synced(after);
    if (shows_in_catalog(strategy)) refresh(room, changed_entities(Relations(*before), Relations(after)), now);
    return report;
}

}  // namespace callboard::backstage
