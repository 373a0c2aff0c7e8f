#include "app/story.h"

#include "app/on_call.h"
#include "storage/unreadable.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

namespace callboard {

namespace {

struct Message {
    Notification row;
    /// When the incident came into it.
    Timestamp joined_at;
    bool left_out = false;
};

/// "at once", or "12 seconds later" with the words that follow a span.
std::string at_once_or(Duration span, std::string_view words) {
    if (std::chrono::round<seconds>(span) <= seconds{0}) return "at once";
    return fmt::format("{} {}", span_in_words(span), words);
}

/// A time in which the incident followed one policy: until it was moved to another one, or began again.
struct Course {
    EscalationPolicy policy;
    Timestamp begins;
    std::optional<Timestamp> ends;
    /// "it opened", "it was moved to Night shift".
    std::string beginning;
};

bool is_answer(LogEntryType type) { return type == LogEntryType::acknowledge || type == LogEntryType::resolve; }

bool is_grouped(Placement placement) {
    switch (placement) {
    case Placement::grouped_by_time:
    case Placement::grouped_by_content:
    case Placement::grouped_by_similarity:
    case Placement::grouped_by_content_and_similarity: return true;
    case Placement::opened_incident:
    case Placement::paused:
    case Placement::cleared_in_pause:
    case Placement::suppressed_by_rule:
    case Placement::suppressed_after_pause:
    case Placement::unrouted:
    case Placement::moved: return false;
    }
    return false;
}

/// Of an entry that is no trigger: those depend on the alert.
StoryReason reason_of(const LogEntry& entry) {
    switch (entry.type) {
    case LogEntryType::trigger: return StoryReason::triggered_again;
    case LogEntryType::acknowledge: return StoryReason::acknowledged;
    case LogEntryType::unacknowledge: return StoryReason::acknowledgement_ended;
    case LogEntryType::assign: return StoryReason::assigned;
    case LogEntryType::delegate: return StoryReason::delegated;
    case LogEntryType::escalate: return entry.users.empty() ? StoryReason::level_skipped : StoryReason::escalated;
    case LogEntryType::exhaust_escalation_path:
        return entry.note ? StoryReason::nobody_on_call : StoryReason::policy_ended;
    case LogEntryType::repeat_escalation_path: return StoryReason::policy_started_over;
    case LogEntryType::notify: return StoryReason::told;
    case LogEntryType::resolve: return StoryReason::resolved;
    case LogEntryType::snooze: return StoryReason::snoozed;
    case LogEntryType::annotate: return StoryReason::noted;
    case LogEntryType::urgency_change: return StoryReason::urgency_changed;
    case LogEntryType::reach_ack_limit:
    case LogEntryType::reach_trigger_limit: return StoryReason::limit_reached;
    case LogEntryType::field_value_change:
    case LogEntryType::custom_field_value_change: return StoryReason::changed;
    case LogEntryType::merge: return StoryReason::merged;
    case LogEntryType::reopen: return StoryReason::reopened;
    case LogEntryType::responder_request: return StoryReason::help_asked;
    case LogEntryType::responder_reply: return StoryReason::help_answered;
    case LogEntryType::responder_cancel: return StoryReason::help_cancelled;
    }
    return StoryReason::changed;
}

class Teller {
public:
    Teller(Tx& tx, const Incident& incident) : tx_(tx), incident_(incident) {
        entries_ = tx.list(Query<LogEntry>()
                               .where(&LogEntry::incident, incident.id)
                               .order_by(&LogEntry::id)
                               .page(story_lines_max + 1));
        for (const auto& told : tx.list(Query<NotifiedIncident>()
                                            .where(&NotifiedIncident::incident, incident.id)
                                            .order_by(&NotifiedIncident::id)
                                            .page(story_lines_max)))
            if (auto row = tx.find<Notification>(told.notification))
                messages_.push_back({*row, IdSource::time_of(told.id.value), told.left_out});
        find_decisions();
        find_courses();
    }

