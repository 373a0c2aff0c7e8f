#include "backstage/config_file.h"

#include "base/config_text.h"
#include "base/secret.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <toml++/toml.h>

namespace callboard::backstage {

namespace {

constexpr std::size_t accounts_max = 32;
constexpr std::size_t texts_max = 1'000;
/// Whoever Backstage vouches for may do what the plugin's own backend lets them do.
constexpr std::string_view everybody[] = {"user:*", "plugin:*"};

/// Reads one table; remembers what is wrong and which keys were asked for.
class Table {
public:
    Table(const toml::table& table,
          std::string name,
          const Environment& environment,
          std::vector<std::string>& problems)
        : table_(table), name_(std::move(name)), environment_(environment), problems_(problems) {}

    void problem(std::string_view key, std::string_view what) {
        problems_.push_back(fmt::format("{}: {}: {}", name_, key, what));
    }

    [[nodiscard]] bool has(std::string_view key) const { return table_.contains(key); }

    std::string text(std::string_view key, std::string unless_given = {}) {
        known_.emplace_back(key);
        const auto* node = table_.get(key);
        if (!node) return unless_given;
        const auto* value = node->as_string();
        if (value) return expanded(key, value->get());
        problem(key, "must be text in quotes");
        return unless_given;
    }

    std::string required(std::string_view key) {
        if (!has(key)) problem(key, "is missing");
        return text(key);
    }

    bool flag(std::string_view key, bool unless_given) {
        known_.emplace_back(key);
        const auto* node = table_.get(key);
        if (!node) return unless_given;
        if (node->is_boolean()) return node->as_boolean()->get();
        problem(key, "must be true or false");
        return unless_given;
    }

    std::int64_t number(std::string_view key, std::int64_t unless_given, std::int64_t least, std::int64_t most) {
        known_.emplace_back(key);
        const auto* node = table_.get(key);
        if (!node) return unless_given;
        if (node->is_integer() && node->as_integer()->get() >= least && node->as_integer()->get() <= most)
            return node->as_integer()->get();
        problem(key, fmt::format("must be a number from {} to {}", least, most));
        return unless_given;
    }

    std::vector<std::string> texts(std::string_view key, std::vector<std::string> unless_given = {}) {
        known_.emplace_back(key);
        const auto* node = table_.get(key);
        if (!node) return unless_given;
        std::vector<std::string> out;
        const auto* list = node->as_array();
        bool good = list && list->size() <= texts_max;
        if (good)
            for (const auto& entry : *list) {
                good = good && entry.is_string();
                if (entry.is_string()) out.push_back(expanded(key, entry.as_string()->get()));
            }
        if (!good) problem(key, "must be a list of texts, as [\"a\", \"b\"]");
        return out;
    }

    /// An address with a host; slashes at its end are dropped.
    std::string url(std::string_view key, std::string unless_given = {}) {
        auto value = text(key, std::move(unless_given));
        while (value.ends_with('/')) value.pop_back();
        if (value.empty()) return value;
        auto scheme = value.starts_with("https://") ? 8U : value.starts_with("http://") ? 7U : 0U;
        bool good =
            scheme > 0 && value.size() > scheme && value[scheme] != '/' && value.find_first_of(" \t@") == value.npos;
        if (!good) problem(key, "must be https://HOST or http://HOST");
        return value;
    }

    std::string readable_file(std::string_view key) {
        auto path = text(key);
        if (!path.empty() && !std::ifstream(path)) problem(key, "cannot be read");
        return path;
    }

    /// Null when it is not there.
    const toml::table* table(std::string_view key) {
        known_.emplace_back(key);
        const auto* node = table_.get(key);
        if (!node) return nullptr;
        if (!node->is_table()) problem(key, fmt::format("must be a section [{}.{}]", name_, key));
        return node->as_table();
    }

    /// Null when it is not there.
    const toml::array* tables(std::string_view key) {
        known_.emplace_back(key);
        const auto* node = table_.get(key);
        if (!node) return nullptr;
        const auto* list = node->as_array();
        if (list && list->is_array_of_tables()) return list;
        problem(key, fmt::format("must be sections [[{}.{}]]", name_, key));
        return nullptr;
    }

    Table inner(const toml::table& table, std::string name) const {
        return {table, std::move(name), environment_, problems_};
    }

