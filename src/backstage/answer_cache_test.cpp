#include "backstage/answer_cache.h"
#include "backstage/backstage_test_kit.h"
#include "backstage/budget.h"
#include "backstage/json_read.h"
#include "base/query_string.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

#include <doctest/doctest.h>

using namespace callboard;
using namespace callboard::backstage;
using test::test_now;

namespace {

/// Another side with any number of services, each with a policy of its own, which counts what it is asked and may be
/// asked no more than its budget allows.
class Counted final : public Upstream {
public:
    explicit Counted(int per_minute) : budget(per_minute) {}

    Timestamp now = test_now;
    Budget budget;
    int asked = 0;
    int refused = 0;
    std::map<std::string, int> by_path;
    /// Questions that name it among others are refused, and it is not there.
    std::string gone;
    int gone_status = 404;
    bool knows_many = true;
    /// Of the list of the whole account's change events.
    int changes_status = 200;
    /// Paths that end with this need a scope that the token does not have.
    std::string lacking;

    void happens(const std::string& change, const std::string& service, Timestamp at) {
        changes_.emplace(format_iso8601(at),
                         json::object{{"id", change},
                                      {"timestamp", format_iso8601(at)},
                                      {"services", json::array{json::object{{"id", service}}}}});
    }

    Answer send_change(const json::object&, Deadline) override { return {Answer::End::unreachable}; }

    Answer call(const Question& question) override {
        auto supply = budget.is_scarce(now) ? Supply::scarce : Supply::plenty;
        return cache_.get(
            question, now, [&](const Question& one) { return answer(one); }, supply);
    }

    void outdate(std::string_view service_id) override { cache_.outdate(service_id); }

private:
    Answer answer(const Question& question) {
        // A card asks several things at once.
        std::lock_guard lock(mutex_);
        Answer answer;
        answer.as_of = now;
        answer.status = 200;
        if (auto wait = budget.take(now)) {
            ++refused;
            answer.status = 429;
            answer.retry_after = wait;
            return answer;
        }
        ++asked;
        auto target = std::string_view{question.target};
        auto path = std::string{target.substr(0, target.find('?'))};
        ++by_path[path];
        if (path == "/change_events" && changes_status != 200) {
            answer.status = changes_status;
            if (changes_status == 403) answer.body = without_scope("change_events.read");
            return answer;
        }
        if (!lacking.empty() && path.ends_with(lacking)) {
            answer.status = 403;
            answer.body = without_scope("x.read");
            return answer;
        }
        auto query = QueryString(target.substr(std::min(path.size() + 1, target.size())));
        auto body = body_of(path, query, question.body);
        if (body.is_null()) answer.status = gone_status;
        answer.body = std::move(body);
        return answer;
    }

    static json::value without_scope(std::string_view scope) {
        return json::object{{"error",
                             json::object{{"message", "Token missing required scopes"},
                                          {"required_scopes", scope},
                                          {"token_scopes", "other.read"}}}};
    }

    json::value body_of(const std::string& path, const QueryString& query, const json::value& body) const {
        auto ids = query.all("id");
        if (path == "/services") return list("services", ids, [](const auto& id) { return service(id); });
        if (path == "/incidents") {
            ids = query.all("service_ids");
            if (ids.size() > 1 && std::ranges::find(ids, gone) != ids.end()) return nullptr;
            return list("incidents", ids, [](const auto& id) {
                return json::object{{"id", "Q" + id}, {"status", "triggered"}, {"service", json::object{{"id", id}}}};
            });
        }
        if (path == "/oncalls")
            return list("oncalls", query.all("escalation_policy_ids"), [](const auto& id) {
                return json::object{{"escalation_level", 1},
                                    {"escalation_policy", json::object{{"id", id}}},
                                    {"user", json::object{{"id", "U" + id}, {"name", "On " + id}}}};
            });
        if (path == "/standards/scores/technical_services")
            return list("resources", query.all("ids"), [](const auto& id) { return score(id); });
        if (path.starts_with("/standards/")) return score(path.substr(path.rfind('/') + 1));
        if (path.starts_with("/analytics/")) {
            std::vector<std::string> named;
            for (const auto& id : list_at(body, {"filters", "service_ids"}))
                named.emplace_back(view_of(id.as_string()));
            return list("data", named, [](const auto& id) { return json::object{{"service_id", id}}; });
        }
        if (path == "/change_events") return changes_of("", query);
        if (path.ends_with("/change_events")) return changes_of(path.substr(10, path.size() - 24), query);
        auto id = path.substr(path.rfind('/') + 1);
        if (id == gone) return nullptr;
        return json::object{{"service", service(id)}};
    }

