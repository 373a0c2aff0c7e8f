#pragma once
// An upstream and a catalog that say what a test tells them to, and remember what they were asked. Only tests include
// this.

#include "backstage/auto_match.h"
#include "backstage/backend.h"
#include "backstage/catalog.h"
#include "backstage/parallel.h"
#include "backstage/service_directory.h"
#include "backstage/sync_desk.h"

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace callboard::test {

namespace json = boost::json;

inline constexpr Timestamp test_now = from_micros(1'790'000'000'000'000);

class FakeUpstream final : public backstage::Upstream {
public:
    struct Asked {
        std::string method;
        std::string target;
        json::value body;
        std::string from;
    };

    /// By "GET /teams?total=true…" up to the first match from the front: "GET /teams" answers all of them.
    std::map<std::string, backstage::Answer> answers;
    /// Is given once, before those of `answers`.
    std::map<std::string, backstage::Answer> once;
    std::vector<Asked> asked;

    void answers_with(const std::string& what, int status, std::string_view body) {
        backstage::Answer answer;
        answer.status = status;
        answer.body = json::parse({body.data(), body.size()});
        answer.as_of = test_now;
        answers[what] = std::move(answer);
    }

    void ends_with(const std::string& what, backstage::Answer::End end) { answers[what] = {end}; }

    /// Everything may have changed between two questions of a test.
    [[nodiscard]] std::uint64_t changes() const override { return ++changes_; }

    void outdate(std::string_view service_id) override { outdated.emplace_back(service_id); }

    std::vector<std::string> outdated;

    void forget_refusals() override { ++refusals_forgotten; }

    int refusals_forgotten = 0;

    /// In this process, where people are known apart; this service exists for none of them.
    bool is_near = false;
    std::string hidden_service = {};

    [[nodiscard]] bool near() const override { return is_near; }

    /// Happens while the other side is asked.
    std::function<void(const std::string& what)> meanwhile;

    backstage::Answer call(const backstage::Question& question) override {
        if (meanwhile) meanwhile(question.method + " " + question.target);
        std::lock_guard lock(mutex_);
        asked.push_back({question.method, question.target, question.body, question.from});
        auto what = question.method + " " + question.target;
        if (question.identity && !hidden_service.empty() && what.starts_with("GET /services/" + hidden_service))
            return {backstage::Answer::End::answered, 404, json::object{}};
        for (auto it = once.rbegin(); it != once.rend(); ++it) {
            if (!what.starts_with(it->first)) continue;
            auto answer = std::move(it->second);
            once.erase(std::next(it).base());
            return answer;
        }
        // The longest of the beginnings that fit comes last in the map.
        for (auto it = answers.rbegin(); it != answers.rend(); ++it)
            if (what.starts_with(it->first)) return it->second;
        return {backstage::Answer::End::answered, 404, json::object{}};
    }

    backstage::Answer send_change(const json::object& event, backstage::Deadline deadline) override {
        backstage::Question question;
        question.method = "POST";
        question.target = "/change/enqueue";
        question.body = event;
        question.deadline = deadline;
        return call(question);
    }

private:
    std::mutex mutex_;
    mutable std::atomic<std::uint64_t> changes_{0};
};

class FakeCatalog final : public backstage::Catalog {
public:
    std::vector<backstage::Entity> entities;
    std::map<std::string, json::value, std::less<>> raw;
    std::vector<std::string> refreshed;
    std::optional<backstage::CatalogFailure> failure;

    void add(std::string name, std::string service_id, std::string owner = "team") {
        backstage::Entity entity;
        entity.ref = backstage::entity_ref("Component", "default", name);
        entity.kind = "Component";
        entity.namespace_ = "default";
        entity.uid = "uid-" + name;
        entity.name = std::move(name);
        entity.owner = std::move(owner);
        entity.service_id = std::move(service_id);
        entities.push_back(std::move(entity));
    }

    Found components(Timestamp now, backstage::Deadline) override {
        if (failure) return {{}, {}, *failure};
        return {std::make_shared<backstage::Components>(backstage::Components{entities}), now};
    }

    One entity(std::string_view ref, Timestamp, backstage::Deadline) override {
        if (failure) return {nullptr, failure};
        auto found = raw.find(ref);
        return {found == raw.end() ? json::value(nullptr) : found->second};
    }

    Several read(const std::vector<std::string>& refs,
                 const std::vector<std::string>&,
                 Timestamp,
                 backstage::Deadline) override {
        if (failure) return {{}, failure};
        Several found;
        for (const auto& ref : refs) {
            auto one = raw.find(ref);
            found.entities.push_back(one == raw.end() ? json::value(nullptr) : one->second);
        }
        return found;
    }

    std::optional<backstage::CatalogFailure> refresh(std::string_view ref, Timestamp, backstage::Deadline) override {
        std::lock_guard lock(mutex_);
        refreshed.emplace_back(ref);
        return failure;
    }

private:
    std::mutex mutex_;
};

/// Lets in whoever sends "Bearer reader" or "Bearer writer".
class FakeAuthenticator final : public backstage::Authenticator {
public:
    /// Whom the writer is.
    backstage::Caller writer{.may = backstage::Permissions::all(), .ref = {}, .groups = {}, .identity = {}};

    std::variant<backstage::Caller, backstage::Refusal> authenticate(std::string_view authorization,
                                                                     Timestamp) override {
        if (authorization == "Bearer writer") return writer;
        if (authorization == "Bearer reader") return backstage::Caller{backstage::Permissions::only_view(), {}, {}, {}};
        if (authorization.empty()) return backstage::Refusal{backstage::Refusal::Kind::missing_credentials};
        return backstage::Refusal{};
    }
};

/// A backend over all of it.
struct Plugin {
    FakeUpstream upstream;
    FakeUpstream second;
    FakeAuthenticator authenticator;
    FakeCatalog catalog;
    backstage::PluginStore store{":memory:"};
    backstage::Accounts accounts;
    backstage::Directory directory;
    backstage::AutoMatchJobs jobs;
    backstage::SyncDesk sync;
    backstage::Parallel parallel{2};
    backstage::Room room{accounts, store, catalog, directory, jobs, parallel, sync, {.show_integration_keys = true}};
    backstage::Backend backend{authenticator, room};

    Plugin() : accounts(backstage::Accounts::single(upstream)) {}

    /// Two accounts, "us" by default and "eu".
    struct Several {};

    explicit Plugin(Several)
        : accounts(backstage::Accounts::several({{.id = "us", .is_default = true, .upstream = &upstream},
                                                 {.id = "eu", .is_default = false, .upstream = &second}})) {}

    static backstage::Request request(std::string method, std::string target, std::string body = {}) {
        backstage::Request request;
        request.method = std::move(method);
        request.target = std::move(target);
        request.body = std::move(body);
        request.content_type = "application/json; charset=UTF-8";
        request.authorization = "Bearer writer";
        request.now = test_now;
        return request;
    }

    backstage::Response get(std::string target) { return backend.answer(request("GET", std::move(target))); }

    backstage::Response send(std::string method, std::string target, std::string body = {}) {
        return backend.answer(request(std::move(method), std::move(target), std::move(body)));
    }
};

/// Texts that mean the same JSON read alike.
inline std::string normal(std::string_view text) { return json::serialize(json::parse({text.data(), text.size()})); }

}  // namespace callboard::test