    Story tell(std::optional<UserId> only) {
        Story story;
        story.policy = incident_.escalation_policy;
        story.policy_version = incident_.policy_version;
        if (entries_.size() > story_lines_max) {
            auto all = tx_.count(Query<LogEntry>().where(&LogEntry::incident, incident_.id));
            story.lines_left_out = all - story_lines_max;
            entries_.resize(story_lines_max);
        }
        story.lines = lines();
        if (only)
            std::erase_if(story.lines, [&](const StoryLine& line) {
                return !line.users.empty() && std::ranges::find(line.users, *only) == line.users.end();
            });
        if (story.lines.size() > story_lines_max) {
            story.lines_left_out += static_cast<std::int64_t>(story.lines.size()) - story_lines_max;
            story.lines.resize(story_lines_max);
        }
        ConfigUses config;
        for (const auto& line : story.lines) config.add(line.config);
        for (const auto& use : config.all()) story.config.push_back(named(use));
        for (auto user : only ? std::vector{*only} : people()) story.people.push_back(person(user));
        return story;
    }

private:
    template <class T>
    ConfigName named(const ConfigUse& use, const std::string& unknown) {
        auto found = if_readable([&] { return tx_.find_even_deleted<T>(decltype(T::id){use.id}); });
        auto since = tx_.version_begin(decltype(T::id)::kind, use.id, use.version);
        return {use, found ? name_in(*found) : unknown, since};
    }

    template <class T>
    static std::string name_in(const T& row) {
        if constexpr (std::is_same_v<T, AlertGroupingSetting>)
            return row.name.value_or("without a name");
        else
            return row.name;
    }

    ConfigName named(const ConfigUse& use) {
        const std::string gone = "deleted";
        switch (use.kind) {
        case ConfigKind::service: return named<Service>(use, gone);
        case ConfigKind::escalation_policy: return named<EscalationPolicy>(use, gone);
        case ConfigKind::schedule: return named<Schedule>(use, gone);
        case ConfigKind::alert_grouping_setting: return named<AlertGroupingSetting>(use, gone);
        case ConfigKind::notification_rules: break;
        }
        return {use, name_of(UserId{use.id}), tx_.version_begin(Kind::notification_rule, use.id, use.version)};
    }

    std::string name_of(UserId id) {
        auto [found, is_new] = names_.try_emplace(id);
        if (is_new) {
            auto user = tx_.find_even_deleted<User>(id);
            found->second = user ? user->name : "somebody who was deleted";
        }
        return found->second;
    }

    std::string name_of(const Agent& agent) {
        switch (agent.type) {
        case AgentType::user: return name_of(UserId{agent.id});
        case AgentType::integration: return "an event";
        case AgentType::service: return "the service";
        case AgentType::none: return "the API";
        }
        return "somebody";
    }

    /// Of several entries that one decision wrote, the first says what it was based on.
    void find_decisions() {
        Timestamp decided_at;
        for (const auto& entry : entries_) {
            bool begins = decided_by_.empty() || !entry.config.empty() || entry.created_at != decided_at;
            decided_by_.push_back(begins ? &entry.config : decided_by_.back());
            decided_at = entry.created_at;
        }
    }

    void find_courses() {
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            const auto& entry = entries_[i];
            bool begins = i == 0 || entry.type == LogEntryType::delegate || entry.type == LogEntryType::reopen;
            if (!begins) continue;
            const auto& policy = policy_of(i);
            if (!courses_.empty()) courses_.back().ends = entry.created_at;
            auto beginning = i == 0                               ? std::string{"it opened"}
                             : entry.type == LogEntryType::reopen ? std::string{"it was reopened"}
                                                                  : "it was moved to " + policy.name;
            courses_.push_back({policy, entry.created_at, std::nullopt, std::move(beginning)});
        }
    }

    /// The policy by which a decision was made; the incident's present one where the decision does not say.
    const EscalationPolicy& policy_of(std::size_t entry) {
        ConfigUse use{ConfigKind::escalation_policy, incident_.escalation_policy.value, incident_.policy_version};
        // Of two, the one that it was moved to comes last.
        for (const auto& one : decided_by_[entry]->all())
            if (one.kind == ConfigKind::escalation_policy) use = one;
        auto [found, is_new] = policies_.try_emplace({use.id, use.version});
        if (!is_new) return found->second;
        EscalationPolicyId id{use.id};
        auto policy = if_readable([&] { return tx_.version<EscalationPolicy>(id, use.version); });
        if (!policy) policy = if_readable([&] { return tx_.find_even_deleted<EscalationPolicy>(id); });
        if (policy) found->second = std::move(*policy);
        return found->second;
    }

