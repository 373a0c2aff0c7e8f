#include "channels/mattermost.h"
#include "channels/outcome.h"
#include "channels/slack.h"
#include "channels/teams.h"
#include "channels/telegram.h"

#include <set>

#include <boost/json.hpp>
#include <doctest/doctest.h>

namespace callboard::channels {

namespace json = boost::json;

namespace {

using Kind = Outcome::Kind;

const Timestamp now = parse_iso8601("2026-03-29T01:50:00Z")->at;

net::HttpResponse response(int status, std::string body) {
    net::HttpResponse answer;
    answer.status = status;
    answer.body = std::move(body);
    return answer;
}

/// "sent", "again", "address" or "provider".
std::string word_of(const Outcome& outcome) {
    switch (outcome.kind) {
    case Kind::sent: return "sent";
    case Kind::try_again: return "again";
    case Kind::refused: return outcome.provider_fault ? "provider" : "address";
    case Kind::throttled: break;
    }
    return {};
}

Message page() {
    Message message;
    message.id = "P1";
    message.to = "U1";
    message.subject = "<!channel> *disk* is [full](http://evil)";
    message.text = "Since: @all <b>\nnow";
    message.actions = {
        {"Acknowledge", "https://x.example/p/P1/acknowledge?u=1", ActionKind::acknowledge, "P1/acknowledge?u=1"},
        {"Resolve", "https://x.example/p/P1/resolve?u=1", ActionKind::resolve, "P1/resolve?u=1"},
        {"Open", "https://x.example/console/incidents/P2"}};
    return message;
}

}  // namespace

TEST_CASE("Slack answers 200 to everything: its error decides") {
    auto of = [](std::string_view error) {
        auto body = json::serialize(json::object{{"ok", false}, {"error", error}});
        return word_of(slack_outcome(response(200, body), now));
    };
    CHECK(slack_outcome(response(200, R"({"ok":true,"channel":"D1","ts":"1.2"})"), now).provider_id == "D1/1.2");
    for (const auto* error : {"channel_not_found", "is_archived", "not_in_channel", "user_disabled", "cannot_dm_bot"})
        CHECK(of(error) == "address");
    for (const auto* error : {"invalid_auth", "token_revoked", "missing_scope", "account_inactive", "something_new"})
        CHECK(of(error) == "provider");
    for (const auto* error : {"ratelimited", "internal_error", "fatal_error", "service_unavailable"})
        CHECK(of(error) == "again");
    CHECK(slack_outcome(response(200, R"({"ok":false,"error":"fatal_error"})"), now).may_have_arrived);
    CHECK_FALSE(slack_outcome(response(200, R"({"ok":false,"error":"ratelimited"})"), now).may_have_arrived);
    CHECK(word_of(slack_outcome(response(200, "<html>"), now)) == "again");
    CHECK(word_of(slack_outcome(response(404, ""), now)) == "provider");
    auto busy = response(429, "");
    busy.headers = {{"retry-after", "30"}};
    CHECK(slack_outcome(busy, now).retry_after == seconds{30});
}

TEST_CASE("a message in Slack calls nobody by name and its buttons act or lead somewhere") {
    auto with_buttons = json::parse(slack_body(page(), true)).get_object();
    CHECK(with_buttons["text"].get_string() == "&lt;!channel&gt; *disk* is [full](http://evil)");
    auto buttons = with_buttons["blocks"].get_array().back().get_object()["elements"].get_array();
    REQUIRE(buttons.size() == 3);
    CHECK(buttons[0].get_object()["action_id"].get_string() == "acknowledge");
    CHECK(buttons[0].get_object()["value"].get_string() == "P1");
    CHECK_FALSE(buttons[0].get_object().contains("url"));
    CHECK(buttons[2].get_object()["url"].get_string() == "https://x.example/console/incidents/P2");
    auto links =
        json::parse(slack_body(page(), false)).get_object()["blocks"].get_array().back().get_object()["elements"];
    for (const auto& one : links.get_array()) CHECK(one.get_object().contains("url"));
}

TEST_CASE("no two buttons in Slack have the same action_id, whatever they lead to") {
    auto message = page();
    message.actions = {{"Join", "https://x.example/1", ActionKind::acknowledge, "P1/join"},
                       {"Decline", "https://x.example/2", ActionKind::decline, "P1/decline"},
                       {"Open", "https://x.example/3"}};
    for (bool has_buttons : {true, false}) {
        auto blocks = json::parse(slack_body(message, has_buttons)).get_object()["blocks"].get_array();
        std::set<std::string> ids;
        for (const auto& one : blocks.back().get_object().at("elements").get_array())
            ids.emplace(one.get_object().at("action_id").get_string());
        CHECK(ids.size() == 3);
    }
}

TEST_CASE("Telegram's refusals are the chat's fault only when it says so") {
    auto of = [](int status, std::string_view description) {
        auto body = json::serialize(json::object{{"ok", false}, {"error_code", status}, {"description", description}});
        return word_of(telegram_outcome(response(status, body), now));
    };
    CHECK(telegram_outcome(response(200, R"({"ok":true,"result":{"message_id":7}})"), now).provider_id == "7");
    CHECK(of(400, "Bad Request: chat not found") == "address");
    CHECK(of(403, "Forbidden: bot was blocked by the user") == "address");
    CHECK(of(400, "Bad Request: can't parse entities") == "provider");
    CHECK(of(401, "Unauthorized") == "provider");
    CHECK(of(404, "Not Found") == "provider");
    CHECK(of(502, "Bad Gateway") == "again");
    CHECK(word_of(telegram_outcome(response(200, "{}"), now)) == "again");
    auto busy = telegram_outcome(response(429, R"({"ok":false,"parameters":{"retry_after":7}})"), now);
    CHECK(word_of(busy) == "again");
    CHECK(busy.retry_after == seconds{7});
}

TEST_CASE("Telegram gets buttons that it may report, and links only to where it lets them lead") {
    auto rows = json::parse(telegram_body(page(), true))
                    .get_object()["reply_markup"]
                    .get_object()["inline_keyboard"]
                    .get_array();
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].get_array()[0].get_object()["callback_data"].get_string() == "acknowledge:P1");
    auto local = page();
    for (auto& action : local.actions) action.url = "http://127.0.0.1:8080/x";
    CHECK_FALSE(json::parse(telegram_body(local, false)).get_object().contains("reply_markup"));
}

