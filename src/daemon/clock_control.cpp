#include "daemon/clock_control.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace callboard {

namespace {

/// A test that waits longer than that for a provider is lost in any case.
constexpr std::chrono::seconds settled_within{60};

bool is_true(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value && value->is_bool() && value->get_bool();
}

std::int64_t whole_number(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value && value->is_int64() ? value->get_int64() : 0;
}

}  // namespace

http::Response ClockControl::answer(const http::Copied& copied) const {
    http::Response response;
    boost::system::error_code failed;
    auto body = boost::json::parse(copied.body, failed);
    const auto* object = failed ? nullptr : body.if_object();
    const auto* by = object ? object->if_contains("advance_seconds") : nullptr;
    if (!by || !by->is_int64() || by->get_int64() < 0) {
        response.status = 400;
        response.body = R"({"error":{"message":"Invalid Input Provided","code":2001,)"
                        R"("errors":["advance_seconds must be a whole number of seconds"]}})";
        return response;
    }
    clock.set_back(seconds{whole_number(*object, "set_back_seconds")});
    bool settles = is_true(*object, "settle");
    bool jumps = is_true(*object, "jump");
    auto length = seconds{by->get_int64()};
    if (jumps) clock.advance(length);
    engine.advance(clock, jumps ? Duration{0} : length, [&] {
        if (!settles) return;
        pages.settle(settled_within);
        hooks.settle(settled_within);
    });
    response.body = fmt::format(R"({{"now":"{}"}})", format_iso8601(clock.now()));
    return response;
}

}  // namespace callboard
