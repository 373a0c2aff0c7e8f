// The command line: `callboard serve`, `backstage`, `doctor`, `admin`, `simulate`, `why`, `routes`.

#include "backstage/config_file.h"
#include "base/config_text.h"
#include "channels/config_file.h"
#include "cli/admin.h"
#include "cli/explain.h"
#include "daemon/backstage_alone.h"
#include "daemon/backstage_mount.h"
#include "daemon/carrier.h"
#include "daemon/doctor.h"
#include "daemon/heartbeat_command.h"
#include "daemon/serve.h"
#include "http/events_v2/parse.h"
#include "http/rest_v2/resources.h"
#include "sql/postgres_connection.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

namespace callboard {

namespace {

void print_routes() {
    for (const auto& route : http::rest_routes()) {
        auto scope = route.scope.name().empty() ? "-" : route.scope.name();
        fmt::print("{}\t{}\t{}\t{}\n", http::method_of(route.verb), route.path, scope, least_role(route.need));
    }
}

/// "127.0.0.1:8080", "localhost:8080", "[::1]:8080" or ":8080".
bool split_address(const std::string& address, std::string& host_of, std::uint16_t& port_of) {
    auto colon = address.rfind(':');
    if (colon == std::string::npos) return false;
    auto host = address.substr(0, colon);
    if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
    if (!host.empty()) host_of = host;
    auto port = address.substr(colon + 1);
    if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos) return false;
    auto number = std::stoi(port);
    if (number > 65'535) return false;
    port_of = static_cast<std::uint16_t>(number);
    return true;
}

/// What others reach this server by: as it was said, else where it listens.
std::string public_url_of(const ServeConfig& config) {
    bool ipv6 = config.host.find(':') != std::string::npos;
    auto url = config.public_url;
    if (url.empty()) url = fmt::format("http://{}{}{}:{}", ipv6 ? "[" : "", config.host, ipv6 ? "]" : "", config.port);
    while (url.ends_with('/')) url.pop_back();
    return url;
}

constexpr const char* store_help = "postgresql://…: the account is in that database, and --data holds the rest";

/// For CLI11: what is wrong with it, empty when nothing is.
std::string is_store_address(const std::string& address) {
    return postgres::is_address(address) ? "" : "must begin with postgresql://";
}

constexpr const char* config_help =
    "Configuration file: TOML, or YAML when it is named so; options of a verb under its name, as [serve]";

/// The key that the file should not hold, as it stands there; the parser calls the opening of a section "++".
std::string unknown_key(std::string_view said) {
    auto key = said.substr(said.rfind(' ') + 1);
    return key.ends_with(".++") ? fmt::format("[{}]", key.substr(0, key.size() - 3)) : std::string{key};
}

/// Sections that are no options: they have readers of their own.
bool has_own_reader(std::string_view section) {
    return section == backstage::section_name ||
           std::ranges::find(channels::section_names, section) != channels::section_names.end();
}

/// The file without those sections.
class OptionsFile final : public CLI::ConfigBase {
public:
    /// `app` outlives it, and knows the file's name.
    explicit OptionsFile(const CLI::App& app) : app_(app) {}

    std::vector<CLI::ConfigItem> from_config(std::istream&) const override {
        auto path = app_.get_config_ptr()->as<std::string>();
        auto text = read_config_text(path);
        if (!text) throw CLI::FileError(fmt::format("{}: {}", path, text.error().message));
        std::istringstream toml(*text);
        auto items = ConfigBase::from_config(toml);
        std::erase_if(items, [](const CLI::ConfigItem& item) {
            return !item.parents.empty() && has_own_reader(item.parents.front());
        });
        return items;
    }

private:
    const CLI::App& app_;
};

std::string read_password() {
    std::string password;
    std::getline(std::cin, password);
    return password;
}

class CommandLine {
public:
    CommandLine() {
        app_.set_version_flag("--version", fmt::format("callboard {} ({})", CALLBOARD_VERSION, __VERSION__));
        app_.require_subcommand(1);
        app_.set_config("--config", "", config_help);
        app_.config_formatter(std::make_shared<OptionsFile>(app_));
        app_.allow_config_extras(CLI::config_extras_mode::error);
        add_serve();
        add_admin();
        add_simulate();
        add_why();
        add_heartbeat();
        add_backstage();
        app_.add_subcommand("routes", "Print the route table: method, path, scope, least role")->callback([this] {
            print_routes();
        });
    }