    template <class Item>
    json::value list(std::string_view name, const std::vector<std::string>& ids, Item item) const {
        if (ids.size() > 1 && !knows_many) return nullptr;
        json::array items;
        for (const auto& id : ids)
            if (id != gone) items.emplace_back(item(id));
        return json::object{{name, std::move(items)}, {"more", false}};
    }

    /// Of any service when it is empty; the newest first.
    json::value changes_of(std::string_view service, const QueryString& query) const {
        json::array found;
        for (const auto& [at, change] : changes_)
            if (at >= query.text("since").value_or("") &&
                (service.empty() || text_at(change.at("services").at(0), "id") == service))
                found.push_back(change);
        auto number = [&](std::string_view name) { return std::stoul(query.text(name).value_or("0")); };
        auto begin = std::min(number("offset"), found.size());
        auto end = std::min(begin + number("limit"), found.size());
        json::array page(found.begin() + static_cast<std::ptrdiff_t>(begin),
                         found.begin() + static_cast<std::ptrdiff_t>(end));
        return json::object{{"change_events", std::move(page)}, {"more", end < found.size()}};
    }

    static json::object service(const std::string& id) {
        return {{"id", id}, {"name", "Service " + id}, {"escalation_policy", json::object{{"id", "E" + id}}}};
    }

    static json::object score(const std::string& id) {
        return {{"resource_id", id}, {"standards", json::array{json::object{{"id", id}, {"pass", true}}}}};
    }

    AnswerCache cache_;
    std::mutex mutex_;
    std::multimap<std::string, json::value, std::greater<>> changes_;
};

/// Pages with a card each, which ask every twenty seconds.
struct Pages : test::Plugin {
    explicit Pages(int per_minute = 900) : behind(per_minute) { accounts = Accounts::single(behind); }

    Counted behind;
    std::map<std::string, int> states;

    json::value card(int page, Timestamp at) {
        behind.now = at;
        auto asked = request("GET", "/card?service_id=P" + std::to_string(page));
        asked.now = at;
        auto answer = json::parse(backend.answer(asked).body);
        for (const auto& [name, part] : answer.at("parts").as_object()) {
            ++states[std::string{text_at(part, "state")}];
            if (!part.at("data").is_null()) CHECK(!part.at("as_of").is_null());
        }
        return answer.at("parts");
    }

    /// For some time, one after the other.
    void look(int pages, Timestamp from, Duration time) {
        auto pause = Duration{seconds{20}} / pages;
        int page = 0;
        for (auto at = from; at < from + time; at += pause) card(page++ % pages, at);
    }

    [[nodiscard]] double share(std::initializer_list<std::string_view> of) const {
        double all = 0;
        double found = 0;
        for (const auto& [state, count] : states) {
            all += count;
            if (std::ranges::find(of, state) != of.end()) found += count;
        }
        return found / all;
    }
};

/// A list in which each service has things of its own.
constexpr Family things{
    50,
    "things",
    [](Question& question, const std::vector<std::string>&) { question.target = "/things?of=many"; },
    [](const json::value& body, const std::string& id) -> std::optional<json::value> {
        json::array own;
        for (const auto& thing : list_at(body, "things"))
            if (text_at(thing, "of") == id) own.push_back(thing);
        return own;
    }};

Question about(const std::string& service) {
    Question question;
    question.method = "GET";
    question.target = "/services/" + service + "/things";
    question.freshness = Freshness::moments;
    question.deadline = std::chrono::steady_clock::now() + std::chrono::seconds{5};
    question.family = &things;
    question.id = service;
    return question;
}

Answer here(json::value body, Timestamp at = test_now) {
    Answer answer;
    answer.status = 200;
    answer.body = std::move(body);
    answer.as_of = at;
    return answer;
}

}  // namespace

