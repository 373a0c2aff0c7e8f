#include "http/events_v2/enqueue.h"

#include "base/json_text.h"
#include "http/events_v2/parse.h"

namespace callboard::http {

namespace {

enum class Version { v1, v2 };

Response event_answer(int status, std::string body) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    response.any_origin = true;
    return response;
}

/// {"status":…,"message":…,"errors":[…]}
Response failure(int status, std::string_view word, std::string_view message, const std::vector<std::string>& errors) {
    std::string body = R"({"status":)";
    append_json_text(body, word);
    body += R"(,"message":)";
    append_json_text(body, message);
    body += R"(,"errors":)";
    char before = '[';
    for (const auto& error : errors) {
        body += before;
        append_json_text(body, error);
        before = ',';
    }
    body += errors.empty() ? "[]}" : "]}";
    auto response = event_answer(status, std::move(body));
    if (status == 429 || status == 503 || status == 403) response.headers.emplace_back("Retry-After", "1");
    return response;
}

Response unreadable() {
    return failure(400, "Unrecognized object", "Event object format is unrecognized", {"JSON parse error"});
}

Response invalid(const std::vector<std::string>& errors) {
    return failure(400, "invalid event", "Event object is invalid", errors);
}

Response overloaded() {
    return failure(
        503, "unavailable", "The server cannot store events right now. Please retry later.", {"Service unavailable"});
}

Response refused(const Error& error, Version version) {
    if (error.kind == ErrorKind::too_many_requests)
        // v1 clients retry on 403, not on 429.
        return failure(version == Version::v1 ? 403 : 429, "throttle exceeded", error.message, error.errors);
    return invalid(error.errors);
}

Response accepted(Version version, std::string_view dedup_key) {
    std::string body = R"({"status":"success","message":"Event processed",)";
    body += version == Version::v1 ? R"("incident_key":)" : R"("dedup_key":)";
    append_json_text(body, dedup_key);
    body += '}';
    return event_answer(version == Version::v1 ? 200 : 202, std::move(body));
}

class EventDecision final : public Decision {
public:
    EventDecision(const Site& site, Event event, Version version, std::shared_ptr<Responder> responder)
        : site_(site), event_(std::move(event)), now_(site.clock.now()), version_(version),
          responder_(std::move(responder)) {}

    [[nodiscard]] Timestamp now() const override { return now_; }

    bool run(Tx& tx) override {
        refusal_.reset();
        auto result = accept_event(tx, site_.desk, site_.event_limits, event_);
        if (!result) refusal_ = result.error();
        return result.ok();
    }

    void complete(std::exception_ptr failed) noexcept override {
        if (failed)
            responder_->send_with_next_wake(overloaded());
        else if (refusal_)
            responder_->send_with_next_wake(refused(*refusal_, version_));
        else
            responder_->send_with_next_wake(accepted(version_, event_.dedup_key));
    }

private:
    const Site& site_;
    Event event_;
    Timestamp now_;
    Version version_;
    std::shared_ptr<Responder> responder_;
    std::optional<Error> refusal_;
};

class ChangeEventDecision final : public Decision {
public:
    ChangeEventDecision(const Site& site, ChangeEventInput input, std::shared_ptr<Responder> responder)
        : site_(site), input_(std::move(input)), now_(site.clock.now()), responder_(std::move(responder)) {}

    [[nodiscard]] Timestamp now() const override { return now_; }

    bool run(Tx& tx) override {
        refusal_.reset();
        auto result = accept_change_event(tx, site_.desk, input_);
        if (!result) refusal_ = result.error();
        return result.ok();
    }

