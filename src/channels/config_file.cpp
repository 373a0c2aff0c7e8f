#include "channels/config_file.h"

#include "base/config_text.h"
#include "channels/mail_text.h"
#include "channels/text.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>
#include <toml++/toml.h>

namespace callboard::channels {

namespace {

constexpr std::string_view twilio_api = "https://api.twilio.com";
constexpr std::string_view slack_api = "https://slack.com/api";
constexpr std::string_view telegram_api = "https://api.telegram.org";
/// Providers that are tried one after the other; with more, a page would be late before it is given up.
constexpr std::size_t providers_max = 4;
/// The most that a limit can say.
constexpr int messages_max = 10'000;

/// Reads one section; remembers what is wrong and which keys were asked for.
class Section {
public:
    Section(const toml::table& table, std::string name, std::vector<std::string>& problems)
        : table_(table), name_(std::move(name)), problems_(problems) {}

    void problem(std::string_view key, std::string_view what) {
        problems_.push_back(fmt::format("{}: {}: {}", name_, key, what));
    }

    std::string text(std::string_view key) {
        known_.emplace_back(key);
        const auto* node = table_.get(key);
        if (!node) return {};
        const auto* value = node->as_string();
        if (!value) {
            problem(key, "must be text in quotes");
            return {};
        }
        if (value->get().find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
            problem(key, "must be one line");
            return {};
        }
        return value->get();
    }

    bool flag(std::string_view key, bool unless_given) {
        known_.emplace_back(key);
        const auto* node = table_.get(key);
        if (!node) return unless_given;
        const auto* value = node->as_boolean();
        if (!value) problem(key, "must be true or false, without quotes");
        return value ? value->get() : unless_given;
    }

    /// A whole number from 1 to `max`; 0 where it is not given.
    int count(std::string_view key, int max) {
        known_.emplace_back(key);
        const auto* node = table_.get(key);
        if (!node) return 0;
        const auto* value = node->as_integer();
        if (value && value->get() >= 1 && value->get() <= max) return static_cast<int>(value->get());
        problem(key, fmt::format("must be a whole number from 1 to {}", max));
        return 0;
    }

    std::string required(std::string_view key) {
        auto value = text(key);
        if (value.empty() && (!table_.contains(key) || table_.get(key)->is_string())) problem(key, "is missing");
        return value;
    }

    /// From the environment if it is there, else from the file.
    std::string secret(std::string_view key, const std::string& variable, const Environment& environment) {
        auto in_file = text(key);
        auto value = environment(variable).value_or(in_file);
        if (value.find_first_of("\r\n") == std::string::npos) return value;
        problem(key, "must be one line, also in " + variable);
        return {};
    }

    /// An address that begins with one of the schemes and has a host; a slash at its end is dropped.
    void check_url(std::string_view key, std::string& url, std::initializer_list<std::string_view> schemes) {
        if (url.empty()) return;
        std::string wanted;
        for (auto scheme : schemes) {
            if (url.starts_with(scheme) && url.size() > scheme.size() && url[scheme.size()] != '/' &&
                url.find_first_of(" \t") == std::string::npos) {
                while (url.ends_with('/')) url.pop_back();
                return;
            }
            wanted += (wanted.empty() ? "" : " or ") + std::string(scheme) + "HOST";
        }
        problem(key, "must be " + wanted);
    }

