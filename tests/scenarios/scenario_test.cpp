// Plays every *.scn file of this folder. A scenario is a story in plain lines, readable by support staff:
//
//   start 2026-03-29T01:50
//   users ann bob
//   schedule days zone Europe/Paris turn 24h: ann bob
//   policy p: 5m ann, 10m bob; repeat 1
//   service api uses p auto_resolve 4h ack_timeout 30m urgency severity_based
//   trigger api disk critical
//   expect api triggered, assigned ann
//   +5m
//   expect api log escalate
//
// "#" starts a comment. A line that nobody understands fails the scenario, as does an expectation that is not met.

#include "world.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace callboard::scenario {

namespace {

using Words = std::vector<std::string>;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

/// Words, with ",", ";" and ":" at a word's end as words of their own.
Words split(const std::string& line) {
    Words words;
    std::istringstream stream(line);
    for (std::string word; stream >> word;) {
        std::string tail;
        while (!word.empty() && (word.back() == ',' || word.back() == ';' || word.back() == ':')) {
            tail = word.back();
            word.pop_back();
        }
        if (!word.empty()) words.push_back(word);
        if (!tail.empty()) words.push_back(tail);
    }
    return words;
}

/// "90s", "5m", "4h", "2d".
Duration read_duration(const std::string& text) {
    if (text.size() < 2) fail("not a length of time: " + text);
    auto number = std::stol(text);
    switch (text.back()) {
    case 's': return seconds{number};
    case 'm': return minutes{number};
    case 'h': return hours{number};
    case 'd': return days{number};
    default: fail("not a length of time: " + text);
    }
}

template <class E>
E read_enum(const std::string& text) {
    auto value = parse_enum<E>(text);
    if (!value) fail(text + " is none of " + all_texts_of<E>());
    return *value;
}

class Player {
public:
    /// `line` is what `words` are of.
    void play(const Words& words, const std::string& line) {
        const auto& verb = words[0];
        if (verb == "event_rule") return event_rule(words, line);
        if (verb.starts_with("+")) return world_.pass(read_duration(verb.substr(1)));
        if (verb == "start") return start(words);
        if (verb == "users") return users(words);
        if (verb == "administrators") return administrators(words);
        if (verb == "rule") return rule(words);
        if (verb == "no_rules") return world_.remove_rules(words.at(1));
        if (verb == "outage" || verb == "repaired" || verb == "refusal") return receive(words);
        if (verb == "crash_while_sending") return world_.crash_while_sending();
        if (verb == "handoff_rule")
            return world_.add_handoff_rule(
                words.at(1), way(words.at(2)), read_enum<HandoffType>(words.at(3)), read_duration(words.at(4)));
        if (verb == "hook") return world_.add_hook(words.at(1), words.at(3), {words.begin() + 4, words.end()});
        if (verb == "enable_hook") return world_.enable_hook(words.at(1));
        if (verb == "policy") return policy(words);
        if (verb == "schedule") return schedule(words);
        if (verb == "layer") return world_.add_layer(words.at(1), layer(words, 2));
        if (verb == "vacate") return world_.vacate(words.at(1));
        if (verb == "override") return override_(words);
        if (verb == "end_override") return world_.end_override(words.at(1));
        if (verb == "shifts") return shifts(words);
        if (verb == "heartbeat")
            return world_.add_heartbeat(
                words.at(1), words.at(3), read_duration(words.at(5)), read_duration(words.at(7)));
        if (verb == "beat") return world_.beat(words.at(1));
        if (verb == "service") return service(words);
        if (verb == "disable") return world_.disable_service(words.at(1), true);
        if (verb == "enable") return world_.disable_service(words.at(1), false);
        if (verb == "maintenance") return world_.add_maintenance(words.at(1), read_duration(words.at(2)));
        if (verb == "group") return group(words);
        if (verb == "many") return many(words);
        if (verb == "restart") return world_.restart();
        if (verb == "expect") return expect(words);
        if (parse_enum<EventAction>(verb)) return send(words);
        if (deed(words)) return;
        fail("nobody understands \"" + verb + "\"");
    }

private:
    void start(const Words& words) {
        auto parsed = parse_iso8601(words.at(1));
        if (!parsed) fail("not a time: " + words.at(1));
        world_.set_start(parsed->at);
    }