    void complete(std::exception_ptr failed) noexcept override {
        if (failed)
            responder_->send_with_next_wake(overloaded());
        else if (refusal_)
            responder_->send_with_next_wake(refused(*refusal_, Version::v2));
        else
            responder_->send_with_next_wake(
                event_answer(202, R"({"status":"success","message":"Change event processed"})"));
    }

private:
    const Site& site_;
    ChangeEventInput input_;
    Timestamp now_;
    std::shared_ptr<Responder> responder_;
    std::optional<Error> refusal_;
};

void submit(const Site& site, std::unique_ptr<Decision> decision, const std::shared_ptr<Responder>& responder) {
    if (!site.store.submit(decision)) responder->send(overloaded());
}

enum class EventPath { none, v2, change, v1 };

EventPath event_path(std::string_view target) {
    target = target.substr(0, target.find('?'));
    if (target.size() > 1 && target.ends_with('/')) target.remove_suffix(1);
    if (target == "/v2/enqueue") return EventPath::v2;
    if (target == "/v2/change/enqueue") return EventPath::change;
    if (target == "/generic/2010-04-15/create_event.json") return EventPath::v1;
    return EventPath::none;
}

}  // namespace

bool EventsApi::is_event_path(std::string_view target) { return event_path(target) != EventPath::none; }

Response EventsApi::refusal(std::string_view, int status, std::string_view why) {
    // Too large a body is a 400 here: that is what integrators report.
    if (status == 413) return invalid({"Event object is too large (maximum is 512 KB)"});
    return failure(status, status >= 500 ? "unavailable" : "invalid event", why, {std::string{why}});
}

bool EventsApi::handle(Message& message, const std::shared_ptr<Responder>& responder) {
    auto path = event_path(message.target());
    if (path == EventPath::none) return false;
    if (message.method() == "OPTIONS") {
        Response response;
        response.status = 204;
        response.headers = {{"Access-Control-Allow-Origin", "*"},
                            {"Access-Control-Allow-Methods", "POST, OPTIONS"},
                            {"Access-Control-Allow-Headers", "Content-Type, Accept, X-Routing-Key, Authorization"},
                            {"Access-Control-Max-Age", "86400"}};
        responder->send(std::move(response));
        return true;
    }
    if (message.method() != "POST") {
        auto response = failure(405, "method not allowed", "Events are sent by POST", {"Method not allowed"});
        response.headers.emplace_back("Allow", "POST, OPTIONS");
        responder->send(std::move(response));
        return true;
    }
    if (message.body().size() > event_body_max_bytes) {
        responder->send(refusal(message.target(), 413, ""));
        return true;
    }
    switch (path) {
    case EventPath::none: return false;
    case EventPath::v2: enqueue(message, responder); return true;
    case EventPath::change: enqueue_change(message, responder); return true;
    case EventPath::v1: enqueue_v1(message, responder); return true;
    }
    return false;
}

void EventsApi::enqueue(Message& message, const std::shared_ptr<Responder>& responder) {
    auto parsed = parse_event(message.body(), message.header("X-Routing-Key"));
    if (std::holds_alternative<Unreadable>(parsed)) return responder->send(unreadable());
    if (const auto* problems = std::get_if<Problems>(&parsed)) return responder->send(invalid(problems->errors));
    auto& event = std::get<Event>(parsed);
    submit(site_, std::make_unique<EventDecision>(site_, std::move(event), Version::v2, responder), responder);
}

void EventsApi::enqueue_change(Message& message, const std::shared_ptr<Responder>& responder) {
    auto parsed = parse_change_event(message.body(), message.header("X-Routing-Key"));
    if (std::holds_alternative<Unreadable>(parsed)) return responder->send(unreadable());
    if (const auto* problems = std::get_if<Problems>(&parsed)) return responder->send(invalid(problems->errors));
    auto& input = std::get<ChangeEventInput>(parsed);
    submit(site_, std::make_unique<ChangeEventDecision>(site_, std::move(input), responder), responder);
}

void EventsApi::enqueue_v1(Message& message, const std::shared_ptr<Responder>& responder) {
    auto parsed = parse_event_v1(message.body());
    if (std::holds_alternative<Unreadable>(parsed)) return responder->send(unreadable());
    if (const auto* problems = std::get_if<Problems>(&parsed)) return responder->send(invalid(problems->errors));
    auto& event = std::get<Event>(parsed);
    submit(site_, std::make_unique<EventDecision>(site_, std::move(event), Version::v1, responder), responder);
}

}  // namespace callboard::http
