#pragma once
// Tells people. Three decisions: plan (in the transaction that gives an incident to somebody), claim (just before a
// message leaves: is anybody still needed?) and record (what the channel said). A message lost between claim and
// record is claimed again and says that it may be a repeat. What a provider says of it later is a receipt: bad news
// sends it to the next provider, or the person is told by their next way at once.

#include "base/id.h"
#include "base/result.h"
#include "domain/incident/incident.h"
#include "domain/incident/responder.h"
#include "domain/notify/notification.h"
#include "storage/tx.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace callboard {

struct Desk;

/// An incident that is just being opened is in no message yet; a known one may be in one that waits.
enum class IncidentAge { opened_now, known };

/// Puts what `incident.notify_at` asks for into messages and moves it on to the next rule. Called by save().
void plan_pages(Tx& tx, Desk& desk, Incident& incident, IncidentAge age);

/// The same for somebody who was asked to help. Called by app/responders.cpp.
void plan_pages(Tx& tx, Desk& desk, const Incident& incident, Responder& responder);

/// Nobody is on call at any level of the incident's policy: those who can mend that are told by mail. Called by save().
void tell_administrators(Tx& tx, Desk& desk, const Incident& incident, IncidentAge age);

/// They are told of one policy no more often than this.
constexpr Duration nobody_on_call_pause = hours{1};

/// A message as it leaves.
struct Page {
    NotificationId notification;
    NotificationPurpose purpose = NotificationPurpose::page;
    ContactMethodType type = ContactMethodType::email_contact_method;
    std::string to;
    UserId user;
    /// Those that need the person, the oldest first, and those that do not any more: gather_incidents() fills them in.
    std::vector<IncidentId> incidents = {};
    std::vector<NotifiedIncidentId> left_out = {};
    /// None of them is the person's own: they are asked to help.
    bool only_asked = false;
    /// What a message says that is no page and carries no code.
    std::string text = {};
    /// What a reply by text message names it by; 0: nothing.
    int reply_number = 0;
    /// The providers before that one have had it in vain.
    int providers_passed = 0;
    Urgency urgency = Urgency::high;
    bool may_be_a_repeat = false;
    /// Which try this is, from 1.
    int attempt = 1;
    /// Whoever has not begun to send by then says so.
    Timestamp begin_before;
};

/// Takes a message whose time has come, and closes a page to further incidents. Absent when it is not to leave.
std::optional<Page> claim_page(Tx& tx, Desk& desk, NotificationId id);

/// A message that is no page, at once, to one contact method, or to an address that is none (its id is 0). Needs a text
/// unless it carries a code.
NotificationId send_notice(Tx& tx, const ContactMethod& method, NotificationPurpose purpose, std::string text = {});

/// Which incidents a page tells of. Asked just before it leaves, beside the decisions: a storm makes it long. False
/// when there is none left that needs the person; true for messages that tell of none.
bool gather_incidents(Tx& tx, Page& page);

struct PageOutcome {
    /// not_begun: no channel has seen it. not_needed: nobody was needed any more when it was to leave.
    enum class Kind { sent, try_again, refused, not_begun, not_needed };
    Kind kind = Kind::sent;
    std::string provider = {};
    std::string provider_id = {};
    /// Its place among those that are configured for this kind of contact method, from 0.
    int provider_place = 0;
    /// For people: no secrets.
    std::string detail = {};
    std::optional<seconds> retry_after = {};
    /// The next try may reach a person who has it already.
    bool may_have_arrived = false;
};

/// Does nothing for a message that was claimed again or has ended meanwhile. Whoever could not be told is told by their
/// next way at once. What is to be written of a storm's further incidents is due at once, a few at a time.
/// The state that the message is in now; absent when nothing was done.
std::optional<NotificationState> record_outcome(Tx& tx, Desk& desk, const Page& page, const PageOutcome& outcome);

/// After a start: what was being sent when the server stopped is looked at now.
void take_up_interrupted_pages(Tx& tx);

/// What the links that a message carries do. `join` and `decline` answer a request for help.
enum class PageAction { acknowledge, resolve, join, decline };
DESCRIBE_ENUM(PageAction, acknowledge, resolve, join, decline)

/// The incidents of a message that were not left out, from one on: as many as one decision sees to.
struct ToldPiece {
    std::vector<NotifiedIncident> told;
    /// Where the next piece begins.
    std::optional<NotifiedIncidentId> next;
};

ToldPiece told_by(Tx& tx, NotificationId id, std::optional<NotifiedIncidentId> from = {});

/// Writes down in the log of each of the message's incidents that another provider is asked.
void log_next_provider(Tx& tx, const Notification& row, const std::string& sentence);

/// The message has reached its person.
void settle_as_sent(Tx& tx, Desk& desk, Notification& row);

/// The message ends as failed: its incidents' logs say so, and the person is told by their next way at once.
void give_up(Tx& tx, Desk& desk, Notification row, const std::string& detail);

/// It is sent again now.
void send_again(Tx& tx, Notification row);

/// "text message to +491701234567".
std::string way_to(const Notification& row);

}  // namespace callboard
