#include "domain/notify/notification.h"
#include "domain/notify/text.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

const Timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + hours{12};

User ann() {
    User user;
    user.id = UserId{7};
    user.email = "ann@example.com";
    return user;
}

ContactMethod method(std::int64_t id, ContactMethodType type) {
    ContactMethod made;
    made.id = ContactMethodId{id};
    made.type = type;
    made.address = "5550100";
    return made;
}

NotificationRule rule(std::int64_t method_id, Urgency urgency, int delay) {
    NotificationRule made;
    made.contact_method = ContactMethodId{method_id};
    made.urgency = urgency;
    made.start_delay_in_minutes = delay;
    return made;
}

Way way(std::int64_t method_id, int delay) {
    return {method(method_id, ContactMethodType::sms_contact_method), minutes{delay}};
}

}  // namespace

TEST_CASE("ways come in the order of their delays, for one urgency") {
    std::vector methods{method(1, ContactMethodType::email_contact_method),
                        method(2, ContactMethodType::sms_contact_method)};
    std::vector rules{rule(1, Urgency::high, 5), rule(2, Urgency::high, 0), rule(1, Urgency::low, 0)};

    auto ways = ways_of(ann(), rules, methods, Urgency::high);

    REQUIRE(ways.size() == 2);
    CHECK(ways[0].method.id == ContactMethodId{2});
    CHECK(ways[1].delay == minutes{5});
}

TEST_CASE("a person without a rule for high urgency is reached where they log in, for low urgency nowhere") {
    std::vector rules{rule(9, Urgency::high, 0)};  // Of a contact method that is gone.

    auto ways = ways_of(ann(), rules, {}, Urgency::high);

    REQUIRE(ways.size() == 1);
    CHECK(ways[0].method.address == "ann@example.com");
    CHECK_FALSE(ways[0].method.id);
    CHECK(ways_of(ann(), {}, {}, Urgency::low).empty());
}

TEST_CASE("every look finds what fell due since the last one, and when to look again") {
    std::vector ways{way(1, 0), way(2, 5), way(1, 10)};

    auto first = ways_due(ways, noon, noon, noon);
    CHECK(first.due == std::vector<const Way*>{&ways[0]});
    CHECK(first.next == noon + minutes{5});

    auto second = ways_due(ways, noon, *first.next, noon + minutes{5});
    CHECK(second.due == std::vector<const Way*>{&ways[1]});
    CHECK(second.next == noon + minutes{10});

    auto last = ways_due(ways, noon, *second.next, noon + minutes{11});
    CHECK(last.due == std::vector<const Way*>{&ways[2]});
    CHECK_FALSE(last.next);
}

TEST_CASE("after a night without the server each contact method is used once") {
    std::vector ways{way(1, 0), way(2, 5), way(1, 10)};

    auto found = ways_due(ways, noon, noon, noon + hours{8});

    CHECK(found.due == std::vector<const Way*>{&ways[0], &ways[1]});
    CHECK_FALSE(found.next);
}

TEST_CASE("pauses between tries grow to five minutes") {
    CHECK(pause_after(1) == seconds{5});
    CHECK(pause_after(2) == seconds{15});
    CHECK(pause_after(4) == seconds{135});
    CHECK(pause_after(5) == minutes{5});
    CHECK(pause_after(attempts_max) == minutes{5});
}

TEST_CASE("numbers are dialled with their country, addresses are taken as they are") {
    Notification row;
    row.address = "5550100";
    row.country_code = 49;
    CHECK(destination_of(row) == "5550100");
    row.type = ContactMethodType::sms_contact_method;
    CHECK(destination_of(row) == "+495550100");
}

TEST_CASE("a page of one incident names it, in the person's local time and on one line") {
    PagedIncident incident{12, "Disk full\non db-1", "payments", noon, false};

    auto page = text_of_page({&incident, 1}, 1, Urgency::high, "Europe/Berlin");

    CHECK(page.subject == "#12 Disk full on db-1 [payments]");
    CHECK(page.short_text == "#12 on payments: Disk full on db-1");
    CHECK(page.text.find("Since: 2026-03-01 13:00 Europe/Berlin") != std::string::npos);
}

TEST_CASE("a page about an incident that nobody has says so, and why it comes to this person") {
    PagedIncident incident{12, "Disk full", "payments", noon, true};

    auto page = text_of_page({&incident, 1}, 1, Urgency::high, "");

    CHECK(page.subject == "Nobody is on call: #12 Disk full [payments]");
    CHECK(page.short_text.starts_with("Nobody is on call: #12"));
    CHECK(page.text.find("because you administer the account") != std::string::npos);
}

TEST_CASE("a page of many incidents names the first and counts the rest") {
    std::vector<PagedIncident> incidents;
    for (int i = 1; i <= 25; ++i) incidents.push_back({i, "t" + std::to_string(i), "s", noon});

    auto page = text_of_page(incidents, incidents.size(), Urgency::high, "");

    CHECK(page.subject == "25 incidents, the first: #1 t1");
    CHECK(page.short_text == "25 incidents: #1 t1; #2 t2; #3 t3; and 22 more");
    CHECK(page.text.find("#20 t20") != std::string::npos);
    CHECK(page.text.find("#21") == std::string::npos);
    CHECK(page.text.find("and 5 more.") != std::string::npos);
}

TEST_CASE("news of a message counts by who says it: a person, then a machine, then whoever was first") {
    using enum Receipt;
    for (auto receipt : {delivered, answered, undelivered, no_answer, busy, voicemail})
        CHECK(is_news(std::nullopt, receipt));
    CHECK(is_news(delivered, answered));
    CHECK(is_news(voicemail, answered));
    CHECK(is_news(delivered, voicemail));
    for (auto late : {delivered, undelivered, no_answer, busy, voicemail}) CHECK_FALSE(is_news(answered, late));
    for (auto known : {delivered, undelivered, no_answer, busy}) CHECK_FALSE(is_news(known, delivered));
    CHECK_FALSE(is_news(delivered, undelivered));
    CHECK_FALSE(is_news(voicemail, delivered));
}

TEST_CASE("a hand-off notice names the time where the person is, and what for") {
    std::vector<HandoffDuty> duties{{"Payments", 1}, {"Search\nand more", 2}};

    CHECK(text_of_handoff(true, noon, duties, "Europe/Berlin") ==
          "You go on call at 2026-03-01 13:00 Europe/Berlin for Payments (level 1), Search and more (level 2).");
    CHECK(text_of_handoff(false, noon, {duties.data(), 1}, "") ==
          "You go off call at 2026-03-01 12:00 UTC for Payments (level 1).");
}

}  // namespace callboard
