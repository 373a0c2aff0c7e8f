#include "backstage/auto_match.h"

#include "backstage/catalog.h"
#include "backstage/each_account.h"
#include "backstage/failure.h"
#include "backstage/handlers.h"
#include "backstage/matching.h"
#include "backstage/parallel.h"
#include "backstage/service_directory.h"
#include "base/secret.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr auto kept_for = minutes{30};
constexpr auto job_time_max = std::chrono::minutes{2};
constexpr std::int64_t threshold_default = 100;
/// What a page can show; the best come first.
constexpr std::size_t matches_max = 20'000;

using Clock = std::chrono::steady_clock;

std::int64_t milliseconds_between(Clock::time_point a, Clock::time_point b) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(b - a).count();
}

struct Wish {
    int threshold = threshold_default;
    bool best_only = false;
    std::string team;
    std::string account;
};

struct Pair {
    const ServiceRow* service;
    const Entity* entity;
    Score score;
};

bool is_of_team(const Entity& entity, const std::string& team) {
    return team.empty() || entity.owner == team || entity.owner == "group:default/" + team;
}

/// Everything that is above the threshold, or of each service the best.
class Matcher {
public:
    Matcher(const ServiceList& services, const Components& components, const Wish& wish) : wish_(wish) {
        for (const auto& row : services.rows)
            if (wish.account.empty() || row.account == wish.account)
                services_.emplace_back(&row, candidate_of(row.name, row.team));
        for (const auto& row : components.rows)
            if (is_of_team(row, wish.team)) components_.emplace_back(&row, candidate_of(row.name, row.owner));
    }

    /// False when it was not done by the deadline, or the backend ends.
    bool run(Deadline deadline, Parallel& parallel) {
        for (const auto& [service, candidate] : services_) {
            if (Clock::now() >= deadline || parallel.stopping()) return false;
            match(*service, candidate);
        }
        std::ranges::stable_sort(pairs_, [](const Pair& a, const Pair& b) {
            if (a.score.score != b.score.score) return a.score.score > b.score.score;
            return a.service->name < b.service->name;
        });
        if (pairs_.size() > matches_max) pairs_.resize(matches_max);
        return true;
    }

    /// A JSON array.
    [[nodiscard]] std::string matches() const {
        std::string out = "[";
        for (const auto& pair : pairs_) {
            if (out.size() > 1) out += ',';
            out += json::serialize(match_object(pair));
        }
        return out + ']';
    }

    [[nodiscard]] json::object statistics() const {
        std::int64_t exact = 0;
        std::int64_t high = 0;
        std::int64_t medium = 0;
        for (const auto& pair : pairs_) {
            auto confidence = confidence_of(pair.score.score);
            exact += confidence == "exact";
            high += confidence == "high";
            medium += confidence == "medium";
        }
        auto services = static_cast<std::int64_t>(services_.size());
        auto components = static_cast<std::int64_t>(components_.size());
        return {{"totalPagerDutyServices", services},
                {"totalBackstageComponents", components},
                {"totalPossibleComparisons", services * components},
                {"matchesFound", static_cast<std::int64_t>(pairs_.size())},
                {"exactMatches", exact},
                {"highConfidenceMatches", high},
                {"mediumConfidenceMatches", medium},
                {"threshold", wish_.threshold}};
    }

private:
    void match(const ServiceRow& service, const Candidate& candidate) {
        std::optional<Pair> best;
        for (const auto& [entity, other] : components_) {
            auto score = score_of(candidate, other);
            if (score.score < wish_.threshold) continue;
            if (!wish_.best_only)
                pairs_.push_back({&service, entity, score});
            else if (!best || score.score > best->score.score)
                best = Pair{&service, entity, score};
        }
        if (best) pairs_.push_back(*best);
    }

    static json::object match_object(const Pair& pair) {
        const auto& score = pair.score;
        return {{"pagerDutyService",
                 json::object{{"serviceId", pair.service->id},
                              {"name", pair.service->name},
                              {"team", normal_name(pair.service->team)},
                              {"account", pair.service->account}}},
                {"backstageComponent",
                 json::object{{"entityRef", pair.entity->ref},
                              {"name", pair.entity->name},
                              {"owner", normal_name(pair.entity->owner)}}},
                {"score", score.score},
                {"confidence", confidence_of(score.score)},
                {"scoreBreakdown",
                 json::object{{"baseScore", score.base},
                              {"exactMatch", score.exact},
                              {"teamMatch", score.team},
                              {"acronymMatch", score.acronym},
                              {"rawScore", score.raw}}}};
    }

    const Wish& wish_;
    std::vector<std::pair<const ServiceRow*, Candidate>> services_;
    std::vector<std::pair<const Entity*, Candidate>> components_;
    std::vector<Pair> pairs_;
};

/// Works for one job; what it is given is its own.
/// The object's text with one more member, whose value is JSON already.
std::string with_member(const json::object& object, std::string_view name, const std::string& value) {
    auto text = json::serialize(object);
    text.pop_back();
    text += fmt::format("{}\"{}\":", object.empty() ? "" : ",", name);
    return text + value + '}';
}

