#include "daemon/backstage_plugin.h"

#include "backstage/auto_match.h"
#include "backstage/backend.h"
#include "backstage/http_catalog.h"
#include "backstage/parallel.h"
#include "backstage/remote_upstream.h"
#include "backstage/service_directory.h"
#include "backstage/token_verifier.h"
#include "daemon/local_account.h"
#include "daemon/sync_thread.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <vector>

namespace callboard {

namespace {

/// Threads that ask upstream side by side. They mostly wait.
constexpr int questions_at_once = 16;
/// What goes on in the background takes one of so many requests that an account allows.
constexpr int background_share = 3;

using std::chrono_literals::operator""ms;

backstage::Request request_of(const http::Copied& copied, std::string_view prefix, Timestamp now) {
    backstage::Request request;
    request.method = copied.method;
    request.target = copied.target.substr(prefix.size());
    if (!request.target.starts_with('/')) request.target.insert(request.target.begin(), '/');
    request.body = copied.body;
    request.content_type = copied.content_type;
    request.authorization = copied.authorization;
    request.origin = copied.origin;
    request.requested_headers = copied.requested_headers;
    request.signature = copied.header("X-PagerDuty-Signature");
    request.now = now;
    return request;
}

http::Response response_of(backstage::Response answer) {
    http::Response response;
    response.status = answer.status;
    response.body = std::move(answer.body);
    response.content_type = std::move(answer.content_type);
    response.headers = std::move(answer.headers);
    return response;
}

/// Tokens of Backstage, and API keys of the account in this process: a token of three parts is the former.
class Credentials final : public backstage::Authenticator {
public:
    /// Either may be null; both outlive it.
    Credentials(backstage::Authenticator* people, backstage::Authenticator* keys) : people_(people), keys_(keys) {}

    std::variant<backstage::Caller, backstage::Refusal> authenticate(std::string_view authorization,
                                                                     Timestamp now) override {
        bool signed_token = authorization.starts_with("Bearer ") && std::ranges::count(authorization, '.') == 2;
        if (keys_ && (!people_ || !signed_token)) {
            auto known = keys_->authenticate(authorization, now);
            bool missing = std::holds_alternative<backstage::Refusal>(known) && authorization.empty();
            if (!missing || !people_) return known;
        }
        if (people_) return people_->authenticate(authorization, now);
        return backstage::Refusal{authorization.empty() ? backstage::Refusal::Kind::missing_credentials
                                                        : backstage::Refusal::Kind::illegal_token};
    }

private:
    backstage::Authenticator* people_;
    backstage::Authenticator* keys_;
};

std::string store_path(const std::string& directory) {
    return directory == ":memory:" ? directory : directory + "/backstage.db";
}

}  // namespace

/// In the order in which they need each other.
struct BackstagePlugin::Parts {
    Parts(const backstage::BackstageConfig& config, const std::string& directory, const LocalSide* local)
        : sync_every(config.sync_every), store(store_path(directory)), keys(store), client(config.ca_file),
          parallel(questions_at_once) {
        make_accounts(config, local);
        make_catalog(config);
        make_authenticator(config, local);
        room.emplace(backstage::Room{*accounts, store, *catalog, services, jobs, parallel, sync, {}});
        room->options.show_integration_keys = config.show_integration_keys;
        room->options.annotate_integration_keys = config.annotate_integration_keys;
        room->options.app_url = config.app_url;
        room->options.people = config.people;
        room->options.sync_log_retention = config.sync_log_retention;
        backend.emplace(*authenticator, *room, backstage::Origins(config.origins));
    }