    /// Everybody on call by the policy at `at`, by level.
    const std::vector<OnCallEntry>& on_call_at(const EscalationPolicy& policy, Timestamp at) {
        auto [found, is_new] = on_call_.try_emplace({policy.id.value, policy.version, at});
        if (is_new) {
            OnCallReader reader(tx_, Window{at, at});
            found->second = reader.entries(policy, [](const EscalationTarget&) { return true; });
        }
        return found->second;
    }

    /// At which level the person was on call when a course began, the lowest of several; absent when at none.
    std::optional<int> level_in(const Course& course, UserId user) {
        std::optional<int> lowest;
        for (const auto& entry : on_call_at(course.policy, course.begins))
            if (entry.user == user && (!lowest || entry.escalation_level < *lowest)) lowest = entry.escalation_level;
        return lowest;
    }

    std::string schedule_name(ScheduleId id) {
        auto schedule = if_readable([&] { return tx_.find_even_deleted<Schedule>(id); });
        return schedule ? schedule->name : "a schedule that was deleted";
    }

    /// The log, and beside it what decisions about alerts and messages wrote down with those.
    std::vector<StoryLine> lines() {
        std::vector<StoryLine> all;
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            const auto& entry = entries_[i];
            if (auto alert = alert_brought_by(entry)) add_rules(alert->id, all);
            if (auto held = hold_before(entry)) all.push_back(std::move(*held));
            all.push_back(line_of(i));
        }
        for (const auto& message : messages_) add_lines_of(message, all);
        std::ranges::stable_sort(all, {}, &StoryLine::at);
        return all;
    }

    /// What rules decided about the event of an alert, before it was placed.
    void add_rules(AlertId alert, std::vector<StoryLine>& lines) {
        auto query =
            Query<OrchestratedEvent>().where(&OrchestratedEvent::alert, alert).order_by(&OrchestratedEvent::id);
        for (const auto& event : tx_.list(query)) {
            auto orchestration =
                event.orchestration ? tx_.find_even_deleted<EventOrchestration>(*event.orchestration) : std::nullopt;
            for (const auto& decision : event.decisions)
                lines.push_back({event.created_at,
                                 StoryReason::ruled,
                                 rule_sentence(decision, orchestration ? orchestration->name : std::string{}),
                                 {},
                                 {},
                                 {},
                                 {}});
        }
    }

    static std::string rule_sentence(const RuleDecision& decision, const std::string& orchestration) {
        auto rule = decision.rule.empty() ? std::string{"The catch-all"}
                                          : fmt::format("The rule \"{}\"", decision.label.value_or(decision.rule));
        auto whose = decision.path == PathType::service
                         ? std::string{"the service's rules"}
                         : fmt::format("the {} rules of {}", text_of(decision.path), orchestration);
        auto did = decision.did.empty() ? std::string{"matched and changed nothing"}
                                        : fmt::format("{}", fmt::join(decision.did, ", "));
        return fmt::format("{} of {} (version {}) {}.", rule, whose, decision.version, did);
    }

    StoryLine line_of(std::size_t index) {
        const auto& entry = entries_[index];
        StoryLine line{entry.created_at, reason_of(entry), "", entry.users, entry.level, {}, {}};
        line.notification = entry.notification;
        line.config = *decided_by_[index];
        line.sentence = sentence_of(entry, policy_of(index), line);
        return line;
    }

    /// The alert that this entry brought; absent for a repeat, and for what is no trigger.
    std::optional<Alert> alert_brought_by(const LogEntry& entry) {
        if (entry.type != LogEntryType::trigger || !entry.alert) return std::nullopt;
        auto alert = tx_.find<Alert>(*entry.alert);
        if (!alert || alert->first_trigger_log_entry != entry.id) return std::nullopt;
        return alert;
    }

