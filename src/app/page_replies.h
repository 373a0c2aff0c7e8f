#pragma once
// What comes back: what providers say of messages that they took, and what people answer by link, text message, key or
// button. Both show that a contact method reaches its person (app/contact_proof.h).

#include "app/page_message.h"
#include "app/pager.h"
#include "storage/store.h"

#include <functional>
#include <optional>
#include <string>

namespace callboard {

/// What a provider says of a message that it took.
struct ReceiptNews {
    std::string provider;
    /// How the provider calls the message.
    std::string provider_id;
    Receipt receipt = Receipt::delivered;
    /// For people: why it was not delivered.
    std::string detail = {};
    /// Another provider may have more luck: the person is not to blame.
    bool another_may_succeed = false;
};

/// Whether it was news. Errors: not_found for a message that is unknown, or that this provider knows by another name.
Result<bool> record_receipt(Tx& tx, Desk& desk, NotificationId id, const ReceiptNews& news);

/// The message that a reply by text message from `number` (E.164) means: the newest page that was sent there within
/// `reply_window` with that reply number; without one the only page whose incidents are open. Errors: forbidden when
/// the number is nobody's; not_found; invalid when there are several.
Result<NotificationId> find_replied(Tx& tx, const std::string& number, std::optional<int> reply_number);
constexpr Duration reply_window = days{7};

/// The person whose contact method of this type has this address. Absent when there is none.
std::optional<UserId> person_at(Tx& tx, ContactMethodType type, const std::string& address);

/// A message of a storm is answered for some of its incidents at a time: events wait behind each decision.
struct AnsweredPiece {
    int changed = 0;
    /// Where the next piece begins.
    std::optional<NotifiedIncidentId> next = {};
    /// Incidents that are open and that the person may not act on.
    int refused = 0;
};

/// What became of an answer. Who may not act on one of several incidents may act on the others.
struct Answered {
    int changed = 0;
    int refused = 0;

    [[nodiscard]] bool is_refused() const { return changed == 0 && refused > 0; }
};

/// Where a piece begins: absent for the first.
using PieceStart = std::optional<NotifiedIncidentId>;

/// Decides pieces until none is left. How many incidents were changed, or the first error.
Result<Answered>
answer_piece_by_piece(Store& store, Timestamp now, const std::function<Result<AnsweredPiece>(Tx&, PieceStart)>& answer);

/// Does it, in the name of the person the message went to, with its incidents that are still open, as far as that
/// person may act on them now (app/standing.h). Error: not_found.
Result<AnsweredPiece> answer_page(Tx& tx, Desk& desk, NotificationId id, PageAction action, PieceStart from);

/// The same by somebody who pressed a button of a chat, who is known there as `answerer`: the message went to them, or
/// to a channel and they are a person of the account. Errors: not_found, forbidden.
Result<AnsweredPiece>
answer_in_chat(Tx& tx, Desk& desk, NotificationId id, PageAction action, const std::string& answerer, PieceStart from);

/// What a link asks for: of a message to a person in their name, of one in a channel in the name of the service.
/// Errors: not_found.
Result<AnsweredPiece> answer_link(Tx& tx, Desk& desk, const PageRequest& asked, PieceStart from);

/// A button under a message in a channel, by somebody who is known in that chat as `answerer`. Errors: not_found,
/// forbidden.
Result<AnsweredPiece> answer_in_channel(
    Tx& tx, Desk& desk, WebhookDeliveryId id, PageAction action, ContactMethodType chat, const std::string& answerer);

/// A provider's call that must act once only: false when it has been seen.
bool is_first_seen(Tx& tx, const std::string& token);

/// An answer may be sent twice for this long before it is forgotten that it was; the links of a message end long
/// before.
constexpr Duration callbacks_kept = days{30};

/// Forgets old ones, a few at a time; true when there are more.
bool forget_old_callbacks(Tx& tx);

}  // namespace callboard