    void refuse_unknown_keys() {
        for (const auto& entry : table_)
            if (std::ranges::find(known_, entry.first.str()) == known_.end())
                problem(entry.first.str(),
                        fmt::format("is not a key of this section; those are {}", fmt::join(known_, ", ")));
    }

private:
    /// With the environment's values for ${NAME}.
    std::string expanded(std::string_view key, std::string_view written) {
        std::string out;
        for (;;) {
            auto begin = written.find("${");
            auto end = begin == written.npos ? written.npos : written.find('}', begin);
            if (end == written.npos) break;
            out += written.substr(0, begin);
            auto name = std::string{written.substr(begin + 2, end - begin - 2)};
            auto value = environment_(name);
            if (!value) problem(key, fmt::format("the environment has no {}", name));
            out += value.value_or("");
            written.remove_prefix(end + 1);
        }
        out += written;
        if (out.find_first_of(std::string_view("\r\n\0", 3)) == out.npos) return out;
        problem(key, "must be one line");
        return {};
    }

    const toml::table& table_;
    std::string name_;
    const Environment& environment_;
    std::vector<std::string>& problems_;
    std::vector<std::string> known_;
};

std::optional<OAuthConfig> read_oauth(Table section) {
    OAuthConfig oauth;
    oauth.client_id = section.required("client-id");
    oauth.client_secret = section.required("client-secret");
    oauth.subdomain = section.required("subdomain");
    oauth.region = section.text("region", "us");
    if (oauth.region != "us" && oauth.region != "eu") section.problem("region", "must be us or eu");
    auto scopes = section.texts("scopes");
    if (!scopes.empty()) oauth.scopes = fmt::format("{}", fmt::join(scopes, " "));
    oauth.identity_url = section.url("identity-url", "https://identity.pagerduty.com/oauth/token");
    section.refuse_unknown_keys();
    return oauth;
}

AccountConfig read_account(Table section) {
    AccountConfig account;
    account.id = section.required("id");
    account.is_default = section.flag("default", false);
    account.local = section.flag("local", false);
    auto region = section.text("region", "us");
    if (region != "us" && region != "eu") section.problem("region", "must be us or eu");
    auto host = region == "eu" ? std::string{".eu.pagerduty.com"} : std::string{".pagerduty.com"};
    account.api_url = section.url("api-url", "https://api" + host);
    account.events_url = section.url("events-url", "https://events" + host + "/v2");
    account.token = section.text("token");
    if (const auto* oauth = section.table("oauth"))
        account.oauth = read_oauth(section.inner(*oauth, fmt::format("the oauth of account {}", account.id)));
    if (account.oauth && account.oauth->region == "us" && region == "eu") account.oauth->region = region;
    account.from = section.text("from");
    account.ca_file = section.readable_file("ca-file");
    account.webhook_secret = section.text("webhook-secret");
    account.requests_per_minute = static_cast<int>(section.number("requests-per-minute", 900, 1, 1'000'000));
    bool credentials = !account.token.empty() || account.oauth;
    if (!account.local && !credentials && !section.has("token"))
        section.problem("token", "is missing; an account needs it, or a section oauth, or local = true");
    if (account.local && credentials) section.problem("local", "an account in this process needs no credentials");
    section.refuse_unknown_keys();
    return account;
}

void read_accounts(Table& section, BackstageConfig& config) {
    const auto* list = section.tables("accounts");
    if (!list) return;
    if (list->size() > accounts_max) section.problem("accounts", fmt::format("may be {} at most", accounts_max));
    std::set<std::string> ids;
    int defaults = 0;
    for (const auto& entry : *list) {
        auto name = fmt::format("backstage.accounts {}", config.accounts.size() + 1);
        auto account = read_account(section.inner(*entry.as_table(), name));
        if (!account.id.empty() && !ids.insert(account.id).second)
            section.problem("accounts", fmt::format("two of them have the id {}", account.id));
        defaults += account.is_default;
        config.accounts.push_back(std::move(account));
    }
    if (config.accounts.size() == 1) config.accounts.front().is_default = true;
    if (config.accounts.size() > 1 && defaults != 1)
        section.problem("accounts", "one of them must have default = true");
}

void read_permissions(Table& section, BackstageConfig& config) {
    const std::vector<std::string> all(std::begin(everybody), std::end(everybody));
    config.permissions.patterns.fill(all);
    const auto* table = section.table("permissions");
    if (!table) return;
    auto permissions = section.inner(*table, "backstage.permissions");
    for (std::size_t i = 0; i < action_names.size(); ++i)
        config.permissions.patterns[i] = permissions.texts(action_names[i], all);
    permissions.refuse_unknown_keys();
}

void read_catalog(Table& section, BackstageConfig& config) {
    const auto* table = section.table("catalog");
    if (!table) {
        if (!config.backend_url.empty()) config.catalog = CatalogConfig{config.backend_url + "/api/catalog", {}};
        return;
    }
    auto catalog = section.inner(*table, "backstage.catalog");
    CatalogConfig read;
    read.url = catalog.url("url", config.backend_url.empty() ? std::string{} : config.backend_url + "/api/catalog");
    if (read.url.empty()) catalog.problem("url", "is missing; so is backstage.backend-url, from which it would follow");
    read.token = catalog.text("token");
    catalog.refuse_unknown_keys();
    config.catalog = std::move(read);
}

void read_sync_logs(Table& section, BackstageConfig& config) {
    const auto* table = section.table("sync-logs");
    if (!table) return;
    auto logs = section.inner(*table, "backstage.sync-logs");
    config.sync_log_retention.age = days{logs.number("retention-days", 30, 1, 3'650)};
    config.sync_log_retention.rows = logs.number("rows-max", 500'000, 1'000, 100'000'000);
    logs.refuse_unknown_keys();
}

void read_sync(Table& section, BackstageConfig& config) {
    const auto* table = section.table("sync");
    if (!table) return;
    auto sync = section.inner(*table, "backstage.sync");
    config.sync_every = std::chrono::minutes{sync.number("every-minutes", 10, 1, 1'440)};
    sync.refuse_unknown_keys();
}

void read_people(Table& section, BackstageConfig& config) {
    const auto* table = section.table("people");
    if (!table) return;
    for (const auto& [ref, email] : *table) {
        if (const auto* text = email.as_string())
            config.people.emplace(ref.str(), text->get());
        else
            section.problem("people", fmt::format("{} must be an e-mail address in quotes", ref.str()));
    }
}

BackstageConfig read_section(Table section) {
    BackstageConfig config;
    config.listen = section.text("listen", config.listen);
    config.data = section.text("data", config.data);
    config.workers = static_cast<int>(section.number("workers", config.workers, 1, 256));
    config.backend_url = section.url("backend-url");
    config.auth_url =
        section.url("auth-url", config.backend_url.empty() ? std::string{} : config.backend_url + "/api/auth");
    config.app_url = section.url("app-url");
    config.ca_file = section.readable_file("ca-file");
    config.origins = section.texts("origins");
    config.unauthenticated_access = section.flag("unauthenticated-access", false);
    config.show_integration_keys = section.flag("show-integration-keys", false);
    config.annotate_integration_keys = section.flag("annotate-integration-keys", false);
    read_accounts(section, config);
    read_catalog(section, config);
    read_permissions(section, config);
    read_people(section, config);
    read_sync_logs(section, config);
    read_sync(section, config);
    section.refuse_unknown_keys();
    return config;
}

Error invalid_file(std::vector<std::string> problems) {
    auto message = fmt::format("{}", fmt::join(problems, "; "));
    return {ErrorKind::invalid, 0, std::move(message), std::move(problems)};
}

}  // namespace

std::string source_of(const AccountConfig& account) {
    if (account.local) return {};
    if (account.oauth)
        return fmt::format("{} app {} {}.{}",
                           account.api_url,
                           account.oauth->client_id,
                           account.oauth->region,
                           account.oauth->subdomain);
    return fmt::format("{} token {}", account.api_url, keyed_hash("source", account.token).substr(0, 16));
}

Result<BackstageConfig> read_config(std::string_view toml, const Environment& environment) {
    toml::table file;
    try {
        file = toml::parse(toml);
    } catch (const toml::parse_error& error) {
        // The description only: the line itself may hold a secret.
        return invalid_file({fmt::format("line {}: {}", error.source().begin.line, error.description())});
    }
    static const toml::table nothing;
    const auto* node = file.get(section_name);
    if (node && !node->is_table()) return invalid_file({"backstage: must be a section [backstage]"});
    std::vector<std::string> problems;
    auto config = read_section(Table(node ? *node->as_table() : nothing, "backstage", environment, problems));
    if (!problems.empty()) return invalid_file(std::move(problems));
    return config;
}

Result<BackstageConfig> read_config_file(const std::string& path) {
    std::string text;
    if (!path.empty()) {
        TRY(text, read_config_text(path));
    }
    return read_config(text, [](const std::string& name) -> std::optional<std::string> {
        // Asked while the program starts and has one thread. NOLINTNEXTLINE(concurrency-mt-unsafe)
        const char* value = std::getenv(name.c_str());
        if (!value) return std::nullopt;
        return std::string(value);
    });
}

}  // namespace callboard::backstage
