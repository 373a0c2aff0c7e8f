#include "app/account.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/secret.h"
#include "http/console/console.h"
#include "http/console/style.h"
#include "http/rest_v2/resources.h"

#include <doctest/doctest.h>

using namespace callboard;
using namespace callboard::http;

namespace {

class FixedClock final : public Clock {
public:
    [[nodiscard]] Timestamp now() const override { return at; }

    Timestamp at = from_micros(1'792'454'400'000'000);
};

constexpr const char* password = "correct horse battery";
constexpr const char* attack = R"(<script>alert("x")</script>&'<img src=x onerror=alert(1)>)";

/// An account with an owner, and a service with one open incident, whose texts all attack.
struct World {
    FixedClock clock;
    Desk desk;
    Store store{{.path = ":memory:"}};
    Account account;
    Site site;
    Router rest;
    Console console;
    Service service;
    IncidentId incident;

    explicit World(bool demo = false, std::string public_url = "http://callboard.test")
        : account(open(store, clock.now())), site{.store = store,
                                                  .desk = desk,
                                                  .clock = clock,
                                                  .ids = PublicIds(account.ids_key),
                                                  .public_url = std::move(public_url),
                                                  .hash_key = account.hash_key,
                                                  .event_limits = {},
                                                  .demo = demo},
          rest(site, rest_routes()), console(site, rest) {
        attach(store, desk);
        REQUIRE(store.decide(clock.now(), [&](Tx& tx) { return fill(tx); }).ok());
    }

    static Account open(Store& store, Timestamp now) {
        init_secrets();
        log::set_level(log::Level::off);
        return open_account(store, now);
    }

    Result<void> fill(Tx& tx) {
        NewUser ana;
        ana.name = attack;
        ana.email = "Ana@example.org";
        TRY(auto owner, create_owner(tx, ana, hash_password(password)));
        EscalationPolicy policy;
        policy.id = tx.new_id<EscalationPolicyId>();
        policy.name = attack;
        policy.escalation_rules = {
            {tx.new_id<EscalationRuleId>(), 5, {{TargetType::user, owner.id.value}}, AssignmentStrategy{}}};
        tx.insert(policy);
        service = {};
        service.id = tx.new_id<ServiceId>();
        service.name = attack;
        service.description = attack;
        service.escalation_policy = policy.id;
        tx.insert(service);
        NewIncident input;
        input.service = service.id;
        input.escalation_policy = policy.id;
        input.title = attack;
        input.body = attack;
        TRY(auto opened, open_incident(tx, desk, std::move(input), {agent_of(owner.id), Channel::website, tx.now()}));
        incident = opened.id;
        return {};
    }

    Response get(std::string target, std::string cookie = {}, std::string authorization = {}) {
        Copied request;
        request.method = "GET";
        request.target = std::move(target);
        request.cookie = std::move(cookie);
        request.authorization = std::move(authorization);
        return console.answer(request);
    }

    Response post(std::string target, std::string body, std::string cookie, std::string peer = "192.0.2.1") {
        Copied request;
        request.method = "POST";
        request.target = std::move(target);
        request.body = std::move(body);
        request.cookie = std::move(cookie);
        request.peer = std::move(peer);
        return console.answer(request);
    }

    /// Fills in the log-in form as a browser would.
    Response log_in(std::string_view email, std::string_view word, std::string next = "/console/") {
        auto cookie = cookie_of(get("/console/login"));
        auto secret = std::string{cookie_value(cookie, "callboard_form")};
        return post("/console/login?next=" + next,
                    fmt::format("email={}&password={}&form_token={}", email, word, form_token(site, secret)),
                    cookie);
    }

    static std::string header(const Response& response, std::string_view name) {
        for (const auto& [key, value] : response.headers)
            if (key == name) return value;
        return {};
    }