    void users(const Words& words) {
        for (std::size_t i = 1; i < words.size(); ++i) world_.add_user(words[i]);
    }

    void administrators(const Words& words) {
        for (std::size_t i = 1; i < words.size(); ++i) world_.add_user(words[i], Role::admin);
    }

    static ContactMethodType way(const std::string& word) {
        return read_enum<ContactMethodType>(word + "_contact_method");
    }

    /// rule USER WAY URGENCY DELAY
    void rule(const Words& words) {
        auto delay = std::chrono::floor<minutes>(read_duration(words.at(4)));
        world_.add_rule(
            words.at(1), way(words.at(2)), read_enum<Urgency>(words.at(3)), static_cast<int>(delay.count()));
    }

    /// policy NAME : DELAY [round_robin] TARGET… , DELAY [round_robin] TARGET… ; repeat N
    void policy(const Words& words) {
        std::vector<World::Level> levels;
        int repeats = 0;
        bool level_begins = true;
        for (std::size_t i = 3; i < words.size(); ++i) {
            if (words[i] == ",") {
                level_begins = true;
            } else if (words[i] == ";") {
                if (words.at(i + 1) != "repeat") fail("after ; comes repeat");
                repeats = std::stoi(words.at(i + 2));
                break;
            } else if (std::exchange(level_begins, false)) {
                levels.push_back({read_duration(words[i]), {}});
            } else if (words[i] == "round_robin") {
                levels.back().round_robin = true;
            } else {
                levels.back().targets.push_back(words[i]);
            }
        }
        world_.add_policy(words.at(1), levels, repeats);
    }

