#include "daemon/heartbeat_command.h"

#include "base/time.h"
#include "net/http_client.h"

#include <charconv>
#include <stdexcept>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace callboard {

namespace {

namespace json = boost::json;

constexpr std::size_t page_size = 100;

/// What is printed on standard error, and the exit code.
struct Trouble : std::runtime_error {
    Trouble(int exit_code, const std::string& what) : std::runtime_error(what), code(exit_code) {}

    int code;
};

std::string text_in(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value && value->is_string() ? std::string{value->get_string()} : std::string{};
}

/// The API's envelope as one line.
std::string problem_in(const net::HttpResponse& response) {
    boost::system::error_code failed;
    auto body = json::parse(response.body, failed);
    const auto* envelope = failed || !body.is_object() ? nullptr : body.get_object().if_contains("error");
    if (!envelope || !envelope->is_object()) return fmt::format("the server answered {}", response.status);
    auto out = text_in(envelope->get_object(), "message");
    const auto* problems = envelope->get_object().if_contains("errors");
    if (problems && problems->is_array())
        for (const auto& problem : problems->get_array())
            if (problem.is_string()) out += fmt::format(". {}", std::string_view{problem.get_string()});
    return out;
}

class Rest {
public:
    explicit Rest(const HeartbeatCommand& command) : command_(command) {}

    json::object call(std::string method, const std::string& target, const json::value& body = nullptr) const {
        net::HttpRequest request;
        request.method = std::move(method);
        request.url = command_.url + target;
        request.headers = {{"Authorization", "Token token=" + command_.key}, {"Accept", "application/json"}};
        if (!body.is_null()) {
            request.headers.emplace_back("Content-Type", "application/json");
            request.body = json::serialize(body);
        }
        request.only_once = request.method != "GET";
        auto result = net::send_http(request);
        if (const auto* failure = std::get_if<net::Failure>(&result))
            throw Trouble(1, fmt::format("{}: {}", command_.url, failure->detail));
        const auto& response = std::get<net::HttpResponse>(result);
        if (response.status >= 300) throw Trouble(1, problem_in(response));
        if (response.body.empty()) return {};
        return json::parse(response.body).as_object();
    }

    /// All rows of a list that may be told by id or name; `query` narrows it.
    json::object named(std::string_view plural, const std::string& query, const std::string& wanted) const {
        std::vector<json::object> found;
        for (auto& row : all(plural, query)) {
            if (text_in(row, "id") == wanted) return row;
            if (text_in(row, "name") == wanted) found.push_back(std::move(row));
        }
        if (found.empty()) throw Trouble(1, fmt::format("there is nothing called {} among the {}", wanted, plural));
        if (found.size() > 1) throw Trouble(1, fmt::format("several {} are called {}: give the id", plural, wanted));
        return found.front();
    }

    std::vector<json::object> all(std::string_view plural, const std::string& query) const {
        std::vector<json::object> rows;
        for (bool more = true; more;) {
            auto page = call("GET", fmt::format("/{}?limit={}&offset={}{}", plural, page_size, rows.size(), query));
            for (auto& row : page.at(plural).as_array()) rows.push_back(std::move(row.as_object()));
            more = page.at("more").as_bool();
        }
        return rows;
    }

private:
    const HeartbeatCommand& command_;
};

std::int64_t seconds_in(const char* option, const std::string& text) {
    std::int64_t number = 0;
    auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    auto unit = std::string_view(end, static_cast<std::size_t>(text.data() + text.size() - end));
    constexpr std::pair<std::string_view, std::int64_t> units[] = {{"s", 1}, {"m", 60}, {"h", 3'600}, {"d", 86'400}};
    constexpr std::int64_t number_max = 1'000'000'000;
    if (failed == std::errc{} && number >= 0 && number <= number_max)
        for (auto [name, length] : units)
            if (unit == name) return number * length;
    throw Trouble(2, fmt::format("{}: {} is not a length of time such as 90s, 30m, 24h or 7d", option, text));
}

/// "1d", "36h", "90s".
std::string length_in_words(std::int64_t total) {
    if (total > 0 && total % 86'400 == 0) return fmt::format("{}d", total / 86'400);
    if (total > 0 && total % 3'600 == 0) return fmt::format("{}h", total / 3'600);
    if (total > 0 && total % 60 == 0) return fmt::format("{}m", total / 60);
    return fmt::format("{}s", total);
}

void print_row(const json::object& row) {
    auto last = text_in(row, "last_beat_at");
    fmt::print("{}  {:<8} {}  ({}, every {}, last call {})\n",
               text_in(row, "id"),
               text_in(row, "status"),
               text_in(row, "name"),
               text_in(row.at("service").as_object(), "summary"),
               length_in_words(row.at("interval_seconds").to_number<std::int64_t>()),
               last.empty() ? "never" : last);
}

/// The address alone on its line, for scripts.
void print_url(const json::object& row) {
    auto url = text_in(row, "call_url");
    if (url.empty()) throw Trouble(1, "this key may not see the address: it needs one that may manage the service");
    fmt::print("{}\n", url);
}

std::string id_of_service(const Rest& rest, const std::string& service) {
    return text_in(rest.named("services", "", service), "id");
}

void create(const Rest& rest, const HeartbeatCommand& command) {
    json::object body{
        {"name", command.heartbeat},
        {"interval_seconds", seconds_in("--every", command.every)},
        {"service", json::object{{"id", id_of_service(rest, command.service)}, {"type", "service_reference"}}}};
    if (!command.grace.empty()) body["grace_seconds"] = seconds_in("--grace", command.grace);
    auto made = rest.call("POST", "/heartbeats", json::object{{"heartbeat", std::move(body)}});
    print_url(made.at("heartbeat").as_object());
}

void act(const HeartbeatCommand& command) {
    if (command.key.empty()) throw Trouble(2, "--key: give a REST API key, or set CALLBOARD_API_KEY");
    Rest rest(command);
    if (command.verb == HeartbeatCommand::Verb::list) {
        auto query = command.service.empty() ? std::string{} : "&service_ids[]=" + id_of_service(rest, command.service);
        for (const auto& row : rest.all("heartbeats", query)) print_row(row);
        return;
    }
    if (command.verb == HeartbeatCommand::Verb::create) return create(rest, command);
    auto row = rest.named("heartbeats", "", command.heartbeat);
    auto target = "/heartbeats/" + text_in(row, "id");
    switch (command.verb) {
    case HeartbeatCommand::Verb::list:
    case HeartbeatCommand::Verb::create: return;
    case HeartbeatCommand::Verb::url: return print_url(row);
    case HeartbeatCommand::Verb::pause:
    case HeartbeatCommand::Verb::resume: {
        bool paused = command.verb == HeartbeatCommand::Verb::pause;
        rest.call("PUT", target, json::object{{"heartbeat", json::object{{"paused", paused}}}});
        return;
    }
    case HeartbeatCommand::Verb::remove: rest.call("DELETE", target); return;
    }
}

}  // namespace

int heartbeat(const HeartbeatCommand& command) {
    try {
        auto plain = command;
        while (plain.url.ends_with('/')) plain.url.pop_back();
        act(plain);
        return 0;
    } catch (const Trouble& trouble) {
        fmt::print(stderr, "callboard: {}\n", trouble.what());
        return trouble.code;
    } catch (const std::exception&) {
        fmt::print(stderr, "callboard: {} does not answer as Callboard does\n", command.url);
        return 1;
    }
}

}  // namespace callboard