    std::optional<StoryLine> hold_before(const LogEntry& entry) {
        auto alert = alert_brought_by(entry);
        if (!alert || !alert->suspended_until) return std::nullopt;
        auto sentence = fmt::format("An alert of severity {} was held for {}, in case it clears by itself.",
                                    text_of(alert->severity),
                                    span_in_words(*alert->suspended_until - alert->created_at));
        StoryLine line{alert->created_at, StoryReason::held, std::move(sentence), {}, {}, {}, {}};
        auto version = tx_.version_number_at<Service>(alert->service, alert->created_at);
        line.config.add({ConfigKind::service, alert->service.value, version});
        return line;
    }

    void add_lines_of(const Message& message, std::vector<StoryLine>& all) {
        const auto& row = message.row;
        auto add = [&](Timestamp at, StoryReason reason, std::string sentence) {
            all.push_back({at, reason, std::move(sentence), {row.user}, std::nullopt, {}, row.id});
            all.back().config.add({ConfigKind::notification_rules, row.user.value, row.rules_version});
        };
        auto subject = fmt::format("{}: what is sent by {}", name_of(row.user), way_in_words(row.type));
        if (row.held_until && message.joined_at < *row.held_until)
            add(message.joined_at,
                StoryReason::throttled,
                fmt::format("{} waits for {}, because another had left the same way a moment before.",
                            subject,
                            span_in_words(*row.held_until - message.joined_at)));
        if (message.left_out)
            add(row.ended_at.value_or(row.at),
                StoryReason::suppressed,
                fmt::format("{} does not tell of it: they were not needed any more when it was to leave.", subject));
    }

    std::string sentence_of(const LogEntry& entry, const EscalationPolicy& policy, StoryLine& line) {
        auto who = name_of(entry.agent);
        switch (entry.type) {
        case LogEntryType::trigger: return trigger_sentence(entry, line);
        case LogEntryType::assign: return assign_sentence(entry, policy, line);
        case LogEntryType::escalate: return escalate_sentence(entry, policy, line);
        case LogEntryType::notify: return notify_sentence(entry, line);
        case LogEntryType::acknowledge: return acknowledge_sentence(entry);
        case LogEntryType::resolve: return resolve_sentence(entry);
        case LogEntryType::delegate: return fmt::format("Moved to escalation policy {} by {}.", policy.name, who);
        case LogEntryType::exhaust_escalation_path:
            return entry.note.value_or("The escalation policy has ended: nobody else is told.");
        case LogEntryType::repeat_escalation_path: return "The escalation policy started over.";
        case LogEntryType::unacknowledge:
            return entry.channel == Channel::timeout ? "The acknowledgement or snooze ran out: it needs somebody again."
                                                     : fmt::format("Un-acknowledged by {}.", who);
        case LogEntryType::snooze:
            return fmt::format("Snoozed by {} for {}.",
                               who,
                               entry.until ? span_in_words(*entry.until - entry.created_at) : "some time");
        case LogEntryType::urgency_change: return fmt::format("The urgency was changed by {}.", who);
        case LogEntryType::annotate: return fmt::format("Note by {}.", who);
        case LogEntryType::merge: return fmt::format("Other incidents were merged into this one by {}.", who);
        case LogEntryType::reopen: return fmt::format("Reopened by {}.", who);
        case LogEntryType::responder_request: return help_sentence(entry);
        case LogEntryType::responder_reply: return entry.note.value_or("A request for help was answered.");
        case LogEntryType::responder_cancel:
            return fmt::format("The request for help to {} was taken back by {}.", names_of(entry.users), who);
        case LogEntryType::reach_ack_limit: return "Further acknowledgements are not logged.";
        case LogEntryType::reach_trigger_limit: return "Further triggers are not logged.";
        case LogEntryType::field_value_change:
        case LogEntryType::custom_field_value_change: return fmt::format("A field was changed by {}.", who);
        }
        return {};
    }

    std::string trigger_sentence(const LogEntry& entry, StoryLine& line) {
        auto alert = alert_brought_by(entry);
        auto note = alert && alert->placement_note ? " " + *alert->placement_note : std::string{};
        if (entry.id == incident_.first_trigger_log_entry) {
            line.reason = StoryReason::opened;
            return alert ? fmt::format("Opened by an event of severity {}.{}", text_of(alert->severity), note)
                         : fmt::format("Opened by {}.", name_of(entry.agent));
        }
        if (!alert) return fmt::format("Triggered again by {}, which tells nobody anew.", name_of(entry.agent));
        line.reason = is_grouped(alert->placement) ? StoryReason::grouped : StoryReason::alert_joined;
        return fmt::format("An alert of severity {} joined.{}", text_of(alert->severity), note);
    }

