#pragma once
// What a message says and the links it carries. A link acts without a login: it is signed, names one message and one
// action, and expires.

#include "app/pager.h"
#include "base/id.h"
#include "storage/tx.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

/// What addresses are made of.
struct PageLinks {
    std::string public_url;
    std::string hash_key;
    PublicIds ids;
};

struct PageMessage {
    struct Link {
        std::string label;
        std::string url;
        /// Absent: it only leads somewhere.
        std::optional<PageAction> action = {};
        /// What proves the action: the url without its beginning, "<message>/<action>?until=...&signature=...".
        std::string proof = {};
    };

    /// What programs are told of an incident.
    struct Told {
        std::string id;
        std::int64_t number = 0;
        std::string title;
        std::string service;
        std::string url;
    };

    /// The same for every try.
    std::string id;
    std::string to_name;
    /// Where the person can be reached whatever the contact method.
    std::string login_email;
    std::string subject;
    std::string text;
    std::string short_text;
    /// Acknowledge, or Join where help is asked, comes first; "Open" leads to the incident. None in what is no page.
    std::vector<Link> links;
    /// The oldest of them, and how many there are.
    std::vector<Told> incidents = {};
    std::size_t incident_count = 0;
    /// What a webhook is signed with; empty for other ways.
    std::string signing_secret = {};
};

/// What the webhook at that address is signed with. It follows from the account's own secret, so that nothing is kept,
/// and is another one as soon as the address is: whoever was told there before can sign nothing for the new one.
std::string webhook_secret(const std::string& hash_key, ContactMethodId id, const std::string& address);

/// How long a link works: as long as an incident may be snoozed.
constexpr Duration page_link_lifetime = days{7};

PageMessage message_of(Tx& tx, const Page& page, const PageLinks& links);

/// "/p/<message>/<action>?until=<seconds since 1970>&signature=<32 hex digits>"; `message` is the public id of a
/// notification, or of a delivery to a channel.
std::string page_link(const PageLinks& links, std::string_view message, PageAction action, Timestamp until);

/// A link with what shows that it is ours.
PageMessage::Link
action_link(const PageLinks& links, std::string_view message, std::string label, PageAction action, Timestamp until);

struct PageRequest {
    NotificationId notification;
    PageAction action = PageAction::acknowledge;
    /// Instead of a notification: what was told in a channel, of nobody in particular.
    std::optional<WebhookDeliveryId> delivery = {};
    // As the link names them, so that another of the same message can be made.
    std::string message = {};
    Timestamp until = {};
};

/// The text of an id does not say its kind: what it names is what there is. Without a notification of that id it is
/// about a delivery.
PageRequest told_apart(Tx& tx, PageRequest asked);

/// What a link's path and query ask for. Absent when it was not signed by this account or is not valid at `now`.
std::optional<PageRequest> read_page_link(const PageLinks& links, std::string_view target, Timestamp now);

}  // namespace callboard
