#pragma once
// People: users, how they can be reached, and the rules that say when each way is used.

#include <optional>
#include <string>

#include "base/describe.h"
#include "base/time.h"
#include "domain/ids.h"

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
DESCRIBE_ENUM(Role, owner, admin, user, limited_user, observer, restricted_access, read_only_user, read_only_limited_user)

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

enum class ContactMethodType {
    email_contact_method,
    phone_contact_method,
    sms_contact_method,
    push_notification_contact_method,
    whatsapp_contact_method,
};
DESCRIBE_ENUM(ContactMethodType,
              email_contact_method,
              phone_contact_method,
              sms_contact_method,
              push_notification_contact_method,
              whatsapp_contact_method)

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

}  // namespace callboard
