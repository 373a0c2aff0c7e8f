#pragma once
// What a message says and the links it carries. A link acts without a login: it is signed, names one message and one
// action, and expires.

#include "app/pager.h"
#include "base/id.h"
#include "storage/tx.h"

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
};

/// How long a link works: as long as an incident may be snoozed.
constexpr Duration page_link_lifetime = days{7};

PageMessage message_of(Tx& tx, const Page& page, const PageLinks& links);

/// "/p/<message>/<action>?until=<seconds since 1970>&signature=<32 hex digits>"
std::string page_link(const PageLinks& links, NotificationId notification, PageAction action, Timestamp until);

struct PageRequest {
    NotificationId notification;
    PageAction action = PageAction::acknowledge;
};

/// What a link's path and query ask for. Absent when it was not signed by this account or is not valid at `now`.
std::optional<PageRequest> read_page_link(const PageLinks& links, std::string_view target, Timestamp now);

}  // namespace callboard