    void make_accounts(const backstage::BackstageConfig& config, const LocalSide* local) {
        if (config.accounts.empty()) {
            if (!local) throw std::runtime_error("there is no account: add a section [[backstage.accounts]]");
            upstreams.push_back(std::make_unique<LocalUpstream>(*local));
            accounts.emplace(backstage::Accounts::single(*upstreams.back()));
            return;
        }
        std::vector<backstage::Account> several;
        for (const auto& account : config.accounts) {
            if (account.local && !local)
                throw std::runtime_error("account " + account.id + ": there is no server in this process");
            if (account.local)
                upstreams.push_back(std::make_unique<LocalUpstream>(*local));
            else
                upstreams.push_back(std::make_unique<backstage::RemoteUpstream>(account, clock));
            bool pagerduty = account.api_url.ends_with("pagerduty.com");
            auto pause = account.local
                             ? 0ms
                             : std::chrono::milliseconds{60'000} * background_share / account.requests_per_minute;
            several.push_back({account.id,
                               account.is_default,
                               upstreams.back().get(),
                               source_of(account),
                               account.events_url,
                               account.local || !pagerduty,
                               account.webhook_secret,
                               pause,
                               account.from});
        }
        accounts.emplace(backstage::Accounts::several(std::move(several)));
        // Where a request names no account, an earlier version kept fields under a name that none may have.
        if (!accounts->find(backstage::default_account) || accounts->all().size() == 1)
            store.move_custom_fields(backstage::default_account, accounts->find("")->id);
    }

    void make_catalog(const backstage::BackstageConfig& config) {
        if (!config.catalog)
            catalog = std::make_unique<backstage::NoCatalog>();
        else
            catalog = std::make_unique<backstage::HttpCatalog>(
                backstage::HttpCatalog::Options{config.catalog->url, config.catalog->token},
                client,
                keys,
                store,
                parallel);
    }

    void make_authenticator(const backstage::BackstageConfig& config, const LocalSide* local) {
        if (!config.backend_url.empty() || config.unauthenticated_access)
            people = std::make_unique<backstage::BackstageAuthenticator>(config, client);
        if (local) keys_of_account = std::make_unique<ApiKeys>(local->site);
        authenticator = std::make_unique<Credentials>(people.get(), keys_of_account.get());
    }

    std::chrono::minutes sync_every;
    SystemClock clock;
    backstage::PluginStore store;
    backstage::OwnKeys keys;
    backstage::HttpJsonClient client;
    std::vector<std::unique_ptr<backstage::Upstream>> upstreams;
    std::optional<backstage::Accounts> accounts;
    std::unique_ptr<backstage::Catalog> catalog;
    std::unique_ptr<backstage::Authenticator> people;
    std::unique_ptr<backstage::Authenticator> keys_of_account;
    std::unique_ptr<backstage::Authenticator> authenticator;
    backstage::Directory services;
    backstage::AutoMatchJobs jobs;
    backstage::SyncDesk sync;
    std::optional<backstage::Room> room;
    std::optional<backstage::Backend> backend;
    // Last, so that their threads end before what they use.
    backstage::Parallel parallel;
    std::optional<SyncThread> syncing;
};

BackstagePlugin::BackstagePlugin(const backstage::BackstageConfig& config,
                                 const std::string& directory,
                                 const LocalSide* local)
    : parts_(std::make_unique<Parts>(config, directory, local)) {}

BackstagePlugin::~BackstagePlugin() = default;

http::Response BackstagePlugin::answer(const http::Copied& copied, std::string_view prefix, Timestamp now) {
    return response_of(parts_->backend->answer(request_of(copied, prefix, now)));
}

void BackstagePlugin::start() { parts_->syncing.emplace(*parts_->room, parts_->clock, parts_->sync_every); }

void BackstagePlugin::stop() {
    parts_->sync.stop();
    // What goes on in the background would wait for whoever hangs.
    for (const auto& upstream : parts_->upstreams) upstream->end();
    parts_->client.end();
    parts_->syncing.reset();
}

std::uint64_t BackstagePlugin::changes() const { return parts_->accounts->changes(); }

http::Response BackstagePlugin::refuse(int status, std::string_view why) {
    return response_of(backstage::Backend::refuse(status, why));
}

}  // namespace callboard
