#include "storage/table_impl.h"
#include "storage/tables.h"

namespace callboard {

template struct Table<Service>;
template struct Table<AlertGroupingSetting>;
template struct Table<Integration>;
template struct Table<MaintenanceWindow>;
template struct Table<BusinessService>;
template struct Table<ServiceDependency>;
template struct Table<IncidentType>;
template struct Table<CustomField>;
template struct Table<CustomFieldValue>;
template struct Table<EscalationPolicy>;
template struct Table<Schedule>;
template struct Table<ScheduleOverride>;
template struct Table<AuditRecord>;
template struct Table<CustomShift>;
template struct Table<ShiftOverride>;
template struct Table<Standard>;
template struct Table<EventOrchestration>;
template struct Table<OrchestrationIntegration>;
template struct Table<OrchestrationPath>;
template struct Table<CacheVariable>;
template struct Table<OrchestrationValue>;
template struct Table<OrchestratedEvent>;

}  // namespace callboard
