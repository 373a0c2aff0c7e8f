#include "backstage/backstage_test_kit.h"
#include "backstage/own_keys.h"
#include "backstage/token_verifier.h"

#include <doctest/doctest.h>

using namespace callboard;
using namespace callboard::backstage;
using test::test_now;

namespace {

constexpr std::int64_t now_seconds = 1'790'000'000;
const std::string backend_url = "https://backstage.example.com";
const std::string auth_url = backend_url + "/api/auth";

/// Publishes key sets and groups, and counts how often it is asked.
class FakeClient final : public JsonClient {
public:
    std::map<std::string, json::value> bodies;
    bool away = false;
    int asked = 0;

    JsonAnswer send(const JsonRequest& request) override {
        ++asked;
        if (away) return {Answer::End::unreachable, 0, nullptr, "away"};
        auto found = bodies.find(request.url);
        if (found == bodies.end()) return {Answer::End::answered, 404, nullptr, {}};
        return {Answer::End::answered, 200, found->second, {}};
    }
};

json::object user_claims() {
    return {{"iss", auth_url},
            {"sub", "user:default/ana"},
            {"aud", "backstage"},
            {"iat", now_seconds - 60},
            {"exp", now_seconds + 3'540}};
}

json::object plugin_claims() {
    return {{"sub", "catalog"}, {"aud", "pagerduty"}, {"iat", now_seconds - 60}, {"exp", now_seconds + 3'540}};
}

json::object header_of(std::string_view type, std::string_view kid = "k1") {
    return {{"typ", type}, {"alg", "ES256"}, {"kid", kid}};
}

struct World {
    FakeClient client;
    PrivateKey user_key = PrivateKey::generate();
    PrivateKey plugin_key = PrivateKey::generate();
    TokenVerifier verifier{backend_url, auth_url, client};

    World() {
        publish(auth_url + "/.well-known/jwks.json", user_key, "k1");
        publish(backend_url + "/api/catalog/.backstage/auth/v1/jwks.json", plugin_key, "k1");
    }

    void publish(const std::string& url, const PrivateKey& key, std::string_view kid) {
        client.bodies[url] = json::object{{"keys", json::array{key.jwk(kid)}}};
    }

    std::string outcome(const std::string& token, Timestamp now = test_now) {
        auto verified = verifier.verify(token, now);
        if (auto* principal = std::get_if<Principal>(&verified)) return principal->ref;
        auto& refusal = std::get<Refusal>(verified);
        return refusal.why.empty() ? "Illegal token" : refusal.why;
    }

    std::string user(const json::object& claims, std::string_view type = "vnd.backstage.user") {
        return outcome(user_key.sign(header_of(type), claims));
    }

    std::string plugin(const json::object& claims) {
        return outcome(plugin_key.sign(header_of("vnd.backstage.plugin"), claims));
    }
};

json::object with(json::object claims, std::string_view name, json::value value) {
    claims[name] = std::move(value);
    return claims;
}

constexpr std::string_view no_user = "Failed user token verification";
constexpr std::string_view no_plugin = "Failed plugin token verification";

}  // namespace

TEST_CASE("a signature holds for what was signed, by the key that signed it, and for nothing else") {
    auto key = PrivateKey::generate();
    auto other = PrivateKey::generate();
    auto token = key.sign(header_of("x"), user_claims());
    auto jws = parse_jws(token);
    REQUIRE(jws);

    CHECK(PublicKey::from_jwk(key.jwk("k"))->verifies(*jws));
    CHECK_FALSE(PublicKey::from_jwk(other.jwk("k"))->verifies(*jws));
    auto changed = *jws;
    changed.signed_part.back() = changed.signed_part.back() == 'A' ? 'B' : 'A';
    CHECK_FALSE(PublicKey::from_jwk(key.jwk("k"))->verifies(changed));
    changed = *jws;
    changed.signature.resize(63);
    CHECK_FALSE(PublicKey::from_jwk(key.jwk("k"))->verifies(changed));
    changed.signature = std::string(64, '\0');
    CHECK_FALSE(PublicKey::from_jwk(key.jwk("k"))->verifies(changed));
    CHECK(PrivateKey::from_pem(key.pem())->jwk("k") == key.jwk("k"));
}

TEST_CASE("the example of RFC 7515, appendix A.3, verifies") {
    auto jwk = json::parse(R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                              "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})");
    auto jws =
        parse_jws("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9p"
                  "c19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg"
                  "6NU1Q");

    REQUIRE(jws);
    CHECK(PublicKey::from_jwk(jwk)->verifies(*jws));
}

TEST_CASE("what is no key on P-256 for signatures is none") {
    auto jwk = PrivateKey::generate().jwk("k");

    CHECK(PublicKey::from_jwk(jwk));
    CHECK_FALSE(PublicKey::from_jwk(with(jwk, "crv", "P-384")));
    CHECK_FALSE(PublicKey::from_jwk(with(jwk, "use", "enc")));
    CHECK_FALSE(PublicKey::from_jwk(with(jwk, "y", jwk.at("x"))));
    CHECK_FALSE(PublicKey::from_jwk(with(jwk, "x", "AA")));
    CHECK_FALSE(PublicKey::from_jwk(json::value(5)));
}

TEST_CASE("a user's token is accepted, and refused for each thing that is wrong with it") {
    World world;
    auto good = user_claims();

    CHECK(world.user(good) == "user:default/ana");
    CHECK(world.user(with(good, "aud", json::array{"other", "backstage"})) == "user:default/ana");
    CHECK(world.user(with(good, "iss", "https://evil.example.com/api/auth")) == no_user);
    CHECK(world.user(with(good, "aud", "other")) == no_user);
    CHECK(world.user(with(good, "exp", now_seconds - 3'600)) == no_user);
    CHECK(world.user(with(good, "iat", now_seconds + 3'600)) == no_user);
    CHECK(world.user(with(good, "exp", "soon")) == no_user);
    CHECK(world.user(with(good, "sub", "plugin:catalog")) == no_user);
    CHECK(world.user(with(good, "sub", nullptr)) == no_user);
    // What is right for the cookie of static files is wrong here.
    CHECK(world.user(good, "vnd.backstage.limited-user") == "Illegal token");
    CHECK(world.user(good, "something") == "Illegal token");
    CHECK(world.outcome("not.a.token") == "Illegal token");
    CHECK(world.outcome("") == "Illegal token");
}

TEST_CASE("no algorithm but ES256 counts, least of all none") {
    World world;
    auto claims = user_claims();
    auto unsigned_token = base64url_encode(R"({"alg":"none","typ":"vnd.backstage.user","kid":"k1"})") + "." +
                          base64url_encode(json::serialize(claims)) + ".";

    CHECK(world.outcome(unsigned_token) == no_user);
    CHECK(world.outcome(world.plugin_key.sign(header_of("vnd.backstage.user"), claims)) == no_user);
    CHECK(world.outcome(world.user_key.sign(with(header_of("vnd.backstage.user"), "alg", "HS256"), claims)) == no_user);
}

TEST_CASE("a plugin's token is checked by that plugin's own keys, and must be for us") {
    World world;
    auto good = plugin_claims();

    CHECK(world.plugin(good) == "plugin:catalog");
    CHECK(world.plugin(with(good, "aud", "catalog")) == no_plugin);
    CHECK(world.plugin(with(good, "sub", "scaffolder")) == no_plugin);
    CHECK(world.plugin(with(good, "sub", "../auth")) == no_plugin);
    CHECK(world.plugin(with(good, "exp", now_seconds - 3'600)) == no_plugin);
    CHECK(world.outcome(world.user_key.sign(header_of("vnd.backstage.plugin"), good)) == no_plugin);
}

TEST_CASE("a plugin that acts for a user is that user") {
    World world;
    json::object limited{{"sub", "user:default/ben"}, {"iat", now_seconds - 60}, {"exp", now_seconds + 600}};
    auto inner = world.user_key.sign(header_of("vnd.backstage.limited-user"), limited);
    auto forged = world.plugin_key.sign(header_of("vnd.backstage.limited-user"), limited);

    CHECK(world.plugin(with(plugin_claims(), "obo", json::string(inner))) == "user:default/ben");
    CHECK(world.plugin(with(plugin_claims(), "obo", json::string(forged))) == no_user);
    CHECK(world.plugin(with(plugin_claims(), "obo", "x")) == no_user);
}

TEST_CASE("keys are kept, looked up by kid, and fetched anew for a new kid, though not for every stranger") {
    World world;
    world.user(user_claims());
    world.user(user_claims());
    CHECK(world.client.asked == 1);

    auto next = PrivateKey::generate();
    world.publish(auth_url + "/.well-known/jwks.json", next, "k2");
    CHECK(world.outcome(next.sign(header_of("vnd.backstage.user", "k2"), user_claims())) == "user:default/ana");
    CHECK(world.client.asked == 2);
    for (int i = 0; i < 100; ++i)
        world.outcome(next.sign(header_of("vnd.backstage.user", "k" + std::to_string(i + 3)), user_claims()));
    CHECK(world.client.asked <= 11);
    for (int i = 0; i < 100; ++i) world.plugin(with(plugin_claims(), "sub", json::string("p" + std::to_string(i))));
    CHECK(world.client.asked <= 42);
}

TEST_CASE("when Backstage is away a known key serves on, and an unknown one is not called a forgery") {
    World world;
    world.user(user_claims());
    world.client.away = true;

    CHECK(world.user(user_claims()) == "user:default/ana");
    auto later = test_now + hours{2};
    auto claims = with(with(user_claims(), "iat", now_seconds + 7'000), "exp", now_seconds + 9'000);
    CHECK(world.outcome(world.user_key.sign(header_of("vnd.backstage.user"), claims), later) == "user:default/ana");
    CHECK(world.plugin(plugin_claims()) == "The keys of Backstage cannot be fetched");
}

TEST_CASE("what somebody may do follows from who they are and which groups they are in") {
    FakeClient client;
    auto key = PrivateKey::generate();
    client.bodies[auth_url + "/.well-known/jwks.json"] = json::object{{"keys", json::array{key.jwk("k1")}}};
    client.bodies[auth_url + "/v1/userinfo"] =
        json::parse(R"({"claims":{"sub":"user:default/ana","ent":["user:default/ana","group:default/sre"]}})");
    BackstageConfig config;
    config.backend_url = backend_url;
    config.auth_url = auth_url;
    config.permissions.patterns = {{{"user:*"}, {"user:default/ben"}, {"group:default/sre"}, {}, {"user:default/ana"}}};
    BackstageAuthenticator authenticator(config, client);

    auto who =
        authenticator.authenticate("Bearer " + key.sign(header_of("vnd.backstage.user"), user_claims()), test_now);
    auto nobody = authenticator.authenticate("", test_now);

    REQUIRE(std::holds_alternative<Caller>(who));
    CHECK(std::get<Caller>(who).may == Permissions{{true, false, true, false, true}});
    CHECK(std::get<Refusal>(nobody).kind == Refusal::Kind::missing_credentials);
}

TEST_CASE("groups that cannot be asked for are not known, and those of a while ago go on") {
    FakeClient client;
    auto key = PrivateKey::generate();
    client.bodies[auth_url + "/.well-known/jwks.json"] = json::object{{"keys", json::array{key.jwk("k1")}}};
    BackstageConfig config;
    config.backend_url = backend_url;
    config.auth_url = auth_url;
    config.permissions.patterns = {{{"user:*"}, {}, {"group:default/sre"}, {}, {}}};
    BackstageAuthenticator authenticator(config, client);
    auto token = "Bearer " + key.sign(header_of("vnd.backstage.user"), user_claims());
    auto ask = [&](Timestamp now) { return std::get<Caller>(authenticator.authenticate(token, now)); };

    auto unknown = ask(test_now);
    CHECK(unknown.groups_unknown);
    CHECK(unknown.may.may(Action::view));
    client.bodies[auth_url + "/v1/userinfo"] = json::parse(R"({"claims":{"ent":["group:default/sre"]}})");
    auto known = ask(test_now + seconds{5});
    CHECK_FALSE(known.groups_unknown);
    CHECK(known.may.may(Action::respond));
    client.bodies.erase(auth_url + "/v1/userinfo");
    auto kept = ask(test_now + minutes{20});
    CHECK_FALSE(kept.groups_unknown);
    CHECK(kept.may.may(Action::respond));
}

TEST_CASE("our own tokens are signed by a key that is published, and made anew before they end") {
    test::Plugin plugin;
    OwnKeys keys(plugin.store);

    auto token = keys.token_for("catalog", test_now);
    auto published = json::parse(plugin.backend
                                     .answer([] {
                                         auto request = test::Plugin::request("GET", "/.backstage/auth/v1/jwks.json");
                                         request.authorization.clear();
                                         return request;
                                     }())
                                     .body);

    auto jws = parse_jws(token);
    REQUIRE(jws);
    CHECK(PublicKey::from_jwk(published.at("keys").at(0))->verifies(*jws));
    CHECK(jws->header.at("typ") == "vnd.backstage.plugin");
    CHECK(jws->claims.at("sub") == "pagerduty");
    CHECK(jws->claims.at("aud") == "catalog");
    CHECK(keys.token_for("catalog", test_now + minutes{40}) == token);
    CHECK(keys.token_for("catalog", test_now + minutes{55}) != token);
    // A week later another key signs, and the first is shown for a while.
    keys.token_for("catalog", test_now + days{8});
    CHECK(plugin.store.signing_keys().size() == 2);
}