    void refuse_unknown_keys() {
        for (const auto& entry : table_)
            if (std::find(known_.begin(), known_.end(), entry.first.str()) == known_.end())
                problem(entry.first.str(),
                        "is not a key of this section; those are " + fmt::format("{}", fmt::join(known_, ", ")));
    }

private:
    const toml::table& table_;
    std::string name_;
    std::vector<std::string>& problems_;
    std::vector<std::string> known_;
};

std::string read_ca_file(Section& section) {
    auto path = section.text("ca-file");
    if (!path.empty() && !std::ifstream(path)) section.problem("ca-file", "cannot be read");
    return path;
}

LimitConfig read_limit(Section& section) {
    return {.per_second = section.count("per-second", messages_max),
            .per_minute = section.count("per-minute", messages_max),
            .at_once = section.count("at-once", messages_max)};
}

EmailConfig read_email(Section section, const std::string& variable, const Environment& environment) {
    EmailConfig email;
    email.smtp_url = section.required("smtp-url");
    section.check_url("smtp-url", email.smtp_url, {"smtp://", "smtps://"});
    email.from = section.required("from");
    if (!email.from.empty() && !read_sender(email.from))
        section.problem("from", "must be an address, as pages@example.com or Callboard <pages@example.com>");
    email.username = section.text("username");
    email.password = section.secret("password", variable, environment);
    if (!email.username.empty() && email.password.empty())
        section.problem("password", "is missing; it may also stand in " + variable);
    auto starttls = section.text("starttls");
    if (starttls == "none")
        email.starttls = net::Starttls::none;
    else if (starttls == "optional")
        email.starttls = net::Starttls::optional;
    else if (!starttls.empty() && starttls != "required")
        section.problem("starttls", "must be required, optional or none");
    email.ca_file = read_ca_file(section);
    email.limit = read_limit(section);
    section.refuse_unknown_keys();
    return email;
}

void read_twilio(Section& section, TelephoneConfig& provider, bool may_be_service, const std::string& variable) {
    provider.account_sid = section.required("account-sid");
    bool is_sid = provider.account_sid.size() <= 64 &&
                  std::all_of(provider.account_sid.begin(), provider.account_sid.end(), [](char c) {
                      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                  });
    if (!is_sid) section.problem("account-sid", "must be letters and digits");
    provider.from = section.required("from");
    if (!may_be_service && !provider.from.empty() && !is_phone_number(provider.from))
        section.problem("from", "must be a phone number as +15550100000");
    if (provider.token.empty()) section.problem("token", "is missing; it may also stand in " + variable);
}

TelephoneConfig
read_telephone(Section section, std::string_view kind, const std::string& prefix, const Environment& environment) {
    TelephoneConfig provider;
    auto by = section.required("kind");
    auto variable = prefix + "TOKEN";
    provider.token = section.secret("token", variable, environment);
    if (by == "twilio") {
        provider.kind = TelephoneConfig::Kind::twilio;
        provider.url = section.text("url");
        if (provider.url.empty()) provider.url = twilio_api;
        read_twilio(section, provider, /*may_be_service=*/kind == "sms", variable);
        provider.callbacks = section.flag("callbacks", true);
        if (kind == "phone") provider.detect_voicemail = section.flag("detect-voicemail", true);
    } else if (by == "gateway") {
        provider.kind = TelephoneConfig::Kind::gateway;
        provider.url = section.required("url");
        provider.secret = section.secret("secret", prefix + "SECRET", environment);
    } else {
        // What else belongs here depends on the kind, so nothing else is said about this section.
        if (!by.empty()) section.problem("kind", "must be twilio or gateway");
        return provider;
    }
    section.check_url("url", provider.url, {"https://", "http://"});
    provider.ca_file = read_ca_file(section);
    provider.limit = read_limit(section);
    section.refuse_unknown_keys();
    return provider;
}

PushConfig read_push(Section section, const std::string& variable, const Environment& environment) {
    PushConfig push;
    push.server = section.required("server");
    section.check_url("server", push.server, {"https://", "http://"});
    push.token = section.secret("token", variable, environment);
    push.ca_file = read_ca_file(section);
    push.limit = read_limit(section);
    section.refuse_unknown_keys();
    return push;
}

/// The sections that are tried one after the other.
template <class Provider, class Read>
std::vector<Provider>
read_providers(const toml::table& file, std::string_view kind, std::vector<std::string>& problems, const Read& read) {
    std::vector<Provider> providers;
    const auto* node = file.get(kind);
    if (!node) return providers;
    const auto* list = node->as_array();
    if (!list || list->size() > providers_max) {
        problems.push_back(fmt::format("{0}: must be at most {1} sections [[{0}]]", kind, providers_max));
        return providers;
    }
    for (const auto& entry : *list) {
        auto number = providers.size() + 1;
        const auto* table = entry.as_table();
        if (!table) {
            problems.push_back(fmt::format("{0} {1}: must be a section [[{0}]]", kind, number));
            return providers;
        }
        providers.push_back(
            read(Section(*table, fmt::format("{} {}", kind, number), problems), fmt::format("{}_", number)));
    }
    return providers;
}

/// The same, but whoever has one alone may write it as [email].
template <class Provider, class Read>
std::vector<Provider>
read_one_or_more(const toml::table& file, std::string_view kind, std::vector<std::string>& problems, const Read& read) {
    if (const auto* node = file.get(kind); node && node->is_table())
        return {read(Section(*node->as_table(), std::string{kind}, problems), std::string{})};
    return read_providers<Provider>(file, kind, problems, read);
}

/// A chat's API, with a secret that is needed to send and one that is needed to be called back.
struct ChatKeys {
    std::string_view api;
    std::string_view prefix;
    std::string_view secret;
};

template <class Chat>
Chat read_chat(Section section, const ChatKeys& keys, std::string Chat::*secret, const Environment& environment) {
    Chat chat;
    chat.url = section.text("url");
    if (chat.url.empty()) chat.url = keys.api;
    section.check_url("url", chat.url, {"https://", "http://"});
    auto variable = fmt::format("CALLBOARD_{}_TOKEN", keys.prefix);
    chat.token = section.secret("token", variable, environment);
    if (chat.token.empty()) section.problem("token", "is missing; it may also stand in " + variable);
    std::string upper{keys.secret};
    for (auto& c : upper) c = c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    chat.*secret = section.secret(keys.secret, fmt::format("CALLBOARD_{}_{}", keys.prefix, upper), environment);
    chat.ca_file = read_ca_file(section);
    chat.limit = read_limit(section);
    section.refuse_unknown_keys();
    return chat;
}

const toml::table* section_of(const toml::table& file, std::string_view name, std::vector<std::string>& problems) {
    const auto* node = file.get(name);
    if (!node) return nullptr;
    if (!node->is_table()) problems.push_back(fmt::format("{0}: must be a section [{0}]", name));
    return node->as_table();
}

Error invalid_file(std::vector<std::string> problems) {
    auto message = fmt::format("{}", fmt::join(problems, "; "));
    return {ErrorKind::invalid, 0, std::move(message), std::move(problems)};
}

}  // namespace

Result<Config> read_config(std::string_view toml, const Environment& environment) {
    toml::table file;
    try {
        file = toml::parse(toml);
    } catch (const toml::parse_error& error) {
        // The description only: the line itself may hold a secret.
        return invalid_file({fmt::format("line {}: {}", error.source().begin.line, error.description())});
    }
    Config config;
    std::vector<std::string> problems;
    // `number` is "2_" for the second of several.
    auto email = [&](Section section, const std::string& number) {
        return read_email(std::move(section), fmt::format("CALLBOARD_EMAIL_{}PASSWORD", number), environment);
    };
    auto sms = [&](Section section, const std::string& number) {
        return read_telephone(std::move(section), "sms", fmt::format("CALLBOARD_SMS_{}", number), environment);
    };
    auto phone = [&](Section section, const std::string& number) {
        return read_telephone(std::move(section), "phone", fmt::format("CALLBOARD_PHONE_{}", number), environment);
    };
    auto push = [&](Section section, const std::string& number) {
        return read_push(std::move(section), fmt::format("CALLBOARD_PUSH_{}TOKEN", number), environment);
    };
    config.email = read_one_or_more<EmailConfig>(file, "email", problems, email);
    config.sms = read_providers<TelephoneConfig>(file, "sms", problems, sms);
    config.phone = read_providers<TelephoneConfig>(file, "phone", problems, phone);
    config.push = read_one_or_more<PushConfig>(file, "push", problems, push);
    if (const auto* slack = section_of(file, "slack", problems))
        config.slack = read_chat<SlackConfig>(Section(*slack, "slack", problems),
                                              {slack_api, "SLACK", "signing-secret"},
                                              &SlackConfig::signing_secret,
                                              environment);
    if (const auto* telegram = section_of(file, "telegram", problems))
        config.telegram = read_chat<TelegramConfig>(Section(*telegram, "telegram", problems),
                                                    {telegram_api, "TELEGRAM", "secret"},
                                                    &TelegramConfig::secret,
                                                    environment);
    if (!problems.empty()) return invalid_file(std::move(problems));
    return config;
}

Result<Config> read_config_file(const std::string& path) {
    if (path.empty()) return Config{};
    TRY(auto text, read_config_text(path));
    return read_config(text, [](const std::string& name) -> std::optional<std::string> {
        // Asked while the program starts and has one thread. NOLINTNEXTLINE(concurrency-mt-unsafe)
        const char* value = std::getenv(name.c_str());
        if (!value || !*value) return std::nullopt;
        return std::string(value);
    });
}

}  // namespace callboard::channels