    std::string assign_sentence(const LogEntry& entry, const EscalationPolicy& policy, StoryLine& line) {
        auto who = names_of(entry.users);
        if (!entry.level) return fmt::format("Given to {} by {}.", who, name_of(entry.agent));
        auto sentence = fmt::format("Given to {}, on call at level {} of {}", who, *entry.level, policy.name);
        for (const auto& duty : on_call_at(policy, entry.created_at)) {
            bool is_it =
                duty.escalation_level == *entry.level && std::ranges::find(entry.users, duty.user) != entry.users.end();
            if (!is_it) continue;
            line.schedule = duty.schedule;
            return sentence +
                   (duty.schedule ? fmt::format(" by schedule {}.", schedule_name(*duty.schedule)) : " directly.");
        }
        return sentence + ".";
    }

    std::string escalate_sentence(const LogEntry& entry, const EscalationPolicy& policy, StoryLine& line) {
        if (entry.users.empty()) return entry.note.value_or("A level was skipped.");
        auto where = entry.level ? fmt::format("level {} of {}", *entry.level, policy.name) : "the next level";
        line.users.clear();
        if (entry.channel == Channel::timeout)
            return fmt::format("Nobody had acknowledged it in time, so it moved on to {}.", where);
        return fmt::format("Moved on to {} by {}.", where, name_of(entry.agent));
    }

    std::string notify_sentence(const LogEntry& entry, StoryLine& line) {
        auto message = entry.notification ? tx_.find<Notification>(*entry.notification) : std::nullopt;
        if (!message) line.reason = StoryReason::no_notification_rule;
        if (message && message->state != NotificationState::sent) line.reason = StoryReason::not_reached;
        return fmt::format("{}: {}{}", names_of(entry.users), entry.note.value_or("Told."), receipt_sentence(message));
    }

    /// " It was delivered 12 seconds later."; nothing where the provider has said nothing, or where the note says it.
    static std::string receipt_sentence(const std::optional<Notification>& message) {
        if (!message || !message->receipt || !is_good_news(*message->receipt)) return {};
        auto after = *message->receipt_at - message->ended_at.value_or(*message->receipt_at);
        return fmt::format(" It {} {}.", receipt_in_words(*message->receipt), at_once_or(after, "later"));
    }

    std::string names_of(const std::vector<UserId>& users) {
        std::string out;
        for (auto user : users) out += (out.empty() ? "" : ", ") + name_of(user);
        return out;
    }

    std::string help_sentence(const LogEntry& entry) {
        if (entry.users.empty()) return entry.note.value_or("Nobody was asked to help.");
        auto asker = entry.agent.type == AgentType::service ? "an escalation policy that was asked to help"
                                                            : name_of(entry.agent);
        auto words = entry.note && !entry.note->empty() ? fmt::format(" \"{}\"", *entry.note) : std::string{};
        return fmt::format("{} was asked to help by {}.{}", names_of(entry.users), asker, words);
    }

    /// "by a link in ops", where a link that a whole channel sees was followed: nobody knows by whom.
    static std::optional<std::string> by_link(const LogEntry& entry) {
        constexpr std::string_view begin = "By a link in ";
        if (entry.agent.type != AgentType::service || !entry.note || !entry.note->starts_with(begin)) return {};
        return "by" + entry.note->substr(2, entry.note->size() - 3);
    }

    std::string acknowledge_sentence(const LogEntry& entry) {
        auto link = by_link(entry);
        auto sentence = link ? fmt::format("Somebody acknowledged {}: the escalation stopped.", *link)
                             : fmt::format("Acknowledged by {}: the escalation stopped.", name_of(entry.agent));
        if (entry.until)
            sentence +=
                fmt::format(" It counts as forgotten after {}.", span_in_words(*entry.until - entry.created_at));
        return sentence;
    }

