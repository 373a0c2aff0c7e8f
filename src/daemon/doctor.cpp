#include "daemon/doctor.h"

#include "backstage/backend.h"
#include "backstage/http_catalog.h"
#include "backstage/remote_upstream.h"
#include "base/secret.h"
#include "net/http_client.h"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

namespace callboard {

namespace {

using backstage::Answer;

constexpr auto time_max = std::chrono::seconds{10};

struct Try {
    std::string_view scope;
    std::string_view method;
    std::string_view target;
    std::string_view what_for;
    /// Not everybody wants it: that it is not allowed is worth a note.
    bool is_extra = false;
};

/// What the routes read, one small question each. Of what is about one service an id that nobody has: 404 says as well
/// that it may be read.
constexpr Try reads[] = {
    {"services.read", "GET", "/services?limit=1", "cards, change events of services and mappings"},
    {"incidents.read", "GET", "/incidents?limit=1", "open incidents"},
    {"oncalls.read", "GET", "/oncalls?limit=1", "who is on call"},
    {"escalation_policies.read", "GET", "/escalation_policies?limit=1", "the scaffolder's list of policies"},
    {"schedules.read", "GET", "/schedules?limit=1", "names of schedules"},
    {"teams.read", "GET", "/teams?limit=1", "the mapping page's filter"},
    {"users.read", "GET", "/users?limit=1", "people's names, and whom to act for"},
    {"vendors.read", "GET", "/vendors?limit=1", "integrations that templates make"},
    {"priorities.read", "GET", "/priorities", "priorities of incidents"},
    {"standards.read", "GET", "/standards/scores/technical_services/PCALLBOARDTEST", "the standards of a service"},
    {"change_events.read", "GET", "/change_events?limit=1", "common list of changes for many open pages"},
    {"analytics.read", "POST", "/analytics/metrics/incidents/services", "the numbers of the last 30 days"},
    {"users:contact_methods.read",
     "GET",
     "/users/PCALLBOARDTEST/notification_rules",
     "preview of how people are told",
     true},
};

/// What the routes change, tried on an id that nobody has and with nothing in it: nothing is changed, and 404 or 400
/// says that it would be allowed.
constexpr Try writes[] = {
    {"incidents.write", "PUT", "/incidents/PCALLBOARDTEST", "making and answering of incidents"},
    {"services.write",
     "PUT",
     "/services/PCALLBOARDTEST",
     "integrations of mapped entities, dependencies, values of custom fields, templates"},
    {"custom_fields.write", "PUT", "/services/custom_fields/PCALLBOARDTEST", "custom fields of services", true},
    {"schedules.write", "PUT", "/schedules/PCALLBOARDTEST", "templates that make schedules", true},
    {"escalation_policies.write", "PUT", "/escalation_policies/PCALLBOARDTEST", "templates that make policies", true},
};

class Report {
public:
    void good(std::string_view what) { fmt::print("ok    {}\n", what); }

    void bad(std::string_view what, std::string_view why, std::string_view remedy) {
        fmt::print("FAIL  {}: {}\n      {}\n", what, why, remedy);
        ++failures_;
    }

    void note(std::string_view what) { fmt::print("note  {}\n", what); }