TEST_CASE("two hundred open pages of two hundred services show data, with its age, within the account's limit") {
    Pages pages;
    // Whoever looks first has nothing to take along yet.
    pages.look(200, test_now, seconds{60});
    CHECK(pages.share({"ok", "empty"}) > 0.8);
    auto before = pages.behind.asked;
    auto refused = pages.behind.refused;
    pages.states.clear();

    pages.look(200, test_now + seconds{60}, minutes{5});

    CHECK(pages.share({"ok", "empty"}) > 0.99);
    CHECK(pages.behind.asked - before < 5 * 70);
    CHECK(pages.behind.refused == refused);
}

TEST_CASE("pages that are all opened at once have most of their parts at once, and all of them soon") {
    Pages pages;
    for (int page = 0; page < 200; ++page) pages.card(page, test_now);
    pages.states.clear();

    pages.look(200, test_now + seconds{20}, minutes{2});

    CHECK(pages.share({"ok", "empty", "stale"}) > 0.95);
}

TEST_CASE("pages that ask again when their parts say so have all of them within half a minute") {
    Pages pages;
    std::multimap<Timestamp, int> next;
    Duration between{};
    SUBCASE("all at once") {}
    SUBCASE("one after the other") { between = std::chrono::milliseconds{100}; }
    for (int page = 0; page < 200; ++page) next.emplace(test_now + page * between, page);

    while (next.begin()->first < test_now + 200 * between + seconds{30}) {
        auto [at, page] = *next.begin();
        next.erase(next.begin());
        std::optional<Duration> comes_in;
        auto parts = pages.card(page, at);
        for (const auto& [name, part] : parts.as_object())
            if (text_at(part, "state") == "throttled") comes_in = seconds{part.at("retry_after_seconds").as_int64()};
        // As the card does it.
        next.emplace(at + (comes_in ? std::clamp<Duration>(*comes_in, seconds{3}, seconds{20}) : seconds{20}), page);
    }
    pages.states.clear();
    for (int page = 0; page < 200; ++page) pages.card(page, next.begin()->first);

    CHECK(pages.share({"ok", "empty", "stale"}) == 1);
}

TEST_CASE("what may not be asked anew is given as it was, and its part says so") {
    Pages pages(60);
    pages.card(1, test_now);
    pages.behind.budget.wait_until(test_now + minutes{10});

    auto parts = pages.card(1, test_now + minutes{5});

    CHECK(text_at(parts.at("incidents"), "state") == "stale");
    CHECK(text_at(parts.at("incidents"), "as_of") == format_iso8601(test_now));
    CHECK(parts.at("incidents").at("retry_after_seconds") == 300);
    CHECK(parts.at("incidents").at("data").at("total") == 1);
    pages.behind.budget.wait_until(test_now + hours{9});
    CHECK(text_at(pages.card(1, test_now + hours{8}).at("incidents"), "state") == "throttled");
}

TEST_CASE("each is given its own piece of what was asked about many") {
    Pages pages;
    for (int page : {1, 2, 3}) pages.card(page, test_now);
    pages.behind.by_path.clear();

    for (int page : {1, 2, 3}) {
        auto parts = pages.card(page, test_now + seconds{11});
        auto id = "P" + std::to_string(page);
        CHECK(text_at(parts.at("service"), {"data", "id"}) == id);
        CHECK(text_at(parts.at("incidents").at("data").at("open").at(0), "id") == "Q" + id);
        CHECK(text_at(parts.at("on_call").at("data").at("levels").at(0).at("people").at(0), "name") == "On E" + id);
    }

    CHECK(pages.behind.by_path["/services"] == 1);
    CHECK(pages.behind.by_path["/incidents"] == 1);
    CHECK(pages.behind.by_path["/oncalls"] == 1);
}

TEST_CASE("one that is not there, or a side that cannot be asked about many, spoils nothing for the others") {
    Pages pages;
    for (int page : {1, 2, 3}) pages.card(page, test_now);
    SUBCASE("one is gone") { pages.behind.gone = "P3"; }
    SUBCASE("one may not be seen") {
        pages.behind.gone = "P3";
        pages.behind.gone_status = 403;
    }
    SUBCASE("not about many") { pages.behind.knows_many = false; }

    for (int page : {1, 2}) {
        auto parts = pages.card(page, test_now + seconds{11});
        CHECK(text_at(parts.at("service"), "state") == "ok");
        CHECK(text_at(parts.at("incidents"), "state") == "ok");
    }
    if (!pages.behind.gone.empty())
        CHECK(text_at(pages.card(3, test_now + seconds{11}).at("service"), "state") ==
              (pages.behind.gone_status == 403 ? "no_permission" : "not_found"));
}

