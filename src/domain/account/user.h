#pragma once
// People: users, how they can be reached, and the rules that say when each way is used.

#include "base/describe.h"
#include "base/time.h"
#include "domain/ids.h"

#include <optional>
#include <string>

namespace callboard {

/// Account roles by their REST value; `user` is the product's Manager, `limited_user` its Responder.
enum class Role {
    owner,
    admin,
    user,
    limited_user,
    observer,
    restricted_access,
    read_only_user,
    read_only_limited_user,
};
DESCRIBE_ENUM(
    Role, owner, admin, user, limited_user, observer, restricted_access, read_only_user, read_only_limited_user)

struct User {
    UserId id;
    std::string name;
    std::string email;
    Role role = Role::user;
    /// Absent: the account's zone.
    std::optional<std::string> time_zone;
    std::string color;
    std::optional<std::string> job_title;
    std::optional<std::string> description;
    bool invitation_sent = false;
    Timestamp created_at;
    std::optional<Timestamp> deleted_at;

    bool operator==(const User&) const = default;
};
DESCRIBE(User, id, name, email, role, time_zone, color, job_title, description, invitation_sent, created_at, deleted_at)

/// The last four are ours: chat. PagerDuty's API knows the others.
enum class ContactMethodType {
    email_contact_method,
    phone_contact_method,
    sms_contact_method,
    push_notification_contact_method,
    whatsapp_contact_method,
    slack_contact_method,
    teams_contact_method,
    telegram_contact_method,
    mattermost_contact_method,
    webhook_contact_method,
};

constexpr std::size_t contact_method_types = 10;

DESCRIBE_ENUM(ContactMethodType,
              email_contact_method,
              phone_contact_method,
              sms_contact_method,
              push_notification_contact_method,
              whatsapp_contact_method,
              slack_contact_method,
              teams_contact_method,
              telegram_contact_method,
              mattermost_contact_method,
              webhook_contact_method)

/// It is called or written to by a number: it has a country code.
bool has_number(ContactMethodType type);

struct ContactMethod {
    ContactMethodId id;
    UserId user;
    ContactMethodType type = ContactMethodType::email_contact_method;
    std::string label;
    std::string address;
    /// Phone, SMS and WhatsApp only.
    int country_code = 1;
    /// E-mail only.
    bool send_short_email = false;
    Timestamp created_at;

    bool operator==(const ContactMethod&) const = default;
};
DESCRIBE(ContactMethod, id, user, type, label, address, country_code, send_short_email, created_at)

enum class Urgency { high, low };
DESCRIBE_ENUM(Urgency, high, low)

struct NotificationRule {
    NotificationRuleId id;
    UserId user;
    ContactMethodId contact_method;
    Urgency urgency = Urgency::high;
    int start_delay_in_minutes = 0;
    Timestamp created_at;

    bool operator==(const NotificationRule&) const = default;
};
DESCRIBE(NotificationRule, id, user, contact_method, urgency, start_delay_in_minutes, created_at)

/// Which end of a time on call somebody wants to hear of.
enum class HandoffType { both, oncall, offcall };
DESCRIBE_ENUM(HandoffType, both, oncall, offcall)

/// REST: oncall_handoff_notification_rule.
struct HandoffRule {
    HandoffRuleId id;
    UserId user;
    ContactMethodId contact_method;
    HandoffType handoff_type = HandoffType::both;
    /// How long before the hand-off.
    int notify_advance_in_minutes = 0;
    Timestamp created_at;

    bool operator==(const HandoffRule&) const = default;
};
DESCRIBE(HandoffRule, id, user, contact_method, handoff_type, notify_advance_in_minutes, created_at)

/// What showed last that a contact method reaches its person.
enum class ProvenBy { code, answer, receipt };
DESCRIBE_ENUM(ProvenBy, code, answer, receipt)

/// What is known of a contact method beyond what its person typed; gone when the address changes. Kept apart because a
/// receipt is no change of configuration.
struct ContactProof {
    ContactMethodId id;
    /// Absent: nothing has shown yet that it reaches anybody.
    std::optional<Timestamp> proven_at;
    std::optional<ProvenBy> proven_by;
    /// The message that carries the code which may be entered now; the code is made from its id (app/contact_proof.h).
    std::optional<NotificationId> code;
    std::optional<Timestamp> code_sent_at;
    int attempts_left = 0;

    bool operator==(const ContactProof&) const = default;
};
DESCRIBE(ContactProof, id, proven_at, proven_by, code, code_sent_at, attempts_left)

}  // namespace callboard
