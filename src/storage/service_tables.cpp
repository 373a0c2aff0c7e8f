#include "storage/table_impl.h"
#include "storage/tables.h"

namespace callboard {

template struct Table<Service>;
template struct Table<AlertGroupingSetting>;
template struct Table<Integration>;
template struct Table<MaintenanceWindow>;
template struct Table<BusinessService>;
template struct Table<ServiceDependency>;
template struct Table<ServiceCustomField>;
template struct Table<ServiceCustomFieldValue>;
template struct Table<EscalationPolicy>;
template struct Table<Schedule>;
template struct Table<ScheduleOverride>;
template struct Table<CustomShift>;
template struct Table<ShiftOverride>;
template struct Table<Standard>;

}  // namespace callboard
