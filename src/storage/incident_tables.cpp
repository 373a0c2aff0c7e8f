#include "storage/table_impl.h"
#include "storage/tables.h"

namespace callboard {

template struct Table<Incident>;
template struct Table<Alert>;
template struct Table<LogEntry>;
template struct Table<IncidentNote>;
template struct Table<ResponderRequest>;
template struct Table<ResponderTarget>;
template struct Table<Responder>;
template struct Table<ManualImpact>;
template struct Table<ChangeEvent>;
template struct Table<EventReceipt>;
template struct Table<Notification>;
template struct Table<NotifiedIncident>;
template struct Table<HandoffNotice>;
template struct Table<SeenCallback>;
template struct Table<StatusUpdate>;
template struct Table<NotificationSubscription>;
template struct Table<StatusUpdateRule>;

}  // namespace callboard
