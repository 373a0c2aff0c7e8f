#include "storage/tables.h"

#include "storage/table_impl.h"

namespace callboard {

template struct Table<User>;
template struct Table<ContactMethod>;
template struct Table<NotificationRule>;
template struct Table<Team>;
template struct Table<TeamMember>;
template struct Table<ApiKey>;
template struct Table<Credential>;
template struct Table<Session>;
template struct Table<Priority>;
template struct Table<Service>;
template struct Table<Integration>;
template struct Table<MaintenanceWindow>;
template struct Table<BusinessService>;
template struct Table<ServiceDependency>;
template struct Table<EscalationPolicy>;
template struct Table<Schedule>;
template struct Table<ScheduleOverride>;
template struct Table<Standard>;
template struct Table<Incident>;
template struct Table<Alert>;
template struct Table<LogEntry>;
template struct Table<IncidentNote>;
template struct Table<ChangeEvent>;
template struct Table<EventReceipt>;

}  // namespace callboard