    static std::string cookie_of(const Response& response) {
        auto header_text = header(response, "Set-Cookie");
        return header_text.substr(0, header_text.find(';'));
    }
};

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace

TEST_CASE("whatever is put into markup comes out as text") {
    CHECK(escape_html(R"(<b a="1" c='2'>&)") == "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
    CHECK(escape_html(std::string("a\0b\x1b", 4)) == "a\xEF\xBF\xBD"
                                                     "b\xEF\xBF\xBD");
    CHECK(html("<p>{}</p>", html("<i>{}</i>", "<")).text() == "<p><i>&lt;</i></p>");
    CHECK(html("{}", 42).text() == "42");
}

TEST_CASE("an address from outside is a link only when it leads to the web") {
    CHECK(
        contains(outside_link("https://example.org/?a=\"", "there").text(), R"(href="https://example.org/?a=&quot;")"));
    CHECK(outside_link("javascript:alert(1)", "there").text() == "there");
    CHECK(outside_link(" https://example.org", "there").text() == "there");
}

TEST_CASE("names, titles and descriptions that attack are shown as text on every page") {
    World world(/*demo=*/true);
    auto service = world.site.ids.text(world.service.id);
    auto policy = world.site.ids.text(world.service.escalation_policy);
    auto incident = world.site.ids.text(world.incident);

    for (const auto& path : {std::string{"/console/"},
                             std::string{"/console/service-directory"},
                             std::string{"/console/users"},
                             std::string{"/console/on-call"},
                             "/console/service-directory/" + service,
                             "/console/escalation_policies/" + policy,
                             "/console/incidents/" + incident,
                             "/console/incidents/" + incident + "/log_entries/Q0"}) {
        CAPTURE(path);
        auto response = world.get(path);
        CHECK(response.status == 200);
        CHECK(contains(response.body, "&lt;script&gt;"));
        CHECK_FALSE(contains(response.body, "<script"));
        CHECK_FALSE(contains(response.body, "<img"));
        CHECK_FALSE(contains(response.body, "style="));
        CHECK(contains(World::header(response, "Content-Security-Policy"), "default-src 'none'"));
        CHECK(contains(World::header(response, "Content-Security-Policy"), "style-src 'self' " + style_source()));
    }
}

TEST_CASE("a style sheet is sent without what only its readers need") {
    CHECK(condensed("/* a */ .b  {\n  color: red;\n}\n\n.c > .d { x: \"y\" } /* end") ==
          ".b{color: red;}.c > .d{x: \"y\"}");
    CHECK(condensed("") == "");
    CHECK(sha256_base64("abc") == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

TEST_CASE("what does not exist is a page that says so") {
    World world(/*demo=*/true);

    for (const auto* path : {"/console/nowhere", "/console/incidents/PXXXXXXXXXXXXX", "/console/users/<script>"}) {
        auto response = world.get(path);
        CHECK(response.status == 404);
        CHECK(contains(response.body, "There is nothing at this address"));
        CHECK_FALSE(contains(response.body, "<script"));
    }
}

TEST_CASE("outside the demonstration pages want a log-in or an API key") {
    World world;

    auto refused = world.get("/console/users?x=1");
    CHECK(refused.status == 302);
    CHECK(World::header(refused, "Location") == "/console/login?next=%2Fconsole%2Fusers%3Fx%3D1");
    CHECK(world.get("/console/", {}, "Token token=wrong").status == 401);
    auto key = world.store.decide(world.clock.now(), [&](Tx& tx) -> Result<IssuedKey> {
        return create_api_key(tx, world.account, {.description = "test", .read_only = true});
    });
    CHECK(world.get("/console/", {}, "Token token=" + key->key).status == 200);
}

TEST_CASE("the right password opens a session that log-out ends") {
    World world;

    auto opened = world.log_in("ana@example.org", password, "/console/users");
    REQUIRE(opened.status == 303);
    CHECK(World::header(opened, "Location") == "/console/users");
    auto set = World::header(opened, "Set-Cookie");
    CHECK(contains(set, "HttpOnly"));
    CHECK(contains(set, "SameSite=Lax"));
    CHECK_FALSE(contains(set, "Secure"));
    auto cookie = World::cookie_of(opened);
    auto page = world.get("/console/", cookie);
    CHECK(page.status == 200);
    CHECK(contains(page.body, "Log out"));

    CHECK(world.post("/console/logout", "form_token=wrong", cookie).status == 403);
    CHECK(world.get("/console/", cookie).status == 200);
    auto token = form_token(world.site, cookie_value(cookie, "callboard_session"));
    CHECK(world.post("/console/logout", "form_token=" + token, cookie).status == 303);
    CHECK(world.get("/console/", cookie).status == 302);
}

TEST_CASE("who is logged in sees of private teams only what is theirs") {
    World world;
    auto given = world.store.decide(world.clock.now(), [&](Tx& tx) -> Result<void> {
        NewUser ben;
        ben.name = "Ben";
        ben.email = "ben@example.org";
        TRY(auto user, create_user(tx, ben));
        tx.insert(Credential{user.id, hash_password(password), tx.now()});
        Team team;
        team.id = tx.new_id<TeamId>();
        team.name = "Quiet";
        team.default_role = TeamDefaultRole::none;
        tx.insert(team);
        auto policy = *tx.find<EscalationPolicy>(world.service.escalation_policy);
        policy.team = team.id;
        tx.update(policy);
        return {};
    });
    REQUIRE(given.ok());
    auto path = "/console/service-directory/" + world.site.ids.text(world.service.id);

    auto owner = World::cookie_of(world.log_in("ana@example.org", password));
    auto stranger = World::cookie_of(world.log_in("ben@example.org", password));

    CHECK(world.get(path, owner).status == 200);
    CHECK(world.get(path, stranger).status == 404);
    CHECK(world.get("/console/", stranger).status == 200);
}

TEST_CASE("a session ends by itself after two weeks") {
    World world;
    auto cookie = World::cookie_of(world.log_in("ana@example.org", password));

    world.clock.at += days{14} - seconds{1};
    CHECK(world.get("/console/", cookie).status == 200);
    world.clock.at += seconds{1};
    CHECK(world.get("/console/", cookie).status == 302);
}

TEST_CASE("cookies are for encrypted connections only when the server is reached by one") {
    World world(/*demo=*/false, "https://callboard.test");
    CHECK(contains(World::header(world.log_in("ana@example.org", password), "Set-Cookie"), "; Secure"));
}

TEST_CASE("a wrong password and an unknown e-mail get the same answer") {
    World world;

    auto wrong = world.log_in("ana@example.org", "wrong");
    auto unknown = world.log_in("nobody@example.org", password);
    CHECK(wrong.status == 422);
    CHECK(unknown.status == 422);
    CHECK(contains(wrong.body, "No user has this e-mail and this password."));
    CHECK(contains(wrong.body, R"(value="ana@example.org")"));
    CHECK(contains(unknown.body, "No user has this e-mail and this password."));
}

TEST_CASE("a log-in form that we did not give is refused") {
    World world;

    auto body = fmt::format("email=ana@example.org&password={}", password);
    CHECK(world.post("/console/login", body, "").status == 403);
    CHECK(world.post("/console/login", body + "&form_token=" + form_token(world.site, ""), "").status == 403);
    CHECK(world.post("/console/login", body + "&form_token=abc", "callboard_form=abc").status == 403);
}

TEST_CASE("guessing a password is stopped for a quarter of an hour, also with the right one") {
    World world;

    for (int i = 0; i < 10; ++i) CHECK(world.log_in("ana@example.org", "").status == 422);
    auto stopped = world.log_in("ana@example.org", password);
    CHECK(stopped.status == 429);
    CHECK(World::header(stopped, "Retry-After") == "900");
    world.clock.at += AttemptMeter::window;
    CHECK(world.log_in("ana@example.org", password).status == 303);
}

TEST_CASE("a log-in leads to a page of the console only") {
    World world;

    for (const auto* next :
         {"https://evil.example/", "//evil.example", "/console//evil.example", "/console/%0d%0aX:1"}) {
        CAPTURE(next);
        auto location = World::header(world.log_in("ana@example.org", password, next), "Location");
        CHECK(location == "/console/");
    }
}

TEST_CASE("at night pages are dark whatever the browser prefers") {
    World world(/*demo=*/true);

    world.clock.at = std::chrono::floor<days>(world.clock.at) + hours{23};
    CHECK(contains(world.get("/console/").body, R"(<html lang="en" data-theme="dark">)"));
    CHECK(contains(world.get("/console/login").body, R"(<html lang="en" data-theme="dark">)"));
    world.clock.at += hours{12};
    CHECK_FALSE(contains(world.get("/console/").body, R"(<html lang="en" data-theme)"));
}
