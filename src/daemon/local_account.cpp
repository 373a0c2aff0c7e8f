#include "daemon/local_account.h"

#include "app/ingest.h"
#include "http/events_v2/parse.h"
#include "http/kit/standing.h"

namespace callboard {

namespace {

class LocalIdentity final : public backstage::Identity {
public:
    explicit LocalIdentity(http::Actor known) : actor(std::move(known)) {}

    [[nodiscard]] std::string view() const override {
        return actor.user ? std::to_string(actor.user->id.value) : std::string{};
    }

    const http::Actor actor;
};

struct Found {
    std::optional<http::Actor> actor;
    backstage::Refusal refusal;
};

/// What a key may do here at most. On services of the account in this process REST decides further, by team.
backstage::Permissions permissions_of(Tx& tx, const http::Actor& actor) {
    using backstage::Action;
    backstage::Permissions may;
    auto standing = http::load_standing(tx, actor);
    auto somewhere = [&](Need need) { return !actor.user || may_somewhere(standing, need); };
    may[Action::view] = somewhere(Need::view);
    if (actor.read_only) return may;
    may[Action::trigger] = may[Action::respond] = somewhere(Need::respond);
    may[Action::map] = may[Action::configure] = somewhere(Need::manage);
    return may;
}

Found actor_of(const http::Site& site, std::string_view authorization, Timestamp now) {
    constexpr std::string_view token = "Token token=";
    constexpr std::string_view bearer = "Bearer ";
    std::string header;
    if (authorization.starts_with(token))
        header = authorization;
    else if (authorization.starts_with(bearer))
        header = std::string{token}.append(authorization.substr(bearer.size()));
    else
        return {std::nullopt, {backstage::Refusal::Kind::missing_credentials}};
    auto actor = site.store.read(now, [&](Tx& tx) { return http::authenticate(tx, site, header); });
    if (!actor) return {std::nullopt, {backstage::Refusal::Kind::illegal_token}};
    return {std::move(actor).value(), {}};
}

/// Somebody whom Backstage vouches for; `email` is empty when a change is made for nobody in particular.
http::Actor actor_for(const http::Site& site, const std::string& email) {
    auto actor = http::Actor::guest();
    if (email.empty()) return actor;
    auto user = site.store.read(site.clock.now(), [&](Tx& tx) {
        return Result<std::optional<User>>(tx.first(Query<User>().where(&User::email, email)));
    });
    if (user && *user && !(*user)->deleted_at) actor.user = *user;
    return actor;
}

}  // namespace

/// Nothing to wait for but the store, so the deadline only stops a chain of calls.
backstage::Answer LocalUpstream::call(const backstage::Question& question) {
    using backstage::Answer;
    if (std::chrono::steady_clock::now() >= question.deadline) return {Answer::End::late};
    auto now = local_.site.clock.now();
    const auto* identity = dynamic_cast<const LocalIdentity*>(question.identity.get());
    auto actor = identity ? identity->actor : actor_for(local_.site, question.from);
    auto from = actor.user ? actor.user->email : question.from;
    auto answer =
        local_.rest.dispatch(std::move(actor), question.method, question.target, question.body, std::move(from));
    return {.end = Answer::End::answered, .status = answer.status, .body = std::move(answer.body), .as_of = now};
}

backstage::Answer LocalUpstream::send_change(const boost::json::object& event, backstage::Deadline) {
    using backstage::Answer;
    auto now = local_.site.clock.now();
    auto refused = [&](const std::vector<std::string>& why) {
        boost::json::object body{{"errors", boost::json::array(why.begin(), why.end())}};
        return Answer{.end = Answer::End::answered, .status = 400, .body = std::move(body), .as_of = now};
    };
    auto text = boost::json::serialize(event);
    auto parsed = http::parse_change_event(text, {});
    if (const auto* problems = std::get_if<http::Problems>(&parsed)) return refused(problems->errors);
    const auto* input = std::get_if<ChangeEventInput>(&parsed);
    if (!input) return refused({"JSON parse error"});
    auto told =
        local_.site.store.decide(now, [&](Tx& tx) { return accept_change_event(tx, local_.site.desk, *input); });
    if (!told) return refused(told.error().errors);
    return {.end = Answer::End::answered, .status = 202, .body = boost::json::object{}, .as_of = now};
}

std::variant<backstage::Caller, backstage::Refusal> ApiKeys::authenticate(std::string_view authorization,
                                                                          Timestamp now) {
    auto found = actor_of(site_, authorization, now);
    if (!found.actor) {
        if (!site_.demo) return found.refusal;
        found.actor = http::Actor::guest();
    }
    auto& actor = *found.actor;
    backstage::Caller caller;
    caller.may = site_.store.read(now, [&](Tx& tx) { return permissions_of(tx, actor); });
    if (!caller.may.may(backstage::Action::view)) return backstage::Refusal{backstage::Refusal::Kind::not_allowed};
    caller.identity = std::make_shared<LocalIdentity>(std::move(actor));
    return caller;
}

}  // namespace callboard