TEST_CASE("a workflow of Teams that could not deliver says so in a success") {
    CHECK(word_of(teams_outcome(response(202, ""), now)) == "sent");
    CHECK(word_of(teams_outcome(response(200, "1"), now)) == "sent");
    constexpr auto failed = "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error ";
    CHECK(word_of(teams_outcome(response(200, failed + std::string("429")), now)) == "again");
    CHECK(word_of(teams_outcome(response(200, failed + std::string("403")), now)) == "address");
    CHECK(word_of(teams_outcome(response(200, "<html>log in</html>"), now)) == "again");
    CHECK(word_of(teams_outcome(response(400, "bad"), now)) == "address");
    CHECK(word_of(teams_outcome(response(429, ""), now)) == "again");
}

TEST_CASE("a card for Teams shows what others wrote as they wrote it") {
    auto attachment = json::parse(teams_body(page())).get_object()["attachments"].get_array()[0].get_object();
    auto card = attachment["content"].get_object();
    auto title = card["body"].get_array()[0].get_object()["text"].get_string();
    CHECK(title == R"(\<!channel\> \*disk\* is \[full\]\(http://evil\))");
    CHECK(card["actions"].get_array().size() == 3);
}

TEST_CASE("Mattermost says ok or did not take it, and calls nobody") {
    CHECK(word_of(mattermost_outcome(response(200, "ok"), now)) == "sent");
    CHECK(word_of(mattermost_outcome(response(200, "<html>log in</html>"), now)) == "again");
    CHECK(word_of(mattermost_outcome(response(400, "Invalid webhook"), now)) == "address");
    CHECK(word_of(mattermost_outcome(response(503, ""), now)) == "again");
    auto attachment = json::parse(mattermost_body(page(), "https://x.example/callback")).get_object()["attachments"];
    const auto& first = attachment.get_array()[0].get_object();
    CHECK(first.at("text").get_string().find("@all") == json::string::npos);
    const auto& actions = first.at("actions").get_array();
    REQUIRE(actions.size() == 2);
    CHECK(actions[0].get_object().at("integration").get_object().at("url").get_string() ==
          "https://x.example/callback/mattermost/P1/acknowledge?u=1");
    CHECK(mattermost_body(page(), "").find("integration") == std::string::npos);
}

}  // namespace callboard::channels