void run_job(Call call, const std::string& id, const Wish& wish) {
    auto& jobs = call.room.jobs;
    auto begin = Clock::now();
    call.deadline = begin + job_time_max;
    jobs.update(id, AutoMatchJobs::Job::Status::running, call.now);
    auto services = call.room.directory.services_of_all(call);
    if (services.failure) return jobs.fail(id, json::serialize(services.failure->body), call.now);
    if (!wish.account.empty() && std::ranges::find(call.missing, wish.account) != call.missing.end())
        return jobs.fail(id, "The account " + wish.account + " could not be asked.", call.now);
    auto catalog = call.room.catalog.components(call.now, call.deadline);
    if (!catalog.components) return jobs.fail(id, catalog.failure.why, call.now);
    auto loaded = Clock::now();
    Matcher matcher(*services.list, *catalog.components, wish);
    if (!matcher.run(call.deadline, call.room.parallel))
        return jobs.fail(id, "There are too many to be compared in two minutes.", call.now);
    auto matched = Clock::now();
    auto statistics = matcher.statistics();
    statistics["loadTimeMs"] = milliseconds_between(begin, loaded);
    statistics["matchTimeMs"] = milliseconds_between(loaded, matched);
    statistics["totalTimeMs"] = milliseconds_between(begin, matched);
    auto done = call.now + std::chrono::milliseconds{milliseconds_between(begin, matched)};
    json::object beside{{"statistics", std::move(statistics)}};
    if (!call.missing.empty()) beside["missing_accounts"] = missing_accounts(call);
    jobs.complete(id, with_member(beside, "matches", matcher.matches()), done);
}

std::string_view name_of(AutoMatchJobs::Job::Status status) {
    switch (status) {
    case AutoMatchJobs::Job::Status::pending: return "pending";
    case AutoMatchJobs::Job::Status::running: return "running";
    case AutoMatchJobs::Job::Status::completed: return "completed";
    case AutoMatchJobs::Job::Status::failed: return "failed";
    }
    return "failed";
}

}  // namespace

std::optional<std::string> AutoMatchJobs::add(Timestamp now) {
    std::lock_guard lock(mutex_);
    forget_old(now);
    auto at_work = std::ranges::count_if(jobs_, [](const auto& job) { return !job.second.completed_at; });
    if (jobs_.size() >= jobs_max || at_work >= at_work_max) return std::nullopt;
    auto id = random_uuid();
    jobs_[id].created_at = now;
    return id;
}

std::optional<AutoMatchJobs::Job> AutoMatchJobs::find(const std::string& id, Timestamp now) {
    std::lock_guard lock(mutex_);
    forget_old(now);
    auto found = jobs_.find(id);
    if (found == jobs_.end()) return std::nullopt;
    return found->second;
}

void AutoMatchJobs::update(const std::string& id, Job::Status status, Timestamp now) {
    std::lock_guard lock(mutex_);
    auto found = jobs_.find(id);
    if (found == jobs_.end()) return;
    found->second.status = status;
    bool over = status == Job::Status::completed || status == Job::Status::failed;
    if (over) found->second.completed_at = now;
}

void AutoMatchJobs::complete(const std::string& id, std::string result, Timestamp now) {
    auto kept = std::make_shared<const std::string>(std::move(result));
    {
        std::lock_guard lock(mutex_);
        if (auto found = jobs_.find(id); found != jobs_.end()) found->second.result = std::move(kept);
    }
    update(id, Job::Status::completed, now);
}

void AutoMatchJobs::fail(const std::string& id, std::string why, Timestamp now) {
    {
        std::lock_guard lock(mutex_);
        if (auto found = jobs_.find(id); found != jobs_.end()) found->second.error = std::move(why);
    }
    update(id, Job::Status::failed, now);
}

/// Under the mutex.
void AutoMatchJobs::forget_old(Timestamp now) {
    std::erase_if(jobs_, [&](const auto& job) { return now - job.second.created_at >= kept_for; });
}

Reply start_auto_match(Call& call) {
    Wish wish;
    const auto* threshold = member(call.body, {"threshold"});
    if (threshold && !threshold->is_null()) {
        auto value = number_at(call.body, "threshold");
        if (!value || *value < 0 || *value > 100)
            return refused_once(400, "Bad Request: 'threshold' must be a number between 0 and 100");
        wish.threshold = static_cast<int>(*value);
    }
    const auto* best = member(call.body, {"bestOnly"});
    wish.best_only = best && best->is_bool() && best->get_bool();
    wish.team = text_at(call.body, "team");
    wish.account = text_at(call.body, "account");
    auto id = call.room.jobs.add(call.now);
    if (!id) return refused_once(429, "Too many matchings are at work or kept; come again in a while");
    if (!call.room.parallel.later([call, id = *id, wish] { run_job(call, id, wish); }))
        call.room.jobs.fail(*id, "The server is busy; start it again shortly.", call.now);
    return {202, json::object{{"jobId", *id}, {"status", "pending"}}};
}

Reply get_auto_match(Call& call) {
    auto job = call.room.jobs.find(call.parameters[0], call.now);
    if (!job) return refused_once(404, "There is no such job, or it was started more than half an hour ago");
    json::object body{{"jobId", call.parameters[0]},
                      {"status", name_of(job->status)},
                      {"createdAt", format_iso8601(job->created_at)}};
    if (job->completed_at) body["completedAt"] = format_iso8601(*job->completed_at);
    if (!job->error.empty()) body["error"] = job->error;
    if (!job->result) return ok(std::move(body));
    return {.text = with_member(body, "result", *job->result), .text_type = json_type};
}

}  // namespace callboard::backstage