    int run(int argc, char** argv) {
        try {
            app_.parse(argc, argv);
        } catch (const CLI::ConfigError& error) {
            fmt::print(stderr, "callboard: --config: there is no option {}\n", unknown_key(error.what()));
            return 2;
        } catch (const CLI::FileError& error) {
            fmt::print(stderr, "callboard: {}\n", error.what());
            return 2;
        } catch (const CLI::ParseError& error) {
            return app_.exit(error);
        }
        return exit_code_;
    }

private:
    void add_serve() {
        auto* serve_command = app_.add_subcommand("serve", "Run the server");
        // So that --config may stand after the verb as well.
        serve_command->fallthrough();
        serve_command->footer(fmt::format("  --config FILE               {}", config_help));
        serve_command->add_option("--data", serve_.data, "Directory of the embedded store");
        serve_command->add_option("--listen", listen_, "HOST:PORT to listen on");
        serve_command->add_option("--public-url", serve_.public_url, "The address that others reach this server by");
        serve_command->add_option("--store", serve_.store, store_help)->check(is_store_address);
        serve_command->add_option("--io-threads", serve_.io_threads, "I/O threads")->check(CLI::Range(1, 64));
        serve_command->add_option("--workers", serve_.workers, "Worker threads")->check(CLI::Range(1, 256));
        serve_command
            ->add_option("--request-seconds-max", serve_.request_seconds_max, "How long a request may take to arrive")
            ->check(CLI::Range(1, 3'600));
        serve_command->add_option("--rest-requests-per-minute", serve_.rest_requests_per_minute, "Per credential");
        serve_command->add_option("--events-per-minute",
                                  serve_.events_per_minute,
                                  "Per routing key; 0 is no limit; first triggers always pass");
        serve_command->add_flag("--demo", serve_.demo, "Fill an empty store with a demonstration account");
        serve_command->add_flag("--private-webhooks",
                                private_webhooks_,
                                "Webhooks may go to any address, also of this machine and its network");
        serve_command
            ->add_option("--webhook-network",
                         webhook_networks_,
                         "Webhooks may go to these addresses too: 10.20.0.0/16; may be given several times")
            ->check([](const std::string& text) {
                return net::Network::parse(text) ? "" : text + " is no network, such as 10.20.0.0/16";
            });
        add_single_sign_on(*serve_command);
        auto* clock_control = serve_command->add_flag("--clock-control", serve_.clock_control)->group("");
        serve_command->add_option("--clock-at", serve_.clock_at)
            ->needs(clock_control)
            ->check([](const std::string& text) { return parse_iso8601(text) ? "" : text + " is not a time"; })
            ->group("");
        serve_command->callback([this] {
            if (!split_address(listen_, serve_.host, serve_.port)) {
                fmt::print(stderr, "callboard: --listen: {} is not HOST:PORT\n", listen_);
                exit_code_ = 2;
                return;
            }
            if (!read_channels() || !read_backstage(serve_.backstage) || !read_single_sign_on()) {
                exit_code_ = 2;
                return;
            }
            // Providers reach an address that somebody said, not where this machine listens.
            bool is_reachable = !serve_.public_url.empty();
            serve_.public_url = public_url_of(serve_);
            if (is_reachable) serve_.channels.callback_url = serve_.public_url + "/callback";
            serve_.channels.typed_addresses = webhook_addresses();
            exit_code_ = serve(serve_);
        });
    }

    void add_single_sign_on(CLI::App& command) {
        auto& oidc = serve_.oidc;
        command.add_option("--oidc-issuer", oidc.issuer, "OpenID Connect provider that people may log in with");
        command.add_option("--oidc-client-id", oidc.client_id, "What the provider knows this server by");
        command.add_option("--oidc-client-secret", oidc.client_secret, "Better in the environment")
            ->envname("CALLBOARD_OIDC_CLIENT_SECRET");
        command.add_option("--oidc-name", oidc.name, "What the button says after \"Log in with\"");
        command.add_option("--oidc-scopes", oidc.scopes, "What the provider is asked for");
        command.add_option("--oidc-ca-file", oidc.ca_file, "Certificates to trust instead of the system's")
            ->check(CLI::ExistingFile);
        command.add_option("--oidc-new-users", new_users_, "Role of those whom only the provider knows; else refused");
    }

    bool read_single_sign_on() {
        auto problem = problem_of(serve_.oidc);
        if (!new_users_.empty()) {
            serve_.oidc_new_users = parse_enum<Role>(new_users_);
            if (!serve_.oidc_new_users || *serve_.oidc_new_users == Role::owner)
                problem = "--oidc-new-users: must be a role other than owner";
        }
        if (!problem.empty()) fmt::print(stderr, "callboard: {}\n", problem);
        return problem.empty();
    }

    void add_backstage() {
        auto* alone = app_.add_subcommand("backstage", "Run the plugin's backend alone, in front of PagerDuty");
        alone->fallthrough();
        alone->footer("  --config FILE               Its section [backstage]: see docs/operate/backstage.md");
        alone->callback([this] {
            AloneConfig config;
            exit_code_ = 2;
            if (!read_backstage(config.backstage)) return;
            if (!split_address(config.backstage.listen, config.host, config.port)) {
                fmt::print(stderr, "callboard: backstage: listen: {} is not HOST:PORT\n", config.backstage.listen);
                return;
            }
            exit_code_ = serve_backstage_alone(config);
        });
        auto* doctor = app_.add_subcommand("doctor", "Try what the section [backstage] of --config FILE names");
        doctor->fallthrough();
        doctor->footer("  --config FILE               Its section [backstage]: see docs/operate/backstage.md");
        doctor->add_option("--data", doctor_data_, "Directory of the backend's data, where the file does not say it");
        doctor->add_option("--url", doctor_url_, "Where browsers reach the backend, when not where it listens");
        doctor->callback([this] {
            backstage::BackstageConfig config;
            exit_code_ = 2;
            if (config_path().empty())
                fmt::print(stderr, "callboard: doctor: there is nothing to examine: name a file with --config FILE\n");
            else if (read_backstage(config))
                exit_code_ = examine(config, data_of(config), url_of(config));
        });
    }

    /// Where the plugin's backend keeps what is its own: as it was said; else in the data of `serve`, if the file is
    /// one for that.
    [[nodiscard]] std::string data_of(const backstage::BackstageConfig& config) const {
        if (!doctor_data_.empty()) return doctor_data_;
        return is_in_server(config) ? serve_.data : config.data;
    }

    [[nodiscard]] bool is_in_server(const backstage::BackstageConfig& config) const {
        bool is_named = app_.get_subcommand("serve")->get_option("--data")->count() > 0;
        return is_named || config.accounts.empty() ||
               std::ranges::any_of(config.accounts, &backstage::AccountConfig::local);
    }

    /// Where browsers reach the plugin's backend.
    [[nodiscard]] std::string url_of(const backstage::BackstageConfig& config) const {
        auto url = doctor_url_;
        if (url.empty() && is_in_server(config))
            url = serve_.public_url.empty() ? "http://" + listen_ : serve_.public_url;
        if (url.empty()) url = "http://" + config.listen;
        while (url.ends_with('/')) url.pop_back();
        return url.find('/', url.find("://") + 3) == std::string::npos ? url + std::string{backstage_prefix} : url;
    }

    [[nodiscard]] std::string config_path() const {
        const auto* option = app_.get_config_ptr();
        return option && option->count() > 0 ? option->as<std::string>() : std::string();
    }

    bool read_backstage(backstage::BackstageConfig& into) {
        auto path = config_path();
        auto config = backstage::read_config_file(path);
        if (!config) {
            for (const auto& problem : config.error().errors) fmt::print(stderr, "callboard: {}: {}\n", path, problem);
            return false;
        }
        into = *std::move(config);
        return true;
    }

    [[nodiscard]] net::AddressRule webhook_addresses() const {
        if (private_webhooks_) return net::AddressRule::any;
        std::vector<net::Network> networks;
        for (const auto& text : webhook_networks_) networks.push_back(*net::Network::parse(text));
        return net::AddressRule::public_and(std::move(networks));
    }

    /// The sections about sending have lists and secrets, which options of a command line cannot say.
    bool read_channels() {
        auto path = config_path();
        auto channels = channels::read_config_file(path);
        if (!channels) {
            for (const auto& problem : channels.error().errors)
                fmt::print(stderr, "callboard: {}: {}\n", path, problem);
            return false;
        }
        serve_.channels = *std::move(channels);
        return true;
    }

    /// The event of --event, which needs no routing key.
    bool read_event() {
        std::ifstream file(event_path_, std::ios::binary);
        std::string text(event_body_max_bytes + 1, '\0');
        file.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(file.gcount()));
        auto read = http::parse_event(text, std::string(routing_key_length, '0'));
        if (auto* event = std::get_if<Event>(&read)) {
            simulate_.event = std::move(*event);
            return true;
        }
        std::vector<std::string> problems{"is no event of at most 512 KB"};
        if (auto* found = std::get_if<http::Problems>(&read)) problems = found->errors;
        for (const auto& problem : problems) fmt::print(stderr, "callboard: --event: {}: {}\n", event_path_, problem);
        return false;
    }

    /// Where the account is: one of both.
    static void add_place(CLI::App& command, std::string& place) {
        auto* options = command.add_option_group("Account")->require_option(1);
        options->add_option("--data", place, "Directory of the embedded store");
        options->add_option("--store", place, "postgresql://…")->check(is_store_address);
    }

    void add_admin() {
        auto* admin = app_.add_subcommand("admin", "Act on the store directly, also while the server runs");
        admin->require_subcommand(1);
        auto* owner = admin->add_subcommand("create-owner", "Make the first account owner");
        add_place(*owner, owner_.data);
        owner->add_option("--name", owner_.name, "Name")->required();
        owner->add_option("--email", owner_.email, "E-mail")->required();
        owner->add_flag("--password-stdin", password_stdin_, "Read the password from standard input");
        owner->callback([this] {
            owner_.password = password_stdin_ ? read_password() : std::string{};
            exit_code_ = cli::create_owner(owner_);
        });
        auto* key = admin->add_subcommand("create-api-key", "Make a REST API key and print it");
        add_place(*key, key_.data);
        key->add_option("--description", key_.description, "What it is for")->required();
        key->add_flag("--read-only", key_.read_only, "It may read everything and write nothing");
        key->add_option("--user", key_.user, "E-mail of the user whose key it is; without it a general access key");
        key->callback([this] { exit_code_ = cli::create_api_key(key_); });
    }

    void add_simulate() {
        auto* verb = app_.add_subcommand("simulate", "Print who would be told of an incident, when and by which way");
        add_place(*verb, simulate_.data);
        verb->add_option("--service", simulate_.service, "Id or name of a service");
        verb->add_option("--policy", simulate_.policy, "Id or name of an escalation policy, instead of a service");
        verb->add_option("--orchestration", simulate_.orchestration, "Id or name of the one that the event goes to");
        verb->add_option("--event", event_path_, "File with an event of Events v2, for which event rules are asked");
        verb->add_option("--at", simulate_.at, "When it begins: 2026-10-25T02:30; without it now");
        verb->add_option("--zone", simulate_.zone, "Time zone of --at and of what is printed; else the account's");
        verb->add_option("--urgency", simulate_.urgency, "high or low; without it by the service's rule");
        verb->add_option("--severity", simulate_.severity, "Of the event: critical unless said otherwise");
        verb->add_option("--answer", simulate_.answers, "USER=SECONDS[:resolve]: who answers when; may be repeated");
        verb->add_option("--hours", simulate_.hours, "How far to look")->check(CLI::Range(1, 720));
        verb->fallthrough();
        verb->footer(
            "  --config FILE               Its sections say who carries messages: see docs/operate/sending.md");
        verb->callback([this] {
            exit_code_ = 2;
            if (!event_path_.empty() && !read_event()) return;
            if (!config_path().empty()) {
                if (!read_channels()) return;
                simulate_.channels = names_of_channels(serve_.channels);
            }
            exit_code_ = cli::simulate(simulate_);
        });
    }

    void add_why() {
        auto* verb = app_.add_subcommand("why", "Print why people were told of an incident, and why others were not");
        verb->add_option("incident", why_.incident, "Number or id of the incident")->required();
        add_place(*verb, why_.data);
        verb->add_option("--user", why_.user, "Only this person: id, e-mail or name");
        verb->callback([this] { exit_code_ = cli::why(why_); });
    }

    void add_heartbeat() {
        using Verb = HeartbeatCommand::Verb;
        auto* verbs = app_.add_subcommand("heartbeat", "Heartbeats of a server that runs: jobs that call in time");
        verbs->require_subcommand(1);
        verbs->add_option("--url", heartbeat_.url, "The server's address")->envname("CALLBOARD_URL");
        verbs->add_option("--key", heartbeat_.key, "A REST API key")->envname("CALLBOARD_API_KEY");
        auto add = [&](const char* name, const char* what, Verb verb) {
            auto* command = verbs->add_subcommand(name, what);
            // So that the address and the key may stand after the verb as well.
            command->fallthrough();
            command->callback([this, verb] {
                heartbeat_.verb = verb;
                exit_code_ = heartbeat(heartbeat_);
            });
            return command;
        };
        auto* list = add("list", "Print them with what is known of each", Verb::list);
        list->add_option("--service", heartbeat_.service, "Only this service's: id or name");
        auto* create = add("create", "Make one and print the address that the job calls", Verb::create);
        create->add_option("name", heartbeat_.heartbeat, "What it is called")->required();
        create->add_option("--service", heartbeat_.service, "Where its incidents open: id or name")->required();
        create->add_option("--every", heartbeat_.every, "How often the job calls: 90s, 30m, 24h, 7d")->required();
        create->add_option("--grace", heartbeat_.grace, "How much later a call may be; without it 60s");
        for (auto* command : {add("url", "Print the address that the job calls", Verb::url),
                              add("pause", "Expect no calls, and end what silence began", Verb::pause),
                              add("resume", "Expect calls again", Verb::resume),
                              add("delete", "End it and what its silence began", Verb::remove)})
            command->add_option("heartbeat", heartbeat_.heartbeat, "Id or name")->required();
    }

    CLI::App app_{"Callboard: incident response that speaks PagerDuty's APIs"};
    ServeConfig serve_;
    std::string listen_ = "127.0.0.1:8080";
    bool private_webhooks_ = false;
    std::vector<std::string> webhook_networks_;
    std::string new_users_;
    cli::CreateOwner owner_;
    cli::CreateApiKey key_;
    cli::Simulate simulate_;
    std::string event_path_;
    cli::Why why_;
    HeartbeatCommand heartbeat_;
    std::string doctor_data_;
    std::string doctor_url_;
    bool password_stdin_ = false;
    int exit_code_ = 0;
};

}  // namespace

}  // namespace callboard

int main(int argc, char** argv) {
    try {
        return callboard::CommandLine().run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "callboard: {}\n", error.what());
        return 1;
    }
}