    std::string resolve_sentence(const LogEntry& entry) {
        if (auto link = by_link(entry)) return fmt::format("Somebody resolved it {}.", *link);
        if (entry.agent.type == AgentType::service && !entry.note)
            return "Resolved by the service's auto-resolve time-out.";
        return fmt::format("Resolved by {}.{}", name_of(entry.agent), entry.note ? " " + *entry.note : std::string{});
    }

    std::vector<UserId> people() {
        std::vector<UserId> all;
        auto add = [&](UserId user) {
            if (std::ranges::find(all, user) == all.end()) all.push_back(user);
        };
        for (const auto& course : courses_)
            for (const auto& entry : on_call_at(course.policy, course.begins)) add(entry.user);
        for (const auto& entry : entries_)
            if (entry.type == LogEntryType::assign || entry.type == LogEntryType::notify ||
                entry.type == LogEntryType::responder_request)
                for (auto user : entry.users) add(user);
        for (const auto& message : messages_) add(message.row.user);
        return all;
    }

    PersonStory person(UserId user) {
        PersonStory story{user, false, PersonReason::not_on_call, "", std::nullopt};
        const Course* course = nullptr;
        for (const auto& one : courses_)
            if (auto level = level_in(one, user)) {
                course = &one;
                story.level = level;
            }
        const auto* assigned = assignment_of(user);
        if (assigned) story.level = assigned->level;
        if (tell_messages(story)) return story;
        if (assigned)
            tell_unmessaged(story, *assigned);
        else if (tell_responder(story))
            return story;
        else if (course)
            tell_unassigned(story, *course);
        else
            set(story, PersonReason::not_on_call, "Not told: not on call at any level of {}.", courses_in_words());
        return story;
    }

    /// "Primary when it opened, nor of Night shift when it was moved to Night shift".
    std::string courses_in_words() {
        std::vector<std::string> all;
        all.reserve(courses_.size());
        for (const auto& course : courses_)
            all.push_back(fmt::format("{} when {}", course.policy.name, course.beginning));
        return fmt::format("{}", fmt::join(all, ", nor of "));
    }

    template <class... Arguments>
    static void
    set(PersonStory& story, PersonReason reason, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        story.reason = reason;
        story.sentence = fmt::format(format, std::forward<Arguments>(arguments)...);
    }

    const LogEntry* assignment_of(UserId user) {
        for (const auto& entry : entries_)
            if (entry.type == LogEntryType::assign && std::ranges::find(entry.users, user) != entry.users.end())
                return &entry;
        return nullptr;
    }

    /// Who ended the need for others first after `since`.
    const LogEntry* answer_after(Timestamp since) {
        for (const auto& entry : entries_)
            if (is_answer(entry.type) && entry.created_at >= since) return &entry;
        return nullptr;
    }

    std::string answer_in_words(const LogEntry& answer) {
        auto verb = answer.type == LogEntryType::acknowledge ? "acknowledged" : "ended";
        return fmt::format("{} {} it {}",
                           name_of(answer.agent),
                           verb,
                           at_once_or(answer.created_at - incident_.created_at, "after it opened"));
    }

    /// By what became of the messages to the person; false when there are none.
    bool tell_messages(PersonStory& story) {
        const Message* best = nullptr;
        int sent = 0;
        auto rank = [](const Message& message) {
            switch (message.row.state) {
            case NotificationState::sent: return message.left_out ? 1 : 5;
            case NotificationState::sending:
            case NotificationState::queued: return message.left_out ? 1 : 4;
            case NotificationState::failed: return message.left_out ? 1 : 3;
            case NotificationState::cancelled: return 1;
            }
            return 0;
        };
        for (const auto& message : messages_) {
            if (message.row.user != story.user) continue;
            if (rank(message) == 5) ++sent;
            if (!best || rank(message) > rank(*best)) best = &message;
        }
        if (!best) return false;
        const auto& row = best->row;
        if (rank(*best) == 5) {
            story.told = true;
            auto times = sent == 1
                             ? std::string{}
                             : fmt::format(" and {} more", sent == 2 ? "once" : fmt::format("{} times", sent - 1));
            set(story,
                PersonReason::told,
                "Told by {} {}{}.{}",
                way_in_words(row.type),
                at_once_or(row.ended_at.value_or(row.at) - incident_.created_at, "after it opened"),
                times,
                receipt_sentence(row));
        } else if (rank(*best) == 4) {
            set(story,
                PersonReason::will_be_told,
                "Not told yet: what is sent by {} is on its way, tried {} times so far.{}",
                way_in_words(row.type),
                row.attempts,
                row.detail ? " " + *row.detail : std::string{});
        } else if (rank(*best) == 3) {
            set(story,
                PersonReason::not_reached,
                "Could not be told by {}: {}",
                way_in_words(row.type),
                row.detail.value_or("no reason given."));
        } else {
            const auto* answer = answer_after(row.created_at);
            set(story,
                PersonReason::answered_before_message_left,
                "Not told: when the message was to leave, nobody was needed any more{}.",
                answer ? ", because " + answer_in_words(*answer) : std::string{});
        }
        return true;
    }

