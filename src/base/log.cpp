#include "base/log.h"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace callboard::log {

namespace {

spdlog::logger& logger() {
    static const auto instance = [] {
        auto created = std::make_shared<spdlog::logger>("callboard", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        created->set_pattern("%v");
        created->flush_on(spdlog::level::info);
        return created;
    }();
    return *instance;
}

void append_escaped(std::string& out, std::string_view text) {
    for (char c : text) {
        auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20) {
            out += fmt::format("\\u{:04x}", byte);
        } else {
            out += c;
        }
    }
}

void write(spdlog::level::level_enum level, std::string_view event, std::initializer_list<Field> fields) {
    if (!logger().should_log(level)) return;
    auto now = std::chrono::system_clock::now();
    auto second = std::chrono::system_clock::to_time_t(now);
    auto milli = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
    std::tm parts{};
    gmtime_r(&second, &parts);
    char stamp[32];
    auto size = std::strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &parts);
    auto line = fmt::format(R"({{"time":"{}.{:03}Z","level":"{}","event":"{}")",
                            std::string_view{stamp, size},
                            milli,
                            spdlog::level::to_string_view(level),
                            event);
    for (const auto& [key, value] : fields) {
        line += fmt::format(R"(,"{}":")", key);
        append_escaped(line, value);
        line += '"';
    }
    line += '}';
    logger().log(level, line);
}

}  // namespace

void set_level(Level level) {
    switch (level) {
    case Level::debug: logger().set_level(spdlog::level::debug); return;
    case Level::info: logger().set_level(spdlog::level::info); return;
    case Level::warn: logger().set_level(spdlog::level::warn); return;
    case Level::error: logger().set_level(spdlog::level::err); return;
    case Level::off: logger().set_level(spdlog::level::off); return;
    }
}

void debug(std::string_view event, std::initializer_list<Field> fields) { write(spdlog::level::debug, event, fields); }

void info(std::string_view event, std::initializer_list<Field> fields) { write(spdlog::level::info, event, fields); }

void warn(std::string_view event, std::initializer_list<Field> fields) { write(spdlog::level::warn, event, fields); }

void error(std::string_view event, std::initializer_list<Field> fields) { write(spdlog::level::err, event, fields); }

}  // namespace callboard::log
