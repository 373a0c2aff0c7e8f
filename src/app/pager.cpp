#include "app/pager.h"

#include "app/contact_proof.h"
#include "app/respond.h"
#include "app/responders.h"
#include "app/story.h"
#include "storage/unreadable.h"

#include <algorithm>
#include <exception>

#include <fmt/format.h>

namespace callboard {

namespace {

Due due_of(const Notification& row) { return {row.at, DueKind::notification, row.id.value}; }

/// A new message by this way, at once or when the last one by it is long enough ago.
PageBook::Entry
begin_message(Tx& tx, Desk& desk, Urgency urgency, UserId user, const Way& way, const PageBook::Entry* last) {
    Notification row;
    row.id = tx.new_id<NotificationId>();
    row.user = user;
    if (way.method.id) row.contact_method = way.method.id;
    row.type = way.method.type;
    row.address = way.method.address;
    row.country_code = way.method.country_code;
    row.urgency = urgency;
    if (row.type == ContactMethodType::sms_contact_method || row.type == ContactMethodType::whatsapp_contact_method) {
        auto number = tx.next_number(fmt::format("replies.{}", user.value));
        row.reply_number = static_cast<int>((number - 1) % reply_numbers) + 1;
    }
    row.created_at = tx.now();
    // Nobody waits longer than that, also where the last one left by a clock that was ahead.
    row.at = last ? std::clamp(last->at + bundle_window, tx.now(), tx.now() + bundle_window) : tx.now();
    if (row.at > tx.now()) row.held_until = row.at;
    row.rules_version = desk.config.rules_use(tx, user).version;
    tx.insert(row);
    tx.schedule(due_of(row));
    return {row.id, row.at, 0, true};
}

bool tells_of(Tx& tx, NotificationId id, IncidentId incident) {
    return tx.count(Query<NotifiedIncident>()
                        .where(&NotifiedIncident::notification, id)
                        .where(&NotifiedIncident::incident, incident)
                        .where(&NotifiedIncident::left_out, false)) > 0;
}

/// What a message is told of, and in which round of telling.
struct Telling {
    const Incident& incident;
    Urgency urgency;
    /// The incident may be in the waiting message already, by an earlier round or for another reason.
    bool may_be_told;
};

void add_to_message(Tx& tx, Desk& desk, const Telling& telling, UserId user, const Way& way) {
    PageBook::Key key{user, way.method.id, telling.urgency};
    const auto* last = desk.pages.find(key);
    bool joins = last && last->open && last->incidents < bundle_max;
    if (joins && telling.may_be_told && tells_of(tx, last->notification, telling.incident.id)) return;
    auto entry = joins ? *last : begin_message(tx, desk, telling.urgency, user, way, last);
    ++entry.incidents;
    desk.pages.put(key, entry);
    tx.insert(NotifiedIncident{tx.new_id<NotifiedIncidentId>(), entry.notification, telling.incident.id, false});
}

/// The round of an incident's assignees.
Telling telling_of(const Incident& incident, IncidentAge age) {
    return {incident, incident.urgency, age == IncidentAge::known};
}

/// Nobody may believe that somebody was told who cannot be.
void log_unreachable(Tx& tx, Desk& desk, const Incident& incident, UserId user) {
    LogEntry entry;
    entry.id = tx.new_id<LogEntryId>();
    entry.incident = incident.id;
    entry.service = incident.service;
    entry.type = LogEntryType::notify;
    entry.agent = agent_of(incident.service);
    entry.channel = Channel::auto_;
    entry.users = {user};
    entry.note = fmt::format("Not told: no notification rule for {} urgency.", text_of(incident.urgency));
    entry.config.add(desk.config.rules_use(tx, user));
    entry.created_at = tx.now();
    tx.insert(entry);
}

bool administers(const User& user) { return user.role == Role::owner || user.role == Role::admin; }

/// It is theirs, or nobody's and they can mend that.
bool needs(const Incident& incident, const User& user) {
    if (incident.status != IncidentStatus::triggered) return false;
    if (incident.assignments.empty()) return administers(user);
    return std::ranges::find(incident.assignments, user.id, &Assignment::assignee) != incident.assignments.end();
}

/// Follows the person's contact method as it is now. False when it is gone.
bool follow_contact_method(Tx& tx, Notification& row) {
    if (!row.contact_method) return true;
    auto method = tx.find<ContactMethod>(*row.contact_method);
    if (!method) return false;
    row.type = method->type;
    row.address = method->address;
    row.country_code = method->country_code;
    return true;
}

void end(Tx& tx, Notification& row, NotificationState state, std::string detail) {
    row.state = state;
    row.ended_at = tx.now();
    if (!detail.empty()) row.detail = std::move(detail);
    tx.update(row);
}

/// A provider that names a longer time is asked again after this: somebody waits to be told.
constexpr Duration retry_after_max = minutes{5};

void put_off(Tx& tx, Notification& row, Timestamp until) {
    row.state = NotificationState::queued;
    row.at = until;
    tx.update(row);
    tx.schedule(due_of(row));
}

std::string sentence_of(const Notification& row) {
    if (row.state == NotificationState::sent)
        return fmt::format("Told by {}{}.", way_to(row), row.may_be_a_repeat ? ", perhaps twice" : "");
    return fmt::format("Could not be told by {}: {}", way_to(row), row.detail.value_or("no reason given"));
}

void log_notify(Tx& tx, const Notification& row, const Incident& incident, const std::string& sentence) {
    LogEntry entry;
    entry.id = tx.new_id<LogEntryId>();
    entry.incident = incident.id;
    entry.service = incident.service;
    entry.type = LogEntryType::notify;
    entry.agent = agent_of(incident.service);
    entry.channel = Channel::auto_;
    entry.users = {row.user};
    entry.note = sentence;
    entry.notification = row.id;
    entry.config.add({ConfigKind::notification_rules, row.user.value, row.rules_version});
    entry.created_at = tx.now();
    tx.insert(entry);
}

/// The contact methods that have had the incident for this person since `from`. The message itself may be older, when
/// the incident came to it while it waited.
std::vector<ContactMethodId> methods_used(Tx& tx, const Incident& incident, UserId user, Timestamp from) {
    std::vector<ContactMethodId> used;
    for (const auto& told : tx.list(Query<NotifiedIncident>().where(&NotifiedIncident::incident, incident.id))) {
        if (IdSource::time_of(told.id.value) < from) continue;
        auto message = tx.find<Notification>(told.notification);
        if (message && message->user == user) used.push_back(message->contact_method.value_or(ContactMethodId{}));
    }
    return used;
}

/// A round of telling one person of one incident.
struct Round {
    Urgency urgency;
    Timestamp notify_from;
};

/// As its assignee, or as somebody who was asked to help; absent when they are not needed.
std::optional<Round> round_of(Tx& tx, const Incident& incident, const User& person) {
    if (needs(incident, person)) return Round{incident.urgency, incident.notify_from};
    auto request = open_request(tx, incident, person.id);
    if (!request) return std::nullopt;
    return Round{Urgency::high, request->notify_from};
}

/// The person whom a message did not reach is told of its incident by the first of their ways that has not had it: so
/// nobody goes round in circles. A way whose time has passed without it is one that they have only had since.
void tell_by_next_way(Tx& tx, Desk& desk, const User& person, const Incident& incident) {
    auto round = round_of(tx, incident, person);
    if (!round) return;
    std::optional<std::vector<ContactMethodId>> used;
    for (const auto& way : desk.config.ways(tx, person.id, round->urgency)) {
        if (!used) used = methods_used(tx, incident, person.id, round->notify_from);
        if (std::ranges::find(*used, way.method.id) != used->end()) continue;
        add_to_message(tx, desk, {incident, round->urgency, /*may_be_told=*/true}, person.id, way);
        return;
    }
}

/// What its end means for its incidents: they log it, and whoever was not told is told otherwise. The rest of a storm
/// is due at once.
void see_to_fate(Tx& tx, Desk& desk, Notification& row, std::optional<NotifiedIncidentId> from) {
    auto piece = told_by(tx, row.id, from);
    bool is_lost = row.state == NotificationState::failed && row.purpose == NotificationPurpose::page;
    auto person = is_lost ? tx.find<User>(row.user) : std::nullopt;
    auto sentence = sentence_of(row);
    for (const auto& told : piece.told) {
        auto incident = if_readable([&] { return tx.find<Incident>(told.incident); });
        if (!incident) continue;
        log_notify(tx, row, *incident, sentence);
        if (person) tell_by_next_way(tx, desk, *person, *incident);
    }
    row.fate_from = piece.next;
    if (piece.next) tx.schedule({tx.now(), DueKind::notification, row.id.value});
    tx.update(row);
}

/// Why a message that is no page need not leave any more.
std::optional<std::string> notice_is_late(Tx& tx, const Notification& row) {
    if (row.purpose == NotificationPurpose::verification && tx.now() >= row.created_at + code_lifetime)
        return "The code had expired before it was to leave.";
    if (tx.now() >= row.created_at + notice_lifetime) return "It was too late for it.";
    if (!tx.find<User>(row.user)) return "The person was deleted before it was to leave.";
    return std::nullopt;
}

/// Nobody joins it any more; whoever comes next waits until `used_at` is long enough ago.
void close_page(Desk& desk, const Notification& row, Timestamp used_at) {
    auto key = book_key(row);
    const auto* entry = desk.pages.find(key);
    if (entry && entry->notification == row.id) desk.pages.put(key, {row.id, used_at, entry->incidents, false});
}

/// No channel has seen it: until it leaves, what comes for the same person by the same way is told in it, so that a
/// provider that takes little is given few messages.
void reopen_page(Desk& desk, const Notification& row) {
    if (row.purpose != NotificationPurpose::page || row.attempts > 0) return;
    auto key = book_key(row);
    const auto* entry = desk.pages.find(key);
    if (entry && entry->notification == row.id) desk.pages.put(key, {row.id, row.at, entry->incidents, true});
}

}  // namespace

ToldPiece told_by(Tx& tx, NotificationId id, std::optional<NotifiedIncidentId> from) {
    auto query = Query<NotifiedIncident>()
                     .where(&NotifiedIncident::notification, id)
                     .where(&NotifiedIncident::left_out, false)
                     .order_by(&NotifiedIncident::id);
    if (from) query.at_least(&NotifiedIncident::id, *from);
    ToldPiece piece{tx.list(query.page(told_at_once + 1)), std::nullopt};
    if (piece.told.size() > told_at_once) {
        piece.next = piece.told.back().id;
        piece.told.pop_back();
    }
    return piece;
}

std::string way_to(const Notification& row) {
    auto way = way_in_words(row.type);
    // The address of a webhook lets anybody write there.
    bool is_secret = row.type == ContactMethodType::teams_contact_method ||
                     row.type == ContactMethodType::mattermost_contact_method ||
                     row.type == ContactMethodType::webhook_contact_method;
    return is_secret ? std::string{way} : fmt::format("{} to {}", way, destination_of(row));
}

void log_next_provider(Tx& tx, const Notification& row, const std::string& sentence) {
    for (ToldPiece piece{{}, NotifiedIncidentId{}}; piece.next;) {
        piece = told_by(tx, row.id, piece.next);
        for (const auto& told : piece.told)
            if (auto incident = if_readable([&] { return tx.find<Incident>(told.incident); }))
                log_notify(tx, row, *incident, sentence);
    }
}

void settle_as_sent(Tx& tx, Desk& desk, Notification& row) {
    end(tx, row, NotificationState::sent, "");
    see_to_fate(tx, desk, row, std::nullopt);
}

void give_up(Tx& tx, Desk& desk, Notification row, const std::string& detail) {
    end(tx, row, NotificationState::failed, detail);
    see_to_fate(tx, desk, row, std::nullopt);
}

void send_again(Tx& tx, Notification row) {
    row.ended_at.reset();
    row.fate_from.reset();
    put_off(tx, row, tx.now());
}

NotificationId send_notice(Tx& tx, const ContactMethod& method, NotificationPurpose purpose, std::string text) {
    Notification row;
    row.id = tx.new_id<NotificationId>();
    row.user = method.user;
    if (method.id) row.contact_method = method.id;
    row.type = method.type;
    row.address = method.address;
    row.country_code = method.country_code;
    row.urgency = Urgency::low;
    row.purpose = purpose;
    if (!text.empty()) row.text = std::move(text);
    row.created_at = tx.now();
    row.at = tx.now();
    tx.insert(row);
    tx.schedule(due_of(row));
    return row.id;
}

void plan_pages(Tx& tx, Desk& desk, Incident& incident, IncidentAge age) {
    std::optional<Timestamp> next;
    auto looked = *incident.notify_at;
    for (const auto& assignment : incident.assignments) {
        const auto& ways = desk.config.ways(tx, assignment.assignee, incident.urgency);
        if (ways.empty()) log_unreachable(tx, desk, incident, assignment.assignee);
        auto found = ways_due(ways, incident.notify_from, looked, tx.now());
        for (const auto* way : found.due)
            add_to_message(tx, desk, telling_of(incident, age), assignment.assignee, *way);
        if (found.next && (!next || *found.next < *next)) next = found.next;
    }
    incident.notify_at = next;
}

void plan_pages(Tx& tx, Desk& desk, const Incident& incident, Responder& responder) {
    const auto& ways = desk.config.ways(tx, responder.user, Urgency::high);
    auto found = ways_due(ways, responder.notify_from, *responder.notify_at, tx.now());
    for (const auto* way : found.due)
        add_to_message(tx, desk, {incident, Urgency::high, /*may_be_told=*/true}, responder.user, *way);
    responder.notify_at = found.next;
}

namespace {

/// By mail, to every address the person has rules for; else to the one they log in with.
std::vector<Way> mail_ways(Tx& tx, Desk& desk, const User& user) {
    std::vector<Way> mail;
    for (const auto& way : desk.config.ways(tx, user.id, Urgency::high)) {
        bool is_known = std::ranges::any_of(mail, [&](const Way& other) { return other.method.id == way.method.id; });
        if (way.method.type == ContactMethodType::email_contact_method && !is_known) mail.push_back(way);
    }
    if (mail.empty()) {
        Way login;
        login.method.user = user.id;
        login.method.type = ContactMethodType::email_contact_method;
        login.method.address = user.email;
        mail.push_back(std::move(login));
    }
    return mail;
}

}  // namespace

void tell_administrators(Tx& tx, Desk& desk, const Incident& incident, IncidentAge age) {
    auto name = fmt::format("nobody_on_call.{}", incident.escalation_policy.value);
    auto last = tx.setting(name);
    auto told_at = last ? std::optional{from_micros(std::stoll(*last))} : std::nullopt;
    if (told_at && *told_at <= tx.now() && *told_at + nobody_on_call_pause > tx.now()) return;
    tx.set_setting(name, std::to_string(to_micros(tx.now())));
    for (const auto& user : tx.list(Query<User>().where_in(&User::role, std::vector{Role::owner, Role::admin})))
        if (!user.deleted_at)
            for (const auto& way : mail_ways(tx, desk, user))
                add_to_message(tx, desk, telling_of(incident, age), user.id, way);
}

std::optional<Page> claim_page(Tx& tx, Desk& desk, NotificationId id) {
    auto row = tx.find<Notification>(id);
    if (row && row->fate_from) see_to_fate(tx, desk, *row, row->fate_from);
    if (!row || (row->state != NotificationState::queued && row->state != NotificationState::sending))
        return std::nullopt;
    // It was put off after somebody had looked at what is due.
    if (row->at > tx.now()) return std::nullopt;
    if (row->state == NotificationState::sending) row->may_be_a_repeat = true;
    bool is_page = row->purpose == NotificationPurpose::page;
    if (is_page && row->attempts == 0) close_page(desk, *row, tx.now());
    if (!follow_contact_method(tx, *row)) {
        end(tx, *row, NotificationState::failed, "The contact method was deleted before it was to leave.");
        see_to_fate(tx, desk, *row, std::nullopt);
        return std::nullopt;
    }
    if (auto late = is_page ? std::nullopt : notice_is_late(tx, *row)) {
        end(tx, *row, NotificationState::cancelled, *late);
        return std::nullopt;
    }
    if (row->attempts >= attempts_max) {
        give_up(tx, desk, *row, "It was interrupted too often.");
        return std::nullopt;
    }
    row->state = NotificationState::sending;
    ++row->attempts;
    row->at = tx.now() + sending_max;
    tx.update(*row);
    tx.schedule(due_of(*row));
    return Page{.notification = id,
                .purpose = row->purpose,
                .type = row->type,
                .to = destination_of(*row),
                .user = row->user,
                .text = row->text.value_or(""),
                .reply_number = row->reply_number,
                .providers_passed = row->providers_passed,
                .urgency = row->urgency,
                .may_be_a_repeat = row->may_be_a_repeat,
                .attempt = row->attempts,
                .begin_before = tx.now() + sending_max / 3};
}

bool gather_incidents(Tx& tx, Page& page) {
    if (page.purpose != NotificationPurpose::page) return true;
    page.incidents.clear();
    page.left_out.clear();
    page.only_asked = true;
    auto person = tx.find<User>(page.user);
    std::exception_ptr unreadable;
    for (ToldPiece piece{{}, NotifiedIncidentId{}}; piece.next;) {
        piece = told_by(tx, page.notification, piece.next);
        for (const auto& told : piece.told) {
            std::optional<Incident> incident;
            try {
                if (person) incident = tx.find<Incident>(told.incident);
            } catch (const UnreadableRow&) {
                unreadable = std::current_exception();
            }
            bool is_theirs = incident && needs(*incident, *person);
            if (is_theirs || (incident && is_asked(tx, *incident, person->id))) {
                page.incidents.push_back(told.incident);
                page.only_asked = page.only_asked && !is_theirs;
            } else {
                page.left_out.push_back(told.id);
            }
        }
    }
    // One that cannot be read makes none of the others wait; alone it is set aside, and told of once it can be.
    if (page.incidents.empty() && unreadable) std::rethrow_exception(unreadable);
    return !page.incidents.empty();
}

namespace {

Duration retry_after(const PageOutcome& outcome, Duration unless_said) {
    return outcome.retry_after ? std::min(Duration{*outcome.retry_after}, retry_after_max) : unless_said;
}

}  // namespace

std::optional<NotificationState> record_outcome(Tx& tx, Desk& desk, const Page& page, const PageOutcome& outcome) {
    auto row = tx.find<Notification>(page.notification);
    if (!row || row->state != NotificationState::sending || row->attempts != page.attempt) return std::nullopt;
    tx.cancel(due_of(*row));
    for (auto id : page.left_out) tx.set<NotifiedIncident>(id, &NotifiedIncident::left_out, true);
    if (outcome.kind == PageOutcome::Kind::sent) {
        row->providers_passed = outcome.provider_place;
        if (!outcome.provider_id.empty()) row->provider_id = outcome.provider_id;
    }
    if (!outcome.provider.empty()) row->provider = outcome.provider;
    if (!outcome.detail.empty()) row->detail = outcome.detail;
    if (outcome.kind == PageOutcome::Kind::try_again && outcome.may_have_arrived) row->may_be_a_repeat = true;
    switch (outcome.kind) {
    case PageOutcome::Kind::sent:
        row->detail.reset();
        settle_as_sent(tx, desk, *row);
        return NotificationState::sent;
    case PageOutcome::Kind::try_again:
        if (row->attempts >= attempts_max) break;
        put_off(tx, *row, tx.now() + std::max(pause_after(row->attempts), retry_after(outcome, Duration{0})));
        return NotificationState::queued;
    case PageOutcome::Kind::not_begun:
        --row->attempts;
        // No longer than until there is room: it would be unused meanwhile.
        put_off(tx, *row, tx.now() + std::min(pause_after(1), retry_after(outcome, pause_after(1))));
        reopen_page(desk, *row);
        return NotificationState::queued;
    case PageOutcome::Kind::not_needed:
        --row->attempts;
        // One that does not leave makes nobody wait.
        close_page(desk, *row, tx.now() - bundle_window);
        end(tx, *row, NotificationState::cancelled, "Nobody was needed any more when it was to leave.");
        return NotificationState::cancelled;
    case PageOutcome::Kind::refused: break;
    }
    give_up(tx, desk, *row, outcome.detail);
    return NotificationState::failed;
}

void take_up_interrupted_pages(Tx& tx) {
    for (auto& row : tx.list(Query<Notification>().where(&Notification::state, NotificationState::sending))) {
        tx.cancel(due_of(row));
        row.at = tx.now();
        tx.update(row);
        tx.schedule(due_of(row));
    }
}

}  // namespace callboard