    /// Asked to help, and no message was ever made; false when they were not asked.
    bool tell_responder(PersonStory& story) {
        auto row =
            tx_.first(Query<Responder>().where(&Responder::incident, incident_.id).where(&Responder::user, story.user));
        if (!row) return false;
        auto asker = name_of(row->requester);
        switch (row->state) {
        case ResponderState::pending:
            set(story,
                PersonReason::will_be_told,
                "Not told yet: asked to help by {}, and the first notification rule has not fallen due.",
                asker);
            break;
        case ResponderState::joined:
            set(story,
                PersonReason::joined_before_told,
                "Not told: asked to help by {}, and joined before a message was due.",
                asker);
            break;
        case ResponderState::declined:
            set(story,
                PersonReason::declined_before_told,
                "Not told: asked to help by {}, and declined before a message was due.",
                asker);
            break;
        case ResponderState::user_cancelled:
            set(story,
                PersonReason::request_ended_before_told,
                "Not told: asked to help by {}, but the request ended before a message was due.",
                asker);
            break;
        }
        return true;
    }

    /// It was theirs, and no message was ever made.
    void tell_unmessaged(PersonStory& story, const LogEntry& assigned) {
        for (const auto& entry : entries_)
            if (entry.type == LogEntryType::notify && !entry.notification &&
                std::ranges::find(entry.users, story.user) != entry.users.end())
                return set(story, PersonReason::no_notification_rule, "{}", entry.note.value_or("Not told."));
        if (const auto* answer = answer_after(assigned.created_at))
            return set(story,
                       PersonReason::answered_before_rule,
                       "Not told: {}, before the first notification rule fell due.",
                       answer_in_words(*answer));
        set(story, PersonReason::will_be_told, "Not told yet: the first notification rule has not fallen due.");
    }

    /// On call by the policy, but it never came to them.
    void tell_unassigned(PersonStory& story, const Course& course) {
        int level = *story.level;
        const auto& rule = course.policy.escalation_rules.at(static_cast<std::size_t>(level - 1));
        auto turn = turn_of(course, level);
        const auto* answer = answer_after(course.begins);
        if (course.ends && (!turn || *course.ends <= *turn) && (!answer || *course.ends <= answer->created_at))
            return set(story,
                       PersonReason::moved_before_turn,
                       "Not told: on level {} of {}, which it no longer followed when their turn would have come.",
                       level,
                       course.policy.name);
        if (incident_.assigned_via == AssignedVia::direct_assignment)
            return set(story,
                       PersonReason::assigned_by_hand,
                       "Not told: it was assigned by hand, and such an incident does not escalate by itself.");
        if (turn && answer && answer->created_at <= *turn)
            return set(story,
                       PersonReason::answered_before_turn,
                       "Not told: on level {}, and {}, {} before its turn.",
                       level,
                       answer_in_words(*answer),
                       span_in_words(*turn - answer->created_at));
        if (level > 1 && incident_.urgency == Urgency::low)
            return set(story,
                       PersonReason::low_urgency_does_not_escalate,
                       "Not told: on level {}, and an incident of low urgency does not escalate by itself.",
                       level);
        if (turn && *turn > tx_.now())
            return set(story,
                       PersonReason::turn_comes_later,
                       "Not told yet: level {} comes in {} if nobody answers.",
                       level,
                       span_in_words(*turn - tx_.now()));
        if (rule.strategy == AssignmentStrategy::round_robin)
            return set(story,
                       PersonReason::turn_of_another,
                       "Not told: the people of level {} take turns, and it was another's.",
                       level);
        set(story,
            PersonReason::not_on_call_at_turn,
            "Not told: on call at level {} when {}, but not when that level's turn came.",
            level,
            course.beginning);
    }