TEST_CASE("one that spoils a question about fifty is soon asked alone, and the others go together again") {
    Pages pages;
    pages.look(50, test_now, seconds{40});
    pages.behind.gone = "P3";
    pages.look(50, test_now + seconds{40}, seconds{20});
    pages.behind.by_path.clear();

    pages.look(50, test_now + seconds{60}, minutes{1});

    // Alone it would be three for each page.
    CHECK(pages.behind.by_path["/incidents"] < 40);
}

TEST_CASE("one list of the account tells what has changed of many services since they were asked about") {
    Pages pages;
    for (int n = 1; n <= 6; ++n) pages.behind.happens("old " + std::to_string(n), "P1", test_now - hours{n});
    for (int page : {1, 2, 3}) pages.card(page, test_now);
    // The second was made before the first question, and was listed after it.
    pages.behind.happens("new", "P1", test_now + seconds{5});
    pages.behind.happens("late", "P2", test_now - minutes{2});
    pages.behind.by_path.clear();

    auto later = test_now + seconds{11};
    auto first = pages.card(1, later).at("change_events");
    auto second = pages.card(2, later).at("change_events");
    auto third = pages.card(3, later).at("change_events");

    CHECK(pages.behind.by_path["/change_events"] == 1);
    for (const auto* id : {"P1", "P2", "P3"})
        CHECK(pages.behind.by_path[std::string{"/services/"} + id + "/change_events"] == 0);
    CHECK(text_at(first, "as_of") == format_iso8601(later));
    REQUIRE(first.at("data").as_array().size() == 5);
    CHECK(text_at(first.at("data").at(0), "id") == "new");
    CHECK(text_at(first.at("data").at(1), "id") == "old 1");
    REQUIRE(second.at("data").as_array().size() == 1);
    CHECK(text_at(second.at("data").at(0), "id") == "late");
    CHECK(text_at(third, "state") == "empty");
}

TEST_CASE("one open page asks for its own change events, and not for all of the account's") {
    Pages pages;
    pages.look(1, test_now, minutes{2});

    CHECK(pages.behind.by_path["/services/P0/change_events"] == 6);
    CHECK(pages.behind.by_path["/change_events"] == 0);
}

TEST_CASE("a change that is sent long after the time that it gives is found within ten minutes") {
    Pages pages;
    for (int page : {1, 2}) pages.card(page, test_now);
    pages.behind.happens("long ago", "P1", test_now - hours{1});

    for (int page : {2, 1}) pages.card(page, test_now + seconds{11});
    CHECK(text_at(pages.card(1, test_now + seconds{11}).at("change_events"), "state") == "empty");
    CHECK(text_at(pages.card(1, test_now + minutes{10} + seconds{1}).at("change_events"), "state") == "ok");
}

TEST_CASE("where the account's list of changes is too long or refused, each service is asked about as before") {
    Pages pages;
    SUBCASE("too long") {
        for (int n = 0; n < 400; ++n) pages.behind.happens("more " + std::to_string(n), "P9", test_now);
    }
    SUBCASE("not allowed") { pages.behind.changes_status = 403; }
    SUBCASE("not there") { pages.behind.changes_status = 404; }
    SUBCASE("broken") { pages.behind.changes_status = 500; }
    for (int page : {1, 2, 3}) pages.card(page, test_now);
    pages.behind.happens("new", "P2", test_now + seconds{5});
    pages.behind.by_path.clear();

    for (auto at : {seconds{11}, seconds{22}, seconds{33}})
        for (int page : {1, 2, 3}) {
            auto part = pages.card(page, test_now + at).at("change_events");
            CHECK(text_at(part, "state") == (page == 2 ? "ok" : "empty"));
            CHECK(text_at(part, "as_of") == format_iso8601(test_now + at));
        }

    for (const auto* id : {"P1", "P2", "P3"})
        CHECK(pages.behind.by_path[std::string{"/services/"} + id + "/change_events"] == 3);
    CHECK(pages.behind.by_path["/change_events"] <= 3);
}

