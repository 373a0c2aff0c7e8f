#pragma once
// Ids. Inside, every object is known by a 63-bit integer that grows with time (microseconds since 2020, then a
// counter), so that keys append to their tables. Outside, it is PagerDuty's shape: a letter and 13 more upper-case
// letters or digits, a keyed permutation of the same integer: nothing about order or number can be read from it,
// and the id of one kind never decodes as another's.

#include "base/time.h"

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace callboard {

/// What an id names. The value is part of the permutation: never renumber.
enum class Kind : std::uint8_t {
    none = 0,
    user = 1,
    team = 2,
    service = 3,
    integration = 4,
    escalation_policy = 5,
    escalation_rule = 6,
    schedule = 7,
    schedule_layer = 8,
    schedule_override = 9,
    incident = 10,
    alert = 11,
    log_entry = 12,
    incident_note = 13,
    contact_method = 14,
    notification_rule = 15,
    api_key = 16,
    priority = 17,
    maintenance_window = 18,
    business_service = 19,
    service_dependency = 20,
    change_event = 21,
    standard = 22,
    license = 23,
    event_receipt = 24,
    session = 25,
    mapping = 26,
    incident_type = 27,
    account = 28,
    notification = 29,
    notified_incident = 30,
    oauth_app = 31,
    oauth_token = 32,
    custom_field = 33,
    field_option = 34,
    custom_field_value = 35,
    alert_grouping_setting = 40,
    manual_impact = 41,
    webhook_subscription = 60,
    webhook_delivery = 61,
    heartbeat = 62,
    handoff_notification_rule = 70,
    handoff_notice = 71,
    seen_callback = 72,
    oauth_client = 73,
    audit_record = 74,
    responder_request = 80,
    responder = 81,
    responder_target = 82,
    shift_rotation = 83,
    shift_event = 84,
    custom_shift = 85,
    shift_override = 86,
    shift_assignment = 87,
    event_orchestration = 90,
    orchestration_integration = 91,
    orchestration_path = 92,
    cache_variable = 93,
    orchestration_value = 94,
    orchestrated_event = 95,
    incident_pattern = 96,
    extension = 100,
    extension_schema = 101,
    tag = 102,
    tagging = 103,
    status_update = 104,
    notification_subscription = 105,
    status_update_rule = 106,
};

template <Kind K>
struct Id {
    static constexpr Kind kind = K;
    std::int64_t value = 0;

    explicit operator bool() const { return value != 0; }

    auto operator<=>(const Id&) const = default;
};

/// Makes growing ids; one per writer. The id of an instant is never below `first_of(instant)`.
class IdSource {
public:
    explicit IdSource(std::int64_t last) : last_(last) {}

    std::int64_t next(Timestamp now) {
        auto floor = first_of(now);
        last_ = last_ >= floor ? last_ + 1 : floor;
        return last_;
    }

    [[nodiscard]] std::int64_t last() const { return last_; }

    /// The smallest id an object created at `t` can have: turns a time range into an id range.
    static std::int64_t first_of(Timestamp t);
    /// When the object with this id was created; later, at most by what many ids at one moment push each other.
    static Timestamp time_of(std::int64_t id);

private:
    std::int64_t last_;
};

/// Turns ids into their public text and back. Immutable after construction; one per account, from its key.
class PublicIds {
public:
    explicit PublicIds(std::uint64_t key) : key_(key) {}

    [[nodiscard]] std::string text(Kind kind, std::int64_t value) const;

    template <Kind K>
    [[nodiscard]] std::string text(Id<K> id) const {
        return text(K, id.value);
    }

    /// Absent when the text cannot be an id of that kind.
    [[nodiscard]] std::optional<std::int64_t> parse(Kind kind, std::string_view text) const;

    template <class AnyId>
    [[nodiscard]] std::optional<AnyId> parse(std::string_view text) const {
        auto value = parse(AnyId::kind, text);
        if (!value) return std::nullopt;
        return AnyId{*value};
    }

private:
    std::uint64_t key_;
};

}  // namespace callboard

template <callboard::Kind K>
struct std::hash<callboard::Id<K>> {
    std::size_t operator()(callboard::Id<K> id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