    /// When the policy comes to `level` for the first time, if nobody answers.
    std::optional<Timestamp> turn_of(const Course& course, int level) {
        EscalationState state;
        const auto& policy = course.policy;
        auto at = course.begins;
        for (std::size_t step_count = 0; step_count < policy.escalation_rules.size(); ++step_count) {
            OnCallByLevel levels(policy.escalation_rules.size());
            for (const auto& entry : on_call_at(policy, at))
                levels[static_cast<std::size_t>(entry.escalation_level - 1)].push_back(entry.user);
            auto step = next_step(policy, levels, state);
            if (step.kind != EscalationStepKind::assign || step.repeated) return std::nullopt;
            if (step.state.level == level) return at;
            state = step.state;
            at += step.next_delay;
        }
        return std::nullopt;
    }

    Tx& tx_;
    const Incident& incident_;
    std::vector<LogEntry> entries_;
    /// Beside `entries_`: what the decision of each was based on.
    std::vector<const ConfigUses*> decided_by_;
    std::vector<Course> courses_;
    std::map<std::pair<std::int64_t, int>, EscalationPolicy> policies_;
    std::vector<Message> messages_;
    std::unordered_map<UserId, std::string> names_;
    std::map<std::tuple<std::int64_t, int, Timestamp>, std::vector<OnCallEntry>> on_call_;
};

}  // namespace

Story tell_story(Tx& tx, const Incident& incident, std::optional<UserId> only) {
    return Teller(tx, incident).tell(only);
}

std::string span_in_words(Duration span) {
    constexpr std::int64_t minute = 60;
    constexpr std::int64_t hour = 60 * minute;
    constexpr std::int64_t day = 24 * hour;
    std::int64_t total = std::chrono::round<seconds>(span).count();
    if (total <= 0) return "less than a second";
    auto counted = [](std::int64_t number, std::string_view unit) {
        return number == 0 ? std::string{} : fmt::format("{} {}{}", number, unit, number == 1 ? "" : "s");
    };
    auto joined = [&](std::string large, const std::string& small) {
        return large.empty() || small.empty() ? large + small : fmt::format("{} {}", large, small);
    };
    if (total < hour) return joined(counted(total / minute, "minute"), counted(total % minute, "second"));
    if (total < day) return joined(counted(total / hour, "hour"), counted(total % hour / minute, "minute"));
    return joined(counted(total / day, "day"), counted(total % day / hour, "hour"));
}

std::string_view channel_name(ContactMethodType type) {
    switch (type) {
    case ContactMethodType::email_contact_method: return "email";
    case ContactMethodType::phone_contact_method: return "phone";
    case ContactMethodType::sms_contact_method: return "sms";
    case ContactMethodType::whatsapp_contact_method: return "whatsapp";
    case ContactMethodType::push_notification_contact_method: return "push";
    case ContactMethodType::slack_contact_method: return "slack";
    case ContactMethodType::teams_contact_method: return "teams";
    case ContactMethodType::telegram_contact_method: return "telegram";
    case ContactMethodType::mattermost_contact_method: return "mattermost";
    case ContactMethodType::webhook_contact_method: return "webhook";
    }
    return {};
}

std::string_view way_in_words(ContactMethodType type) {
    switch (type) {
    case ContactMethodType::email_contact_method: return "e-mail";
    case ContactMethodType::phone_contact_method: return "telephone call";
    case ContactMethodType::sms_contact_method: return "text message";
    case ContactMethodType::whatsapp_contact_method: return "WhatsApp";
    case ContactMethodType::push_notification_contact_method: return "push message";
    case ContactMethodType::slack_contact_method: return "Slack";
    case ContactMethodType::teams_contact_method: return "Microsoft Teams";
    case ContactMethodType::telegram_contact_method: return "Telegram";
    case ContactMethodType::mattermost_contact_method: return "Mattermost";
    case ContactMethodType::webhook_contact_method: return "webhook";
    }
    return {};
}

}  // namespace callboard