    /// turn LENGTH [daily HH:MM LENGTH | weekly DAY HH:MM LENGTH]… : PEOPLE
    static World::LayerSketch layer(const Words& words, std::size_t i) {
        World::LayerSketch sketch;
        if (words.at(i) != "turn") fail("turn LENGTH [daily HH:MM LENGTH | weekly DAY HH:MM LENGTH]: people");
        sketch.turn = read_duration(words.at(i + 1));
        for (i += 2; words.at(i) != ":"; i += 3) {
            Restriction restriction;
            if (words[i] == "weekly") {
                restriction.type = RestrictionType::weekly_restriction;
                restriction.start_day_of_week = std::stoi(words.at(++i));
            } else if (words[i] != "daily") {
                fail("a layer has no " + words[i]);
            }
            const auto& clock = words.at(i + 1);
            restriction.start_time_of_day = hours{std::stoi(clock)} + minutes{std::stoi(clock.substr(3))};
            restriction.duration_seconds = std::chrono::floor<seconds>(read_duration(words.at(i + 2))).count();
            sketch.restrictions.push_back(restriction);
        }
        sketch.people.assign(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
        return sketch;
    }

    /// schedule NAME zone ZONE LAYER
    void schedule(const Words& words) {
        if (words.at(2) != "zone") fail("schedule NAME zone Z turn L: people");
        world_.add_schedule(words[1], words[3], layer(words, 4));
    }

    /// outage|repaired WAY [first] | outage|refusal|repaired hook NAME
    void receive(const Words& words) {
        using Receiver = World::Receiver;
        if (words.at(1) == "hook") {
            auto receiver = words[0] == "outage"    ? Receiver::fails
                            : words[0] == "refusal" ? Receiver::refuses
                                                    : Receiver::takes;
            return world_.set_receiver(words.at(2), receiver);
        }
        bool first = words.size() > 2 && words[2] == "first";
        world_.set_outage(way(words[1]), words[0] == "outage", first ? World::Extent::first : World::Extent::all);
    }

    /// USER asks_code WAY | USER enters WAY right|wrong | USER follows|forges ACTION; each [refused WORDS]
    bool show(const Words& words) {
        std::string problem;
        std::size_t next = 3;
        if (words[1] == "asks_code")
            problem = world_.ask_for_code(words[0], way(words[2]));
        else if (words[1] == "enters")
            problem = world_.enter_code(words[0], way(words[2]), words.at(next++) == "right");
        else
            problem = world_.follow_link(words[0], read_enum<PageAction>(words[2]), words[1] == "forges");
        return refused_as_said(words, words.begin() + static_cast<std::ptrdiff_t>(next), problem);
    }

    /// shifts NAME zone ZONE rotating_member|every_member : PEOPLE
    void shifts(const Words& words) {
        if (words.at(2) != "zone" || words.at(5) != ":") fail("shifts NAME zone Z STRATEGY: people");
        world_.add_shift_schedule(
            words[1], words[3], read_enum<ShiftStrategy>(words[4]), {words.begin() + 6, words.end()});
    }

    /// override SCHEDULE USER from LENGTH for LENGTH
    void override_(const Words& words) {
        world_.add_override(words.at(1), words.at(2), read_duration(words.at(4)), read_duration(words.at(6)));
    }

    /// service NAME uses POLICY [auto_resolve L] [ack_timeout L] [urgency U] [pause L] [without_alerts] [support_hours
    /// ZONE FROM TO]
    void service(const Words& words) {
        World::ServiceOptions options;
        for (std::size_t i = 4; i < words.size(); ++i) {
            if (words[i] == "auto_resolve")
                options.auto_resolve = read_duration(words.at(++i));
            else if (words[i] == "ack_timeout")
                options.ack_timeout = read_duration(words.at(++i));
            else if (words[i] == "urgency")
                options.urgency = read_enum<RuleUrgency>(words.at(++i));
            else if (words[i] == "pause")
                options.pause = read_duration(words.at(++i));
            else if (words[i] == "support_hours") {
                options.support_hours = {words.at(i + 1),
                                         {1, 2, 3, 4, 5},
                                         static_cast<int>(std::stol(words.at(i + 2)) * 3'600),
                                         static_cast<int>(std::stol(words.at(i + 3)) * 3'600)};
                i += 3;
            } else if (words[i] == "without_alerts")
                options.alert_creation = AlertCreation::create_incidents;
            else
                fail("a service has no " + words[i]);
        }
        world_.add_service(words.at(1), words.at(3), options);
    }

    /// event_rule SERVICE [suppress] [hold L] [severity S] [resolve] [policy P] [key_from PATH] [note TEXT] when PCL…
    void event_rule(const Words& words, const std::string& line) {
        RuleActions actions;
        for (std::size_t i = 2; words.at(i) != "when"; ++i) {
            if (words[i] == "suppress")
                actions.suppress = true;
            else if (words[i] == "resolve")
                actions.event_action = RuleEventAction::resolve;
            else if (words[i] == "hold")
                actions.suspend = static_cast<int>(std::chrono::floor<seconds>(read_duration(words.at(++i))).count());
            else if (words[i] == "severity")
                actions.severity = read_enum<Severity>(words.at(++i));
            else if (words[i] == "policy")
                actions.escalation_policy = world_.policy_id(words.at(++i));
            else if (words[i] == "note")
                actions.annotate = words.at(++i);
            else if (words[i] == "key_from")
                actions.extractions.push_back({"event.dedup_key", std::nullopt, words.at(++i), ".+"});
            else
                fail("an event rule has no " + words[i]);
        }
        world_.add_event_rule(words.at(1), line.substr(line.find(" when ") + 6), std::move(actions));
    }

    /// group SERVICE… by TYPE [within L] [all|any FIELD…]
    void group(const Words& words) {
        AlertGroupingSetting setting;
        std::vector<std::string> services;
        std::size_t i = 1;
        while (words.at(i) != "by") services.push_back(words[i++]);
        setting.type = read_enum<AlertGroupingType>(words.at(++i));
        for (++i; i < words.size(); ++i) {
            if (words[i] == "within") {
                auto length = static_cast<int>(std::chrono::floor<seconds>(read_duration(words.at(++i))).count());
                (setting.type == AlertGroupingType::time ? setting.timeout : setting.time_window) = length;
            } else if (words[i] == "all" || words[i] == "any") {
                setting.aggregate = read_enum<GroupingAggregate>(words[i]);
            } else {
                setting.fields.push_back(words[i]);
            }
        }
        world_.group(std::move(setting), services);
    }

    /// many SERVICE COUNT: that many alerts, each with a key of its own.
    void many(const Words& words) {
        for (auto left = std::stoi(words.at(2)); left > 0; --left) {
            auto key = fmt::format("many-{}", ++keys_);
            auto problem = world_.send(words[1], EventAction::trigger, key, Severity::critical);
            if (!problem.empty()) fail(problem);
        }
    }

    /// trigger|acknowledge|resolve SERVICE KEY [SEVERITY] [NAME=VALUE…] [says WORDS…]
    void send(const Words& words) {
        World::Message message;
        std::string members;
        std::size_t i = 3;
        if (i < words.size() && parse_enum<Severity>(words[i])) message.severity = *parse_enum<Severity>(words[i++]);
        for (; i < words.size(); ++i) {
            auto sign = words[i].find('=');
            if (words[i] == "says") {
                while (++i < words.size()) message.summary += (message.summary.empty() ? "" : " ") + words[i];
            } else if (sign != std::string::npos) {
                auto name = words[i].substr(0, sign);
                members += fmt::format(R"({}"{}":"{}")", members.empty() ? "" : ",", name, words[i].substr(sign + 1));
            } else {
                fail("an event has no " + words[i]);
            }
        }
        message.document = "{" + members + "}";
        auto problem = world_.send(words.at(1), read_enum<EventAction>(words[0]), words.at(2), message);
        if (!problem.empty()) fail(problem);
    }

    /// USER moves SERVICE KEY: into the newest incident of the service.
    bool move(const Words& words) {
        auto problem = world_.move_alert(words[0], words.at(2), words.at(3));
        if (!problem.empty()) fail(problem);
        return true;
    }

    /// USER asks|withdraws SERVICE : PEOPLE AND POLICIES [refused WORDS]
    bool ask(const Words& words) {
        auto end = std::ranges::find(words, "refused");
        std::vector<std::string> targets(words.begin() + 4, end);
        auto problem = words[1] == "asks" ? world_.ask(words[0], words.at(2), targets)
                                          : world_.withdraw(words[0], words.at(2), targets);
        return refused_as_said(words, end, problem);
    }

    /// USER joins|declines SERVICE [refused WORDS]
    bool reply(const Words& words) {
        auto reply = words[1] == "joins" ? ResponderReply::joined : ResponderReply::declined;
        auto problem = world_.reply(words[0], words.at(2), reply);
        return refused_as_said(words, words.begin() + 3, problem);
    }

    static bool refused_as_said(const Words& words, Words::const_iterator at, const std::string& problem) {
        std::string expected;
        if (at != words.end() && *at == "refused")
            for (++at; at != words.end(); ++at) expected += (expected.empty() ? "" : " ") + *at;
        if (problem != expected) fail(fmt::format("expected refusal \"{}\", got \"{}\"", expected, problem));
        return true;
    }

    /// USER acknowledges|resolves|snoozes|reassigns|escalates|reopens|raises|lowers SERVICE [ARGUMENT] [refused WORDS]
    bool deed(const Words& words) {
        if (words.size() < 3) return false;
        if (words[1] == "moves") return move(words);
        if (words[1] == "asks" || words[1] == "withdraws") return ask(words);
        if (words[1] == "joins" || words[1] == "declines") return reply(words);
        if (words[1] == "asks_code" || words[1] == "enters" || words[1] == "follows" || words[1] == "forges")
            return show(words);
        using Deed = World::Deed;
        const std::map<std::string, Deed> deeds{{"acknowledges", Deed::acknowledge},
                                                {"resolves", Deed::resolve},
                                                {"snoozes", Deed::snooze},
                                                {"reassigns", Deed::reassign},
                                                {"escalates", Deed::escalate},
                                                {"reopens", Deed::reopen},
                                                {"raises", Deed::urgency_high},
                                                {"lowers", Deed::urgency_low}};
        auto found = deeds.find(words[1]);
        if (found == deeds.end()) return false;
        std::size_t next = 3;
        Duration length{0};
        std::string argument;
        if (found->second == Deed::snooze) length = read_duration(words.at(next++));
        if (found->second == Deed::reassign || found->second == Deed::escalate) argument = words.at(next++);
        auto problem = world_.act(found->second, words[2], words[0], argument, length);
        std::string expected;
        if (words.size() > next && words[next] == "refused")
            for (std::size_t i = next + 1; i < words.size(); ++i) expected += (expected.empty() ? "" : " ") + words[i];
        if (problem != expected) fail(fmt::format("expected refusal \"{}\", got \"{}\"", expected, problem));
        return true;
    }

    void expect(const Words& words) {
        if (words.at(1) == "nothing") return expect_nothing(words);
        if (words.at(1) == "pages" || words.at(1) == "page") return expect_pages(words);
        if (words.at(1) == "dropped") return expect_dropped(words);
        if (words.at(1) == "hooks") return expect_hooks(words);
        if (words.at(1) == "on_call") return expect_on_call(words);
        if (words.at(1) == "proven" || words.at(1) == "unproven") {
            if (world_.is_proven(words.at(2), way(words.at(3))) != (words[1] == "proven")) fail("it is not");
            return;
        }
        if (words.size() > 4 && words[2] == "alert") return expect_alert(words);
        if (words.size() > 3 && words[2] == "incidents") {
            auto count = world_.incidents(words[1]).size();
            if (count != std::stoul(words[3])) fail(fmt::format("there are {} incidents", count));
            return;
        }
        auto incident = world_.incident(words[1]);
        if (!incident) fail("there is no incident on " + words[1]);
        for (std::size_t i = 2; i < words.size(); ++i) {
            if (words[i] == ",") continue;
            i = expect_one(*incident, words, i);
        }
    }

    /// expect nothing for LENGTH
    void expect_nothing(const Words& words) {
        auto before = world_.entries();
        world_.pass(read_duration(words.at(3)));
        if (world_.entries() != before) fail("something happened");
    }

    /// What stands between commas from `i` on; "none" is nothing.
    static Words listed(const Words& words, std::size_t i) {
        Words items;
        for (; i < words.size(); ++i) {
            if (words[i] == "none") continue;
            if (words[i] == "," || items.empty()) items.emplace_back();
            if (words[i] != ",") items.back() += (items.back().empty() ? "" : " ") + words[i];
        }
        return items;
    }

    /// expect hooks NAME : EVENT, … | none. All that its receiver took since the last look, in order.
    void expect_hooks(const Words& words) {
        world_.pass(Duration{0});
        Words actual;
        for (const auto& sent : world_.take_hooks(words.at(2))) actual.push_back(sent.delivery.event_type);
        if (actual != listed(words, 4)) fail(fmt::format("it heard of: {}", fmt::join(actual, ", ")));
    }

    /// expect on_call SCHEDULE [LENGTH ago] : PEOPLE | nobody
    void expect_on_call(const Words& words) {
        bool past = words.at(3) != ":";
        auto ago = past ? read_duration(words[3]) : Duration{0};
        Words expected(words.begin() + (past ? 6 : 4), words.end());
        std::erase(expected, "nobody");
        auto actual = world_.on_call(words.at(2), ago);
        if (actual != expected) fail(fmt::format("on call: [{}]", fmt::join(actual, " ")));
    }

    /// expect pages: USER WAY [PURPOSE] [by second] [of COUNT] [again], … | none. All that were sent since the last
    /// look.
    void expect_pages(const Words& words) {
        auto expected = listed(words, 3);
        Words actual;
        for (const auto& [at, page, place] : world_.take_pages()) {
            auto type = text_of(page.type);
            auto text = fmt::format("{} {}", world_.name_of(page.user), type.substr(0, type.find("_contact_method")));
            if (page.purpose != NotificationPurpose::page) text += fmt::format(" {}", text_of(page.purpose));
            if (place > 0) text += " by second";
            if (page.incidents.size() > 1) text += fmt::format(" of {}", page.incidents.size());
            if (page.may_be_a_repeat) text += " again";
            actual.push_back(std::move(text));
        }
        if (actual != expected) fail(fmt::format("the pages were: {}", fmt::join(actual, ", ")));
    }

    /// expect SERVICE alert KEY [triggered|resolved|suppressed|in_incident|PLACEMENT]…
    void expect_alert(const Words& words) {
        auto alert = world_.alert(words[1], words[3]);
        if (!alert) fail("there is no such alert");
        for (std::size_t i = 4; i < words.size(); ++i) {
            if (words[i] == ",") continue;
            if (auto status = parse_enum<AlertStatus>(words[i])) {
                if (alert->status != *status) fail("it is " + std::string{text_of(alert->status)});
            } else if (words[i] == "suppressed" || words[i] == "in_incident") {
                bool suppressed = words[i] == "suppressed";
                if (alert->suppressed != suppressed || alert->incident.has_value() == suppressed)
                    fail(alert->suppressed ? "it is suppressed" : "it is in an incident");
            } else if (alert->placement != read_enum<Placement>(words[i])) {
                fail("its placement is " + std::string{text_of(alert->placement)});
            }
        }
    }

    /// expect dropped REASON COUNT
    void expect_dropped(const Words& words) {
        auto count = world_.receipts(read_enum<DropReason>(words.at(2)));
        if (count != std::stol(words.at(3))) fail(fmt::format("{} were dropped", count));
    }

    std::size_t expect_one(const Incident& incident, const Words& words, std::size_t i) {
        if (auto status = parse_enum<IncidentStatus>(words[i])) {
            if (incident.status != *status) fail("it is " + std::string{text_of(incident.status)});
            return i;
        }
        if (auto urgency = parse_enum<Urgency>(words[i])) {
            if (incident.urgency != *urgency) fail("its urgency is " + std::string{text_of(incident.urgency)});
            return i;
        }
        if (words[i] == "assigned") return expect_assigned(incident, words, i);
        if (words[i] == "level") {
            if (incident.escalation_level != std::stoi(words.at(i + 1)))
                fail(fmt::format("it is at level {}", incident.escalation_level));
            return i + 1;
        }
        if (words[i] == "responder") {
            auto state = world_.responder(incident, words.at(i + 1));
            if (state != parse_enum<ResponderState>(words.at(i + 2)))
                fail(state ? "the responder is " + std::string{text_of(*state)} : "there is no such responder");
            return i + 2;
        }
        if (words[i] == "why") {
            auto reason = world_.why(incident, words.at(i + 1));
            if (reason != read_enum<PersonReason>(words.at(i + 2)))
                fail("the reason is " + std::string{text_of(reason)});
            return i + 2;
        }
        if (words[i] == "log") return expect_log(incident, words, i);
        if (words[i] == "alerts") {
            auto alerts = world_.alerts(incident);
            auto open = std::ranges::count(alerts, AlertStatus::triggered, &Alert::status);
            if (open != std::stol(words.at(i + 1))) fail(fmt::format("{} alerts are open", open));
            return i + 1;
        }
        fail("nobody understands \"expect " + words[i] + "\"");
    }

    /// assigned NAME… | assigned nobody
    std::size_t expect_assigned(const Incident& incident, const Words& words, std::size_t i) {
        Words expected;
        for (++i; i < words.size() && words[i] != ","; ++i)
            if (words[i] != "nobody") expected.push_back(words[i]);
        Words actual;
        for (const auto& assignment : incident.assignments) actual.push_back(world_.name_of(assignment.assignee));
        if (actual != expected) fail(fmt::format("it is assigned to [{}]", fmt::join(actual, " ")));
        return i;
    }

    /// log TYPE [xCOUNT]
    std::size_t expect_log(const Incident& incident, const Words& words, std::size_t i) {
        auto type = read_enum<LogEntryType>(words.at(++i));
        auto entries = world_.log(incident);
        auto count = std::ranges::count(entries, type, &LogEntry::type);
        if (i + 1 < words.size() && words[i + 1].starts_with("x")) {
            if (count != std::stol(words[++i].substr(1))) fail(fmt::format("{} such entries", count));
        } else if (count == 0) {
            fail("no such log entry");
        }
        return i;
    }

    World world_;
    int keys_ = 0;
};

void play_file(const std::filesystem::path& path) {
    std::ifstream file(path);
    Player player;
    int number = 0;
    for (std::string line; std::getline(file, line);) {
        ++number;
        line.resize(std::min(line.size(), line.find('#')));
        auto words = split(line);
        if (words.empty()) continue;
        try {
            player.play(words, line);
        } catch (const std::exception& error) {
            FAIL_CHECK(path.filename().string(), ":", number, ": ", line, "\n    ", std::string{error.what()});
            return;
        }
    }
}

}  // namespace

TEST_CASE("scenarios") {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(CALLBOARD_SCENARIOS))
        if (entry.path().extension() == ".scn") files.push_back(entry.path());
    std::ranges::sort(files);
    REQUIRE_FALSE(files.empty());
    for (const auto& path : files) SUBCASE(path.filename().c_str()) {
            play_file(path);
        }
}

}  // namespace callboard::scenario