    [[nodiscard]] int failures() const { return failures_; }

private:
    int failures_ = 0;
};

backstage::Question question_of(const Try& one) {
    backstage::Question question;
    question.method = one.method;
    question.target = one.target;
    question.deadline = std::chrono::steady_clock::now() + time_max;
    if (one.method == "POST")
        question.body = boost::json::object{
            {"filters", boost::json::object{{"service_ids", boost::json::array{"PCALLBOARDTEST"}}}}};
    if (one.method == "PUT") question.body = boost::json::object{};
    return question;
}

std::string why_of(const Answer& answer) {
    switch (answer.end) {
    case Answer::End::late: return "no answer within ten seconds";
    case Answer::End::unreachable: return answer.detail.empty() ? "cannot be reached" : answer.detail;
    case Answer::End::unreadable: return "the answer is not JSON";
    case Answer::End::not_configured: return answer.detail;
    case Answer::End::answered: return fmt::format("status {}", answer.status);
    }
    return {};
}

/// False when nothing further about the account can be tried.
bool try_one(Report& report, const backstage::AccountConfig& account, backstage::Upstream& upstream, const Try& one) {
    auto what = fmt::format("account {}: {}", account.id, one.scope);
    auto answer = upstream.call(question_of(one));
    bool answered = answer.end == Answer::End::answered;
    if (answered && (answer.ok() || answer.status == 404 || answer.status == 400)) {
        report.good(what);
        return true;
    }
    if (!answered) {
        auto remedy = answer.end == Answer::End::not_configured
                          ? "check client-id, client-secret, subdomain, region and the scopes of the app"
                          : fmt::format("check api-url ({}), HTTPS_PROXY, ca-file", account.api_url);
        report.bad(what, why_of(answer), remedy);
        return false;
    }
    if (answer.status == 401) {
        report.bad(
            what, "the credentials are not known there", "check token and region: EU accounts need region = \"eu\"");
        return false;
    }
    if (answer.status == 403 && one.is_extra)
        report.note(fmt::format("{}: not allowed, so no {}", what, one.what_for));
    else if (answer.status == 403)
        report.bad(what,
                   "not allowed",
                   fmt::format("grant {} to the app{}; without it: no {}",
                               one.scope,
                               one.method == "PUT" ? ", or use a key that is not read-only" : "",
                               one.what_for));
    else if (answer.status == 402)
        report.note(what + ": not in the account's plan; the card says so");
    else if (answer.status == 429)
        report.bad(
            what, "too many requests", "wait a minute, or lower requests-per-minute of whoever shares the token");
    else
        report.bad(what, why_of(answer), "try again later; the fault is on the other side");
    return true;
}

void examine_account(Report& report, const backstage::AccountConfig& account, const Clock& clock) {
    if (account.local) return report.note("account " + account.id + ": in the server's own process");
    backstage::RemoteUpstream upstream(account, clock);
    for (const auto& one : reads)
        if (!try_one(report, account, upstream, one)) return;
    for (const auto& one : writes)
        if (!try_one(report, account, upstream, one)) return;
}

backstage::Deadline deadline() { return std::chrono::steady_clock::now() + time_max; }

void examine_keys(Report& report, const backstage::BackstageConfig& config, backstage::HttpJsonClient& client) {
    if (config.backend_url.empty()) {
        report.note("backend-url is not set: tokens of Backstage are not accepted, only API keys");
    } else {
        auto keys = config.auth_url + "/.well-known/jwks.json";
        auto answer = client.send({"GET", keys, {}, nullptr, deadline()});
        if (answer.ok() && !backstage::list_at(answer.body, "keys").empty())
            report.good("keys of Backstage's users: " + keys);
        else
            report.bad("keys of Backstage's users: " + keys,
                       answer.ok() ? "there are none" : fmt::format("status {} {}", answer.status, answer.detail),
                       "check backend-url and auth-url; Backstage makes its first key when somebody signs in");
    }
}

void examine_catalog(Report& report,
                     const backstage::BackstageConfig& config,
                     const std::string& data,
                     backstage::HttpJsonClient& client,
                     Timestamp now) {
    if (!config.catalog) return report.note("catalog is not set: mappings cannot be listed");
    // The keys that Backstage can know are those of the backend that runs.
    auto kept = data + "/backstage.db";
    bool is_kept = static_cast<bool>(std::ifstream(kept));
    if (!is_kept && config.catalog->token.empty())
        return report.bad("catalog " + config.catalog->url,
                          fmt::format("it cannot be tried: {} is not there, or cannot be read", kept),
                          "start the backend once, or name its directory with --data");
    backstage::PluginStore store(is_kept ? kept : ":memory:");
    backstage::OwnKeys own(store);
    // Without what was known before.
    backstage::PluginStore nothing(":memory:");
    backstage::Parallel parallel(1);
    backstage::HttpCatalog catalog({config.catalog->url, config.catalog->token}, client, own, nothing, parallel);
    auto found = catalog.components(now, deadline());
    if (found.components)
        report.good(fmt::format("catalog {}: {} components", config.catalog->url, found.components->rows.size()));
    else
        report.bad(
            "catalog " + config.catalog->url,
            found.failure.why,
            "with catalog.token: see backend.auth.externalAccess; without: Backstage must find this backend at its "
            "discovery.endpoints, and this backend must be running");
}

bool names(std::string_view list, std::string_view wanted) {
    auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    auto same = [&](char a, char b) { return lower(a) == lower(b); };
    return list == "*" || std::search(list.begin(), list.end(), wanted.begin(), wanted.end(), same) != list.end();
}

/// What is wrong with the answer to a browser's preflight; empty: nothing.
std::string fault_of(const net::HttpResponse& response, std::string_view origin) {
    auto header = [&](std::string_view name) { return response.header(name).value_or(""); };
    if (response.status < 200 || response.status > 299) return fmt::format("status {}", response.status);
    auto allowed = std::string{header("access-control-allow-origin")};
    if (allowed.empty()) return "the answer has no Access-Control-Allow-Origin";
    if (allowed != origin && allowed != "*") return fmt::format("Access-Control-Allow-Origin is {}", allowed);
    for (const auto* one : {"authorization", "content-type"})
        if (!names(header("access-control-allow-headers"), one))
            return fmt::format("Access-Control-Allow-Headers lacks {}", one);
    for (const auto* one : {"GET", "POST", "PUT", "PATCH", "DELETE"})
        if (!names(header("access-control-allow-methods"), one))
            return fmt::format("Access-Control-Allow-Methods lacks {}", one);
    return {};
}

/// What a browser asks before a page of `origin` may: whatever stands before the backend has its say in the answer.
void ask_as_browser(Report& report,
                    const backstage::BackstageConfig& config,
                    const std::string& url,
                    const std::string& origin) {
    auto what = fmt::format("pages of {} may ask {}", origin, url);
    net::HttpRequest request;
    request.method = "OPTIONS";
    request.url = url + "/health";
    request.headers = {{"Origin", origin},
                       {"Access-Control-Request-Method", "GET"},
                       {"Access-Control-Request-Headers", "authorization,content-type"}};
    request.deadline = time_max;
    request.ca_file = config.ca_file;
    auto result = net::send_http(request);
    if (const auto* failure = std::get_if<net::Failure>(&result))
        return report.bad(what,
                          fmt::format("{}: {}", name_of(failure->kind), failure->detail),
                          "start the backend, or name the address at which browsers reach it with --url");
    auto fault = fault_of(std::get<net::HttpResponse>(result), origin);
    if (fault.empty()) return report.good(what);
    report.bad(what,
               fault,
               "look at origins, and at what stands before the backend: it must pass OPTIONS on and leave the answer's "
               "headers alone");
}

void examine_origins(Report& report, const backstage::BackstageConfig& config, const std::string& url) {
    if (config.origins.empty())
        report.note("origins is not set: pages of any origin may ask, with credentials of their own");
    if (config.app_url.empty())
        return report.note(
            "app-url is not set: incidents do not link to their entity, and whether pages of Backstage may "
            "ask is not tried");
    auto origin = config.app_url.substr(0, config.app_url.find('/', config.app_url.find("://") + 3));
    if (!backstage::Origins(config.origins).allows(origin))
        return report.bad(
            "origins", origin + " is not among them", "add it: browsers will not show answers to Backstage otherwise");
    // Through Backstage's own address there is no other origin.
    if (url.starts_with(origin + "/")) return report.good(fmt::format("pages of {} ask their own origin", origin));
    ask_as_browser(report, config, url, origin);
}

}  // namespace

int examine(const backstage::BackstageConfig& config, const std::string& data, const std::string& url) {
    init_secrets();
    SystemClock clock;
    Report report;
    for (const auto& account : config.accounts) examine_account(report, account, clock);
    if (config.accounts.empty()) report.note("there are no accounts: `serve` uses its own, `backstage` needs one");
    backstage::HttpJsonClient client(config.ca_file);
    examine_keys(report, config, client);
    examine_catalog(report, config, data, client, clock.now());
    examine_origins(report, config, url);
    fmt::print("{}\n", report.failures() == 0 ? "everything works" : fmt::format("{} problems", report.failures()));
    return report.failures() == 0 ? 0 : 1;
}

}  // namespace callboard