TEST_CASE("where the account's list of changes may not be asked for now, nobody asks for each instead") {
    Pages pages;
    for (int page : {1, 2, 3}) pages.card(page, test_now);
    pages.behind.changes_status = 429;
    pages.behind.by_path.clear();

    for (int page : {1, 2, 3})
        CHECK(text_at(pages.card(page, test_now + seconds{11}).at("change_events"), "state") == "stale");

    for (const auto* id : {"P1", "P2", "P3"})
        CHECK(pages.behind.by_path[std::string{"/services/"} + id + "/change_events"] == 0);
}

TEST_CASE("what was refused is not asked for again at once, but soon, and after a change") {
    AnswerCache cache;
    int times = 0;
    int status = 0;
    auto question = about("P1");
    auto get = [&](Timestamp now, Supply supply = Supply::plenty) {
        auto ask = [&](const Question&) {
            ++times;
            auto answer = here(json::object{}, now);
            answer.status = status;
            return answer;
        };
        return cache.get(question, now, ask, supply).status;
    };
    SUBCASE("not in the plan") { status = 402; }
    SUBCASE("not allowed") { status = 403; }
    SUBCASE("not there") { status = 404; }

    CHECK(get(test_now) == status);
    CHECK(get(test_now + seconds{10}) == status);
    CHECK(times == 1);
    get(test_now + seconds{11});
    CHECK(times == 2);
    get(test_now + minutes{1}, Supply::scarce);
    CHECK(times == 2);
    cache.outdate("P2");
    get(test_now + minutes{1}, Supply::scarce);
    CHECK(times == 2);
    cache.outdate("P1");
    get(test_now + minutes{1});
    CHECK(times == 3);
    cache.forget_refusals();
    get(test_now + minutes{1});
    CHECK(times == 4);
    // What is kept for longer when it is answered is not refused for longer than half a minute.
    question.freshness = Freshness::statistics;
    get(test_now + minutes{1} + seconds{30});
    CHECK(times == 4);
    get(test_now + minutes{1} + seconds{31});
    CHECK(times == 5);
}

TEST_CASE("a scope that is lacking is asked for once in a while, however many pages need it, and is soon there") {
    Pages pages;
    std::string part;
    SUBCASE("of what is asked together") {
        pages.behind.lacking = "/incidents";
        part = "incidents";
    }
    SUBCASE("of what each is asked for alone") {
        pages.behind.lacking = "/change_events";
        part = "change_events";
    }
    pages.look(20, test_now, minutes{1});

    int asked = 0;
    for (const auto& [path, times] : pages.behind.by_path)
        if (path.ends_with(pages.behind.lacking)) asked += times;
    CHECK(asked <= 6);
    auto seen = test_now + minutes{1};
    auto refused = pages.card(99, seen).at(part);
    CHECK(text_at(refused, "state") == "no_permission");
    CHECK(text_at(refused, "scope") == "x.read");
    pages.behind.lacking.clear();
    for (int page : {1, 2, 99}) CHECK(!pages.card(page, seen + seconds{11}).at(part).at("data").is_null());
}

TEST_CASE("what may not be seen of one service says nothing about the next") {
    AnswerCache cache;
    auto refuse = [](const Question&) {
        auto answer = here(json::object{{"error", json::object{{"message", "Access Denied"}}}});
        answer.status = 403;
        return answer;
    };

    CHECK(cache.get(about("P1"), test_now, refuse).status == 403);
    CHECK(cache.get(about("P2"), test_now, [](const Question&) { return here(json::array{}); }).ok());
}

TEST_CASE("a scope that is lacking is tried again after a change of all, and by one at a time") {
    AnswerCache cache;
    int times = 0;
    auto get = [&](const char* service, Timestamp now) {
        auto ask = [&](const Question&) {
            ++times;
            auto answer = here(json::object{{"error", json::object{{"required_scopes", "x.read"}}}}, now);
            answer.status = 403;
            // Who comes while one tries is told what was said before.
            if (times == 2)
                CHECK(cache.get(about("P3"), now, [](const Question&) { return here(json::array{}); }).status == 403);
            return answer;
        };
        return cache.get(about(service), now, ask).status;
    };

    CHECK(get("P1", test_now) == 403);
    CHECK(get("P2", test_now + seconds{10}) == 403);
    CHECK(times == 1);
    CHECK(get("P2", test_now + seconds{11}) == 403);
    CHECK(times == 2);
    cache.outdate("P4");
    get("P4", test_now + seconds{11});
    CHECK(times == 2);
    cache.outdate();
    get("P4", test_now + seconds{11});
    CHECK(times == 3);
    cache.forget_refusals();
    get("P5", test_now + seconds{11});
    CHECK(times == 4);
}

