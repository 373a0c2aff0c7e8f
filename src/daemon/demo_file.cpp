#include "daemon/demo_file.h"

#include "app/demo.h"
#include "base/log.h"

#include <stdexcept>

#include <boost/json.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace callboard {

namespace {

namespace json = boost::json;

json::object describe(const http::Site& site, const DemoAccount& account) {
    json::object out;
    out["base_url"] = site.public_url;
    out["api_key"] = account.api_key;
    out["read_only_api_key"] = account.read_only_api_key;
    out["owner"] = json::object{{"email", account.owner_email}, {"password", account.owner_password}};
    auto& services = out["services"].emplace_array();
    for (const auto& [id, name, key] : account.services)
        services.push_back(json::object{{"id", site.ids.text(id)},
                                        {"name", name},
                                        {"integration_key", key.empty() ? json::value(nullptr) : json::value(key)}});
    auto& users = out["users"].emplace_array();
    for (const auto& [id, name, email] : account.users)
        users.push_back(json::object{{"id", site.ids.text(id)}, {"name", name}, {"email", email}});
    auto& policies = out["escalation_policies"].emplace_array();
    for (const auto& [id, name] : account.escalation_policies)
        policies.push_back(json::object{{"id", site.ids.text(id)}, {"name", name}});
    auto& schedules = out["schedules"].emplace_array();
    for (const auto& [id, name] : account.schedules)
        schedules.push_back(json::object{{"id", site.ids.text(id)}, {"name", name}});
    return out;
}

std::string path_in(const std::string& directory) { return directory + "/demo.json"; }

/// The file holds secrets: it is never readable by others, not even while it is written.
void write_private(const std::string& path, std::string_view text) {
    int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) throw std::runtime_error(fmt::format("cannot create {}", path));
    bool kept = ::fchmod(file, 0600) == 0;
    while (kept && !text.empty()) {
        auto written = ::write(file, text.data(), text.size());
        kept = written > 0;
        if (kept) text.remove_prefix(static_cast<std::size_t>(written));
    }
    kept = ::close(file) == 0 && kept;
    if (!kept) throw std::runtime_error(fmt::format("cannot write {}", path));
}

}  // namespace

void make_demo(const http::Site& site, const Account& account, const std::string& directory, Timestamp now) {
    auto filled = fill_demo(site.store, site.desk, account, now);
    if (!filled) throw std::runtime_error("the demonstration account: " + filled.error().message);
    auto path = path_in(directory);
    write_private(path, json::serialize(describe(site, *filled)) + "\n");
    log::info("demo.ready", {{"file", path}});
}

void keep_demo(const http::Site& site, const std::string& directory) {
    if (site.demo)
        log::info("demo.kept", {{"file", path_in(directory)}});
    else
        log::warn("demo.left_out", {{"why", "the store was used before; use an empty data directory"}});
}

}  // namespace callboard
