#pragma once
// Alert grouping as requests say it: in a setting of its own, and in the older fields of a service, which are a view of
// the setting that the service has.

#include "domain/service/alert_grouping.h"
#include "domain/service/service.h"
#include "http/kit/fields.h"
#include "storage/tx.h"

#include <optional>

namespace callboard::http {

/// How long is a `time` setting's `timeout`: settings count seconds, services minutes.
enum class TimeoutUnit { seconds, minutes };

/// Reads `type` and `config`; what was not sent stays. A change of the criteria is not dated here.
void read_criteria(Fields& fields, AlertGroupingSetting& setting, TimeoutUnit unit);

json::object config_object(const AlertGroupingSetting& setting, TimeoutUnit unit);

/// What a request says about a service's grouping.
struct GroupingWish {
    bool said = false;
    /// Absent: off.
    std::optional<AlertGroupingSetting> setting;
};

GroupingWish read_service_grouping(Fields& fields);

/// Gives the service the setting it wants. A setting that it has with others stays theirs; saying again what holds
/// already changes nothing. The service itself is written by the caller, afterwards.
void set_service_grouping(Tx& tx, Service& service, const GroupingWish& wish);

/// Removes a setting that nobody named once no service has it; others wait for services.
void tidy_up_setting(Tx& tx, AlertGroupingSettingId id, ServiceId leaving);

json::object service_grouping_object(Tx& tx, const Service& service);

}  // namespace callboard::http