TEST_CASE("what was no answer is asked for again at once, and so is what the credentials were refused for") {
    AnswerCache cache;
    int times = 0;
    for (int status : {401, 429, 500, 503})
        cache.get(about("P1"), test_now, [&](const Question&) {
            ++times;
            auto answer = here(json::object{});
            answer.status = status;
            return answer;
        });

    CHECK(times == 4);
}

TEST_CASE("what moves from one page of a list to the next while it is read is there once") {
    AnswerCache cache;
    auto thing = [](const char* id, const char* of) { return json::object{{"id", id}, {"of", of}}; };
    auto ask = [&](const Question& question) {
        if (question.target == "/things?of=many")
            return here({{"things", {thing("T1", "P1"), thing("T2", "P2")}}, {"more", true}}, test_now + seconds{11});
        CHECK(question.target == "/things?of=many&offset=2");
        return here({{"things", {thing("T2", "P2"), thing("T3", "P1")}}, {"more", false}}, test_now + seconds{11});
    };
    for (const auto* id : {"P1", "P2"}) cache.get(about(id), test_now, [](const auto&) { return here(json::array{}); });

    auto own = cache.get(about("P2"), test_now + seconds{11}, ask);

    CHECK(own.body == json::value{thing("T2", "P2")});
    CHECK(cache.get(about("P1"), test_now + seconds{11}, ask).body.as_array().size() == 2);
}

TEST_CASE("what changes elsewhere while a question is on its way makes its answer no older") {
    AnswerCache cache;
    int times = 0;
    auto get = [&](Timestamp now) {
        cache.get(about("P1"), now, [&](const Question&) {
            ++times;
            cache.outdate("P2");
            return here(json::array{}, now);
        });
    };

    get(test_now);
    get(test_now + seconds{9});

    CHECK(times == 1);
}

TEST_CASE("who asks after a change is not given what was asked before it") {
    AnswerCache cache;
    std::atomic<int> times{0};
    auto ask = [&](const Question&) { return here(++times); };
    Answer after;
    std::thread other;

    auto before = cache.get(about("P1"), test_now, [&](const Question& question) {
        auto answer = ask(question);
        cache.outdate("P1");
        other = std::thread([&] { after = cache.get(about("P1"), test_now, ask); });
        return answer;
    });
    other.join();

    CHECK(before.body == 1);
    CHECK(after.body == 2);
}

TEST_CASE("a question that ends by an exception is asked again by the next who wants to know") {
    AnswerCache cache;
    auto fail = [](const Question&) -> Answer { throw std::runtime_error("out of memory"); };

    CHECK_THROWS_AS(cache.get(about("P1"), test_now, fail), std::runtime_error);
    CHECK_THROWS_AS(cache.get(about("P1"), test_now, fail), std::runtime_error);

    CHECK(cache.get(about("P1"), test_now, [](const Question&) { return here(json::array{}); }).ok());
}

TEST_CASE("whose time is over while they ask for others as well does not take theirs") {
    AnswerCache cache;
    auto now = test_now + seconds{11};
    auto ask = [&](const Question&) { return here(json::object{{"things", json::array{}}}, now); };
    for (const auto* id : {"P1", "P2"}) cache.get(about(id), test_now, [](const auto&) { return here(json::array{}); });
    auto hurried = about("P1");
    hurried.deadline = std::chrono::steady_clock::now();
    Answer patient;
    std::thread other;

    auto late = cache.get(hurried, now, [&](const Question&) {
        other = std::thread([&] { patient = cache.get(about("P2"), now, ask); });
        return Answer{Answer::End::late};
    });
    other.join();

    CHECK(late.end == Answer::End::late);
    CHECK(late.last_known);
    CHECK(patient.ok());
}
